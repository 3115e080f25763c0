"""A page with every component and made-up numbers, for looking at them; only while debugging."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cxm.accounts.models import User
from cxm.kernel.charts import Segment, Tone, TrendPoint
from cxm.tenants.models import Membership, Tenant
from cxm.tenants.rules import Role
from cxm.web.context import Shell
from cxm.web.templatetags.figures import Bar

WEEKS = (24, 27, 26, 31, 29, None, 33, 30, 34, 38, 37, 41, 40)
SCORES = (41, 12, 20, 26, 31, 88, 74, 168, 301, 244, 361)


@dataclass(frozen=True)
class SampleFigure:
    """A made-up number that is complete."""

    metric_key: str = "nps"
    title: str = "Net Promoter Score"
    unit: str = ""
    decimals: int = 0
    value: float | None = 39.8
    n: int = 2746
    n_eff: float | None = None
    ci_low: float | None = 37.1
    ci_high: float | None = 42.5
    method: str = "adjusted Wald"
    definition: str = (
        "The share of scores 9 and 10 less the share of 0 to 6, over all counted answers by the "
        "day they were given. It says how people feel, not what they will do."
    )
    definition_version: int = 1
    filter: str = "period=90d"
    start_on: date | None = date(2026, 8, 24)
    end_on: date | None = date(2026, 11, 22)
    time_zone: str = "Europe/Berlin"
    as_of: datetime = datetime(2026, 11, 21, 13, 5, tzinfo=UTC)
    suppressed: str | None = None
    restated: bool = False
    is_weighted: bool = False
    rows_url: str = "#answers"


@dataclass(frozen=True)
class SampleChange:
    """A made-up change in words."""

    words: str
    direction: str = ""
    is_good: bool | None = None


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Show every component at once, with made-up numbers."""
    return render(request, "web/gallery.html", {"shell": _shell(request), **_samples()})


class _SampleShell(Shell):
    """A frame that reads nothing: the gallery has no workspace."""

    @cached_property
    def unread_notices(self) -> int:
        """How many notices the bell shows."""
        return 3


def _shell(request: HttpRequest) -> Shell:
    """Frame the gallery as if somebody had signed in."""
    tenant = Tenant(slug="sample", name="Northwind Travel")
    person = User(name="Maya Lindqvist", email="maya@northwind.example")
    member = Membership(tenant=tenant, user=person, role=Role.ADMIN)
    return _SampleShell(tenant, member, request.path)


def _samples() -> dict[str, object]:
    score = SampleFigure()
    share = replace(score, metric_key="csat", title="Satisfied with delivery", unit="%", decimals=1)
    return {
        "score": score,
        "share": replace(share, value=81.4, ci_low=78.0, ci_high=84.3, n=612, method="Wilson"),
        "early": replace(score, title="NPS of the app", value=-14.3, ci_low=-71, ci_high=48, n=7),
        "hidden": replace(
            score, title="NPS of returns", suppressed="Fewer than 5 people answered."
        ),
        "nothing": replace(
            score, title="NPS of the store", value=None, n=0, ci_low=None, ci_high=None
        ),
        "better": SampleChange("up 4 since September", "up", is_good=True),
        "worse": SampleChange("down 2.1 since September", "down", is_good=False),
        "unsure": SampleChange("too early to say; about 340 more answers needed"),
        "weeks": WEEKS,
        "who": [
            Segment("Promoters", 1436, Tone.FAVOURABLE, "#p"),
            Segment("Passives", 968, Tone.NEUTRAL, "#n"),
            Segment("Detractors", 342, Tone.UNFAVOURABLE, "#d"),
        ],
        "scores": [
            Segment(str(at), count, _tone(at), f"#score-{at}") for at, count in enumerate(SCORES)
        ],
        "touchpoints": _touchpoints(score),
        "points": [_week(at, value) for at, value in enumerate(WEEKS)],
    }


def _touchpoints(score: SampleFigure) -> list[Bar]:
    rows = [
        ("Ordering", 48.2, 41, 55, 512),
        ("Delivery", 31.0, 25, 37, 804),
        ("Checkout", 12.5, 4, 21, 377),
        ("Support call", -18.4, -31, -6, 141),
        ("Repair", 22.2, -37, 70, 9),
    ]
    return [
        Bar(name, replace(score, value=value, ci_low=low, ci_high=high, n=n), f"#{name}")
        for name, value, low, high, n in rows
    ]


def _week(at: int, value: int | None) -> TrendPoint:
    monday = date.fromordinal(date(2026, 8, 24).toordinal() + 7 * at)
    label = f"{monday.day} {monday:%b}"
    if value is None:
        return TrendPoint(label, None, None, None, 0)
    margin = 5 + at % 3
    return TrendPoint(
        label, value, value - margin, value + margin, 7 if at == 0 else 180, f"#w{at}"
    )


def _tone(score: int) -> Tone:
    if score >= 9:  # noqa: PLR2004 - promoters
        return Tone.FAVOURABLE
    return Tone.NEUTRAL if score >= 7 else Tone.UNFAVOURABLE  # noqa: PLR2004 - passives
