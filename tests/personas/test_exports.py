"""Personas, maps and the register as files: all of it, to those who may, written down."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image
from pypdf import PdfReader

from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Role
from personas.models import Persona
from personas.rules.kinds import SectionKind
from personas.selectors.persona_sheet import persona_sheet
from tests import make
from tests.collaboration.files import picture, stored
from tests.kernel.reading_pdf import alternatives
from tests.personas import editing
from tests.personas.exporting import SECRET, full_map
from tests.personas.mapping import client_of, map_of, placed, put, related, stakeholder, url

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.slow  # each makes a file, and what is in it by operations
PERSONA_FILES = ("persona-pdf", "persona-png")
MAP_FILES = ("map-pdf", "map-png", "map-drawing", "map-xlsx")
CONTENTS: dict[str, dict[str, Any]] = {
    "text": {"text": "She **works** shifts.\n\n- one\n- two & <three>"},
    "quote": {"text": "Just tell me.", "by": "A neighbour"},
    "traits": {"traits": [{"low": "Patient", "high": "Hasty", "value": 70}]},
    "links": {"links": [{"title": "Field notes", "url": "https://notes.example/1"}]},
}


def _get(member: Membership, name: str, *args: object, query: str = "") -> Any:
    return client_of(member).get(f"{url(member, name, *args)}?{query}")


def _text(answer: Any) -> str:
    """Read the words of a PDF, without the blanks between them."""
    pages = PdfReader(BytesIO(answer.content)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def _book(answer: Any) -> Any:
    return openpyxl.load_workbook(BytesIO(answer.content))


def _cells(sheet: Any) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def _colour(image: Any) -> tuple[int, ...]:
    found: tuple[int, ...] = image.convert("RGB").getpixel((0, 0))
    return found


def _said(member: Membership) -> list[tuple[str, str, dict[str, Any]]]:
    with tenant_bound(member.tenant_id):
        rows = AuditEntry.objects.for_tenant(member.tenant).filter(action__endswith="-exported")
        return [(one.action, one.object_name, one.changes) for one in rows.order_by("pk")]


def _full_persona(member: Membership) -> tuple[UUID, list[str]]:
    """Make a persona with a section of each kind, and give all that is written in it."""
    of = editing.persona(member, "Busy Bea")
    editing.do(member, of, editing.put(of, "tagline", "Always in a hurry"))
    editing.do(member, of, editing.put(of, "quote", "I have ten minutes."))
    words = ["Busy Bea", "Always in a hurry", "I have ten minutes."]
    for kind in SectionKind:
        title = f"The {kind.value} section"
        section = editing.section(member, of, kind.value, title)
        words.append(title)
        if kind.value in CONTENTS:
            editing.do(member, of, editing.put(section, "content", CONTENTS[kind.value]))
        elif kind in {SectionKind.NEEDS, SectionKind.JOBS, SectionKind.FACTS}:
            told = {"text": f"Said in {kind.value}", "label": "Named"}
            if kind is SectionKind.JOBS:
                told["facet"] = "social"
            told = {k: v for k, v in told.items() if k != "label" or kind is SectionKind.FACTS}
            editing.do(member, of, editing.create(new_id(), "fact", told, section))
            words.append(f"Said in {kind.value}")
    said = ["works", "one", "two & <three>", "Just tell me.", "A neighbour", "Patient", "Hasty"]
    return of, [*words, *said, "Field notes", "Named", "Social", "Not bound to a segment."]


def test_all_that_is_written_in_a_persona_is_in_its_pdf(bea: Membership) -> None:
    of, words = _full_persona(bea)

    answer = _get(bea, "persona-pdf", of)

    text = _text(answer)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="Busy Bea.pdf"'
    assert [one for one in words if "".join(one.split()) not in text] == []


def test_pictures_of_its_own_are_in_the_pdf_with_their_words(bea: Membership) -> None:
    of = editing.persona(bea)
    face, field = stored(bea), stored(bea, picture(colour="blue"), "field.png")
    section = editing.section(bea, of, "image", "Where she works")
    avatar = {"face": 0, "hair": 0, "skin": 0, "alt": "Bea at her desk"}
    editing.do(bea, of, editing.put(of, "picture", str(face.pk)), editing.put(of, "avatar", avatar))
    editing.do(bea, of, editing.put(of, "cover", str(field.pk)))
    told = {"asset": str(field.pk), "title": "The field", "alt": "A wide blue field"}
    editing.do(bea, of, editing.create(new_id(), "file", told, section))

    pdf = PdfReader(BytesIO(_get(bea, "persona-pdf", of).content))

    colours = {_colour(one.image) for page in pdf.pages for one in page.images}
    assert colours == {(255, 0, 0), (0, 0, 255)}
    assert {"Bea at her desk", "A wide blue field"} <= set(alternatives(pdf))
    assert "The field" in pdf.pages[0].extract_text()


def test_too_many_pictures_are_refused_in_words(
    bea: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("personas.selectors.persona_sheet.MOST_PICTURE_BYTES", 10)
    of = editing.persona(bea)
    editing.do(bea, of, editing.put(of, "cover", str(stored(bea).pk)))

    answer = _get(bea, "persona-pdf", of)

    assert answer.status_code == 422
    assert "The pictures are too large" in answer.content.decode()


def test_a_pdf_says_status_owner_day_and_pages_below(bea: Membership) -> None:
    of = editing.persona(bea)
    editing.do(bea, of, editing.put(of, "owner", str(bea.pk)))
    with tenant_bound(bea.tenant_id):
        row = Persona.objects.for_tenant(bea.tenant).select_related("owner__user").get(pk=of)
        sheet = persona_sheet(
            row, sees_answers=True, now=make.NOW, today=date(2026, 11, 22), is_paged=True
        )

    owner = bea.user.get_full_name() or "A member"
    assert sheet.told["footer"] == ["Busy Bea", "Assumed", f"Owner: {owner}", "22 Nov 2026"]


def test_a_persona_is_one_picture_whatever_its_length(bea: Membership) -> None:
    long, _ = _full_persona(bea)
    short = editing.persona(bea)

    asked = ((long, ""), (long, "scale=1"), (short, "scale=1"))
    answers = [_get(bea, "persona-png", of, query=query) for of, query in asked]

    assert [one["Content-Type"] for one in answers] == ["image/png"] * 3
    sizes = [Image.open(BytesIO(one.content)).size for one in answers]
    assert [size[0] for size in sizes] == [1_191, 595, 595]
    assert sizes[0][1] > sizes[1][1] > 1.5 * sizes[2][1]


def test_halves_stand_side_by_side_as_on_the_page(bea: Membership) -> None:
    of = editing.persona(bea)
    for title, width in (("a", "half"), ("b", "half"), ("c", "half"), ("d", "full"), ("e", "half")):
        pk = editing.section(bea, of, title=title)
        editing.do(bea, of, editing.put(pk, "width", width))

    with tenant_bound(bea.tenant_id):
        row = Persona.objects.for_tenant(bea.tenant).get(pk=of)
        sheet = persona_sheet(
            row, sees_answers=True, now=make.NOW, today=date(2026, 11, 22), is_paged=True
        )

    rows = [[one["title"] for one in row] for row in sheet.told["rows"]]
    assert rows == [["a", "b"], ["c"], ["d"], ["e"]]


def test_a_long_persona_is_not_asked_for_more_often_than_a_short_one(bea: Membership) -> None:
    counts = []
    of = editing.persona(bea)
    client = client_of(bea)
    for _ in range(2):
        section = editing.section(bea, of)
        for number in range(3):
            editing.fact(bea, of, section, f"Statement {number}")
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url(bea, "persona-pdf", of)).status_code == 200
        counts.append(len(asked))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("layout", ["rings", "sectors", "network", "power_interest"])
def test_all_that_a_map_says_is_in_its_pdf(bea: Membership, layout: str) -> None:
    on = full_map(bea)

    answer = _get(bea, "map-pdf", on.pk, query=f"layout={layout}")

    text = _text(answer)
    words = ["Who delivers", "From door to door.", "Courier & Co", "=Agency", "Regulator"]
    words += ["Keep satisfied", "Opposes", "4.5", "1.5", "Money", "Fees", f"{SECRET} deal"]
    words += ["Essential", "Interesting", "Legend", "On the map", "Relations"]
    assert [one for one in words if "".join(one.split()) not in text] == []
    page = PdfReader(BytesIO(answer.content)).pages[0].mediabox
    assert (round(page.width), round(page.height)) == (1_191, 842)


def test_a_map_is_named_by_its_title_and_layout(bea: Membership) -> None:
    on = map_of(bea, "Größe / ../x")

    answer = _get(bea, "map-pdf", on.pk, query="layout=network")

    assert answer["Content-Disposition"] == (
        "attachment; filename*=utf-8''Gr%C3%B6%C3%9Fe%20..%20x%2C%20network.pdf"
    )


@pytest.mark.parametrize("scale", [1, 4])
def test_a_map_is_drawn_as_large_as_was_asked(bea: Membership, scale: int) -> None:
    on = full_map(bea)

    answer = _get(bea, "map-png", on.pk, query=f"layout=network&scale={scale}")

    assert Image.open(BytesIO(answer.content)).size == (1_000 * scale, 1_000 * scale)


def test_a_workbook_holds_the_map_as_texts_and_numbers(bea: Membership) -> None:
    on = full_map(bea)

    book = _book(_get(bea, "map-xlsx", on.pk))

    assert book.sheetnames == [
        "Stakeholders", "Placements", "Relations", "Relation matrix", "Info",
    ]  # fmt: skip
    stakeholders, placements = _cells(book["Stakeholders"]), _cells(book["Placements"])
    assert stakeholders[1:] == [
        ["courier-co", "Courier & Co", "Partner", None],
        ["agency", "=Agency", "Regulator", None],
    ]
    assert book["Stakeholders"]["B3"].data_type == "s"
    first = dict(zip(placements[0], placements[1], strict=True))
    told = {name: first[name] for name in ("Ring", "Sector", "Power", "Interest", "Attitude")}
    assert told == {
        "Ring": "Essential", "Sector": "Partner", "Power": 4.5, "Interest": 1.5,
        "Attitude": "Opposes",
    }  # fmt: skip
    assert _cells(book["Relation matrix"]) == [
        ["gives ↓ gets →", "Courier & Co", "=Agency"],
        ["Courier & Co", None, "money"],
        ["=Agency", None, None],
    ]
    relation = _cells(book["Relations"])[1]
    assert relation[1:8] == ["Courier & Co", "agency", "=Agency", "Money", "One way", 2, "Fees"]


def test_no_cell_of_a_workbook_is_a_formula(bea: Membership) -> None:
    on = map_of(bea, "=1+1", description="@SUM(A1)")
    one, two = placed(bea, on, "=2+2"), placed(bea, on, "-2")
    put(bea, on, one.pk, note="+3")
    related(bea, on, one, two, "trust", title="=HYPERLINK(1)", note="@x")

    book = _book(_get(bea, "map-xlsx", on.pk))

    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert {"=1+1", "@SUM(A1)", "=2+2", "+3", "=HYPERLINK(1)", "@x"} <= {c.value for c in cells}


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("kind=regulator", "stakeholders of the kind regulator"),
        ("ring=2", "in ring Interesting"),
        ("sector=none", "in sector none"),
    ],
)
def test_files_of_a_map_show_what_its_filter_leaves(
    bea: Membership, query: str, words: str
) -> None:
    on = full_map(bea)

    book = _book(_get(bea, "map-xlsx", on.pk, query=query))

    assert [row[1] for row in _cells(book["Stakeholders"])[1:]] == ["=Agency"]
    assert ["Filter", words] in _cells(book["Info"])


def test_the_register_is_given_filtered_as_its_list_is(bea: Membership) -> None:
    stakeholder(bea, "Courier", description="-Brings parcels")
    stakeholder(bea, "Agency", "regulator")

    answer = _get(bea, "register-xlsx", query="kind=partner")

    rows = _cells(_book(answer)["Stakeholders"])
    assert rows[1] == ["courier", "Courier", "Partner", "-Brings parcels", None, None, "no"]
    assert len(rows) == 2


def test_each_file_is_written_down(bea: Membership) -> None:
    of, on = editing.persona(bea), full_map(bea)

    for name in PERSONA_FILES:
        assert _get(bea, name, of).status_code == 200
    for name in MAP_FILES:
        assert _get(bea, name, on.pk).status_code == 200
    assert _get(bea, "register-xlsx").status_code == 200

    assert _said(bea) == [
        ("persona-exported", "Busy Bea", {"as": "pdf"}),
        ("persona-exported", "Busy Bea", {"as": "png"}),
        *(
            ("stakeholdermap-exported", "Who delivers", {"as": ending, "layout": "rings"})
            for ending in ("pdf", "png", "svg", "xlsx")
        ),
        ("stakeholders-exported", "", {"as": "xlsx"}),
    ]


@pytest.mark.parametrize("scale", ["0", "5", "two", "1.5"])
def test_a_scale_that_there_is_not_is_refused(bea: Membership, scale: str) -> None:
    on = full_map(bea)

    answer = _get(bea, "map-png", on.pk, query=f"scale={scale}")

    assert answer.status_code == 422
    assert "Choose a scale of 1, 2, 3 or 4." in answer.content.decode()
    assert _said(bea) == []


def test_a_persona_that_is_too_long_is_refused_in_words(bea: Membership) -> None:
    of = editing.persona(bea)
    words = "w" * 999
    for _ in range(6):
        pk = editing.section(bea, of)
        facts = [
            editing.create(new_id(), "fact", {"text": f"{words}{number % 10}"}, pk)
            for number in range(80)
        ]
        editing.do(bea, of, *facts)

    answer = _get(bea, "persona-pdf", of)

    assert answer.status_code == 422
    assert "Shorten it, or split it in two." in answer.content.decode()
    assert _said(bea) == []


@pytest.mark.parametrize("name", [*PERSONA_FILES, *MAP_FILES, "register-xlsx"])
def test_files_are_only_for_those_who_may_export(bea: Membership, name: str) -> None:
    ids = {"p": editing.persona(bea), "m": map_of(bea).pk}
    wanted = [ids[name[0]]] if name[0] in ids else []
    viewer = make.member(of=bea.tenant, role=Role.VIEWER)
    contributor = make.member(of=bea.tenant, role=Role.CONTRIBUTOR)

    assert _get(viewer, name, *wanted).status_code == 404
    assert _get(contributor, name, *wanted).status_code == 200


@pytest.mark.parametrize("name", [*PERSONA_FILES, *MAP_FILES])
def test_nothing_of_another_tenant_is_given(bea: Membership, name: str) -> None:
    other = make.member()
    pk = editing.persona(other) if name.startswith("persona") else map_of(other).pk

    assert _get(bea, name, pk, query="scale=9").status_code == 404
    assert _said(bea) == []
    assert _said(other) == []


@pytest.mark.parametrize(
    ("visibility", "status"), [("hidden", 404), ("listed", 404), ("viewable", 200)]
)
def test_a_map_is_given_to_those_who_may_read_it(
    bea: Membership, ana: Membership, visibility: str, status: int
) -> None:
    on = map_of(bea, visibility=visibility)

    assert [_get(ana, name, on.pk).status_code for name in MAP_FILES] == [status] * 4


def test_menus_offer_files_to_those_who_may_export(bea: Membership) -> None:
    of, on = editing.persona(bea), full_map(bea)
    viewer = make.member(of=bea.tenant, role=Role.VIEWER)

    def offered(member: Membership) -> list[str]:
        pages = [_get(member, "persona-page", of), _get(member, "map-page", on.pk)]
        pages.append(_get(member, "stakeholder-list"))
        text = "".join(one.content.decode() for one in pages)
        paths = [url(member, name, of) for name in PERSONA_FILES]
        paths += [url(member, name, on.pk) for name in MAP_FILES]
        return [path for path in [*paths, url(member, "register-xlsx")] if path in text]

    assert len(offered(bea)) == 7
    assert offered(viewer) == []
    assert 'id="map-more"' not in _get(viewer, "map-page", on.pk).content.decode()
