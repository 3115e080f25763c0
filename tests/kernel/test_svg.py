"""SVG that the content policy lets through."""

from __future__ import annotations

import pytest
from django.utils.html import format_html

from cxm.kernel.svg import ForbiddenAttributeError, coordinate, element


def test_attributes_and_text_are_escaped() -> None:
    drawn = element("title", 'Tom & "Co" <b>', class_='a"b')

    assert str(drawn) == '<title class="a&quot;b">Tom &amp; "Co" &lt;b&gt;</title>'


def test_numbers_are_short_and_absent_attributes_are_left_out() -> None:
    drawn = element("rect", x=1.0, width=2.504, stroke_width=0.1, rx=None)

    assert str(drawn) == '<rect x="1" width="2.5" stroke-width="0.1"></rect>'


@pytest.mark.parametrize("name", ["style", "onclick", "onload"])
def test_what_the_content_policy_refuses_is_refused_here(name: str) -> None:
    with pytest.raises(ForbiddenAttributeError, match=name):
        element("rect", **{name: "x"})


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (-0.001, "0"), (10.0, "10"), (100.25, "100.25"), (0.1, "0.1")]
)
def test_a_coordinate_has_no_idle_digits(value: float, text: str) -> None:
    assert coordinate(value) == text


def test_signs_that_no_xml_file_holds_are_left_out() -> None:
    drawn = element("text", "a\x00\x1b\ufffe\ud800b\tc", class_="d\x0be")

    assert str(drawn) == '<text class="de">ab\tc</text>'


def test_html_takes_an_element_as_escaped_already() -> None:
    html = format_html("<svg>{}</svg>", element("g", "a & b"))

    assert html == "<svg><g>a &amp; b</g></svg>"
