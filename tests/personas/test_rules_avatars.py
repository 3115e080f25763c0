"""Drawn portraits: every one can be drawn, differs from the others, and says what it shows."""

from __future__ import annotations

from itertools import product
from xml.etree import ElementTree

import pytest

from personas.rules.avatars import FACES, HAIRS, SIZE, SKINS, avatar, avatar_words
from personas.rules.shapes import Avatar

ALL = list(product(range(len(FACES)), range(len(HAIRS))))


def test_there_are_as_many_as_a_persona_may_name() -> None:
    fits = Avatar(face=11, hair=11, skin=7)

    assert (len(FACES), len(HAIRS), len(SKINS)) == (fits.face + 1, fits.hair + 1, fits.skin + 1)


@pytest.mark.slow
def test_no_two_portraits_are_drawn_alike() -> None:
    drawn = {
        str(avatar(face=face, hair=hair, skin=skin))
        for (face, hair), skin in product(ALL, range(len(SKINS)))
    }

    assert len(drawn) == 12 * 12 * 8


@pytest.mark.parametrize(("face", "hair"), ALL)
def test_a_portrait_is_whole_and_stays_on_its_ground(face: int, hair: int) -> None:
    root = ElementTree.fromstring(str(avatar(face=face, hair=hair, skin=3)))  # noqa: S314 - ours

    tags = {one.tag for one in root.iter()}
    assert tags <= {"svg", "rect", "circle", "path"}
    centres = [(float(one.attrib["cx"]), float(one.attrib["cy"])) for one in root.iter("circle")]
    assert [at for at in centres if not (min(at) >= 0 and max(at) <= SIZE)] == []


def test_a_portrait_says_its_words_or_is_decoration() -> None:
    words = avatar_words(3, 9)

    assert words == "Drawn portrait: smiling, with glasses, a headscarf."
    assert f'role="img" aria-label="{words}"' in str(avatar(face=3, hair=9, skin=0, words=words))
    assert 'aria-hidden="true"' in str(avatar(face=3, hair=9, skin=0))
    assert "&lt;b&gt;" in str(avatar(face=0, hair=0, skin=0, words="<b>"))


def test_a_beard_under_a_headscarf_has_the_colour_of_hair() -> None:
    scarf = next(place for place, hair in enumerate(HAIRS) if hair.cut == "scarf")
    beard = next(place for place, face in enumerate(FACES) if face.extra == "beard")
    drawn, bare = (str(avatar(face=face, hair=scarf, skin=0)) for face in (beard, 0))

    assert drawn.count(HAIRS[scarf].shade) == bare.count(HAIRS[scarf].shade)
