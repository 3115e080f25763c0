"""The kind of document that the draft of a survey is, for the editing routes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxm.collaboration.views.kinds import Kind
from cxm.tenants.rules import Right
from feedback.services.survey_store import SURVEYS

if TYPE_CHECKING:
    from cxm.tenants.access import TenantRequest


def _may_change(draft: Any, request: TenantRequest) -> bool:
    return request.may(Right.EDIT_REGISTRIES) and draft.survey.archived_at is None


def _may_read_log(draft: Any, request: TenantRequest) -> bool:
    del draft  # Whoever may see one survey may see them all.
    return request.may(Right.SEE_REGISTRIES)


DRAFT = Kind(
    "survey-draft",
    "feedback",
    SURVEYS,
    "survey-draft",
    _may_change,
    _may_read_log,
    related=("survey",),
)
