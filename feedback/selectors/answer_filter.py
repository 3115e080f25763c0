"""What answers must have said: one question answered, or answered so; the version asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q

from feedback.models import Rating, Response, Verbatim

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cxm.tenants.models import Tenant

ANSWER, VERSION = "answer", "version"
SAID_KEYS = frozenset({ANSWER, VERSION})
LONGEST_ANSWER = 300
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,10})?")
_TRUTHS = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class SaidFilter:
    """What a response must have said; empty means all.

    *answers* are "question" (it was answered) or "question:answer", by the keys of question and
    choice; a response must have said all of them.
    *versions* are numbers of the survey's versions.
    """

    answers: tuple[str, ...] = ()
    versions: tuple[int, ...] = ()

    def pairs(self) -> list[tuple[str, str]]:
        """List the filter as pairs of parameter and value."""
        return [
            *((ANSWER, one) for one in self.answers),
            *((VERSION, str(one)) for one in self.versions),
        ]


def parted(answer: str) -> tuple[str, str | None]:
    """Part "question:answer"; None where it only says which question was answered."""
    question, mark, said = answer.partition(":")
    return question, said if mark else None


def said_conditions(tenant: Tenant, wanted: SaidFilter, *, column: str) -> Q:
    """Keep rows whose response said what is *wanted*; *column* of the row is the response's id."""
    if not wanted.answers and not wanted.versions:
        return Q()
    responses = Response.objects.for_tenant(tenant).filter(pk=OuterRef(column))
    if wanted.versions:
        responses = responses.filter(version__number__in=wanted.versions)
    for one in wanted.answers:
        question, said = parted(one)
        fits = _answered(tenant, question) if said is None else _said(tenant, question, said)
        responses = responses.filter(fits)
    return Q(Exists(responses))


def _answered(tenant: Tenant, question: str) -> Q:
    mine: dict[str, Any] = {"response": OuterRef("pk"), "question_key": question}
    texts: Any = Verbatim.objects.for_tenant(tenant).filter(**mine)
    return Q(answers__has_key=question) | Q(Exists(texts)) | Q(Exists(_ratings(tenant, mine)))


def _said(tenant: Tenant, question: str, said: str) -> Q:
    """Keep responses that said so, however it is stored: alone, among others, with own words."""
    ways = Q()
    for value in _stored(said):
        ways |= Q(answers__contains={question: value}) | Q(answers__contains={question: [value]})
    if re.fullmatch(r"-?[0-9]{1,4}", said):
        mine = {"response": OuterRef("pk"), "question_key": question, "value": int(said)}
        ways |= Q(Exists(_ratings(tenant, mine)))
    return ways


def _ratings(tenant: Tenant, mine: dict[str, Any]) -> Any:
    return Rating.objects.for_tenant(tenant).counted().filter(**mine)


def _stored(said: str) -> Iterable[Any]:
    """Give all that an answer may be stored as."""
    yield said
    yield {"key": said}
    if said in _TRUTHS:
        yield _TRUTHS[said]
    if _NUMBER.fullmatch(said):
        yield float(said) if "." in said else int(said)
