"""What a notice says, on its page and by mail."""

from __future__ import annotations

from cxm.collaboration.rules.kinds import NoticeKind

_DEEDS = {
    NoticeKind.MENTION: "mentioned you in a comment on",
    NoticeKind.REPLY: "commented on",
    NoticeKind.RESOLVED: "resolved a thread on",
    NoticeKind.REOPENED: "reopened a thread on",
    NoticeKind.PUBLISHED: "published",
    NoticeKind.REVIEW: "asks you to review",
    NoticeKind.APPROVED: "approved",
    NoticeKind.CHANGES: "asks for changes to",
    NoticeKind.STOPPED: "could not deliver to",
}
_OF_A_THREAD = (
    "You get this because you take part in the thread, were named in it or follow what it is "
    "about. Mute the thread there, or"
)
_OF_A_PAGE = "You get this because you follow it, or because you were asked or have asked. You can"
_OF_WEBHOOKS = "You get this because you look after webhooks. You can"
# Who wrote with an API key has no name of their own.
PROGRAM = "An API key"
_PRODUCT = "Wayfare"


def deed(kind: str) -> str:
    """Say what somebody did, as in “Ana Alves *commented on* Needs”."""
    return _DEEDS[NoticeKind(kind)]


def nobody(kind: str) -> str:
    """Say who did something that no member did: a program, or the product by itself."""
    return _PRODUCT if kind == NoticeKind.STOPPED else PROGRAM


def mail_subject(kind: str, *, by: str, about: str) -> str:
    """Give the subject of a mail, in one line."""
    return " ".join(f"{by} {deed(kind)} “{about}”".split())


def mail_text(
    kind: str,
    *,
    by: str,
    about: str,
    workspace: str,
    url: str,
    settings_url: str,
    is_of_a_thread: bool = True,
) -> str:
    """Give the text of a mail. What was said stays in the product: only a link leads to it."""
    of_a_page = _OF_WEBHOOKS if kind == NoticeKind.STOPPED else _OF_A_PAGE
    why = _OF_A_THREAD if is_of_a_thread else of_a_page
    return (
        f"{by} {deed(kind)} “{about}” in {workspace}.\n\n"
        f"Read it: {url}\n\n"
        f"{why} turn these mails off: {settings_url}\n"
    )
