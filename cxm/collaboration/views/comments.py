"""Comments beside a page: the panel, and everything done in it.

The doors stand with the routes (`comment_paths`): each kind of page names its own rights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect

from cxm.collaboration.forms.comments import CommentForm, ThreadForm
from cxm.collaboration.models import Comment, CommentThread
from cxm.collaboration.rules.comments import Show
from cxm.collaboration.selectors.panel import Refused
from cxm.collaboration.services import comments as services
from cxm.collaboration.services.audience import Audience
from cxm.collaboration.views.talk import page_url, panel_of, site_of
from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError

if TYPE_CHECKING:
    from uuid import UUID

    from django import forms
    from django.http import HttpResponse

    from cxm.collaboration.selectors.talk import Subject
    from cxm.collaboration.views.talk import TalkKind
    from cxm.tenants.access import TenantRequest


def comment_panel(request: TenantRequest, document_id: UUID, kind: TalkKind) -> HttpResponse:
    """Show the panel of comments; without htmx, the page with the panel beside it."""
    subject = kind.found(request, document_id)
    if not request.htmx:
        query = request.GET.copy()
        query.setdefault("comments", Show.OPEN.value)
        return redirect(f"{page_url(request, subject)}?{query.urlencode()}")
    return _panel(request, kind, subject)


def thread_open(request: TenantRequest, document_id: UUID, kind: TalkKind) -> HttpResponse:
    """Begin a thread about the whole, or about one part."""
    subject = _to_write(request, kind, document_id)
    form = ThreadForm(request.POST, subject=subject)
    if not form.is_valid():
        return _refused(request, kind, subject, form, "new")
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
        return _refused(request, kind, subject, form, "new")
    return _done(request, kind, subject, thread=thread.pk, show=Show.OPEN, start=0)


def thread_reply(
    request: TenantRequest, document_id: UUID, thread_id: UUID, kind: TalkKind
) -> HttpResponse:
    """Answer in a thread."""
    subject = _to_write(request, kind, document_id)
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
            return _done(request, kind, subject, thread=thread.pk)
    return _refused(request, kind, subject, form, str(thread.pk), thread=thread.pk)


def thread_settle(
    request: TenantRequest, document_id: UUID, thread_id: UUID, kind: TalkKind, *, is_resolved: bool
) -> HttpResponse:
    """Resolve a thread, or open it again."""
    subject = _to_write(request, kind, document_id)
    thread = _thread(subject, thread_id)
    settle = services.resolve_thread if is_resolved else services.reopen_thread
    audience = _audience(request, subject)
    settle(thread=thread, by=request.membership, audience=audience, now=now())
    return _done(request, kind, subject, thread=thread.pk)


def thread_follow(
    request: TenantRequest, document_id: UUID, thread_id: UUID, kind: TalkKind, *, is_muted: bool
) -> HttpResponse:
    """Be told of what is said in a thread, or not any more."""
    subject = _to_write(request, kind, document_id)
    thread = _thread(subject, thread_id)
    services.follow_thread(thread=thread, by=request.membership, is_muted=is_muted)
    return _done(request, kind, subject, thread=thread.pk)


def comment_edit(
    request: TenantRequest, document_id: UUID, comment_id: UUID, kind: TalkKind
) -> HttpResponse:
    """Change one's own comment."""
    subject = _to_write(request, kind, document_id)
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
            return _done(request, kind, subject, thread=comment.thread_id)
    return _refused(request, kind, subject, form, str(comment.pk), thread=comment.thread_id)


def comment_delete(
    request: TenantRequest, document_id: UUID, comment_id: UUID, kind: TalkKind
) -> HttpResponse:
    """Delete one's own comment; it keeps its place."""
    subject = _to_write(request, kind, document_id)
    comment = _own(request, subject, comment_id)
    services.delete_comment(comment=comment, by=request.membership, now=now())
    return _done(request, kind, subject, thread=comment.thread_id)


def _to_write(request: TenantRequest, kind: TalkKind, document_id: UUID) -> Subject:
    """Load what who asks may write about; raises Http404."""
    subject = kind.found(request, document_id)
    if not subject.may_comment(request.membership):
        raise Http404
    return subject


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


def _done(request: TenantRequest, kind: TalkKind, subject: Subject, **changes: Any) -> HttpResponse:
    """Show the panel with what was just done; without htmx, go back to the page."""
    if request.htmx:
        return _panel(request, kind, subject, **changes)
    panel = panel_of(request, subject, **changes)
    thread = changes["thread"]
    return redirect(f"{panel.page_url}?{panel.query(thread=thread)}#thread-{thread}")


def _refused(
    request: TenantRequest,
    kind: TalkKind,
    subject: Subject,
    form: forms.Form,
    where: str,
    **changes: Any,
) -> HttpResponse:
    """Show the panel, or the page with it, with what was typed and why it was not taken."""
    words = " ".join(str(error) for errors in form.errors.values() for error in errors)
    typed = Refused(where, form.data.get("body", ""), words, form.data.get("about", ""))
    if request.htmx:
        return _panel(request, kind, subject, refused=typed, status=422, **changes)
    return kind.shown(request, subject, panel_of(request, subject, refused=typed, **changes), 422)


def _panel(
    request: TenantRequest,
    kind: TalkKind,
    subject: Subject,
    *,
    refused: Refused | None = None,
    status: int = 200,
    **changes: Any,
) -> HttpResponse:
    panel = panel_of(request, subject, refused=refused, **changes)
    return kind.answer(request, subject, panel, status)
