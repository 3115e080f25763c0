"""Routes of feedback: event sources, imports, responses, surveys."""

from __future__ import annotations

from django.urls import path

from feedback.views import (
    answer_file,
    debugger,
    element_evidence,
    event_sources,
    evidence,
    import_columns,
    import_run,
    imports,
    recipes,
    refused_events,
    response_export,
    responses,
    surveys,
    webhook_sources,
    write_keys,
)
from feedback.views.sending_paths import sending_paths
from feedback.views.survey_paths import survey_paths
from feedback.views.topic_paths import topic_paths

app_name = "feedback"
SOURCES = "settings/event-sources"
SOURCE = f"{SOURCES}/<uuid:event_source_id>"
urlpatterns = [
    path("imports/", imports.import_list, name="imports"),
    path("imports/new/", imports.import_new, name="import-new"),
    path("imports/sample/", imports.import_sample, name="import-sample"),
    path("imports/recipes/", recipes.recipe_list, name="recipes"),
    path("imports/recipes/<uuid:recipe_id>/delete/", recipes.recipe_delete, name="recipe-delete"),
    path("imports/recipes/<uuid:recipe_id>/file/", recipes.recipe_file, name="recipe-file"),
    path("imports/<uuid:import_id>/", import_run.import_page, name="import"),
    path("imports/<uuid:import_id>/file/", imports.import_file, name="import-file"),
    path("imports/<uuid:import_id>/look/", imports.import_look, name="import-look"),
    path("imports/<uuid:import_id>/line/", import_columns.import_line, name="import-line"),
    path("imports/<uuid:import_id>/columns/", import_columns.import_columns, name="import-columns"),
    path(
        "imports/<uuid:import_id>/mapping/",
        import_columns.import_mapping_use,
        name="import-mapping-use",
    ),
    path(
        "imports/<uuid:import_id>/mapping/file/",
        recipes.import_mapping_file,
        name="import-mapping-file",
    ),
    path("imports/<uuid:import_id>/recipe/", recipes.recipe_save, name="recipe-save"),
    path("imports/<uuid:import_id>/check/", import_run.import_check, name="import-check"),
    path("imports/<uuid:import_id>/load/", import_run.import_load, name="import-load"),
    path("imports/<uuid:import_id>/undo/", import_run.import_undo, name="import-undo"),
    path("imports/<uuid:import_id>/cancel/", import_run.import_cancel, name="import-cancel"),
    path("imports/<uuid:import_id>/again/", import_run.import_again, name="import-again"),
    path("imports/<uuid:import_id>/refused/", import_run.import_refused, name="import-refused"),
    path(
        "imports/<uuid:import_id>/refused/file/",
        import_run.import_refused_file,
        name="import-refused-file",
    ),
    path("responses/", responses.response_list, name="response-list"),
    path("responses/export/", response_export.response_export, name="response-export"),
    path("responses/export/workbook/", response_export.response_workbook, name="response-workbook"),
    path("responses/<uuid:response_id>/", responses.response_panel, name="response-panel"),
    path(
        "responses/<uuid:response_id>/element/",
        element_evidence.response_element,
        name="response-element",
    ),
    path(
        "responses/<uuid:response_id>/evidence/",
        evidence.response_evidence,
        name="response-evidence",
    ),
    path(
        "responses/<uuid:response_id>/insight/",
        evidence.response_insight,
        name="response-insight",
    ),
    path("responses/<uuid:response_id>/hold/", responses.response_hold, name="response-hold"),
    path(
        "responses/<uuid:response_id>/release/", responses.response_release, name="response-release"
    ),
    path("responses/<uuid:response_id>/delete/", responses.response_delete, name="response-delete"),
    path(
        "responses/<uuid:response_id>/restore/", responses.response_restore, name="response-restore"
    ),
    path("answer-files/<uuid:answer_file_id>/", answer_file.answer_file, name="answer-file"),
    *topic_paths(),
    path("surveys/", surveys.survey_list, name="survey-list"),
    path("surveys/<uuid:survey_id>/", surveys.survey_detail, name="survey-detail"),
    path("surveys/<uuid:survey_id>/settings/", surveys.survey_settings, name="survey-settings"),
    path("surveys/new/", surveys.survey_new, name="survey-new"),
    *survey_paths(),
    *sending_paths(),
    path("surveys/<uuid:survey_id>/archive/", surveys.survey_archive, name="survey-archive"),
    path("surveys/<uuid:survey_id>/restore/", surveys.survey_restore, name="survey-restore"),
    path(f"{SOURCES}/", event_sources.source_list, name="event-source-list"),
    path(f"{SOURCES}/new/", event_sources.source_new, name="event-source-new"),
    path(f"{SOURCE}/", event_sources.source_connect, name="event-source-connect"),
    path(f"{SOURCE}/archive/", event_sources.source_archive, name="event-source-archive"),
    path(f"{SOURCE}/restore/", event_sources.source_restore, name="event-source-restore"),
    path(f"{SOURCE}/settings/", event_sources.source_settings, name="event-source-settings"),
    path(f"{SOURCE}/pause/", webhook_sources.source_pause, name="event-source-pause"),
    path(f"{SOURCE}/resume/", webhook_sources.source_resume, name="event-source-resume"),
    path(
        f"{SOURCE}/questions/",
        webhook_sources.source_questions_page,
        name="event-source-questions",
    ),
    path(f"{SOURCE}/secrets/add/", webhook_sources.secret_add, name="sender-secret-add"),
    path(
        f"{SOURCE}/secrets/<uuid:sender_secret_id>/remove/",
        webhook_sources.secret_remove,
        name="sender-secret-remove",
    ),
    path(f"{SOURCE}/keys/", write_keys.key_list, name="write-key-list"),
    path(f"{SOURCE}/keys/create/", write_keys.key_create, name="write-key-create"),
    path(
        f"{SOURCE}/keys/<uuid:write_key_id>/rotate/", write_keys.key_rotate, name="write-key-rotate"
    ),
    path(
        f"{SOURCE}/keys/<uuid:write_key_id>/revoke/", write_keys.key_revoke, name="write-key-revoke"
    ),
    path(f"{SOURCE}/live/", debugger.live_list, name="event-source-live"),
    path(f"{SOURCE}/live/test/", debugger.live_test, name="event-source-test"),
    path(
        f"{SOURCE}/live/<uuid:inbox_id>/<int:position>/",
        debugger.live_event,
        name="event-source-event",
    ),
    path(
        f"{SOURCE}/bodies/<uuid:inbox_id>/replay/", debugger.live_replay, name="event-source-replay"
    ),
    path(f"{SOURCE}/refused/", refused_events.refused_list, name="event-source-refused"),
    path(f"{SOURCE}/refused/file/", refused_events.refused_file, name="event-source-refused-file"),
]
