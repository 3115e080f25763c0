"""The question of what goes with an outcome, read from an address."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode

from django.urls import reverse

from analytics.models import ChurnDefinition
from analytics.rules.driver_wording import Unwanted
from analytics.rules.drivers import Outcome, question_key, read_outcome
from analytics.rules.periods import Compare
from analytics.selectors.filters import read_filter, resolved
from analytics.selectors.histograms import By
from analytics.selectors.names import measures, read_names

if TYPE_CHECKING:
    from analytics.selectors.figures import Viewer
    from analytics.selectors.filters import Filter, Query
    from analytics.selectors.histograms import Slice
    from analytics.selectors.names import Measure, Named, Names

OUTCOME_KEYS = frozenset({"outcome", "at", "within"})


@dataclass(frozen=True, slots=True)
class DriverQuestion:
    """A question with what it names: the metric or the churn definition of its outcome.

    *at* is the touchpoint that stands for the whole, None for answers about no touchpoint.
    *metrics* and *definitions* are all that can be chosen.
    """

    viewer: Viewer
    outcome: Outcome
    filter: Filter
    within: Slice
    names: Names
    ignored: tuple[str, ...]
    at: Named | None
    metrics: list[Measure]
    definitions: list[ChurnDefinition]

    @property
    def measure(self) -> Measure | None:
        """The metric of the outcome; None where the outcome is leaving."""
        keys = {one.metric.key: one for one in self.metrics}
        return keys.get(self.outcome.metric)

    @property
    def definition(self) -> ChurnDefinition | None:
        """The churn definition of the outcome; None where the outcome is a metric."""
        keys = {one.key: one for one in self.definitions}
        return keys.get(self.outcome.churn)

    @property
    def title(self) -> str:
        """Name the outcome."""
        if self.definition:
            return f"leaving within {self.outcome.days} days ({self.definition.title})"
        name = self.measure.metric.title if self.measure else ""
        return f"{name} at {self.at.title}" if self.at else name

    @property
    def unwanted(self) -> Unwanted:
        """Say which end of the outcome is the bad one."""
        if self.outcome.is_churn:
            return Unwanted("more leaving", is_more=True)
        is_less_better = self.measure is not None and self.measure.metric.direction == "lower"
        word = "higher" if is_less_better else "lower"
        return Unwanted(f"a {word} {self.title}", is_more=is_less_better)

    @property
    def query(self) -> str:
        """Write the question as the query of an address."""
        parts = [urlencode(self.outcome.pairs), self.filter.query()]
        return "&".join(part for part in parts if part)

    @property
    def key(self) -> str:
        """Name the question; equal questions have equal keys."""
        return question_key(self.outcome, self.filter.query())


def driver_question(viewer: Viewer, query: Query) -> DriverQuestion | None:
    """Read the question of an address, a mapping of names to lists of values.

    What is not understood is left out with a sentence; without an outcome it is the first metric.
    None where the workspace has no metric. Three queries.
    """
    names = read_names(viewer.tenant)
    asked = read_filter(query, today=viewer.today, others=OUTCOME_KEYS)
    chosen, within, ignored = resolved(asked, names)
    metrics = measures(viewer.tenant)
    rows = ChurnDefinition.objects.for_tenant(viewer.tenant).filter(archived_at=None)
    definitions = list(rows.order_by("-is_headline", "title", "pk"))
    told = {name: values[-1].strip() for name, values in query.items() if values}
    outcome = read_outcome(told.get("outcome", ""), told.get("at", ""), told.get("within", ""))
    known = {one.metric.key for one in metrics} | {f"churn:{one.key}" for one in definitions}
    notes = list(ignored)
    if outcome.name not in known:
        if not metrics:
            return None
        if outcome.name:
            notes.append(f"There is no outcome “{outcome.name[:60]}”: it was left out.")
        outcome = Outcome(metric=metrics[0].metric.key, at=outcome.at)
    places, unknown = names.known(By.TOUCHPOINT, [outcome.at] if outcome.at else [])
    notes += [f"There is no touchpoint “{key[:60]}”: it was left out." for key in unknown]
    at = places[0] if places else None
    return DriverQuestion(
        viewer=viewer,
        outcome=replace(outcome, at=at.key if at else ""),
        filter=replace(chosen, compare=Compare.PREVIOUS, is_weighted=False),
        within=within,
        names=names,
        ignored=tuple(notes),
        at=at,
        metrics=metrics,
        definitions=definitions,
    )


def stored_question(viewer: Viewer, query: str) -> DriverQuestion | None:
    """Read a question from the query that is kept of it."""
    return driver_question(viewer, parse_qs(query))


def drivers_url(question: DriverQuestion) -> str:
    """Give the address of a question's page."""
    return f"{reverse('analytics:drivers', args=[question.viewer.tenant.slug])}?{question.query}"
