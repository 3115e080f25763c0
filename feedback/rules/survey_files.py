"""A whole survey as one JSON file: what it asks, in all its languages."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from feedback.rules.condition_errors import ConditionError
from feedback.rules.languages import LANGUAGES
from feedback.rules.questionnaires import (
    Questionnaire,
    read_questionnaire,
    write_questionnaire,
)
from feedback.rules.survey_shapes import MOST_CHOICES, MOST_JUMPS, MOST_QUESTIONS, MOST_ROWS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from feedback.rules.questionnaires import Question, Texts

FORMAT, VERSION = "wayfare-survey", 1
MOST_BYTES = 5_000_000
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
PURPOSES = ("relational", "transactional", "pulse", "exit", "intercept")


class SurveyFileError(ValueError):
    """A file is no survey that can be read; the words say what is wrong, and where."""


@dataclass(frozen=True, slots=True)
class SurveyFile:
    """A survey as a file holds it."""

    purpose: str
    asks: Questionnaire


def write_survey_file(file: SurveyFile) -> bytes:
    """Write a survey as JSON for people to read: indented, texts as they are written."""
    told = {
        "format": FORMAT,
        "version": VERSION,
        "purpose": file.purpose,
        "survey": write_questionnaire(file.asks),
    }
    return json.dumps(told, ensure_ascii=False, indent=2).encode() + b"\n"


def read_survey_file(content: bytes) -> SurveyFile:
    """Read what `write_survey_file` writes. Raises SurveyFileError."""
    if len(content) > MOST_BYTES:
        message = f"The file is larger than {MOST_BYTES // 1_000_000} MB."
        raise SurveyFileError(message)
    told = _document(content)
    try:
        asks = read_questionnaire(told.get("survey"))
        for question in asks.questions:
            _ = question.shown_when, [jump.condition for jump in question.jumps]
    except msgspec.ValidationError as error:
        message = f"The survey in the file does not fit: {error}."
        raise SurveyFileError(message) from error
    except ConditionError as error:
        message = f"A rule in the file does not fit: {error}"
        raise SurveyFileError(message) from error
    if found := next(_faults(asks), ""):
        raise SurveyFileError(found)
    purpose = str(told.get("purpose"))
    return SurveyFile(purpose if purpose in PURPOSES else PURPOSES[1], asks)


def _document(content: bytes) -> dict[str, Any]:
    try:
        told = json.loads(content.decode("utf-8-sig"), parse_constant=_no_number)
        # Halves of signs, and the sign that ends texts elsewhere: neither can be stored.
        written = json.dumps(told, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        message = "The file is no JSON: choose one that was saved from a survey."
        raise SurveyFileError(message) from error
    if _NUL.search(written):
        message = "The file holds signs that no text has (U+0000): take them out."
        raise SurveyFileError(message)
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        message = f"The file is no survey: its “format” is not “{FORMAT}”."
        raise SurveyFileError(message)
    if told.get("version") != VERSION:
        message = f"The file has another version than {VERSION}, which is all that can be read."
        raise SurveyFileError(message)
    return told


def _no_number(word: str) -> float:
    message = f"{word} is no number."
    raise ValueError(message)


def _faults(asks: Questionnaire) -> Iterator[str]:
    """Say what cannot be in a draft, beside what its fields refuse by themselves."""
    spoken = {asks.language, *asks.languages}
    unknown = sorted(code for code in spoken if code not in LANGUAGES)
    if unknown:
        yield f"“{unknown[0][:20]}” is no language we know."
    if not asks.title.get(asks.language, "").strip():
        yield "The survey has no title in the language it is written in."
    yield from _too_many("questions", asks.questions, MOST_QUESTIONS)
    for question in asks.questions:
        name = f"“{question.key[:60]}”"
        yield from _too_many(f"choices of {name}", question.choices, MOST_CHOICES)
        yield from _too_many(f"rows of {name}", question.rows, MOST_ROWS)
        yield from _too_many(f"ways on from {name}", question.jumps, MOST_JUMPS)
        for kind, parts in (("choice", question.choices), ("row", question.rows)):
            if double := _double(one.key for one in parts):
                yield f"The {kind} “{double[:60]}” of {name} is there twice."
    if double := _double(one.key for one in asks.questions):
        yield f"The question “{double[:60]}” is there twice."


def _too_many(words: str, parts: tuple[Any, ...], most: int) -> Iterator[str]:
    if len(parts) > most:
        yield f"There are {len(parts)} {words}; up to {most} can be taken."


def _double(keys: Iterable[str]) -> str:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            return key
        seen.add(key)
    return ""


def texts_of(part: Any, names: Iterable[str]) -> dict[str, Texts]:
    """Give the texts of a part of a questionnaire by field."""
    return {name: getattr(part, name) for name in names}


def pictures_in(questions: Iterable[Question]) -> bool:
    """Whether a survey shows pictures, which files do not hold."""
    return any(one.asset or any(choice.asset for choice in one.choices) for one in questions)
