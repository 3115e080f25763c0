"""Counting risks by one definition: learning, the trial, and each customer's chances."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from itertools import batched
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from analytics.models import RiskRun, RiskScore
from analytics.rules.churn import ContractEnd
from analytics.rules.risk import (
    JUDGED_DAYS,
    PERIOD_DAYS,
    RIDGE,
    History,
    learned,
    refused,
    too_few,
    tried,
)
from analytics.rules.risk_inputs import INPUTS, Table
from analytics.rules.risk_model import NoFitError
from analytics.rules.risk_scoring import scored
from analytics.rules.risk_shapes import RiskResult
from analytics.selectors.churn_watched import told_since, watched_since
from analytics.selectors.risk_rows import MOST_LEARNED, MOST_SCORED, common_plans, known_at
from analytics.services.churn_spans import rule_of
from analytics.services.reading_whole import reading_whole
from analytics.services.turns import take_turns
from cxm.kernel.lazily import lazily
from cxm.metrics.rules.days import local_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime
    from uuid import UUID

    import numpy as np
    from numpy.typing import NDArray

    from analytics.models import ChurnDefinition
    from analytics.rules.churn import ChurnRule
    from analytics.rules.risk import Learned
    from analytics.rules.risk_scoring import Scored
    from analytics.selectors.risk_rows import Known
else:
    np = lazily("numpy")

KEPT_DAYS = 90
SEED = 20_261_123
MOST_PERIODS = 24
_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class _Times:
    """When a count is, the day until which losses are known for sure, and that of the trial."""

    now: datetime
    settled: datetime

    @property
    def cut(self) -> datetime:
        return self.settled - timedelta(days=JUDGED_DAYS)

    def starts(self, end: datetime, first: datetime | None) -> list[datetime]:
        """Give the beginnings of whole periods that end by *end*, from the oldest."""
        found: list[datetime] = []
        at = end - timedelta(days=PERIOD_DAYS)
        while first and at > first and len(found) < MOST_PERIODS:
            found.append(at)
            at -= timedelta(days=PERIOD_DAYS)
        return found[::-1]


@transaction.atomic
def count_risk(*, definition: ChurnDefinition, now: datetime) -> RiskRun:
    """Learn who leaves by *definition*, try it on the last 90 days, and keep each one's chances.

    Spans are those counted last. Nobody gets a chance where the trial refuses the model. One run
    a day is kept, for 90 days; two counts of one definition take turns.
    """
    take_turns("risk-runs", definition.pk)
    definition.refresh_from_db(fields=["version", "title", "archived_at"])
    rule = rule_of(definition)
    grace = rule.grace_days if isinstance(rule, ContractEnd) else 0
    times = _Times(now, now - timedelta(days=grace))
    with reading_whole():
        found = _Count(definition, rule, times)
    result, model = found.judged()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    RiskScore.objects.for_tenant(definition.tenant_id).filter(definition=definition).delete()
    runs = RiskRun.objects.for_tenant(definition.tenant_id).filter(definition=definition)
    runs.filter(Q(at__lt=now - timedelta(days=KEPT_DAYS)) | Q(at__gte=midnight)).delete()
    run = RiskRun.objects.create(
        tenant=definition.tenant,
        definition=definition,
        version=definition.version,
        at=now,
        cut_at=times.cut,
        seed=SEED,
        data_hash=found.data_hash,
        is_offered=result.is_offered,
        result=result.as_json(),
    )
    if model:
        for rows in _rows(run, found.people, scored(model, found.table(found.people))):
            RiskScore.objects.bulk_create(rows)
    return run


class _Count:
    """All that one count reads: people on the first day of each period, at the cut, and now."""

    def __init__(self, definition: ChurnDefinition, rule: ChurnRule, times: _Times) -> None:
        self.times, self.zone = times, ZoneInfo(definition.tenant.time_zone)
        first = told_since(definition, watched_since(definition, rule, times.now), times.now)
        self.starts = times.starts(times.settled, first)
        self.parts = [self._read(definition, at, MOST_LEARNED) for at in self.starts]
        self.after = self._read(definition, times.cut, MOST_SCORED)
        self.people = self._read(definition, times.now, MOST_SCORED)
        self.plans = common_plans(self.parts)

    def _read(self, definition: ChurnDefinition, at: datetime, most: int) -> Known:
        return known_at(definition, at, settled=self.times.settled, seed=SEED, most=most)

    def table(self, part: Known) -> Table:
        """Give what is known of the people of *part*, with the plans that are inputs."""
        return part.table(self.plans)

    @property
    def data_hash(self) -> str:
        """Tell apart what was read: the same rows give the same hash."""
        digest = hashlib.sha256()
        for part in (*self.parts, self.after, self.people):
            digest.update(part.values.tobytes() + part.lost_after.tobytes())
            digest.update("\n".join([*map(str, part.customer_ids), *part.plans]).encode())
        return digest.hexdigest()

    def judged(self) -> tuple[RiskResult, Learned | None]:
        """Learn until the cut, try after it; a model to be offered is learned from all again."""
        before = self._history(self.times.cut)
        _, lost = before.in_period(0)
        result = self._plain_result(lost)
        judged_losses = int((self.after.lost_after <= JUDGED_DAYS).sum())
        if reason := too_few(int(lost.sum()), judged_losses, result.cut_on):
            return replace(result, reason=reason), None
        try:
            model = learned(before)
            trials = tried(model, self.table(self.after), self.after.lost_after)
            result = replace(
                result,
                trials=trials,
                weights=model.weights(),
                left_out=model.encoding.left_out,
                reason=refused(trials[-1]),
            )
            return result, None if result.reason else learned(self._history(self.times.settled))
        except NoFitError as error:
            return replace(result, reason=f"No model could be fitted. {error}"), None

    def _history(self, end: datetime) -> History:
        """Gather people on the first day of each period, followed until *end*."""
        inputs = self.table(self.people).inputs
        values, lost_after, seen_days = [np.empty((0, len(inputs)))], [np.empty(0)], [np.empty(0)]
        for at, part in zip(self.starts, self.parts, strict=True):
            days = (end - at) / timedelta(days=1)
            if days >= PERIOD_DAYS:
                values.append(self.table(part).values)
                lost_after.append(part.lost_after)
                seen_days.append(np.full(len(part.lost_after), days))
        table = Table(inputs, np.concatenate(values))
        return History(table, np.concatenate(lost_after), np.concatenate(seen_days))

    def _plain_result(self, lost: NDArray[np.bool_]) -> RiskResult:
        first = self._day(self.starts[0]) if self.starts else None
        periods = [at for at in self.starts if at + timedelta(days=PERIOD_DAYS) <= self.times.cut]
        return RiskResult(
            reason="",
            people=len(self.people.customer_ids),
            rows=len(lost),
            lost_rows=int(lost.sum()),
            periods=len(periods),
            first_on=first,
            cut_on=self._day(self.times.cut),
            settled_on=self._day(self.times.settled),
            ridge=RIDGE,
            is_sampled=any(len(part.customer_ids) >= MOST_LEARNED for part in self.parts),
        )

    def _day(self, at: datetime) -> date:
        return local_date(at, self.zone)


def _rows(run: RiskRun, people: Known, found: Iterable[Scored]) -> Iterator[list[RiskScore]]:
    amounts = people.values[:, [one.key for one in INPUTS].index("amount")]
    told = zip(people.customer_ids, found, amounts, people.currencies, strict=True)
    for part in batched(told, _AT_ONCE):
        yield [_row(run, *one) for one in part]


def _row(run: RiskRun, customer_id: UUID, one: Scored, amount: float, currency: str) -> RiskScore:
    is_paid = not np.isnan(amount)
    return RiskScore(
        tenant_id=run.tenant_id,
        definition_id=run.definition_id,
        run=run,
        customer_id=customer_id,
        within_30=one.chances[0],
        within_60=one.chances[1],
        within_90=one.chances[2],
        coverage=one.coverage,
        reasons=[reason.as_json() for reason in one.reasons],
        amount=Decimal(f"{amount:.2f}") if is_paid else None,
        currency=currency if is_paid else "",
        at_stake=one.chances[2] * amount if is_paid else None,
    )
