"""The texts of a survey in other languages: by hand, and by files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.audit import record
from cxm.tenants.rules import Right
from feedback.adapters.translation_files import (
    MOST_BYTES,
    read_translations_po,
    read_translations_xlsx,
    translations_po,
    translations_xlsx,
)
from feedback.errors import TranslationFileError
from feedback.rules.answer_reading import cleaned
from feedback.rules.languages import FROM_THE_RIGHT, NAMES
from feedback.rules.translating import Standing, Told, compared
from feedback.services.translations import (
    Put,
    put_translations,
    set_languages,
    translation_lines,
)
from feedback.views.survey_page import found_draft

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from feedback.models import SurveyDraft
    from feedback.rules.translating import Wording

TRANSLATIONS = "feedback/survey_translations.html"
PREVIEW = "feedback/survey_translations_file.html"
REFUSED = 422
_A_PAGE = 100
_SALT = "survey-translations"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@tenant_page(Right.EDIT_REGISTRIES)
def survey_translations(request: TenantRequest, survey_id: UUID) -> HttpResponse:
    """Show the texts of a survey in a language, `?lang=`; `?open=1` only what is to be done."""
    return _shown(request, found_draft(request, survey_id))


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def translations_save(request: TenantRequest, survey_id: UUID) -> HttpResponse:
    """Keep the translations that were changed on a page, and those that are still right."""
    draft = found_draft(request, survey_id)
    code = request.POST.get("lang", "")
    puts = list(_puts(request, code))
    try:
        count = put_translations(draft=draft, puts=puts, by=request.membership, now=now())
    except DomainError as error:
        sent = {put.key: put.text for put in puts}
        return _shown(request, draft, problem=(error.field, str(error)), sent=sent)
    words = f"{count} text{'' if count == 1 else 's'} saved." if count else "Nothing was changed."
    messages.success(request, words)
    return HttpResponseRedirect(_url(draft, code, request.POST.get("page", "")))


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def translations_language(request: TenantRequest, survey_id: UUID) -> HttpResponse:
    """Add the language that was chosen, or take one away; its texts stay for later."""
    draft = found_draft(request, survey_id)
    code = request.POST.get("language", "")
    is_gone = request.POST.get("deed") == "remove"
    kept = [one for one in draft.languages if one != code]
    codes = kept if is_gone else [*kept, code]
    try:
        set_languages(draft=draft, codes=codes, by=request.membership, now=now())
    except DomainError as error:
        return _shown(request, draft, problem=("language", str(error)))
    return HttpResponseRedirect(_url(draft, "" if is_gone else code))


@require_safe
@tenant_page(Right.EDIT_REGISTRIES)
def translations_file(request: TenantRequest, survey_id: UUID, file_name: str) -> HttpResponse:
    """Give all texts as `texts.xlsx`, or those of one language as `de.po`."""
    draft = found_draft(request, survey_id)
    lines = translation_lines(draft, now=now())
    code, _, ending = file_name.rpartition(".")
    if ending == "xlsx" and code == "texts":
        content, mime = translations_xlsx(draft.language, lines), _XLSX
    elif ending == "po" and code in lines:
        content, mime = (
            translations_po(draft.title, code, lines[code]),
            "text/x-gettext-translation",
        )
    else:
        raise Http404
    record(
        tenant=request.tenant,
        action="survey-texts-exported",
        by=request.membership,
        about=draft.survey,
        changes={"file": file_name},
    )
    answer = HttpResponse(content, content_type=mime)
    name = f"{draft.survey.key}-{file_name}"
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"  # noqa: FBT003 - of Django
    return answer


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def translations_read(request: TenantRequest, survey_id: UUID) -> HttpResponse:
    """Show what taking in a file would change; nothing is changed yet."""
    draft = found_draft(request, survey_id)
    upload = request.FILES.get("file")
    try:
        told = _read(upload, draft.language)
    except TranslationFileError as error:
        return _shown(request, draft, problem=("file", str(error)))
    found = compared(translation_lines(draft, now=now()), told, NAMES)
    puts = [(one.key, one.language, one.text, one.source) for one in found.changes]
    context = {
        "survey": draft.survey,
        "draft": draft,
        "found": found,
        "languages": NAMES,
        "changes": [(NAMES[one.language], one) for one in found.changes],
        "packed": signing.dumps([str(draft.pk), puts], salt=_SALT, compress=True),
    }
    return page(request, PREVIEW, context)


@require_POST
@tenant_page(Right.EDIT_REGISTRIES)
def translations_take(request: TenantRequest, survey_id: UUID) -> HttpResponse:
    """Take in what was shown of a file."""
    draft = found_draft(request, survey_id)
    try:
        of, told = signing.loads(request.POST.get("packed", ""), salt=_SALT, max_age=24 * 3_600)
    except signing.BadSignature:
        of, told = "", []
    if of != str(draft.pk):
        words = "What was read of the file is gone: choose the file again."
        return _shown(request, draft, problem=("file", words))
    puts = [Put(*one) for one in told]
    try:
        count = put_translations(draft=draft, puts=puts, by=request.membership, now=now())
    except DomainError as error:
        return _shown(request, draft, problem=("file", str(error)))
    messages.success(request, f"{count} text{'' if count == 1 else 's'} taken in. Undo is there.")
    return HttpResponseRedirect(_url(draft, ""))


def _read(upload: Any, language: str) -> list[Told]:
    """Read an uploaded file, which its bytes tell. Raises TranslationFileError."""
    if upload is None:
        message = "Choose a file: the XLSX or PO file with the translations."
        raise TranslationFileError(message)
    content: bytes = upload.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        message = f"The file is larger than {MOST_BYTES // 1_000_000} MB."
        raise TranslationFileError(message)
    is_zip = content.startswith(b"PK")
    return read_translations_xlsx(content, language) if is_zip else read_translations_po(content)


def _puts(request: TenantRequest, code: str) -> list[Put]:
    """Read what differs from what the page showed, and what is marked as still right."""
    told = request.POST
    keys = [name.removeprefix("text:") for name in told if name.startswith("text:")]
    return [
        Put(key, code, text)
        for key, text in ((key, cleaned(told[f"text:{key}"])) for key in keys)
        if text != cleaned(told.get(f"was:{key}", "")) or told.get(f"keep:{key}")
    ]


def _shown(
    request: TenantRequest,
    draft: SurveyDraft,
    *,
    problem: tuple[str, str] | None = None,
    sent: Mapping[str, str] | None = None,
) -> HttpResponse:
    told = request.POST if request.method == "POST" else request.GET
    lines = translation_lines(draft, now=now())
    code = told.get("lang", "")
    code = code if code in lines else next(iter(lines), "")
    found = lines.get(code, [])
    is_open = bool(told.get("open"))
    wanted = [one for one in found if one.standing is not Standing.DONE] if is_open else found
    number = _number(told.get("page", ""))
    shown = wanted[(number - 1) * _A_PAGE : number * _A_PAGE]
    others = [one for one in NAMES if one not in lines and one != draft.language]
    context = {
        "survey": draft.survey,
        "draft": draft,
        "code": code,
        "language": NAMES.get(code, ""),
        "written_in": NAMES[draft.language],
        "direction": "rtl" if code in FROM_THE_RIGHT else "ltr",
        "tabs": [_tab(one, found) for one, found in lines.items()],
        "rows": [(one, (sent or {}).get(one.key, one.text)) for one in shown],
        "offered": [(one, NAMES[one]) for one in others],
        "problem": problem,
        "is_open": is_open,
        "page": number,
        "pages": range(1, 1 + -(-len(wanted) // _A_PAGE)),
    }
    return page(request, TRANSLATIONS, context, status=REFUSED if problem else 200)


def _tab(code: str, lines: Sequence[Wording]) -> dict[str, Any]:
    standings = [one.standing for one in lines]
    return {
        "code": code,
        "name": NAMES[code],
        "missing": standings.count(Standing.MISSING),
        "stale": standings.count(Standing.STALE),
    }


def _url(draft: SurveyDraft, code: str, number: str = "") -> str:
    args = [draft.survey.tenant.slug, draft.survey_id]
    address = reverse("feedback:survey-translations", args=args)
    return f"{address}?{urlencode({'lang': code, 'page': _number(number)})}" if code else address


def _number(told: str) -> int:
    """Read the number of a page; the first for what is none."""
    return int(told) if re.fullmatch(r"[1-9][0-9]{0,3}", told) else 1
