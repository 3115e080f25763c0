"""Names for touchpoints, made of whole questions as surveys ask them in English and German."""

from __future__ import annotations

import re

LONGEST = 40

_NUMBER = r"(?:q|question|frage)? ?[0-9]{1,3}[a-z]?[.):] "
_IN_ALL = r"(?:all in all|in general|generally|overall|insgesamt|alles in allem|allgemein),? "
_ASKED = (
    r"how (?:very )?(?:satisfied|happy|pleased) (?:are|were|have) you(?: been)?(?: overall)? with ",
    r"how (?:would|do|did) you (?:rate|evaluate|judge|find|like|enjoy) ",
    r"how (?:easy|difficult|hard) (?:was|is) it(?: for you)? to ",
    r"how (?:good )?(?:was|were|is|are) ",
    r"(?:please )?(?:rate|evaluate|score) ",
    r"wie (?:sehr )?zufrieden (?:sind|waren) sie(?: insgesamt)? mit ",
    r"wie (?:bewerten|beurteilen|finden|fanden) sie ",
    r"wie (?:hat|haben|gefiel|gefielen|gefällt) ihnen ",
    r"wie (?:einfach|leicht|schwer|schwierig) (?:war|ist) es(?: für sie)?,? ",
    r"wie (?:gut )?(?:war|waren|ist|sind) ",
    r"(?:bitte )?(?:bewerten|beurteilen) sie(?: bitte)? ",
)
_CONTENT = (
    r"(?:(?:your|ihre) )?(?:overall )?(?:(?:satisfaction|experience) with|zufriedenheit mit) "
)
_ARTICLE = (
    r"(?:the|an?|your|our|this|these|der|die|das|den|dem|dies(?:e[mnrs]?)|ein(?:e[mnrs]?)?|"
    r"(?:unser|ihr)(?:e[mnrs]?)?) "
)
_BEFORE = tuple(
    re.compile(words, re.IGNORECASE)
    for words in (_NUMBER, _IN_ALL, "|".join(_ASKED), _CONTENT, _ARTICLE)
)
_SCALE = r"[(\[][^)\]]*[0-9][^)\]]*[)\]]|,? (?:on|auf) (?:a|einer) (?:scale|skala)\b.*"
_BEHIND = tuple(
    re.compile(f"(?:{words})$", re.IGNORECASE)
    for words in (_SCALE, r"[\s?.!:;,]+", r" (?:overall|gefallen|insgesamt)")
)
_DANGLING = re.compile(
    r"(?:[\s,;:–-]+(?:and|or|of|the|an?|in|at|on|for|to|with|by|from|your|our|und|oder|der|die|"
    r"das|des|den|dem|im|am|an|auf|bei|für|mit|von|zu[mr]?|eine?[mnrs]?|unsere?[mnrs]?))*[\s,;:–-]*$",
    re.IGNORECASE,
)


def touchpoint_title(question: str) -> str:
    """Shorten a question to what it asks about: "How was the check-in?" becomes "Check-in".

    The usual openings, articles, scales and marks are cut off; at most forty characters are left,
    up to the end of a word. What is no such question only loses its marks and its length.
    """
    text = " ".join(question.split())
    for pattern in (*_BEHIND, *_BEHIND):  # a scale may stand before a question mark, or behind it
        text = pattern.sub("", text)
    whole = text
    for pattern in _BEFORE:
        found = pattern.match(text)
        text = text[found.end() :] if found else text
    text = _cut(text or whole) or question.strip()[:LONGEST]
    return text[:1].upper() + text[1:]


def _cut(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    words = text[: LONGEST + 1].rpartition(" ")[0]
    return _DANGLING.sub("", words) or text[:LONGEST]
