"""How fast a tenant may send: refused in words that clients obey, and only while all count."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from cxm.tenants.rules import Right
from feedback.services import pacing
from tests import make
from tests.feedback.senders import basic, send, sender

pytestmark = pytest.mark.django_db
BATCH = {"batch": [{"type": "track", "event": "Paid", "userId": "u1", "messageId": "m1"}]}
OWN = {"events": [{"id": "e1", "customer": {"id": "u1"}, "event": "Paid"}]}
AWAY = {
    "default": {"BACKEND": "cxm.kernel.cache.OutlivingCache", "LOCATION": "redis://127.0.0.1:1/0"}
}


def _sent(key: str) -> Any:
    return send("/api/v1/events", OWN, authorization=f"Bearer {key}")


@pytest.fixture
def _two_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "REQUESTS_A_SECOND", 2)


@pytest.mark.usefixtures("_two_a_second")
def test_more_requests_in_a_second_than_allowed_are_refused_until_the_next() -> None:
    of, other = sender(), sender()

    with time_machine.travel(make.NOW, tick=False) as clock:
        answers: list[Any] = [
            send("/v1/batch", BATCH, authorization=basic(of.key)) for _ in range(3)
        ]
        elsewhere = send("/v1/batch", BATCH, authorization=basic(other.key))
        clock.shift(1)
        later = send("/v1/batch", BATCH, authorization=basic(of.key))

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1]["Retry-After"] == "1"
    assert answers[-1].json() == {"code": "too_many", "message": pacing.TOO_FAST, "details": {}}
    assert (elsewhere.status_code, later.status_code) == (200, 200)
    assert len(of.bodies()) == 3


@pytest.mark.usefixtures("_two_a_second")
@pytest.mark.parametrize("with_api_key", [True, False])
def test_our_own_address_counts_with_the_others(*, with_api_key: bool) -> None:
    of = sender()
    text = make.api_key(of=of.tenant, rights=[Right.SEND_EVENTS])[1] if with_api_key else of.key

    with time_machine.travel(make.NOW, tick=False):
        send("/v1/batch", BATCH, authorization=basic(of.key))
        first, refused = (_sent(text) for _ in range(2))

    assert first.status_code == 200
    assert (refused.status_code, refused["Retry-After"]) == (429, "1")
    assert refused.json()["status"] == 429


@pytest.mark.usefixtures("_two_a_second")
def test_while_the_counter_is_away_nobody_is_refused(settings: Any) -> None:
    settings.CACHES = AWAY
    of = sender()

    with time_machine.travel(make.NOW, tick=False):
        answers = [send("/v1/batch", BATCH, authorization=basic(of.key)) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200] * 4
