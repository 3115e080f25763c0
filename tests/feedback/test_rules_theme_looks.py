"""Colours of themes: contrast as WCAG measures it, and what a stylesheet says."""

from __future__ import annotations

import itertools

import pytest

from feedback.rules.theme_looks import (
    Corner,
    Font,
    Look,
    accent_ink,
    contrast,
    is_colour,
    theme_css,
    too_pale,
)


# By the definition in WCAG 2.2; greys on white are the well-known edge of 4.5:1.
@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#ffffff", "#777777", 4.47),
        ("#767676", "#ffffff", 4.54),
        ("#ff0000", "#ffffff", 3.99),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert int(contrast(one, other) * 100) / 100 == ratio
    assert contrast(one, other) == contrast(other, one)


@pytest.mark.parametrize(
    ("told", "is_one"),
    [("#1f5fbf", True), ("#ABCDEF", True), ("#fff", False), ("red", False), ("#1f5fbf;}", False)],
)
def test_only_six_digits_are_a_colour(told: str, is_one: bool) -> None:
    assert is_colour(told) is is_one


def test_pairs_that_cannot_be_read_are_named_with_the_field_to_change() -> None:
    found = too_pale(Look(ground="#ffffff", ink="#777777", accent="#ff0000"))

    assert [(one.field, one.words) for one in found] == [
        ("ink", "The text on the ground"),
        ("accent", "Links and buttons on the ground"),
    ]
    assert too_pale(Look(ground="#ffffff", ink="#767676", accent="#1f5fbf")) == []


@pytest.mark.parametrize(
    ("ground", "ink", "accent"),
    [
        ("#ffffff", "#767676", "#1f5fbf"),
        ("#101820", "#f4f4f4", "#ffcc00"),
        ("#ffe9c9", "#3b1e00", "#8a2b00"),
        ("#757575", "#ffffff", "#000000"),
    ],
)
def test_whatever_is_drawn_of_a_look_can_be_read(ground: str, ink: str, accent: str) -> None:
    look = Look(ground, ink, accent)

    parts = theme_css(look).partition("{")[2].rpartition("}")[0].split(";")
    told = dict(part.split(":", 1) for part in parts)

    assert all(contrast(told[name], told["--sheet"]) >= 4.5 for name in ("--ink-2", "--bad"))
    assert contrast(told["--line"], told["--sheet"]) >= 3
    assert contrast(told["--accent-ink"], told["--accent"]) >= 4.5


def test_a_stylesheet_says_colours_font_and_corners() -> None:
    look = Look("#101820", "#f4f4f4", "#ffcc00", Font.SERIF, Corner.SHARP)

    css = theme_css(look)

    assert css.startswith(":root{color-scheme:dark;")
    assert "--sheet:#101820;" in css
    assert "--corner:0rem;" in css
    assert '--font:Georgia, "Times New Roman", serif}' in css


def test_words_on_any_button_can_be_read() -> None:
    steps = ("00", "55", "aa", "ff")
    accents = ["#" + "".join(parts) for parts in itertools.product(steps, repeat=3)]
    looks = [Look("#ffffff", "#000000", accent) for accent in accents]

    assert all(contrast(accent_ink(look), look.accent) >= 4.3 for look in looks)
