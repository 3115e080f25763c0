"""The colours of personas and rings on paper, where no style sheet says them."""

from __future__ import annotations

# A strong one for lines and a soft one for grounds: what static/css/personas.css has for light.
_COLOURS = {
    "c1": ("#006d6d", "#cbecec"),
    "c2": ("#246099", "#d4e7fc"),
    "c3": ("#5e4f9c", "#e4e1fb"),
    "c4": ("#82417d", "#f3ddf0"),
    "c5": ("#a33949", "#fddddf"),
    "c6": ("#8a5619", "#fae4c7"),
    "c7": ("#526629", "#dfeccc"),
    "c8": ("#46595f", "#dae5e7"),
}


def print_colours(colour: str) -> tuple[str, str]:
    """Give the strong and the soft colour of *colour* ("c1" to "c8"); grey for any other word."""
    return _COLOURS.get(colour, _COLOURS["c8"])
