"""What touchpoint rules do to interactions: which are theirs, and a dry run over the last ones."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from django.db.models import Q

from cxm.customers.models import EventName, Interaction
from cxm.customers.rules.event_words import source_words
from cxm.metrics.rules.small_cells import is_too_small, suppress
from cxm.touchpoints.models import Touchpoint
from cxm.touchpoints.rules.kinds import RULED_KINDS
from cxm.work.models import Batch

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from django.db.models import QuerySet

    from cxm.tenants.models import Tenant
    from cxm.touchpoints.rules.matching import MatchRule, RuleSet

BATCH_KIND = "rule"
TRIED_EVENTS = 1_000
SAMPLES = 20
# A rule may take what has no touchpoint or has it from a rule; what the sender named stays.
IS_RULED = Q(kind__in=list(RULED_KINDS), deleted_at__isnull=True) & (
    Q(touchpoint__isnull=True) | Q(touchpoint_rule__isnull=False)
)


@dataclass(frozen=True, slots=True)
class TriedEvent:
    """An event of a dry run: the titles of its touchpoint now and then, empty for none.

    *is_named* says that its sender named the touchpoint, so that rules leave it alone.
    """

    event: Interaction
    before: str
    after: str
    is_named: bool

    @property
    def changes(self) -> bool:
        """Whether the rules would change its touchpoint."""
        return self.before != self.after

    @property
    def source(self) -> str:
        """Where it came from, in words."""
        return source_words(self.event.source)


@dataclass(slots=True)
class Trial:
    """A dry run of rules over the last events, the newest first.

    *taken* counts by id of the rule what it would take, every rule of the set with a count;
    *unplaced* would have no touchpoint, *named* have theirs from their sender; *changed* would
    get another touchpoint than they have. *samples* shows changed ones first, at most twenty.
    """

    looked_at: int = 0
    unplaced: int = 0
    named: int = 0
    changed: int = 0
    taken: dict[UUID, int] = field(default_factory=dict)
    samples: list[TriedEvent] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ShownTrial:
    """A dry run as far as its reader may know it: a count that is hidden is None.

    *is_veiled* says that the reader may not see persons.
    """

    looked_at: int | None
    unplaced: int | None
    named: int | None
    changed: int | None
    taken: dict[UUID, int | None]
    samples: list[TriedEvent]
    is_veiled: bool = False


def rule_trial(tenant: Tenant, rules: RuleSet, *, only: MatchRule | None = None) -> Trial:
    """Try *rules* on the last 1,000 events that arrived, without changing any. Two queries.

    With *only*, one of the rules, samples are just of events that it takes or would lose.
    """
    events = last_events(tenant)
    trial = Trial(looked_at=len(events), taken={rule.id: 0 for rule in rules.rules})
    titles = _titles(tenant)
    tried: list[TriedEvent] = []
    for event in events:
        is_named = event.touchpoint_id is not None and event.touchpoint_rule_id is None
        match = None if is_named else first_match(rules, event)
        before = titles.get(event.touchpoint_id, "")
        after = titles.get(match.touchpoint_id if match else None, "")
        shown = TriedEvent(event, before, before if is_named else after, is_named=is_named)
        _count(trial, shown, match)
        if only is None or only.id in (match.id if match else None, event.touchpoint_rule_id):
            tried.append(shown)
    trial.samples = sorted(tried, key=lambda one: not one.changes)[:SAMPLES]
    return trial


def shown_trial(trial: Trial, *, sees_persons: bool) -> ShownTrial:
    """Show a dry run to a reader; from those who may not see persons small counts are hidden.

    A rule asks for properties of events, and those name people: by trying conditions a reader
    could feel for them. So they see no event, and no count of 1 to 4, nor what would give one
    away by subtraction.
    """
    shown = ShownTrial(
        looked_at=trial.looked_at,
        unplaced=trial.unplaced,
        named=trial.named,
        changed=trial.changed,
        taken=dict(trial.taken),
        samples=trial.samples,
    )
    if sees_persons:
        return shown
    cells = {str(pk): n for pk, n in trial.taken.items()}
    cells |= {"unplaced": trial.unplaced, "named": trial.named}
    veil = suppress(cells)
    hides_changed = bool(veil.hidden) or is_too_small(trial.changed)
    return replace(
        shown,
        looked_at=None if veil.is_total_hidden else trial.looked_at,
        unplaced=None if "unplaced" in veil.hidden else trial.unplaced,
        named=None if "named" in veil.hidden else trial.named,
        changed=None if hides_changed else trial.changed,
        taken={pk: None if str(pk) in veil.hidden else n for pk, n in trial.taken.items()},
        samples=[],
        is_veiled=True,
    )


def last_events(tenant: Tenant) -> Sequence[Interaction]:
    """Read the last 1,000 events that arrived, the latest first. One query."""
    rows = Interaction.objects.for_tenant(tenant).filter(
        kind__in=list(RULED_KINDS), deleted_at__isnull=True
    )
    # Ids are given in the order of arrival, and are what the table is kept by.
    return list(
        rows.only(
            "tenant_id",
            "source",
            "kind",
            "name",
            "props",
            "occurred_at",
            "touchpoint_id",
            "touchpoint_rule_id",
        ).order_by("-pk")[:TRIED_EVENTS]
    )


def first_match(rules: RuleSet, event: Interaction) -> MatchRule | None:
    """Give the first of *rules* that takes *event*."""
    return rules.first_match(
        source=event.source,
        kind=event.kind,
        name=event.name,
        props=event.props,
        at=event.occurred_at,
    )


def event_names_listed(
    tenant: Tenant, *, q: str = "", is_unmatched: bool = False
) -> QuerySet[EventName]:
    """List names that events came with, the most often unmatched first; *q* is part of one."""
    rows = EventName.objects.for_tenant(tenant)
    if q:
        rows = rows.filter(Q(name__icontains=q) | Q(source__icontains=q))
    if is_unmatched:
        rows = rows.filter(unmatched__gt=0)
    return rows.order_by("-unmatched", "-seen", "pk")


def event_names_chosen(tenant: Tenant, ids: Iterable[UUID]) -> list[EventName]:
    """Read the names with *ids* that rules can be made of, by name."""
    rows = EventName.objects.for_tenant(tenant).filter(pk__in=list(ids), kind__in=list(RULED_KINDS))
    return list(rows.exclude(name="").order_by("name", "pk"))


def applied_batches(tenant: Tenant) -> QuerySet[Batch]:
    """List the times that rules were applied to the past, the latest first, with who did."""
    rows = Batch.objects.for_tenant(tenant).filter(kind=BATCH_KIND).select_related("by__user")
    return rows.order_by("-started_at", "pk")


def shown_changes(batch: Batch, *, sees_persons: bool) -> int | None:
    """Give how many events applying the rules changed; None where the reader may not know.

    As in a dry run, 1 to 4 could tell about single people.
    """
    changed: int = batch.counts["changed"]
    return None if is_too_small(changed) and not sees_persons else changed


def _count(trial: Trial, shown: TriedEvent, match: MatchRule | None) -> None:
    trial.changed += shown.changes
    if shown.is_named:
        trial.named += 1
    elif match is None:
        trial.unplaced += 1
    else:
        trial.taken[match.id] += 1


def _titles(tenant: Tenant) -> dict[UUID | None, str]:
    rows = Touchpoint.objects.for_tenant(tenant).values_list("pk", "title")
    return dict(rows)
