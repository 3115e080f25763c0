"""What somebody sent for a question, read as an answer, or refused in words for that person."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, time
from typing import Any

from feedback.rules.answer_files import FAULT, as_answer, as_field
from feedback.rules.answer_words import said
from feedback.rules.question_types import Stored
from feedback.rules.questionnaires import Question

type Sent = Mapping[str, Sequence[str]]

NA = "na"
LONGEST_TEXT = 10_000
MOST_POINTS = 21
"""A slider of more points than these is written as a number."""
_SHORT_TEXT = 300
_LONGEST_EMAIL, _LONGEST_NUMBER = 254, 30
_LARGEST_WHOLE = 10**15
_HAIR = 1e-9
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_UNSAFE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]|[\u202a-\u202e\u2066-\u2069]")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_PHONE = re.compile(r"\+?[0-9\s().\-/]{4,40}")


class AnswerRefusedError(ValueError):
    """An answer that does not fit; *code* names its words in `feedback.rules.answer_words`."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(said("en", code, **values))
        self.code, self.values = code, values

    def words(self, language: str) -> str:
        """Say in *language* what is to be mended."""
        return said(language, self.code, **self.values)


def answer_sent(question: Question, sent: Sent) -> Any:
    """Read the answer to *question* from the fields of a form; None where nothing was said.

    Fields are called `q.key`, with `.row`, `.choice` or `.other` behind. Scores are whole numbers
    on the scale, choices their keys, dates and times ISO 8601; "does not apply" is "na". Raises
    AnswerRefusedError.
    """
    return _READ[question.type.spec.stored](question, sent)


def is_missing(question: Question, answer: Any) -> bool:
    """Whether an answer that was asked for is not there."""
    if not (question.is_required and question.is_asked):
        return False
    if question.type.spec.stored is Stored.SCORES:
        return not isinstance(answer, dict) or any(row.key not in answer for row in question.rows)
    if question.type.spec.stored is Stored.BOOL:
        return answer is None
    return answer in (None, "", [], {})


def answered_before(
    questions: Iterable[Question], answers: Mapping[str, Any]
) -> dict[str, list[str]]:
    """Give what a form would send for *answers*: the other way round than `answer_sent`."""
    sent: dict[str, list[str]] = {}
    for question in questions:
        answer = answers.get(question.key)
        if answer is not None:
            sent |= _as_sent(question, answer)
    return sent


def _as_sent(question: Question, answer: Any) -> dict[str, list[str]]:
    name = _name(question)
    if question.type.spec.stored is Stored.SCORES and isinstance(answer, dict):
        return {f"{name}.{row}": [str(value)] for row, value in answer.items()}
    if question.type.spec.stored is Stored.ASSETS and isinstance(answer, list):
        return {name: [as_field(one["file"], one["name"]) for one in answer]}
    if question.type.value == "ranking" and isinstance(answer, list):
        return {f"{name}.{key}": [str(place)] for place, key in enumerate(answer, 1)}
    if isinstance(answer, bool):
        return {name: ["yes" if answer else "no"]}
    chosen = answer if isinstance(answer, list) else [answer]
    own = [one["text"] for one in chosen if isinstance(one, dict)]
    keys = [str(one["key"]) if isinstance(one, dict) else str(one) for one in chosen]
    return {name: keys} | ({f"{name}.other": own} if own else {})


def cleaned(text: str) -> str:
    """Take from a text what cannot be stored or would be shown as something else."""
    return _UNSAFE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _one(sent: Sent, name: str) -> str:
    values = sent.get(name) or [""]
    return values[-1].strip()


def _name(question: Question, *more: str) -> str:
    return ".".join(("q", question.key, *more))


def _score(question: Question, sent: Sent) -> int | str | None:
    return _point(question, _one(sent, _name(question)))


def _point(question: Question, told: str) -> int | str | None:
    if not told:
        return None
    if told == NA and question.na_label:
        return NA
    points = question.scale.points if question.scale else ()
    if not re.fullmatch(r"-?[0-9]{1,4}", told) or int(told) not in points:
        ends = (points[0], points[-1]) if points else ("", "")
        raise AnswerRefusedError("point", first=ends[0], last=ends[1])
    return int(told)


def _scores(question: Question, sent: Sent) -> dict[str, int | str] | None:
    told = {
        row.key: _point(question, _one(sent, _name(question, row.key))) for row in question.rows
    }
    return {key: value for key, value in told.items() if value is not None} or None


def _key(question: Question, sent: Sent) -> Any:
    told = _one(sent, _name(question)) or _meant(question, sent)
    return _chosen(question, told, sent) if told else None


def _meant(question: Question, sent: Sent) -> str:
    """Give the choice whose words of one's own were written, though it was not picked."""
    other = next((one.key for one in question.choices if one.is_other), "")
    return other if cleaned(_one(sent, _name(question, "other"))) else ""


def _chosen(question: Question, told: str, sent: Sent) -> Any:
    if told == NA and question.na_label:
        return NA
    choice = next((one for one in question.choices if one.key == told), None)
    if choice is None:
        raise AnswerRefusedError("choice")
    if not choice.is_other:
        return choice.key
    words = cleaned(_one(sent, _name(question, "other")))
    if len(words) > _SHORT_TEXT:
        raise AnswerRefusedError("other_long", most=_SHORT_TEXT, count=len(words))
    return {"key": choice.key, "text": words} if words else choice.key


def _keys(question: Question, sent: Sent) -> Any:
    if question.type.value == "ranking":
        return _ranking(question, sent)
    picked = [*sent.get(_name(question), ()), _meant(question, sent)]
    told = list(dict.fromkeys(one for one in picked if one.strip()))
    if not told:
        return None
    if told == [NA] and question.na_label:
        return NA
    chosen = [_chosen(question, one, sent) for one in told]
    alone = {one.key for one in question.choices if one.is_none}
    if len(told) > 1 and alone & set(told):
        raise AnswerRefusedError("none_alone")
    _check_count(question, len(told), is_alone=bool(alone & set(told)))
    return chosen


def _check_count(question: Question, count: int, *, is_alone: bool) -> None:
    if question.least and count < question.least and not is_alone:
        raise AnswerRefusedError("few", least=f"{question.least:g}")
    if question.most and count > question.most:
        raise AnswerRefusedError("many", most=f"{question.most:g}", count=count)


def _ranking(question: Question, sent: Sent) -> list[str] | None:
    places = {one.key: _one(sent, _name(question, one.key)) for one in question.choices}
    given = {key: place for key, place in places.items() if place}
    if not given:
        return None
    if any(not re.fullmatch(r"[1-9][0-9]{0,2}", place) for place in given.values()):
        raise AnswerRefusedError("rank_numbers")
    if len(set(map(int, given.values()))) < len(given):
        raise AnswerRefusedError("rank_same")
    return sorted(given, key=lambda key: int(given[key]))


def _text(question: Question, sent: Sent) -> str | None:
    text = cleaned(_one(sent, _name(question)))
    if not text:
        return None
    most = int(question.most or (LONGEST_TEXT if question.type.value == "long_text" else 1_000))
    limit = min(most, LONGEST_TEXT)
    if len(text) > limit:
        raise AnswerRefusedError("long", most=limit, count=len(text))
    if question.least and len(text) < question.least:
        raise AnswerRefusedError("short", least=f"{question.least:g}")
    if question.type.value == "email" and not (
        len(text) <= _LONGEST_EMAIL and _EMAIL.fullmatch(text)
    ):
        raise AnswerRefusedError("email")
    if question.type.value == "phone" and not _PHONE.fullmatch(text):
        raise AnswerRefusedError("phone")
    return text


def _number(question: Question, sent: Sent) -> float | int | str | None:
    told = _one(sent, _name(question))
    if not told:
        return None
    if told == NA and question.na_label:
        return NA
    try:
        number = float(told.replace(",", ".")) if len(told) <= _LONGEST_NUMBER else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise AnswerRefusedError("number")
    least, most, step = question.reach
    if (least is not None and number < least) or (most is not None and number > most):
        raise _out_of_bounds(least, most)
    steps = (number - (least or 0)) / step if step else 0
    if abs(steps - round(steps)) > _HAIR:
        raise AnswerRefusedError("choice")
    return int(number) if number.is_integer() and abs(number) < _LARGEST_WHOLE else number


def slider_points(question: Question) -> tuple[str, ...]:
    """List what can be chosen of a slider, as it is sent; nothing for one that is written."""
    least, most, step = question.reach
    step = step or 1
    if question.type.value != "slider" or least is None or most is None:
        return ()
    count = int((most - least) / step + _HAIR) + 1
    return tuple(f"{least + step * at:g}" for at in range(count)) if count <= MOST_POINTS else ()


def _out_of_bounds(least: float | None, most: float | None) -> AnswerRefusedError:
    if most is None:
        return AnswerRefusedError("number_from", least=f"{least:g}")
    if least is None:
        return AnswerRefusedError("number_to", most=f"{most:g}")
    return AnswerRefusedError("number_between", least=f"{least:g}", most=f"{most:g}")


def _moment(read: Callable[[str], date | time], code: str) -> Callable[[Question, Sent], Any]:
    def read_moment(question: Question, sent: Sent) -> str | None:
        told = _one(sent, _name(question))
        if not told:
            return None
        if told == NA and question.na_label:
            return NA
        try:
            found = read(told)
        except ValueError as error:
            raise AnswerRefusedError(code) from error
        if isinstance(found, time):
            return found.replace(tzinfo=None).isoformat("minutes")
        if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
            raise AnswerRefusedError(code)
        return found.isoformat()

    return read_moment


def _bool(question: Question, sent: Sent) -> bool | str | None:
    told = _one(sent, _name(question))
    if not told:
        return None
    if told == NA and question.na_label:
        return NA
    if told not in ("yes", "no"):
        raise AnswerRefusedError("yes_no")
    return told == "yes"


def _nothing(_question: Question, _sent: Sent) -> None:
    return None


def _files(question: Question, sent: Sent) -> list[dict[str, str]] | None:
    """Read the files, which are kept before the page is; one that was not is told of first."""
    name = _name(question)
    if fault := sent.get(f"{name}.{FAULT}"):
        code, *pairs = fault
        raise AnswerRefusedError(code, **dict(pair.split("=", 1) for pair in pairs))
    return as_answer(sent.get(name) or ())


_READ: dict[Stored, Callable[[Question, Sent], Any]] = {
    Stored.SCORE: _score,
    Stored.SCORES: _scores,
    Stored.KEY: _key,
    Stored.KEYS: _keys,
    Stored.TEXT: _text,
    Stored.NUMBER: _number,
    Stored.DATE: _moment(date.fromisoformat, "day"),
    Stored.TIME: _moment(time.fromisoformat, "time"),
    Stored.BOOL: _bool,
    Stored.ASSETS: _files,
    Stored.NOTHING: _nothing,
}
