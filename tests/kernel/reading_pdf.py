"""Reading back what a PDF says to those who cannot see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pypdf import PdfReader


def alternatives(reader: PdfReader) -> list[str]:
    """List the words that stand for pictures, in the order of the structure tree."""
    root: Any = reader.trailer["/Root"]
    return _alts(root["/StructTreeRoot"])


def _alts(node: Any) -> list[str]:
    if isinstance(node, list):
        return [words for one in node for words in _alts(one)]
    one = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(one, list):
        return _alts(list(one))
    if not isinstance(one, dict):
        return []
    own = [str(one["/Alt"])] if "/Alt" in one else []
    return own + (_alts(one["/K"]) if "/K" in one else [])
