"""What a notice says, on its page and by mail."""

from __future__ import annotations

from cxm.collaboration.rules.kinds import NoticeKind

_DEEDS = {
    NoticeKind.MENTION: "mentioned you in a comment on",
    NoticeKind.REPLY: "commented on",
    NoticeKind.RESOLVED: "resolved a thread on",
    NoticeKind.REOPENED: "reopened a thread on",
}
# Who wrote with an API key has no name of their own.
PROGRAM = "An API key"


def deed(kind: str) -> str:
    """Say what somebody did, as in “Ana Alves *commented on* Needs”."""
    return _DEEDS[NoticeKind(kind)]


def mail_subject(kind: str, *, by: str, about: str) -> str:
    """Give the subject of a mail, in one line."""
    return " ".join(f"{by} {deed(kind)} “{about}”".split())


def mail_text(
    kind: str, *, by: str, about: str, workspace: str, url: str, settings_url: str
) -> str:
    """Give the text of a mail. What was said stays in the product: only a link leads to it."""
    return (
        f"{by} {deed(kind)} “{about}” in {workspace}.\n\n"
        f"Read it: {url}\n\n"
        f"You get this because you take part in the thread or were named in it. Mute the thread "
        f"there, or turn these mails off: {settings_url}\n"
    )
