"""Messages to phones, posted to a real gateway of this machine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from feedback.services.senders.message import (
    AddressRefusedError,
    BadAddressError,
    Message,
    NotSentError,
)
from feedback.services.senders.sms import HttpSmsSender
from tests.integrations.receiver import Answer, receiving

if TYPE_CHECKING:
    from tests.integrations.receiver import Got, Receiver

TOKEN = "gateway-token"
TEXT = "How was it? 0 to 10: https://example.com/q/a/b/ – ñ, 😀"


def send(gateway: Receiver) -> Got:
    message = Message(id="m-1", to="+351912345678", subject="not for phones", text=TEXT)
    HttpSmsSender(gateway.url("/sms"), TOKEN).send(message)
    return gateway.got[-1]


def test_a_message_is_posted_as_json_with_its_token() -> None:
    with receiving(Answer(202)) as gateway:
        got = send(gateway)

    assert got.path == "/sms"
    assert json.loads(got.body) == {"id": "m-1", "to": "+351912345678", "text": TEXT}
    heads = {name.lower(): value for name, value in got.headers.items()}
    assert heads["authorization"] == f"Bearer {TOKEN}"
    assert heads["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (410, AddressRefusedError),
        (400, BadAddressError),
        (422, BadAddressError),
        (401, NotSentError),
        (404, NotSentError),
        (429, NotSentError),
        (500, NotSentError),
        (503, NotSentError),
    ],
)
def test_what_a_gateway_refuses_is_told_apart(status: int, error: type[Exception]) -> None:
    with (
        receiving(Answer(status, body=b"no such subscriber")) as gateway,
        pytest.raises(error) as got,
    ):
        send(gateway)

    assert f"{status} no such subscriber" in str(got.value)


def test_a_redirect_is_not_followed_and_gets_no_token() -> None:
    with receiving() as elsewhere:
        moved = Answer(302, headers=(("Location", elsewhere.url()),))
        with receiving(moved) as gateway, pytest.raises(NotSentError):
            send(gateway)

        assert elsewhere.got == []


def test_an_answer_that_is_no_http_is_tried_again_later() -> None:
    with receiving(Answer(raw=b"220 gateway ready\r\n")) as gateway, pytest.raises(NotSentError):
        send(gateway)


def test_a_gateway_that_is_not_there_is_tried_again_later() -> None:
    with receiving() as gateway:
        pass

    with pytest.raises(NotSentError):
        send(gateway)
