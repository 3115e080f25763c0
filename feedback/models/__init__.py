"""Surveys, responses, ratings, and the raw bytes they came from."""

from feedback.models.answer_files import AnswerFile
from feedback.models.answering import SurveyPass, SurveyTrial
from feedback.models.ask_lists import AskList, AskListRow
from feedback.models.delighted import AutopilotMember, DelightedImport, DelightedProject
from feedback.models.distributing import (
    ContactRule,
    Distribution,
    Invitation,
    InvitationEvent,
    PolicyTrial,
)
from feedback.models.elsewhere import EmbedShow, SurveyCount, WaitingAnswer
from feedback.models.evidence import EvidenceAnswer
from feedback.models.imports import Import, ImportRecipe
from feedback.models.inbox import (
    EventSource,
    Inbox,
    RejectedEvent,
    RejectedRow,
    SenderSecret,
    WriteKey,
)
from feedback.models.questionnaires import (
    DraftChoice,
    DraftJump,
    DraftQuestion,
    DraftRow,
    DraftWording,
    SurveyDraft,
    SurveyDraftOp,
    SurveyVersion,
)
from feedback.models.surveys import (
    Rating,
    RatingQuerySet,
    Response,
    Survey,
    SurveyQuestion,
    SurveyTheme,
    Verbatim,
)
from feedback.models.topics import Topic, TopicHit, TopicRule

__all__ = [
    "AnswerFile",
    "AskList",
    "AskListRow",
    "AutopilotMember",
    "ContactRule",
    "DelightedImport",
    "DelightedProject",
    "Distribution",
    "DraftChoice",
    "DraftJump",
    "DraftQuestion",
    "DraftRow",
    "DraftWording",
    "EmbedShow",
    "EventSource",
    "EvidenceAnswer",
    "Import",
    "ImportRecipe",
    "Inbox",
    "Invitation",
    "InvitationEvent",
    "PolicyTrial",
    "Rating",
    "RatingQuerySet",
    "RejectedEvent",
    "RejectedRow",
    "Response",
    "SenderSecret",
    "Survey",
    "SurveyCount",
    "SurveyDraft",
    "SurveyDraftOp",
    "SurveyPass",
    "SurveyQuestion",
    "SurveyTheme",
    "SurveyTrial",
    "SurveyVersion",
    "Topic",
    "TopicHit",
    "TopicRule",
    "Verbatim",
    "WaitingAnswer",
    "WriteKey",
]
