"""Long work in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from cxm.kernel.api import StrictSerializer, cursor_page, idempotent, query_values
from cxm.kernel.api_schema import paged
from cxm.kernel.clock import now
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right
from cxm.work import selectors, services
from cxm.work.models import Job, Outbox

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

STATES = ["open", *Job.State.values]


class JobSerializer(serializers.ModelSerializer[Job]):
    """Work that takes a while, and how far it is."""

    class Meta:
        model = Job
        fields = [
            "id",
            "kind",
            "title",
            "state",
            "done",
            "total",
            "unit",
            "message",
            "result_url",
            "created_at",
            "started_at",
            "finished_at",
            "cancel_asked_at",
        ]
        read_only_fields = fields


class ParkedSerializer(serializers.ModelSerializer[Outbox]):
    """Work that failed too often and waits for a person."""

    class Meta:
        model = Outbox
        fields = ["id", "task", "attempts", "error", "created_at"]
        read_only_fields = fields


class JobQuery(StrictSerializer[Any]):
    """Which jobs to list."""

    state = serializers.ChoiceField(
        STATES, required=False, help_text="“open” lists the queued and the running ones."
    )


class JobListView(TenantApiView):
    """All jobs."""

    rights = {"get": Right.SEE_JOBS}

    @paged(JobSerializer, JobQuery)
    def get(self, request: Request) -> Response:
        """List jobs, newest first."""
        asked = query_values(JobQuery, request.query_params)
        return cursor_page(request, selectors.jobs_listed(self.tenant, **asked), JobSerializer)


class JobView(TenantApiView):
    """One job."""

    rights = {"get": Right.SEE_JOBS}

    @extend_schema(responses=JobSerializer)
    def get(self, _request: Request, job_id: UUID) -> Response:
        """Read a job: ask again until its state is done, failed or cancelled."""
        job = get_object_or_404(Job.objects.for_tenant(self.tenant), pk=job_id)
        return Response(JobSerializer(job).data)


class JobCancelView(TenantApiView):
    """Stopping a job."""

    rights = {"post": Right.MANAGE_JOBS}

    @extend_schema(request=None, responses=JobSerializer)
    @idempotent
    def post(self, _request: Request, job_id: UUID) -> Response:
        """Ask a job to stop after the step it is in; nothing happens to one that is over."""
        jobs = Job.objects.for_tenant(self.tenant)
        job = get_object_or_404(jobs, pk=job_id)
        services.cancel_job(job=job, by=self.actor, now=now())
        return Response(JobSerializer(jobs.get(pk=job_id)).data)


class ParkedListView(TenantApiView):
    """All parked work."""

    rights = {"get": Right.MANAGE_JOBS}

    @paged(ParkedSerializer)
    def get(self, request: Request) -> Response:
        """List work that failed too often to be tried again by itself, oldest first."""
        return cursor_page(request, selectors.parked_work(self.tenant), ParkedSerializer)


class ParkedRetryView(TenantApiView):
    """Trying parked work again."""

    rights = {"post": Right.MANAGE_JOBS}

    @extend_schema(request=None, responses=ParkedSerializer)
    @idempotent
    def post(self, _request: Request, parked_id: UUID) -> Response:
        """Let workers try parked work again."""
        row = get_object_or_404(selectors.parked_work(self.tenant), pk=parked_id)
        services.retry_parked(row=row, by=self.actor, now=now())
        return Response(ParkedSerializer(row).data)


class ParkedView(TenantApiView):
    """One piece of parked work."""

    rights = {"delete": Right.MANAGE_JOBS}

    @extend_schema(responses={204: None})
    def delete(self, _request: Request, parked_id: UUID) -> Response:
        """Forget parked work."""
        row = get_object_or_404(selectors.parked_work(self.tenant), pk=parked_id)
        services.drop_parked(row=row, by=self.actor)
        return Response(status=204)


api_urls = [
    path("jobs/", JobListView.as_view()),
    path("jobs/parked/", ParkedListView.as_view()),
    path("jobs/parked/<uuid:parked_id>/", ParkedView.as_view()),
    path("jobs/parked/<uuid:parked_id>/retry/", ParkedRetryView.as_view()),
    path("jobs/<uuid:job_id>/", JobView.as_view()),
    path("jobs/<uuid:job_id>/cancel/", JobCancelView.as_view()),
]
