"""The routes that every page has which people comment on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import URLPattern, path
from django.views.decorators.http import require_POST, require_safe

from cxm.collaboration.views import comments
from cxm.tenants.access import tenant_page
from cxm.tenants.sending import sent_once

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from cxm.collaboration.views.talk import TalkKind


def comment_paths(kind: TalkKind, folder: str) -> list[URLPattern]:
    """Give the routes of the comments on the pages of *kind*, which lie in *folder*.

    They are named after it, as `persona-comments` and `persona-thread-open`, and take the id of
    the page.
    """
    start, name = f"{folder}/<uuid:document_id>/comments", kind.name

    def post(where: str, view: Callable[..., HttpResponse], deed: str, **told: Any) -> URLPattern:
        door = require_POST(tenant_page(kind.writes)(sent_once(view)))
        return path(f"{start}/{where}/", door, {"kind": kind, **told}, name=f"{name}-{deed}")

    thread, said = "threads/<uuid:thread_id>", "<uuid:comment_id>"
    panel = require_safe(tenant_page(kind.reads)(comments.comment_panel))
    follow, settle = comments.thread_follow, comments.thread_settle
    return [
        path(f"{start}/", panel, {"kind": kind}, name=f"{name}-comments"),
        post(f"{said}/delete", comments.comment_delete, "comment-delete"),
        post(f"{said}/edit", comments.comment_edit, "comment-edit"),
        post("new", comments.thread_open, "thread-open"),
        post(f"{thread}/follow", follow, "thread-follow", is_muted=False),
        post(f"{thread}/mute", follow, "thread-mute", is_muted=True),
        post(f"{thread}/reopen", settle, "thread-reopen", is_resolved=False),
        post(f"{thread}/reply", comments.thread_reply, "thread-reply"),
        post(f"{thread}/resolve", settle, "thread-resolve", is_resolved=True),
    ]
