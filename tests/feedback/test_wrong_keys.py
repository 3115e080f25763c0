"""Guesses of write keys are counted, as long as anything is there to count in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from feedback.views.ingest import WRONG_KEYS_A_MINUTE
from tests.feedback.senders import basic, send

if TYPE_CHECKING:
    from pytest_django import Settings

pytestmark = pytest.mark.django_db
BATCH = {"batch": [{"type": "track", "event": "Seen", "userId": "u1", "messageId": "m1"}]}


@pytest.mark.parametrize(
    "cache",
    [
        pytest.param("django.core.cache.backends.dummy.DummyCache", id="forgets-at-once"),
        pytest.param("cxm.kernel.cache.OutlivingCache", id="away"),
    ],
)
def test_a_wrong_key_is_refused_in_words_whatever_the_cache_forgets(
    cache: str, settings: Settings
) -> None:
    settings.CACHES = {"default": {"BACKEND": cache, "LOCATION": "redis://127.0.0.1:1/0"}}

    answers = [
        send("/v1/batch", BATCH, authorization=basic("wrong"))
        for _ in range(WRONG_KEYS_A_MINUTE + 1)
    ]

    assert {json.loads(answer.content)["code"] for answer in answers} == {"invalid_write_key"}
