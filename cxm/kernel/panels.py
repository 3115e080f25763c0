"""The side panel with one form in it, and the short answer after something was done."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.forms import Form
    from django.http import HttpResponse


@dataclass(frozen=True, slots=True)
class FormPanel:
    """What `components/form_panel.html` shows.

    *action* is where the form goes, *submit* what its button says, *close_url* where the cross
    leads. A *form* that only asks what to do next has *method* "get".
    """

    title: str
    form: Form
    action: str
    submit: str
    close_url: str
    words: str = ""
    method: str = "post"


def with_toast(answer: HttpResponse, words: str, *, undo_url: str = "") -> HttpResponse:
    """Let *answer* to htmx show *words* in the corner; *undo_url* is posted to by its Undo."""
    answer["HX-Trigger"] = json.dumps({"toast": {"words": words, "undo_url": undo_url}})
    return answer
