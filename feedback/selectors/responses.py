"""The list of responses, or of the ratings behind a figure, as its page shows it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import FETCH_RAISE

from cxm.customers.selectors.persons import Reader, read_persons
from feedback.models import AnswerFile, Rating, Response, Verbatim
from feedback.rules.marking import Part, excerpt, search_words
from feedback.selectors import response_rows
from feedback.selectors.registry_names import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from cxm.customers.selectors.persons import Person, Persons
    from cxm.kernel.charts import Tone
    from cxm.tenants.models import Tenant
    from cxm.tenants.querysets import TenantQuerySet
    from feedback.selectors.registry_names import Names
    from feedback.selectors.response_filter import Asked
    from feedback.selectors.response_rows import Place, Rows

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Score:
    """One scored answer: its value, what that means, and what it is about.

    *standing* is the state of the rating; *reason* says why it is held back.
    """

    rating_id: UUID
    question_key: str
    value: int
    tone: Tone
    metric: str
    metric_key: str
    touchpoint: str
    touchpoint_key: str
    channel: str
    channel_key: str
    standing: str
    reason: str
    weight: str

    @property
    def is_counted(self) -> bool:
        """Whether it takes part in numbers."""
        return self.standing == Rating.State.COUNTED

    @property
    def is_held(self) -> bool:
        """Whether it is held back from numbers."""
        return self.standing == Rating.State.QUARANTINED


@dataclass(frozen=True, slots=True)
class Comment:
    """A text that a customer wrote, as the reader may read it, and the question it answers."""

    question_key: str
    text: str
    parts: list[Part]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list: a rating of a metric, or a whole response.

    *scores* has one entry for a rating; *comment* is the first line of the first comment.
    """

    pk: UUID
    response_id: UUID
    state: str
    answered_at: datetime
    survey: str
    survey_key: str
    touchpoint: str
    touchpoint_key: str
    channel: str
    channel_key: str
    scores: list[Score]
    comments: list[Comment]
    comment: list[Part]
    person: Person

    @property
    def score(self) -> Score:
        """The one score of a rating; raises IndexError for a response without scores."""
        return self.scores[0]


@dataclass(frozen=True, slots=True)
class ResponsePage:
    """A page of the list: *total* counts all rows, None when that is still to be asked for."""

    rows: list[Row]
    total: int | None
    newer: Place | None
    older: Place | None


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What all rows of a page are made from: texts by response, ratings by row."""

    asked: Asked
    persons: Persons
    texts: dict[UUID, list[Verbatim]]
    ratings: dict[UUID, list[Rating]]


def response_page(
    reader: Reader,
    asked: Asked,
    *,
    after: Place | None = None,
    before: Place | None = None,
    is_counted_whole: bool = False,
) -> ResponsePage:
    """Show one page of what *asked* asks for, newest first. Seven queries at most.

    Rows number exactly the n of the metric's figure within the same filter. *is_counted_whole*
    counts however long it takes; otherwise more than 100,000 rows are left uncounted.
    """
    selected = response_rows.rows_of(reader.tenant, asked)
    count = response_rows.count_rows if is_counted_whole else response_rows.count_some
    cut = response_rows.slice_of(with_parents(selected), size=PAGE_SIZE, after=after, before=before)
    places = [response_rows.place_of(row) for row in cut.rows]
    return ResponsePage(
        rows=shown_rows(reader, asked, cut.rows),
        total=count(selected),
        newer=places[0] if places and cut.has_newer else None,
        older=places[-1] if places and cut.has_older else None,
    )


def with_parents(selected: Rows) -> Rows:
    """Read rows with what `shown_rows` needs of them, and nothing else."""
    if selected.model is Rating:
        return (
            selected.select_related("response").defer("response__answers").fetch_mode(FETCH_RAISE)
        )
    return selected.defer("answers").fetch_mode(FETCH_RAISE)


def shown_rows(reader: Reader, asked: Asked, found: Sequence[Any]) -> list[Row]:
    """Turn ratings or responses into rows, in their order. Four queries at most."""
    responses = [row.response if isinstance(row, Rating) else row for row in found]
    response_ids = [response.pk for response in responses]
    loaded = _Loaded(
        asked=asked,
        persons=read_persons(reader, [response.customer_id for response in responses]),
        texts=_texts(reader, response_ids),
        ratings=_ratings(reader, found, response_ids),
    )
    pairs = zip(found, responses, strict=True)
    return [_row(row, response, loaded) for row, response in pairs]


def score_of(names: Names, rating: Rating) -> Score:
    """Describe one rating in words."""
    measure = names.measures[rating.metric_id]
    touchpoints, channels = names.registries[Kind.TOUCHPOINT], names.registries[Kind.CHANNEL]
    return Score(
        rating_id=rating.pk,
        question_key=rating.question_key,
        value=rating.value,
        tone=measure.tone(rating.value),
        metric=measure.metric.title,
        metric_key=measure.metric.key,
        touchpoint=touchpoints.title(rating.touchpoint_id),
        touchpoint_key=touchpoints.key(rating.touchpoint_id),
        channel=channels.title(rating.channel_id),
        channel_key=channels.key(rating.channel_id),
        standing=rating.state,
        reason=rating.reason,
        weight="" if rating.weight is None else f"{rating.weight.normalize():f}",
    )


def comment_of(person: Person, verbatim: Verbatim, words: frozenset[str]) -> Comment:
    """Show a comment as the reader may read it, with searched words marked."""
    text = person.shown(verbatim.text)
    return Comment(verbatim.question_key, text, excerpt(text, words))


def _texts(reader: Reader, response_ids: Iterable[UUID]) -> dict[UUID, list[Verbatim]]:
    texts = defaultdict(list)
    rows = Verbatim.objects.for_tenant(reader.tenant).filter(response__in=response_ids)
    for verbatim in rows.defer("words").order_by("response", "question_key", "pk"):
        texts[verbatim.response_id].append(verbatim)
    return texts


def _ratings(
    reader: Reader, found: Sequence[Any], response_ids: list[UUID]
) -> dict[UUID, list[Rating]]:
    """Give the ratings that each row shows, by the row's id: itself, or those of a response."""
    ratings = defaultdict(list)
    if found and isinstance(found[0], Response):
        rows = Rating.objects.for_tenant(reader.tenant).filter(response__in=response_ids)
        rows = rows.exclude(state=Rating.State.REPLACED)
        rows = rows.order_by("response", "metric__ord", "question_key", "pk")
        for rating in rows:
            ratings[rating.response_id].append(rating)
        return ratings
    return defaultdict(list, {rating.pk: [rating] for rating in found})


def _row(row: Rating | Response, response: Response, loaded: _Loaded) -> Row:
    names, registries = loaded.asked.names, loaded.asked.names.registries
    touchpoints, channels = registries[Kind.TOUCHPOINT], registries[Kind.CHANNEL]
    person = loaded.persons.of(response.customer_id)
    words = search_words(loaded.asked.filter.q)
    comments = [comment_of(person, verbatim, words) for verbatim in loaded.texts[response.pk]]
    hits = [c.parts for c in comments if any(part.is_hit for part in c.parts)]
    return Row(
        pk=row.pk,
        response_id=response.pk,
        state=response.state,
        answered_at=response.answered_at,
        survey=registries[Kind.SURVEY].title(response.survey_id),
        survey_key=registries[Kind.SURVEY].key(response.survey_id),
        touchpoint=touchpoints.title(row.touchpoint_id),
        touchpoint_key=touchpoints.key(row.touchpoint_id),
        channel=channels.title(row.channel_id),
        channel_key=channels.key(row.channel_id),
        scores=[score_of(names, rating) for rating in loaded.ratings[row.pk]],
        comments=comments,
        comment=next(iter([*hits, *(c.parts for c in comments)]), []),
        person=person,
    )


def given_files(tenant: Tenant) -> TenantQuerySet[AnswerFile]:
    """Give the files that belong to answers; those of a deleted one wait until it is restored."""
    rows: TenantQuerySet[AnswerFile] = AnswerFile.objects.for_tenant(tenant)
    rows = rows.exclude(response=None)
    return rows.exclude(response__state=Response.State.DELETED).select_related("tenant")
