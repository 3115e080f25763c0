"""What tests of drivers stand on: people who rate several touchpoints, and questions about them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from analytics.models import DriverRun
from analytics.rules.driver_shapes import DriverResult, Source, read_driver_result
from analytics.selectors.driver_question import DriverQuestion, stored_question
from analytics.selectors.figures import Viewer
from analytics.services.driver_runs import work_out_drivers
from analytics.services.drivers import ask_drivers
from cxm.customers.rules.records import Call, EventRecord, Ref
from cxm.tenants.binding import tenant_bound
from feedback.adapters.records import CustomerRef, RatingRecord, ResponseRecord
from tests import make
from tests.analytics.purchasing import loaded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cxm.tenants.models import Tenant

ALL = "outcome=nps&period=all"
POINTS = ("delivery", "support", "invoice", "shop")


def told(
    who: str, nps: int | None, stars: Mapping[str, int], *, day: int = 5, key: str = ""
) -> ResponseRecord:
    """One answer of *who*: how likely to recommend, and stars for touchpoints."""
    ratings = [RatingRecord(point, "csat_5", value, point) for point, value in stars.items()]
    if nps is not None:
        ratings.append(RatingRecord("recommend", "nps", nps))
    return ResponseRecord(
        line=1,
        key=key or f"answer-{who}-{day}",
        answered_at=make.NOW - timedelta(days=day),
        survey="survey",
        customer=CustomerRef("external", "crm", who),
        ratings=tuple(ratings),
    )


def crowd(
    size: int = 200, *, seed: int = 1, missing: float = 0.1, day: int = 5
) -> list[ResponseRecord]:
    """People whose recommendation goes with delivery most, with support some, with no other."""
    dice = np.random.default_rng(seed)
    found = []
    for number in range(size):
        mood = dice.normal()
        parts = [0.6 * mood + dice.normal() for _ in POINTS]
        nps = 7 + 1.4 * parts[0] + 0.7 * parts[1] + 0.8 * dice.normal()
        stars = {
            point: int(np.clip(round(3.5 + part), 1, 5))
            for point, part in zip(POINTS, parts, strict=True)
            if dice.random() >= missing
        }
        found.append(told(f"c-{number}", int(np.clip(round(nps), 0, 10)), stars, day=day))
    return found


def came(days: Mapping[str, tuple[int, ...]], *, of: Tenant) -> None:
    """Let each of *days* have done something so many days before make.NOW."""
    records = [
        EventRecord(
            Call.TRACK,
            position=0,
            key=f"{who}-{day}",
            occurred_at=make.NOW - timedelta(days=day),
            name="came",
            refs=(Ref("external", "crm", who),),
        )
        for who, each in days.items()
        for day in each
    ]
    loaded(records, of=of, now=make.NOW)


def question_of(tenant: Tenant, query: str = ALL) -> DriverQuestion:
    """Read a question as a person who may see answers asks it."""
    found = stored_question(Viewer(tenant, sees_rows=True, now=make.NOW), query)
    assert found is not None
    return found


def worked_out(tenant: Tenant, query: str = ALL) -> DriverResult:
    """Ask a question, have it worked out at once, and give what was kept."""
    with tenant_bound(tenant.pk):
        question = question_of(tenant, query)
        ask_drivers(question=question, by=None, now=make.NOW)
        run = DriverRun.objects.for_tenant(tenant).select_related("tenant").get(key=question.key)
        found = work_out_drivers(run=run, now=make.NOW).result
    assert found is not None
    return read_driver_result(found)


def titled(tenant: Tenant, source: Source | None) -> str:
    """Give the key of the touchpoint of an input."""
    assert source is not None
    with tenant_bound(tenant.pk):
        names = question_of(tenant).names
    return next(
        one.key
        for by in names.by_id.values()
        for pk, one in by.items()
        if str(pk) == source.touchpoint
    )
