"""Writes SVG for pages with a strict content policy: attributes and classes, never styles."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape

# Signs that no XML file can hold, not even escaped: with one in it a file does not open.
NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class ForbiddenAttributeError(ValueError):
    """An attribute that the content policy of the pages would refuse."""


@dataclass(frozen=True)
class Element:
    """One SVG element; its text children are escaped when it is printed."""

    tag: str
    attributes: tuple[tuple[str, str], ...]
    children: tuple[Element | str, ...]

    def __str__(self) -> str:
        """Give the markup, everything in it escaped, without signs that XML cannot hold."""
        head = "".join(f' {name}="{_escaped(value)}"' for name, value in self.attributes)
        inner = "".join(
            str(child) if isinstance(child, Element) else _escaped(child, quote=False)
            for child in self.children
        )
        return f"<{self.tag}{head}>{inner}</{self.tag}>"

    def __html__(self) -> str:
        """Tell `format_html` that the markup is escaped already."""
        return str(self)


def element(tag: str, *children: Element | str, **attributes: str | float | None) -> Element:
    """Make an element; `class_` and `stroke_width` become `class` and `stroke-width`.

    Numbers are written by `coordinate`; attributes that are None are left out. Raises
    ForbiddenAttributeError for `style` and for `on…`, which the content policy refuses.
    """
    written = [
        (_attribute_name(name), value if isinstance(value, str) else coordinate(value))
        for name, value in attributes.items()
        if value is not None
    ]
    return Element(tag, tuple(written), children)


def coordinate(value: float) -> str:
    """Write a length or position in at most two decimals, without trailing zeros or minus zero."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _escaped(text: str, *, quote: bool = True) -> str:
    return escape(NO_XML.sub("", text), quote=quote)


def _attribute_name(name: str) -> str:
    attribute = name.rstrip("_").replace("_", "-")
    if attribute == "style" or attribute.startswith("on"):
        message = f"{attribute} is refused by the content policy: use a class or an attribute"
        raise ForbiddenAttributeError(message)
    return attribute
