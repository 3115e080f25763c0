"""Operations on personas: one effect each, and no lost text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import (
    Deed,
    GoneError,
    RefusedError,
    ReusedIdError,
    StaleError,
    UnknownElementError,
)
from cxm.kernel.operations.state import children
from tests import make
from tests.personas.editing import (
    asked,
    assert_true_log,
    create,
    do,
    fact,
    persona,
    put,
    section,
    state_of,
    value_of,
)

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


def test_a_new_persona_is_its_first_operation(bea: Membership) -> None:
    pk = persona(bea, "Busy Bea")

    assert value_of(bea, pk, pk, "name") == "Busy Bea"
    assert value_of(bea, pk, pk, "status") == "assumed"
    assert_true_log(bea, pk)


def test_elements_lie_where_they_were_put(bea: Membership) -> None:
    pk = persona(bea)
    needs = section(bea, pk)
    first, second, third = (fact(bea, pk, needs, text) for text in ("one", "two", "three"))
    do(bea, pk, asked(Deed.MOVE, third, value={"after": str(first)}))
    do(bea, pk, asked(Deed.MOVE, second, value={"after": None}))

    assert [e.id for e in children(state_of(bea, pk), needs, "fact")] == [second, first, third]
    assert_true_log(bea, pk)


def test_what_comes_behind_the_last_one_is_the_last(bea: Membership) -> None:
    """Whether it is new, or comes from elsewhere with an order of its own."""
    pk = persona(bea)
    needs, pains = section(bea, pk), section(bea, pk, "pains", "Pains")
    first, second = fact(bea, pk, needs, "one"), fact(bea, pk, needs, "two")
    other, new = fact(bea, pk, pains, "three"), new_id()

    do(bea, pk, create(new, "fact", {"text": "four"}, needs, after=str(second)))
    do(bea, pk, asked(Deed.MOVE, other, value={"parent": str(needs), "after": str(first)}))

    lying = [e.id for e in children(state_of(bea, pk), needs, "fact")]
    assert lying == [first, other, second, new]
    assert_true_log(bea, pk)


def test_a_statement_moves_to_another_section(bea: Membership) -> None:
    pk = persona(bea)
    needs, pains = section(bea, pk), section(bea, pk, "pains", "Pains")
    one = fact(bea, pk, needs)
    do(bea, pk, asked(Deed.MOVE, one, value={"parent": str(pains)}))

    assert [e.id for e in children(state_of(bea, pk), pains, "fact")] == [one]
    assert_true_log(bea, pk)


def test_an_operation_sent_again_has_one_effect(bea: Membership) -> None:
    pk = persona(bea)
    rename = put(pk, "name", "Bea the second")
    first = do(bea, pk, rename)
    do(bea, pk, put(pk, "name", "Bea the third"))
    again = do(bea, pk, rename)

    assert again.operations == first.operations
    assert again.is_repeated
    assert value_of(bea, pk, pk, "name") == "Bea the third"
    assert_true_log(bea, pk)


def test_an_id_used_for_another_content_is_refused(bea: Membership) -> None:
    pk, other = persona(bea), persona(bea)
    rename = put(pk, "name", "Bea the second")
    do(bea, pk, rename)

    for of, again in (
        (pk, put(pk, "name", "x", id=rename.id, batch=rename.batch)),
        (other, rename),
    ):
        with pytest.raises(ReusedIdError):
            do(bea, of, again)


def test_all_or_none_of_a_batch_is_done(bea: Membership) -> None:
    pk = persona(bea)
    with pytest.raises(RefusedError) as refused:
        do(bea, pk, put(pk, "name", "New"), put(pk, "colour", "ultraviolet"))

    assert refused.value.field == "colour"
    assert value_of(bea, pk, pk, "name") == "Busy Bea"
    assert_true_log(bea, pk)


def test_different_fields_never_conflict(bea: Membership, ana: Membership) -> None:
    pk = persona(bea)
    do(bea, pk, put(pk, "name", "Bea", base_rev=1))
    do(ana, pk, put(pk, "tagline", "Always in a hurry", base_rev=1))

    state = state_of(bea, pk)[pk].values
    assert (state["name"], state["tagline"]) == ("Bea", "Always in a hurry")


def test_the_same_text_shows_both_versions_and_keeps_theirs(
    bea: Membership, ana: Membership
) -> None:
    pk = persona(bea)
    do(ana, pk, put(pk, "name", "Ana's Bea", base_rev=1))
    with pytest.raises(StaleError) as stale:
        do(bea, pk, put(pk, "name", "Bea's Bea", base_rev=1))

    clash = stale.value.clashes[0]
    assert (clash.base, clash.theirs, clash.mine) == ("Busy Bea", "Ana's Bea", "Bea's Bea")
    assert (clash.rev, clash.actor and clash.actor.id) == (2, ana.pk)
    assert value_of(bea, pk, pk, "name") == "Ana's Bea"
    do(bea, pk, put(pk, "name", "Bea's Bea", base_rev=2))
    assert value_of(bea, pk, pk, "name") == "Bea's Bea"


def test_typing_on_before_the_answer_came_is_no_conflict(bea: Membership) -> None:
    pk = persona(bea)
    first = put(pk, "name", "Bea", base_rev=1)
    do(bea, pk, first)
    do(bea, pk, put(pk, "name", "Bea B", base_rev=1, base_id=first.id))

    assert value_of(bea, pk, pk, "name") == "Bea B"


def test_of_other_fields_the_last_one_holds_and_is_told(bea: Membership, ana: Membership) -> None:
    pk = persona(bea)
    do(ana, pk, put(pk, "status", "researched", base_rev=1))
    outcome = do(bea, pk, put(pk, "status", "retired", base_rev=1))

    assert [(o.field, o.theirs) for o in outcome.overridden] == [("status", "researched")]
    assert value_of(bea, pk, pk, "status") == "retired"


def test_an_edit_of_something_deleted_is_kept_by_its_sender(bea: Membership) -> None:
    pk = persona(bea)
    needs = section(bea, pk)
    one = fact(bea, pk, needs)
    do(bea, pk, asked(Deed.DELETE, needs))
    edit = put(one, "text", "Mine")
    with pytest.raises(GoneError) as gone:
        do(bea, pk, edit)

    assert gone.value.asked == edit
    do(bea, pk, asked(Deed.RESTORE, needs), edit)
    assert value_of(bea, pk, one, "text") == "Mine"


BAD: list[tuple[str, Any, str]] = [
    ("name", "", "name"),
    ("name", "x" * 121, "name"),
    ("name", "a\x00b", "name"),
    ("name", "a\ud800b", "name"),
    ("name", 7, "name"),
    ("kind", "wizard", "kind"),
    ("review_every_days", 0, "review_every_days"),
    ("review_every_days", 1.5, "review_every_days"),
    ("reviewed_on", "yesterday", "reviewed_on"),
    ("avatar", {"face": 99}, "avatar"),
    ("colour", "ultraviolet", "colour"),
    ("head_seq", 1, "head_seq"),
]


@pytest.mark.parametrize(("name", "value", "field"), BAD)
def test_a_bad_value_is_refused_by_the_name_of_its_field(
    bea: Membership, name: str, value: Any, field: str
) -> None:
    pk = persona(bea)
    with pytest.raises(RefusedError) as refused:
        do(bea, pk, put(pk, name, value))

    assert refused.value.field == field
    assert_true_log(bea, pk)


@pytest.mark.parametrize(
    ("kind", "values", "field"),
    [
        ("section", {"kind": "text", "title": "T", "content": {"text": 5}}, "content"),
        ("section", {"kind": "text", "title": "T", "content": {"html": "x"}}, "content"),
        (
            "section",
            {
                "kind": "links",
                "title": "T",
                "content": {"links": [{"title": "x", "url": "javascript:alert(1)"}]},
            },
            "content",
        ),
        ("section", {"kind": "magic", "title": "T"}, "kind"),
        ("wizard", {}, "kind"),
    ],
)
def test_an_element_that_does_not_fit_is_refused(
    bea: Membership, kind: str, values: dict[str, Any], field: str
) -> None:
    pk = persona(bea)
    with pytest.raises(RefusedError) as refused:
        do(bea, pk, create(new_id(), kind, values, pk))

    assert refused.value.field == field


def test_statements_lie_in_sections_that_hold_statements(bea: Membership) -> None:
    pk = persona(bea)
    text = section(bea, pk, "text", "About")
    for parent in (text, pk, new_id(), None):
        with pytest.raises(RefusedError) as refused:
            do(bea, pk, create(new_id(), "fact", {"text": "x"}, parent))
        assert refused.value.field == "parent"


def test_ids_of_other_tenants_do_not_exist(bea: Membership) -> None:
    pk, stranger = persona(bea), make.member()
    theirs = persona(stranger)
    with pytest.raises(UnknownElementError):
        do(bea, pk, put(pk, "owner", str(stranger.pk)))
    with pytest.raises(UnknownElementError):
        do(bea, theirs, put(theirs, "name", "Mine"))
    with pytest.raises(UnknownElementError):
        do(bea, pk, put(theirs, "name", "Mine"))

    assert value_of(stranger, theirs, theirs, "name") == "Busy Bea"
