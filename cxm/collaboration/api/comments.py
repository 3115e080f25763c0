"""Threads of comments in the JSON API, whatever they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.response import Response

from cxm.collaboration.models import Comment, CommentThread
from cxm.collaboration.rules.comments import LONGEST_BODY, Show
from cxm.collaboration.selectors.talk import asked_threads
from cxm.collaboration.selectors.threads import threads_shown
from cxm.collaboration.services import comments as services
from cxm.collaboration.services.audience import Audience
from cxm.kernel.api import StrictSerializer, cleaned, cursor_page, idempotent, query_values
from cxm.kernel.api_schema import paged
from cxm.kernel.clock import now
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.models import Membership
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from uuid import UUID

    from django.urls import URLPattern
    from rest_framework.request import Request

    from cxm.collaboration.selectors.talk import Subject
    from cxm.collaboration.selectors.threads import ThreadShown


class ThreadCommentSerializer(serializers.Serializer[Any]):
    """A comment; the body of a deleted one is empty. `author` is null where a key wrote it."""

    id = serializers.UUIDField(source="row.pk")
    author = serializers.UUIDField(source="row.author_id", allow_null=True)
    author_name = serializers.CharField(source="author")
    body = serializers.CharField(source="row.body")
    mentions = serializers.ListField(child=serializers.UUIDField())
    created_at = serializers.DateTimeField(source="row.created_at")
    edited_at = serializers.DateTimeField(source="row.edited_at", allow_null=True)
    deleted_at = serializers.DateTimeField(source="row.deleted_at", allow_null=True)


class ThreadSerializer(serializers.Serializer[Any]):
    """A thread with its comments in order; `part` is the id it is about, null for the whole."""

    id = serializers.UUIDField(source="row.pk")
    part = serializers.UUIDField(allow_null=True)
    about = serializers.CharField(source="row.about")
    created_at = serializers.DateTimeField(source="row.created_at")
    resolved_at = serializers.DateTimeField(source="row.resolved_at", allow_null=True)
    resolved_by = serializers.UUIDField(source="row.resolved_by_id", allow_null=True)
    comments = ThreadCommentSerializer(many=True)


class ThreadCommentBody(StrictSerializer[Any]):
    """The words of a comment, with a little Markdown; `@Name` tells a member."""

    body = serializers.CharField(max_length=LONGEST_BODY)


class ThreadBody(ThreadCommentBody):
    """A new thread; `part` is the id of what it is about, left out for the whole."""

    part = serializers.UUIDField(required=False, allow_null=True)


class ThreadChange(StrictSerializer[Any]):
    """Whether a thread is settled."""

    resolved = serializers.BooleanField()


class ThreadQuery(StrictSerializer[Any]):
    """Which threads to list."""

    show = serializers.ChoiceField(
        choices=[(one.value, one.words) for one in Show],
        required=False,
        help_text="Left out, all. `mine` is empty for a key.",
    )


class SubjectView(TenantApiView):
    """Base of what is about the comments on one page."""

    def subject(self, document_id: UUID) -> Subject:
        """Find what is commented on; raises Http404, and PermissionDenied for a narrow key."""
        raise NotImplementedError

    def found(self, document_id: UUID) -> Subject:
        """Find what is commented on, for somebody who may read it."""
        if not self.actor_may(Right.SEE_JOURNEYS):
            raise exceptions.PermissionDenied
        return self.subject(document_id)

    def to_write(self, document_id: UUID) -> Subject:
        """Find what is commented on, for somebody who may write about it."""
        subject = self.found(document_id)
        if self.reader is not None and not subject.may_comment(self.reader):
            raise exceptions.PermissionDenied
        return subject

    @property
    def reader(self) -> Membership | None:
        """Give the member who asks; None for a key."""
        return self.actor if isinstance(self.actor, Membership) else None

    def audience(self, request: Request, subject: Subject) -> Audience:
        """Give who is told of what is said."""
        return Audience.of(subject, site=request.build_absolute_uri("/").rstrip("/"))

    def thread(self, subject: Subject, thread_id: UUID) -> CommentThread:
        """Find a thread about *subject*; raises Http404."""
        rows = asked_threads(subject, None, self.reader)
        return get_object_or_404(rows, pk=thread_id)

    def comment(self, subject: Subject, comment_id: UUID) -> Comment:
        """Find a comment in a thread about *subject*; raises Http404."""
        rows = Comment.objects.for_tenant(subject.tenant).filter(
            thread__in=subject.links().values("thread")
        )
        return get_object_or_404(rows.select_related("thread"), pk=comment_id)

    def told(self, subject: Subject, threads: list[CommentThread]) -> list[dict[str, Any]]:
        """Join *threads* with their comments and parts, in the same order."""
        about = subject.parts_of([thread.pk for thread in threads])
        return [_told(one, about) for one in threads_shown(threads, self.reader)]

    def answer(self, subject: Subject, thread_id: UUID, *, status: int = 200) -> Response:
        """Show a thread as it stands now."""
        [told] = self.told(subject, [self.thread(subject, thread_id)])
        return Response(ThreadSerializer(told).data, status=status)


class ThreadListView(SubjectView):
    """The threads about one page."""

    rights = {"get": Right.SEE_JOURNEYS, "post": Right.COMMENT}

    def listed(self, request: Request, document_id: UUID) -> Response:
        """List the threads, the newest first, with their comments."""
        subject = self.found(document_id)
        asked = query_values(ThreadQuery, request.query_params)
        show = Show(asked["show"]) if asked.get("show") else None
        rows = asked_threads(subject, show, self.reader)
        return cursor_page(
            request, rows, ThreadSerializer, joined=lambda threads: self.told(subject, threads)
        )

    @extend_schema(request=ThreadBody, responses={201: ThreadSerializer})
    @idempotent
    def post(self, request: Request, document_id: UUID) -> Response:
        """Begin a thread about the whole, or about one part."""
        subject = self.to_write(document_id)
        values = cleaned(ThreadBody, request)
        thread = services.open_thread(
            subject=subject,
            part=values.get("part"),
            body=values["body"],
            by=self.actor,
            audience=self.audience(request, subject),
            now=now(),
        )
        return self.answer(subject, thread.pk, status=201)


class ThreadView(SubjectView):
    """One thread."""

    rights = {"get": Right.SEE_JOURNEYS, "patch": Right.COMMENT}

    @extend_schema(responses=ThreadSerializer)
    def get(self, _request: Request, document_id: UUID, thread_id: UUID) -> Response:
        """Read a thread with its comments."""
        return self.answer(self.found(document_id), thread_id)

    @extend_schema(request=ThreadChange, responses=ThreadSerializer)
    def patch(self, request: Request, document_id: UUID, thread_id: UUID) -> Response:
        """Resolve a thread, or open it again."""
        subject = self.to_write(document_id)
        thread = self.thread(subject, thread_id)
        values = cleaned(ThreadChange, request)
        if "resolved" in values:
            is_resolved = values["resolved"]
            settle = services.resolve_thread if is_resolved else services.reopen_thread
            audience = self.audience(request, subject)
            settle(thread=thread, by=self.actor, audience=audience, now=now())
        return self.answer(subject, thread_id)


class ReplyListView(SubjectView):
    """What is said in a thread."""

    rights = {"post": Right.COMMENT}

    @extend_schema(request=ThreadCommentBody, responses={201: ThreadSerializer})
    @idempotent
    def post(self, request: Request, document_id: UUID, thread_id: UUID) -> Response:
        """Answer in a thread; gives the thread as it stands then."""
        subject = self.to_write(document_id)
        thread = self.thread(subject, thread_id)
        services.reply(
            thread=thread,
            body=cleaned(ThreadCommentBody, request)["body"],
            by=self.actor,
            audience=self.audience(request, subject),
            now=now(),
        )
        return self.answer(subject, thread_id, status=201)


class CommentView(SubjectView):
    """One comment; only the member who wrote it changes it."""

    rights = {"patch": Right.COMMENT, "delete": Right.COMMENT}

    @extend_schema(request=ThreadCommentBody, responses=ThreadSerializer)
    def patch(self, request: Request, document_id: UUID, comment_id: UUID) -> Response:
        """Change one's own comment; gives its thread."""
        subject = self.to_write(document_id)
        comment = self.comment(subject, comment_id)
        values = cleaned(ThreadCommentBody, request)
        services.edit_comment(
            comment=comment,
            body=values.get("body", comment.body),
            by=self.actor,
            audience=self.audience(request, subject),
            now=now(),
        )
        return self.answer(subject, comment.thread_id)

    @extend_schema(responses={204: None})
    def delete(self, _request: Request, document_id: UUID, comment_id: UUID) -> Response:
        """Delete one's own comment; it keeps its place, without its words."""
        subject = self.to_write(document_id)
        comment = self.comment(subject, comment_id)
        services.delete_comment(comment=comment, by=self.actor, now=now())
        return Response(status=204)


def _told(shown: ThreadShown, about: dict[UUID, Any]) -> dict[str, Any]:
    part = about.get(shown.row.pk)
    return {"row": shown.row, "part": part.pk if part else None, "comments": shown.comments}


def thread_urls(folder: str, of: type[SubjectView], word: str, about: str) -> list[URLPattern]:
    """Give the routes of the threads about what *of* finds, in *folder*.

    *word* begins the names of views and of the thread in the schema; *about* says there what a
    thread is about.
    """
    start = f"{folder}/<uuid:document_id>"
    routes: dict[str, type[SubjectView]] = {
        f"{start}/comments/<uuid:comment_id>/": _named(word, of, CommentView),
        f"{start}/threads/": _listing(word, of, about),
        f"{start}/threads/<uuid:thread_id>/": _named(word, of, ThreadView),
        f"{start}/threads/<uuid:thread_id>/comments/": _named(word, of, ReplyListView),
    }
    return [path(route, view.as_view()) for route, view in routes.items()]


def _listing(word: str, of: type[SubjectView], about: str) -> type[SubjectView]:
    """Give the view of all threads of one kind; the schema tells the kinds apart by their names."""
    shape = type(f"{word}ThreadSerializer", (ThreadSerializer,), {"__doc__": about})

    @paged(shape, ThreadQuery)
    def get(self: ThreadListView, request: Request, document_id: UUID) -> Response:
        """List the threads, the newest first, with their comments."""
        return self.listed(request, document_id)

    made = _named(word, of, ThreadListView)
    made.get = get  # type: ignore[attr-defined]
    return made


def _named(word: str, of: type[SubjectView], view: type[SubjectView]) -> type[SubjectView]:
    """Give *view* for one kind, under a name of its own."""
    return type(f"{word}{view.__name__}", (of, view), {"__doc__": view.__doc__})
