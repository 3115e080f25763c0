"""What made-up customers and agents say on the phone and in chats, by topic and language."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

AGENTS = ("Kim Albers", "Ida Brandt", "Tariq Noor", "Lena Vogt", "Sam Okafor", "Jonas Keller")

# By topic: what customers say, and what agents answer.
type Lines = dict[str, tuple[tuple[str, ...], tuple[str, ...]]]

_ENGLISH: Lines = {
    "invoice": (
        (
            "Asked why the amount is higher than last month.",
            "Does not find the payment date on the invoice.",
            "Was charged twice for the same extra.",
        ),
        ("Explained the first invoice after the change of plan.", "Corrected the amount."),
    ),
    "new invoice": (
        (
            "Cannot read the new invoice: where is the sum?",
            "The new invoice lists items nobody ordered.",
            "Third page of the new invoice is empty, wants the old one back.",
        ),
        ("Went through the new layout line by line.", "Sent the invoice again in the old layout."),
    ),
    "outage": (
        (
            "No internet since Saturday morning, works from home.",
            "Telephone and internet are dead, asks how long.",
            "Text message said two hours, now it is a day.",
        ),
        (
            "Told about the broken cable and the repair.",
            "Offered mobile data until it is repaired.",
        ),
    ),
    "speed": (
        ("Gets half the speed in the evening.", "Video calls freeze after six o'clock."),
        ("Measured the line: fine up to the router.", "Booked a technician to look at the line."),
    ),
    "wifi": (
        ("Weak signal on the upper floor.", "New phone does not find the wireless network."),
        ("Moved to another channel, better now.", "Sent the guide for the second access point."),
    ),
    "contract": (
        ("Asks when the contract ends.", "Wants to know what the larger plan costs."),
        ("Told the end of the contract and the notice.", "Sent an offer by e-mail."),
    ),
    "mobile": (
        ("No data abroad although roaming is on.", "Lost the SIM card, needs another."),
        ("Switched roaming on for the whole EU.", "Sent a new SIM card, old one blocked."),
    ),
    "delivery": (
        ("Parcel is said to be delivered, but is not there.", "Wants it sent to the shop."),
        ("Asked the parcel service for the proof.", "Changed the address of the parcel."),
    ),
    "appointment": (
        ("Cannot be at home on the day of the visit.", "Technician did not come."),
        ("Moved the visit to the next free morning.", "Apologised, new visit within two days."),
    ),
    "accessibility": (
        ("Needs the invoice in large print.", "Asks for help with a screen reader."),
        ("Switched to large print.", "Set the account up together, with the reader on."),
    ),
    "move": (
        ("Moves next month, asks whether fibre is there.", "New flat has another line."),
        ("Checked the new address: fibre is there.", "Booked the move."),
    ),
}
_GERMAN: Lines = {
    "invoice": (
        ("Fragt, warum der Betrag höher ist als im Vormonat.", "Findet das Zahldatum nicht."),
        ("Erste Rechnung nach dem Wechsel erklärt.",),
    ),
    "new invoice": (
        ("Versteht die neue Rechnung nicht: wo steht die Summe?", "Will die alte Rechnung zurück."),
        ("Die neue Rechnung Zeile für Zeile erklärt.",),
    ),
    "outage": (
        ("Seit Samstag kein Internet, arbeitet zu Hause.", "Fragt, wie lange es noch dauert."),
        ("Vom Kabelschaden und der Reparatur erzählt.",),
    ),
    "speed": (
        ("Abends nur die halbe Geschwindigkeit.",),
        ("Leitung gemessen: bis zum Router gut.",),
    ),
    "wifi": (("Schwaches WLAN im oberen Stock.",), ("Anderen Kanal gewählt, jetzt besser.",)),
    "contract": (("Fragt nach dem Ende des Vertrags.",), ("Ende und Frist genannt.",)),
    "mobile": (("Im Ausland keine Daten.",), ("Roaming für die EU eingeschaltet.",)),
}
_TITLES = {"wifi": "wireless network", "delivery": "a delivery", "appointment": "a visit"}
LANGUAGES = {"en": _ENGLISH, "de": _GERMAN}


def asked(dice: Random, topic: str, language: str) -> str:
    """Draw what a customer says about a topic; English where the language has no words."""
    return dice.choice(_lines(topic, language)[0])


def answered(dice: Random, topic: str, language: str) -> str:
    """Draw what an agent answers about a topic."""
    return dice.choice(_lines(topic, language)[1])


def topic_title(topic: str) -> str:
    """Say what a contact is about, within a sentence."""
    return _TITLES.get(topic, topic)


def _lines(topic: str, language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return LANGUAGES[language].get(topic, _ENGLISH[topic])
