"""The log of operations: no gaps, no changes, and it explains the rows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import (
    Deed,
    GoneError,
    RefusedError,
)
from cxm.kernel.operations.state import children
from cxm.kernel.operations.store import commit, restore, undo_steps
from cxm.kernel.operations.undoing import Choice
from cxm.tenants.binding import tenant_bound
from personas.models import PersonaOp
from personas.services.stores import PERSONAS
from tests import make
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
)

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.kernel.operations.records import Asked
    from cxm.kernel.operations.state import State
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


def test_long_order_strings_are_spread_again(bea: Membership) -> None:
    pk = persona(bea)
    needs = section(bea, pk)
    first = fact(bea, pk, needs, "first")
    fact(bea, pk, needs, "last")
    batch = [
        create(new_id(), "fact", {"text": str(number)}, needs, after=str(first))
        for number in range(98)
    ]
    for _ in range(4):
        do(bea, pk, *batch)
        do(bea, pk, *[asked(Deed.DELETE, one.lineage) for one in batch])
        batch = [
            create(new_id(), "fact", {"text": one.value["values"]["text"]}, needs, after=str(first))
            for one in batch
        ]
    do(bea, pk, *batch)

    facts = children(state_of(bea, pk), needs, "fact")
    assert max(len(e.ord) for e in facts) <= 48
    assert [e.values["text"] for e in facts] == ["first", *map(str, range(97, -1, -1)), "last"]
    assert_true_log(bea, pk)


@pytest.mark.parametrize("statement", ["UPDATE {} SET seq = 9", "DELETE FROM {}"])
def test_the_log_cannot_be_changed_by_the_application(bea: Membership, statement: str) -> None:
    persona(bea)
    with (
        tenant_bound(bea.tenant_id),
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(PersonaOp._meta.db_table))


def test_no_number_can_be_used_twice(bea: Membership) -> None:
    pk = persona(bea)
    with tenant_bound(bea.tenant_id):
        row = PersonaOp.objects.for_tenant(bea.tenant).get(persona_id=pk)
        row.pk = new_id()
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_same_batch_sent_at_once_has_one_effect() -> None:
    bea = make.member()
    pk, needs, one = new_id(), new_id(), new_id()
    new = [
        create(pk, "persona", {"key": "bea", "name": "Bea"}),
        create(needs, "section", {"kind": "needs", "title": "Needs"}, pk),
        create(one, "fact", {"text": "Sleep"}, needs),
    ]

    def send(_: int) -> tuple[int, ...]:
        with closing(connection), tenant_bound(bea.tenant_id):
            return tuple(o.seq for o in commit(PERSONAS, request(bea, pk), new).operations)

    with ThreadPoolExecutor(8) as threads:
        answers = set(threads.map(send, range(24)))

    assert answers == {(1, 2, 3)}
    assert_true_log(bea, pk)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gaps_when_many_write_at_once() -> None:
    bea = make.member()
    pk = persona(bea)

    def send(number: int) -> int:
        with closing(connection), tenant_bound(bea.tenant_id):
            change = put(pk, "tagline", f"tagline {number}")
            return commit(PERSONAS, request(bea, pk), [change]).head

    with ThreadPoolExecutor(8) as threads:
        heads = sorted(threads.map(send, range(40)))

    assert heads == list(range(2, 42))
    assert_true_log(bea, pk)


# Anything that people may do, by turns

Step = tuple[str, int, int, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["section", "fact", "name", "text", "move", "delete", "restore", "undo", "redo", "back"]
        ),
        st.integers(0, 1),
        st.integers(0, 50),
        st.integers(0, 50),
    ),
    min_size=1,
    max_size=30,
)


@pytest.mark.slow
@settings(
    max_examples=25,
    deadline=None,
    # Making a failure small takes minutes here; the steps are few enough to be read as they are.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_whatever_is_done_the_operations_explain_the_rows(
    bea: Membership, ana: Membership, steps: list[Step]
) -> None:
    pk = persona(bea)
    for step in steps:
        _take(step, (bea, ana), pk)

    assert_true_log(bea, pk)
    for member in (bea, ana):
        _assert_undo_reaches_the_beginning(member, pk)


def _take(step: Step, members: tuple[Membership, Membership], pk: UUID) -> None:
    what, who, first, second = step
    member = members[who]
    state = state_of(member, pk)
    if what in {"undo", "redo"}:
        take_back(member, pk, is_redo=what == "redo", choice=list(Choice)[first % 3])
        return
    if what == "back":
        head = max(e.rev(name) for e in state.values() for name in ("created", *e.revs))
        with tenant_bound(member.tenant_id):
            until = first % head + 1
            restore(PERSONAS, request(member, pk), until=until, as_batch=new_id())
        return
    one = _asked(what, state, pk, first, second)
    if one is not None:
        try:
            do(member, pk, one)
        except (GoneError, RefusedError):
            assert_true_log(member, pk)


def _asked(what: str, state: State, pk: UUID, first: int, second: int) -> Asked | None:
    sections = sorted(e.id for e in state.values() if e.kind == "section")
    facts = sorted(e.id for e in state.values() if e.kind == "fact")
    one_of = (sections + facts)[first % max(1, len(sections + facts)) :][:1]
    fact_ = facts[first % max(1, len(facts)) :][:1]
    section_ = sections[second % max(1, len(sections)) :][:1]
    new: dict[str, list[Asked]] = {
        "section": [create(new_id(), "section", {"kind": "needs", "title": f"S {first}"}, pk)],
        "name": [put(pk, "name", f"Name {first}")],
        "fact": [create(new_id(), "fact", {"text": str(first)}, into) for into in section_],
        "text": [put(one, "text", f"Text {second}") for one in fact_],
        "move": [
            asked(Deed.MOVE, one, value={"parent": str(into)}) for one in fact_ for into in section_
        ],
        "delete": [asked(Deed.DELETE, one) for one in one_of],
        "restore": [asked(Deed.RESTORE, one) for one in one_of],
    }
    return next(iter(new[what]), None)


def _assert_undo_reaches_the_beginning(member: Membership, pk: UUID) -> None:
    """Undo all that a member did, and do it again: the steps are as many, and all is explained."""
    with tenant_bound(member.tenant_id):
        steps = undo_steps(
            PERSONAS, Request(member.tenant, pk, request(member, pk).actor, make.NOW)
        )
    count = len(steps.undo)
    for is_redo in (False, True):
        for _ in range(count):
            assert take_back(member, pk, is_redo=is_redo, choice=Choice.THEIRS) is not None
    with tenant_bound(member.tenant_id):
        assert len(undo_steps(PERSONAS, request(member, pk)).undo) == count
    assert_true_log(member, pk)
