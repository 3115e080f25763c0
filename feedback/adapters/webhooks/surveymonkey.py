"""SurveyMonkey's webhooks: that something happened to a response; the answers come by file.

Drops: everything about surveys and collectors. The answers themselves are not in the webhook.
Source: SurveyMonkey API, "Webhooks"; the shape of the body is not verified by its maker.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxm.customers.rules.records import Call, EventRecord
from feedback.adapters.events.items import MOST_KEY, Person
from feedback.adapters.webhooks.reading import inside, left_out, read_webhook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedback.adapters.events.items import Item, Reading
    from feedback.adapters.events.parsed import ParsedBody
    from feedback.adapters.webhooks.reading import Sent

NAME, VERSION = "surveymonkey", 1
_TOLD = {
    "response_completed": "Survey completed",
    "response_disqualified": "Survey left: disqualified",
    "response_overquota": "Survey left: over quota",
}


def accepts(text: bytes) -> bool:
    """Tell whether *text* looks like a webhook of SurveyMonkey."""
    return b'"event_type"' in text and b'"object_id"' in text


def parse(text: bytes, sent: Sent) -> ParsedBody:
    """Read a body; raises BodyError where it is no JSON."""
    return read_webhook(text, sent, _read)


def _read(item: Item, sent: Sent) -> Iterator[Reading]:
    event = item.text("event_type")
    if event not in _TOLD:
        raise left_out(event)
    resources = inside(item.fields, "resources")
    response_id, written = item.text("object_id"), item.text("event_datetime")
    item.key = f"{event}:{response_id}:{written}"[:MOST_KEY]
    moment = sent.clock.occurred(written, "event_datetime")
    person = Person()
    person.add("external", item.as_text(resources.get("respondent_id")), NAME)
    wishes = sent.wishes
    yield EventRecord(
        call=Call.TRACK,
        position=item.position,
        key=item.key,
        occurred_at=moment.at,
        is_zone_assumed=moment.is_zone_assumed,
        refs=person.named(),
        name=_TOLD[event],
        direction="in",
        touchpoint=wishes.touchpoint,
        channel=wishes.channel,
        props={
            "survey_id": item.as_text(resources.get("survey_id")),
            "collector_id": item.as_text(resources.get("collector_id")),
            "response_id": response_id,
        },
    )
