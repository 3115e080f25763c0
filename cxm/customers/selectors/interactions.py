"""One interaction with everything that came with it, as its panel shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import FETCH_RAISE

from cxm.customers.models import Interaction
from cxm.customers.rules.event_words import readable_name, source_words
from cxm.customers.selectors.timeline import ICONS, amount_words
from cxm.kernel.context_parts import context_parts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from uuid import UUID

    from cxm.customers.selectors.subjects import Subject
    from cxm.kernel.context_parts import Told
    from cxm.touchpoints.models import TouchpointRule

MOST_PROPS = 200


@dataclass(frozen=True, slots=True)
class InteractionDetail:
    """One interaction in the words of the reader.

    *facts* are pairs of a label and a text, those that are set. *props* are what the source sent,
    with dotted paths, left out for those from whom persons are hidden; *has_hidden* says so.
    *source* and *batch_id* are where it came from, as it is stored.
    """

    pk: UUID
    kind: str
    kind_words: str
    icon: str
    title: str
    text: str
    at: datetime
    touchpoint_words: str
    facts: list[tuple[str, str]]
    props: list[tuple[str, str]]
    has_hidden: bool
    told: Told | None
    name: str
    source: str
    batch_id: UUID | None


def read_interaction(subject: Subject, interaction_id: UUID) -> InteractionDetail | None:
    """Load one interaction of *subject*; None where it has no such one.

    One query, and one more where a higher app tells more of its kind.
    """
    row = (
        Interaction.objects.for_tenant(subject.tenant)
        .filter(pk=interaction_id, customer__in=subject.ids, deleted_at__isnull=True)
        .select_related("channel", "touchpoint", "touchpoint_rule", "by__user", "batch", "company")
        .fetch_mode(FETCH_RAISE)
        .first()
    )
    return _detail(subject, row) if row else None


def _detail(subject: Subject, row: Interaction) -> InteractionDetail:
    props = list(_flat(row.props))
    return InteractionDetail(
        pk=row.pk,
        kind=row.kind,
        kind_words=row.get_kind_display(),
        icon=ICONS[Interaction.Kind(row.kind)],
        title=subject.shown(row.title or readable_name(row.name)),
        text=subject.shown(row.text),
        at=row.occurred_at.astimezone(subject.looking.zone),
        touchpoint_words=_touchpoint_words(row),
        facts=[(label, text) for label, text in _facts(subject, row) if text],
        props=[] if subject.is_masked else props[:MOST_PROPS],
        has_hidden=subject.is_masked and bool(props),
        told=context_parts.told(subject, {row.kind: [row.pk]}).get(row.pk),
        name=row.name,
        source=row.source,
        batch_id=row.batch_id,
    )


def _facts(subject: Subject, row: Interaction) -> Iterator[tuple[str, str]]:
    received = row.received_at.astimezone(subject.looking.zone)
    yield "Name", subject.shown(row.name)
    yield "Direction", row.get_direction_display() if row.direction != "none" else ""
    yield "By", row.by.user.get_full_name() if row.by else ""
    yield "Channel", row.channel.title if row.channel else ""
    yield "Amount", amount_words(row.amount, row.currency)
    yield "Thread", "" if subject.is_masked else row.thread_key
    yield "Company", row.company.name if row.company else ""
    yield "Came from", source_words(row.source, row.batch.title if row.batch else "")
    yield "Received", f"{received:%-d %b %Y, %H:%M}"
    yield "Time zone", "not sent: the source's own was assumed" if row.is_zone_assumed else ""


def _touchpoint_words(row: Interaction) -> str:
    if row.touchpoint is None:
        return "No touchpoint: no rule matched and the source named none."
    if row.touchpoint_rule:
        return f"{row.touchpoint.title}, given by the rule for {_rule_words(row.touchpoint_rule)}."
    return f"{row.touchpoint.title}, named by the source itself."


def _rule_words(rule: TouchpointRule) -> str:
    what = f"“{rule.event_name}”" if rule.event_name else "every event"
    return f"{what} from {source_words(rule.source)}" if rule.source else what


def _flat(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Give every leaf of a JSON value with its dotted path, in the order it was sent."""
    match value:
        case dict():
            for key, inner in value.items():
                yield from _flat(inner, f"{path}.{key}" if path else str(key))
        case list():
            for place, inner in enumerate(value):
                yield from _flat(inner, f"{path}[{place}]")
        case bool():
            yield path, "yes" if value else "no"
        case _:
            yield path, "–" if value is None else str(value)
