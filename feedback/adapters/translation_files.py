"""Files of translations: XLSX with a column a language, and PO with one language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cxm.kernel.sheets import SheetsRefusedError, read_workbook
from cxm.kernel.workbooks import Table, workbook
from feedback.errors import TranslationFileError
from feedback.rules.answer_reading import cleaned
from feedback.rules.languages import LANGUAGES, NAMES, best_language
from feedback.rules.translating import Standing, Told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from feedback.rules.translating import Wording

MOST_BYTES = 5_000_000
_COLUMN = re.compile(r"\(([a-z-]{2,12})\)\s*$")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
_LANGUAGE = re.compile(r"^Language:\s*([\w-]+)", re.MULTILINE)
_FIELDS = ("msgctxt", "msgid", "msgstr")


def translations_xlsx(language: str, lines: Mapping[str, Sequence[Wording]]) -> bytes:
    """Write all texts as a workbook: key, where, the text in *language*, and a column a language.

    The heads of the languages end with their codes in brackets, by which they are read again.
    """
    others = list(lines)
    rows = [
        [first.key, first.where, first.source, *(lines[code][n].text for code in others)]
        for n, first in enumerate(lines[others[0]] if others else [])
    ]
    heads = ["Key", "Where", *(f"{NAMES[code]} ({code})" for code in (language, *others))]
    return workbook([Table("Texts", heads, rows)])


def read_translations_xlsx(content: bytes, language: str) -> list[Told]:
    """Read what `translations_xlsx` writes of a survey written in *language*.

    Columns may stand in any order. Raises TranslationFileError.
    """
    try:
        sheets = read_workbook(content)
    except SheetsRefusedError as error:
        raise TranslationFileError(str(error)) from error
    rows = next(iter(sheets.rows.values()), [])
    heads = rows[0] if rows else []
    codes = {n: found[1] for n, head in enumerate(heads) if (found := _COLUMN.search(head))}
    source = next((n for n, code in codes.items() if code == language), None)
    if "Key" not in heads or source is None:
        message = (
            f"The first row must have the columns Key and “{NAMES[language]} ({language})”, as in "
            "the file that you download here."
        )
        raise TranslationFileError(message)
    key = heads.index("Key")
    return [
        Told(row[key].strip(), code, cleaned(row[n]), cleaned(row[source]))
        for row in (row + [""] * (len(heads) - len(row)) for row in rows[1:])
        for n, code in codes.items()
        if n != source and row[key].strip()
    ]


def translations_po(title: str, language: str, lines: Sequence[Wording]) -> bytes:
    """Write the texts of one language as a PO file; stale ones are marked fuzzy.

    Keys stand in `msgctxt`, so that the same words at two places can be said in two ways.
    """
    name = title.replace("\n", " ")
    head = f"Language: {language}\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"
    parts = [f'# {name}\nmsgid ""\nmsgstr {_po_text(head)}\n']
    for line in lines:
        where = " ".join(line.where.split())
        fuzzy = "#, fuzzy\n" if line.standing is Standing.STALE else ""
        parts.append(
            f"#. {where}\n{fuzzy}msgctxt {_po_text(line.key)}\nmsgid {_po_text(line.source)}\n"
            f"msgstr {_po_text(line.text)}\n"
        )
    return "\n".join(parts).encode()


def read_translations_po(content: bytes) -> list[Told]:
    """Read a PO file with keys in `msgctxt`; its head says the language.

    Comments, obsolete lines and texts without a key are passed over. Raises TranslationFileError.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = "The PO file must be written in UTF-8."
        raise TranslationFileError(message) from error
    entries = list(_entries(text))
    head = next((one["msgstr"] for one in entries if not one["msgid"] and "msgstr" in one), "")
    found = _LANGUAGE.search(head)
    language = best_language(found[1], LANGUAGES) if found else None
    if language is None:
        message = "The head of the PO file names no language that we know, such as Language: de."
        raise TranslationFileError(message)
    return [
        Told(one["msgctxt"], language, cleaned(one["msgstr"]), cleaned(one["msgid"]))
        for one in entries
        if one.get("msgctxt")
    ]


def _entries(text: str) -> Iterator[dict[str, str]]:
    """Give the entries of a PO file, each with the fields that it has."""
    entry: dict[str, str] = {}
    at = ""
    for number, raw in enumerate(text.split("\n"), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        word, _, rest = line.partition(" ")
        if line.startswith('"'):
            word, rest = at, line
        if word not in _FIELDS or not (quoted := _QUOTED.fullmatch(rest.strip())):
            message = f"Line {number} of the PO file cannot be read: “{line[:40]}”."
            raise TranslationFileError(message)
        if word != at and word in ("msgctxt", "msgid") and "msgstr" in entry:
            yield {"msgid": "", **entry}
            entry = {}
        at = word
        entry[at] = entry.get(at, "") + _unescaped(quoted[1])
    if "msgstr" in entry:
        yield {"msgid": "", **entry}


def _po_text(text: str) -> str:
    """Quote a text; one of several lines stands a line each."""
    lines = re.findall(r"[^\n]*\n|[^\n]+", text)
    quoted = [f'"{_escaped(line)}"' for line in lines] or ['""']
    return quoted[0] if len(quoted) == 1 else "\n".join(['""', *quoted])


def _escaped(text: str) -> str:
    told = text.replace("\\", "\\\\").replace('"', '\\"')
    return told.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), text)
