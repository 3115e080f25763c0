"""What a file of a map will be, said and drawn before it is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxm.kernel.drawing.marks import smallest_text
from cxm.kernel.drawing.svg_pages import svg_page
from cxm.kernel.typesetting.limits import MOST_PIXELS
from journeys.rules.sheet_columns import SHEETS
from journeys.rules.sheet_frames import LEAST_READABLE
from journeys.rules.sheet_options import (
    LARGEST_SHOWN,
    FileKind,
    Options,
    PageKind,
    placed,
    shown_part,
    without_photos,
)

if TYPE_CHECKING:
    from cxm.kernel.drawing.marks import Page
    from cxm.kernel.svg import Element
    from journeys.rules.sheet import MapSheet

MOST_PAGES = 6


@dataclass(frozen=True, slots=True)
class Preview:
    """*words* say how large a file will be, *warning* what will be bad about it, or is "".

    *drawings* are its first pages, *more* counts the others.
    """

    words: str
    warning: str = ""
    drawings: tuple[Element, ...] = ()
    more: int = 0


def preview_of(sheet: MapSheet, options: Options) -> Preview:
    """Say what the file of *sheet* with *options* will be, and draw its first pages."""
    if not options.kind.is_drawn:
        kind = "sheets" if options.kind is FileKind.XLSX else "files"
        return Preview(f"{len(SHEETS)} {kind}: {', '.join(SHEETS)}")
    shown = shown_part(sheet, options)
    if shown.pieces > LARGEST_SHOWN:
        return Preview("This map is too large for a preview. The file will hold all of it.")
    pages = placed(shown, options)
    drawings = tuple(
        svg_page(without_photos(page), pictures={}, words=f"Page {number}")
        for number, page in enumerate(pages[:MOST_PAGES], start=1)
    )
    more = max(len(pages) - MOST_PAGES, 0)
    return Preview(_words(pages, options), _warning(pages[0], options), drawings, more)


def _words(pages: list[Page], options: Options) -> str:
    first = pages[0]
    if options.kind is FileKind.PNG:
        width, height = (round(side * options.scale) for side in (first.width, first.height))
        return f"A picture of {width:,} by {height:,} pixels"
    if options.kind is FileKind.SVG:
        return f"A drawing of {_size(first)}"
    noun = "slide" if _is_slides(options) else "page"
    count = f"1 {noun}" if len(pages) == 1 else f"{len(pages)} {noun}s"
    return f"{count} of {_size(first)}"


def _warning(page: Page, options: Options) -> str:
    if options.kind is FileKind.PNG and page.width * page.height * options.scale**2 > MOST_PIXELS:
        return "This is too large for one picture. Choose a smaller size, or take the SVG."
    is_poster = options.kind is FileKind.PDF and options.pages is PageKind.POSTER
    smallest = smallest_text(page)
    if is_poster and smallest is not None and smallest < LEAST_READABLE:
        said = f"The smallest text will be {smallest:.1f} points high"
        return f"{said}: too small to read. Choose larger paper, or pages to glue together."
    return ""


def _is_slides(options: Options) -> bool:
    return options.kind is FileKind.PPTX or options.pages is PageKind.SLIDES


def _size(page: Page) -> str:
    width, height = (round(side / 72 * 25.4) for side in (page.width, page.height))
    return f"{width:,} × {height:,} mm"
