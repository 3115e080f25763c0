"""Maps set as files and read back: the text of each is in its pages, whatever people wrote."""

from __future__ import annotations

import random
from collections import Counter
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from pptx import Presentation
from pypdf import PdfReader

from cxm.kernel.drawing.paper import TEMPLATE, told_pages
from cxm.kernel.drawing.slides import presentation
from cxm.kernel.drawing.svg_pages import svg_page
from cxm.kernel.typesetting.setting import typeset_pdf
from journeys.rules.sheet import MapSheet, SheetStep
from journeys.rules.sheet_frames import Paper, poster, tiled_pages
from journeys.rules.sheet_slides import slides
from tests import make
from tests.journeys.sheets import at, emotion_lane, rich_sheet, sheet, text_lane

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxm.kernel.drawing.marks import Page

pytestmark = pytest.mark.slow  # each sets a file
HOSTILE = (
    "W" * 300,
    "Donaudampfschifffahrtsgesellschaftskapitän " * 4,
    "أين مالي؟ لا أحد يجيب",
    "איפה הכסף שלי 12 ימים",
    "👩‍👩‍👧‍👦👍🏽🇩🇪 ok",
    "<b>&amp;</b> #set page(width: 1pt) $x$ \\ @a *b* _c_ `d`",
    "one\ttwo\u202e three\u0007 four\ud800",
    "e\u0301" * 50,
)


def _set(pages: Sequence[Page]) -> PdfReader:
    told = told_pages(pages, title="A map", author="Acme")
    content = typeset_pdf(TEMPLATE, told, at=make.NOW, pictures={}, most_signs=9_000_000)
    return PdfReader(BytesIO(content))


def _letters(text: str) -> str:
    return "".join(text.replace("\u200b", "").split())


def _read(pdf: PdfReader) -> tuple[str, list[str]]:
    """Give all letters of a file, and the texts that begin outside of their page."""
    said: list[str] = []
    outside: list[str] = []
    for page in pdf.pages:
        width, height = float(page.mediabox.width), float(page.mediabox.height)

        def visit(
            text: str, _user: Any, at: list[float], *_font: Any, w: float = width, h: float = height
        ) -> None:
            if text.strip() and not (0 <= at[4] <= w and 0 <= at[5] <= h):
                outside.append(text)

        said.append(page.extract_text(visitor_text=visit))
    return _letters("".join(said)), outside


def _fifty() -> MapSheet:
    """Make a map of 50 steps and 20 lanes, whose texts each say where they are."""
    words = ("wait", "money", "mail", "again", "nobody", "receipt", "counter", "I")
    dice = random.Random(7)  # noqa: S311 - texts of a test

    def text(step: int, lane: int) -> str:
        said = " ".join(dice.choice(words) for _ in range(dice.randint(3, 14)))
        return f"s{step}l{lane} {said}."

    lanes = [
        text_lane(*(at(step, text(step, lane)) for step in range(50)), title=f"Lane {lane}")
        for lane in range(19)
    ]
    mood = emotion_lane(*(dice.choice([None, -2.0, 0.4, 1.9]) for _ in range(50)))
    return sheet([5] * 10, lanes=(*lanes, mood))


def test_a_pdf_of_fifty_steps_loses_no_text() -> None:
    shown = _fifty()

    pdf = _set(tiled_pages(shown, Paper.A4))

    text, outside = _read(pdf)
    written = [item.text for lane in shown.lanes for item in lane.items]
    written += [step.title for step in shown.steps] + [stage.title for stage in shown.stages]
    assert [one for one in written if _letters(one) not in text] == []
    assert outside == []
    assert f"Page1of{len(pdf.pages)}" in text


@pytest.mark.parametrize("place", range(len(HOSTILE)))
def test_hostile_text_is_on_paper_as_it_was_written(place: int) -> None:
    hostile = HOSTILE[place]
    steps = tuple(SheetStep(str(n), hostile[:200]) for n in range(2))
    shown = sheet((2,), steps=steps, lanes=(text_lane(at(0, hostile), title=hostile[:60]),))

    for pages in (tiled_pages(shown, Paper.A4), [poster(shown).page]):
        text, outside = _read(_set(pages))

        assert outside == []
        found = Counter(text)
        wanted = Counter(_letters("".join(sign for sign in hostile if sign.isalnum())))
        # What is read from the right comes out in another order, and joined letters as one.
        kept = {sign: n for sign, n in wanted.items() if sign.isascii()}
        assert {sign: n for sign, n in kept.items() if found[sign] < 2 * n} == {}


@pytest.mark.parametrize("place", range(len(HOSTILE)))
def test_hostile_text_is_on_slides_as_it_was_written(place: int) -> None:
    hostile = HOSTILE[place]
    pain = at(0, hostile, is_pain=True)
    shown = sheet((1,), lanes=(text_lane(pain, title="Pains"),))

    made = Presentation(
        BytesIO(presentation(slides(shown), title=hostile, author="Acme", at=make.NOW))
    )

    texts = [
        shape.text_frame.text
        for slide in made.slides
        for shape in slide.shapes
        if shape.has_text_frame
    ]
    wanted = Counter(sign for sign in _letters(hostile) if sign.isalnum())
    assert [one for one in texts if not wanted - Counter(_letters(one))] != []


def test_the_same_map_gives_the_same_slides() -> None:
    made = [
        presentation(slides(rich_sheet()), title="A map", author="Acme", at=make.NOW)
        for _ in range(2)
    ]

    assert made[0] == made[1]


def test_a_drawing_shows_what_a_page_does() -> None:
    drawn = str(svg_page(poster(rich_sheet()).page, pictures={}))

    for words in ("Line of visibility", "No metric source", "+1.2", "The label does not print"):
        assert f">{words}</text>" in drawn
    assert 'stroke-dasharray="6 3"' in drawn  # the second persona's line
    assert "style=" not in drawn
