"""Comments of made-up customers: sentences put together by topic, tone and language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxm.web.demo.comments_english import ENGLISH
from cxm.web.demo.comments_german import GERMAN

if TYPE_CHECKING:
    from random import Random

# Sentences by topic; those that blame stand under the topic with a minus behind it.
type Phrases = dict[str, tuple[str, ...]]

LANGUAGES: dict[str, Phrases] = {"en": ENGLISH, "de": GERMAN}
PRAISE, BLAME, BETWEEN = "praise", "blame", "between"

_WEEKDAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"),
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"),
}
_AGENTS = ("Ms Hale", "Mr Novak", "Dana", "Jonas", "Ms Yilmaz", "Tom", "Mira", "Mr Okafor")
_AGENTS_GERMAN = ("Frau Hahn", "Herr Novak", "Dana", "Jonas", "Frau Yilmaz", "Mira", "Herr Vogt")
_TIMES = {"en": ("two", "three", "four", "five"), "de": ("Zwei", "Drei", "Vier", "Fünf")}
_MORE_SHARE = 0.45
_GENERAL_SHARE = 0.3
_TYPO_SHARE = 0.07
_CARELESS_SHARE = 0.18
_SHOUTING_SHARE = 0.04
_SHORTEST_TO_SLIP = 12


def comment(dice: Random, *, topic: str, tone: str, language: str) -> str:
    """Write one to three sentences about *topic*, as a person types on a phone.

    *tone* is praise, blame or between; *language* is a key of LANGUAGES. Raises KeyError for a
    topic that the language has no words for.
    """
    phrases = LANGUAGES[language]
    if tone == BETWEEN:
        said = [dice.choice(phrases["between"])]
        said += [dice.choice(phrases[topic + sign]) for sign in ("-", "")[: dice.choice((1, 1, 2))]]
    else:
        said = _plain(dice, phrases, topic, "-" if tone == BLAME else "")
    text = " ".join(said).format_map(_slots(dice, language))
    return _typed(dice, text)


def _plain(dice: Random, phrases: Phrases, topic: str, sign: str) -> list[str]:
    own, general = phrases[topic + sign], phrases["any" + sign]
    if dice.random() < _GENERAL_SHARE / 2:
        return [dice.choice(general)]
    said = dice.sample(own, 2 if dice.random() < _MORE_SHARE else 1)
    if dice.random() < _GENERAL_SHARE:
        said.append(dice.choice(general))
    return said


def _slots(dice: Random, language: str) -> dict[str, object]:
    is_german = language == "de"
    amount = f"{dice.randrange(3, 60)}{dice.choice(('', '.90', '.50'))}"
    return {
        "minutes": dice.choice((8, 10, 15, 20, 25, 30, 40, 45)),
        "hours": dice.randrange(3, 9),
        "days": dice.randrange(4, 25),
        "years": dice.randrange(2, 9),
        "page": dice.randrange(3, 7),
        "kilometres": dice.randrange(3, 18),
        "times": dice.choice(_TIMES[language]),
        "weekday": dice.choice(_WEEKDAYS[language]),
        "agent": dice.choice(_AGENTS_GERMAN if is_german else _AGENTS),
        "amount": f"{amount.replace('.', ',')} Euro" if is_german else f"{amount} euros",
    }


def _typed(dice: Random, text: str) -> str:
    """Let the text look typed: now and then a slip, no capitals, or nothing but capitals."""
    if dice.random() < _TYPO_SHARE and len(text) > _SHORTEST_TO_SLIP:
        text = _slip(dice, text)
    if dice.random() < _CARELESS_SHARE:
        text = text.lower().rstrip(".")
    elif dice.random() < _SHOUTING_SHARE:
        text = text.rstrip(".!") + "!!"
    return text[0].upper() + text[1:] if dice.random() < 1 - _CARELESS_SHARE else text


def _slip(dice: Random, text: str) -> str:
    """Swap, drop or double one letter somewhere inside."""
    place = dice.randrange(4, len(text) - 4)
    here, following = text[place], text[place + 1]
    if not (here.isalpha() and following.isalpha()):
        return text
    slip = dice.choice((following + here, following, here + here + following))
    return text[:place] + slip + text[place + 2 :]
