"""Routes of journeys and their maps, below a tenant's address."""

from __future__ import annotations

from django.urls import path

from cxm.collaboration.views.editing_paths import editing_paths
from journeys.rules.library_sorts import SORTS
from journeys.views import (
    bulk,
    capturing,
    diffs,
    exports,
    heat,
    journey_deeds,
    journey_page,
    lane_settings,
    library_item,
    map_check,
    map_deeds,
    map_import,
    map_lanes,
    map_live,
    map_page,
    map_panel,
    map_templates,
    pairing,
    picking,
    portfolio,
    promoting,
    raci,
    realisation,
    searching,
    step_figures,
    step_targets,
)
from journeys.views.access import access_paths
from journeys.views.activity import activity_paths
from journeys.views.card_files import card_file_paths
from journeys.views.element_paths import element_paths
from journeys.views.evidence_paths import evidence_paths
from journeys.views.example import example_paths
from journeys.views.history_paths import history_paths
from journeys.views.inside import inside_paths
from journeys.views.kinds import JOURNEY, MAP
from journeys.views.library_paths import library_paths
from journeys.views.map_cast import cast_paths
from journeys.views.map_locking import locking_paths
from journeys.views.map_sharing import sharing_paths
from journeys.views.pasting import pasting_paths
from journeys.views.reviews import review_paths
from journeys.views.score_paths import score_paths
from journeys.views.splitting import splitting_paths
from journeys.views.story import story_paths
from journeys.views.talk_paths import talk_paths
from journeys.views.view_paths import view_paths

app_name = "journeys"
ONE = "maps/<uuid:journey_map_id>"
JOURNEY_ONE = "journeys/<uuid:journey_id>"
# Maps answer with what has changed on the page as well, and keep what they were, so these are
# their own.
_OWN = frozenset({"map-ops", "map-changes", "map-history", "map-go-back"})

urlpatterns = [
    path("journeys/", portfolio.journey_list, name="journey-list"),
    path("journeys/bulk/", bulk.journey_bulk, name="journey-bulk"),
    path("journeys/find/", searching.journey_search, name="journey-search"),
    path("journeys/heat/", heat.journey_heat, name="journey-heat"),
    path(f"{JOURNEY_ONE}/", journey_page.journey_page, name="journey-page"),
    path(f"{JOURNEY_ONE}/archive/", journey_deeds.journey_archive, name="journey-archive"),
    path(f"{JOURNEY_ONE}/maps/new/", journey_deeds.journey_map_new, name="journey-map-new"),
    path(f"{JOURNEY_ONE}/peek/", heat.journey_peek, name="journey-peek"),
    path(f"{JOURNEY_ONE}/restore/", journey_deeds.journey_restore, name="journey-restore"),
    path(
        f"{JOURNEY_ONE}/stakeholder-maps/",
        journey_deeds.stakeholder_map_join,
        name="stakeholder-map-join",
    ),
    path(
        f"{JOURNEY_ONE}/stakeholder-maps/<uuid:map_id>/part/",
        journey_deeds.stakeholder_map_part,
        name="stakeholder-map-part",
    ),
    path(f"{JOURNEY_ONE}/star/", portfolio.journey_star, name="journey-star"),
    path(f"{JOURNEY_ONE}/tags/", journey_deeds.journey_tag, name="journey-tag"),
    path(
        f"{JOURNEY_ONE}/tags/<uuid:tag_id>/remove/",
        journey_deeds.journey_untag,
        name="journey-untag",
    ),
    path("journeys/import/", map_import.journey_import, name="journey-import"),
    path("journeys/<uuid:journey_id>/file/", map_import.journey_file, name="journey-file"),
    *example_paths(),
    path("journeys/mine/", portfolio.journey_mine, name="journey-mine"),
    path("journeys/templates/", map_templates.template_list, name="template-list"),
    path(
        "journeys/templates/<uuid:template_id>/archive/",
        map_templates.template_archive,
        name="template-archive",
    ),
    path(
        "journeys/templates/<uuid:template_id>/parts/",
        map_templates.template_parts,
        name="template-parts",
    ),
    path("journeys/new/", portfolio.journey_new, name="journey-new"),
    path(f"{ONE}/", map_page.map_page, name="map-page"),
    path(f"{ONE}/bindings/<uuid:binding_id>/", step_figures.binding_change, name="binding-change"),
    path(
        f"{ONE}/bindings/<uuid:binding_id>/remove/",
        step_figures.binding_remove,
        name="binding-remove",
    ),
    path(f"{ONE}/steps/<uuid:step_id>/figures/", step_figures.binding_new, name="binding-new"),
    path(f"{ONE}/steps/<uuid:step_id>/targets/", step_targets.target_new, name="target-new"),
    path(f"{ONE}/figures/", step_figures.binding_new, name="map-binding-new"),
    path(f"{ONE}/targets/", step_targets.target_new, name="map-target-new"),
    path(f"{ONE}/targets/<uuid:target_id>/", step_targets.target_change, name="target-change"),
    path(
        f"{ONE}/targets/<uuid:target_id>/remove/", step_targets.target_remove, name="target-remove"
    ),
    path(f"{ONE}/add/", map_deeds.map_add, name="map-add"),
    path(f"{ONE}/archive/", journey_deeds.map_archive, name="map-archive"),
    path(f"{ONE}/capture/", capturing.map_capture, name="map-capture"),
    path(f"{ONE}/changes", map_live.map_changes, name="map-changes"),
    path(f"{ONE}/check/", map_check.map_check, name="map-check"),
    path(f"{ONE}/copies/", picking.map_copies, name="map-copies"),
    path(f"{ONE}/diff/", diffs.map_diff, name="map-diff"),
    path(f"{ONE}/diff/changes.md", diffs.map_diff_file, name="map-diff-file"),
    path(f"{ONE}/diff/take/", diffs.map_diff_take, name="map-diff-take"),
    path(f"{ONE}/draft/", map_deeds.map_draft, name="map-draft"),
    path(f"{ONE}/export/", exports.map_export, name="map-export"),
    path(f"{ONE}/export/<uuid:job_id>/", exports.map_export_file, name="map-export-file"),
    path(f"{ONE}/export/files/", exports.map_exports, name="map-exports"),
    path(f"{ONE}/file/", map_import.map_file, name="map-file"),
    path(f"{ONE}/template/", map_templates.map_template_save, name="map-template-save"),
    path(f"{ONE}/fork/", map_deeds.map_fork, name="map-fork"),
    path(f"{ONE}/insights/", capturing.map_to_insights, name="map-to-insights"),
    path(f"{ONE}/lanes/", map_lanes.map_lanes, name="map-lanes"),
    path(f"{ONE}/lanes/<uuid:lane_id>/", map_lanes.map_lane, name="map-lane"),
    path(
        f"{ONE}/lanes/<uuid:lane_id>/settings/", lane_settings.lane_settings, name="lane-settings"
    ),
    path(f"{ONE}/name/", map_deeds.map_name, name="map-name"),
    path(f"{ONE}/ops", map_live.map_ops, name="map-ops"),
    path(f"{ONE}/pair/", pairing.map_pair, name="map-pair"),
    path(f"{ONE}/panel/", map_panel.map_panel, name="map-panel"),
    path(f"{ONE}/picker/", picking.map_picker, name="map-picker"),
    path(f"{ONE}/promote/", promoting.map_promote, name="map-promote"),
    path(f"{ONE}/publish-again/", promoting.map_publish_again, name="map-publish-again"),
    path(f"{ONE}/realisation/", realisation.map_realisation, name="map-realisation"),
    path(
        f"{ONE}/realisation/<uuid:step_id>/", realisation.step_realisation, name="step-realisation"
    ),
    path(f"{ONE}/rebase/", promoting.map_rebase, name="map-rebase"),
    path(f"{ONE}/raci/", raci.map_raci, name="map-raci"),
    path(f"{ONE}/raci/file/", raci.map_raci_file, name="map-raci-file"),
    path(f"{ONE}/raci/set/", raci.map_raci_set, name="map-raci-set"),
    path(f"{ONE}/retire/", map_deeds.map_retire, name="map-retire"),
    *inside_paths(JOURNEY_ONE, ONE),
    *cast_paths(ONE),
    *element_paths(ONE),
    *sharing_paths(ONE),
    *review_paths(ONE),
    *splitting_paths(ONE),
    *pasting_paths(ONE),
    *card_file_paths(ONE),
    *story_paths(ONE),
    *view_paths(ONE),
    path("insights/<uuid:item_id>/merge/", library_item.insight_merge, name="insight-merge"),
    *score_paths(),
    *(route for sort in SORTS.values() for route in library_paths(sort)),
    *evidence_paths(),
    *access_paths(JOURNEY_ONE),
    *activity_paths(JOURNEY_ONE),
    *locking_paths(ONE),
    *history_paths(),
    *talk_paths(),
    *editing_paths(JOURNEY, "journeys"),
    *(route for route in editing_paths(MAP, "maps") if route.name not in _OWN),
]
