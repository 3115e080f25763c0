"""Putting pictures on the choices of a survey."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from cxm.collaboration.services.assets import store_asset
from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import Asked, Deed, RefusedError, UnknownElementError
from cxm.kernel.operations.state import is_there
from cxm.kernel.operations.store import commit, read_state
from feedback.services.survey_store import SURVEYS
from personas.services.personas import actor_of

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.core.files.uploadedfile import UploadedFile

    from cxm.tenants.models import ApiKey, Membership
    from feedback.models import SurveyDraft


@transaction.atomic
def put_picture(
    *,
    draft: SurveyDraft,
    choice_id: UUID,
    upload: UploadedFile[Any] | None,
    is_dropped: bool,
    by: Membership | ApiKey,
    now: datetime,
) -> None:
    """Show the picture *upload* with a choice, or none where it *is_dropped*.

    Raises UnknownElementError where there is no such choice, RefusedError without a file, and what
    `store_asset` does for a file that is no picture.
    """
    request = Request(draft.tenant, draft.pk, actor_of(by), now)
    state = read_state(SURVEYS, request)
    choice = state.get(choice_id)
    if choice is None or choice.kind != "choice" or not is_there(state, choice_id):
        raise UnknownElementError
    value = None
    if not is_dropped:
        if upload is None:
            message = "Choose a picture first."
            raise RefusedError(message, field="picture")
        asset = store_asset(
            tenant=draft.tenant, upload=upload, alt="", by=by, now=now, is_picture=True
        )
        value = str(asset.pk)
    pk = new_id()
    asked = Asked(id=pk, batch=pk, op=Deed.SET, lineage=choice_id, field="asset", value=value)
    commit(SURVEYS, request, [asked])
