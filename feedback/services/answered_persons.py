"""What somebody says of themselves in a survey: what they agree to, and who they are."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from cxm.customers.models import Consent, Customer, Identity, Interaction
from cxm.customers.rules.identifiers import is_shared, is_usable
from cxm.customers.rules.records import Call, EventRecord, Ref
from cxm.customers.services.loading_events import load_events
from feedback.models import Response
from feedback.rules.question_types import QuestionType

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from cxm.customers.rules.records import JSON
    from cxm.tenants.models import Tenant
    from feedback.models import SurveyPass
    from feedback.rules.questionnaires import Questionnaire

SOURCE = "survey"
CONTACT = "contact"
"""What is agreed to where a question about consent names nothing else."""
_TOLD = {QuestionType.EMAIL: "email", QuestionType.PHONE: "phone", QuestionType.NAME: "name"}
# What a person is known by, the strongest first.
_LASTING = ("external", "email", "phone")
_LONGEST_PROOF = 500


def settle_person(sitting: SurveyPass, questionnaire: Questionnaire, *, now: datetime) -> None:
    """Keep what whoever finished a survey agreed to, and who they say they are.

    Addresses and a name are taken up only where something was agreed to. Nobody has checked them:
    an address that belongs to somebody else makes nobody that person, and nothing that is known
    is replaced. Nothing where the survey asks for no consent, or is anonymous.
    """
    response = sitting.response
    asked = [one for one in questionnaire.questions if one.type is QuestionType.CONSENT]
    if response is None or not asked or response.state != Response.State.COMPLETE:
        return
    agreed = {one.purpose or CONTACT: one for one in asked if sitting.answers.get(one.key) is True}
    if agreed and (told := _told(questionnaire, sitting.answers)):
        _take_up(response, sitting.survey.tenant, told, now)
    purposes = sorted({one.purpose or CONTACT for one in asked})
    words = {
        purpose: questionnaire.text(one.title, sitting.language) for purpose, one in agreed.items()
    }
    _write_consents(sitting, {one: words.get(one) for one in purposes})


def _told(questionnaire: Questionnaire, answers: Mapping[str, Any]) -> dict[str, str]:
    """Give e-mail, phone and name as they were typed, each where it was."""
    found: dict[str, str] = {}
    for question in questionnaire.questions:
        answer = answers.get(question.key)
        if question.type in _TOLD and isinstance(answer, str) and answer:
            found.setdefault(_TOLD[question.type], answer)
    return found


def _take_up(response: Response, tenant: Tenant, told: Mapping[str, str], now: datetime) -> None:
    """Add what was *told* to the person who answers, or make them a customer."""
    refs = tuple(filter(_can_stand_for_one, _addresses(told)))
    taken = [ref for ref in refs if _is_taken(tenant, ref)]
    traits: dict[str, JSON] = dict(told)
    if response.customer_id:
        owner = _owner(tenant, response.customer_id)
        traits = _news_of(tenant, response.customer_id, told)
        if owner is None or not (traits or len(taken) < len(refs)):
            return
        refs = (owner, *refs)
    elif taken or not refs:
        return
    said = hashlib.sha256(repr(sorted(told.items())).encode()).hexdigest()[:16]
    key = f"response-{response.pk}-{said}"
    record = EventRecord(Call.IDENTIFY, 0, key, now, refs=refs, traits=traits)
    loaded = load_events(tenant=tenant, source=SOURCE, records=[record], now=now)
    if not response.customer_id and (row := loaded.customers.get(0)):
        response.customer_id = row
        own = Response.objects.for_tenant(tenant).filter(pk=response.pk)
        own.update(customer_id=row)
        moments = Interaction.objects.for_tenant(tenant)
        moments.filter(pk__in=own.values("interaction_id")).update(customer_id=row)


def _addresses(told: Mapping[str, str]) -> list[Ref]:
    return [Ref.folded(kind, told[kind]) for kind in ("email", "phone") if kind in told]


def _can_stand_for_one(ref: Ref) -> bool:
    return is_usable(ref.kind, ref.value) and not is_shared(ref.kind, ref.value)


def _is_taken(tenant: Tenant, ref: Ref) -> bool:
    rows = Identity.objects.for_tenant(tenant)
    return rows.filter(kind=ref.kind, namespace=ref.namespace, value=ref.value).exists()


def _owner(tenant: Tenant, customer_id: UUID) -> Ref | None:
    """Give an identifier by which the person who answers is known; None where there is none."""
    customers = Customer.objects.for_tenant(tenant).filter(pk=customer_id)
    rows = Identity.objects.for_tenant(tenant).filter(
        customer__root__in=customers.values("root_id"), is_shared=False, kind__in=_LASTING
    )
    found = min(rows, key=lambda one: (_LASTING.index(one.kind), one.pk), default=None)
    return Ref(found.kind, found.namespace, found.value) if found else None


def _news_of(tenant: Tenant, customer_id: UUID, told: Mapping[str, str]) -> dict[str, JSON]:
    """Give of what was *told* only that of which nothing is known yet."""
    root = Customer.objects.for_tenant(tenant).select_related("root").get(pk=customer_id).root
    known = {"name": root.display_name, "email": root.email, "phone": root.phone}
    return {key: value for key, value in told.items() if not known[key]}


def _write_consents(sitting: SurveyPass, words: Mapping[str, str | None]) -> None:
    """Write what changed of what this response agrees to, each with the *words* that were read.

    By purpose; None where it is not agreed to. Nothing where nobody is known behind it.
    """
    response = sitting.response
    if response is None or response.customer_id is None:
        return
    source = f"response:{response.pk}"
    rows = Consent.objects.for_tenant(response.tenant_id).filter(source=source)
    newest = dict(rows.order_by("purpose", "at", "pk").values_list("purpose", "state"))
    for purpose, text in words.items():
        state = Consent.State.WITHDRAWN if text is None else Consent.State.GIVEN
        if newest.get(purpose, Consent.State.WITHDRAWN) == state:
            continue
        version = f"{sitting.survey.title}, version {sitting.version.number}"
        Consent.objects.create(
            tenant_id=response.tenant_id,
            customer_id=response.customer_id,
            purpose=purpose,
            state=state,
            at=response.answered_at,
            source=source,
            proof=f"{version}: {text or 'not agreed to any more'}"[:_LONGEST_PROOF],
        )
