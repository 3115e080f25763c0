"""Sheets of maps that come back, changed or as they were."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from openpyxl import load_workbook

from cxm.kernel.cxmap.writing import written
from cxm.kernel.sheets import Reading
from cxm.tenants.binding import tenant_bound
from journeys.rules.cxmap_shapes import FILE
from journeys.rules.sheet_options import FileKind, Options
from journeys.services.exports import draw_map, export_map_file
from journeys.services.map_files_in import apply_files, preview_files
from journeys.services.map_incoming import read_incoming
from tests import make
from tests.journeys.filing import HEAD, STAGES, asking, exported, taken_in, the_map
from tests.journeys.random_maps import trees
from tests.journeys.test_map_imports import LANES

if TYPE_CHECKING:
    from collections.abc import Callable

    from cxm.tenants.models import Membership
    from journeys.models import JourneyMap
    from journeys.services.map_files_in import Outcome

pytestmark = pytest.mark.django_db
SMALL = HEAD + STAGES + LANES


@pytest.fixture
def bea(db: None) -> Membership:
    return make.member()


def sheets(member: Membership, of: JourneyMap, kind: FileKind = FileKind.XLSX) -> bytes:
    """Take a map out as a workbook, or as a zip of CSV files."""
    with tenant_bound(member.tenant_id):
        drawn = draw_map(of=of, reader=member, sees_answers=True, now=make.NOW)
        file = export_map_file(
            of=of, drawn=drawn, options=Options(kind=kind), by=member, now=make.NOW
        )
    return file.content


def back(
    member: Membership, content: bytes, *, name: str = "", is_dry: bool = False, **more: Any
) -> Outcome:
    reading = more.pop("reading", None)
    with tenant_bound(member.tenant_id):
        read = read_incoming(
            asking=asking(member, **more), content=content, name=name, reading=reading
        )
        take = preview_files if is_dry else apply_files
        return take(asking=read.asking, files=read.files)


def edited(content: bytes, change: Callable[[Any], None]) -> bytes:
    """Let somebody change a workbook."""
    book = load_workbook(BytesIO(content))
    change(book)
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


def row_of(sheet: Any, key: str) -> int:
    return next(n for n, row in enumerate(sheet.iter_rows(values_only=True), 1) if row[0] == key)


@pytest.mark.slow
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(tree=trees())
@pytest.mark.parametrize("kind", [FileKind.XLSX, FileKind.CSV])
def test_sheets_taken_out_and_in_again_change_nothing(
    db: None, kind: FileKind, tree: dict[str, Any]
) -> None:
    bea = make.member()
    taken_in(bea, written(tree, FILE))
    of = the_map(bea)

    found = back(bea, sheets(bea, of, kind), is_dry=True)

    assert found.preview.faults == []
    told = next(part for part in found.preview.parts if part.kind == "journey-map")
    assert (told.becomes, list(told.steps)) == ("same", [])


def test_what_is_changed_in_a_workbook_changes_on_the_map(bea: Membership) -> None:
    taken_in(bea, SMALL)
    of = the_map(bea)

    def change(book: Any) -> None:
        cards, steps = book["Cards"], book["Steps"]
        cards.cell(row_of(cards, "search"), 5).value = "I look for the label"
        cards.append([None, "does", "wait-refund", None, "I ask a friend"])
        steps.cell(row_of(steps, "wait-refund"), 4).value = "I wait for my money"

    back(bea, edited(sheets(bea, of), change))

    text = exported(bea, the_map(bea), profile="map")
    wanted = SMALL.replace("I search for the label", "I look for the label")
    wanted = wanted.replace("I wait for the refund", "I wait for my money")
    wanted = wanted.replace(
        "        text: I wonder when\n",
        "        text: I wonder when\n      - key: i-ask-a-friend\n        step: wait-refund\n"
        "        text: I ask a friend\n",
    )
    assert text == wanted


def test_a_row_that_is_missing_leaves_its_card_where_it_is(bea: Membership) -> None:
    taken_in(bea, SMALL)

    def change(book: Any) -> None:
        book["Cards"].delete_rows(row_of(book["Cards"], "search"))

    found = back(bea, edited(sheets(bea, the_map(bea)), change))

    assert exported(bea, the_map(bea), profile="map") == SMALL
    assert [one.message for one in found.preview.notices] == [
        "1 card of the map stays as before: no row tells of it."
    ]


def test_an_emotion_moves_with_its_row(bea: Membership) -> None:
    taken_in(bea, SMALL.replace("        wait-refund: -0.5\n", ""))

    def change(book: Any) -> None:
        cards = book["Cards"]
        place = next(n for n, r in enumerate(cards.iter_rows(values_only=True), 1) if r[5] == 1.2)
        cards.cell(place, 3).value = "wait-refund"

    back(bea, edited(sheets(bea, the_map(bea)), change))

    text = exported(bea, the_map(bea), profile="map")
    assert text.endswith("    values:\n      _:\n        wait-refund: 1.2\n")


WRONG = [
    pytest.param("Cards", 3, "nowhere", "There is no step “nowhere”", id="no step"),
    pytest.param("Cards", 2, "nolane", "There is no lane “nolane”", id="no lane"),
    pytest.param("Cards", 8, "store", "kind:key", id="a reference without a kind"),
    pytest.param("Steps", 6, "perhaps", "neither yes nor no", id="no yes"),
    pytest.param("Steps", 7, "many", "is no number", id="no number"),
    pytest.param("Lanes", 6, "{", "no JSON", id="no settings"),
    pytest.param("Lanes", 2, "emotion", "The kind of a lane stays", id="another kind"),
]


@pytest.mark.parametrize(("sheet", "column", "value", "words"), WRONG)
def test_a_cell_that_is_wrong_is_told_with_its_row(
    bea: Membership, sheet: str, column: int, value: str, words: str
) -> None:
    taken_in(bea, SMALL)

    def change(book: Any) -> None:
        book[sheet].cell(2, column).value = value

    found = back(bea, edited(sheets(bea, the_map(bea)), change), is_dry=True)

    told = [(one.path, one.line) for one in found.preview.faults if words in one.message]
    assert told == [(f"{sheet}, row 2", 2)], found.preview.faults


def test_a_table_alone_makes_a_map_by_its_titles(bea: Membership) -> None:
    table = (
        "Lane;Before;;After\n;I look;I choose;I use it\n"
        'Does;"I ask around\nI search";I order;\nFeels;1;-1,5;2\n'
    )

    found = back(bea, table.encode("cp1252"), name="Buying a bike.csv")

    assert [one.name for one in found.maps] == ["Buying a bike"]
    text = exported(bea, found.maps[0], profile="map")
    assert "  - key: before\n    title: Before\n    steps:\n      - key: i-look\n" in text
    assert "        text: I ask around\n      - key: i-search\n" in text
    assert "        i-choose: -1.5\n" in text


def test_a_table_put_on_a_map_changes_what_it_names(bea: Membership) -> None:
    taken_in(bea, SMALL)
    table = "Lane\tHand over\n\tI show a code\nDoes\tI search for the label\nNew\tSomething\n"

    back(bea, table.encode(), name="t.tsv", onto=the_map(bea))

    text = exported(bea, the_map(bea), profile="map")
    assert SMALL.split("lanes:")[0] in text
    assert "  - key: new\n    kind: text\n    title: New\n" in text
    assert "key: wonder" not in text  # it stood in the cell, and does not any more


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-16", ";"), ("latin-1", "|"), ("utf-8", "\t"), ("cp1252", ",")]
)
def test_encoding_and_delimiter_are_found_out_or_chosen(
    bea: Membership, encoding: str, delimiter: str
) -> None:
    table = f"Lane{delimiter}Überall\n{delimiter}Ich zähle\nDoes{delimiter}Ärger\n"

    read = []
    with tenant_bound(bea.tenant_id):
        for reading in (None, Reading(encoding, delimiter)):
            told = read_incoming(
                asking=asking(bea), content=table.encode(encoding), name="t.csv", reading=reading
            )
            read.append(told.files[0].document.tree["stages"][0]["title"])

    assert read == ["Überall", "Überall"]


def test_a_wrong_encoding_is_refused_in_words(bea: Membership) -> None:
    found = back(
        bea, "Überall".encode("cp1252"), name="t.csv", is_dry=True, reading=Reading("utf-8", "")
    )

    assert [one.message for one in found.preview.faults] == [
        "This file is not written in utf-8: choose another encoding."
    ]


def test_a_workbook_with_macros_is_refused(bea: Membership) -> None:
    made = BytesIO()
    with ZipFile(made, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/vbaProject.bin", "x")

    found = back(bea, made.getvalue(), is_dry=True)

    assert [one.message for one in found.preview.faults] == [
        "This workbook has macros: save it as .xlsx, without them."
    ]


@pytest.mark.parametrize("content", [b"PK\x03\x04broken", b"\xff\xfe\x00", b"\x00" * 50])
def test_what_is_no_file_at_all_is_told_and_never_fails(bea: Membership, content: bytes) -> None:
    found = back(bea, content, is_dry=True)

    assert found.preview.faults


def test_sheets_of_a_map_that_is_not_here_say_so(bea: Membership) -> None:
    taken_in(bea, SMALL)
    content = sheets(bea, the_map(bea))

    found = back(make.member(), content, is_dry=True)

    assert "open it, and import them there" in found.preview.faults[0].message
