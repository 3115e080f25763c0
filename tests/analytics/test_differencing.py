"""Whoever may not read answers learns of no small group, by whatever they ask and subtract."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, combinations, product
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.rules.differencing import disclose_together
from cxm.tenants.rules import RIGHTS, Right, Role
from tests import make
from tests.analytics.reading import load_scores

if TYPE_CHECKING:
    from django.test import Client

    from cxm.tenants.models import Tenant

K = 5
PERIODS = ("13w", "52w", "all")
FIGURES = "/api/v1/figures/"
# Survey "first" has touchpoint "a" and, with 3 answers, "d"; survey "second" has "e" and "f".
WORLD = [("a", "first", 60), ("d", "first", 3), ("e", "second", 10), ("f", "second", 40)]

type Spot = tuple[str, ...]
type Cells = dict[Spot, list[int]]
type Atom = tuple[Spot, int]


def test_a_survey_does_not_tell_of_the_touchpoint_hidden_in_it() -> None:
    answers: Cells = {(point, survey): [n] for point, survey, n in WORLD}

    points, surveys = disclose_together(answers)

    # For itself each breakdown is sound (a and f; both surveys), but first - a = 3.
    assert points.hidden == {"a", "d", "e"}
    assert surveys.hidden == frozenset()


def test_several_touchpoints_together_do_not_tell_of_another() -> None:
    answers: Cells = {
        ("a", "first"): [30],
        ("b", "first"): [30],
        ("d", "first"): [3],
        ("e", "second"): [10],
        ("f", "second"): [40],
    }

    points, _ = disclose_together(answers)

    assert points.hidden == {"a", "d", "e"}


def test_breakdowns_that_agree_are_shown() -> None:
    answers: Cells = {("a", "first"): [60], ("b", "second"): [40]}

    assert [one.hidden for one in disclose_together(answers)] == [frozenset(), frozenset()]


def test_nothing_is_disclosed_of_nothing() -> None:
    assert disclose_together({}) == ()


counts = st.lists(st.integers(0, 12), min_size=3, max_size=3).map(lambda n: list(accumulate(n)))
spots = st.tuples(st.sampled_from("abcd"), st.sampled_from("xyz"), st.sampled_from("12"))


@settings(deadline=None, max_examples=150)
@given(st.dictionaries(spots, counts, min_size=1, max_size=9))
def test_no_two_sets_that_are_shown_or_follow_tell_of_a_few(
    answers: Mapping[Spot, Sequence[int]],
) -> None:
    shown = disclose_together(answers)
    sizes = {
        (spot, period): late - early
        for spot, nested in answers.items()
        for period, (early, late) in enumerate(zip([0, *nested], nested, strict=False))
    }

    seen = set(_seen(sizes, [one.hidden for one in shown], shown[0].is_offered))

    for first, second in combinations(seen, 2):
        apart = sum(sizes[atom] for atom in first ^ second)
        assert not (0 < apart < K and (first <= second or second <= first))


def _seen(
    sizes: Mapping[Atom, int], hidden: Sequence[frozenset[str]], is_offered: Sequence[bool]
) -> Iterator[frozenset[Atom]]:
    """Give all that can be read: totals, cells, and in each breakdown what is left of the total."""
    for period in [place for place, is_shown in enumerate(is_offered) if is_shown]:
        within = {atom for atom in sizes if atom[1] <= period and sizes[atom]}
        for place, secret in enumerate(hidden):
            for key in {atom[0][place] for atom in within} - secret:
                yield frozenset(atom for atom in within if atom[0][place] == key)
            yield frozenset(atom for atom in within if atom[0][place] in secret)
        yield frozenset(within)


@pytest.mark.django_db
@pytest.mark.usefixtures("_at_one_moment")
def test_an_attacker_who_asks_everything_solves_no_hidden_cell(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Today every role that sees figures sees answers too; here is one that does not.
    monkeypatch.setitem(RIGHTS, Role.VIEWER, frozenset({Right.SEE_FIGURES}))
    tenant = make.tenant()
    for point, survey, n in WORLD:
        load_scores({9: n}, of=tenant, touchpoint=point, survey=survey)
    load_scores({9: 20}, of=tenant, touchpoint="f", survey="second", day=200)
    known = dict.fromkeys(("a", "d"), "first") | dict.fromkeys(("e", "f"), "second")
    _, secret = make.api_key(of=tenant, rights=(Right.SEE_FIGURES,))
    client.force_login(make.member(of=tenant, role=Role.VIEWER).user)

    read: dict[str, int] = {}
    for period, by in product(PERIODS, ("touchpoint", "survey")):
        read |= _by_api(client, secret, period, by)
        assert _by_page(client, tenant, period, by) == _by_api(client, secret, period, by)

    for period, survey in product(PERIODS, ("first", "second")):
        whole = read.get(f"{period} {survey}", 0)
        parts = [read.get(f"{period} {key}", 0) for key, of in known.items() if of == survey]
        assert whole - sum(parts) not in range(1, K)
    assert read["13w first"] == 63


def _by_api(client: Client, secret: str, period: str, by: str) -> dict[str, int]:
    answer: Any = client.get(
        f"{FIGURES}?metric=nps&period={period}&by={by}",
        headers={"Authorization": f"Bearer {secret}"},
    )
    rows = answer.json()["results"]
    return {f"{period} {row['group']}": row["n"] for row in rows if row["n"]}


def _by_page(client: Client, tenant: Tenant, period: str, by: str) -> dict[str, int]:
    """Read the table of the metric's page, as the page itself gives it as a file."""
    url = f"/t/{tenant.slug}/metrics/nps/export.csv?period={period}&by={by}"
    lines = client.get(url).content.decode().splitlines()
    table = csv.DictReader(line for line in lines if not line.startswith("#"))
    return {f"{period} {row[by]}": int(row["n"]) for row in table if int(row["n"] or 0)}
