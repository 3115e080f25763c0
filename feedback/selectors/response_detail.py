"""One response with everything about it, as its panel shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef

from cxm.customers.models import Customer, IngestKey
from cxm.customers.selectors.persons import Reader, read_persons
from cxm.tenants.models import AuditEntry
from feedback.models import AnswerFile, Import, Rating, Response, SurveyQuestion, Verbatim
from feedback.rules.answer_files import ids_in
from feedback.rules.marking import search_words
from feedback.selectors import response_rows
from feedback.selectors.registry_names import Kind
from feedback.selectors.responses import Score, score_of, shown_rows, with_parents
from feedback.selectors.text_marks import ReadText, read_texts_of

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.customers.selectors.persons import Person
    from feedback.selectors.registry_names import Names
    from feedback.selectors.response_filter import Asked
    from feedback.selectors.responses import Row

OTHERS_SHOWN = 5
HELD, DELETED = "response-held", "response-deleted"


@dataclass(frozen=True, slots=True)
class Item:
    """What was answered to one question: *scores*, a text that was *read*, or a plain *answer*.

    *files* are those that came with it, without their bytes; none for who may not see persons.
    """

    key: str
    question: str
    scores: list[Score]
    read: ReadText | None
    answer: str
    files: list[AnswerFile] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a response came from; *record* (its key there) only for those who see persons."""

    name: str
    record: str
    file_name: str
    import_id: UUID | None


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The rows before and after in the list: their response and, for ratings, their row id."""

    newer: tuple[UUID, UUID] | None
    older: tuple[UUID, UUID] | None


@dataclass(frozen=True, slots=True)
class ResponseDetail:
    """Everything about one response that the reader may see.

    *kept* are fields of the file that belong to no question; for readers who may not see persons
    they are left out, and *has_hidden* says that there are some. *held_words* say why scores were
    held back or the response was deleted, *held_by* who did it.
    """

    response: Response
    survey: str
    survey_key: str
    touchpoint: str
    channel: str
    items: list[Item]
    scores: list[Score]
    kept: list[tuple[str, str]]
    has_hidden: bool
    person: Person
    others: list[Row]
    source: Source
    held_words: str
    held_by: str

    @property
    def is_deleted(self) -> bool:
        """Whether it is out of every list and number."""
        return self.response.state == Response.State.DELETED

    @property
    def counted(self) -> list[Score]:
        """The scores that take part in numbers."""
        return [score for score in self.scores if score.is_counted]

    @property
    def held(self) -> list[Score]:
        """The scores that are held back."""
        return [score for score in self.scores if score.is_held]


def response_detail(reader: Reader, asked: Asked, response: Response) -> ResponseDetail:
    """Show *response*; words that *asked* searches for are marked. A dozen queries at most."""
    names = asked.names
    person = read_persons(reader, [response.customer_id]).of(response.customer_id)
    ratings = Rating.objects.for_tenant(reader.tenant).filter(response=response)
    shown = ratings.exclude(state=Rating.State.REPLACED).order_by("question_key", "pk")
    scores = [score_of(names, rating) for rating in shown]
    questions = _questions(response)
    items = _items(asked, response, person, questions, scores)
    asked_keys = {item.key for item in items}
    kept = [
        (key, _plain(value)) for key, value in response.answers.items() if key not in asked_keys
    ]
    held_words, held_by = _held(response, scores)
    return ResponseDetail(
        response=response,
        survey=names.registries[Kind.SURVEY].title(response.survey_id),
        survey_key=names.registries[Kind.SURVEY].key(response.survey_id),
        touchpoint=names.registries[Kind.TOUCHPOINT].title(response.touchpoint_id),
        channel=names.registries[Kind.CHANNEL].title(response.channel_id),
        items=items,
        scores=scores,
        kept=[] if person.is_masked else kept,
        has_hidden=person.is_masked and bool(kept),
        person=person,
        others=_others(reader, asked, response, person),
        source=_source(reader, response),
        held_words=person.shown(held_words),
        held_by=held_by,
    )


def neighbours(reader: Reader, asked: Asked, response: Response, row_id: UUID | None) -> Neighbours:
    """Find the rows next to one in the list of *asked*; none when it is not in that list.

    *row_id* is the rating that was opened, where the list is of ratings. Three queries.
    """
    selected = with_parents(response_rows.rows_of(reader.tenant, asked))
    own = selected.filter(response=response) if asked.measure else selected.filter(pk=response.pk)
    if asked.measure and row_id:
        own = own.filter(pk=row_id)
    here = own.first()
    if here is None:
        return Neighbours(None, None)
    place = response_rows.place_of(here)
    newer = response_rows.rows_before(selected, place, 1)
    older = response_rows.rows_after(selected, place, 1)
    return Neighbours(_spot(newer), _spot(older))


def _spot(rows: list[Any]) -> tuple[UUID, UUID] | None:
    if not rows:
        return None
    [row] = rows
    return (row.response_id if isinstance(row, Rating) else row.pk), row.pk


def _questions(response: Response) -> dict[str, str]:
    """Give the texts of the survey's questions by key, in their order. One query."""
    rows = SurveyQuestion.objects.for_tenant(response.tenant_id).filter(survey=response.survey_id)
    return dict(rows.order_by("ord", "key", "pk").values_list("key", "text"))


def _items(
    asked: Asked,
    response: Response,
    person: Person,
    questions: dict[str, str],
    scores: list[Score],
) -> list[Item]:
    """List what was answered, in the order of the survey; questions left blank are absent."""
    rows = Verbatim.objects.for_tenant(response.tenant_id).filter(response=response)
    texts = read_texts_of(
        list(rows.defer("words")), person, asked.names, search_words(asked.filter.q)
    )
    by_question: dict[str, list[Score]] = {}
    for score in scores:
        by_question.setdefault(score.question_key, []).append(score)
    answers = response.answers
    files: dict[str, list[AnswerFile]] = {}
    if any(ids_in(answer) for answer in answers.values()) and not person.is_masked:
        sent = AnswerFile.objects.for_tenant(response.tenant_id).filter(response=response)
        for one in sent.defer("content").order_by("pk"):
            files.setdefault(one.question_key, []).append(one)
    keys = dict.fromkeys([*questions, *by_question, *sorted(texts)])
    return [
        Item(
            key=key,
            question=questions.get(key) or _title(asked.names, by_question.get(key, []), key),
            scores=by_question.get(key, []),
            read=texts.get(key),
            answer=_told(person, answers.get(key)),
            files=files.get(key, []),
        )
        for key in keys
        if key in by_question or key in texts or key in answers
    ]


def _title(names: Names, scores: list[Score], key: str) -> str:
    """Name a question that no survey describes: by its one metric, else by its key."""
    found = {score.metric for score in scores}
    return found.pop() if len(found) == 1 and names.measures else key


def _others(reader: Reader, asked: Asked, response: Response, person: Person) -> list[Row]:
    """List the newest other responses of the same customer; none when persons are hidden."""
    if person.is_masked or person.root_id is None:
        return []
    same = Customer.objects.for_tenant(reader.tenant).filter(root=person.root_id)
    rows = Response.objects.for_tenant(reader.tenant).filter(
        Exists(same.filter(pk=OuterRef("customer_id"))), state__in=Response.LIVE_STATES
    )
    found = with_parents(rows.exclude(pk=response.pk).order_by("-answered_at", "-pk"))
    return shown_rows(reader, asked, list(found[:OTHERS_SHOWN]))


def _source(reader: Reader, response: Response) -> Source:
    imported = None
    if response.batch_id:
        imports = Import.objects.for_tenant(reader.tenant).filter(batch=response.batch_id)
        imported = imports.only("file_name").order_by("pk").first()
    record = ""
    if reader.sees_persons and response.interaction_id:
        keys = IngestKey.objects.for_tenant(reader.tenant).filter(pk=response.interaction_id)
        record = keys.values_list("key", flat=True).first() or ""
    return Source(
        name=response.source,
        record=record,
        file_name=imported.file_name if imported else "",
        import_id=imported.pk if imported else None,
    )


def _held(response: Response, scores: list[Score]) -> tuple[str, str]:
    """Give the words with which scores were held back or the response deleted, and by whom."""
    is_deleted = response.state == Response.State.DELETED
    if not is_deleted and not any(score.is_held for score in scores):
        return "", ""
    entries = AuditEntry.objects.for_tenant(response.tenant_id).filter(
        object_id=response.pk, action=DELETED if is_deleted else HELD
    )
    entry = entries.select_related("actor__user", "api_key").order_by("-at", "pk").first()
    if entry is None:
        return "", ""
    by = entry.actor.user.get_full_name() if entry.actor else ""
    return str(entry.changes.get("reason", "")), by or (entry.api_key.name if entry.api_key else "")


def _told(person: Person, answer: Any) -> str:
    """Say an answer; files are told of by how many, as their names may be names of people."""
    if ids := ids_in(answer):
        return f"{len(ids)} file{'' if len(ids) == 1 else 's'}"
    return person.shown(_plain(answer))


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_plain(part) for part in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_plain(part)}" for key, part in value.items())
    return "" if value is None else str(value)
