"""Reading what a trial replays: whom distributions planned, what was known, and of whom."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import timedelta
from itertools import batched
from typing import TYPE_CHECKING
from uuid import UUID

from cxm.customers.models import CompanyMember, Customer, SegmentMember
from feedback.errors import TrialTooLargeError
from feedback.models import Invitation, Response
from feedback.rules.distribution.policy import Contact
from feedback.rules.distribution.replay import History, Known, Wish
from feedback.rules.distribution.words import (
    Audience,
    InvitationState,
    Medium,
    Reason,
    RuleKind,
)
from feedback.services.distribution.calling_off import CALLED_OFF_BY, About, called_off, names_of
from feedback.services.distribution.finding import candidates_of, matching_events
from feedback.services.distribution.persons import (
    COUNTED,
    barred_since,
    look_at_companies,
    read_persons,
    roots_of,
)
from feedback.services.distribution.planning import Candidate
from feedback.services.distribution.sampling import share_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime

    from cxm.tenants.models import Tenant
    from feedback.models import Distribution
    from feedback.rules.distribution.policy import Person, PolicyRule

MOST_WISHES = 100_000
MOST_EVENTS = 500_000
_AT_ONCE = 5_000
# What candidates are made of: texts and all else that an event may hold stay where they are.
_LOOKED_AT = (
    "customer_id",
    "name",
    "occurred_at",
    "props",
    "thread_key",
    "touchpoint_id",
    "channel_id",
)
_LONGEST_KEY = 200

type Span = tuple[datetime, datetime]


def planned_wishes(tenant: Tenant, span: Span) -> list[Wish]:
    """Give all that distributions planned in *span*, asked or not. One query.

    Raises TrialTooLargeError.
    """
    rows = Invitation.objects.for_tenant(tenant).filter(
        created_at__gte=span[0], created_at__lt=span[1]
    )
    told = rows.select_related("distribution", "customer", "response", "interaction").only(
        "survey_id",
        "natural_key",
        "medium",
        "purpose",
        "created_at",
        "due_at",
        "expires_at",
        "propensity",
        "interaction_id",
        "reason",
        "state",
        "distribution__priority",
        "distribution__seed",
        "distribution__trigger",
        "figures",
        "interaction__thread_key",
        "interaction__occurred_at",
        "customer__root_id",
        "response__answered_at",
    )
    found = list(told.order_by("pk")[: MOST_WISHES + 1])
    if len(found) > MOST_WISHES:
        raise TrialTooLargeError(MOST_WISHES)
    off = _called_off_at(tenant, found)
    return [replace(_planned(one), called_off_at=off.get(one.pk)) for one in found]


def _called_off_at(tenant: Tenant, rows: Sequence[Invitation]) -> dict[UUID, datetime]:
    """Say since when events called invitations off, whatever became of them."""
    by_names: dict[tuple[str, ...], list[tuple[UUID, About]]] = defaultdict(list)
    for one in rows:
        names, event = tuple(names_of(one.distribution)), one.interaction
        if names and event and one.customer.root_id:
            about = About(one.customer.root_id, event.thread_key, event.occurred_at)
            by_names[names].append((one.pk, about))
    return {
        pk: by.known_at
        for names, those in by_names.items()
        for (pk, _), by in zip(
            those, called_off(tenant, names, [about for _, about in those]), strict=True
        )
        if by
    }


def wishes_of(distribution: Distribution, span: Span) -> list[Wish]:
    """Give what *distribution* would have planned in *span*, had it asked all that time.

    Each event as if it had come in when it happened; the members of a segment, as they are at
    the end, all at the end. Raises TrialTooLargeError for too many of them, or of the events that
    are looked at for them.
    """
    is_by_event = distribution.audience == Audience.EVENT
    found = _met(distribution, span) if is_by_event else _members(distribution, span[1])
    candidates: list[Candidate] = []
    for one in found:
        if len(candidates) == MOST_WISHES:
            raise TrialTooLargeError(MOST_WISHES)
        candidates.append(one)
    candidates = _with_chances(distribution, candidates, span)
    roots = _roots(distribution.tenant, {one.customer_id for one in candidates})
    wishes = [
        _wished(distribution, one, str(roots[one.customer_id]), number)
        for number, one in enumerate(candidates)
        if one.customer_id in roots
    ]
    those = [
        About(roots[one.customer_id], one.thread_key, one.at)
        for one in candidates
        if one.customer_id in roots
    ]
    ended = called_off(distribution.tenant, names_of(distribution), those)
    return [
        replace(wish, called_off_at=by.known_at) if by else wish
        for wish, by in zip(wishes, ended, strict=True)
    ]


def read_history(
    *, tenant: Tenant, wishes: Sequence[Wish], rules: Sequence[PolicyRule], span: Span
) -> History:
    """Give what was known about the people of *wishes* while they were planned in *span*.

    *rules* are all that are to be tried: contacts are read as far back as they look. What people
    agreed to and their attributes are those of today. About ten queries for 5,000 people.
    """
    people = {UUID(one.person) for one in wishes}
    companies = _companies(tenant, people) if look_at_companies(list(rules)) else {}
    look = timedelta(days=max((int(rule.params.get("days", 0)) for rule in rules), default=0))
    replayed = {one.invitation for one in wishes}
    known: list[Known] = []
    for some in batched(sorted(people | {UUID(one) for one in companies}), _AT_ONCE):
        known += _known(tenant, some, (span[0] - look, span[1]), span[0], replayed)
    persons: dict[tuple[str, str], Person] = {}
    barred: dict[tuple[str, str], dict[Reason, datetime]] = {}
    for medium in sorted({one.medium for one in wishes}):
        whose = sorted({UUID(one.person) for one in wishes if one.medium == medium})
        for some in batched(whose, _AT_ONCE):
            _read_some(tenant, some, Medium(medium), rules, (persons, barred))
    return History(wishes, persons, known, barred, companies, _before(tenant, wishes, span[0]))


def _planned(one: Invitation) -> Wish:
    return Wish(
        invitation=str(one.pk),
        person=str(one.customer.root_id),
        distribution=str(one.distribution_id),
        survey=str(one.survey_id),
        natural_key=one.natural_key,
        medium=one.medium,
        purpose=one.purpose,
        planned_at=one.created_at,
        due_at=one.due_at,
        expires_at=one.expires_at,
        priority=one.distribution.priority,
        share=float(one.propensity),
        seed=one.distribution.seed,
        is_about_event=one.interaction_id is not None,
        was_called_off=one.reason == Reason.CANCELLED and CALLED_OFF_BY not in one.figures,
        has_failed=one.state == InvitationState.FAILED,
        answered_at=one.response.answered_at if one.response else None,
    )


def _wished(distribution: Distribution, one: Candidate, root: str, number: int) -> Wish:
    due_at = one.at + timedelta(minutes=distribution.delay_minutes)
    return Wish(
        invitation=f"{distribution.pk}:{number}",
        person=root,
        distribution=str(distribution.pk),
        survey=str(distribution.survey_id),
        natural_key=one.natural_key[:_LONGEST_KEY],
        medium=distribution.medium,
        purpose=distribution.survey.purpose,
        planned_at=one.at,
        due_at=due_at,
        expires_at=due_at + timedelta(hours=distribution.expires_hours),
        priority=distribution.priority,
        share=float(distribution.share if one.chance is None else one.chance),
        seed=distribution.seed,
        is_about_event=one.interaction_id is not None,
    )


def _with_chances(
    distribution: Distribution, candidates: list[Candidate], span: Span
) -> list[Candidate]:
    """Give *candidates* the chances with which about so many a day of them would be drawn."""
    if distribution.a_day is None or distribution.audience != Audience.EVENT:
        return candidates
    met = Counter({one.natural_key: one.stratum for one in candidates}.values())
    shares = share_of(distribution, met, (span[1] - span[0]) / timedelta(days=1))
    return [replace(one, chance=shares.get(one.stratum)) for one in candidates]


def _met(distribution: Distribution, span: Span) -> Iterator[Candidate]:
    """Give the candidates among the events of *span*, in order; raises TrialTooLargeError."""
    events = matching_events(distribution).filter(occurred_at__gte=span[0], occurred_at__lt=span[1])
    rows = events.only(*_LOOKED_AT)
    in_order = rows.order_by("occurred_at", "pk")[: MOST_EVENTS + 1]
    read = 0
    for some in batched(in_order.iterator(chunk_size=_AT_ONCE), _AT_ONCE):
        read += len(some)
        if read > MOST_EVENTS:
            raise TrialTooLargeError(MOST_EVENTS, "events to look at")
        yield from candidates_of(distribution, list(some))


def _members(distribution: Distribution, at: datetime) -> Iterator[Candidate]:
    rows = SegmentMember.objects.for_tenant(distribution.tenant_id).filter(
        segment=distribution.segment_id, to_at__isnull=True
    )
    members = rows.order_by("customer").values_list("customer", flat=True)
    for pk in members[: MOST_WISHES + 1]:
        yield Candidate(customer_id=pk, natural_key=f"{distribution.wave + 1}:{pk}", at=at)


def _roots(tenant: Tenant, customer_ids: Collection[UUID]) -> dict[UUID, UUID]:
    found: dict[UUID, UUID] = {}
    for some in batched(sorted(customer_ids), _AT_ONCE):
        found |= roots_of(tenant, some)
    return found


def _companies(tenant: Tenant, people: Collection[UUID]) -> dict[str, list[str]]:
    """Give the companies of people and of their colleagues, the one that counts first."""
    members = CompanyMember.objects.for_tenant(tenant)
    own: set[UUID] = set()
    for some in batched(sorted(people), _AT_ONCE):
        own |= set(members.filter(customer__root__in=some).values_list("company", flat=True))
    found: dict[str, list[str]] = defaultdict(list)
    for chunk in batched(sorted(own), _AT_ONCE):
        pairs = members.filter(company__in=chunk).values_list("customer__root", "company")
        for person, company in pairs.order_by("customer__root", "company").distinct():
            found[str(person)].append(str(company))
    return found


def _known(
    tenant: Tenant, people: Sequence[UUID], window: Span, start: datetime, replayed: set[str]
) -> list[Known]:
    """Give when people were asked before *start*, and answered what is not replayed."""
    asked = Invitation.objects.for_tenant(tenant).filter(
        customer__root__in=people,
        state__in=COUNTED,
        created_at__lt=start,
        send_at__gte=window[0],
    )
    rows = asked.values_list("customer__root", "send_at", "medium", "purpose", "pk")
    found = [
        Known(str(root), min(at, start), Contact(at, medium, purpose, str(pk)))
        for root, at, medium, purpose, pk in rows
    ]
    answered = Response.objects.for_tenant(tenant).filter(
        customer__root__in=people,
        state__in=Response.LIVE_STATES,
        answered_at__gte=window[0],
        answered_at__lt=window[1],
    )
    own = Invitation.objects.for_tenant(tenant).filter(response__in=answered)
    invited = {response: str(pk) for response, pk in own.values_list("response", "pk")}
    said = answered.values_list("pk", "customer__root", "answered_at", "survey__purpose")
    for pk, root, at, purpose in said:
        invitation = invited.get(pk, "")
        if invitation not in replayed:
            contact = Contact(at, "", purpose, invitation, is_answer=True)
            found.append(Known(str(root), at, contact))
    return found


def _read_some(
    tenant: Tenant,
    ids: Sequence[UUID],
    medium: Medium,
    rules: Sequence[PolicyRule],
    into: tuple[dict[tuple[str, str], Person], dict[tuple[str, str], dict[Reason, datetime]]],
) -> None:
    """Read people without their contacts, and since when they are written to no more."""
    persons, barred = into
    roots = Customer.objects.for_tenant(tenant).filter(pk__in=ids)
    consents = [rule for rule in rules if rule.kind is RuleKind.CONSENT]
    # No rule that counts days is among these, so the moment is not looked at.
    window = (tenant.created_at, tenant.created_at)
    read = read_persons(tenant=tenant, roots=roots, medium=medium, rules=consents, window=window)
    since = barred_since(tenant, medium, {pk: person.address for pk, person in read.items()})
    for pk, person in read.items():
        dated = since.get(pk, {})
        persons[str(pk), medium.value] = replace(person, bars=person.bars - dated.keys())
        barred[str(pk), medium.value] = dated


def _before(
    tenant: Tenant, wishes: Sequence[Wish], start: datetime
) -> list[tuple[str, str, str, bool]]:
    """Give the invitations from before *start* about what *wishes* are about."""
    keys = sorted({(one.survey, one.natural_key) for one in wishes})
    found = []
    for some in batched(keys, _AT_ONCE):
        rows = Invitation.objects.for_tenant(tenant).filter(
            natural_key__in=[key for _, key in some],
            survey__in={survey for survey, _ in some},
            created_at__lt=start,
        )
        told = rows.values_list("survey", "distribution", "natural_key", "state")
        found += [
            (str(survey), str(distribution), key, state in COUNTED)
            for survey, distribution, key, state in told
        ]
    return found
