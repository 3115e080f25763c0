"""Tests of text with a little Markdown: what it may become, and what never comes through."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import override

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxm.kernel.rich_text import is_marked, plain, rendered

ALLOWED = {
    "p": set(),
    "br": set(),
    "strong": set(),
    "em": set(),
    "code": set(),
    "ul": set(),
    "ol": {"start"},
    "li": set(),
    "a": {"href", "rel"},
}
REL = 'rel="noopener noreferrer nofollow"'

# Text that looks like markup more often than chance would have it.
_PIECES = st.sampled_from(
    (
        *("*", "**", "_", "`", "[", "](", ")", "![", "<", ">", "&", '"', "'", "\n", "\n\n", "- "),
        *("javascript:", "https://a.example/", "mailto:", "data:", "//", "&#106;", "\\", "\t"),
        *(
            "<script>",
            "<img src=x onerror=a>",
            "<!--",
            "]]>",
            "<a href=javascript:b>",
            "# ",
            "\x00",
        ),
    )
)
_HOSTILE = st.lists(st.one_of(_PIECES, st.text(max_size=5)), max_size=40).map("".join)


class Elements(HTMLParser):
    """Notes what a browser would find: elements with their attributes, and anything else."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.strange: list[str] = []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    @override
    def handle_comment(self, data: str) -> None:
        self.strange.append(data)

    @override
    def handle_decl(self, decl: str) -> None:
        self.strange.append(decl)

    @override
    def handle_pi(self, data: str) -> None:
        self.strange.append(data)


def _elements(text: str) -> Elements:
    seen = Elements()
    seen.feed(rendered(text))
    seen.close()
    return seen


@pytest.mark.parametrize(
    ("text", "html"),
    [
        pytest.param("", "", id="nothing"),
        pytest.param("**bold**", "<p><strong>bold</strong></p>\n", id="bold"),
        pytest.param("*a* _b_", "<p><em>a</em> <em>b</em></p>\n", id="italic"),
        pytest.param("`a < b`", "<p><code>a &lt; b</code></p>\n", id="code"),
        pytest.param("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n", id="list"),
        pytest.param("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>\n', id="counted"),
        pytest.param("a\nb\n\nc", "<p>a<br>\nb</p>\n<p>c</p>\n", id="lines and paragraphs"),
        pytest.param("@Ana Sousa", "<p>@Ana Sousa</p>\n", id="mention as text"),
        pytest.param(r"\*a\*", "<p>*a*</p>\n", id="escaped mark"),
        pytest.param(
            '[a](https://a.example "t")',
            f'<p><a href="https://a.example" {REL}>a</a></p>\n',
            id="link without its title",
        ),
        pytest.param(
            "[a](mailto:a@b.example)",
            f'<p><a href="mailto:a@b.example" {REL}>a</a></p>\n',
            id="e-mail",
        ),
    ],
)
def test_the_subset_becomes_html(text: str, html: str) -> None:
    assert rendered(text) == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        pytest.param("# a", "<p># a</p>\n", id="heading"),
        pytest.param("> a", "<p>&gt; a</p>\n", id="quotation"),
        pytest.param("---", "<p>---</p>\n", id="rule"),
        pytest.param("```\na\n```", "<p><code>a</code></p>\n", id="block of code"),
        pytest.param("<b>a</b>", "<p>&lt;b&gt;a&lt;/b&gt;</p>\n", id="html"),
        pytest.param("&lt;b&gt;", "<p>&amp;lt;b&amp;gt;</p>\n", id="entity"),
        pytest.param("[a](javascript:b)", "<p>[a](javascript:b)</p>\n", id="script"),
        pytest.param("[a](JavaScript:b)", "<p>[a](JavaScript:b)</p>\n", id="script in capitals"),
        pytest.param("[a](data:text/html,b)", "<p>[a](data:text/html,b)</p>\n", id="data"),
        pytest.param("[a](//b.example)", "<p>[a](//b.example)</p>\n", id="no scheme"),
        pytest.param("[a](/b)", "<p>[a](/b)</p>\n", id="address of ours"),
        pytest.param("<https://a.example>", "<p>&lt;https://a.example&gt;</p>\n", id="bare link"),
        pytest.param("[a]\n\n[a]: https://b", "<p>[a]</p>\n<p>[a]: https://b</p>\n", id="footnote"),
    ],
)
def test_everything_else_is_shown_as_typed(text: str, html: str) -> None:
    assert rendered(text) == html


def test_a_picture_is_a_link_at_most() -> None:
    assert [tag for tag, _ in _elements("![a](https://a.example/b.png)").found] == ["p", "a"]


@given(text=_HOSTILE)
def test_no_text_becomes_anything_but_the_subset(text: str) -> None:
    seen = _elements(text)

    assert seen.strange == []
    for tag, attributes in seen.found:
        assert set(attributes) <= ALLOWED[tag]
        if tag == "a":
            address = attributes["href"] or ""
            assert address.lower().startswith(("http://", "https://", "mailto:"))


@given(text=st.text(alphabet="ab c\u00e9\u4e2d\U0001f600", max_size=80))
def test_words_without_marks_are_all_kept(text: str) -> None:
    assert plain(text).split() == text.split()


@pytest.mark.parametrize(
    "text",
    ["- " * 2_500, "*" * 5_000, "[" * 5_000, "![[" * 1_600, "*a_ " * 1_200, "[a](" * 1_200],
    ids=["lists in lists", "stars", "brackets", "pictures", "crossing", "open links"],
)
def test_thousands_of_marks_do_not_bring_it_down(text: str) -> None:
    assert isinstance(rendered(text), str)


@pytest.mark.parametrize("text", ["*a*", "`a`", "- a", "a\n\n1. b", "[a](https://b.example)"])
def test_text_with_marks_is_told_apart(text: str) -> None:
    assert is_marked(text)


@pytest.mark.parametrize("text", ["", "a", "a\nb\n\nc", "# a", "<b>a</b>", "2 * 3 * 4", "[a](b)"])
def test_text_without_marks_is_told_apart(text: str) -> None:
    assert not is_marked(text)


def test_plain_gives_the_words_line_by_line() -> None:
    text = "**Late** trains\nagain\n\n- [map](https://a.example)\n- `x`"

    assert plain(text) == "Late trains\nagain\nmap\nx"


def test_plain_leaves_html_as_it_was_typed() -> None:
    assert plain("<b>a</b> & c") == "<b>a</b> & c"
