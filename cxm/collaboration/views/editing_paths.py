"""The routes that every document has which people edit together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import URLPattern, path

from cxm.collaboration.views import editing, history

if TYPE_CHECKING:
    from cxm.collaboration.views.kinds import Kind


def editing_paths(kind: Kind, prefix: str) -> list[URLPattern]:
    """Give the routes under *prefix*, as `personas`: operations, undo, history, going back.

    They are named after *kind*, as `persona-change`, and take the document's id.
    """
    start, told, name = f"{prefix}/<uuid:document_id>", {"kind": kind}, kind.name
    undo, redo = {**told, "is_redo": False}, {**told, "is_redo": True}
    return [
        path(f"{start}/change/", editing.change, told, name=f"{name}-change"),
        path(f"{start}/changes", history.changes, told, name=f"{name}-changes"),
        path(f"{start}/go-back/", editing.go_back, told, name=f"{name}-go-back"),
        path(f"{start}/history/", history.history, told, name=f"{name}-history"),
        path(f"{start}/ops", editing.ops, told, name=f"{name}-ops"),
        path(f"{start}/redo/", editing.step_back, redo, name=f"{name}-redo"),
        path(f"{start}/undo/", editing.step_back, undo, name=f"{name}-undo"),
    ]
