"""What a file of a map is to be: its kind, its pages, and which part of the map it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxm.kernel.drawing.marks import Page, Photo, Tile
from cxm.kernel.named import Named
from journeys.rules.sheet import MapSheet, selection
from journeys.rules.sheet_frames import Paper, poster, tiled_pages, whole
from journeys.rules.sheet_look import LINE, SUNKEN
from journeys.rules.sheet_slides import slides

if TYPE_CHECKING:
    from collections.abc import Mapping

# More than this is made in the background: it takes longer than people wait for a page.
LARGE = 1_500
# More than this is not placed for a preview.
LARGEST_SHOWN = 6_000


class FileKind(Named):
    """In which format a map is taken out."""

    PDF = "pdf"
    PPTX = "pptx"
    PNG = "png"
    SVG = "svg"
    XLSX = "xlsx"
    CSV = "csv"

    @property
    def words(self) -> str:
        """Give what people call it."""
        return _KIND_WORDS[self]

    @property
    def ending(self) -> str:
        """Give how the name of the file ends."""
        return "zip" if self is FileKind.CSV else self.value

    @property
    def is_drawn(self) -> bool:
        """Whether the file shows the map, rather than tells it in tables."""
        return self not in {FileKind.XLSX, FileKind.CSV}


_KIND_WORDS = {
    FileKind.PDF: "PDF",
    FileKind.PPTX: "PowerPoint",
    FileKind.PNG: "Picture (PNG)",
    FileKind.SVG: "Drawing (SVG)",
    FileKind.XLSX: "Workbook (XLSX)",
    FileKind.CSV: "CSV files (zip)",
}


class PageKind(Named):
    """How a PDF is laid out."""

    TILED = "tiled"
    POSTER = "poster"
    SLIDES = "slides"

    @property
    def words(self) -> str:
        """Give what people call it."""
        return _PAGE_WORDS[self]


_PAGE_WORDS = {
    PageKind.TILED: "Pages to glue together",
    PageKind.POSTER: "One large page",
    PageKind.SLIDES: "Slides",
}
TILED_PAPERS = (Paper.A4, Paper.A3)


@dataclass(frozen=True, slots=True)
class Options:
    """A file that is asked for; *paper* None is as large as needed, *scale* is of PNG files.

    *stages* and *lanes* are ids, none of either is all.
    """

    kind: FileKind = FileKind.PDF
    pages: PageKind = PageKind.TILED
    paper: Paper | None = Paper.A4
    scale: int = 2
    stages: tuple[str, ...] = ()
    lanes: tuple[str, ...] = ()

    def told(self) -> dict[str, Any]:
        """Give the options as JSON."""
        return {
            "kind": self.kind.value,
            "pages": self.pages.value,
            "paper": self.paper.value if self.paper else None,
            "scale": self.scale,
            "stages": list(self.stages),
            "lanes": list(self.lanes),
        }


def options_from(told: Mapping[str, Any]) -> Options:
    """Read what `Options.told` gave."""
    return Options(
        FileKind(told["kind"]),
        PageKind(told["pages"]),
        Paper(told["paper"]) if told["paper"] else None,
        int(told["scale"]),
        tuple(told["stages"]),
        tuple(told["lanes"]),
    )


def shown_part(sheet: MapSheet, options: Options) -> MapSheet:
    """Give the part of *sheet* that the file is about."""
    return selection(sheet, stages=options.stages, lanes=options.lanes)


def placed(sheet: MapSheet, options: Options) -> list[Page]:
    """Place *sheet*, cut to its part already, on the pages of a file that shows it."""
    if options.kind is FileKind.PPTX:
        return slides(sheet)
    if options.kind is not FileKind.PDF:
        return [whole(sheet)]
    match options.pages:
        case PageKind.TILED:
            return tiled_pages(sheet, options.paper or Paper.A4)
        case PageKind.POSTER:
            return [poster(sheet, options.paper).page]
        case _:
            return slides(sheet)


def without_photos(page: Page) -> Page:
    """Give *page* with a box where each photo is, for a quick look."""
    marks = tuple(
        Tile(mark.x, mark.y, mark.width, mark.height, fill=SUNKEN, edge=LINE)
        if isinstance(mark, Photo)
        else mark
        for mark in page.marks
    )
    return Page(page.width, page.height, marks, page.title)
