"""What the wizard reads of days and numbers that people, or others, send."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from feedback.forms.offered import DayField, first_number


@pytest.mark.parametrize(
    ("text", "number"),
    [("3", 3), (" -2 ", -2), ("", 1), ("--5", 1), ("1e3", 1), ("²", 1), ("9" * 5_000, 1)],
)
def test_what_is_no_number_of_a_step_leaves_the_number_as_it_was(text: str, number: int) -> None:
    assert first_number(text, otherwise=1) == number


@pytest.mark.parametrize("text", ["01/02/2026", "1/2/26", "2026-1-1", "2026-02-30", "Oct 25 2006"])
def test_a_day_that_iso_does_not_know_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        DayField().clean(text)


def test_a_day_of_a_browser_is_read() -> None:
    assert DayField().clean("2026-11-21").isoformat() == "2026-11-21"
