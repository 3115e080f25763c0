"""Comments on personas and stakeholder maps: the panel, and everything done in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from cxm.collaboration.models import Comment, CommentThread
from cxm.collaboration.rules.comments import Show
from cxm.collaboration.selectors.panel import Refused
from cxm.collaboration.services import comments as services
from cxm.collaboration.services.audience import Audience
from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from personas.forms.comments import CommentForm, ThreadForm
from personas.rules.map_access import Sight
from personas.selectors.subjects import MapSubject, PersonaSubject
from personas.views.finding import found_persona
from personas.views.map_page import map_shown_page
from personas.views.maps import found_map
from personas.views.persona import persona_shown
from personas.views.talk import page_url, panel_of, site_of

if TYPE_CHECKING:
    from uuid import UUID

    from django import forms
    from django.http import HttpResponse

    from cxm.collaboration.selectors.talk import Subject
    from personas.views.kinds import Kind

PANEL = "collaboration/comments_answer.html"


@require_safe
@tenant_page(Right.SEE_JOURNEYS)
def comment_panel(request: TenantRequest, document_id: UUID, kind: Kind) -> HttpResponse:
    """Show the panel of comments; without htmx, the page with the panel beside it."""
    subject = _found(request, kind, document_id)
    if not request.htmx:
        query = request.GET.copy()
        query.setdefault("comments", Show.OPEN.value)
        return redirect(f"{page_url(request, subject)}?{query.urlencode()}")
    return _panel(request, subject)


@require_POST
@tenant_page(Right.COMMENT)
def thread_open(request: TenantRequest, document_id: UUID, kind: Kind) -> HttpResponse:
    """Begin a thread about the whole, or about one part."""
    subject = _found(request, kind, document_id)
    form = ThreadForm(request.POST, subject=subject)
    if not form.is_valid():
        return _refused(request, subject, form, "new")
    told = form.cleaned_data
    try:
        thread = services.open_thread(
            subject=subject,
            part=told["about"],
            body=told["body"],
            by=request.membership,
            audience=_audience(request, subject),
            now=now(),
        )
    except DomainError as error:
        form.add_error(error.field or None, str(error))
        return _refused(request, subject, form, "new")
    return _done(request, subject, thread=thread.pk, show=Show.OPEN, start=0)


@require_POST
@tenant_page(Right.COMMENT)
def thread_reply(
    request: TenantRequest, document_id: UUID, thread_id: UUID, kind: Kind
) -> HttpResponse:
    """Answer in a thread."""
    subject = _found(request, kind, document_id)
    thread = _thread(subject, thread_id)
    form = CommentForm(request.POST)
    if form.is_valid():
        try:
            services.reply(
                thread=thread,
                body=form.cleaned_data["body"],
                by=request.membership,
                audience=_audience(request, subject),
                now=now(),
            )
        except DomainError as error:
            form.add_error(error.field or None, str(error))
        else:
            return _done(request, subject, thread=thread.pk)
    return _refused(request, subject, form, str(thread.pk), thread=thread.pk)


@require_POST
@tenant_page(Right.COMMENT)
def thread_settle(
    request: TenantRequest, document_id: UUID, thread_id: UUID, kind: Kind, *, is_resolved: bool
) -> HttpResponse:
    """Resolve a thread, or open it again."""
    subject = _found(request, kind, document_id)
    thread = _thread(subject, thread_id)
    settle = services.resolve_thread if is_resolved else services.reopen_thread
    audience = _audience(request, subject)
    settle(thread=thread, by=request.membership, audience=audience, now=now())
    return _done(request, subject, thread=thread.pk)


@require_POST
@tenant_page(Right.COMMENT)
def thread_follow(
    request: TenantRequest, document_id: UUID, thread_id: UUID, kind: Kind, *, is_muted: bool
) -> HttpResponse:
    """Be told of what is said in a thread, or not any more."""
    subject = _found(request, kind, document_id)
    thread = _thread(subject, thread_id)
    services.follow_thread(thread=thread, by=request.membership, is_muted=is_muted)
    return _done(request, subject, thread=thread.pk)


@require_POST
@tenant_page(Right.COMMENT)
def comment_edit(
    request: TenantRequest, document_id: UUID, comment_id: UUID, kind: Kind
) -> HttpResponse:
    """Change one's own comment."""
    subject = _found(request, kind, document_id)
    comment = _own(request, subject, comment_id)
    form = CommentForm(request.POST)
    if form.is_valid():
        try:
            services.edit_comment(
                comment=comment,
                body=form.cleaned_data["body"],
                by=request.membership,
                audience=_audience(request, subject),
                now=now(),
            )
        except DomainError as error:
            form.add_error(error.field or None, str(error))
        else:
            return _done(request, subject, thread=comment.thread_id)
    return _refused(request, subject, form, str(comment.pk), thread=comment.thread_id)


@require_POST
@tenant_page(Right.COMMENT)
def comment_delete(
    request: TenantRequest, document_id: UUID, comment_id: UUID, kind: Kind
) -> HttpResponse:
    """Delete one's own comment; it keeps its place."""
    subject = _found(request, kind, document_id)
    comment = _own(request, subject, comment_id)
    services.delete_comment(comment=comment, by=request.membership, now=now())
    return _done(request, subject, thread=comment.thread_id)


def _found(request: TenantRequest, kind: Kind, document_id: UUID) -> Subject:
    """Load what is commented on, of which the reader gets more than the title; raises Http404."""
    if not request.may(Right.SEE_JOURNEYS):
        raise Http404
    if kind.name == PersonaSubject.whole:
        return PersonaSubject(found_persona(request, document_id))
    return MapSubject(found_map(request, document_id, Sight.CONTENT))


def _thread(subject: Subject, thread_id: UUID) -> CommentThread:
    rows = CommentThread.objects.for_tenant(subject.tenant).filter(
        pk__in=subject.links().values("thread")
    )
    return get_object_or_404(rows, pk=thread_id)


def _own(request: TenantRequest, subject: Subject, comment_id: UUID) -> Comment:
    rows = Comment.objects.for_tenant(subject.tenant).filter(
        thread__in=subject.links().values("thread"), author=request.membership
    )
    return get_object_or_404(rows.select_related("thread"), pk=comment_id)


def _audience(request: TenantRequest, subject: Subject) -> Audience:
    return Audience.of(subject, site=site_of(request))


def _done(request: TenantRequest, subject: Subject, **changes: Any) -> HttpResponse:
    """Show the panel with what was just done; without htmx, go back to the page."""
    if request.htmx:
        return _panel(request, subject, **changes)
    panel = panel_of(request, subject, **changes)
    thread = changes["thread"]
    return redirect(f"{panel.page_url}?{panel.query(thread=thread)}#thread-{thread}")


def _refused(
    request: TenantRequest, subject: Subject, form: forms.Form, where: str, **changes: Any
) -> HttpResponse:
    """Show the panel, or the page with it, with what was typed and why it was not taken."""
    words = " ".join(str(error) for errors in form.errors.values() for error in errors)
    typed = Refused(where, form.data.get("body", ""), words, form.data.get("about", ""))
    if request.htmx:
        return _panel(request, subject, refused=typed, status=422, **changes)
    panel = panel_of(request, subject, refused=typed, **changes)
    if isinstance(subject, PersonaSubject):
        return persona_shown(request, subject.persona, panel=panel, status=422)
    assert isinstance(subject, MapSubject)  # noqa: S101 - there are two kinds
    return map_shown_page(request, subject.map, panel=panel, status=422)


def _panel(
    request: TenantRequest,
    subject: Subject,
    *,
    refused: Refused | None = None,
    status: int = 200,
    **changes: Any,
) -> HttpResponse:
    panel = panel_of(request, subject, refused=refused, **changes)
    context = {
        "comments_panel": panel,
        "comment_counts": subject.open_counts(),
        "comments_url": panel.start,
        "comments_rest": panel.rest,
        "is_answer": True,
    }
    return page(request, PANEL, context, status=status)
