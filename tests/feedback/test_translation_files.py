"""Files of translations: what is written is read again, and what is broken is refused in words."""

from __future__ import annotations

import pytest

from cxm.kernel.ids import new_id
from cxm.kernel.workbooks import Table, workbook
from feedback.adapters.translation_files import (
    read_translations_po,
    read_translations_xlsx,
    translations_po,
    translations_xlsx,
)
from feedback.errors import TranslationFileError
from feedback.rules.translating import Compared, Told, Wording, compared

HOSTILE = 'Say "hi"\\n, =1+1\nand\ttab\u2028end'


def line(key: str, source: str, text: str = "", made_from: str = "") -> Wording:
    return Wording(key, f"Where {key}", new_id(), "title", source, text, made_from or source)


LINES = [
    line("survey/title", "How was it?", "Wie war es?"),
    line("question/why/title", HOSTILE, HOSTILE),
    line("question/nps/title", "Would you?", "Würden Sie?", made_from="Will you?"),
    line("choice/used/app/title", "The app"),
]
TOLD = [
    Told("survey/title", "de", "Wie war es?", "How was it?"),
    Told("question/why/title", "de", HOSTILE, HOSTILE),
    Told("question/nps/title", "de", "Würden Sie?", "Would you?"),
    Told("choice/used/app/title", "de", "", "The app"),
]


def test_a_workbook_of_texts_is_read_as_it_was_written() -> None:
    content = translations_xlsx("en", {"de": LINES, "ar": [line(o.key, o.source) for o in LINES]})

    told = read_translations_xlsx(content, "en")

    assert [one for one in told if one.language == "de"] == TOLD
    assert {one.text for one in told if one.language == "ar"} == {""}


def test_a_po_file_is_read_as_it_was_written() -> None:
    content = translations_po("How was\nit?", "de", LINES)

    assert read_translations_po(content) == TOLD
    assert b'#, fuzzy\nmsgctxt "question/nps/title"' in content
    assert content.count(b"fuzzy") == 1


def test_a_po_file_of_another_program_is_read() -> None:
    content = (
        b'# by hand\nmsgid ""\nmsgstr "Language: de_AT\\n"\n\n#: here\nmsgctxt "survey/title"\n'
        b'msgid ""\n"How was "\n"it?"\nmsgstr ""\n"Wie war "\n"es?"\n\n#~ msgid "old"\n'
        b'#~ msgstr "alt"\n\nmsgid "without a key"\nmsgstr "ohne"\n'
    )

    assert read_translations_po(content) == [
        Told("survey/title", "de", "Wie war es?", "How was it?")
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'msgid ""\nmsgstr ""\n', "names no language that we know"),
        (b'msgid ""\nmsgstr "Language: xx\\n"\n', "names no language that we know"),
        (b'msgid "a\nmsgstr "b"\n', "Line 1 of the PO file cannot be read"),
        (b"GIF89a", "Line 1 of the PO file cannot be read"),
        (b'"lost"\n', "Line 1 of the PO file cannot be read"),
        (b"msgid \xff", "must be written in UTF-8"),
        (b"", "names no language that we know"),
    ],
)
def test_a_broken_po_file_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(TranslationFileError, match=words):
        read_translations_po(content)


def test_a_workbook_without_its_columns_is_refused_in_words() -> None:
    content = workbook([Table("Texts", ["Name"], [["x"]])])

    with pytest.raises(TranslationFileError, match="must have the columns Key and “English"):
        read_translations_xlsx(content, "en")
    with pytest.raises(TranslationFileError, match="cannot be unpacked"):
        read_translations_xlsx(b"PK\x03\x04 no zip", "en")


def test_what_a_file_changes_is_told_and_what_does_not_fit_is_refused() -> None:
    lines = {
        "de": [
            line("a", "Hello {{ name | you }}", "Hallo {{ name | Sie }}"),
            line("b", "Bye", "Ade"),
            line("c", "Thanks"),
        ]
    }
    told = [
        Told("a", "de", "Hallo {{ vorname | Sie }}", "Hello {{ name | you }}"),
        Told("b", "de", "Ade", "Bye"),
        Told("c", "de", "Danke", "Thank you"),
        Told("c", "de", "x" * 1_001, "Thanks"),
        Told("gone", "de", "Weg", "Gone"),
        Told("c", "fr", "Merci", "Thanks"),
        Told("c", "de", "", "Thanks"),
    ]

    found = compared(lines, told, {"de": "Deutsch"})

    assert [(one.key, one.before, one.text, one.is_stale) for one in found.changes] == [
        ("c", "", "Danke", True)
    ]
    assert found.refused == [
        "Where a in Deutsch: the places must be those of the original: {{ name | … }}.",
        "Where c in Deutsch: write up to 1000 characters; this has 1001.",
        "gone: the survey has no such text any more.",
        "c: the survey has no such text any more.",
    ]
    assert compared(lines, [], {}) == Compared([], [])
