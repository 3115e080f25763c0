"""Maps placed on pages: all of it there, all of it inside, and where one looks for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxm.kernel.drawing.marks import Figure, Page, Role, Stroke, Tile, smallest_text
from cxm.kernel.typesetting.widths import width_of
from journeys.rules.kinds import LaneKind
from journeys.rules.sheet import MapSheet, SheetStage, SheetStep, selection
from journeys.rules.sheet_frames import Paper, poster, tiled_layout, tiled_pages, whole
from journeys.rules.sheet_layout import sliced
from journeys.rules.sheet_look import TEXT_SIZE
from journeys.rules.sheet_slides import SIZES, slides
from tests.journeys.sheets import at, emotion_lane, rich_sheet, sheet, stages_of, text_lane

if TYPE_CHECKING:
    from collections.abc import Iterable

LONG = "I look at my mail again, since nobody said on which day the money comes. "


def tiles(page: Page) -> list[Tile]:
    found: list[Tile] = []
    for mark in page.marks:
        inside = mark.marks if isinstance(mark, Figure) else (mark,)
        found += [one for one in inside if isinstance(one, Tile)]
    return found


def said(pages: Iterable[Page], *, read: bool = False) -> str:
    """Give all letters of pages, without blanks; only what is read aloud if *read*."""
    lines = [
        line
        for page in pages
        for tile in tiles(page)
        if tile.words and not (read and tile.words.role is Role.DECORATION)
        for line in tile.words.lines
    ]
    return "".join("".join(lines).split())


def outside(page: Page) -> list[Tile]:
    """List the texts that stand outside of a page."""
    found = []
    for tile in tiles(page):
        if tile.words is None or not tile.words.lines:
            continue
        top, left = tile.y + tile.inset[1], tile.x + tile.inset[0]
        widest = max(
            width_of(line, tile.words.size, tile.words.weight) for line in tile.words.lines
        )
        room = tile.width - 2 * tile.inset[0]
        is_in = left >= 0 and top >= 0 and top + tile.words.height <= page.height + 0.01
        if not is_in or left + max(room, widest) > page.width + 0.01:
            found.append(tile)
    return found


def _texts(shown: MapSheet) -> list[str]:
    found = [stage.title for stage in shown.stages] + [step.title for step in shown.steps]
    found += [sign for step in shown.steps for sign in step.signs]
    for lane in shown.lanes:
        found += [lane.title, *lane.notes, lane.said]
        found += [text for item in lane.items for text in (item.text, item.label)]
    return found


def _lost(shown: MapSheet, pages: list[Page], *, read: bool = True) -> list[str]:
    text = said(pages, read=read)
    return [one for one in _texts(shown) if "".join(one.split()) not in text]


@pytest.mark.parametrize(
    ("counts", "most", "slices"),
    [
        pytest.param((3, 2), 5, ((0, 4),), id="all in one"),
        pytest.param((3, 2, 4), 5, ((0, 4), (5, 8)), id="stages stay together"),
        pytest.param((3, 4), 5, ((0, 2), (3, 6)), id="the second goes on its own page"),
        pytest.param((7, 2), 3, ((0, 2), (3, 5), (6, 8)), id="a long stage is split"),
        pytest.param((1, 1, 1), 1, ((0, 0), (1, 1), (2, 2)), id="one step a page"),
    ],
)
def test_stages_stay_together_where_they_fit(
    counts: tuple[int, ...], most: int, slices: tuple[tuple[int, int], ...]
) -> None:
    assert sliced(stages_of(counts), most) == slices


@pytest.mark.parametrize("paper", [Paper.A4, Paper.A3])
def test_all_of_a_map_stands_on_its_pages_and_inside_them(paper: Paper) -> None:
    shown = rich_sheet()

    pages = tiled_pages(shown, paper)

    assert _lost(shown, pages) == []
    assert [outside(page) for page in pages] == [[] for _ in pages]
    assert {(page.width, page.height) for page in pages} == {paper.size}


@pytest.mark.slow
def test_a_map_of_fifty_steps_and_twenty_lanes_loses_nothing() -> None:
    lanes = [
        text_lane(
            *(at(step, LONG * (1 + (step + lane) % 3)) for step in range(50)), title=f"L{lane}"
        )
        for lane in range(19)
    ]
    shown = sheet([5] * 10, lanes=(*lanes, emotion_lane(*([0.5, None, -2.0, 2.0, 1.1] * 10))))

    pages = tiled_pages(shown, Paper.A3)

    assert _lost(shown, pages) == []
    written = sum(1 + (step + lane) % 3 for step in range(50) for lane in range(19))
    assert said(pages).count("".join(LONG.split())) == written


@pytest.mark.slow
def test_an_item_higher_than_a_page_goes_on_line_by_line() -> None:
    shown = sheet((2,), lanes=(text_lane(at(0, LONG * 150), at(1, "Short")),))

    pages = tiled_pages(shown, Paper.A4)

    words = [tile.words for page in pages for tile in tiles(page) if tile.words]
    items = [
        line for one in words if one.size == TEXT_SIZE and one.weight == 400 for line in one.lines
    ]
    assert len(pages) > 2
    assert "".join("".join(items).replace("Short", "").split()) == "".join((LONG * 150).split())
    assert [outside(page) for page in pages] == [[] for _ in pages]


def test_an_item_over_a_seam_stands_on_both_pages() -> None:
    shown = sheet((6, 6), lanes=(text_lane(at(2, "I keep the slip the whole time", 9)),))
    layout = tiled_layout(shown, Paper.A4)

    pages = tiled_pages(shown, Paper.A4)

    seam = layout.slices[0][1]
    assert 2 <= seam < 9
    assert [said([page]).count("Ikeeptheslip") for page in pages] == [1, 1]
    assert [outside(page) for page in pages] == [[], []]


def test_every_page_has_the_titles_of_its_steps_and_of_its_lanes() -> None:
    lanes = [text_lane(at(0, LONG * 40), title=f"Lane {n}") for n in range(3)]
    shown = sheet((3,), lanes=tuple(lanes))

    pages = tiled_pages(shown, Paper.A4)

    assert len(pages) > 3
    for number, page in enumerate(pages, start=1):
        text = said([page])
        expected = ("Stage1", "Idothing3", "Lane", f"Page{number}of{len(pages)}")
        assert [words for words in expected if words not in text] == []


def test_what_is_on_two_pages_is_read_once() -> None:
    shown = sheet((3,), lanes=(text_lane(at(0, LONG * 40)),))

    pages = tiled_pages(shown, Paper.A4)

    assert len(pages) > 1
    for title in ("Stage1", "Idothing2", "Does"):
        assert said(pages, read=True).count(title) == 1
        assert said(pages).count(title) == len(pages)


def test_curves_go_on_half_a_step_beyond_a_seam() -> None:
    shown = sheet((6, 6), lanes=(emotion_lane(*([1.0, -1.0] * 6)),))
    layout = tiled_layout(shown, Paper.A4)

    pages = tiled_pages(shown, Paper.A4)

    assert len(layout.slices) == 2
    figures = [mark for page in pages for mark in page.marks if isinstance(mark, Figure)]
    widths = [figure.width / layout.column for figure in figures]
    assert widths == [pytest.approx(6.5), pytest.approx(6.5)]
    assert [said([page]).count("Gluetopage") for page in pages] == [1, 1]


def test_curves_stay_in_their_boxes() -> None:
    pages = [*tiled_pages(rich_sheet(), Paper.A4), *slides(rich_sheet()), whole(rich_sheet())]

    figures = [mark for page in pages for mark in page.marks if isinstance(mark, Figure)]
    for figure in figures:
        strokes = [one for one in figure.marks if isinstance(one, Stroke)]
        points = [point for one in strokes for curve in one.curves for point in curve]
        assert min(x for x, _ in points) >= figure.x - 0.01
        assert max(x for x, _ in points) <= figure.x + figure.width + 0.01
        assert max(y for _, y in points) <= figure.y + figure.height + 40
    assert len(figures) > 5


def test_a_draft_says_so_and_a_published_map_does_not() -> None:
    draft = tiled_pages(sheet(is_draft=True, status="Draft"), Paper.A4)
    published = tiled_pages(sheet(), Paper.A4)

    assert "DRAFT" in said(draft)
    assert "DRAFT" not in said(published)
    for words in ("Isendbackshoes:Asitis", "Currentstate", "Published", "Owner:AnaBerg"):
        assert words in said(published)


_WORD = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Cf"]), min_size=1, max_size=40),
    st.sampled_from(
        ["WWWWWWWWWWWWWWWWWWWWWWWWWWWWWW", "שלום עולם", "مرحبا بالعالم", "👩‍👩‍👧", "漢字かな"]
    ),
)


@st.composite
def _maps(draw: st.DrawFn) -> MapSheet:
    counts = draw(st.lists(st.integers(1, 5), min_size=1, max_size=4))
    steps = sum(counts)
    phrase = st.lists(_WORD, max_size=12).map(" ".join)
    lanes = []
    for number in range(draw(st.integers(0, 4))):
        items = []
        for _ in range(draw(st.integers(0, 5))):
            first = draw(st.integers(0, steps - 1))
            items.append(at(first, draw(phrase), draw(st.integers(first, steps - 1))))
        lanes.append(text_lane(*items, title=f"L{number}"))
    stages = tuple(
        SheetStage(one.id, draw(phrase)[:120], one.first, one.last) for one in stages_of(counts)
    )
    titles = tuple(SheetStep(str(n), draw(phrase)[:200]) for n in range(steps))
    return sheet(counts, stages=stages, steps=titles, lanes=tuple(lanes))


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(_maps())
def test_whatever_is_written_stands_inside_the_pages(shown: MapSheet) -> None:
    for pages in (tiled_pages(shown, Paper.A4), [poster(shown).page], slides(shown)):
        assert [outside(page) for page in pages] == [[] for _ in pages]


def test_the_longest_titles_of_wide_letters_leave_room_for_lanes() -> None:
    steps = tuple(SheetStep(str(n), "W" * 200) for n in range(4))
    stages = tuple(replace(one, title="W" * 120) for one in stages_of((1, 1, 1, 1)))
    shown = sheet((1, 1, 1, 1), steps=steps, stages=stages, lanes=(text_lane(at(0, LONG)),))

    pages = tiled_pages(shown, Paper.A4)

    assert _lost(shown, pages) == []
    assert [outside(page) for page in pages] == [[] for _ in pages]


def test_a_poster_is_one_page_as_large_as_the_map() -> None:
    small, large = (poster(sheet([5] * n)) for n in (1, 8))

    assert small.is_readable
    assert large.is_readable
    assert large.page.width > 5 * small.page.width
    assert _lost(rich_sheet(), [poster(rich_sheet()).page]) == []


@pytest.mark.parametrize(("paper", "is_readable"), [(Paper.A4, False), (Paper.A0, True)])
def test_a_poster_on_paper_says_when_its_text_is_too_small(paper: Paper, is_readable: bool) -> None:
    found = poster(sheet([5] * 6, lanes=(text_lane(at(0, LONG)),)), paper)

    assert (found.page.width, found.page.height) == paper.size
    assert found.is_readable is is_readable
    assert found.smallest == smallest_text(found.page)
    assert outside(found.page) == []


def test_a_part_of_a_map_is_drawn_alone() -> None:
    shown = selection(rich_sheet(), stages=["s1"], lanes=["lane-Pains", "mood"])

    text = said([whole(shown)])

    assert [step.title for step in shown.steps] == [
        "I take step 4 of my way",
        "I take step 5 of my way",
    ]
    assert "Thelabeldoesnotprint" in text
    assert "Nobodysays" not in text
    assert "Parcelshop" not in text
    assert shown.lanes[0].curves[0].values == (-1.4, -0.3)
    assert shown.targets[0].step == 1


def test_a_stage_has_a_slide_with_its_steps_pains_and_targets() -> None:
    pages = slides(rich_sheet())

    assert [page.title for page in pages[1:]] == [
        "The whole way", "1  Find out", "2  Send it back", "3  Get the money", "Legend",
    ]  # fmt: skip
    second = said([pages[3]])
    for words in ("Itakestep4ofmyway", "Momentoftruth", "TopPains", "Targets", "upto82by30Sep2027"):
        assert words.casefold() in second.casefold()
    assert second.index("Thelabeldoesnotprint") < second.index("Queueatthecounter")
    assert pages[2].notes == "I take step 1 of my way: Pause here."


def test_slides_split_rather_than_shrink() -> None:
    pains = [at(0, LONG * 12, is_pain=True) for _ in range(5)]
    shown = sheet((14, 1), lanes=(text_lane(*pains, title="Pains", kind=LaneKind.INSIGHT),))

    pages = slides(shown)

    titles = [page.title for page in pages]
    assert "1  Stage 1 (1 of 3)" in titles
    assert "1  Stage 1 (1 of 3) (continued)" in titles
    assert said(pages).count("".join((LONG * 12).split())) == 5
    assert [
        smallest_text(page) or 9 for page in pages if (smallest_text(page) or 9) < SIZES[-1]
    ] == []


@pytest.mark.parametrize("counts", [(), (1,)])
def test_a_map_of_nothing_is_drawn_as_nothing(counts: tuple[int, ...]) -> None:
    shown = sheet(counts, lanes=(text_lane(), emotion_lane(*[None for _ in counts])))

    for pages in (tiled_pages(shown, Paper.A4), [poster(shown).page], slides(shown)):
        assert "Asitis" in said(pages)
        assert [outside(page) for page in pages] == [[] for _ in pages]
