"""Text that a spreadsheet would run: each trigger defused, each text given back as it was."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxm.kernel.formulas import FORMULA_STARTS, csv_line, csv_text, defused, undefused

# What trust.md, section 4, names: = + - @, tab, the two ends of a line, and the wide forms.
TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@pytest.mark.parametrize("trigger", TRIGGERS, ids=repr)
def test_a_text_that_would_be_run_gets_an_apostrophe(trigger: str) -> None:
    assert defused(f"{trigger}1+cmd|' /C calc'!A0") == f"'{trigger}1+cmd|' /C calc'!A0"


@pytest.mark.parametrize(
    "plain", ["-33.3", "+5", "-1", "0,5", "", "Good", "a=b", "'tis", "' OR 1=1 -- 1", "\u2212 3"]
)
def test_numbers_and_other_texts_stay_as_they_are(plain: str) -> None:
    assert defused(plain) == plain
    assert undefused(plain) == plain


@pytest.mark.parametrize(
    ("text", "cell"),
    [("'=1", "''=1"), ("''=1", "'''=1"), ("'-5", "''-5")],
)
def test_a_text_that_looks_defused_already_gets_one_more(text: str, cell: str) -> None:
    assert defused(text) == cell
    assert undefused(cell) == text


@given(st.text(st.sampled_from([*TRIGGERS, "'", '"', ",", "1", ".", "a", " "])))
def test_what_is_written_to_a_file_runs_nothing_and_is_read_as_it_was(text: str) -> None:
    [[cell, _]] = csv.reader(StringIO(csv_line([text, "end"]), newline=""))

    is_number = cell.lstrip("+-").replace(",", ".", 1).replace(".", "", 1).isdigit()
    assert is_number or not cell.startswith(FORMULA_STARTS)
    assert undefused(cell) == text


def test_only_texts_are_defused() -> None:
    assert csv_text([["=a", -1, None], ("b", 2.5)]) == "'=a,-1,\r\nb,2.5\r\n"
