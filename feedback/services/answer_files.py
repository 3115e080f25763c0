"""Taking in the files that people send with a page of a survey, and forgetting them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.module_loading import import_string

from cxm.collaboration.rules.file_errors import FileRefusedError
from cxm.collaboration.rules.files import file_type, plain_name
from cxm.collaboration.services.pictures import redrawn
from cxm.tenants.audit import record
from cxm.work.services import later
from feedback.models import AnswerFile
from feedback.rules.answer_files import (
    FAULT,
    LONGEST_NAME,
    MOST_BYTES,
    MOST_FILES,
    MOST_MEGABYTES,
    NEW,
    as_answer,
    as_field,
    ids_in,
    read_field,
)
from feedback.rules.question_types import QuestionType
from feedback.selectors.survey_door import questionnaire_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from django.core.files.uploadedfile import UploadedFile

    from cxm.tenants.models import ApiKey, Membership
    from feedback.models import Survey, SurveyPass
    from feedback.rules.answer_reading import Sent
    from feedback.rules.questionnaires import Question, Questionnaire

FORGET_FILES = "feedback.forget-answer-files"
# What no page kept is forgotten after so long.
KEPT = timedelta(days=2)


class _NotTakenError(Exception):
    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code, self.values = code, values


@dataclass(frozen=True, slots=True)
class Way:
    """Whose files are taken: the hash of the token of one way through *survey*."""

    survey: Survey
    token_hash: str


def take_files(
    way: Way,
    questionnaire: Questionnaire,
    fields: Sent,
    uploads: Mapping[str, Sequence[UploadedFile[Any]]],
    *,
    now: datetime,
) -> Sent:
    """Keep the files that came with a page; give its fields with what is kept in them.

    What a form says of kept files counts only as far as they are of this way and question; those
    that are ticked no more go once the page is kept. A file that is not taken leaves the others,
    and its fault stands in the fields, where reading the answer finds it.
    """
    found = _without_faults(questionnaire, fields)
    for question in questionnaire.questions:
        name = f"q.{question.key}"
        if question.type is not QuestionType.FILE or not _is_there(name, found, uploads):
            continue
        told = _Question(way, question, now)
        kept = told.ticked(found.get(name, ()))
        for upload in uploads.get(f"{name}.{NEW}", ()):
            try:
                kept.append(told.take(upload, len(kept)))
            except _NotTakenError as error:
                pairs = [f"{key}={value}" for key, value in error.values.items()]
                found[f"{name}.{FAULT}"] = [error.code, *pairs]
        found[name] = [as_field(one.pk, one.name) for one in kept] or [""]
    return found


def tried_files(
    questionnaire: Questionnaire, fields: Sent, uploads: Mapping[str, Sequence[UploadedFile[Any]]]
) -> Sent:
    """Give the fields of a page that is tried out, with names of files; nothing is kept."""
    found = _without_faults(questionnaire, fields)
    for question in questionnaire.questions:
        name = f"q.{question.key}"
        sent = uploads.get(f"{name}.{NEW}", ()) if question.type is QuestionType.FILE else ()
        kept = list(found.get(name, ()))
        kept += [as_field(AnswerFile().pk, (one.name or "")[:LONGEST_NAME]) for one in sent]
        if sent:
            found[name] = kept[:MOST_FILES]
    return found


def settle_files(sitting: SurveyPass, fields: Sent, *, now: datetime) -> None:
    """Let the response of *sitting*, which is written, have the files that its answers name.

    Of the questions that *fields* were sent for, all other files go but those that stand in the
    fields, as on a page that needs a second look; those of questions that are not asked any more
    wait with their answers, and are nobody's. No query where no file question
    is among the fields, and none is among the answers.
    """
    sent = {name.removeprefix("q.") for name in fields if name.startswith("q.")}
    own = AnswerFile.objects.for_tenant(sitting.tenant_id).filter(token_hash=sitting.token_hash)
    ids, aside = _ids(sitting.answers), _ids(sitting.aside)
    if not (ids or aside or sent & _about_files(sitting)):
        return
    there = [ids_in(as_answer(values)) for name, values in fields.items() if name.startswith("q.")]
    stays = [*ids, *aside, *chain.from_iterable(there)]
    own.filter(question_key__in=sent).exclude(pk__in=stays).delete()
    own.filter(pk__in=ids).update(response=sitting.response)
    if own.exclude(pk__in=ids).exclude(response=None).update(response=None):
        _promise_forgetting(sitting.tenant_id, sitting.token_hash, now)


def forget_files(*, tenant_id: UUID, token_hash: str) -> None:
    """Forget the files of a way that became part of no response."""
    rows = AnswerFile.objects.for_tenant(tenant_id)
    rows.filter(token_hash=token_hash, response=None).delete()


def note_opening(file: AnswerFile, *, by: Membership | ApiKey) -> None:
    """Keep in the audit log who read a file that somebody sent."""
    changes = {"response": str(file.response_id), "question": file.question_key}
    record(tenant=file.tenant, action="answer-file-opened", by=by, about=file, changes=changes)


@dataclass(frozen=True, slots=True)
class _Question:
    way: Way
    question: Question
    now: datetime

    def ticked(self, values: Sequence[str]) -> list[AnswerFile]:
        """Give the kept files among *values*."""
        ids = {found[0] for value in values if (found := read_field(value))}
        survey = self.way.survey
        rows = AnswerFile.objects.for_tenant(survey.tenant_id).filter(
            survey=survey, token_hash=self.way.token_hash, question_key=self.question.key
        )
        own = rows.defer("content").order_by("pk")
        return [one for one in own if str(one.pk) in ids]

    def take(self, upload: UploadedFile[Any], there: int) -> AnswerFile:
        """Keep one file beside the *there* that are kept. Raises _NotTakenError."""
        most = min(int(self.question.most or MOST_FILES), MOST_FILES)
        shown = (upload.name or "")[:60]
        if there >= most:
            raise _NotTakenError("files_many", most=most, count=there + 1)
        if (upload.size or 0) > MOST_BYTES:
            raise _NotTakenError("file_big", file=shown, size=MOST_MEGABYTES)
        content: bytes = upload.read(MOST_BYTES + 1)
        if refused_by_scan(content):
            raise _NotTakenError("file_bad", file=shown)
        try:
            kind = file_type(content, upload.name or "")
            if kind.is_picture:
                picture = redrawn(content, kind)
                content, kind = picture.content, picture.kind
        except FileRefusedError as error:
            raise _NotTakenError("file_kind", file=shown) from error
        survey = self.way.survey
        made = AnswerFile(
            tenant_id=survey.tenant_id,
            survey=survey,
            token_hash=self.way.token_hash,
            question_key=self.question.key,
            name=plain_name(upload.name or "", kind, longest=LONGEST_NAME),
            mime=kind.mime,
            size=len(content),
            content=content,
            created_at=self.now,
        )
        made.save(force_insert=True)
        _promise_forgetting(survey.tenant_id, self.way.token_hash, self.now)
        return made


def refused_by_scan(content: bytes) -> bool:
    """Ask the scanner of the settings, if there is one; what it cannot judge is refused."""
    if not settings.FILE_SCANNER:
        return False
    try:
        return not import_string(settings.FILE_SCANNER)(content)
    except Exception:  # noqa: BLE001 - whatever a scanner raises, the file was not found clean
        return True


def _is_there(name: str, fields: Sent, uploads: Mapping[str, Sequence[UploadedFile[Any]]]) -> bool:
    """Whether the question was on the page: its empty field comes along with every form."""
    return name in fields or f"{name}.{NEW}" in uploads


def _without_faults(questionnaire: Questionnaire, fields: Sent) -> dict[str, Sequence[str]]:
    """Leave out what only we say of a question about files."""
    files = {one.key for one in questionnaire.questions if one.type is QuestionType.FILE}
    ours = {f"q.{key}.{FAULT}" for key in files}
    return {name: values for name, values in fields.items() if name not in ours}


def _ids(answers: Mapping[str, Any]) -> list[UUID]:
    return [pk for answer in answers.values() for pk in ids_in(answer)]


def _about_files(sitting: SurveyPass) -> set[str]:
    asked = questionnaire_of(sitting.version).questions
    return {one.key for one in asked if one.type is QuestionType.FILE}


def _promise_forgetting(tenant_id: UUID, token_hash: str, now: datetime) -> None:
    later(FORGET_FILES, tenant=tenant_id, now=now + KEPT, token_hash=token_hash)
