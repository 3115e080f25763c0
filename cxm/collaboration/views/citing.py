"""Evidence for and against one subject: shown piece by piece, written down, cited, taken off.

What the subject is, and how it is changed, an app says; the rest is the same for all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from cxm.collaboration.forms.citing import BY_EVIDENCE, GradeForm, NamedRowForm
from cxm.collaboration.forms.evidence import EvidenceForm
from cxm.collaboration.models import Evidence
from cxm.collaboration.selectors.backing import Backing, citable
from cxm.collaboration.selectors.evidence import day_in, evidence_shown
from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.kernel.queries import query_text
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from uuid import UUID

    from cxm.collaboration.rules.grading import Weighed
    from cxm.collaboration.rules.kinds import Grade
    from cxm.collaboration.rules.uses import Use
    from cxm.collaboration.selectors.evidence import EvidenceShown
    from cxm.collaboration.services.evidence import Observation
    from cxm.tenants.access import TenantRequest

PAGE = "collaboration/cited_evidence.html"


@dataclass(frozen=True, slots=True)
class Deeds:
    """What may be done about the evidence of a subject: each is one service call.

    *urls* are addresses to send forms to: add, cite, take_off, and grade where a grade may be set
    by hand. *take_off* gets the id of a citation and raises Http404 where it is not the subject's.
    *grade* gets the grade, None to let the evidence speak, and the reason, which is asked for where
    the subject *keeps_reason*.
    """

    urls: Mapping[str, str]
    cite: Callable[[Evidence], object]
    write: Callable[[Observation], object]
    take_off: Callable[[UUID], object]
    grade: Callable[[Grade | None, str], object] | None = None
    keeps_reason: bool = False


@dataclass(frozen=True, slots=True)
class CitedFor:
    """A subject as its evidence is shown: what it says, where it stands, what backs it.

    *deeds* is None where nothing may be changed. *url* shows its evidence, *close_url* what it is
    part of, called *back*. *crumbs* are pairs of words and address. *from_where* says of a citation
    that it was made for something else. *draw* makes the answer of a context where that is no page
    of its own.
    """

    title: str
    about: str
    url: str
    close_url: str
    back: str
    backing: Backing
    deeds: Deeds | None = None
    crumbs: tuple[tuple[str, str], ...] = ()
    taken_off: str = "It is taken off, and stays among the evidence."
    asked: tuple[tuple[str, str], ...] = ()
    from_where: Callable[[Any], Use | None] = lambda _: None
    draw: Callable[[dict[str, Any], int], HttpResponse] | None = None
    panel: str = "#panel"
    panel_url: str = ""


type Find = Callable[[], CitedFor]


def show(request: TenantRequest, find: Find) -> HttpResponse:
    """Show what a subject rests on; `?q=` finds evidence to cite."""
    return _drawn(request, find())


def add(request: TenantRequest, find: Find) -> HttpResponse:
    """Write down a new piece of evidence and cite it."""
    subject, deeds = _to_change(find)
    form = _form_of(request, request.POST)
    if not form.is_valid():
        return _drawn(request, subject, form=form, status=422)
    try:
        deeds.write(form.observation())
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return _drawn(request, subject, form=form, status=422)
    return _done(request, find, "The evidence is cited.")


def cite(request: TenantRequest, find: Find) -> HttpResponse:
    """Cite evidence that is there already, named by `evidence`."""
    _, deeds = _to_change(find)
    rows = Evidence.objects.for_tenant(request.tenant)
    evidence = get_object_or_404(rows, pk=_named(request, "evidence"))
    return _tried(request, find, lambda: deeds.cite(evidence), "The evidence is cited.")


def take_off(request: TenantRequest, find: Find) -> HttpResponse:
    """Take a piece off, named by `citation`; it stays among the evidence."""
    subject, deeds = _to_change(find)
    pk = _named(request, "citation")
    return _tried(request, find, lambda: deeds.take_off(pk), subject.taken_off)


def grade(request: TenantRequest, find: Find) -> HttpResponse:
    """Grade a subject by hand, or let its evidence speak again."""
    subject, deeds = _to_change(find)
    by_hand = deeds.grade
    if by_hand is None:
        raise Http404
    form = GradeForm(request.POST, auto_id="by_hand_%s", keeps_reason=deeds.keeps_reason)
    if not form.is_valid():
        return _drawn(request, subject, grade_form=form, status=422)
    chosen, why = form.cleaned_data["grade"], form.cleaned_data.get("reason", "")
    words = "The grade is set by hand." if chosen else "The evidence speaks for itself again."
    return _tried(request, find, lambda: by_hand(chosen, why), words)


def evidence_context(
    request: TenantRequest,
    subject: CitedFor,
    *,
    form: EvidenceForm | None = None,
    grade_form: GradeForm | None = None,
) -> dict[str, Any]:
    """Give what templates/collaboration/_cited_evidence.html expects."""
    q, sees = query_text(request.GET, "q"), request.may(Right.SEE_EXCERPTS)
    context: dict[str, Any] = {
        "subject": subject,
        "backing": subject.backing,
        "lines": _lines(request, subject),
        "q": q,
        "refused": "",
        "told": "",
    }
    if subject.deeds is None:
        return context
    backing, keeps_reason = subject.backing, subject.deeds.keeps_reason
    chosen = {"grade": backing.override or BY_EVIDENCE, "reason": backing.reason}
    return context | {
        "form": form or _form_of(request),
        "is_adding": form is not None,
        "grade_form": grade_form
        or GradeForm(initial=chosen, auto_id="by_hand_%s", keeps_reason=keeps_reason),
        "found": citable(request.tenant, subject.backing, q=q, sees_excerpts=sees),
    }


def _to_change(find: Find) -> tuple[CitedFor, Deeds]:
    subject = find()
    if subject.deeds is None:
        raise Http404
    return subject, subject.deeds


def _named(request: TenantRequest, name: str) -> UUID:
    form = NamedRowForm({"row": request.POST.get(name, "")})
    if not form.is_valid():
        raise Http404
    pk: UUID = form.cleaned_data["row"]
    return pk


def _form_of(request: TenantRequest, sent: Any = None) -> EvidenceForm:
    today = day_in(request.tenant, now())
    return EvidenceForm(sent, tenant=request.tenant, today=today, initial={"observed_on": today})


def _tried(
    request: TenantRequest, find: Find, act: Callable[[], object], words: str
) -> HttpResponse:
    try:
        act()
    except DomainError as error:
        return _drawn(request, find(), refused=str(error), status=422)
    return _done(request, find, words)


def _done(request: TenantRequest, find: Find, words: str) -> HttpResponse:
    """Show the subject as it is now; without htmx, on its own address."""
    if request.htmx:
        return _drawn(request, find(), told=words)
    messages.success(request, words)
    return redirect(find().url)


def _drawn(
    request: TenantRequest,
    subject: CitedFor,
    *,
    form: EvidenceForm | None = None,
    grade_form: GradeForm | None = None,
    refused: str = "",
    told: str = "",
    status: int = 200,
) -> HttpResponse:
    context = evidence_context(request, subject, form=form, grade_form=grade_form)
    context |= {"refused": refused, "told": told}
    if subject.draw:
        return subject.draw(context, status)
    return page(request, PAGE, context, part="evidence-panel", status=status)


def _lines(
    request: TenantRequest, subject: CitedFor
) -> list[tuple[Any, EvidenceShown, Weighed | None, Use | None]]:
    """Give each citation, its evidence as the reader may know it, its weight, and from where."""
    lines = subject.backing.lines
    rows = [one.evidence for one, _ in lines]
    shown = evidence_shown(request.tenant, rows, sees_excerpts=request.may(Right.SEE_EXCERPTS))
    return [
        (one, told, weighed, subject.from_where(one))
        for (one, weighed), told in zip(lines, shown, strict=True)
    ]
