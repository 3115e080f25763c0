"""Formbricks' webhooks: a list of responses, each answer under the id of its question.

Drops: times taken for each question, browser and address of the sender, tags of single-use links.
Source: formbricks/formbricks, docs "Webhooks".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from feedback.adapters.events.parsed import ItemError
from feedback.adapters.webhooks.reading import Draft, inside, left_out, read_webhook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedback.adapters.events.items import Item, Reading
    from feedback.adapters.events.parsed import ParsedBody
    from feedback.adapters.webhooks.reading import Sent

NAME, VERSION = "formbricks", 1
EVENTS = frozenset({"responseCreated", "responseUpdated", "responseFinished"})


def accepts(text: bytes) -> bool:
    """Tell whether *text* looks like a webhook of Formbricks."""
    return b'"webhookId"' in text


def parse(text: bytes, sent: Sent) -> ParsedBody:
    """Read a body; raises BodyError where it is no JSON."""
    return read_webhook(text, sent, _read)


def _read(item: Item, sent: Sent) -> Iterator[Reading]:
    event = item.text("event")
    if event not in EVENTS:
        raise left_out(event)
    response = inside(item.fields, "data")
    survey_id = item.as_text(response.get("surveyId"))
    if not survey_id:
        raise ItemError("no_survey", "It does not say which survey it is about.", "data.surveyId")
    draft = Draft(item, sent, path="data.data")
    _person(draft, response)
    answers = inside(response, "data")
    draft.place(answers)
    for key, value in answers.items():
        if key not in {"touchpoint", "channel"}:
            draft.answered(item.as_text(key), "", value)
    draft.known("meta.url", inside(response, "meta").get("url"))
    draft.known("meta.source", inside(response, "meta").get("source"))
    created = sent.clock.occurred(response.get("createdAt"), "data.createdAt")
    answered = sent.clock.occurred(
        response.get("updatedAt") or response.get("createdAt"), "data.updatedAt"
    )
    title = item.as_text(inside(response, "survey").get("title"))
    yield from draft.finished(
        kind=NAME,
        survey=(survey_id, title or f"Formbricks {survey_id}"),
        key=item.as_text(response.get("id")),
        answered=answered,
        state="complete" if response.get("finished") is True else "partial",
        started_at=created.at if response.get("createdAt") else None,
        language=item.as_text(response.get("language")),
    )


def _person(draft: Draft, response: dict[str, Any]) -> None:
    item = draft.item
    contact, told = inside(response, "contact"), inside(response, "contactAttributes")
    draft.person.add("external", item.as_text(told.get("userId") or contact.get("userId")))
    draft.person.add("email", item.as_text(told.get("email")))
    draft.person.add("external", item.as_text(contact.get("id")), NAME)
    draft.name = " ".join(filter(None, (item.as_text(told.get(n)) for n in _NAMES)))


_NAMES = ("firstName", "lastName")
