"""Typeform's webhooks: one submission of a form, with the form's own definition.

Drops: quiz scores (`calculated`), files, the answers that name a person (e-mail, telephone: they
become identifiers), and everything about the form but titles and scales of its fields. Source:
typeform.com/developers/webhooks, "Example payload".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from feedback.adapters.events.parsed import ItemError, Offered
from feedback.adapters.webhooks.reading import (
    NPS,
    Draft,
    inside,
    left_out,
    listed,
    read_webhook,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cxm.customers.rules.records import JSON
    from feedback.adapters.events.items import Item, Reading
    from feedback.adapters.events.parsed import ParsedBody
    from feedback.adapters.webhooks.reading import Sent

NAME, VERSION = "typeform", 1
FINISHED, PARTIAL = "form_response", "form_response_partial"
_PERSONAL = {"email": "email", "phone_number": "phone"}
_PLAIN = frozenset({"text", "number", "boolean", "date", "url"})
_MOST_STEPS = 11


def accepts(text: bytes) -> bool:
    """Tell whether *text* looks like a webhook of Typeform."""
    return b'"form_response' in text


def parse(text: bytes, sent: Sent) -> ParsedBody:
    """Read a body; raises BodyError where it is no JSON."""
    return read_webhook(text, sent, _read)


def _read(item: Item, sent: Sent) -> Iterator[Reading]:
    event = item.text("event_type")
    if event not in {FINISHED, PARTIAL}:
        raise left_out(event)
    response = inside(item.fields, FINISHED) or inside(item.fields, PARTIAL)
    form_id = item.as_text(response.get("form_id"))
    if not form_id:
        raise ItemError("no_survey", "It does not say which form it is about.", "form_id")
    definition = inside(response, "definition")
    fields = {item.as_text(one.get("id")): one for one in listed(definition.get("fields"))}
    draft = Draft(item, sent, path="form_response.answers")
    _hidden(draft, inside(response, "hidden"))
    for answer in listed(response.get("answers")):
        _answer(draft, answer, fields)
    clock = sent.clock
    started = clock.occurred(response.get("landed_at"), "form_response.landed_at")
    written = response.get("submitted_at") or response.get("landed_at")
    answered = clock.occurred(written, "form_response.submitted_at")
    yield from draft.finished(
        kind=NAME,
        survey=(form_id, item.as_text(definition.get("title")) or f"Typeform {form_id}"),
        key=item.as_text(response.get("token")),
        answered=answered,
        state="complete" if event == FINISHED else "partial",
        started_at=started.at if response.get("landed_at") else None,
    )


def _hidden(draft: Draft, hidden: dict[str, Any]) -> None:
    wished = draft.sent.wishes.customer_field
    if wished:
        draft.person.add("external", draft.item.as_text(hidden.get(wished)))
    draft.person.add("email", draft.item.as_text(hidden.get("email")))
    draft.person.add("phone", draft.item.as_text(hidden.get("phone")))
    draft.place(hidden)
    for name, value in hidden.items():
        if name not in {wished, "email", "phone", "touchpoint", "channel"}:
            draft.known(f"hidden.{name}", value)


def _answer(draft: Draft, answer: dict[str, Any], fields: dict[str, dict[str, Any]]) -> None:
    item, kind = draft.item, str(answer.get("type"))
    asked = inside(answer, "field")
    field = fields.get(item.as_text(asked.get("id")), {})
    if kind in _PERSONAL:
        draft.person.add(_PERSONAL[kind], item.as_text(answer.get(kind)))
        return
    key = item.as_text(asked.get("ref")) or item.as_text(asked.get("id"))
    if key:
        title = item.as_text(field.get("title"))
        draft.answered(key, title, _value(kind, answer), _scale(asked, field))


def _value(kind: str, answer: dict[str, Any]) -> JSON:
    if kind in _PLAIN:
        value: JSON = answer.get(kind)
        return value
    if kind == "choice":
        chosen = inside(answer, "choice")
        label: JSON = chosen.get("label") or chosen.get("other")
        return label
    labels: JSON = inside(answer, "choices").get("labels")
    return labels if kind == "choices" else None


def _scale(asked: dict[str, Any], field: dict[str, Any]) -> Offered | None:
    """Say what the form's definition says of a scale; values are never guessed from."""
    kind = asked.get("type") or field.get("type")
    if kind == "nps":
        return NPS
    steps = inside(field, "properties").get("steps")
    if kind == "rating" and isinstance(steps, int) and 1 < steps <= _MOST_STEPS:
        return Offered("rating", 1, steps)
    return None
