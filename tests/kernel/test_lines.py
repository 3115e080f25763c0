"""Text broken into lines: nothing is lost, and nothing is wider than it may be."""

from __future__ import annotations

from unicodedata import category

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxm.kernel.typesetting.lines import broken, is_from_the_right
from cxm.kernel.typesetting.widths import width_of


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        pytest.param("", 100, (), id="nothing"),
        pytest.param("I wait", 100, ("I wait",), id="one line"),
        pytest.param("I wait for the money", 50, ("I wait for", "the money"), id="at blanks"),
        pytest.param("one\n\ntwo\n", 100, ("one", "", "two"), id="written breaks stay"),
        pytest.param("a\tb\u202ec\x07", 100, ("a bc",), id="what is no sign is left out"),
    ],
)
def test_text_is_broken_at_blanks(text: str, width: float, lines: tuple[str, ...]) -> None:
    assert broken(text, width, 10.0) == lines


def test_a_word_wider_than_a_line_is_cut_between_its_letters() -> None:
    word = "Donaudampfschifffahrtsgesellschaft"

    lines = broken(word, 60, 10.0)

    assert "".join(lines) == word
    assert len(lines) > 1


def test_no_letter_is_cut_off_its_marks() -> None:
    family, thumb, flag = "👩\u200d👩\u200d👧", "👍🏽", "🇩🇪"

    assert broken(family + thumb + flag, 1, 10.0) == (family, thumb, flag)
    assert broken("e\u0301" * 3, 1, 10.0) == ("e\u0301",) * 3


_SIGNS = st.characters(
    exclude_categories=["Cs", "Cc", "Cn", "Cf", "Mn", "Me", "Mc", "Sk", "Zl", "Zp"]
)


@settings(max_examples=60, deadline=None)
@given(st.text(_SIGNS, max_size=80), st.floats(12, 200))
def test_no_sign_is_lost_and_no_line_is_too_wide(text: str, width: float) -> None:
    lines = broken(text, width, 10.0)

    assert "".join("".join(lines).split()) == "".join(text.split())
    assert [line for line in lines if len(line) > 1 and width_of(line, 10.0) > width + 1e-6] == []


@pytest.mark.parametrize(
    ("text", "is_so"),
    [("שלום", True), ("مرحبا", True), ("12 שלום", True), ("Hello שלום", False), ("12", False)],
)
def test_the_first_letter_says_where_a_text_begins(text: str, is_so: bool) -> None:
    assert is_from_the_right(text) is is_so


def test_signs_are_as_wide_as_the_fonts_say() -> None:
    # hmtx of Figtree Regular at 1,000 units per em, as FreeType reads it too.
    assert width_of("Wi", 1_000) == pytest.approx(width_of("W", 1_000) + width_of("i", 1_000))
    assert width_of("W", 10) > 2 * width_of("i", 10)
    assert width_of("e\u0301", 10) == width_of("e", 10)
    assert width_of("漢", 10) == 10


@pytest.mark.parametrize("sign", ["A", "ж", "א", "ش", "😀", "é"])
def test_every_script_of_our_fonts_is_measured(sign: str) -> None:
    from PIL import ImageFont  # noqa: PLC0415 - a second reader of the same fonts

    from cxm.kernel.typesetting import widths  # noqa: PLC0415 - to name its fonts

    name = next(one for one in widths._FACES[400] if ord(sign) in widths._face(one).widths)
    font = ImageFont.truetype(str(widths._FOLDER / f"{name}.ttf"), 1_000)

    assert category(sign) != "Cn"
    assert width_of(sign, 1_000) == pytest.approx(font.getlength(sign), abs=1.5)
