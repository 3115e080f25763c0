"""What is cut out of personas and maps for people outside."""

from __future__ import annotations

import pytest

from personas.rules.kinds import Layout, SectionKind
from personas.rules.shared import LAYOUTS, SECTIONS, USUAL_SECTIONS, veiled


def test_numbers_of_a_segment_and_what_is_thought_of_people_cannot_be_chosen() -> None:
    assert set(SectionKind) - set(SECTIONS) == {SectionKind.METRIC, SectionKind.CHANNELS}
    assert set(SECTIONS) - set(USUAL_SECTIONS) == {SectionKind.QUOTE}
    assert set(Layout) - set(LAYOUTS) == {Layout.POWER_INTEREST}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Write to bea@acme.example.", "Write to [e-mail]"),
        ("bea.k+x@mail.acme.example, or call", "[e-mail], or call"),
        ('<a href="mailto:bea@acme.example">bea</a>', '<a href="mailto:[e-mail]">bea</a>'),
        ("(bea@acme.example)", "([e-mail])"),
        ("jörg@müller.example", "[e-mail]"),
        ("@acme on the web, 3 @ 5", "@acme on the web, 3 @ 5"),
        ("2026-11-22, 1 000 000 parcels", "2026-11-22, 1 000 000 parcels"),
        ("", ""),
        (None, ""),
        ("a" * 20_000, "a" * 20_000),
    ],
)
def test_addresses_are_taken_out_of_texts(text: object, shown: str) -> None:
    assert veiled(text) == shown
