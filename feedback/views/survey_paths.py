"""The routes of building and publishing surveys."""

from __future__ import annotations

from django.urls import URLPattern, path

from cxm.collaboration.views.editing_paths import editing_paths
from feedback.rules.survey_words import SurveyStatus
from feedback.views import (
    survey_builder,
    survey_files,
    survey_pictures,
    survey_preview,
    survey_publishing,
    survey_results,
    survey_translations,
    themes,
)
from feedback.views.embed_page import embedding_paths
from feedback.views.survey_kinds import DRAFT

SURVEY = "surveys/<uuid:survey_id>"
THEME = "surveys/themes/<uuid:theme_id>"
QUESTION = f"{SURVEY}/questions/<uuid:question_id>"


def survey_paths() -> list[URLPattern]:
    """Give the routes of the builder, its document, its preview, themes, and of publishing."""
    return [
        path(f"{SURVEY}/edit/", survey_builder.survey_edit, name="survey-edit"),
        path(f"{SURVEY}/publish/", survey_publishing.survey_publish, name="survey-publish"),
        path(f"{SURVEY}/preview/", survey_preview.survey_preview, name="survey-preview"),
        path(f"{SURVEY}/trials/<uuid:trial_id>/", survey_preview.survey_trial, name="survey-trial"),
        path(f"{SURVEY}/trials/clear/", survey_preview.trials_clear, name="survey-trials-clear"),
        *embedding_paths(SURVEY),
        path(f"{SURVEY}/results/", survey_results.survey_result_page, name="survey-results"),
        path(
            f"{SURVEY}/results/results.csv",
            survey_results.survey_result_export,
            name="survey-results-export",
        ),
        *_translation_paths(),
        path(f"{SURVEY}/address.svg", survey_publishing.survey_qr, name="survey-qr"),
        _standing("pause", SurveyStatus.PAUSED),
        _standing("close", SurveyStatus.CLOSED),
        _standing("open", SurveyStatus.LIVE),
        path(f"{SURVEY}/questions/new/", survey_builder.question_add, name="question-add"),
        path(f"{QUESTION}/copy/", survey_builder.question_copy, name="question-copy"),
        path(f"{QUESTION}/parts/", survey_builder.parts_add, name="question-parts"),
        path(
            f"{QUESTION}/choices/<uuid:choice_id>/picture/",
            survey_pictures.choice_picture,
            name="choice-picture",
        ),
        path(f"{QUESTION}/rule/", survey_builder.rule_set, name="question-rule"),
        path(f"{QUESTION}/ways/", survey_builder.way_add, name="question-ways"),
        path(f"{SURVEY}/survey.json", survey_files.survey_file, name="survey-file"),
        path("surveys/file/", survey_files.survey_read, name="survey-read"),
        path("surveys/themes/", themes.theme_list, name="theme-list"),
        path("surveys/themes/new/", themes.theme_new, name="theme-new"),
        path(f"{THEME}/", themes.theme_edit, name="theme-edit"),
        path(f"{THEME}/sample.svg", themes.theme_sample, name="theme-sample"),
        path(f"{THEME}/default/", themes.theme_default, name="theme-default"),
        path(f"{THEME}/archive/", themes.theme_archive, name="theme-archive"),
        path(f"{THEME}/restore/", themes.theme_restore, name="theme-restore"),
        path("survey-drafts/<uuid:document_id>/", survey_builder.survey_draft, name="survey-draft"),
        *editing_paths(DRAFT, "survey-drafts"),
    ]


def _translation_paths() -> list[URLPattern]:
    views, start = survey_translations, f"{SURVEY}/translations"
    return [
        path(f"{start}/", views.survey_translations, name="survey-translations"),
        path(f"{start}/save/", views.translations_save, name="translations-save"),
        path(f"{start}/language/", views.translations_language, name="translations-language"),
        path(f"{start}/read/", views.translations_read, name="translations-read"),
        path(f"{start}/take/", views.translations_take, name="translations-take"),
        path(f"{start}/<str:file_name>", views.translations_file, name="translations-file"),
    ]


def _standing(deed: str, to: SurveyStatus) -> URLPattern:
    return path(
        f"{SURVEY}/{deed}/", survey_publishing.survey_standing, {"to": to}, name=f"survey-{deed}"
    )
