"""Operations in words: what was done at once is one line."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import Actor, Deed, Operation, Source
from cxm.kernel.operations.shapes import DocumentShape, ElementShape, FieldShape
from cxm.kernel.operations.state import State
from cxm.kernel.operations.wording import sittings
from tests import make

BEA = Actor("member", new_id())
SHAPE = DocumentShape(
    root="page",
    elements={
        "page": ElementShape(kind="page", label="page", title="", fields=()),
        "note": ElementShape(
            kind="note",
            label="note",
            title="",
            parents=("page",),
            fields=(FieldShape("text", str, "Text"),),
        ),
    },
)


def made(count: int, source: Source, *, seq: int = 1) -> list[Operation]:
    """Make a batch that adds *count* notes."""
    batch, told = new_id(), dict[str, Any]()
    return [
        Operation(
            seq=seq + number,
            id=new_id(),
            batch=batch,
            deed=Deed.CREATE,
            kind="note",
            lineage=new_id(),
            field="",
            before=None,
            after=told,
            actor=BEA,
            at=make.NOW + timedelta(seconds=seq + number),
            source=source,
        )
        for number in range(count)
    ]


@pytest.mark.parametrize(
    ("count", "source", "words", "inside"),
    [
        (3, Source.IMPORT, ["added a note"] * 3, [0, 0, 0]),
        (4, Source.IMPORT, ["imported 4 changes from a file"], [4]),
        (1_200, Source.IMPORT, ["imported 1,200 changes from a file"], [1_200]),
        (5, Source.UI, ["5 changes at once: added a note, added a note …"], [5]),
    ],
)
def test_many_changes_of_one_batch_are_one_line(
    count: int, source: Source, words: list[str], inside: list[int]
) -> None:
    [sitting] = sittings(made(count, source), State(), SHAPE)

    assert [line.words for line in sitting.lines] == words
    assert [len(line.inside) for line in sitting.lines] == inside


def test_the_line_of_a_batch_leads_to_its_end_and_what_came_after_stands_alone() -> None:
    operations = [*made(4, Source.IMPORT), *made(1, Source.UI, seq=5)]

    [sitting] = sittings(operations, State(), SHAPE)

    assert [line.seq for line in sitting.lines] == [5, 4]
    assert [line.seq for line in sitting.lines[1].inside] == [4, 3, 2, 1]


def test_changes_that_were_made_one_by_one_are_not_one_line() -> None:
    operations = [one for seq in range(1, 7) for one in made(1, Source.UI, seq=seq)]

    [sitting] = sittings(operations, State(), SHAPE)

    assert len(sitting.lines) == 6
