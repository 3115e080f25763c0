"""Which encoding a file is in, and how a line of mixed encodings becomes text.

Sources: the byte tables of Python's `cp1252` and `cp850` codecs; letter statistics as described at
`guess_single_byte`; everything that is not a Latin script is left to charset-normalizer.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from charset_normalizer import from_bytes

CHUNK_BYTES = 1 << 20
SAMPLE_BYTES = 1 << 18
LISTED_LINES = 1_000
UTF8 = "utf-8"
WESTERN = "windows-1252"
DOS = "cp850"
WIDE = ("utf-16", "utf-32")  # a character takes several bytes, line ends too

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NUL_SHARE = 0.2  # UTF-16 text in a Latin script is half NUL; a table of bytes has none
_LATIN_SHARE = 0.5  # accented letters per letter: French about 0.04, Czech 0.15, Russian near 1
_DOS_SHARE = 0.6  # 0x80-0x9F among the high bytes: CP850 keeps most Western letters there
_FEWEST_LETTERS = 8  # beyond ASCII, before another script than Latin is considered
# What Windows-1252 text really has at the edge of a word, where CP850 would put a letter:
_EDGES = "\u2018\u2019\u201c\u201d\u201e\u2026\u2039\u203a\u2122"
_FLORIN = "\u0192"  # counts as a letter, and no language of these tables writes with it
_NON_ASCII = re.compile(r"[\x80-\xff]")


@dataclass(frozen=True, slots=True)
class EncodingFound:
    """*encoding* reads the file; *second* reads what the first cannot ("" when none is needed).

    *mixed_lines* are the first thousand lines that needed the second, counted from 1;
    *mixed_count* is how many there are in all. Lines end at a line feed here.
    """

    encoding: str
    second: str = ""
    mixed_lines: tuple[int, ...] = ()
    mixed_count: int = 0


def find_encoding(path: Path) -> EncodingFound:
    """Find the encoding of the file at *path*.

    Order: byte order mark, UTF-16 without a mark, UTF-8 (the whole file, strictly), then letter
    statistics. Memory is constant; the file is read once, twice when it is not UTF-8.
    """
    with path.open("rb") as stream:
        start = stream.read(SAMPLE_BYTES)
    for mark, name in _MARKS:
        if start.startswith(mark):
            return EncodingFound(name)
    if wide := _without_mark(start):
        return EncodingFound(wide)
    if _is_utf8(path):
        return EncodingFound(UTF8)
    return _legacy(path)


def is_usable(encoding: str) -> bool:
    """Tell whether *encoding* is one that rows of text are written in, and Python knows it."""
    return encoding.lower().replace("_", "-").startswith(WIDE) or _writes_ascii(encoding)


def decode_line(line: bytes, encoding: str, second: str = "") -> tuple[str, bool]:
    """Read one line of bytes; tell also whether the second encoding or a replacement was needed.

    UTF-8 is tried strictly first when it is the first encoding. Windows-1252 with CP850 as second
    is decided byte by byte (`western_with_dos`). What no encoding can read becomes U+FFFD.
    """
    if encoding in {WESTERN, "cp1252"}:
        return western_with_dos(line) if second == DOS else (_western(line), False)
    try:
        return line.decode(encoding), False
    except UnicodeDecodeError:
        pass
    if second == WESTERN:
        return _western(line), True
    return line.decode(second or encoding, errors="replace"), True


def western_with_dos(line: bytes) -> tuple[str, bool]:
    """Read Windows-1252 with stray CP850 letters; tell whether there were any.

    A byte of 0x80-0x9F is CP850 when that makes a letter inside or at the end of a word where
    Windows-1252 would put a sign that never stands there, or a capital after a small letter.
    """
    text = _western(line)
    foreign = {
        match.start(): dos
        for match in _NON_ASCII.finditer(line.decode("latin-1"))
        if (dos := _dos_letter(line[match.start()], text, match.start()))
    }
    if not foreign:
        return text, False
    return "".join(foreign.get(place, letter) for place, letter in enumerate(text)), True


def guess_single_byte(sample: bytes) -> str:
    """Choose the encoding of *sample*, which is not UTF-8, by its letters.

    Latin scripts have few accented letters for each plain one; of those, CP850 keeps most below
    0xA0 and Windows-1252 (which contains Latin-1) above. Other scripts go to charset-normalizer.
    """
    high = [byte for byte in sample if byte >= 0x80]  # noqa: PLR2004 the first byte beyond ASCII
    plain = sum(1 for byte in sample if chr(byte).isascii() and chr(byte).isalpha())
    if len(high) > max(_LATIN_SHARE * (plain + len(high)), _FEWEST_LETTERS):
        best = from_bytes(sample).best()
        return best.encoding if best and _writes_ascii(best.encoding) else WESTERN
    low = sum(1 for byte in high if byte < 0xA0)  # noqa: PLR2004 Latin-1 letters begin at 0xC0
    return DOS if low > _DOS_SHARE * len(high) and _reads_as_dos(sample) else WESTERN


def _writes_ascii(encoding: str) -> bool:
    """Tell encodings in which plain signs are their ASCII bytes, perhaps after a mark."""
    plain = "".join(map(chr, range(32, 127)))
    try:
        return plain.encode(encoding).endswith(plain.encode("ascii"))
    except (LookupError, UnicodeError):
        return False


def _without_mark(start: bytes) -> str:
    half = max(len(start) // 2, 1)
    even, odd = start[0::2].count(0) / half, start[1::2].count(0) / half
    if max(even, odd) < _NUL_SHARE or min(even, odd) > max(even, odd) / 4:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder(UTF8)()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(CHUNK_BYTES):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _legacy(path: Path) -> EncodingFound:
    """Decide on a file that is not wholly UTF-8, by a sample of its lines that are not ASCII."""
    sample = bytearray()
    utf8_lines = 0
    for _, line in _lines_beyond_ascii(path):
        try:
            line.decode(UTF8)
            utf8_lines += 1
        except UnicodeDecodeError:
            if len(sample) < SAMPLE_BYTES:
                sample += line
    single = guess_single_byte(bytes(sample))
    if utf8_lines:
        return _with_mixed_lines(path, UTF8, single)
    if single == WESTERN:
        return _with_mixed_lines(path, WESTERN, DOS)
    return EncodingFound(single)


def _with_mixed_lines(path: Path, encoding: str, second: str) -> EncodingFound:
    numbers: list[int] = []
    count = 0
    for number, line in _lines_beyond_ascii(path):
        if decode_line(line, encoding, second)[1]:
            count += 1
            if count <= LISTED_LINES:
                numbers.append(number)
    return EncodingFound(encoding, second if count else "", tuple(numbers), count)


def _lines_beyond_ascii(path: Path) -> Iterator[tuple[int, bytes]]:
    number = 1
    with path.open("rb") as stream:
        while line := stream.readline(CHUNK_BYTES):
            if not line.isascii():
                yield number, line
            number += line.endswith(b"\n")


@lru_cache(maxsize=1)
def _western_table() -> str:
    """Windows-1252 with Latin-1 in its five holes, so that every byte can be read."""
    return "".join(
        bytes([byte]).decode("cp1252", errors="ignore") or chr(byte) for byte in range(256)
    )


def _western(line: bytes) -> str:
    return codecs.charmap_decode(line, "strict", _western_table())[0]


def _dos_letter(byte: int, text: str, place: int) -> str:
    """Give the CP850 letter for *byte* at *place*, or "" when Windows-1252 is more likely."""
    dos = bytes([byte]).decode(DOS)
    western = text[place]
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    if byte >= 0xA0 or not dos.isalpha():  # noqa: PLR2004 both tables have letters from here on
        return ""
    if western.isalpha() and western != _FLORIN:
        return dos if before.islower() and western.isupper() and dos.islower() else ""
    if western in _EDGES:
        return dos if western != "\u2019" and before.isalpha() and after.isalpha() else ""
    return dos if before.isalpha() or after.isalpha() else ""


def _reads_as_dos(sample: bytes) -> bool:
    """Tell whether most bytes of 0x80-0x9F stand in words, as CP850 letters do."""
    text = _western(sample)
    places = [at for at, byte in enumerate(sample) if 0x80 <= byte < 0xA0]  # noqa: PLR2004 the C1 range
    letters = sum(1 for at in places if _dos_letter(sample[at], text, at))
    return letters * 2 > len(places)
