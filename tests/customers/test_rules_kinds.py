"""The kinds that touchpoint rules are for are kinds of interactions."""

from __future__ import annotations

from cxm.customers.models import Interaction
from cxm.touchpoints.rules.kinds import RULED_KINDS


def test_the_kinds_of_rules_bear_the_words_of_interactions() -> None:
    words = dict(Interaction.Kind.choices)

    assert {kind: words.get(kind) for kind in RULED_KINDS} == RULED_KINDS
    assert set(words) - set(RULED_KINDS) == {"response", "case", "note", "merge"}
