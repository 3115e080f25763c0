"""Taking in the files that people send with a page of a survey, and forgetting them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
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
    as_field,
    ids_in,
    read_field,
)
from feedback.rules.question_types import QuestionType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from django.core.files.uploadedfile import UploadedFile

    from cxm.tenants.models import ApiKey, Membership
    from feedback.models import Response, Survey
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
    that are ticked no more go. A file that is not taken leaves the others, and its fault stands in
    the fields, where reading the answer finds it.
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


def bind_files(response: Response, answers: Mapping[str, Any], token_hash: str) -> None:
    """Let *response*, which is written, have the files that *answers* name. One query with files.

    Only those of the same way are bound, whatever the answers say.
    """
    ids = [pk for answer in answers.values() for pk in ids_in(answer)]
    if ids:
        rows = AnswerFile.objects.for_tenant(response.tenant_id).filter(token_hash=token_hash)
        rows.filter(pk__in=ids).update(response=response)


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
        """Give the kept files among *values*; the others of the question go."""
        ids = {found[0] for value in values if (found := read_field(value))}
        survey = self.way.survey
        rows = AnswerFile.objects.for_tenant(survey.tenant_id).filter(
            survey=survey, token_hash=self.way.token_hash, question_key=self.question.key
        )
        own = list(rows.defer("content").order_by("pk"))
        gone = [one.pk for one in own if str(one.pk) not in ids]
        if gone:
            rows.filter(pk__in=gone).delete()
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
        after = {"token_hash": self.way.token_hash}
        later(FORGET_FILES, tenant=survey.tenant_id, now=self.now + KEPT, **after)
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
