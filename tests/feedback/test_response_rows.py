"""The rows behind a figure: exactly its n, for every filter and for every role."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from analytics.selectors.filters import read_filter as read_figure_filter
from analytics.selectors.filters import resolved
from analytics.selectors.histograms import histogram
from analytics.selectors.names import read_names as read_figure_names
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.touchpoints.models import Channel, Touchpoint
from cxm.touchpoints.services import merge_registered
from feedback.models import Rating, Response
from feedback.selectors.registry_names import Kind, read_names
from feedback.selectors.response_filter import ResponseFilter, read_filter
from feedback.selectors.response_rows import (
    MOST_COUNTED_AT_ONCE,
    count_rows,
    count_some,
    place_of,
    read_place,
    rows_of,
    slice_of,
)
from feedback.services.holding import delete_response, hold_response
from tests import make
from tests.feedback.response_pages import html, rows_in, title

if TYPE_CHECKING:
    from django.test import Client

    from cxm.tenants.models import Tenant
    from feedback.selectors.response_rows import Place, Rows

pytestmark = pytest.mark.django_db
METRICS = {"nps": range(11), "csat_5": range(1, 6)}
POINTS, CHANNELS, SURVEYS = ("shop", "call", "visit"), ("web", "phone"), ("autumn", "winter")


def _choice[T](dice: random.Random, choices: tuple[T, ...]) -> T | None:
    return dice.choice((*choices, None))


def _answers(dice: random.Random, tenant: Tenant) -> None:
    """Load sixty answers, merge registry rows, hold some back and delete some."""
    records = []
    for _ in range(60):
        metric = dice.choice(list(METRICS))
        records.append(
            make.record(
                dice.choice(METRICS[metric]),
                metric=metric,
                touchpoint=_choice(dice, POINTS),
                channel=_choice(dice, CHANNELS),
                survey=dice.choice(SURVEYS),
                day=dice.randrange(20),
                comment=dice.choice(["", "late again", "fine"]),
            )
        )
    responses = [
        response
        for survey in SURVEYS
        for response in make.load(*[r for r in records if r.survey == survey], of=tenant)
    ]
    member = make.member(of=tenant)
    with tenant_bound(tenant.pk):
        points = {row.key: row for row in Touchpoint.objects.for_tenant(tenant)}
        channels = {row.key: row for row in Channel.objects.for_tenant(tenant)}
        merge_registered(row=points["call"], into=points["shop"], by=member, now=make.NOW)
        merge_registered(row=channels["phone"], into=channels["web"], by=member, now=make.NOW)
        for response in dice.sample(responses, 5):
            hold_response(response=response, reason="test", by=member, now=make.NOW)
        for response in dice.sample(responses, 5):
            delete_response(response=response, by=member, now=make.NOW)


def _query(dice: random.Random) -> dict[str, list[str]]:
    first = dice.randrange(25)
    start = make.NOW.date() - timedelta(days=first)
    parts = {
        "metric": [dice.choice(list(METRICS))],
        "touchpoint": dice.sample(POINTS, dice.randrange(3)),
        "channel": dice.sample(CHANNELS, dice.randrange(2)),
        "survey": dice.sample(SURVEYS, dice.randrange(2)),
        "from": [start.isoformat()] if dice.random() < 0.6 else [],
        "to": [(start + timedelta(days=dice.randrange(12))).isoformat()],
    }
    return {name: values for name, values in parts.items() if values}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_rows_behind_a_figure_number_exactly_its_n(client: Client, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - repeatable on purpose
    tenant = make.tenant(time_zone="America/New_York")
    _answers(dice, tenant)
    roles = [role for role in Role if role is not Role.GUEST]
    readers = cache(lambda role: make.member(of=tenant, role=role))

    for _ in range(12):
        query, role = _query(dice), dice.choice(roles)
        with tenant_bound(tenant.pk):
            plain = {name: values for name, values in query.items() if name != "metric"}
            asked = read_figure_filter({"period": ["all"], **plain}, today=make.NOW.date())
            _, within, _ = resolved(asked, read_figure_names(tenant))
            [key] = query["metric"]
            figure = histogram(tenant=tenant, metric=make.metric(key, of=tenant), within=within)
        client.force_login(readers(role).user)
        url = reverse("feedback:response-list", args=[tenant.slug])
        page = html(client.get(url, query))
        shown = figure.n
        assert title(page) == f"{shown} answer{'' if shown == 1 else 's'}", (seed, query, role)
        assert rows_in(page) == min(shown, 50)


def _count(tenant: Tenant, query: str) -> int:
    pairs: dict[str, list[str]] = {}
    for pair in filter(None, query.split("&")):
        name, value = pair.split("=")
        pairs.setdefault(name, []).append(value)
    with tenant_bound(tenant.pk):
        asked = read_filter(pairs, read_names(tenant))
        assert asked.notes == ()
        return count_rows(rows_of(tenant, asked))


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 4),
        ("touchpoint=shop", 2),
        ("touchpoint=shop&touchpoint=visit", 3),
        ("touchpoint=shop&score=9", 1),
        ("touchpoint=visit&channel=phone", 1),
        ("touchpoint=visit&channel=web", 0),
        ("without=touchpoint", 1),
        ("without=channel", 2),
        ("score=3&score=9", 2),
        ("comment=yes", 2),
        ("comment=no", 2),
        ("metric=nps&comment=yes", 1),
        ("metric=nps&without=touchpoint", 0),
        ("metric=nps&score=3", 1),
        ("metric=nps&weighted=1", 1),
        ("weighted=1", 1),
        ("survey=survey", 4),
        ("state=held", 0),
        ("state=deleted", 0),
    ],
)
def test_filters_select_what_they_say(query: str, count: int) -> None:
    tenant = make.tenant()
    make.load(
        make.record(9, touchpoint="shop", channel="web"),
        make.record(3, touchpoint="shop", comment="late"),
        make.record(5, touchpoint="visit", channel="phone", weight=Decimal("0.5")),
        make.record(None, comment="just a word"),
        of=tenant,
    )

    assert _count(tenant, query) == count


def test_what_is_held_back_or_deleted_is_found_by_its_state() -> None:
    tenant = make.tenant()
    held, deleted, _ = make.load(make.record(1), make.record(2), make.record(3), of=tenant)
    member = make.member(of=tenant)
    with tenant_bound(tenant.pk):
        hold_response(response=held, reason="test", by=member, now=make.NOW)
        delete_response(response=deleted, by=member, now=make.NOW)

    counts = [
        _count(tenant, f"{metric}{state}")
        for metric in ("metric=nps&", "")
        for state in ("state=counted", "state=held", "state=deleted")
    ]

    assert counts == [1, 1, 1, 2, 1, 1]


def test_equal_filters_are_one_address() -> None:
    chosen = ResponseFilter(
        metric="nps", keys={Kind.CHANNEL: ("web",)}, scores=(9, 10), has_comment=True, q="a b"
    )

    assert chosen.query() == "channel=web&comment=yes&metric=nps&q=a+b&score=10&score=9"


def test_more_than_can_be_counted_at_once_is_left_uncounted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tenant = make.tenant()
    make.load(make.record(1), make.record(2), make.record(3), of=tenant)
    assert MOST_COUNTED_AT_ONCE == 100_000

    with tenant_bound(tenant.pk):
        rows = rows_of(tenant, read_filter({}, read_names(tenant)))
        counts = []
        for most in (2, 3):
            monkeypatch.setattr("feedback.selectors.response_rows.MOST_COUNTED_AT_ONCE", most)
            counts.append(count_some(rows))

    assert counts == [None, 3]


def test_an_uncounted_list_offers_to_count_all(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = make.member()
    client.force_login(member.user)
    make.load(make.record(1), make.record(2), of=member.tenant)
    monkeypatch.setattr("feedback.selectors.response_rows.MOST_COUNTED_AT_ONCE", 1)
    url = reverse("feedback:response-list", args=[member.tenant.slug])

    first = html(client.get(url, {"metric": "nps"}))
    whole = html(client.get(url, {"metric": "nps", "count": "all"}))
    part = html(client.get(url, {"metric": "nps", "count": "all"}, headers={"HX-Request": "true"}))

    assert "More than 100,000 answers" in first
    assert 'hx-get="' + url + '?metric=nps&amp;count=all"' in first
    assert title(whole) == title(part) == "2 answers"
    assert part.lstrip().startswith('<h2 class="response-count"')


def test_ratings_of_one_moment_stand_in_a_total_order() -> None:
    tenant = make.tenant()
    make.load(*[make.record(9) for _ in range(3)], of=tenant)

    with tenant_bound(tenant.pk):
        asked = read_filter({"metric": ["nps"]}, read_names(tenant))
        found = list(rows_of(tenant, asked).values_list("pk", flat=True))

    assert found == sorted(found, reverse=True)
    assert rows_of(tenant, asked).totally_ordered


@pytest.mark.parametrize("query", [{"metric": ["nps"]}, {}], ids=["ratings", "responses"])
def test_rows_stand_by_their_moment_and_are_paged_both_ways(query: dict[str, list[str]]) -> None:
    tenant = make.tenant()
    hours = [5, 30, 1, 3, 3, 26, 0]
    make.load(*[make.record(answered_at=make.NOW - timedelta(hours=h)) for h in hours], of=tenant)

    with tenant_bound(tenant.pk):
        rows = rows_of(tenant, read_filter(query, read_names(tenant)))
        down = _walk(rows, "after")
        up = _walk(rows, "before", start=place_of(down[-1]))

    assert [row.answered_at for row in down] == sorted((r.answered_at for r in down), reverse=True)
    assert len(down) == len(hours)
    assert up == down[:-1]


def _walk(rows: Rows, way: str, start: Place | None = None) -> list[Any]:
    """Read *rows* two at a time, over places as an address carries them, in the list's order."""
    found: list[Any] = []
    place = start
    while True:
        cut = slice_of(rows, size=2, **{way: place})
        found = [*found, *cut.rows] if way == "after" else [*cut.rows, *found]
        if not (cut.has_older if way == "after" else cut.has_newer):
            return found
        edge = cut.rows[-1] if way == "after" else cut.rows[0]
        place = read_place(place_of(edge).text(), is_rating=isinstance(edge, Rating))


def test_rating_and_response_rows_are_of_their_models() -> None:
    tenant = make.tenant()
    with tenant_bound(tenant.pk):
        names = read_names(tenant)

    models = [rows_of(tenant, read_filter(q, names)).model for q in ({"metric": ["nps"]}, {})]

    assert models == [Rating, Response]
