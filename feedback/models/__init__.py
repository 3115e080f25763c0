"""Surveys, responses, ratings, and the raw bytes they came from."""

from feedback.models.evidence import EvidenceAnswer
from feedback.models.imports import Import, ImportRecipe
from feedback.models.inbox import EventSource, Inbox, RejectedEvent, RejectedRow, WriteKey
from feedback.models.surveys import (
    Rating,
    RatingQuerySet,
    Response,
    Survey,
    SurveyQuestion,
    Verbatim,
)

__all__ = [
    "EventSource",
    "EvidenceAnswer",
    "Import",
    "ImportRecipe",
    "Inbox",
    "Rating",
    "RatingQuerySet",
    "RejectedEvent",
    "RejectedRow",
    "Response",
    "Survey",
    "SurveyQuestion",
    "Verbatim",
    "WriteKey",
]
