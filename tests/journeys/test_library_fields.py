"""Who is on an opportunity, and what a solution costs in which currency."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cxm.kernel.operations.records import RefusedError
from cxm.tenants.rules import Role
from tests import make
from tests.journeys import shelving
from tests.journeys.filing import HEAD, STAGES, exported, taken_in, the_map
from tests.journeys.test_library_pages import page_of, seen
from tests.journeys.test_map_imports import LANES

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
BUNDLE = (
    (HEAD + STAGES + LANES).replace("profile: map", "profile: bundle")
    + """\
  - key: chances
    kind: opportunity
    title: Chances
    cards:
      - key: say-day
        step: wait-refund
        opportunity: say-the-day
  - key: answers
    kind: solution
    title: Answers
    cards:
      - key: mail
        step: wait-refund
        solution: a-mail
library:
  opportunities:
    - key: say-the-day
      title: Say the day
      team: Refunds
  solutions:
    - key: a-mail
      title: A mail
      cost: 120050
      currency: EUR
"""
)


@pytest.fixture
def ann() -> Membership:
    return make.member()


def test_a_team_and_a_currency_are_changed_like_other_fields(ann: Membership) -> None:
    chance = shelving.made(ann, "opportunity", "Say the day")
    answer = shelving.made(ann, "solution", "A mail", cost=120_050)

    shelving.do(ann, chance, shelving.put(chance, "team", " Refunds "))
    shelving.do(ann, answer, shelving.put(answer, "currency", "eur"))

    viewer = make.member(of=ann.tenant, role=Role.VIEWER)
    assert shelving.fresh(ann, chance).team == "Refunds"
    assert "1,200.50 EUR" in seen(viewer, page_of(answer))
    assert "Refunds" in seen(viewer, page_of(chance))
    shelving.assert_true_log(ann, shelving.fresh(ann, answer))


def test_what_is_no_currency_is_refused(ann: Membership) -> None:
    answer = shelving.made(ann, "solution", "A mail")

    with pytest.raises(RefusedError, match="three letters"):
        shelving.do(ann, answer, shelving.put(answer, "currency", "E1R"))


def test_a_file_brings_both_and_gives_them_back(ann: Membership) -> None:
    taken_in(ann, BUNDLE)

    assert exported(ann, the_map(ann)) == BUNDLE
    assert [one.team for one in shelving.all_of(ann, "opportunity")] == ["Refunds"]
    assert [one.currency for one in shelving.all_of(ann, "solution")] == ["EUR"]
