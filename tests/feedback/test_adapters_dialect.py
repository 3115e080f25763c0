"""How a file is written is found out, or taken as a person says."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Literal

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedback.adapters.dialect import Choices, Dialect, find_dialect
from feedback.adapters.encoding import decode_line, find_encoding, is_usable
from feedback.adapters.errors import FileRefusedError
from feedback.adapters.head_rows import name_columns
from feedback.adapters.table import open_table
from tests.feedback.survey_files import rows_of, shared_file, written

FRENCH = "Le délai à la caisse était très long, déjà réglé à Noël ; c'était génial"
GERMAN = "Übergröße, schöne Grüße und süße Äpfel für große Jäger"
RUSSIAN = "Очень долго ждали ответа от службы поддержки, но всё решили вежливо и быстро"


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        (FRENCH, "utf-8", "utf-8"),
        (FRENCH, "utf-8-sig", "utf-8-sig"),
        (FRENCH, "utf-16", "utf-16"),
        (FRENCH, "utf-16-le", "utf-16-le"),
        (FRENCH, "utf-16-be", "utf-16-be"),
        (FRENCH, "cp1252", "windows-1252"),
        (FRENCH, "latin-1", "windows-1252"),
        (FRENCH, "cp850", "cp850"),
        (GERMAN, "cp1252", "windows-1252"),
        (GERMAN, "cp850", "cp850"),
        ("Preis 15 €, „gut“ – aber …", "cp1252", "windows-1252"),
    ],
)
def test_encoding_is_found_and_reads_the_text(
    tmp_path: Path, text: str, encoding: str, found: str
) -> None:
    path = written(tmp_path, f"id|text\n1|{text}\n2|plain\n".encode(encoding))

    dialect = find_dialect(path).dialect

    assert (dialect.encoding, dialect.second_encoding) == (found, "")
    assert rows_of(path, dialect)[1][0] == ["1", text]


def test_other_scripts_are_left_to_letter_statistics(tmp_path: Path) -> None:
    path = written(tmp_path, ("id|text\n" + f"1|{RUSSIAN}\n" * 20).encode("cp1251"))

    dialect = find_dialect(path).dialect

    assert rows_of(path, dialect)[1][0] == ["1", RUSSIAN]


def test_lines_in_another_encoding_are_read_and_listed(tmp_path: Path) -> None:
    lines = ["id,text", "1,café", "2,thé", "3,plain", "4,crème"]
    content = b"\n".join(
        line.encode("cp1252" if place == 2 else "utf-8") for place, line in enumerate(lines)
    )
    path = written(tmp_path, content)

    found = find_dialect(path)

    assert (found.dialect.encoding, found.dialect.second_encoding) == ("utf-8", "windows-1252")
    assert (found.mixed_lines, found.mixed_count) == ((3,), 1)
    assert [row[1] for row in rows_of(path, found.dialect)[1]] == ["café", "thé", "plain", "crème"]


@pytest.mark.parametrize(
    ("line", "text", "is_foreign"),
    [
        (b"achet\xe9 et \x82chang\xe9", "acheté et échangé", True),
        (b"gr\x83ce \xe0 No\x89l", "grâce à Noël", True),
        (b"les bo\x8ctes", "les boîtes", True),
        (b"\x9cuvre, c\x92est 15 \x80\x85", "œuvre, c’est 15 €…", False),
        (b"\x8cuvre \x96 et \xab mot \xbb", "Œuvre – et « mot »", False),
    ],
)
def test_stray_dos_letters_are_told_from_windows_signs(
    line: bytes, text: str, *, is_foreign: bool
) -> None:
    assert decode_line(line, "windows-1252", "cp850") == (text, is_foreign)


def test_mixed_lines_of_the_retail_file_are_listed() -> None:
    found = find_encoding(shared_file("nps_retail_fr/nps_redacted.csv"))

    assert (found.encoding, found.second) == ("windows-1252", "cp850")
    assert found.mixed_lines[:5] == (5, 10, 24, 26, 42)


@pytest.mark.parametrize(
    ("name", "is_known"),
    [("utf-8", True), ("cp437", True), ("rot13", False), ("no-such", False), ("utf-7", False)],
)
def test_only_encodings_that_write_plain_text_are_usable(name: str, *, is_known: bool) -> None:
    assert is_usable(name) is is_known


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param("a,b\n1,2\n", Dialect(), id="comma"),
        pytest.param("a;b\n1,5;2,5\n3,1;4,2\n", Dialect(delimiter=";"), id="decimal commas"),
        pytest.param("a\tb\n1\t2\n", Dialect(delimiter="\t"), id="tab"),
        pytest.param("a|b\n1|2\n", Dialect(delimiter="|"), id="bar"),
        pytest.param("sep=;\na;b\n1;2\n", Dialect(delimiter=";", skip_rows=1), id="sep line"),
        pytest.param("a,b\n'x,1',2\n'y',3\n", Dialect(quote="'"), id="single quotes"),
        pytest.param('a,b\n"x \\"y\\" z, w",2\n', Dialect(escape="\\"), id="backslash"),
        pytest.param("1,2\n3,4\n", Dialect(head_rows=0, heads="positions"), id="no heads"),
        pytest.param(
            "Export of May\n\na,b,c\n1,2,3\n4,5,6\n", Dialect(skip_rows=2), id="title above"
        ),
        pytest.param("a,b,c\n1,2,3\n4,5,6\nTotal,7,9\n", Dialect(footer_rows=1), id="total"),
        pytest.param(
            "a,b,c\n1,2,3\n4,5,6\nExported by shop\n", Dialect(footer_rows=1), id="note below"
        ),
        pytest.param("a\n1\n2\n", Dialect(), id="one column"),
    ],
)
def test_dialect_is_found(tmp_path: Path, content: str, expected: Dialect) -> None:
    assert find_dialect(written(tmp_path, content)).dialect == expected


def test_footer_rows_are_no_answers(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b,c\n1,2,3\n4,5,6\nTotal,7,9\n")

    rows = rows_of(path, find_dialect(path).dialect)[1]

    assert rows == [["1", "2", "3"], ["4", "5", "6"]]


@pytest.mark.parametrize(
    "choices",
    [
        Choices(encoding="cp850"),
        Choices(delimiter=";"),
        Choices(quote="'"),
        Choices(escape="\\"),
        Choices(skip_rows=1),
        Choices(head_rows=3, heads="joined"),
        Choices(footer_rows=2),
    ],
    ids=str,
)
def test_every_choice_can_be_made_by_a_person(tmp_path: Path, choices: Choices) -> None:
    path = written(tmp_path, "a,b\n1,2\n3,4\n")

    dialect = find_dialect(path, choices).dialect

    decided = {k: v for k, v in msgspec.structs.asdict(choices).items() if v is not None}
    assert {name: getattr(dialect, name) for name in decided} == decided


@pytest.mark.parametrize(
    ("content", "line_end"),
    [("a,b\n1,2\n", "\n"), ("a,b\r\n1,2\r\n", "\r\n"), ("a,b\r1,2\r", "\r"), ("a\r\n1\n", "mixed")],
)
def test_line_ends_are_found(tmp_path: Path, content: str, line_end: str) -> None:
    assert find_dialect(written(tmp_path, content)).line_end == line_end


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b" \r\n\r\n", "empty_file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old workbook", "old_workbook"),
        (bytes(range(0x81, 0x90)) * 300, "not_a_table"),
    ],
)
def test_what_is_no_table_is_refused_in_words(tmp_path: Path, content: bytes, code: str) -> None:
    with pytest.raises(FileRefusedError) as refused:
        find_dialect(
            written(tmp_path, content), Choices(encoding="ascii") if code == "not_a_table" else None
        )

    assert refused.value.code == code
    assert refused.value.message.endswith(".")


def test_qualtrics_files_have_three_head_rows_with_question_texts_as_titles() -> None:
    path = shared_file("qualtrics_format/sample.csv")

    with open_table(path, find_dialect(path).dialect) as table:
        rows = list(table.rows)

    assert (len(rows), table.heads[17], table.titles[17]) == (
        1,
        "Q1",
        "This is a multiple choice question.",
    )


def test_legacy_qualtrics_files_have_two_head_rows() -> None:
    path = shared_file("qualtrics_format/sample_legacy.csv")

    with open_table(path, find_dialect(path).dialect) as table:
        rows = list(table.rows)

    assert (len(rows), table.heads[0], table.titles[0]) == (1, "V1", "ResponseID")


def test_survey_monkey_heads_join_question_and_choice(tmp_path: Path) -> None:
    content = (
        "Respondent ID,Collector ID,How was it?,What did you use?,\n"
        ",,Open-Ended Response,Shop,Web\n"
        "1,9,Fine,Shop,\n"
    )
    path = written(tmp_path, content)

    heads = rows_of(path, find_dialect(path).dialect)[0]

    assert heads == (
        "Respondent ID",
        "Collector ID",
        "How was it?",
        "What did you use? / Shop",
        "What did you use? / Web",
    )


def test_heads_are_made_unique_and_every_change_is_noted() -> None:
    heads = name_columns([["", "nps ", "nps", "nps (2)"]], 4, "first")

    assert heads.names == ("column_1", "nps", "nps (3)", "nps (2)")
    assert len(heads.notes) == 3


@pytest.mark.parametrize(
    "name",
    [
        "comma_in_quotes", "empty", "empty_crlf", "escaped_quotes", "json", "newlines",
        "newlines_crlf", "quotes_and_newlines", "simple", "simple_crlf", "utf8",
    ],
)  # fmt: skip
def test_csv_spectrum_files_read_as_published(tmp_path: Path, name: str) -> None:
    """Left out is location_coordinates: its published answer holds another phone number."""
    folder = shared_file("peer_vectors/csv-spectrum")
    content = (folder / "csvs" / f"{name}.csv").read_bytes()
    # The copies at hand lost the line ends that the _crlf files are about.
    path = written(tmp_path, content.replace(b"\n", b"\r\n") if "crlf" in name else content)
    published = json.loads((folder / "json" / f"{name}.json").read_text())

    heads, rows = rows_of(path, find_dialect(path).dialect)

    assert [dict(zip(heads, row, strict=True)) for row in rows] == published


LETTERS = st.text("abcdefgéüñß XYZ", min_size=1, max_size=8).filter(lambda t: t == t.strip())
CELLS = st.text('abcdefgéüñß XYZ"\n', min_size=1, max_size=12).filter(lambda t: t.strip())


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    width = draw(st.integers(2, 5))
    heads = draw(st.lists(LETTERS, min_size=width, max_size=width, unique=True))
    rows = draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=6))
    return [heads, *rows]


@pytest.mark.slow
@settings(
    max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    rows=tables(),
    delimiter=st.sampled_from(",;\t|"),
    line_end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_what_is_written_is_read_back_whatever_the_dialect(
    *,
    tmp_path: Path,
    rows: list[list[str]],
    delimiter: str,
    line_end: str,
    encoding: str,
    quoting: Literal[0, 1],
) -> None:
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, lineterminator=line_end, quoting=quoting).writerows(
        rows
    )
    path = written(tmp_path, stream.getvalue().encode(encoding))

    dialect = find_dialect(path).dialect

    assert (dialect.delimiter, dialect.encoding) == (delimiter, encoding)
    heads, cells = rows_of(path, dialect)
    assert [list(heads), *cells] == rows
