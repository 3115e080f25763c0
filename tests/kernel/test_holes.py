"""Holes that higher apps fill."""

from __future__ import annotations

import pytest
from django.http import HttpRequest

from cxm.kernel.holes import Holes


def test_a_filled_hole_shows_its_filling() -> None:
    holes = Holes()
    holes.fill("journey-scores", lambda _request, subject: f"<b>{subject}</b>")

    assert holes.content("journey-scores", HttpRequest(), "map") == "<b>map</b>"
    assert holes.names() == {"journey-scores"}


def test_an_unfilled_hole_is_blank() -> None:
    assert Holes().content("journey-scores", HttpRequest(), None) == ""


def test_a_hole_is_filled_once() -> None:
    holes = Holes()
    holes.fill("journey-scores", lambda _request, _subject: "")

    with pytest.raises(ValueError, match="journey-scores is filled already"):
        holes.fill("journey-scores", lambda _request, _subject: "")
