"""Filling a tenant with a made-up company, through the same doors as everybody's feedback."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from analytics.services.rollups import fold_ledger
from cxm.kernel.errors import DomainError
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import Membership
from cxm.tenants.selectors import tenant_by_slug
from cxm.touchpoints.models import Channel, Touchpoint
from cxm.touchpoints.services import create_channel, create_touchpoint
from cxm.web.demo.alerts import watch_numbers
from cxm.web.demo.annotations import write_what_happened
from cxm.web.demo.answers import DAYS, arrivals
from cxm.web.demo.churn import define_churn
from cxm.web.demo.contracts import sign_contracts
from cxm.web.demo.dashboards import build_dashboards
from cxm.web.demo.desk import furnish_desk
from cxm.web.demo.discussion import discuss
from cxm.web.demo.drivers import ask_for_drivers
from cxm.web.demo.goals import set_goals
from cxm.web.demo.journeys import draw_journeys
from cxm.web.demo.library import fill_library
from cxm.web.demo.members import add_people
from cxm.web.demo.people import People
from cxm.web.demo.personas import describe_personas
from cxm.web.demo.purchases import define_purchases
from cxm.web.demo.reports import promise_report
from cxm.web.demo.sample_file import import_sample
from cxm.web.demo.sending import send_surveys
from cxm.web.demo.stakeholders import draw_maps
from cxm.web.demo.tales import Causes
from cxm.web.demo.timeline import portion_count, portions
from cxm.web.demo.timeline_loading import load_portion, prepare_timeline
from cxm.web.demo.topics import name_topics
from cxm.web.demo.working import work_off
from cxm.web.services import open_tenant
from cxm.work.models import Batch
from feedback.models import Survey, SurveyQuestion
from feedback.selectors.trying_out import DEMO
from feedback.services.loading import load_records
from feedback.services.refusing import conflict_refusal, store_refusals
from feedback.services.registering import Question, Wanted, read_registry, register

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from cxm.tenants.models import Tenant
    from cxm.web.demo.answers import Arrival
    from cxm.web.demo.company import Company, SurveyPlan, TimelinePlan
    from feedback.services.registering import Registry

FOLD_EVERY = 26

WEEK = timedelta(weeks=1)
# Answers take about this part of the time, events the rest.
_ANSWERS_SHARE = 0.6

type Tell = Callable[[int, float], None]


class DemoNameTakenError(DomainError):
    """The tenant that the demo would fill is somebody's own."""

    def __init__(self, tenant: Tenant) -> None:
        super().__init__(
            f"The short name “{tenant.slug}” belongs to “{tenant.name}”, which is not of the demo. "
            "Use another database for the demo."
        )


@dataclass(frozen=True, slots=True)
class Size:
    """How much to make: *scale* is 1 for the full company.

    Answers are loaded as if exports had come in every so many weeks.
    """

    scale: float
    weeks_at_once: int


SIZES = {"full": Size(1.0, 2), "small": Size(0.1, 4)}


def is_complete(company: Company) -> bool:
    """Tell whether the tenant is there with all its answers and events. Two queries."""
    tenant = tenant_by_slug(company.slug)
    if tenant is None:
        return False
    with tenant_bound(tenant.pk):
        course = _course(tenant)
        return course is not None and _is_done(course, company)


def seed_company(
    company: Company,
    *,
    size: str,
    seed: int,
    now: datetime,
    tell: Tell = lambda _loaded, _share: None,
) -> Tenant:
    """Make the tenant of *company* with its people, answers and events until *now*.

    *size* is a key of SIZES. What was begun and cut off is continued as it was begun: with the
    size, seed and moment of the first call. A complete tenant stays as it is. *tell* hears the
    number of answers and events so far, and what share of the work they are (0 to 1). Raises
    DemoNameTakenError. Runs in transactions of its own, one for some weeks of answers or some
    hundred customers' events.
    """
    tenant = tenant_by_slug(company.slug) or open_tenant(
        slug=company.slug, name=company.name, time_zone=company.time_zone, now=now
    )
    with tenant_bound(tenant.pk):
        course = _begun(tenant, company, size=size, seed=seed, now=now)
        if _is_done(course, company):
            return tenant
    name_topics(tenant, company, now=course.started_at)
    causes = Causes()
    loaded = _load_answers(tenant, company, course, causes, tell)
    if company.timeline:
        later = partial(_tell_on, tell, loaded)
        _load_events(tenant, company, company.timeline, course, causes, tell=later)
    _finish(tenant, company, course, now=course.started_at)
    return tenant


def _load_answers(
    tenant: Tenant, company: Company, course: Batch, causes: Causes, tell: Tell
) -> int:
    """Load the answers that are not there yet; all leave their *causes*. Gives how many."""
    began, told = course.started_at, course.counts
    chosen = SIZES[told["size"]]
    coming = arrivals(company, scale=chosen.scale, seed=told["seed"], now=began)
    part = _ANSWERS_SHARE if company.timeline else 1
    loaded = 0
    for number, block in _blocks(coming, chosen, now=began):
        if number >= told["blocks"]:
            with tenant_bound(tenant.pk):
                _load_block(tenant, company, block)
                _note(course, blocks=number + 1)
        if number % FOLD_EVERY == 0:
            with tenant_bound(tenant.pk):
                fold_ledger(tenant=tenant)
        loaded += len(block)
        causes.note(block)
        tell(loaded, part * (1 - (began - block[-1].received_at) / timedelta(days=DAYS)))
    return loaded


def _load_events(
    tenant: Tenant,
    company: Company,
    plan: TimelinePlan,
    course: Batch,
    causes: Causes,
    *,
    tell: Tell,
) -> None:
    """Load the events that are not there yet, and all that people did with customers.

    *tell* hears the number of events, and what share of all events they are.
    """
    began, told = course.started_at, course.counts
    scale, seed = SIZES[told["size"]].scale, told["seed"]
    today = began.astimezone(ZoneInfo(company.time_zone)).date()
    people = People(company, scale=scale, seed=seed, today=today)
    first, count = told.get("portions", 0), portion_count(people)
    with tenant_bound(tenant.pk):
        register_places(tenant, company)
        prepare_timeline(tenant, plan, now=began)
    coming = portions(company, plan, people, causes, scale=scale, seed=seed, now=began, first=first)
    loaded = 0
    for number, portion in enumerate(coming, first):
        with tenant_bound(tenant.pk):
            loaded += load_portion(tenant, portion, now=began)
            _note(course, portions=number + 1)
        tell(loaded, (number + 1) / count)
    if not told.get("is_told"):
        with tenant_bound(tenant.pk):
            furnish_desk(tenant, plan, now=began)
            describe_personas(tenant, plan.personas, now=began)
            draw_maps(tenant, plan.maps, now=began)
            draw_journeys(tenant, plan.journeys, now=began)
            send_surveys(tenant, plan.sendings, now=began)
            discuss(tenant, plan.talks, now=began)
            fold_ledger(tenant=tenant)
            fill_library(tenant, plan.library, now=began)
            sign_contracts(
                tenant, company, people.everybody, scale=scale, seed=seed, now=began, today=today
            )
            _define(tenant, plan, now=began)
            _note(course, is_told=True)
    work_off(tenant)


def _define(tenant: Tenant, plan: TimelinePlan, *, now: datetime) -> None:
    """Say when a customer is gone, what they buy, and what is watched, put together and sent."""
    define_churn(tenant, plan.churn, now=now)
    define_purchases(tenant, plan.purchases, now=now)
    watch_numbers(tenant, plan.alerts, now=now)
    build_dashboards(tenant, plan.dashboards, now=now)
    ask_for_drivers(tenant, plan.drivers, now=now)
    if plan.alerts:
        promise_report(tenant, "nps", now=now)
        set_goals(tenant, now=now)
        write_what_happened(tenant, now=now)


def _is_done(course: Batch, company: Company) -> bool:
    """Tell whether nothing is left to do; a demo made before there were events lacks those."""
    is_told = company.timeline is None or course.counts.get("is_told", False)
    return course.state == Batch.State.DONE and is_told


def _tell_on(tell: Tell, before: int, loaded: int, share: float) -> None:
    """Tell of events after so many answers."""
    tell(before + loaded, _ANSWERS_SHARE + (1 - _ANSWERS_SHARE) * share)


def _course(tenant: Tenant) -> Batch | None:
    """Find the batch that remembers how the seeding of *tenant* began and how far it is."""
    batches = Batch.objects.for_tenant(tenant).filter(kind=DEMO, counts__has_key="blocks")
    return batches.order_by("started_at", "pk").first()


def _begun(tenant: Tenant, company: Company, *, size: str, seed: int, now: datetime) -> Batch:
    course = _course(tenant)
    if course is not None:
        return course
    if Membership.objects.for_tenant(tenant).exists():
        raise DemoNameTakenError(tenant)
    course = Batch.objects.create(
        tenant=tenant,
        kind=DEMO,
        title=f"{company.name} for trying out",
        started_at=now,
        counts={"size": size, "seed": seed, "blocks": 0},
    )
    add_people(tenant, company)
    register_places(tenant, company)
    for plan in company.surveys:
        batch = Batch.objects.create(
            tenant=tenant,
            kind=DEMO,
            title=f"{plan.key}.csv",
            started_at=now,
            counts={"survey": plan.key},
        )
        register(tenant=tenant, wanted=_wanted(plan), batch=batch)
        Survey.objects.for_tenant(tenant).filter(key=plan.key).update(purpose=plan.purpose)
    return course


def register_places(tenant: Tenant, company: Company) -> None:
    """Make the channels and touchpoints that are missing."""
    channels = {channel.key: channel for channel in Channel.objects.for_tenant(tenant)}
    for channel in company.channels:
        if channel.key not in channels:
            channels[channel.key] = create_channel(
                tenant=tenant, by=None, key=channel.key, title=channel.title, medium=channel.medium
            )
    points = set(Touchpoint.objects.for_tenant(tenant).values_list("key", flat=True))
    for point in company.touchpoints:
        if point.key in points:
            continue
        create_touchpoint(
            tenant=tenant,
            by=None,
            key=point.key,
            title=point.title,
            channel=channels[point.channel],
            description=point.description,
            initiator=point.initiator,
            interaction=point.interaction,
        )


def _wanted(plan: SurveyPlan) -> Wanted:
    kinds = SurveyQuestion.Kind
    scored = [
        Question(one.key, one.text, kinds.SCORE, one.metric, one.touchpoint)
        for one in plan.questions
    ]
    reason = [Question("reason", plan.reason, kinds.OTHER)] if plan.reason else []
    return Wanted(
        survey_key=plan.key,
        survey_title=plan.title,
        source=plan.source,
        questions=(*scored, *reason, Question("why", plan.comment, kinds.TEXT)),
    )


def _blocks(
    coming: Iterable[Arrival], size: Size, *, now: datetime
) -> Iterator[tuple[int, list[Arrival]]]:
    """Cut the stream into numbered exports by when the answers came in."""

    def export(arrival: Arrival) -> int:
        return (now - arrival.received_at) // (size.weeks_at_once * WEEK)

    for number, (_, block) in enumerate(groupby(coming, export)):
        yield number, list(block)


def _load_block(tenant: Tenant, company: Company, block: list[Arrival]) -> None:
    registry = read_registry(tenant)
    batches = {
        batch.counts["survey"]: batch
        for batch in Batch.objects.for_tenant(tenant).filter(kind=DEMO, counts__has_key="survey")
    }
    for plan in company.surveys:
        part = [arrival for arrival in block if arrival.record.survey == plan.key]
        if part:
            _load_survey(tenant, plan, part, registry, batches[plan.key])


def _load_survey(
    tenant: Tenant, plan: SurveyPlan, part: list[Arrival], registry: Registry, batch: Batch
) -> None:
    records = [arrival.record for arrival in part]
    loaded = load_records(
        tenant=tenant,
        source=plan.source,
        records=records,
        registry=registry,
        batch=batch,
        now=part[-1].received_at,
    )
    # The second of two under one key was refused, wherever the first one came in.
    by_key = {record.key: record for record in records}
    refusals = [conflict_refusal(by_key[key]) for key in loaded.conflicts]
    store_refusals(batch=batch, inbox=None, refusals=refusals, listed=0)
    batch.counts = _added(batch.counts, loaded=loaded.loaded, unchanged=loaded.unchanged)
    batch.counts = _added(batch.counts, conflicts=len(refusals), rows_read=len(records))
    batch.save(update_fields=["counts"])


def _added(counts: dict[str, Any], **more: int) -> dict[str, Any]:
    return counts | {name: counts.get(name, 0) + number for name, number in more.items()}


def _note(course: Batch, **reached: int) -> None:
    """Remember how far it is; together with what was done, so in the same transaction."""
    course.counts = course.counts | reached
    course.save(update_fields=["counts"])


def _finish(tenant: Tenant, company: Company, course: Batch, *, now: datetime) -> None:
    if company.has_sample_file:
        import_sample(tenant, now=now)
    with tenant_bound(tenant.pk):
        fold_ledger(tenant=tenant)
        batches = Batch.objects.for_tenant(tenant).filter(kind=DEMO, state=Batch.State.OPEN)
        batches.update(state=Batch.State.DONE, finished_at=now)
    course.state = Batch.State.DONE
