"""Titles that people write, in one line."""

from __future__ import annotations

import re

_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x9f\ud800-\udfff]")


def one_line(asked: str) -> str:
    """Give a title with single spaces, without control characters and halves of characters."""
    return " ".join(_NO_TEXT.sub("", asked).split())
