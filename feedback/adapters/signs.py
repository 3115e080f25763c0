"""What heads and values usually mean: the words by which a mapping is suggested."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from zlib import crc32

_RECOMMEND = r"\bnps\b|net ?pro(moter)?|recommend|recommand|empfehl|recomend|raccomand"
RECOMMEND = re.compile(_RECOMMEND)
NPS = re.compile(rf"{_RECOMMEND}|\b0 (to )?10\b")
ONE_TO_TEN = re.compile(r"\b1 (to )?10\b")
EFFORT = re.compile(r"\bces\b|effort|how easy|how difficult|aufwand")
STARS = re.compile(r"\bstars?\b|review|\brating\b|étoile|estrella|sterne")
SATISFACTION = re.compile(
    r"csat|satisf|zufried|\bscore\b|\brat(e|ing)\b|\bnote\b|bewert|how would you rate|avalia"
)
COMMENT = re.compile(
    r"comment|why\b|pourquoi|warum|verbatim|explic|feedback|message|reason|remark|kommentar|opinion"
)
WEIGHT = re.compile(r"weights?|weight[ _-]?factor|gewicht(ung)?|poids|peso|wt")
LANGUAGE = re.compile(r"lang|language|user ?language|locale|sprache|langue|idioma")
PERSON = re.compile(r"customer|client|user|contact|member|account|kunde|person|cliente")
RESPONSE = re.compile(r"respon|review|submission|reply|answer|interview|survey|\brecord")
BEST_TIME = (
    re.compile(r"answer|complet|submit|respon|recorded"),
    re.compile(r"^end|end ?date|finish"),
    re.compile(r"timestamp|\bdate\b|\btime\b|\bat\b|datum|fecha|data\b"),
)
TOUCHPOINT = re.compile(
    r"touch ?point|moment|stage|step|location|store|department|topic|aspect|item"
)
QUESTION = re.compile(r"question|metric|measure|frage")
VALUE = re.compile(r"value|score|rating|answer|result|wert|punkte")
QUESTION_NUMBER = re.compile(r"^q[0-9]+[ _.:-]*", re.IGNORECASE)
FAMILY = re.compile(r"^([A-Za-z]+[0-9]+)[A-Za-z_ .-]")
_KEY_LENGTH = 60
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

# Five-point scales with words, from worst to best: points per language.
LABEL_SCALES: tuple[tuple[str, ...], ...] = (
    ("very dissatisfied", "dissatisfied", "neutral", "satisfied", "very satisfied"),
    ("very unsatisfied", "unsatisfied", "neither", "satisfied", "very satisfied"),
    ("strongly disagree", "disagree", "neither agree nor disagree", "agree", "strongly agree"),
    ("very poor", "poor", "fair", "good", "very good"),
    ("terrible", "poor", "average", "good", "excellent"),
    ("sehr unzufrieden", "unzufrieden", "neutral", "zufrieden", "sehr zufrieden"),
    ("très insatisfait", "insatisfait", "neutre", "satisfait", "très satisfait"),
    ("muy insatisfecho", "insatisfecho", "neutral", "satisfecho", "muy satisfecho"),
)


def words(text: str) -> str:
    """Put a head into lower-case words: "Net-Pro_Score" becomes "net pro score"."""
    return " ".join(re.split(r"[\s_./:-]+", _HUMP.sub(" ", text))).strip().lower()


def readable(head: str) -> str:
    """Make a title of a head: "Q7_INFO_DOWN" becomes "Info down"; a sentence stays as it is."""
    text = head.strip()
    if " " in text:
        return text
    text = words(QUESTION_NUMBER.sub("", text) or text)
    return text[:1].upper() + text[1:]


def slug(text: str) -> str:
    """Make a key of a title: small ASCII letters, digits and hyphens, at most sixty.

    A longer text keeps its beginning and gets a checksum, so that texts that differ only at their
    end do not share a key; so does a text without any such letter.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    key = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
    if key and len(key) <= _KEY_LENGTH:
        return key
    checksum = format(crc32(text.encode()), "08x")
    return f"{key[: _KEY_LENGTH - 9].strip('-')}-{checksum}".lstrip("-")


def unique_keys(names: Iterable[str]) -> dict[str, str]:
    """Give each of *names* (which differ) a key of its own."""
    keys: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        key, number = slug(name), 2
        while key in taken:
            key, number = f"{slug(name)}-{number}", number + 1
        taken.add(key)
        keys[name] = key
    return keys
