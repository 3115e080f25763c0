"""What the wizard offers to choose from, in words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from django import forms

from cxm.metrics.models import Metric
from cxm.touchpoints.models import Channel, Touchpoint
from feedback.adapters.scales import MetricScale
from feedback.forms.choices import AS_NUMBER, BLANK, ERROR, NOT_APPLICABLE, Role
from feedback.forms.registry_names import Known
from feedback.services.earlier_files import joinable_sources

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import QuerySet

    from cxm.tenants.models import Tenant
    from feedback.forms.choices import ColumnChoice
    from feedback.models import Import

type Options = list[tuple[str, str]]

CUSTOMER_KINDS: Options = [
    ("external", "Customer number"),
    ("email", "E-mail"),
    ("phone", "Phone"),
    ("card", "Card number"),
    ("anonymous", "Anonymous id"),
    ("device", "Device"),
    ("social", "Social account"),
]
TIME_KINDS: Options = [
    ("free", "Dates that can be read in one way only"),
    ("dmy", "Dates, day first (31/12/2026)"),
    ("mdy", "Dates, month first (12/31/2026)"),
    ("ymd", "Dates, year first (2026/12/31)"),
    ("steps", "Numbers of days, weeks or months"),
    ("excel", "Serial dates of a spreadsheet"),
    ("unix", "Seconds since 1970"),
    ("unix_ms", "Milliseconds since 1970"),
]
UNDECIDED_TIME = ("ask", "Choose: day or month first?")
OWN_TIME = ("own", "As the mapping file says")
STEPS: Options = [("day", "Days"), ("week", "Weeks"), ("month", "Months")]
_STEP_NUMBER = re.compile("-?[0-9]{1,4}")
CODES: Options = [
    (NOT_APPLICABLE, "Does not apply, not used"),
    (BLANK, "No answer"),
    (ERROR, "A mistake: refuse it"),
]


@dataclass(frozen=True, slots=True)
class Offered:
    """What the tenant has: metric titles and scales by key, titles of registries, its zone.

    *sources* are kinds of files that are loaded, whose lines have numbers to be joined by.
    """

    metrics: Mapping[str, str]
    scales: Mapping[str, MetricScale]
    touchpoints: Sequence[str]
    channels: Sequence[str]
    zone: str
    sources: Options = field(default_factory=list)


def offered_to(tenant: Tenant) -> Offered:
    """Load what *tenant* has to choose from. Four queries."""
    metrics = list(Metric.objects.for_tenant(tenant).live().order_by("ord", "pk"))
    return Offered(
        metrics={metric.key: metric.title for metric in metrics},
        scales={m.key: MetricScale(m.scale_min, m.scale_max, m.scale_step) for m in metrics},
        touchpoints=_titles(Touchpoint.objects.for_tenant(tenant).live()),
        channels=_titles(Channel.objects.for_tenant(tenant).live()),
        zone=tenant.time_zone,
        sources=joinable_sources(tenant),
    )


def known_of(imported: Import) -> Known:
    """Load what the mapping of *imported* is built with: columns, and keys of registries.

    Two queries. Of two rows with one title the one made first counts.
    """
    columns = imported.preview["columns"]
    return Known(
        titles={column["name"]: column["title"] for column in columns},
        values={column["name"]: dict(column["values"]) for column in columns},
        touchpoints=_keys(Touchpoint.objects.for_tenant(imported.tenant_id)),
        channels=_keys(Channel.objects.for_tenant(imported.tenant_id)),
    )


def metric_options(offered: Offered) -> Options:
    """Give the metrics as "Satisfaction, 1 to 5", behind one that asks to choose."""
    named = [
        (key, f"{title}, {offered.scales[key].first} to {offered.scales[key].last}")
        for key, title in offered.metrics.items()
    ]
    return [("", "Choose the metric"), *named]


def meanings_of(scale: MetricScale, *, is_strange: bool) -> Options:
    """Give what a value may mean: itself when it is a score, a code, or a score in words."""
    if not is_strange:
        return [(AS_NUMBER, "This score"), *CODES]
    positions = range(scale.first, scale.last + 1, scale.step)
    scores = [(str(position), f"The score {position}") for position in positions]
    return [("", "Choose what it means"), *CODES, *scores]


def time_options(chosen: str) -> Options:
    """Give the ways to read a column of times; what is open or special only where it is so."""
    special = [option for option in (UNDECIDED_TIME, OWN_TIME) if option[0] == chosen]
    return [*special, *TIME_KINDS]


def summary_of(choice: ColumnChoice, offered: Offered) -> list[str]:
    """Say what is decided about a column in a few words."""
    if choice.role == Role.SCORE:
        words = [offered.metrics.get(choice.metric, "no metric yet")]
        words += [f"touchpoint {choice.touchpoint}"] if choice.touchpoint else []
        words += [f"channel {choice.channel}"] if choice.channel else []
        named = dict(CODES)
        codes = [(text, meaning) for text, meaning in choice.values.items() if meaning]
        return words + [f"{t}: {named.get(m, f'the score {m}').lower()}" for t, m in codes[:4]]
    if choice.role == Role.CUSTOMER:
        whose = f" of {choice.namespace}" if choice.namespace else ""
        return [f"{dict(CUSTOMER_KINDS).get(choice.kind, choice.kind)}{whose}"]
    if choice.role == Role.ORDER:
        known = dict(offered.sources).get(choice.joins, choice.joins)
        return [f"Its customer is known from {known}" if known else "Choose who says whose it is"]
    if choice.role == Role.TIME:
        return [dict(time_options(choice.time_as)).get(choice.time_as, "")]
    return []


class DayField(forms.DateField):
    """One day as browsers send it; what is kept is the text itself, which ISO must allow."""

    widget = forms.DateInput(attrs={"type": "date"})

    def strptime(self, value: str, format: str) -> date:  # noqa: A002, ARG002 - Django's signature
        """Read *value*; raises ValueError."""
        return date.fromisoformat(value)


def first_number(text: str, otherwise: int) -> int:
    """Read a whole number of at most four digits, or give *otherwise*."""
    return int(text) if _STEP_NUMBER.fullmatch(text.strip()) else otherwise


def _titles(rows: QuerySet[Touchpoint] | QuerySet[Channel]) -> list[str]:
    return list(rows.order_by("title", "pk").values_list("title", flat=True))


def _keys(rows: QuerySet[Touchpoint] | QuerySet[Channel]) -> dict[str, str]:
    keys: dict[str, str] = {}
    for title, key in rows.order_by("created_at", "pk").values_list("title", "key"):
        keys.setdefault(title.casefold(), key)
    return keys
