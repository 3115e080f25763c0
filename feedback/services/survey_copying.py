"""Making a survey from a file: its draft, with all translations, as one batch to undo."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction

from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import Asked, Deed, Source
from cxm.kernel.operations.store import commit
from cxm.metrics.models import Metric
from cxm.touchpoints.models import Channel, Touchpoint
from feedback.models import Survey
from feedback.rules.survey_files import SurveyFile, pictures_in, texts_of
from feedback.rules.survey_shapes import TRANSLATED
from feedback.services.survey_store import SURVEYS
from feedback.services.surveys_making import create_survey, draft_of
from personas.services.personas import actor_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping
    from datetime import datetime
    from uuid import UUID

    from cxm.tenants.models import Membership, Tenant
    from feedback.rules.questionnaires import Question, Questionnaire

_MOST_AT_ONCE = 500_000
_PLAIN = (
    "is_required",
    "style",
    "least",
    "most",
    "step",
    "unit",
    "is_random",
    "starts_page",
    "show",
    "formula",
    "fallback",
    "purpose",
)
_MARKS = ("is_other", "is_none", "is_anchored")
_MODELS: dict[str, Any] = {"metric": Metric, "touchpoint": Touchpoint, "channel": Channel}
_NAMES = {"metric": "figure", "touchpoint": "touchpoint", "channel": "channel"}


@dataclass(frozen=True, slots=True)
class Copied:
    """A survey made from a file, and what of the file it is without, in words."""

    survey: Survey
    without: list[str]


@transaction.atomic
def survey_from_file(*, tenant: Tenant, file: SurveyFile, by: Membership, now: datetime) -> Copied:
    """Make a survey that asks what *file* does.

    Figures, touchpoints and channels are found by their keys; what the workspace has not is left
    out and told. Translations count as made from the texts beside them. Raises SurveyTitleError,
    and RefusedError for a text or key that no draft takes.
    """
    asks = file.asks
    survey = create_survey(
        tenant=tenant,
        title=asks.title[asks.language],
        by=by,
        now=now,
        purpose=Survey.Purpose(file.purpose),
        language=asks.language,
        source=Source.IMPORT,
    )
    maker = _Maker(tenant, asks)
    draft = draft_of(survey)
    asked = list(maker.whole(draft.pk))
    request = Request(tenant, draft.pk, actor_of(by), now, Source.IMPORT)
    commit(SURVEYS, request, asked, most=_MOST_AT_ONCE)
    without = [f"There is no {_NAMES[kind]} “{key}” here." for kind, key in sorted(maker.missing)]
    if pictures_in(asks.questions):
        without.append("Files of surveys hold no pictures.")
    return Copied(survey, without)


@dataclass(slots=True)
class _Maker:
    tenant: Tenant
    asks: Questionnaire
    batch: UUID = field(default_factory=new_id)
    missing: set[tuple[str, str]] = field(default_factory=set)
    known: dict[str, dict[str, UUID]] = field(init=False)

    def __post_init__(self) -> None:
        self.known = {
            kind: dict(
                model.objects.for_tenant(self.tenant)
                .filter(archived_at=None)
                .values_list("key", "pk")
            )
            for kind, model in _MODELS.items()
        }

    def whole(self, root: UUID) -> Iterator[Asked]:
        """Give the steps that write all that is asked into an empty draft."""
        asks = self.asks
        told: dict[str, Any] = {
            "languages": [one for one in asks.languages if one != asks.language],
            "layout": asks.layout.value,
            "has_progress": asks.has_progress,
        }
        told |= {name: asks.text(getattr(asks, name), asks.language) for name in _AROUND}
        for name, value in told.items():
            yield self.asked(Deed.SET, root, field=name, value=value)
        yield from self.wordings("survey", asks, root)
        for question in asks.questions:
            yield from self.question(question, root)

    def question(self, question: Question, root: UUID) -> Iterator[Asked]:
        values = {name: getattr(question, name) for name in _PLAIN}
        values |= {
            "key": question.key,
            "type": question.type.value,
            "text_role": question.text_role.value,
        }
        pk = yield from self.made("question", question, values | self.named(question), root)
        for choice in question.choices:
            marks = {name: getattr(choice, name) for name in _MARKS}
            yield from self.made("choice", choice, {"key": choice.key, **marks}, pk)
        for row in question.rows:
            yield from self.made("row", row, {"key": row.key, **self.named(row)}, pk)
        for jump in question.jumps:
            yield self.created("jump", {"to": jump.to, "when": jump.when}, pk, new_id())

    def made(
        self, kind: str, part: Any, values: Mapping[str, Any], parent: UUID
    ) -> Generator[Asked, None, UUID]:
        """Give the steps that make a part with its texts, and at last its id."""
        pk = new_id()
        own = {
            name: self.asks.text(texts, self.asks.language)
            for name, texts in texts_of(part, TRANSLATED[kind]).items()
        }
        yield self.created(kind, {**values, **own}, parent, pk)
        yield from self.wordings(kind, part, pk)
        return pk

    def wordings(self, kind: str, part: Any, pk: UUID) -> Iterator[Asked]:
        for name, texts in texts_of(part, TRANSLATED[kind]).items():
            source = texts.get(self.asks.language, "")
            for language, text in texts.items():
                if language != self.asks.language and text:
                    values = {"language": language, "field": name, "text": text, "source": source}
                    yield self.created("wording", values, pk, new_id())

    def named(self, part: Any) -> dict[str, str]:
        """Give the ids of what a part names in the registries, and note what is not there."""
        found = {}
        for kind, known in self.known.items():
            key = getattr(part, kind)
            if key in known:
                found[kind] = str(known[key])
            elif key:
                self.missing.add((kind, key[:60]))
        return found

    def created(self, kind: str, values: Mapping[str, Any], parent: UUID, pk: UUID) -> Asked:
        value = {"values": dict(values), "parent": str(parent)}
        return self.asked(Deed.CREATE, pk, kind=kind, value=value)

    def asked(self, deed: Deed, lineage: UUID, **more: Any) -> Asked:
        return Asked(id=new_id(), batch=self.batch, op=deed, lineage=lineage, **more)


_AROUND = ("intro", "thanks", "closed")
