"""The order of what was said without a name tells nothing of the order in which people came."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.db.models.expressions import RawSQL

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from feedback.models import Rating, Response, Verbatim
from feedback.services import anonymous
from tests import make
from tests.feedback.nameless import answer_all, nameless_survey
from tests.make import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from feedback.models import Survey

pytestmark = pytest.mark.django_db
PEOPLE = 24
PERMUTATIONS = 2_000
LEVEL = 0.001


@pytest.fixture
def survey(monkeypatch: pytest.MonkeyPatch) -> Iterator[Survey]:
    """Give a survey that shows its answers from the last person on, with luck that repeats."""
    luck = random.Random(16_20)  # noqa: S311
    monkeypatch.setattr(os, "urandom", luck.randbytes)
    monkeypatch.setattr(anonymous, "SystemRandom", lambda: luck)
    manager = make.member(of=make.tenant(), role=Role.MANAGER)
    with tenant_bound(manager.tenant_id):
        found = nameless_survey(manager)
        found.least_shown = PEOPLE
        found.save(update_fields=["least_shown"])
        yield found


def test_neither_place_nor_key_nor_time_tells_who_came_first(survey: Survey) -> None:
    for number in range(PEOPLE):
        with time_machine.travel(NOW.replace(minute=number), tick=False):
            answer_all(survey, number)

    for kind in (Response, Rating, Verbatim):
        for order in (RawSQL(f"{kind._meta.db_table}.ctid", []), "pk"):  # noqa: S611
            found = _arrivals(survey, kind, order)
            assert sorted(found) == list(range(PEOPLE))
            assert chance_of(found) > LEVEL, (kind, order)
    moments = Response.objects.for_tenant(survey.tenant_id).values("answered_at", "received_at")
    assert len({tuple(row.values()) for row in moments}) == 1


@pytest.mark.parametrize("order", [range(PEOPLE), range(PEOPLE)[::-1]], ids=["as is", "backwards"])
def test_an_order_that_tells_is_found(order: Sequence[int]) -> None:
    assert chance_of(order) <= LEVEL


def chance_of(order: Sequence[int]) -> float:
    """Give how often chance orders at least so much by arrival: a two-sided permutation test.

    The statistic is the rank correlation of place and arrival; with the order itself counted
    among the permutations the chance is never 0.
    """
    luck, drawn = random.Random(5), list(order)  # noqa: S311
    found, as_much = abs(_correlation(order)), 1
    for _ in range(PERMUTATIONS):
        luck.shuffle(drawn)
        as_much += abs(_correlation(drawn)) >= found
    return as_much / (PERMUTATIONS + 1)


def _correlation(order: Sequence[int]) -> float:
    """Give Spearman's rank correlation of the numbers 0 to n - 1 with their places."""
    n = len(order)
    apart = sum((place - arrival) ** 2 for place, arrival in enumerate(order))
    return 1 - 6 * apart / (n * (n**2 - 1))


def _arrivals(survey: Survey, kind: Any, order: Any) -> list[int]:
    """Give the number of each person as it stands in their text, rows in an *order*."""
    texts = Verbatim.objects.for_tenant(survey.tenant_id)
    said = {row.response_id: int(row.text.split()[1].strip(".")) for row in texts}
    of = "pk" if kind is Response else "response_id"
    rows = kind.objects.for_tenant(survey.tenant_id).order_by(order).values_list(of, flat=True)
    return [said[response_id] for response_id in rows]
