"""Fields that several kinds of elements have, made from their names."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from cxm.kernel.cxmap.own_keys import MOST, kept_own
from cxm.kernel.operations.cleaning import one_line, paragraphs, text_of
from cxm.kernel.operations.shapes import FieldShape
from journeys.rules.tags import clean_tags

# What files say of an element under keys of anybody's own.
OWN = "extra"


def long(name: str, most: int, label: str) -> FieldShape:
    """Give a text of several paragraphs, of up to *most* characters."""
    return FieldShape(name, text_of(most), label, is_text=True, default="", clean=paragraphs)


def short(name: str, most: int, label: str) -> FieldShape:
    """Give a text of one line, of up to *most* characters."""
    return FieldShape(name, text_of(most), label, is_text=True, default="", clean=one_line)


def reference(name: str, label: str, to: str, *, is_fixed: bool = False) -> FieldShape:
    """Give a reference to a row of the kind *to*; one that *is_fixed* is set once, and must be."""
    return FieldShape(
        name, UUID if is_fixed else UUID | None, label, refers_to=to, is_fixed=is_fixed
    )


def yes(name: str, label: str) -> FieldShape:
    """Give something that is so or is not, and is not at first."""
    return FieldShape(name, bool, label, default=False)


def tags() -> FieldShape:
    """Give the tags of an element: each once, in one order, so that the same ones are equal."""
    return FieldShape("tags", list[str], "Tags", default=[], clean=clean_tags)


def own_keys(*inside: str) -> FieldShape:
    """Give what files say under keys of anybody's own; *inside* are parts that have such keys, too.

    Their keys stand beside those of the element: `{"x-team": "blue", "importance/x-asked": 12}`.
    """
    label = "Keys of your own"
    return FieldShape(OWN, dict[str, Any], label, default={}, clean=kept_own(*inside))


def web_address(name: str, label: str) -> FieldShape:
    """Give an address in the web; other kinds of addresses are refused."""
    return FieldShape(name, text_of(2_000), label, default="", clean=_address)


def _address(text: str) -> str:
    kept = text.strip()
    if kept and not kept.startswith(("https://", "http://")):
        message = "write an address that begins with https:// or http://."
        raise ValueError(message)
    if any(sign.isspace() or not sign.isprintable() for sign in kept):
        message = "write the address without spaces and line breaks."
        raise ValueError(message)
    return kept


def joined_own(one: Any, other: Any) -> dict[str, Any]:
    """Give the keys of somebody's own of two elements as those of one; *one* goes before *other*.

    What is more than one element holds in one place is left out.
    """
    found: dict[str, Any] = dict(one or {})
    held = Counter(_place(name) for name in found)
    for name, value in (other or {}).items():
        if name not in found and held[_place(name)] < MOST:
            found[name] = value
            held[_place(name)] += 1
    return found


def _place(name: str) -> str:
    return name.rpartition("/")[0]
