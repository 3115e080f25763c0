"""Undo and redo: step by step, and without harm to what others did."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import (
    Deed,
)
from cxm.kernel.operations.state import children, is_there
from cxm.kernel.operations.store import restore
from cxm.kernel.operations.undoing import Choice
from cxm.tenants.binding import tenant_bound
from personas.services.stores import PERSONAS
from tests.personas.editing import (
    asked,
    assert_true_log,
    create,
    do,
    fact,
    persona,
    put,
    request,
    section,
    state_of,
    take_back,
    value_of,
)

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


def test_undo_goes_back_step_by_step_and_redo_forth(bea: Membership) -> None:
    pk = persona(bea)
    for name in ("One", "Two", "Three"):
        do(bea, pk, put(pk, "name", name))
    seen = []
    for is_redo in (False, False, True, False, False):
        take_back(bea, pk, is_redo=is_redo)
        seen.append(value_of(bea, pk, pk, "name"))

    assert seen == ["Two", "One", "Two", "One", "Busy Bea"]
    assert_true_log(bea, pk)


def test_something_new_leaves_nothing_to_redo(bea: Membership) -> None:
    pk = persona(bea)
    do(bea, pk, put(pk, "name", "One"))
    take_back(bea, pk)
    do(bea, pk, put(pk, "name", "Two"))

    assert take_back(bea, pk, is_redo=True) is None
    assert value_of(bea, pk, pk, "name") == "Two"


def test_undo_of_a_deletion_brings_back_the_same_ids(bea: Membership) -> None:
    pk = persona(bea)
    needs = section(bea, pk)
    facts = [fact(bea, pk, needs, text) for text in ("one", "two")]
    before = state_of(bea, pk)
    do(bea, pk, asked(Deed.DELETE, needs))
    assert not is_there(state_of(bea, pk), facts[0])
    take_back(bea, pk)

    after = state_of(bea, pk)
    assert [e.id for e in children(after, needs, "fact")] == facts
    assert {pk: e.values for pk, e in after.items()} == {pk: e.values for pk, e in before.items()}


def test_a_batch_is_undone_as_one(bea: Membership) -> None:
    pk = persona(bea)
    one, batch = new_id(), new_id()
    new = create(one, "section", {"kind": "needs", "title": "Needs"}, pk)
    do(
        bea,
        pk,
        asked(Deed.CREATE, one, kind="section", value=new.value, batch=batch),
        put(one, "title", "Wants", batch=batch),
        put(pk, "name", "Bea", batch=batch),
    )
    take_back(bea, pk)
    assert (value_of(bea, pk, pk, "name"), is_there(state_of(bea, pk), one)) == ("Busy Bea", False)
    take_back(bea, pk, is_redo=True)

    state = state_of(bea, pk)
    assert (state[pk].values["name"], state[one].values["title"]) == ("Bea", "Wants")
    assert is_there(state, one)
    assert_true_log(bea, pk)


def test_undo_asks_before_it_takes_away_what_another_wrote(
    bea: Membership, ana: Membership
) -> None:
    pk = persona(bea)
    do(bea, pk, put(pk, "name", "Bea's"))
    do(ana, pk, put(pk, "name", "Ana's"))
    found = take_back(bea, pk)

    assert found is not None
    assert [(c.theirs, c.mine, c.actor and c.actor.id) for c in found.clashes] == [
        ("Ana's", "Busy Bea", ana.pk)
    ]
    assert value_of(bea, pk, pk, "name") == "Ana's"
    take_back(bea, pk, choice=Choice.THEIRS)
    assert value_of(bea, pk, pk, "name") == "Ana's"


def test_undo_puts_back_mine_when_told_to(bea: Membership, ana: Membership) -> None:
    pk = persona(bea)
    do(bea, pk, put(pk, "name", "Bea's"))
    do(ana, pk, put(pk, "name", "Ana's"))
    take_back(bea, pk, choice=Choice.MINE)

    assert value_of(bea, pk, pk, "name") == "Busy Bea"
    assert_true_log(bea, pk)


def test_an_edit_of_another_stays_found_after_my_later_one_was_undone(
    bea: Membership, ana: Membership
) -> None:
    pk = persona(bea)
    do(bea, pk, put(pk, "name", "First of Bea"))
    do(ana, pk, put(pk, "name", "Of Ana"))
    do(bea, pk, put(pk, "name", "Second of Bea"))
    take_back(bea, pk)
    assert value_of(bea, pk, pk, "name") == "Of Ana"
    found = take_back(bea, pk)

    assert found is not None
    assert [c.theirs for c in found.clashes] == ["Of Ana"]
    assert value_of(bea, pk, pk, "name") == "Of Ana"


def test_undo_of_a_section_asks_when_another_has_written_in_it(
    bea: Membership, ana: Membership
) -> None:
    pk = persona(bea)
    needs = section(bea, pk)
    one = fact(ana, pk, needs)
    found = take_back(bea, pk)

    assert found is not None
    assert [(c.lineage, c.field) for c in found.clashes] == [(needs, "life")]
    assert is_there(state_of(bea, pk), one)


def test_each_person_undoes_what_is_their_own(bea: Membership, ana: Membership) -> None:
    pk = persona(bea)
    do(bea, pk, put(pk, "name", "Bea's"))
    do(ana, pk, put(pk, "tagline", "Ana's"))
    take_back(bea, pk)

    values = state_of(bea, pk)[pk].values
    assert (values["name"], values["tagline"]) == ("Busy Bea", "Ana's")


def test_an_undo_sent_again_has_one_effect(bea: Membership) -> None:
    pk = persona(bea)
    for name in ("One", "Two"):
        do(bea, pk, put(pk, "name", name))
    batch = new_id()
    first, second = (take_back(bea, pk, as_batch=batch) for _ in range(2))

    assert first is not None
    assert second is not None
    assert second.operations == first.operations
    assert value_of(bea, pk, pk, "name") == "One"


def test_a_persona_goes_back_to_a_moment_and_from_there_again(bea: Membership) -> None:
    pk = persona(bea)
    needs = section(bea, pk)
    then = state_of(bea, pk)
    one = fact(bea, pk, needs)
    do(bea, pk, put(needs, "title", "Wants"), put(pk, "name", "Other"))
    with tenant_bound(bea.tenant_id):
        restore(PERSONAS, request(bea, pk), until=2, as_batch=new_id())

    now = state_of(bea, pk)
    assert (now[pk].values, now[needs].values) == (then[pk].values, then[needs].values)
    assert not is_there(now, one)
    take_back(bea, pk)
    assert is_there(state_of(bea, pk), one)
    assert value_of(bea, pk, needs, "title") == "Wants"
    assert_true_log(bea, pk)
