"""docs/webhooks-in.md says what is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from feedback.rules.senders import SENDERS, SenderKind
from feedback.views.webhooks_in import WHY

ROOT = Path(settings.BASE_DIR)
TEXT = (ROOT / "docs" / "webhooks-in.md").read_text()
EVENTS = (ROOT / "docs" / "events.md").read_text()
READERS = (ROOT / "feedback" / "adapters" / "webhooks").glob("*.py")


@pytest.mark.parametrize("kind", list(SENDERS), ids=lambda kind: kind.value)
def test_every_sender_is_told_in_both_tables(kind: SenderKind) -> None:
    assert len(re.findall(rf"^\| {kind.label} \|", TEXT, re.MULTILINE)) == 2


def test_every_code_of_a_refusal_is_told() -> None:
    used = {
        code for path in READERS for code in re.findall(r'ItemError\(\s*"(\w+)"', path.read_text())
    }
    used |= {code for code, _ in WHY.values()} | {"unknown_address"}

    told = set(re.findall(r"`([a-z_]+)` \|", TEXT + EVENTS))
    assert used - told == set()
