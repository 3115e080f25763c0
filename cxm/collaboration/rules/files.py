"""What a file is, judged by its bytes, and which files are taken in."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from enum import StrEnum

from cxm.collaboration.rules.file_errors import FileRefusedError
from cxm.kernel.archives import UNREADABLE_ZIP

MOST_BYTES = 20_000_000
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 2_400
_MOST_PARTS = 20_000
_OFFICE = "application/vnd.openxmlformats-officedocument"
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_SVG = re.compile(rb"<svg[\s>]", re.IGNORECASE)
_HEAD = 4_096
_NOT_ALLOWED = "Send a PNG, JPEG, WebP or GIF picture, a PDF, a text or CSV file, or a Word, Excel"
_UNKNOWN = f"This kind of file is not taken. {_NOT_ALLOWED} or PowerPoint file."


class Sort(StrEnum):
    """How a file is treated: shown in pages, or only ever downloaded."""

    PICTURE = "picture"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class FileType:
    """A kind of file that is taken in; *suffix* ends the name that it is downloaded under."""

    words: str
    mime: str
    suffix: str
    sort: Sort = Sort.DOCUMENT

    @property
    def is_picture(self) -> bool:
        """Whether it is shown in pages."""
        return self.sort is Sort.PICTURE


PNG = FileType("PNG picture", "image/png", ".png", Sort.PICTURE)
JPEG = FileType("JPEG picture", "image/jpeg", ".jpg", Sort.PICTURE)
WEBP = FileType("WebP picture", "image/webp", ".webp", Sort.PICTURE)
GIF = FileType("GIF picture", "image/gif", ".gif", Sort.PICTURE)
PDF = FileType("PDF", "application/pdf", ".pdf")
TEXT = FileType("text file", "text/plain", ".txt")
CSV = FileType("CSV file", "text/csv", ".csv")
WORD = FileType("Word file", f"{_OFFICE}.wordprocessingml.document", ".docx")
EXCEL = FileType("Excel file", f"{_OFFICE}.spreadsheetml.sheet", ".xlsx")
SLIDES = FileType("PowerPoint file", f"{_OFFICE}.presentationml.presentation", ".pptx")
# A GIF is kept as a PNG, so that none stands among the files that are kept.
BY_MIME = {one.mime: one for one in (PNG, JPEG, WEBP, PDF, TEXT, CSV, WORD, EXCEL, SLIDES)}

_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"%PDF-", PDF),
)
_PARTS = {"word/document.xml": WORD, "xl/workbook.xml": EXCEL, "ppt/presentation.xml": SLIDES}
# What people try that is not taken, and what to do instead.
_OLD_OFFICE = (
    "This is an older Office file, or one with a password. Save it as DOCX, XLSX, PPTX or PDF "
    "without one."
)
_REFUSED = (
    (b"\xd0\xcf\x11\xe0", _OLD_OFFICE),
    (b"II*\x00", "TIFF pictures are not taken. Save it as PNG or JPEG."),
    (b"MM\x00*", "TIFF pictures are not taken. Save it as PNG or JPEG."),
    (b"BM", "Bitmap pictures are not taken. Save it as PNG or JPEG."),
    (b"\x1f\x8b", "Packed files are not taken. Unpack it and send what is inside."),
)
_HEIC = ("ftypheic", "ftypheix", "ftypmif1", "ftypavif")


def file_type(content: bytes, name: str) -> FileType:
    """Say what kind of file *content* is; *name* tells CSV from other text and nothing else.

    Raises FileRefusedError, with what to do instead, for every kind that is not taken.
    """
    if not content:
        message = "The file is empty. Choose another one."
        raise FileRefusedError(message)
    for beginning, kind in _BEGINNINGS:
        if content.startswith(beginning):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return WEBP
    if content.startswith(b"PK\x03\x04"):
        return _office(content)
    _refuse_known(content)
    if _is_text(content):
        return CSV if name.lower().endswith(".csv") else TEXT
    raise FileRefusedError(_UNKNOWN)


def plain_name(name: str, kind: FileType, *, longest: int) -> str:
    """Give the last part of *name* without control characters, ending as *kind* does."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(sign for sign in last if sign.isprintable()).strip(" .")
    stem = shown.rsplit(".", 1)[0] if "." in shown else shown
    return f"{stem[: longest - len(kind.suffix)].rstrip() or 'file'}{kind.suffix}"


def _refuse_known(content: bytes) -> None:
    for beginning, message in _REFUSED:
        if content.startswith(beginning) and (beginning != b"BM" or b"\x00" in content[:32]):
            raise FileRefusedError(message)
    if content[4:12].decode("latin-1") in _HEIC:
        message = "HEIC and AVIF pictures are not taken. Save it as JPEG, or send a screenshot."
        raise FileRefusedError(message)
    head = content[:_HEAD].removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(b"<") and _SVG.search(head):
        message = "SVG pictures can hold scripts and are not taken. Save it as PNG."
        raise FileRefusedError(message)


def _office(content: bytes) -> FileType:
    """Find which Office file a ZIP is, by its table of contents; nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.namelist()
    except UNREADABLE_ZIP as error:
        message = "The file is damaged. Open it, save it again, and send the new one."
        raise FileRefusedError(message) from error
    if any(part.lower().endswith("vbaproject.bin") for part in parts):
        message = "Files with macros are not taken. Save it without them, as DOCX, XLSX or PPTX."
        raise FileRefusedError(message)
    found = [kind for part, kind in _PARTS.items() if part in parts]
    if len(found) != 1 or "[Content_Types].xml" not in parts or len(parts) > _MOST_PARTS:
        message = f"Packed files are not taken. {_NOT_ALLOWED} or PowerPoint file."
        raise FileRefusedError(message)
    return found[0]


def _is_text(content: bytes) -> bool:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            content = content.decode("utf-16").encode()
        except UnicodeError:
            return False
    return _CONTROLS.search(content) is None
