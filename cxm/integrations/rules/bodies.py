"""What is sent of an event: the envelope of Standard Webhooks, or the shape that Delighted had."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cxm.integrations.rules.kinds import Form

MOST_BYTES = 20_000
# What else stands in the envelope: its names, an address, the order.
_ENVELOPE_BYTES = 1_500
_SHORTER = (4_000, 1_000, 250, 60)
_DELIGHTED_KINDS = {
    "response.created": "survey_response.created",
    "response.updated": "survey_response.updated",
    "unsubscribe.created": "unsubscribe.created",
    "ping": "ping",
}


@dataclass(frozen=True, slots=True)
class Told:
    """An event as it was kept: *order* grows with each event of the same object.

    *url* is the page that shows the object, or "".
    """

    event_id: str
    kind: str
    at: datetime
    about: str
    order: int
    url: str
    content: dict[str, Any]


def fitted(content: dict[str, Any]) -> dict[str, Any]:
    """Give *content* so that its event stays under 20 KB: long texts end in “…”, if they must.

    Shortened content says `"is_shortened": true`; the whole stands behind its `url`. What is too
    long even so keeps nothing but that.
    """
    room = MOST_BYTES - _ENVELOPE_BYTES
    if len(_bytes(content)) <= room:
        return content
    for longest in _SHORTER:
        shorter = {**_shortened(content, longest), "is_shortened": True}
        if len(_bytes(shorter)) <= room:
            return shorter
    return {"is_shortened": True}


def body_of(told: Told, *, form: str, is_thin: bool) -> bytes:
    """Write the body of an event: the same bytes for every attempt.

    Thin ones name the object and leave it to the receiver to ask the API for the rest.
    """
    if form == Form.DELIGHTED:
        return _bytes(
            {
                "event_type": _DELIGHTED_KINDS.get(told.kind, told.kind),
                "event_id": told.event_id,
                "event_data": _delighted(told),
            }
        )
    data = {"id": told.about, "order": told.order, "url": told.url or None}
    content = {} if is_thin else told.content
    return _bytes(
        {"type": told.kind, "timestamp": told.at.isoformat(), "data": {**content, **data}}
    )


def fits(kind: str, form: str) -> bool:
    """Whether events of *kind* can be sent in *form*."""
    return form != Form.DELIGHTED or kind in _DELIGHTED_KINDS


def _delighted(told: Told) -> dict[str, Any]:
    if told.kind == "unsubscribe.created":
        customer = told.content.get("customer") or {}
        return {
            "person_id": customer.get("id"),
            "email": customer.get("email"),
            "name": customer.get("name"),
            "unsubscribed_at": int(told.at.timestamp()),
        }
    scores, texts = told.content.get("scores") or [], told.content.get("texts") or []
    first = next((one for one in scores if one["metric"] == "nps"), scores[0] if scores else None)
    is_update = told.kind == "response.updated"
    return {
        "id": told.about,
        "person": told.content.get("customer"),
        "survey_type": first["metric"] if first else None,
        "score": first["value"] if first else None,
        "comment": texts[0]["text"] if texts else None,
        "permalink": told.url or None,
        "created_at": told.content.get("answered_epoch"),
        "updated_at": int(told.at.timestamp()) if is_update else None,
        "person_properties": None,
        "notes": [],
        "tags": [],
        "additional_answers": [
            *(_more(one, "scale", one["value"]) for one in scores if one is not first),
            *(_more(one, "free_response", one["text"]) for one in texts[1:]),
        ],
    }


def _more(answer: dict[str, Any], kind: str, value: object) -> dict[str, Any]:
    values = dict.fromkeys(("free_response", "scale", "select_one", "select_many"))
    question = answer["question"]
    return {
        "id": question,
        "value": {**values, kind: value},
        "question": {"id": question, "type": kind, "text": question},
    }


def _shortened(value: Any, longest: int) -> Any:
    match value:
        case str() if len(value) > longest:
            return value[: longest - 1] + "…"
        case dict():
            return {key: _shortened(part, longest) for key, part in value.items()}
        case list():
            return [_shortened(part, longest) for part in value]
    return value


def _bytes(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
