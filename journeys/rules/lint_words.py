"""Words on a map: those that only the firm uses, and cards that say nearly the same."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

# What customers never say of their own way: systems, processes, figures; in English and German.
_OWN_WORDS = (
    "backlog",
    "bereitstellung",
    "churn",
    "conversion",
    "crm",
    "cross-sell",
    "cross-selling",
    "end user",
    "endkunde",
    "erp",
    "escalation",
    "eskalation",
    "fulfillment",
    "fulfilment",
    "funnel",
    "handover",
    "kpi",
    "kundenbindung",
    "lead",
    "leads",
    "nurturing",
    "onboarding",
    "provisioning",
    "retention",
    "sachbearbeitung",
    "sla",
    "stakeholder",
    "ticket",
    "touchpoint",
    "upsell",
    "upselling",
    "vorgang",
    "workflow",
)
_OWN = re.compile("|".join(rf"\b{re.escape(word)}\b" for word in _OWN_WORDS), re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_ALIKE = 0.8
_LEAST_WORDS = 3
_MOST_LOOKED_AT = 50


def own_words(title: str) -> list[str]:
    """Give the firm's words in *title*, as they stand there, each once."""
    return list(dict.fromkeys(_OWN.findall(title)))


def near_equal(texts: Sequence[tuple[UUID, str]]) -> Iterator[tuple[UUID, UUID]]:
    """Give pairs of ids whose texts share four of five words; each later one at most once.

    Only texts that share one of their rarest words are held against each other, so that
    thousands of cards take no longer than a look at each.
    """
    worded = [(pk, frozenset(_WORD.findall(text.casefold()))) for pk, text in texts]
    worded = [(pk, words) for pk, words in worded if len(words) >= _LEAST_WORDS]
    uses = Counter(word for _, words in worded for word in words)
    by_rare: dict[str, list[int]] = {}
    for place, (pk, words) in enumerate(worded):
        # Alike texts lack at most a quarter of each other's words, so they share one of these.
        rare = sorted(words, key=lambda word: (uses[word], word))[: len(words) // 4 + 1]
        near = sorted(
            {other for word in rare for other in by_rare.get(word, [])[-_MOST_LOOKED_AT:]}
        )
        twin = next((o for o in near if _is_alike(words, worded[o][1])), None)
        if twin is not None:
            yield worded[twin][0], pk
        for word in rare:
            by_rare.setdefault(word, []).append(place)


def _is_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= _ALIKE * len(one | other)
