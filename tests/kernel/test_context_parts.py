"""The registry of what higher apps know of a customer."""

from __future__ import annotations

from uuid import UUID

import pytest

from cxm.kernel.context_parts import ContextPart, ContextParts, Told


def test_parts_come_in_the_order_they_were_registered() -> None:
    parts = ContextParts()
    for key in ("b", "a"):
        parts.register(ContextPart(key, len, lambda value: {"n": value}))

    assert [part.key for part in parts.all()] == ["b", "a"]


def test_a_part_has_one_reader() -> None:
    parts = ContextParts()
    parts.register(ContextPart("answers", len, lambda value: {"n": value}))

    with pytest.raises(ValueError, match="answers is registered already"):
        parts.register(ContextPart("answers", len, lambda value: {"n": value}))


def test_tellers_are_asked_only_about_their_kind() -> None:
    parts, known, other = ContextParts(), UUID(int=1), UUID(int=2)
    parts.tell("response", lambda _, ids: {pk: Told(words=["Late"]) for pk in ids})

    told = parts.told("subject", {"response": [known], "page": [other]})

    assert told == {known: Told(words=["Late"])}


def test_a_kind_has_one_teller() -> None:
    parts = ContextParts()
    parts.tell("response", lambda *_: {})

    with pytest.raises(ValueError, match="kind response already"):
        parts.tell("response", lambda *_: {})
