"""Maps as files: all of them is in there, to those who may, and each time is written down."""

from __future__ import annotations

import json
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image
from pptx import Presentation
from pypdf import PdfReader

from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Role
from journeys.rules import sheet_columns as columns
from tests import make
from tests.journeys import charting as m
from tests.journeys.exporting import TOLD, full_map, url
from tests.kernel.reading_pdf import alternatives
from tests.personas.mapping import client_of

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership
    from tests.journeys.exporting import Full

pytestmark = [pytest.mark.django_db, pytest.mark.slow]  # each draws a map by operations


@pytest.fixture
def bea(db: None) -> Membership:
    return make.member()


@pytest.fixture
def on(bea: Membership) -> Full:
    return full_map(bea)


def _make(member: Membership, pk: UUID, **sent: Any) -> Any:
    return client_of(member).post(url(member, "map-export", pk), sent)


def _letters(text: str) -> str:
    return "".join(text.split())


def _pdf_text(content: bytes) -> str:
    pages = PdfReader(BytesIO(content)).pages
    return _letters("".join(page.extract_text() for page in pages).replace("\u200b", ""))


def _missing(text: str) -> list[str]:
    return [one for one in TOLD if _letters(one) not in text]


def _sheet(answer: Any, title: str) -> list[dict[str, Any]]:
    book = openpyxl.load_workbook(BytesIO(answer.content))
    heads, *lines = [[cell.value for cell in row] for row in book[title].iter_rows()]
    return [dict(zip(map(str, heads), line, strict=True)) for line in lines]


@pytest.mark.parametrize("pages", ["tiled", "poster"])
def test_all_that_is_on_a_map_is_in_its_pdf(bea: Membership, on: Full, pages: str) -> None:
    answer = _make(bea, on.pk, kind="pdf", pages=pages)

    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="I send back shoes, As it is.pdf"'
    assert _missing(_pdf_text(answer.content)) == []


def test_a_pdf_is_tagged_in_its_language_with_fonts_and_words_for_curves(
    bea: Membership, on: Full
) -> None:
    pdf = PdfReader(BytesIO(_make(bea, on.pk, kind="pdf").content))

    root: Any = pdf.trailer["/Root"]
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    told = alternatives(pdf)
    assert "Feels. Busy Bea: +1.2 at “Hand over 1”, −0.7 at “Get the money 1”" in told
    assert "A queue" in told


def test_slides_say_the_steps_and_the_worst_pains(bea: Membership, on: Full) -> None:
    text = _pdf_text(_make(bea, on.pk, kind="pdf", pages="slides").content)

    for words in ("Thewholeway", "Handover2", "Nobodysayswhen", "Legend", "BusyBea(mainpersona)"):
        assert words in text


def test_slides_open_with_shapes_that_can_be_edited(bea: Membership, on: Full) -> None:
    answer = _make(bea, on.pk, kind="pptx")

    made = Presentation(BytesIO(answer.content))
    titles = [slide.shapes.title.text for slide in made.slides]
    assert titles == ["As it is", "The whole way", "1  Hand over", "2  Get the money", "Legend"]
    stage: Any = made.slides[2]
    texts = [shape.text_frame.text for shape in stage.shapes if shape.has_text_frame]
    assert "Nobody says when" in texts
    assert "Step 2  ·  Moment of truth\nHand over 2" in texts
    curves = [one for shape in stage.shapes if shape.shape_type == 6 for one in shape.shapes]
    assert any(one.shape_type == 5 for one in curves)
    described = [shape._element.xpath(".//p:cNvPr")[0].get("descr") for shape in stage.shapes]
    assert "Feels. Busy Bea: +1.2 at “Hand over 1”" in described


def test_a_picture_is_as_large_as_was_asked(bea: Membership, on: Full) -> None:
    answers = [_make(bea, on.pk, kind="png", scale=scale) for scale in (1, 3)]

    one, three = (Image.open(BytesIO(answer.content)).size for answer in answers)
    assert [answer["Content-Type"] for answer in answers] == ["image/png"] * 2
    assert three == pytest.approx((one[0] * 3, one[1] * 3), abs=3)


def test_a_drawing_is_text_and_runs_nothing(bea: Membership, on: Full) -> None:
    m.card(bea, on.pk, on.lanes["text"], on.steps[0], text="<script>alert(1)</script>")

    answer = _make(bea, on.pk, kind="svg")

    text = answer.content.decode()
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<svg')
    assert "<script" not in text
    assert ">I look for the slip</text>" in text
    assert "data:image/png;base64," in text


def test_a_part_of_a_map_is_taken_out_alone(bea: Membership, on: Full) -> None:
    answer = _make(bea, on.pk, kind="svg", stage=str(on.stages[0]), lane=[str(on.lanes["text"])])

    text = answer.content.decode()
    assert "I look for the slip" in text
    assert "Get the money" not in text
    assert "Telephone" not in text


def test_a_workbook_has_the_sheets_that_are_read_back(bea: Membership, on: Full) -> None:
    answer = _make(bea, on.pk, kind="xlsx")

    book = openpyxl.load_workbook(BytesIO(answer.content))
    assert tuple(book.sheetnames) == columns.SHEETS
    steps = _sheet(answer, columns.STEPS)
    assert [(one["Key"], one["Stage title"]) for one in steps] == [
        ("hand-over-1", "Hand over"),
        ("hand-over-2", "Hand over"),
        ("get-the-money-1", "Get the money"),
    ]
    assert steps[0]["Description"] == "About the counter"
    assert steps[0]["Touchpoints"].split()[1] == "primary"
    assert (steps[1]["Moment of truth"], steps[2]["Moment of truth"]) == ("yes", None)
    assert (steps[2]["Expected duration"], steps[2]["Roles"]) == ("P3D", "courier A")
    cards = {one["Text"] or one["Reference"]: one for one in _sheet(answer, columns.CARDS)}
    whole = cards["The whole time"]
    assert (whole["Lane"], whole["Step"], whole["To"]) == ("does", "hand-over-1", "get-the-money-1")
    assert cards["So slow"]["Value"] == -0.7
    assert cards["So slow"]["Persona"] == cards["Keep the slip safe"]["Persona"]
    assert cards["Queue of people"]["File"] == "picture.png"
    references = {one["Reference"].partition(":")[0] for one in cards.values() if one["Reference"]}
    assert references == {"insight", "channel"}
    lanes = {one["Title"]: one for one in _sheet(answer, columns.LANES)}
    assert (lanes["Does"]["Kind"], lanes["Does"]["Zone"]) == ("text", "frontstage")
    [found] = _sheet(answer, columns.INSIGHTS)
    assert (found["Title"], found["Impact"], found["Steps"]) == (
        "Nobody says when",
        -1.5,
        "hand-over-2",
    )


def test_the_first_sheet_is_the_map_as_it_is_seen(bea: Membership, on: Full) -> None:
    book = openpyxl.load_workbook(BytesIO(_make(bea, on.pk, kind="xlsx").content))

    rows = [[cell.value for cell in row] for row in book[columns.MAP].iter_rows()]
    assert rows[0] == ["Lane", "Hand over", "Hand over", "Get the money"]
    assert rows[1] == [None, "Hand over 1", "Hand over 2", "Get the money 1"]
    by_title = {row[0]: row[1:] for row in rows[2:]}
    assert by_title["Does"] == [
        "I look for the slip\nThe whole time", "=1+1\nKeep the slip safe", None,
    ]  # fmt: skip
    assert by_title["Feels"] == ["Busy Bea: +1.2", None, "Busy Bea: −0.7\nSo slow"]


def test_no_cell_is_a_formula(bea: Membership, on: Full) -> None:
    book = openpyxl.load_workbook(BytesIO(_make(bea, on.pk, kind="xlsx").content))
    archive = ZipFile(BytesIO(_make(bea, on.pk, kind="csv").content))

    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert archive.namelist() == [f"{title.lower()}.csv" for title in columns.SHEETS]
    cards = archive.read("cards.csv").decode("utf-8-sig")
    assert ",'=1+1," in cards
    assert ",=1+1," not in cards


def test_hidden_lanes_are_left_out_and_folded_ones_are_open(bea: Membership, on: Full) -> None:
    m.do(bea, on.pk, m.put(on.lanes["text"], "is_hidden", value=True))
    m.do(bea, on.pk, m.put(on.stages[0], "is_collapsed", value=True))

    text = _make(bea, on.pk, kind="svg").content.decode()

    assert "I look for the slip" not in text
    assert "Hand over 2" in text


def test_who_takes_a_map_out_is_written_down(bea: Membership, on: Full) -> None:
    _make(bea, on.pk, kind="pdf", pages="poster", paper="a1")
    _make(bea, on.pk, kind="csv")

    with tenant_bound(bea.tenant_id):
        rows = AuditEntry.objects.for_tenant(bea.tenant).filter(action="map-exported")
        told = [(one.object_name, one.changes) for one in rows.order_by("pk")]
    assert told == [("As it is", {"as": "pdf", "pages": "poster"}), ("As it is", {"as": "csv"})]


def test_a_larger_map_is_not_read_with_more_queries(bea: Membership, on: Full) -> None:
    counts = []
    client = client_of(bea)
    for number in range(2):
        for extra in range(number * 3):
            m.card(bea, on.pk, on.lanes["text"], on.steps[0], text=f"More {extra}")
        with CaptureQueriesContext(connection) as asked:
            assert client.post(url(bea, "map-export", on.pk), {"kind": "svg"}).status_code == 200
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_viewers_and_strangers_take_nothing_out(bea: Membership, on: Full) -> None:
    viewer = make.member(of=bea.tenant, role=Role.VIEWER)
    stranger = make.member()

    answers = [
        client_of(viewer).get(url(bea, "map-export", on.pk)),
        client_of(stranger).get(url(bea, "map-export", on.pk)),
        client_of(stranger).get(url(stranger, "map-export", on.pk)),
        client_of(stranger).post(url(stranger, "map-export", on.pk), {"kind": "nonsense"}),
        client_of(bea).get(url(bea, "map-export", new_id())),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404, 404, 404]


def test_a_map_leads_to_its_files_for_those_who_may_take_it_out(bea: Membership, on: Full) -> None:
    viewer = make.member(of=bea.tenant, role=Role.VIEWER)

    pages = [
        client_of(one).get(url(bea, "map-page", on.pk)).content.decode() for one in (bea, viewer)
    ]

    assert [url(bea, "map-export", on.pk) in page for page in pages] == [True, False]


def test_a_map_looked_at_one_stage_is_printed_so(bea: Membership, on: Full) -> None:
    page = client_of(bea).get(url(bea, "map-export", on.pk) + f"?stage={on.stages[1]}&zoom=75")

    text = page.content.decode()
    assert ">Get the money 1</text>" in text
    assert ">Hand over 1</text>" not in text


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"kind": "docx"}, "Choose one of the kinds of files."),
        ({"pages": "rolled"}, "Choose how the pages are laid out."),
        ({"paper": "a2"}, "Pages to glue together are A4 or A3."),
        ({"paper": "letter"}, "Choose a size of paper from A0 to A4, or as large as needed."),
        ({"kind": "png", "scale": "9"}, "Choose a size of 1, 2, 3 or 4."),
        ({"kind": "svg", "stage": "x"}, "Choose among the stages of this map."),
        ({"kind": "svg", "lane": "x"}, "Choose among the lanes of this map."),
    ],
)
def test_what_makes_no_file_is_refused_by_its_field(
    bea: Membership, on: Full, sent: dict[str, str], words: str
) -> None:
    answer = _make(bea, on.pk, **sent)

    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_the_page_shows_what_a_file_will_look_like(bea: Membership, on: Full) -> None:
    client = client_of(bea)
    m.stage(bea, on.pk, "Afterwards", steps=8)

    page = client.get(url(bea, "map-export", on.pk) + "?kind=pdf&pages=poster&paper=a4")
    part = client.get(url(bea, "map-export", on.pk) + "?kind=xlsx", headers={"HX-Request": "true"})

    text = page.content.decode()
    assert "1 page of 297 × 210 mm" in text
    assert "The smallest text will be" in text
    assert 'aria-label="Page 1"' in text
    assert "data:image" not in text
    assert "6 sheets: Map, Cards, Steps, Lanes, Insights, Info" in part.content.decode()
    assert "<html" not in part.content.decode()


def test_settings_of_a_lane_are_written_as_json(bea: Membership, on: Full) -> None:
    m.do(bea, on.pk, m.put(on.lanes["scale"], "config", {"min": 1, "max": 7}))

    lanes = {one["Title"]: one for one in _sheet(_make(bea, on.pk, kind="xlsx"), columns.LANES)}

    assert json.loads(lanes["Effort"]["Settings"]) == {"max": 7, "min": 1}
