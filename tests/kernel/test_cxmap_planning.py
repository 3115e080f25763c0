"""From a document to another one: the fewest operations, and always the right ones."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxm.kernel.cxmap.planning import Match, Plan, Wanted, changed, created
from cxm.kernel.ids import new_id
from cxm.kernel.operations.judging import Judge
from cxm.kernel.operations.records import Actor, Deed, Source
from cxm.kernel.operations.shapes import DocumentShape, ElementShape, FieldShape
from cxm.kernel.operations.state import State, children

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.kernel.operations.records import Asked

TEXT = FieldShape("text", str, "Text", default="")
BOOK = DocumentShape(
    "book",
    {
        "book": ElementShape(
            "book", "book", (TEXT, FieldShape("tags", list[str], "Tags", default=[]))
        ),
        "page": ElementShape("page", "page", (TEXT,), parents=("book",)),
        "line": ElementShape("line", "line", (TEXT,), parents=("page",)),
        "seal": ElementShape("seal", "seal", (TEXT,), parents=("book",)),
        "note": ElementShape("note", "note", (TEXT,), parents=("line",)),
    },
)


def _text(values: Any) -> Any:
    return values["text"]


def _first(values: Any) -> Any:
    return values["text"][:1]


PLAN = Plan(
    BOOK,
    {
        "page": Match(by=(_text,), nearly=lambda before, after: _first(before) == _first(after)),
        "line": Match(by=(_text,), may_move=True),
        "seal": Match(by=(_text,), comes_back=True),
    },
    is_late=lambda before, after: len(after) < len(before),  # type: ignore[arg-type]  # lists
)


def book(*pages: tuple[str, list[str]], seals: str = "") -> Wanted:
    """Want a book with pages of lines, and seals of one letter each."""
    parts = [
        Wanted("page", {"text": t}, [Wanted("line", {"text": x}) for x in ls]) for t, ls in pages
    ]
    return Wanted("book", {"text": "B"}, [*parts, *(Wanted("seal", {"text": s}) for s in seals)])


def done(asked: list[Asked], state: State) -> State:
    judge = Judge(BOOK, state, 0, Actor(), datetime(2027, 1, 1, tzinfo=UTC), Source.IMPORT)
    for one in asked:
        judge.take(one)
    assert judge.clashes == []
    return judge.state


def made(wanted: Wanted) -> tuple[UUID, State]:
    pk = new_id()
    return pk, done(created(PLAN, pk, wanted, batch=new_id()), State())


def told(state: State, pk: UUID) -> Any:
    return (
        [
            (page.values["text"], [x.values["text"] for x in children(state, page.id, "line")])
            for page in children(state, pk, "page")
        ],
        "".join(str(seal.values["text"]) for seal in children(state, pk, "seal")),
    )


def test_what_is_there_already_takes_no_operation() -> None:
    wanted = book(("one", ["a", "b", "a"]), ("two", []), seals="xy")
    pk, state = made(wanted)

    assert changed(PLAN, state, pk, wanted, batch=new_id()) == []


@pytest.mark.parametrize(
    ("wanted", "deeds"),
    [
        (book(("one", ["a", "b", "c", "d"]), ("two", ["x"])), [Deed.CREATE]),
        (book(("one", ["a", "b"]), ("two", ["x"])), [Deed.DELETE]),
        (book(("one", ["c", "a", "b"]), ("two", ["x"])), [Deed.MOVE]),
        (book(("one", ["a", "b", "c"]), ("ten", ["x"])), [Deed.SET]),
        (book(("two", ["x"]), ("one", ["a", "b", "c"])), [Deed.MOVE]),
        (book(("one", ["a", "c"]), ("two", ["x", "b"])), [Deed.MOVE]),
        (book(("one", ["a", "b", "c", "x"])), [Deed.MOVE, Deed.DELETE]),
    ],
    ids=["added", "taken away", "moved", "reworded", "page moved", "to another page", "page goes"],
)
def test_one_edit_is_the_fewest_operations(wanted: Wanted, deeds: list[Deed]) -> None:
    pk, state = made(book(("one", ["a", "b", "c"]), ("two", ["x"])))

    asked = changed(PLAN, state, pk, wanted, batch=new_id())

    assert [one.op for one in asked] == deeds


def test_what_a_file_does_not_speak_of_stays_with_what_it_belongs_to() -> None:
    pk, state = made(book(("one", ["a", "b"]), ("two", [])))
    line = next(e for e in state.values() if e.values["text"] == "a")
    note = new_id()
    asked = created(PLAN, note, Wanted("note", {"text": "n"}), batch=new_id())
    asked[0].value["parent"] = str(line.id)
    state = done(asked, state)

    state = done(changed(PLAN, state, pk, book(("two", ["a"])), batch=new_id()), state)

    assert told(state, pk) == ([("two", ["a"])], "")
    assert [one.id for one in children(state, line.id, "note")] == [note]


def test_what_may_be_there_once_comes_back_rather_than_again() -> None:
    pk, state = made(book(seals="xy"))
    first = {e.id for e in state.values() if e.kind == "seal"}
    state = done(changed(PLAN, state, pk, book(seals="y"), batch=new_id()), state)

    state = done(changed(PLAN, state, pk, book(seals="xy"), batch=new_id()), state)

    assert told(state, pk) == ([], "xy")
    assert {e.id for e in state.values() if e.kind == "seal"} == first


@pytest.mark.parametrize(
    ("tags", "deeds"),
    [
        (["a", "b", "c"], [Deed.DELETE, Deed.SET, Deed.CREATE]),
        (["a"], [Deed.DELETE, Deed.CREATE, Deed.SET]),
    ],
    ids=["grows before anything is made", "shrinks last"],
)
def test_a_field_may_be_set_last(tags: list[str], deeds: list[Deed]) -> None:
    begin = book(("one", []))
    begin.values["tags"] = ["a", "b"]
    pk, state = made(begin)
    wanted = book(("two", []))
    wanted.values["tags"] = list[Any](tags)

    asked = changed(PLAN, state, pk, wanted, batch=new_id())

    assert [one.op for one in asked] == deeds


LINES = st.lists(st.sampled_from("abcd"), max_size=5)
PAGES = st.lists(st.tuples(st.sampled_from(["one", "two", "old", "ten"]), LINES), max_size=4)
BOOKS = st.builds(
    lambda pages, seals: (pages, "".join(seals)),
    PAGES,
    st.lists(st.sampled_from("xyz"), max_size=3, unique=True),
)


@pytest.mark.slow
@settings(max_examples=500, deadline=None)
@given(st.lists(BOOKS, min_size=2, max_size=4))
def test_every_way_from_one_book_to_the_next_arrives(books: list[Any]) -> None:
    (pages, seals), *following = books
    pk, state = made(book(*pages, seals=seals))
    for pages, seals in following:
        wanted = book(*pages, seals=seals)

        state = done(changed(PLAN, state, pk, wanted, batch=new_id()), state)

        assert told(state, pk) == ([(t, list(ls)) for t, ls in pages], seals)
        assert changed(PLAN, state, pk, wanted, batch=new_id()) == []
