"""The answers that an alert watches, in order of receipt: just those that its rows list."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from analytics.models import AlertRuleVersion
from analytics.rules.alert_sequences import Scale, course_of, limits_json
from analytics.rules.alerts import AlertKind, Condition, read_condition
from analytics.rules.periods import custom_period
from analytics.selectors.filters import Filter
from analytics.selectors.histograms import By
from analytics.selectors.names import Measure, measures
from cxm.metrics.figures import bounds_of, definition_of
from cxm.metrics.models import MetricVersion
from cxm.metrics.rules.days import local_date
from cxm.metrics.rules.statistic import estimate
from feedback.selectors.registry_names import Names, read_names
from feedback.selectors.response_filter import read_filter
from feedback.selectors.response_rows import rows_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from analytics.models import AlertRule
    from analytics.rules.alert_sequences import Course, Standing
    from analytics.rules.alerts import Epoch
    from cxm.tenants.models import Tenant
    from feedback.models import Rating

REDEFINED = "The metric means something else since its target was set: set the target anew."
MEDIAN = "A median has no limits that hold at every look: it cannot be watched."
ANY_TARGET = (-math.inf, math.inf)
"""Bounds for a target that is stored: what the metric means may have changed since."""
GONE = "Something that the rule names is gone: {words}"


@dataclass(frozen=True, slots=True)
class AnswerSeen:
    """One answer: its value, its day, when it came in, and which response it is of."""

    value: int
    day: date
    received_at: datetime
    response_id: UUID


@dataclass(frozen=True, slots=True)
class Watched:
    """A rule with one of its conditions, what its metric means now, and the names it uses."""

    rule: AlertRule
    version: AlertRuleVersion
    condition: Condition
    measure: Measure
    names: Names

    @property
    def tenant(self) -> Tenant:
        """The workspace."""
        return self.rule.tenant

    @property
    def words(self) -> str:
        """Say the condition."""
        return self.condition.words(self.measure.metric.title, self.measure.version.decimals)

    def query(self, first_on: date | None, last_on: date | None) -> str:
        """Write what selects the answers of some days, both inclusive, in the list of answers."""
        chosen = Filter(custom_period(first_on, last_on))
        for name, keys in self.condition.places.items():
            chosen = chosen.with_keys(By(name), keys)
        return chosen.rows_query(self.measure.metric.key)

    def fault(self) -> str:
        """Say why the rule cannot be watched; "" where it can."""
        if (
            self.condition.kind is AlertKind.LEVEL
            and self.measure.version.statistic == MetricVersion.Statistic.MEDIAN
        ):
            return MEDIAN
        if self._is_redefined():
            return REDEFINED
        notes = read_filter(parse_qs(self.query(None, None)), self.names).notes
        return GONE.format(words=notes[0].words) if notes else ""

    def _is_redefined(self) -> bool:
        """Say whether the target was set for another meaning of the metric, or of its scale."""
        if self.condition.kind is AlertKind.VOLUME:
            return False
        low, high = target_bounds(self.rule.kind, self.measure)
        if not low <= self.condition.target <= high:
            return True
        then = self.version.definition_version
        is_level = self.condition.kind is AlertKind.LEVEL
        return is_level and then is not None and then != self.measure.version.number

    def answers(self, first_on: date, last_on: date) -> list[AnswerSeen]:
        """Load the counted answers of some days, both inclusive, in order of receipt. One query.

        Those that came in one instant, as from a file, stand in the order they were given in.
        """
        asked = read_filter(parse_qs(self.query(first_on, last_on)), self.names)
        rows = cast("QuerySet[Rating]", rows_of(self.tenant, asked))
        ordered = rows.order_by("response__received_at", "answered_at", "pk")
        found = ordered.values_list("value", "day", "response__received_at", "response_id")
        return [AnswerSeen(*row) for row in found.iterator(chunk_size=10_000)]

    def course(self, answers: Sequence[AnswerSeen]) -> Course:
        """Tell what became of an epoch with these answers."""
        metric, version = self.measure.metric, self.measure.version
        scale = Scale(metric.scale_min, metric.scale_max, metric.scale_offset, metric.scale_step)
        return course_of(
            (one.value for one in answers),
            definition_of(version),
            scale,
            side=self.condition.side,
            target=self.condition.target,
        )

    def rung(
        self, epoch: Epoch, answers: Sequence[AnswerSeen], found: Standing
    ) -> tuple[dict[str, Any], date]:
        """Give the figure at which a level rang, and the day of the answer that made it ring.

        The figure's days hold each of its answers, also where an older one came in late.
        """
        counted = answers[: found.n]
        last_on = max(one.day for one in counted)
        return self.figure(epoch, last_on, found), counted[-1].day

    def figure(self, epoch: Epoch, last_on: date, found: Standing) -> dict[str, Any]:
        """Give the figure of a level in an epoch as it is stored: see docs/alerts.md."""
        version = self.measure.version
        value = estimate(found.histogram, definition_of(version)).value
        return {
            **self.meaning(),
            "value": value,
            "n": found.n,
            **limits_json(found.limits),
            "from": epoch.start_on.isoformat(),
            "to": last_on.isoformat(),
            "filter": self.query(epoch.start_on, last_on),
        }

    def meaning(self) -> dict[str, Any]:
        """Give what every figure of the rule says of itself."""
        metric, version = self.measure.metric, self.measure.version
        return {
            "metric": metric.key,
            "metric_title": metric.title,
            "unit": version.unit,
            "decimals": version.decimals,
            "definition": version.description,
            "definition_version": version.number,
            "condition": self.words,
            "side": self.condition.side.value,
            "target": self.condition.target,
            "time_zone": self.tenant.time_zone,
        }


def watched_rule(
    rule: AlertRule, *, version: int | None = None, names: Names | None = None
) -> Watched:
    """Read a rule, which comes with tenant and metric, by its condition in force or another.

    Four queries, two with *names*.
    """
    rows = AlertRuleVersion.objects.for_tenant(rule.tenant_id)
    found = rows.get(rule=rule, number=version or rule.version)
    [measure] = measures(rule.tenant, only=rule.metric.key)
    condition = read_condition(rule.kind, found.config, bounds=ANY_TARGET)
    return Watched(rule, found, condition, measure, names or read_names(rule.tenant))


def target_bounds(kind: str, measure: Measure) -> tuple[float, float]:
    """Give the ends of what the target of a rule of *kind* can be."""
    metric = measure.metric
    if kind == AlertKind.ANSWER:
        return float(metric.scale_min), float(metric.scale_max)
    return bounds_of(metric, measure.version)


def business_day(tenant: Tenant, now: datetime) -> date:
    """Give the day of *tenant* at a moment."""
    return local_date(now, ZoneInfo(tenant.time_zone))
