"""Reading other tools' webhooks: what each body means, and that nothing in one does harm."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.adapters.events.parsed import BodyError, Offered, ParsedBody
from feedback.adapters.events.parsing import parse
from feedback.adapters.survey_keys import foreign_survey_key
from feedback.adapters.webhooks.reading import Wishes
from feedback.rules.senders import SENDERS, SenderKind
from tests.feedback.webhook_senders import ALL_BODIES, BODIES, raw

RECEIVED = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
WISHES = Wishes(key="feedback", title="Feedback", customer_field="user_id")
TYPEFORM, FORMBRICKS, ZENDESK = SenderKind.TYPEFORM, SenderKind.FORMBRICKS, SenderKind.ZENDESK
INTERCOM, CHATWOOT, DELIGHTED = SenderKind.INTERCOM, SenderKind.CHATWOOT, SenderKind.DELIGHTED
SURVEYMONKEY = SenderKind.SURVEYMONKEY


def read(kind: SenderKind, body: Any, headers: dict[str, str] | None = None) -> ParsedBody:
    envelope = {"adapter": kind.value, "headers": headers or {}}
    return parse(envelope, raw(body), zone=UTC, received_at=RECEIVED, wishes=WISHES)


def changed(kind: SenderKind, *path: str | int, to: Any) -> Any:
    """Give the sample of *kind* with another value at *path*."""
    body: Any = json.loads(raw(ALL_BODIES[kind]))
    place = body
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return body


@dataclass(frozen=True)
class Read:
    """What a sample means."""

    key: str
    survey: str
    customer: tuple[str, str, str] | None
    answers: dict[str, Any]
    scales: dict[str, Offered]
    at: str
    version: str | None = None
    state: str = "complete"


SAMPLES = {
    TYPEFORM: Read(
        "a3a12ec6",
        foreign_survey_key("typeform", "lT4Z3j"),
        ("external", "", "abc123"),
        {"nps_q": 9},
        {"nps_q": Offered("nps", 0, 10)},
        "2018-01-18T18:17:02+00:00",
    ),
    FORMBRICKS: Read(
        "r1",
        "formbricks-s1",
        None,
        {"q1": 9, "q2": "good"},
        {},
        "2025-07-24T07:47:56.116000+00:00",
    ),
    ZENDESK: Read(
        "ticket:208",
        "zendesk-feedback",
        ("email", "", "ana@example.com"),
        {
            "thumbs": 2,
            "comment": "Quick, thanks",
            "ticket": "208",
            "agent": "bo@example.com",
        },
        {"thumbs": Offered("csat", 1, 2)},
        RECEIVED.isoformat(),
    ),
    INTERCOM: Read(
        "conversation:123",
        "intercom-feedback",
        ("external", "intercom", "c1"),
        {"rating": 5, "remark": "great", "conversation": "123", "agent": "7"},
        {"rating": Offered("csat", 1, 5)},
        datetime.fromtimestamp(1671028894, UTC).isoformat(),
    ),
    CHATWOOT: Read(
        "message:77",
        "chatwoot-feedback",
        ("email", "", "a@b.example"),
        {"rating": 5, "comment": "great", "conversation": "12", "agent": "3"},
        {"rating": Offered("csat", 1, 5)},
        RECEIVED.isoformat(),
    ),
    DELIGHTED: Read(
        "2",
        "delighted-feedback-nps",
        ("email", "", "ana@example.com"),
        {"score": 9, "permalink": "https://app.example/r/x"},
        {"score": Offered("nps", 0, 10)},
        datetime.fromtimestamp(1713497396, UTC).isoformat(),
    ),
}


@pytest.mark.parametrize("kind", list(SAMPLES), ids=lambda kind: kind.value)
def test_a_sample_is_read_as_the_wire_formats_map_it(kind: SenderKind) -> None:
    parsed = read(kind, BODIES[kind])

    [answer] = parsed.answers
    record, wanted = answer.record, SAMPLES[kind]
    who = record.customer
    assert (
        Read(
            record.key,
            record.survey,
            (who.kind, who.namespace, who.value) if who else None,
            record.answers,
            answer.scales,
            record.answered_at.isoformat(),
            state=record.state,
        )
        == wanted
    )
    assert (parsed.events, parsed.refused, parsed.ignored) == ([], [], [])


def test_surveymonkey_only_tells_that_something_happened() -> None:
    [event] = read(SURVEYMONKEY, BODIES[SURVEYMONKEY]).events

    assert (event.name, event.key, event.occurred_at.isoformat()) == (
        "Survey completed",
        "response_completed:123:2016-01-01T21:56:31+00:00",
        "2016-01-01T21:56:31+00:00",
    )
    assert [(ref.namespace, ref.value) for ref in event.refs] == [("surveymonkey", "123")]


@pytest.mark.parametrize(
    ("kind", "body", "name"),
    [
        (INTERCOM, {"type": "notification_event", "topic": "ping"}, "ping"),
        (INTERCOM, changed(INTERCOM, "topic", to="contact.created"), "contact.created"),
        (CHATWOOT, {"event": "conversation_created"}, "conversation_created"),
        (ZENDESK, changed(ZENDESK, "score", to="offered"), "offered"),
        (ZENDESK, changed(ZENDESK, "score", to=""), "ticket"),
        (TYPEFORM, changed(TYPEFORM, "event_type", to="other"), "other"),
        (SURVEYMONKEY, changed(SURVEYMONKEY, "event_type", to="survey_created"), "survey_created"),
    ],
)
def test_what_is_no_answer_is_left_out(kind: SenderKind, body: Any, name: str) -> None:
    [ignored] = read(kind, body).ignored

    assert (ignored.why, ignored.name) == ("no_answer", name)


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        (TYPEFORM, changed(TYPEFORM, "form_response", "token", to=""), "no_response_id"),
        (TYPEFORM, changed(TYPEFORM, "form_response", "form_id", to=None), "no_survey"),
        (TYPEFORM, changed(TYPEFORM, "form_response", "answers", to=[]), "no_answer"),
        (TYPEFORM, changed(TYPEFORM, "form_response", "submitted_at", to="soon"), "bad_time"),
        (TYPEFORM, changed(TYPEFORM, "form_response", "submitted_at", to="1989-01-01"), "bad_time"),
        (FORMBRICKS, changed(FORMBRICKS, 0, "data", "surveyId", to=None), "no_survey"),
        (FORMBRICKS, changed(FORMBRICKS, 0, "data", "data", to="text"), "no_answer"),
        (
            FORMBRICKS,
            changed(FORMBRICKS, 0, "data", "data", to={f"q{n}": n for n in range(201)}),
            "too_many_properties",
        ),
        (ZENDESK, changed(ZENDESK, "score", to="excellent"), "bad_value"),
        (ZENDESK, changed(ZENDESK, "ticket_id", to=""), "no_response_id"),
        (DELIGHTED, changed(DELIGHTED, "event_data", "id", to=None), "no_response_id"),
        (SURVEYMONKEY, changed(SURVEYMONKEY, "resources", to={}), "no_customer"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_reason(
    kind: SenderKind, body: Any, code: str
) -> None:
    parsed = read(kind, body)

    assert ([one.code for one in parsed.refused], parsed.answers, parsed.events) == ([code], [], [])


@pytest.mark.parametrize(
    ("field", "answer", "value", "scale"),
    [
        ({"type": "rating", "properties": {"steps": 5}}, {"number": 4}, 4, Offered("rating", 1, 5)),
        ({"type": "rating"}, {"number": 4}, 4, None),
        ({"type": "rating", "properties": {"steps": 99}}, {"number": 4}, 4, None),
        ({"type": "opinion_scale", "properties": {"steps": 11}}, {"number": 0}, 0, None),
        ({"type": "long_text"}, {"text": "Fine"}, "Fine", None),
        ({"type": "yes_no"}, {"boolean": False}, False, None),
        ({"type": "dropdown"}, {"choice": {"label": "Berlin"}}, "Berlin", None),
        ({"type": "multiple_choice"}, {"choices": {"labels": ["a", "b"]}}, ["a", "b"], None),
    ],
)
def test_a_field_of_typeform_is_read_by_its_type(
    field: dict[str, Any], answer: dict[str, Any], value: Any, scale: Offered | None
) -> None:
    asked = {"id": "f1", "ref": "q", "type": field["type"]}
    body = changed(TYPEFORM, "form_response", "definition", to={"fields": [{"id": "f1", **field}]})
    [kind] = answer
    body["form_response"]["answers"] = [{"type": kind, **answer, "field": asked}]

    [read_] = read(TYPEFORM, body).answers

    assert (read_.record.answers["q"], read_.scales.get("q")) == (value, scale)


def test_addresses_that_typeform_asks_for_identify_and_are_no_answers() -> None:
    email = {"type": "email", "email": "ana@example.com", "field": {"id": "f2", "ref": "mail"}}
    body = changed(TYPEFORM, "form_response", "hidden", to={"plan": "pro"})
    body["form_response"]["answers"].append(email)

    [answer] = read(TYPEFORM, body).answers

    assert answer.record.answers == {"nps_q": 9, "hidden.plan": "pro"}
    assert answer.facts == {"hidden.plan"}
    assert answer.record.customer
    assert answer.record.customer.value == "ana@example.com"


def test_an_answer_to_a_question_without_a_key_is_none() -> None:
    body = changed(FORMBRICKS, 0, "data", "data", to={"": "lost", "q1": 9})

    [answer] = read(FORMBRICKS, body).answers

    assert answer.record.answers == {"q1": 9}
    assert set(answer.questions) == {"q1"}


def test_of_one_response_in_a_body_the_latest_version_counts() -> None:
    [first] = BODIES[FORMBRICKS]
    later = changed(FORMBRICKS, 0, "data", "updatedAt", to="2025-07-24T08:00:00Z")[0]

    parsed = read(FORMBRICKS, [later, first])

    assert [answer.position for answer in parsed.answers] == [0]
    assert [(one.position, one.why) for one in parsed.ignored] == [(1, "replaced")]


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        ({"free_response": "More", "scale": None}, "More"),
        ({"scale": 4}, 4),
        ({"select_one": {"id": "a", "text": "Price"}}, "Price"),
        ({"select_many": [{"id": "a", "text": "Price"}, {"id": "b", "text": "Speed"}]}, None),
    ],
)
def test_further_answers_of_delighted_are_read(value: dict[str, Any], answer: Any) -> None:
    more = [{"id": "x", "value": value, "question": {"id": "q9", "type": "t", "text": "Why?"}}]

    [read_] = read(
        DELIGHTED, changed(DELIGHTED, "event_data", "additional_answers", to=more)
    ).answers

    assert read_.record.answers["q9"] == (answer or ["Price", "Speed"])
    assert read_.questions["q9"] == "Why?"


def test_a_zendesk_rating_of_the_api_is_read_too() -> None:
    rating = {
        "id": 35436,
        "assignee_id": 135,
        "group_id": 44,
        "requester_id": 7881,
        "ticket_id": 208,
        "score": "bad",
        "updated_at": "2011-07-20T22:55:29Z",
    }

    [answer] = read(ZENDESK, rating).answers

    assert answer.record.key == "rating:35436"
    assert answer.record.answered_at == datetime(2011, 7, 20, 22, 55, 29, tzinfo=UTC)
    told = {"thumbs": 1, "ticket": "208", "agent": "135", "team": "44"}
    assert answer.record.answers == told


def test_another_senders_body_is_told_apart() -> None:
    with pytest.raises(BodyError) as refused:
        read(TYPEFORM, BODIES[ZENDESK])

    assert refused.value.code == "wrong_sender"


def test_characters_that_do_harm_are_removed() -> None:
    hostile = "a\u0000b\u202ec\ud800d"

    [answer] = read(
        INTERCOM, changed(INTERCOM, "data", "item", "conversation_rating", "remark", to=hostile)
    ).answers

    assert answer.record.answers["remark"] == "abcd"


@pytest.mark.parametrize(
    ("first", "second"),
    [("abc", "ABC"), ("a b", "a-b"), ("x" * 80, "x" * 81), ("é", "è"), ("", "-")],
)
def test_different_surveys_have_different_keys(first: str, second: str) -> None:
    keys = {foreign_survey_key("typeform", one) for one in (first, second)}

    assert len(keys) == 2
    assert all(len(key) <= 60 for key in keys)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)


def _paths(value: Any, before: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for name, child in inside:
        found.append((*before, name))
        if isinstance(child, dict | list):
            found += _paths(child, (*before, name))
    return found


@pytest.mark.parametrize("kind", list(SENDERS), ids=lambda kind: kind.value)
@settings(max_examples=40, deadline=None)
@given(drawn=st.data())
def test_whatever_stands_in_a_body_each_item_has_one_fate(
    kind: SenderKind, drawn: st.DataObject
) -> None:
    path = drawn.draw(st.sampled_from(_paths(ALL_BODIES[kind])))
    body = changed(kind, *path, to=drawn.draw(ANYTHING))

    try:
        parsed = read(kind, body)
    except BodyError:
        return

    kept: list[Any] = [*parsed.events, *parsed.answers, *parsed.reports]
    fates = [*kept, *parsed.refused, *parsed.ignored]
    assert sorted(one.position for one in fates) == list(range(len(parsed.raws)))
