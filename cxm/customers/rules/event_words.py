"""Names that programs gave to events, made readable; and where a fact came from."""

from __future__ import annotations

import re

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BREAKS = re.compile(r"[\s_.:/\-]+")
_SOURCES = {
    "file": "File",
    "api": "API",
    "notes": "Written by hand",
    "identity": "Identity",
}


def readable_name(name: str) -> str:
    """Make a sentence's beginning of an event name: "order_delivered" is "Order delivered".

    Words that are capital letters alone (SMS) stay; a name without letters stays as it is.
    """
    words = _BREAKS.sub(" ", _CAMEL.sub(" ", name)).split()
    plain = " ".join(word if word.isupper() and len(word) > 1 else word.lower() for word in words)
    return f"{plain[:1].upper()}{plain[1:]}" or name


def source_words(source: str, batch_title: str = "") -> str:
    """Say where a fact came from: "Imported from orders.csv", "Web shop", "API".

    An event source, and whatever else has no words of ours, is called by its key, made readable.
    """
    if batch_title:
        return f"Imported from {batch_title}"
    kind, _, key = source.partition(":")
    if kind in _SOURCES:
        return f"{_SOURCES[kind]} {key}".strip()
    return readable_name(key if kind == "events" else source)
