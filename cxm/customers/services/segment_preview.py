"""How many a rule selects, before it is saved: exact for most tenants, else from a sample."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import OperationalError, connection, transaction
from psycopg import sql
from psycopg.errors import QueryCanceled

from cxm.customers.models import Customer
from cxm.customers.rules.segment_errors import SegmentTooSlowError
from cxm.customers.rules.segment_words import phrase
from cxm.customers.selectors.segment_names import read_segment_names
from cxm.customers.selectors.segments import people_counted, rules_inside
from cxm.customers.services.segment_ground import BUCKETS, Sample
from cxm.customers.services.segment_slowness import slowest_test
from cxm.customers.services.segment_sql import Compiled, compile_rule
from cxm.metrics.rules.days import local_date
from cxm.metrics.rules.intervals import wilson

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from cxm.customers.rules.segment_rule import Rule
    from cxm.tenants.models import Tenant

MOST_COUNTED_EXACTLY = 200_000
SAMPLED = 20_000
MOST_SHOWN = 20
LIMIT_SECONDS = 10
_COUNT = sql.SQL("{beginning} SELECT count(*), {counts} {people}")
_ONE_COUNT = sql.SQL("count(*) FILTER (WHERE {condition})")
# Some members, in an order that has nothing to do with when they came.
_SOME = sql.SQL("""(array_agg(p.id ORDER BY hashtextextended(p.id::text, 11), p.id)
    FILTER (WHERE {condition}))[1:{most}]""")


@dataclass(frozen=True, slots=True)
class Count:
    """How many of everybody: *n* is exact, or the middle of *low* to *high* (95 %)."""

    n: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule selects now.

    *people* is everybody, *size* those selected; *lines* are the counts of each part by its place
    (`all[0]`), *without* how many have no value at all, for tests that say "not". *looked_at* is
    how many were looked at: all people unless *is_sampled*. *some* are ids of a few members.
    """

    people: int
    size: Count
    is_sampled: bool
    looked_at: int
    lines: Mapping[str, Count] = field(default_factory=dict)
    without: Mapping[str, Count] = field(default_factory=dict)
    some: tuple[UUID, ...] = ()

    @property
    def share(self) -> float | None:
        """The percentage of everybody; None where there is nobody."""
        return 100 * self.size.n / self.people if self.people else None


def preview(*, tenant: Tenant, rule: Rule, now: datetime, with_some: bool = False) -> Preview:
    """Count whom *rule* selects, and each of its parts, in one statement.

    Above 200,000 people some 20,000 of them, always the same, are looked at, and every count
    comes with its interval (Wilson, 95 %). *with_some* finds up to 20 members. Raises
    SegmentRuleError, and after 10 seconds SegmentTooSlowError, which names the slowest test.
    """
    compiled, people = _compiled(tenant, rule, now)
    conditions = [*compiled.lines.values(), *compiled.without.values()]
    columns: list[sql.Composable] = [
        _ONE_COUNT.format(condition=condition) for condition in conditions
    ]
    if with_some:
        most = sql.Literal(MOST_SHOWN)
        columns.append(_SOME.format(condition=compiled.lines[""], most=most))
    people_joined = compiled.people()
    statement = _COUNT.format(
        beginning=compiled.beginning(), counts=sql.SQL(", ").join(columns), people=people_joined
    )
    try:
        looked_at, *found = _run(statement, compiled.parameters)
    except QueryCanceled as error:
        raise _too_slow(tenant, rule, compiled) from error
    is_sampled = compiled.ground.sample is not None
    some = tuple(found.pop() or ()) if with_some else ()
    whole = people if people is not None else looked_at
    counts = [_counted(n, looked_at, whole, is_sampled=is_sampled) for n in found]
    lines = dict(zip(compiled.lines, counts, strict=False))
    return Preview(
        people=whole,
        size=lines[""],
        is_sampled=is_sampled,
        looked_at=looked_at,
        lines=lines,
        without=dict(zip(compiled.without, counts[len(lines) :], strict=True)),
        some=some,
    )


def _compiled(tenant: Tenant, rule: Rule, now: datetime) -> tuple[Compiled, int | None]:
    """Compile the rule for everybody, or for a sample and how many everybody is."""
    people, sample = None, None
    rows = Customer.objects.for_tenant(tenant).order_by("pk")
    if rows[MOST_COUNTED_EXACTLY:].exists():
        people = people_counted(tenant)
        sample = Sample(share=-(-BUCKETS * SAMPLED // max(people, SAMPLED)))
    today = local_date(now, ZoneInfo(tenant.time_zone))
    others = rules_inside(tenant, rule)
    return compile_rule(rule, tenant=tenant, today=today, others=others, sample=sample), people


def _run(statement: sql.Composable, parameters: dict[str, Any]) -> list[Any]:
    """Run a statement that may take 10 seconds; raises QueryCanceled after them."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            # No name and no value of anybody is in it; SET takes no parameters.
            cursor.execute(f"SET LOCAL statement_timeout = '{LIMIT_SECONDS}s'")
            cursor.execute(statement, parameters)
            row = list(cursor.fetchone())
            cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
            return row
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise error.__cause__ from error
        raise


def _too_slow(tenant: Tenant, rule: Rule, compiled: Compiled) -> SegmentTooSlowError:
    """Say that counting took too long, and which test is to blame."""
    place, test = slowest_test(rule, compiled.ground, rules_inside(tenant, rule))
    words = phrase(test, read_segment_names(tenant).titles)
    return SegmentTooSlowError(LIMIT_SECONDS, place=place, slow=words)


def _counted(n: int, looked_at: int, people: int, *, is_sampled: bool) -> Count:
    if not is_sampled:
        return Count(n, n, n)
    if not looked_at:
        return Count(0, 0, people)
    interval = wilson(n / looked_at, looked_at)
    low, high = (round(people * end / 100) for end in (interval.low, interval.high))
    return Count(round(people * n / looked_at), low, high)
