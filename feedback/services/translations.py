"""Translating the draft of a survey: its languages, and its texts in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import Asked, Deed, RefusedError
from cxm.kernel.operations.store import commit, read_state
from feedback.rules.languages import LANGUAGES
from feedback.rules.translating import Wording, fault_of, wordings
from feedback.services.survey_store import SURVEYS
from personas.services.personas import actor_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime
    from uuid import UUID

    from cxm.kernel.operations.state import State
    from cxm.tenants.models import Membership
    from feedback.models import SurveyDraft

# All texts of the largest file there can be, two steps each.
_MOST_AT_ONCE = 200_000


@dataclass(frozen=True, slots=True)
class Put:
    """A translation to be kept for the text *key*: "" takes it away.

    *source* is what it was made from; None is what the text says now.
    """

    key: str
    language: str
    text: str
    source: str | None = None


def translation_lines(draft: SurveyDraft, *, now: datetime) -> dict[str, list[Wording]]:
    """List the texts of a draft in each language that it is translated into."""
    return _lines(draft, read_state(SURVEYS, _request(draft, None, now)))


def set_languages(*, draft: SurveyDraft, codes: list[str], by: Membership, now: datetime) -> None:
    """Say what a draft is translated into; the texts of languages that go stay for later.

    Raises RefusedError for a code that is not known.
    """
    if any(code not in LANGUAGES or code == draft.language for code in codes):
        message = "Choose a language from the list, other than the one it is written in."
        raise RefusedError(message, field="language")
    asked = _asked(Deed.SET, draft.pk, new_id(), field="languages", value=codes)
    commit(SURVEYS, _request(draft, by, now), [asked])


def put_translations(
    *, draft: SurveyDraft, puts: Iterable[Put], by: Membership, now: datetime
) -> int:
    """Keep translations in one batch to undo, and count what changed.

    What names a text or language that the draft has not is passed over. Raises RefusedError, whose
    field is the key, for a text that does not fit its source.
    """
    request = _request(draft, by, now)
    lines = _lines(draft, read_state(SURVEYS, request))
    known = {(one.key, code): one for code, found in lines.items() for one in found}
    asked, count, batch = [], 0, new_id()
    for put in puts:
        wording = known.get((put.key, put.language))
        if wording is None:
            continue
        if words := fault_of(wording, put.text):
            message = f"{wording.where}: {words}"
            raise RefusedError(message, field=put.key)
        steps = list(_steps(wording, put, batch))
        asked += steps
        count += bool(steps)
    if asked:
        commit(SURVEYS, request, asked, most=_MOST_AT_ONCE)
    return count


def _steps(wording: Wording, put: Put, batch: UUID) -> Iterator[Asked]:
    source = wording.source if put.source is None else put.source
    if wording.wording is None:
        if put.text:
            values = {
                "language": put.language,
                "field": wording.field,
                "text": put.text,
                "source": source,
            }
            value = {"values": values, "parent": str(wording.element)}
            yield _asked(Deed.CREATE, new_id(), batch, kind="wording", value=value)
    elif not put.text:
        yield _asked(Deed.DELETE, wording.wording, batch)
    else:
        told: Mapping[str, tuple[str, str]] = {
            "text": (wording.text, put.text),
            "source": (wording.made_from, source),
        }
        for name, (before, after) in told.items():
            if before != after:
                yield _asked(Deed.SET, wording.wording, batch, field=name, value=after)


def _asked(deed: Deed, lineage: UUID, batch: UUID, **more: Any) -> Asked:
    return Asked(id=new_id(), batch=batch, op=deed, lineage=lineage, **more)


def _lines(draft: SurveyDraft, state: State) -> dict[str, list[Wording]]:
    values = state[draft.pk].values
    told: Any = values["languages"] or []
    codes = [str(one) for one in told]
    return {code: wordings(state, draft.pk, code) for code in codes if code != values["language"]}


def _request(draft: SurveyDraft, by: Membership | None, now: datetime) -> Request:
    return Request(draft.tenant, draft.pk, actor_of(by), now)
