"""Alerts and their rules as pages and the API show them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import FETCH_RAISE, Count, Q
from django.urls import reverse

from analytics.models import Alert, AlertListener, AlertRule, AlertRuleVersion
from analytics.rules.alert_states import AlertState
from analytics.rules.alert_wording import usual_words
from analytics.rules.alerts import PLACES, AlertKind, Condition, Side
from analytics.selectors.histograms import By
from analytics.selectors.names import measures, read_names
from cxm.collaboration.selectors.sights import pages_of_folder
from cxm.tenants.rules import Right, may

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import QuerySet

    from cxm.tenants.models import Membership, Tenant

FOLDER = "alerts/"


@dataclass(frozen=True, slots=True)
class RuleShown:
    """A rule with its condition in words, where it counts, and how often it rang so far."""

    rule: AlertRule
    config: dict[str, Any]
    words: str
    places: str
    rang: int
    is_open: bool

    @property
    def preview(self) -> dict[str, Any] | None:
        """What it would have done in the last year; None before workers have tried it."""
        return self.rule.preview


@dataclass(frozen=True, slots=True)
class FigureShown:
    """A stored figure of a level with its days, for a page; both days are inclusive."""

    stored: Mapping[str, Any]
    rows_url: str

    @property
    def first_on(self) -> date:
        """The first day of the epoch."""
        return date.fromisoformat(self.stored["from"])

    @property
    def last_on(self) -> date:
        """The last day that is counted."""
        return date.fromisoformat(self.stored["to"])

    @property
    def decimals(self) -> int:
        """How many decimals limits are shown with: one at least."""
        return max(int(self.stored["decimals"]), 1)

    @property
    def usual(self) -> str:
        """Between which numbers the answers of a day usually lie; "" for figures of a level."""
        return usual_words(self.stored) if "weeks" in self.stored else ""

    @property
    def is_outside(self) -> bool:
        """Whether the target lies outside the limits."""
        inside: bool = self.stored["low"] <= self.stored["target"] <= self.stored["high"]
        return not inside


def figure_shown(tenant: Tenant, stored: Mapping[str, Any] | None) -> FigureShown | None:
    """Give a stored figure as a page shows it; None for none, and for why there is none."""
    if not stored or "low" not in stored:
        return None
    return FigureShown(stored, rows_url(tenant, stored))


def rules_shown(tenant: Tenant, *, only: UUID | None = None) -> list[RuleShown]:
    """List the rules that are not archived by title, or *only* one. Four queries."""
    rows = AlertRule.objects.for_tenant(tenant).filter(archived_at=None)
    rows = rows.select_related("tenant", "metric").order_by("title", "pk")
    rules = list(rows.filter(pk=only) if only else rows)
    versions = AlertRuleVersion.objects.for_tenant(tenant).filter(rule__in=[r.pk for r in rules])
    configs = {(one.rule_id, one.number): one.config for one in versions}
    counted = Alert.objects.for_tenant(tenant).values("rule_id").order_by()
    counts = {
        row["rule_id"]: row
        for row in counted.annotate(n=Count("pk"), still=Count("pk", Q(state=AlertState.OPEN)))
    }
    decimals = {one.metric.pk: one.version.decimals for one in measures(tenant)}
    titles = titles_of(tenant)
    shown = []
    for rule in rules:
        config = configs[rule.pk, rule.version]
        row = counts.get(rule.pk, {"n": 0, "still": 0})
        target = config.get("target", 0.0)
        condition = Condition(AlertKind(rule.kind), Side(config["side"]), target)
        words = condition.words(rule.metric.title, decimals.get(rule.metric_id, 0))
        places = places_words(config, titles)
        shown.append(RuleShown(rule, config, words, places, row["n"], row["still"] > 0))
    return shown


def titles_of(tenant: Tenant) -> dict[tuple[str, str], str]:
    """Give the titles of touchpoints, channels, surveys and segments by kind and key. One query."""
    names = read_names(tenant)
    return {
        (name, key): one.title for name in PLACES for key, one in names.by_key[By(name)].items()
    }


def places_words(config: Mapping[str, Any], titles: Mapping[tuple[str, str], str]) -> str:
    """Say where a rule counts: "Checkout, Website"; "" for everywhere."""
    named = ((name, key) for name in PLACES for key in config.get(name, []))
    return ", ".join(titles.get(one, one[1]) for one in named)


def alerts_of(tenant: Tenant, *, state: AlertState | None = None) -> QuerySet[Alert]:
    """List what rang, the newest first; all of it, or what is in one *state*."""
    people = (f"{name}__user" for name in ("acknowledged_by", "closed_by", "owner", "snoozed_by"))
    rows = Alert.objects.for_tenant(tenant).select_related(
        "tenant", "rule__tenant", "rule__metric", *people
    )
    if state is not None:
        rows = rows.filter(state=state)
    return rows.order_by("-noticed_at", "-pk").fetch_mode(FETCH_RAISE)


def state_counts(tenant: Tenant) -> Counter[AlertState]:
    """Count the alerts in each state. One query."""
    rows = Alert.objects.for_tenant(tenant).order_by().values("state").annotate(n=Count("pk"))
    return Counter({AlertState(row["state"]): row["n"] for row in rows})


def rows_url(tenant: Tenant, figure: Mapping[str, Any]) -> str:
    """Give the address of the answers of a stored figure's days."""
    return f"{reverse('feedback:response-list', args=[tenant.slug])}?{figure['filter']}"


def listeners_of(rule: AlertRule) -> list[UUID]:
    """Give the ids of the members who are told."""
    rows = AlertListener.objects.for_tenant(rule.tenant_id).filter(rule=rule)
    return list(rows.order_by("pk").values_list("member_id", flat=True))


@dataclass(frozen=True, slots=True)
class RingShown:
    """One time that a rule would have rung: the day, and the figure or the score."""

    on: date
    figure: FigureShown | None
    value: int | None


def rings_shown(tenant: Tenant, preview: Mapping[str, Any] | None) -> list[RingShown]:
    """Give when a rule would have rung in the last year, the oldest first."""
    return [
        RingShown(
            date.fromisoformat(one["on"]),
            figure_shown(tenant, one.get("figure")),
            one.get("value"),
        )
        for one in (preview or {}).get("rings", [])
    ]


def pages_in_sight(member: Membership, pages: Sequence[str]) -> set[str]:
    """Tell which of *pages*, addresses below the tenant's, are of alerts one may read now."""
    named = pages_of_folder(FOLDER, pages)
    if not named or not may(member.role, Right.SEE_RESPONSES):
        return set()
    there = Alert.objects.for_tenant(member.tenant_id).filter(pk__in=set(named.values()))
    known = set(there.values_list("pk", flat=True))
    return {page for page, pk in named.items() if pk in known}
