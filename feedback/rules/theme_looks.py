"""How themes of surveys look: colours with enough contrast, fonts of the device, corners."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

LEAST_CONTRAST, LEAST_FOR_LINES = 4.5, 3.0
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_BLACK, _WHITE = "#111111", "#ffffff"
# Below it, sRGB is a straight line.
_KNEE = 0.04045
_REDS = ("#a4291c", "#ff9d8d")
# Of the ink in what is quieter: the first that can still be read is taken.
_QUIETER = (0.72, 0.8, 0.88, 1.0)
_LINES = (0.4, 0.5, 0.6, 0.7, 0.85, 1.0)


class Font(StrEnum):
    """Families of fonts that devices have: nothing is loaded."""

    SANS = "sans"
    SERIF = "serif"
    ROUNDED = "rounded"
    MONO = "mono"

    @property
    def words(self) -> str:
        """Give what people read."""
        return _FONTS[self][0]

    @property
    def families(self) -> str:
        """Give what the stylesheet says."""
        return _FONTS[self][1]


_FONTS = {
    Font.SANS: ("Plain", "system-ui, sans-serif"),
    Font.SERIF: ("With serifs", 'Georgia, "Times New Roman", serif'),
    Font.ROUNDED: ("Rounded", 'ui-rounded, "Arial Rounded MT Bold", system-ui, sans-serif'),
    Font.MONO: ("Like a typewriter", "ui-monospace, Menlo, Consolas, monospace"),
}


class Corner(StrEnum):
    """How round the corners of fields and buttons are."""

    SHARP = "sharp"
    SOFT = "soft"
    ROUND = "round"

    @property
    def words(self) -> str:
        """Give what people read."""
        return self.value.title()

    @property
    def radius(self) -> float:
        """Give the radius of fields and buttons in rem; that of the sheet is larger."""
        return {Corner.SHARP: 0.0, Corner.SOFT: 0.625, Corner.ROUND: 1.375}[self]


@dataclass(frozen=True, slots=True)
class Look:
    """What a theme says: colours as #rrggbb."""

    ground: str
    ink: str
    accent: str
    font: Font = Font.SANS
    corner: Corner = Corner.SOFT


@dataclass(frozen=True, slots=True)
class Pale:
    """Two colours that stand too close: *field* is the one to change, *ratio* their contrast."""

    field: str
    words: str
    ratio: float


def is_colour(told: str) -> bool:
    """Whether *told* is a colour such as #1f5fbf."""
    return _COLOUR.fullmatch(told) is not None


def contrast(one: str, other: str) -> float:
    """Give the contrast of two colours, from 1 to 21.

    By WCAG 2.2, "contrast ratio" and "relative luminance" (W3C Recommendation, 2023).
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def too_pale(look: Look) -> list[Pale]:
    """List the pairs of colours of a look whose contrast is under 4.5:1."""
    pairs = (
        ("ink", "The text on the ground", look.ink),
        ("accent", "Links and buttons on the ground", look.accent),
    )
    found = [(name, words, contrast(colour, look.ground)) for name, words, colour in pairs]
    return [Pale(*one) for one in found if one[2] < LEAST_CONTRAST]


def accent_ink(look: Look) -> str:
    """Give the colour of words on buttons: black or white, the one that stands out more."""
    return max((_WHITE, _BLACK), key=lambda one: contrast(one, look.accent))


def theme_css(look: Look) -> str:
    """Write the stylesheet of a look; it stands behind `survey.css` and changes its variables."""
    is_dark = _luminance(look.ground) < _luminance(look.ink)
    told = {
        "color-scheme": "dark" if is_dark else "light",
        "--ground": _mixed(look.ink, look.ground, 0.05),
        "--sheet": look.ground,
        "--ink": look.ink,
        "--ink-2": _mix_of(look, _QUIETER, LEAST_CONTRAST),
        "--line": _mix_of(look, _LINES, LEAST_FOR_LINES),
        "--accent": look.accent,
        "--accent-ink": accent_ink(look),
        "--bad": next((c for c in _REDS if contrast(c, look.ground) >= LEAST_CONTRAST), look.ink),
        "--corner": f"{look.corner.radius:g}rem",
        "--corner-sheet": f"{look.corner.radius * 1.6:g}rem",
        "--font": look.font.families,
    }
    return ":root{" + ";".join(f"{name}:{value}" for name, value in told.items()) + "}\n"


def _mix_of(look: Look, shares: tuple[float, ...], least: float) -> str:
    mixes = (_mixed(look.ink, look.ground, share) for share in shares)
    return next(one for one in mixes if contrast(one, look.ground) >= least)


def _mixed(one: str, other: str, share: float) -> str:
    """Mix two colours: *share* of *one*, the rest of *other*."""
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


def _luminance(colour: str) -> float:
    parts = (channel / 255 for channel in _channels(colour))
    red, green, blue = (p / 12.92 if p <= _KNEE else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
