"""A server that begins to answer as Delighted and does not go on."""

from __future__ import annotations

from typing import Any

import pytest

from feedback.services.delighted_account import asking
from tests.feedback.delighted_accounts import answer_begun


def test_an_answer_that_drips_is_left(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "_MOST_SECONDS", 0)
    monkeypatch.setattr(asking, "_TIMEOUT_SECONDS", 5)

    # Waiting for all bytes would end by the limit of one wait, in other words.
    with answer_begun(settings), pytest.raises(asking.NotNowError, match="takes too long"):
        asking.ask("people", {}, key="KEY123")
