"""Topics to begin with, each with rules in five languages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

STARTER_LANGUAGES = ("en", "de", "fr", "es", "nl")
_TITLES = {
    "delivery": ("Delivery", "Sending, bringing and arriving of what was ordered."),
    "billing": ("Billing", "Invoices, charges, payments and money to be paid back."),
    "staff": ("Staff", "The people whom customers meet, and how they are."),
    "product": ("Product", "What is sold: its quality, defects and range."),
    "site": ("Site and app", "Pages, apps, signing in and buying online."),
    "waiting": ("Waiting", "Queues, waiting on the phone, slow service."),
    "returns": ("Returns", "Giving back and exchanging what was bought."),
}


@dataclass(frozen=True, slots=True)
class StarterTopic:
    """A topic to begin with: its key, words for people, and its expressions by language."""

    key: str
    title: str
    description: str
    expressions: dict[str, str]


@cache
def starter_topics() -> tuple[StarterTopic, ...]:
    """List the seven topics, in the order in which they are offered."""
    rules = {language: _rules(language) for language in STARTER_LANGUAGES}
    return tuple(
        StarterTopic(key, title, words, {code: rules[code][key] for code in STARTER_LANGUAGES})
        for key, (title, words) in _TITLES.items()
    )


def _rules(language: str) -> dict[str, str]:
    path = files("feedback.rules.text") / "starters" / f"{language}.txt"
    lines = path.read_text("utf-8").splitlines()
    return {key: rule for key, _, rule in (line.partition(" ") for line in lines)}
