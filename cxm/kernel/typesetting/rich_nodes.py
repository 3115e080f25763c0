"""Rich text as nested data, so that a template can set it without reading markup."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from cxm.kernel.rich_text import rendered

type Node = str | dict[str, Any]

# The setter stops at deeper calls; a list within so many is shown at this depth.
_DEEPEST = 12


def rich_nodes(text: str) -> list[Node]:
    """Give *text* of the small Markdown subset as a list of paragraphs and lists.

    A node is a text, or has `tag` (p, br, strong, em, code, a, ul, ol or li), `of` (nodes), and
    for `a` its address in `href`. Empty text gives an empty list.
    """
    reader = _Reader()
    reader.feed(rendered(text))
    reader.close()
    return reader.nodes


class _Reader(HTMLParser):
    """Reads the few elements that rich text has into nodes; line ends between blocks are none."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.nodes: list[Node] = []
        self._open: list[list[Node]] = [self.nodes]
        self._too_deep = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element, unless it lies too deep."""
        if tag == "br":
            self._open[-1].append({"tag": "br", "of": []})
        elif len(self._open) > _DEEPEST:
            self._too_deep += 1
        else:
            node: dict[str, Any] = {"tag": tag, "of": []}
            if tag == "a":
                node["href"] = dict(attrs).get("href") or ""
            self._open[-1].append(node)
            self._open.append(node["of"])

    def handle_endtag(self, tag: str) -> None:
        """Close what was opened last."""
        if tag == "br":
            return
        if self._too_deep:
            self._too_deep -= 1
        elif len(self._open) > 1:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        """Keep a text without line ends: breaks that are meant are elements."""
        if text := data.replace("\n", ""):
            self._open[-1].append(text)
