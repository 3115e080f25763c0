from __future__ import annotations

from django.apps import AppConfig

from cxm.kernel.announcing import newsroom
from cxm.kernel.holes import holes
from cxm.kernel.palette import palette


class JourneysConfig(AppConfig):
    name = "journeys"
    label = "journeys"

    def ready(self) -> None:
        """Register the effects, name the sidebar's entry, and let the palette find journeys."""
        import journeys.tasks  # noqa: F401, PLC0415 - registers effects; models come first
        from cxm.collaboration.rules.uses import evidence_uses  # noqa: PLC0415 - apps first
        from cxm.collaboration.selectors.showing import showers  # noqa: PLC0415 - apps first
        from cxm.collaboration.selectors.sights import sights  # noqa: PLC0415
        from cxm.kernel.navigation import Entry, Group, navigation  # noqa: PLC0415 - apps first
        from cxm.kernel.newcomers import newcomers  # noqa: PLC0415 - apps first
        from cxm.tenants.rules import Right  # noqa: PLC0415
        from journeys.selectors.backing import library_uses  # noqa: PLC0415
        from journeys.selectors.talking import (  # noqa: PLC0415
            files_in_sight,
            pages_in_sight,
            threads_in_sight,
        )
        from journeys.services.granting import keep_promises  # noqa: PLC0415
        from journeys.services.news import KINDS  # noqa: PLC0415
        from journeys.views.holes import my_work, touchpoint_steps  # noqa: PLC0415
        from journeys.views.library import items_called  # noqa: PLC0415
        from journeys.views.portfolio import journeys_called, maps_called  # noqa: PLC0415
        from journeys.views.searching import said_somewhere  # noqa: PLC0415
        from journeys.views.shared_map import journey_map_showing  # noqa: PLC0415

        showers.register(journey_map_showing)
        newcomers.register(keep_promises)
        holes.fill("my-work", my_work)
        holes.fill("touchpoint-steps", touchpoint_steps)
        for source in (journeys_called, maps_called, items_called, said_somewhere):
            palette.register(source)
        evidence_uses.register(library_uses)
        newsroom.offer(*KINDS)
        sights.register(threads_in_sight)
        sights.register_pages(pages_in_sight)
        sights.register_files(files_in_sight)
        navigation.register(
            Entry(
                key="journeys",
                label="Journeys",
                icon="route",
                url_name="journeys:journey-list",
                group=Group.JOURNEYS,
                right=Right.OPEN_JOURNEYS,
                rank=5,
                letter="m",
                also=("../maps/",),
            ),
            Entry(
                key="library",
                label="Library",
                icon="lightbulb",
                url_name="journeys:insight-list",
                group=Group.JOURNEYS,
                right=Right.SEE_JOURNEYS,
                rank=7,
                letter="l",
                also=("../opportunities/", "../solutions/", "../goals/", "../scores/"),
            ),
            Entry(
                key="review-rules",
                label="Rules for maps",
                icon="list-checks",
                url_name="journeys:review-rules",
                group=Group.SETTINGS,
                right=Right.MANAGE_TENANT,
                rank=85,
            ),
        )
