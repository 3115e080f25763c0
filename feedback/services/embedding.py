"""Surveys on other people's pages: where they may stand, who is who there, who was shown one."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from cxm.customers.models import Customer, Identity
from cxm.customers.rules.records import Call, EventRecord, Ref
from cxm.customers.services.loading_events import load_events
from cxm.kernel.ids import new_id
from cxm.kernel.secrets import seal, unseal
from cxm.tenants.audit import record
from feedback.errors import ForgedIdentityError, ShownAlreadyError
from feedback.models import EmbedShow, Response, SurveyPass
from feedback.rules.door_words import DoorCount
from feedback.rules.embedding import is_genuine, read_embedding
from feedback.rules.survey_words import Anonymity
from feedback.services.answering import token_hash
from feedback.services.door_counts import count_at_door
from feedback.services.shown_pages import shown_token

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.tenants.models import Membership
    from feedback.models import Survey
    from feedback.rules.embedding import Claim, Embedding

PURPOSE = "embed-identity"
SOURCE = "embed"
KEY_BYTES = 32


@transaction.atomic
def set_embedding(*, survey: Survey, embedding: Embedding, by: Membership) -> None:
    """Keep how *survey* may be embedded; an audit entry says who changed what."""
    before, after = survey.embed, embedding.as_stored()
    changes = {
        name: [before.get(name), value]
        for name, value in after.items()
        if before.get(name) != value
    }
    if changes:
        survey.embed = after
        survey.save(update_fields=["embed"])
        action = "survey-embedding-changed"
        record(tenant=survey.tenant, action=action, by=by, about=survey, changes=changes)


@transaction.atomic
def renew_identity_key(*, survey: Survey, by: Membership) -> str:
    """Make the key with which sites sign who somebody is, and give it this once.

    One that was there before works no more.
    """
    key = secrets.token_urlsafe(KEY_BYTES)
    survey.identity_key = seal(key, purpose=PURPOSE, tenant_id=survey.tenant_id)
    survey.save(update_fields=["identity_key"])
    record(tenant=survey.tenant, action="survey-identity-key-made", by=by, about=survey)
    return key


@transaction.atomic
def person_claimed(
    *, survey: Survey, claim: Claim, is_made: bool, now: datetime
) -> Customer | None:
    """Find the customer whom a site names, or make one if *is_made*; None for an anonymous survey.

    Raises ForgedIdentityError for a claim that is over or signed otherwise. Whoever was erased
    stays nobody: None.
    """
    if survey.anonymity == Anonymity.ANONYMOUS:
        return None
    key = survey.identity_key and unseal(
        survey.identity_key, purpose=PURPOSE, tenant_id=survey.tenant_id
    )
    if not is_genuine(claim, key=key, public_id=survey.public_id, now=now):
        raise ForgedIdentityError
    known = _known(survey, claim)
    if known is None and is_made:
        who = EventRecord(
            Call.IDENTIFY,
            position=0,
            key=f"embed:{new_id()}",
            occurred_at=now,
            refs=(Ref("external", "", claim.person),),
        )
        load_events(tenant=survey.tenant, source=SOURCE, records=[who], now=now)
        known = _known(survey, claim)
    return known


def _known(survey: Survey, claim: Claim) -> Customer | None:
    rows = Identity.objects.for_tenant(survey.tenant_id).select_related("customer__root")
    rows = rows.filter(customer__root__erased_at__isnull=True)
    found = rows.filter(kind="external", namespace="", value=claim.person).first()
    return found.customer.root if found else None


def may_be_shown(survey: Survey, customer: Customer | None, *, now: datetime) -> bool:
    """Whether it is time to show *survey* to somebody: on no device again too soon. Two queries.

    Who is not named is shown it: nothing is kept on their device to tell them by.
    """
    if customer is None:
        return True
    since = now - timedelta(days=read_embedding(survey.embed).repeat_days)
    shown = EmbedShow.objects.for_tenant(survey.tenant_id).filter(
        survey=survey, customer__root=customer.pk, shown_at__gt=since
    )
    answered = Response.objects.for_tenant(survey.tenant_id).filter(
        survey=survey, customer__root=customer.pk, answered_at__gt=since
    )
    return not shown.exists() and not answered.exists()


@transaction.atomic
def note_shown(*, survey: Survey, customer: Customer | None, language: str, now: datetime) -> str:
    """Count that *survey* is shown, and give the token of the way that *customer* begins by it.

    The token is "" for somebody who is not named: theirs is made with their first page. Raises
    ShownAlreadyError where another tab of theirs was shown it since `may_be_shown` was asked.
    """
    if customer is None:
        count_at_door(survey, DoorCount.SHOWN, now=now)
        return ""
    since = now - timedelta(days=read_embedding(survey.embed).repeat_days)
    shows = EmbedShow.objects.for_tenant(survey.tenant_id)
    row, is_first = shows.get_or_create(
        tenant=survey.tenant, survey=survey, customer=customer, defaults={"shown_at": now}
    )
    # Of two tabs at once, the one that waited for the other finds it shown just now.
    long_ago = shows.filter(pk=row.pk, shown_at__lte=since)
    if not is_first and not long_ago.update(shown_at=now):
        raise ShownAlreadyError
    count_at_door(survey, DoorCount.SHOWN, now=now)
    token = shown_token(survey, now=now)
    SurveyPass.objects.create(
        tenant=survey.tenant,
        survey=survey,
        customer=customer,
        is_signed=True,
        version=survey.head,
        token_hash=token_hash(token),
        language=language,
        seed=secrets.randbelow(1_000_000),
        started_at=now,
        last_at=now,
    )
    return token
