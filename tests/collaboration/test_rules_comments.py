"""What a comment may be, whom it names, who is told."""

from __future__ import annotations

import pytest

from cxm.collaboration.rules.comment_errors import EmptyCommentError, LongCommentError
from cxm.collaboration.rules.comments import clean_body, named, told
from cxm.collaboration.rules.kinds import NoticeKind
from cxm.collaboration.rules.notices import mail_subject, mail_text

PEOPLE = {1: "Ana", 2: "Ana Alves", 3: "Bea", 4: "bea", 5: "Zoë O’Neil", 6: "J. (Jo) Kim"}


@pytest.mark.parametrize(
    ("body", "keys"),
    [
        pytest.param("", set(), id="nothing"),
        pytest.param("Ask Ana about it", set(), id="a-name-without-the-sign"),
        pytest.param("@Ana what do you think?", {1}, id="at-the-beginning"),
        pytest.param("Well, @ana.", {1}, id="whatever-the-case"),
        pytest.param("@Ana Alves knows", {2}, id="the-longest-name"),
        pytest.param("@Ana Alvesson knows", {1}, id="not-the-beginning-of-a-longer-one"),
        pytest.param("@Anastasia knows", set(), id="not-inside-a-word"),
        pytest.param("ask@Ana.example", set(), id="not-in-an-address"),
        pytest.param("@Bea!", {3, 4}, id="who-shares-a-name-is-named-together"),
        pytest.param("(@Zoë O’Neil, @Ana)", {5, 1}, id="several"),
        pytest.param("@J. (Jo) Kim", {6}, id="signs-in-a-name"),
        pytest.param("@@Ana", set(), id="two-signs"),
        pytest.param("@Nobody", set(), id="nobody"),
        pytest.param("@Ana\nAlves", {1}, id="a-name-in-one-line"),
    ],
)
def test_a_comment_names_people(body: str, keys: set[int]) -> None:
    assert set(named(body, PEOPLE)) == keys


def test_without_people_nobody_is_named() -> None:
    assert named("@Ana", {}) == {}


@pytest.mark.parametrize(
    ("text", "body"),
    [
        pytest.param("  One\r\ntwo \n", "One\ntwo", id="lines-and-space"),
        pytest.param("a\0b", "ab", id="what-no-text-can-hold"),
        pytest.param("x" * 4_000, "x" * 4_000, id="as-long-as-it-may-be"),
        pytest.param("\r\n".join("ab" * 1_000), "\n".join("ab" * 1_000), id="breaks-count-once"),
    ],
)
def test_a_body_is_kept_clean(text: str, body: str) -> None:
    assert clean_body(text) == body


@pytest.mark.parametrize(
    ("text", "error"),
    [("", EmptyCommentError), (" \r\n\0", EmptyCommentError), ("x" * 4_001, LongCommentError)],
)
def test_a_body_that_cannot_be_kept_is_refused(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        clean_body(text)


@pytest.mark.parametrize(
    ("followers", "mentioned", "muted", "by", "kinds"),
    [
        pytest.param([], [], [], 1, {}, id="nobody-is-there"),
        pytest.param([1, 2], [], [], 1, {2: NoticeKind.REPLY}, id="never-oneself"),
        pytest.param([2], [2, 3], [], 1, {2: NoticeKind.MENTION, 3: NoticeKind.MENTION}, id="once"),
        pytest.param([2, 3], [3], [3], 1, {2: NoticeKind.REPLY}, id="the-muted-hear-nothing"),
        pytest.param([1], [1], [], None, {1: NoticeKind.MENTION}, id="by-a-key"),
        pytest.param([], [1], [], 1, {}, id="naming-oneself"),
    ],
)
def test_who_follows_or_is_named_is_told(
    followers: list[int],
    mentioned: list[int],
    muted: list[int],
    by: int | None,
    kinds: dict[int, NoticeKind],
) -> None:
    found = told(followers=followers, mentioned=mentioned, muted=muted, by=by)

    assert found == kinds


OF_A_THREAD = (
    "You get this because you take part in the thread, were named in it or follow what it is "
    "about. Mute the thread there, or turn these mails off: https://x/2\n"
)
OF_A_PAGE = (
    "You get this because you follow it, or because you were asked or have asked. You can turn "
    "these mails off: https://x/2\n"
)


@pytest.mark.parametrize(
    ("is_of_a_thread", "why"), [(True, OF_A_THREAD), (False, OF_A_PAGE)], ids=["thread", "page"]
)
def test_a_mail_says_who_and_where_but_not_what(*, is_of_a_thread: bool, why: str) -> None:
    subject = mail_subject("mention", by="Ana\nAlves", about="Needs · Uma")
    text = mail_text(
        "reply",
        by="Ana",
        about="Uma",
        workspace="Acme",
        url="https://x/1",
        settings_url="https://x/2",
        is_of_a_thread=is_of_a_thread,
    )

    assert subject == "Ana Alves mentioned you in a comment on “Needs · Uma”"
    assert text == f"Ana commented on “Uma” in Acme.\n\nRead it: https://x/1\n\n{why}"
