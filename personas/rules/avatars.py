"""Drawn pictures of personas: nobody's photograph, made of a face, hair and skin by number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxm.kernel.svg import Element, element

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = 64
INK = "#2b2f33"
SKINS = (
    ("#fbe0cf", "#edc3a9"),
    ("#f5cfb0", "#e2b08c"),
    ("#e9b78f", "#d1976c"),
    ("#d79f73", "#bd8257"),
    ("#b97f54", "#9d673f"),
    ("#9a653f", "#7f502f"),
    ("#7b4c2f", "#633b22"),
    ("#5a3725", "#452919"),
)


@dataclass(frozen=True, slots=True)
class Face:
    """What one face has: its words, eyes, mouth, and what it wears or grows."""

    words: str
    eyes: str = "open"
    mouth: str = "smile"
    extra: str = ""


@dataclass(frozen=True, slots=True)
class Hair:
    """How one head of hair is cut, and its two colours."""

    words: str
    cut: str
    colour: str
    shade: str


FACES = (
    Face("smiling"),
    Face("laughing", "happy", "laugh"),
    Face("calm", mouth="straight"),
    Face("smiling, with glasses", extra="glasses"),
    Face("with a beard", extra="beard"),
    Face("with freckles", extra="freckles"),
    Face("thoughtful", mouth="aside"),
    Face("worried", "worried", "down"),
    Face("with round glasses", mouth="straight", extra="round-glasses"),
    Face("with a moustache", extra="moustache"),
    Face("laughing, with a beard", "happy", "laugh", "beard"),
    Face("older, smiling", extra="lines"),
)
HAIRS = (
    Hair("short dark hair", "short", "#3a2c26", "#2a1f1b"),
    Hair("a brown bob", "bob", "#6a4630", "#553624"),
    Hair("black curls", "curls", "#26211f", "#171413"),
    Hair("long fair hair", "long", "#d7a95c", "#bd8e43"),
    Hair("a side parting", "parting", "#7d5536", "#654329"),
    Hair("a bun", "bun", "#4a3329", "#37251d"),
    Hair("grey short hair", "short", "#b4b6b8", "#979a9d"),
    Hair("a bald head", "bald", "#3a2c26", "#2a1f1b"),
    Hair("long red hair", "long", "#b2552f", "#964322"),
    Hair("a headscarf", "scarf", "#3f7d80", "#336769"),
    Hair("grey curls", "curls", "#c3c4c5", "#a7a9ab"),
    Hair("a ponytail", "ponytail", "#2e2622", "#201a17"),
)
_HEAD = "M20 27C20 17.5 25 12.5 32 12.5S44 17.5 44 27C44 37 39 43.5 32 43.5S20 37 20 27Z"
_SHOULDERS = "M7 66C7 53.5 16 48.5 25.5 47.5H38.5C48 48.5 57 53.5 57 66Z"


def avatar_words(face: int, hair: int) -> str:
    """Say what the drawing shows, for those who cannot see it."""
    return f"Drawn portrait: {FACES[face].words}, {HAIRS[hair].words}."


def avatar(*, face: int, hair: int, skin: int, words: str = "") -> Element:
    """Draw a portrait in a square of 64.

    *face* and *hair* count from 0 to 11, *skin* from 0 to 7. *words* are what screen readers
    say; without them the picture is decoration and hidden from them. Ground and clothes take
    their colour from the classes `avatar-ground` and `avatar-clothes`.
    """
    described = {"role": "img", "aria_label": words} if words else {"aria_hidden": "true"}
    return _portrait((face, hair, skin), (None, None), **described)


def avatar_picture(*, face: int, hair: int, skin: int, ground: str, clothes: str) -> Element:
    """Draw the portrait as a picture of its own, which says its colours itself."""
    return _portrait((face, hair, skin), (ground, clothes), xmlns="http://www.w3.org/2000/svg")


def _portrait(
    numbers: tuple[int, int, int], colours: tuple[str | None, str | None], **described: str
) -> Element:
    face, hair, skin = numbers
    ground, clothes = colours
    light, shade = SKINS[skin]
    worn = HAIRS[hair]
    behind, front = _CUTS[worn.cut](worn)
    ears = [] if worn.cut == "scarf" else [_dot(19.6, 29, 2.9, light), _dot(44.4, 29, 2.9, light)]
    return element(
        "svg",
        element("rect", class_="avatar-ground", width=SIZE, height=SIZE, fill=ground),
        *behind,
        element("path", class_="avatar-clothes", d=_SHOULDERS, fill=clothes),
        element("path", d="M26.5 38H37.5V48C37.5 53.5 26.5 53.5 26.5 48Z", fill=shade),
        *ears,
        element("path", d=_HEAD, fill=light),
        *_features(FACES[face], worn, shade),
        *front,
        class_="avatar",
        viewBox=f"0 0 {SIZE} {SIZE}",
        **described,
    )


def _features(face: Face, hair: Hair, shade: str) -> list[Element]:
    """Draw eyes, nose and mouth, and what is worn or grown; a beard lies under the mouth."""
    if hair.cut == "scarf":  # what grows has no colour of cloth
        hair = HAIRS[0]
    beard = [_beard(hair)] if face.extra == "beard" else []
    extra = _EXTRAS.get(face.extra)
    mouth = _MOUTHS[face.mouth]
    return [
        *beard,
        *_EYES[face.eyes],
        element("path", d="M32 29.2Q33.7 31.6 31.6 32", **_line(shade, 1.5)),
        *mouth,
        *(extra(hair, shade) if extra else []),
    ]


def _line(colour: str, width: float) -> dict[str, str | float]:
    return {"fill": "none", "stroke": colour, "stroke_width": width, "stroke_linecap": "round"}


def _dot(x: float, y: float, radius: float, colour: str) -> Element:
    return element("circle", cx=x, cy=y, r=radius, fill=colour)


def _stroke(d: str, width: float = 1.6, colour: str = INK) -> Element:
    return element("path", d=d, **_line(colour, width))


def _shape(d: str, colour: str) -> Element:
    return element("path", d=d, fill=colour)


_EYES: dict[str, list[Element]] = {
    "open": [_dot(27, 27.4, 1.55, INK), _dot(37, 27.4, 1.55, INK)],
    "happy": [_stroke("M25 27.8Q27 25.4 29 27.8"), _stroke("M35 27.8Q37 25.4 39 27.8")],
    "worried": [
        _dot(27, 27.9, 1.55, INK),
        _dot(37, 27.9, 1.55, INK),
        _stroke("M24.8 24.4L28.4 23.2", 1.3),
        _stroke("M39.2 24.4L35.6 23.2", 1.3),
    ],
}
_MOUTHS: dict[str, list[Element]] = {
    "smile": [_stroke("M28 36Q32 39.6 36 36")],
    "laugh": [
        _shape("M27.4 35.2H36.6C36.4 41.2 27.6 41.2 27.4 35.2Z", "#fff"),
        _stroke("M27.4 35.2H36.6C36.4 41.2 27.6 41.2 27.4 35.2Z", 1.2),
    ],
    "straight": [_stroke("M28.6 36.8H35.4")],
    "aside": [_stroke("M29.4 37.2Q33 37.6 35.8 35.6")],
    "down": [_stroke("M28.4 38Q32 35.2 35.6 38")],
}


def _beard(hair: Hair) -> Element:
    return _shape(
        "M20.3 29C20 38.5 24.5 46.5 32 46.5S44 38.5 43.7 29C42.5 34 39.5 33.4 36.5 33.4"
        "C34 33.4 33 32.9 32 32.9S30 33.4 27.5 33.4C24.5 33.4 21.5 34 20.3 29Z",
        hair.shade,
    )


def _glasses(_hair: Hair, _shade: str) -> list[Element]:
    box = {"y": 24.2, "width": 8, "height": 6.4, "rx": 1.8, **_line(INK, 1.2)}
    return [element("rect", x=23, **box), element("rect", x=33, **box), _stroke("M31 26H33", 1.2)]


def _round_glasses(_hair: Hair, _shade: str) -> list[Element]:
    rims = [element("circle", cx=x, cy=27.4, r=4.1, **_line(INK, 1.2)) for x in (27, 37)]
    return [*rims, _stroke("M31.1 26.8Q32 26.2 32.9 26.8", 1.2)]


def _freckles(_hair: Hair, shade: str) -> list[Element]:
    places = ((24.4, 31.2), (26.2, 32.4), (27.6, 30.9), (36.4, 30.9), (37.8, 32.4), (39.6, 31.2))
    return [_dot(x, y, 0.65, shade) for x, y in places]


def _moustache(hair: Hair, _shade: str) -> list[Element]:
    return [
        _shape(
            "M26 35.6C28 32.4 31 32.8 32 34C33 32.8 36 32.4 38 35.6"
            "C36 36 33.4 36.2 32 35.2C30.6 36.2 28 36 26 35.6Z",
            hair.shade,
        )
    ]


def _age_lines(_hair: Hair, shade: str) -> list[Element]:
    lines = (
        "M27.4 20.4H36.6",
        "M28.6 22.4H35.4",
        "M25.4 33.4Q25 36 26 38",
        "M38.6 33.4Q39 36 38 38",
    )
    return [_stroke(line, 1, shade) for line in lines]


_EXTRAS: dict[str, Callable[[Hair, str], list[Element]]] = {
    "glasses": _glasses,
    "round-glasses": _round_glasses,
    "freckles": _freckles,
    "moustache": _moustache,
    "lines": _age_lines,
}
type _Layers = tuple[list[Element], list[Element]]
_CAP = "M18.6 28C17 15 24 8.6 32 8.6S47 15 45.4 28C44.4 25 43.6 22.6 42.6 20.6"


def _short(hair: Hair) -> _Layers:
    return [], [_shape(f"{_CAP}C37 21 28 20.4 24 16.8C22.4 19.6 20 23 18.6 28Z", hair.colour)]


def _parting(hair: Hair) -> _Layers:
    return [], [
        _shape(f"{_CAP}C36 20.6 30 18.6 27.4 14.6C26 19 22 20.8 20.8 22.4Z", hair.colour),
        _stroke("M27.4 14.6Q26.8 11.6 28.4 9.4", 1, hair.shade),
    ]


def _bob(hair: Hair) -> _Layers:
    back = "M15.6 40C14 18 19 7.6 32 7.6S50 18 48.4 40C44 42.6 41 42 41 42H23S20 42.6 15.6 40Z"
    fringe = (
        "M19.4 27C19 15 25 9.6 32 9.6S45 15 44.6 27C41 24 40 20.4 39.4 17.6"
        "C34 21.6 24 20.6 19.4 27Z"
    )
    return [_shape(back, hair.shade)], [_shape(fringe, hair.colour)]


def _long(hair: Hair) -> _Layers:
    back = "M14 55C13 24 17 7 32 7S51 24 50 55C46 57.4 42 56 42 56H22S18 57.4 14 55Z"
    front = (
        "M18.4 33C17 15 24 8.6 32 8.6S47 15 45.6 33C43.4 25 38 21.4 32 13.8C27.6 21 21 24 18.4 33Z"
    )
    return [_shape(back, hair.shade)], [_shape(front, hair.colour)]


def _curls(hair: Hair) -> _Layers:
    behind = ((17.6, 25), (17, 31), (46.4, 25), (47, 31))
    front = ((20, 19.6), (24, 14), (29.6, 11), (35, 11), (40.2, 14), (44, 19.6), (32, 15.4))
    return (
        [_dot(x, y, 5, hair.shade) for x, y in behind],
        [_dot(x, y, 5.2, hair.colour) for x, y in front],
    )


def _bun(hair: Hair) -> _Layers:
    _, front = _short(hair)
    return [_dot(32, 7.4, 6, hair.shade)], front


def _ponytail(hair: Hair) -> _Layers:
    tail = "M42 13C53 12 56 26 52 42C50 46 46.6 44 47.4 40C49 31 47 24 42 21Z"
    _, front = _short(hair)
    return [_shape(tail, hair.shade)], front


def _bald(_hair: Hair) -> _Layers:
    return [], [_stroke("M26.6 16.6Q29 14.8 31.6 14.6", 1.4, "#ffffff")]


def _scarf(hair: Hair) -> _Layers:
    back = "M14.6 50C11.4 22 18 6.6 32 6.6S52.6 22 49.4 50Z"
    front = (
        "M17.6 50C14.6 20 21 8 32 8S49.4 20 46.4 50C42 46 43.6 40 43.8 33C44 22 39 16.4 32 16.4"
        "S20 22 20.2 33C20.4 40 22 46 17.6 50Z"
    )
    chin = "M20.4 36C22 43 27 46 32 46S42 43 43.6 36L47 52C38 57 26 57 17 52Z"
    return [_shape(back, hair.shade)], [_shape(front, hair.colour), _shape(chin, hair.colour)]


_CUTS: dict[str, Callable[[Hair], _Layers]] = {
    "short": _short,
    "parting": _parting,
    "bob": _bob,
    "long": _long,
    "curls": _curls,
    "bun": _bun,
    "ponytail": _ponytail,
    "bald": _bald,
    "scarf": _scarf,
}
