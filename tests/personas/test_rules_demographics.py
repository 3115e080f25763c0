"""Which statements tell who somebody is."""

from __future__ import annotations

import pytest

from personas.rules.demographics import is_demographic


@pytest.mark.parametrize(
    "label", ["Age", "Marital status", "LIVES in", "Number of children", "Born"]
)
def test_who_somebody_is_is_demographic(label: str) -> None:
    assert is_demographic(label)


@pytest.mark.parametrize("label", ["", "Has", "Asks by", "Stage", "Manages", "Plan", "Agent"])
def test_what_somebody_does_is_not(label: str) -> None:
    assert not is_demographic(label)
