"""Text that people write with a little Markdown, as HTML that holds nothing else.

Bold, italic, links, lists and code in a line. Headings, pictures and HTML are shown as they were
typed, and so are links to anything but web pages and e-mail addresses.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token
    from markdown_it.utils import EnvType, OptionsDict

_REACHABLE = re.compile(r"(?:https?://|mailto:)[^\s]", re.IGNORECASE)
_UNMARKED = {"paragraph_open", "paragraph_close", "text", "softbreak"}
_INLINE = ("newline", "escape", "backticks", "emphasis", "link")


def rendered(text: str) -> SafeString:
    """Write *text* as HTML of p, br, strong, em, code, a, ul, ol and li, and no other element.

    Single line breaks stay. Links go to http, https and mailto only, and carry
    `rel="noopener noreferrer nofollow"`. Empty text gives empty HTML.
    """
    html: str = _markdown.render(text)
    return mark_safe(html)  # noqa: S308 - html is off, and every rule is listed


def plain(text: str) -> str:
    """Give the words of *text* without its marks: one line for each line that is shown.

    A link is its words, without the address. What was HTML in the text still is: escape it.
    """
    return "\n".join(_lines(_markdown.parse(text))).strip()


def is_marked(text: str) -> bool:
    """Whether *text* has any marks, so that it is read otherwise than it is typed."""
    return any(_is_mark(token) for token in _markdown.parse(text))


def _is_mark(token: Token) -> bool:
    if token.type == "inline":
        return any(_is_mark(child) for child in token.children or ())
    return token.type not in _UNMARKED


def _lines(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "inline":
            yield "".join(_words(child) for child in token.children or ())


def _words(token: Token) -> str:
    words: str = token.content
    return "\n" if token.type in ("softbreak", "hardbreak") else words


def _is_reachable(url: str) -> bool:
    return _REACHABLE.match(url) is not None


class _Renderer(RendererHTML):
    """Writes links with their address alone: a title is not among what may be said."""

    def link_open(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, _env: EnvType
    ) -> str:
        """Write the tag that opens a link."""
        address = tokens[idx].attrs["href"]
        tokens[idx].attrs = {"href": address, "rel": "noopener noreferrer nofollow"}
        return self.renderToken(tokens, idx, options, _env)


def _made() -> MarkdownIt:
    markdown = MarkdownIt(
        "zero", {"html": False, "breaks": True, "maxNesting": 60}, renderer_cls=_Renderer
    )
    markdown.enable(["list", *_INLINE])
    # An attribute of the instance is how the library takes another judgement.
    markdown.validateLink = _is_reachable  # type: ignore[method-assign]
    return markdown


_markdown = _made()
