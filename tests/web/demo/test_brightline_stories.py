"""The stories of docs/demo.md, found in the answers by the rules that pages use.

The figures asked for here are those that the document promises for the small size.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from analytics.selectors.figures import Viewer
from analytics.selectors.filters import read_filter
from analytics.selectors.histograms import By
from analytics.selectors.names import measures
from analytics.selectors.why import why
from cxm.metrics.builtin import BUILTIN_METRICS
from cxm.metrics.rules.histogram import Histogram
from cxm.metrics.rules.statistic import Definition, compare, estimate, verdicts
from cxm.tenants.binding import tenant_bound
from cxm.web.demo.answers import Arrival, arrivals
from cxm.web.demo.brightline import BRIGHTLINE
from cxm.web.demo.stories import age_in_weeks
from cxm.work.engine import drain
from feedback.rules.text.topic_match import TextIndex, spans_of
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TODAY = date(2026, 11, 21)
BERLIN = ZoneInfo("Europe/Berlin")
METRICS = {metric.key: metric for metric in BUILTIN_METRICS}


@pytest.fixture(scope="module")
def came_in() -> list[Arrival]:
    return list(arrivals(BRIGHTLINE, scale=0.1, seed=1, now=NOW))


def counted(
    came_in: Iterable[Arrival],
    metric: str,
    *,
    weeks: tuple[float, float],
    touchpoint: str | None = None,
    channel: str | None = None,
) -> Histogram:
    """Count scores of the weeks from the first age down to, and without, the second."""
    counts = [0] * 11
    seen = set()
    for arrival in came_in:
        record = arrival.record
        age = age_in_weeks(record.answered_at.astimezone(BERLIN).date(), TODAY)
        is_new = record.key not in seen
        seen.add(record.key)
        if not (is_new and weeks[1] < age <= weeks[0] and channel in (None, record.channel)):
            continue
        for rating in record.ratings:
            about = rating.touchpoint or record.touchpoint
            if rating.metric == metric and touchpoint in (None, about):
                counts[rating.value] += 1
    return Histogram(counts=tuple(counts), first=0, step=1)


def definition(metric: str) -> Definition:
    found = METRICS[metric]
    return Definition(
        statistic=found.statistic,  # type: ignore[arg-type]  # a word of the built-in metrics
        favourable=frozenset(found.favourable),
        unfavourable=frozenset(found.unfavourable),
        decimals=found.decimals,
        version=1,
    )


def value(histogram: Histogram, metric: str) -> float:
    found = estimate(histogram, definition(metric)).value
    assert found is not None
    return found


def test_new_invoice_costs_25_points_and_is_told_apart_from_chance(came_in: list[Arrival]) -> None:
    before = counted(came_in, "csat_5", weeks=(56, 30), touchpoint="invoice")
    after = counted(came_in, "csat_5", weeks=(30, 20), touchpoint="invoice")

    change = compare(before, after, definition("csat_5"))

    assert change.value == pytest.approx(-25, abs=10)
    assert [verdict.word for verdict in verdicts([change])] == ["down"]


def test_invoice_has_recovered_after_the_repair(came_in: list[Arrival]) -> None:
    broken = counted(came_in, "csat_5", weeks=(30, 20), touchpoint="invoice")
    repaired = counted(came_in, "csat_5", weeks=(5, -1), touchpoint="invoice")
    before = counted(came_in, "csat_5", weeks=(56, 30), touchpoint="invoice")

    recovery = compare(broken, repaired, definition("csat_5"))
    remaining = compare(before, repaired, definition("csat_5"))

    words = [verdict.word for verdict in verdicts([recovery, remaining])]
    assert words == ["up", "too_early"]


def test_customers_write_about_the_new_invoice_while_it_is_broken(came_in: list[Arrival]) -> None:
    def mentions(weeks: tuple[float, float]) -> int:
        return sum(
            "new invoice" in text.lower() or "new layout" in text.lower()
            for arrival in came_in
            for text in arrival.record.comments.values()
            if weeks[1]
            < age_in_weeks(arrival.record.answered_at.astimezone(BERLIN).date(), TODAY)
            <= weeks[0]
        )

    assert mentions((160, 30)) == 0
    assert mentions((30, 16)) > 5
    assert mentions((16, -1)) == 0


def test_the_topic_new_invoice_rises_with_the_new_layout(came_in: list[Arrival]) -> None:
    [told] = (one for one in BRIGHTLINE.told_topics if one.key == "new-invoice")

    def share(weeks: tuple[float, float]) -> float:
        texts = [
            (text, arrival.record.language)
            for arrival in came_in
            for text in arrival.record.comments.values()
            if weeks[1]
            < age_in_weeks(arrival.record.answered_at.astimezone(BERLIN).date(), TODAY)
            <= weeks[0]
        ]
        found = [spans_of(TextIndex.of(text), told.expressions, code) for text, code in texts]
        return sum(spans is not None for spans in found) / len(texts)

    assert share((30, 16)) > 10 * share((160, 30))


def test_net_promoter_score_falls_although_no_channel_falls(came_in: list[Arrival]) -> None:
    before, latest = (70, 39), (13, -1)
    changes = [
        compare(
            counted(came_in, "nps", weeks=before, channel=channel),
            counted(came_in, "nps", weeks=latest, channel=channel),
            definition("nps"),
        )
        for channel in (None, "email", "app", "sms")
    ]

    words = [verdict.word for verdict in verdicts(changes)]

    assert words[0] == "down"
    assert "down" not in words[1:]


@pytest.fixture
def promoters(db: None) -> Tenant:
    """Answers of the Net Promoter Score, stored, at half the full size."""
    tenant = make.tenant(time_zone="Europe/Berlin")
    came_in = arrivals(BRIGHTLINE, scale=0.5, seed=1, now=NOW)
    records = {one.record.key: one.record for one in came_in}  # some come twice
    found = [
        make.record(rating.value, answered_at=record.answered_at, channel=record.channel)
        for record in records.values()
        for rating in record.ratings
        if rating.metric == "nps" and NOW - record.answered_at < timedelta(weeks=66)
    ]
    make.load(*found, of=tenant)
    drain(tenant.pk)
    return tenant


def test_why_the_net_promoter_score_falls_is_said_in_words(promoters: Tenant) -> None:
    last_year = said_of(promoters, "year")
    assert "because more of the answers came from Sms, +" in last_year
    assert "Every channel went up" in last_year
    assert "the whole went down: who answered outweighs what they answered." in last_year

    before = said_of(promoters, "previous")
    assert "because more of the answers came from Sms, +" in before
    assert "Nothing got better or worse anywhere, as far as can be told" in before


def said_of(tenant: Tenant, compare_with: str) -> str:
    """What the page says of the last 13 weeks, by channel."""
    with tenant_bound(tenant.pk):
        viewer = Viewer(tenant, True, NOW)
        asked = read_filter({"compare": [compare_with]}, today=viewer.today)
        found = why(viewer, measures(tenant, only="nps")[0], asked, By.CHANNEL)

    assert found.explained
    return " ".join(found.explained.sentences)


def test_mix_shift_is_in_the_shares_of_channels(came_in: list[Arrival]) -> None:
    def share(weeks: tuple[float, float]) -> float:
        everybody = counted(came_in, "nps", weeks=weeks).n
        return 100 * counted(came_in, "nps", weeks=weeks, channel="sms").n / everybody

    shares = [share(weeks) for weeks in ((57, 54), (18, 15), (5, 2))]

    assert shares == pytest.approx([12, 30, 54], abs=7)


def test_visit_times_improve_slowly(came_in: list[Arrival]) -> None:
    early = counted(came_in, "csat_5", weeks=(130, 78), touchpoint="time-slot")
    half_way = counted(came_in, "csat_5", weeks=(54, 28), touchpoint="time-slot")
    late = counted(came_in, "csat_5", weeks=(13, -1), touchpoint="time-slot")

    change = compare(early, late, definition("csat_5"))

    shares = [value(histogram, "csat_5") for histogram in (early, half_way, late)]
    assert shares == sorted(shares)
    assert change.value == pytest.approx(18, abs=9)
    assert [verdict.word for verdict in verdicts([change])] == ["up"]


def test_technicians_stay_as_they_are_meanwhile(came_in: list[Arrival]) -> None:
    early = counted(came_in, "csat_5", weeks=(130, 78), touchpoint="technician-visit")
    late = counted(came_in, "csat_5", weeks=(26, -1), touchpoint="technician-visit")

    change = compare(early, late, definition("csat_5"))

    assert [verdict.word for verdict in verdicts([change])] == ["too_early"]


def test_outage_weekend_brings_many_bad_answers(came_in: list[Arrival]) -> None:
    usual = counted(came_in, "csat_5", weeks=(160, 9), touchpoint="outage-information")
    outage = counted(came_in, "csat_5", weeks=(8.3, 7), touchpoint="outage-information")

    change = compare(usual, outage, definition("csat_5"))

    assert change.value == pytest.approx(-33, abs=12)
    assert outage.n > 60


def test_accessibility_desk_looks_dramatic_but_is_noise(came_in: list[Arrival]) -> None:
    before = counted(came_in, "csat_5", weeks=(25, 12), touchpoint="accessibility-desk")
    after = counted(came_in, "csat_5", weeks=(12, -1), touchpoint="accessibility-desk")

    change = compare(before, after, definition("csat_5"))

    favourable = METRICS["csat_5"].favourable
    assert (before.count(favourable), before.n) == (17, 21)
    assert (after.count(favourable), after.n) == (7, 13)
    assert [verdict.word for verdict in verdicts([change])] == ["too_early"]


def test_some_answers_come_in_weeks_late(came_in: list[Arrival]) -> None:
    late = [
        arrival
        for arrival in came_in
        if arrival.received_at - arrival.record.answered_at > timedelta(days=14)
    ]

    assert {"after-contact", "regional-study"} <= {one.record.survey for one in late}
    assert len(late) < len(came_in) / 40


def test_some_responses_are_sent_twice_and_a_few_of_them_changed(came_in: list[Arrival]) -> None:
    first: dict[str, Arrival] = {}
    again = [one for one in came_in if first.setdefault(one.record.key, one) is not one]

    changed = [one for one in again if first[one.record.key].record != one.record]

    assert 2 <= len(again) <= 30
    assert 1 <= len(changed) < len(again)


def test_a_few_customers_answer_often(came_in: list[Arrival]) -> None:
    counts: dict[str, int] = {}
    for arrival in came_in:
        if who := arrival.record.customer:
            counts[who.value] = counts.get(who.value, 0) + 1

    ordered = sorted(counts.values())

    assert ordered[len(ordered) // 2] <= 4
    assert ordered[-1] >= 20


def test_only_the_study_carries_weights(came_in: list[Arrival]) -> None:
    weighted = {one.record.survey for one in came_in if one.record.weight is not None}
    unweighted = {one.record.survey for one in came_in if one.record.weight is None}

    assert weighted == {"regional-study"}
    assert "regional-study" not in unweighted


def test_pulse_is_answered_in_two_languages(came_in: list[Arrival]) -> None:
    languages = [
        one.record.language for one in came_in if one.record.survey == "relationship-pulse"
    ]

    assert languages.count("de") / len(languages) == pytest.approx(0.2, abs=0.05)
    assert set(languages) == {"en", "de"}


def test_surveys_begin_and_end(came_in: list[Arrival]) -> None:
    def first_and_last(survey: str) -> tuple[float, float]:
        ages = [
            age_in_weeks(one.record.answered_at.astimezone(BERLIN).date(), TODAY)
            for one in came_in
            if one.record.survey == survey
        ]
        return max(ages), min(ages)

    assert first_and_last("in-the-app")[0] == pytest.approx(61, abs=1)
    assert first_and_last("regional-study") == pytest.approx((121, 65), abs=1)
    assert first_and_last("after-contact")[0] > 150
