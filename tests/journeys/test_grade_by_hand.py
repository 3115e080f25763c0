"""A card graded by hand: the reason is asked for, told beside the map, and goes with files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cxm.collaboration.rules.kinds import Grade
from cxm.kernel.ids import new_id
from cxm.kernel.operations.store import undo
from cxm.tenants.binding import tenant_bound
from journeys.models import Card
from journeys.services.stores import MAPS
from tests import make
from tests.journeys import charting, filing
from tests.journeys.sharing import link_to
from tests.journeys.test_api_library import Api
from tests.journeys.test_map_evidence import Drawn, client_of
from tests.personas.shares import opened, text

if TYPE_CHECKING:
    from uuid import UUID

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
WHY = "Forty fitters told us, nobody wrote it down."


@pytest.fixture
def drawn() -> Drawn:
    return Drawn(make.member())


def grade(drawn: Drawn, card: UUID, **told: str) -> Any:
    return client_of(drawn.ann).post(drawn.url(card, "grade"), told)


def by_hand(drawn: Drawn) -> list[tuple[str, str]]:
    with tenant_bound(drawn.ann.tenant_id):
        rows = Card.objects.for_tenant(drawn.ann.tenant).filter(map=drawn.on).order_by("text")
        return list(rows.values_list("grade_override", "grade_reason"))


def test_a_grade_by_hand_holds_and_says_why(drawn: Drawn) -> None:
    answer = grade(drawn, drawn.cards[0], grade="strong", reason=f"  {WHY}\n")

    assert answer.status_code == 302
    assert drawn.grades()[drawn.cards[0]] is Grade.STRONG
    assert f"Why: {WHY}" in drawn.panel(drawn.cards[0])
    assert by_hand(drawn) == [("strong", WHY), ("", "")]


@pytest.mark.parametrize("reason", ["", "   "], ids=["none", "blanks"])
def test_without_a_reason_nothing_is_graded(drawn: Drawn, reason: str) -> None:
    answer = grade(drawn, drawn.cards[0], grade="strong", reason=reason)

    assert answer.status_code == 422
    assert "Write why, in a sentence" in answer.content.decode()
    assert by_hand(drawn) == [("", ""), ("", "")]


def test_a_reason_is_a_sentence_not_a_book(drawn: Drawn) -> None:
    assert grade(drawn, drawn.cards[0], grade="strong", reason="x" * 501).status_code == 422


def test_where_the_evidence_speaks_again_the_reason_goes(drawn: Drawn) -> None:
    grade(drawn, drawn.cards[0], grade="strong", reason=WHY)

    grade(drawn, drawn.cards[0], grade="evidence", reason="Left in the form")

    assert drawn.grades()[drawn.cards[0]] is Grade.ASSUMPTION
    assert by_hand(drawn) == [("", ""), ("", "")]


def test_grade_and_reason_are_undone_together(drawn: Drawn) -> None:
    grade(drawn, drawn.cards[0], grade="strong", reason=WHY)

    with tenant_bound(drawn.ann.tenant_id):
        undo(MAPS, charting.request(drawn.ann, drawn.on), as_batch=new_id())

    assert by_hand(drawn) == [("", ""), ("", "")]


def test_the_reason_is_told_to_programs(drawn: Drawn) -> None:
    grade(drawn, drawn.cards[0], grade="strong", reason=WHY)

    told = Api(drawn.ann).get(f"journey-maps/{drawn.on}/evidence/").json()

    found = {one["id"]: (one["grade_by_hand"], one["grade_reason"]) for one in told["elements"]}
    assert found[str(drawn.cards[0])] == ("strong", WHY)
    assert found[str(drawn.steps[0])] == ("", "")


def test_the_reason_goes_with_files_and_never_outside(drawn: Drawn) -> None:
    grade(drawn, drawn.cards[0], grade="strong", reason=WHY)
    there = make.member()

    text_of_it = filing.exported(drawn.ann, filing.the_map(drawn.ann, pk=drawn.on))
    filing.taken_in(there, text_of_it)

    assert f"grade_reason: {WHY}" in text_of_it
    with tenant_bound(there.tenant_id):
        rows = Card.objects.for_tenant(there.tenant).exclude(grade_reason="")
        assert list(rows.values_list("grade_override", "grade_reason")) == [("strong", WHY)]
    assert WHY not in text(opened(link_to(drawn.ann, drawn.on)))
