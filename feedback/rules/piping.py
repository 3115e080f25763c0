"""Answers and hidden values in texts: `{{ key | words when there is none }}`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_PLACE = re.compile(r"\{\{([^{}]*)\}\}")
_NAME = re.compile(r"[a-z0-9_-]{1,63}")
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Pipe:
    """A place in a text where the answer to the question *name* stands, or else *fallback*."""

    name: str
    fallback: str


class PipingError(ValueError):
    """A place in a text is not written as it has to be; the words say how."""


def pipes_in(text: str) -> list[Pipe]:
    """Read the places of a text in their order. Raises PipingError for one that is broken."""
    rest = _PLACE.sub("", text)
    if "{{" in rest or "}}" in rest:
        message = "A place begins with {{ and ends with }}: one of them is missing."
        raise PipingError(message)
    return [_read(found) for found in _PLACE.findall(text)]


def names_in(text: str) -> list[str]:
    """List the questions whose answers stand in a text, sorted. Raises PipingError."""
    return sorted(one.name for one in pipes_in(text))


def filled(text: str, words: Mapping[str, str]) -> str:
    """Put *words*, by key, into the places of a text; a broken place stays as it is written.

    The result is plain text: whoever shows it escapes it.
    """
    return _PLACE.sub(lambda found: _words(found, words), text)


def faults_of(text: str, known: Iterable[str]) -> list[str]:
    """Say what is wrong with the places of a text, where answers to *known* may stand."""
    try:
        pipes = pipes_in(text)
    except PipingError as error:
        return [str(error)]
    may = set(known)
    missing = dict.fromkeys(one.name for one in pipes if one.name not in may)
    return [f"“{name}” is no question that is asked before." for name in missing]


def _read(found: str) -> Pipe:
    name, bar, fallback = (part.strip() for part in found.partition("|"))
    shown = found.strip()[:_SHOWN]
    if not _NAME.fullmatch(name):
        message = f"“{{{{ {shown} }}}}” names no question: write its key, such as order."
        raise PipingError(message)
    if not bar or not fallback:
        message = (
            f"“{{{{ {shown} }}}}” lacks words for when there is no answer: write them after |."
        )
        raise PipingError(message)
    return Pipe(name, fallback)


def _words(found: re.Match[str], words: Mapping[str, str]) -> str:
    try:
        pipe = _read(found[1])
    except PipingError:
        return found[0]
    return words.get(pipe.name) or pipe.fallback
