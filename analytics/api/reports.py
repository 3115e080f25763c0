"""Reports by mail, and what their runs said, in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.urls import path
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.response import Response

from analytics.api.members import require_members
from analytics.models import ReportRun
from analytics.rules.report_rhythm import LAST_HOUR, LATEST_DAY, Pace
from analytics.rules.reports import LONGEST_TITLE, MOST_PAGES, MOST_RECIPIENTS
from analytics.selectors.reports import ReportShown, reports_shown
from analytics.services import report_keeping as services
from cxm.kernel.api import StrictSerializer, cleaned, cursor_page, idempotent
from cxm.kernel.api_schema import paged
from cxm.kernel.clock import now
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

PAGES = "Objects with `page`, what it is of, and the `query` of its filter; see docs/reports.md."
DAY = "0 to 6 from Monday for weekly reports, 1 to 28 for monthly ones."


class ReportSerializer(serializers.Serializer[Any]):
    """A report: what is in it, when it comes, and to whom."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    pages = serializers.ListField(child=serializers.DictField())
    pace = serializers.ChoiceField(Pace.choices())
    hour = serializers.IntegerField()
    day = serializers.IntegerField()
    words = serializers.CharField()
    pdf = serializers.BooleanField()
    xlsx = serializers.BooleanField()
    skip_if_unchanged = serializers.BooleanField()
    recipients = serializers.ListField(child=serializers.DictField())
    owner = serializers.UUIDField(allow_null=True)
    is_paused = serializers.BooleanField()
    next_at = serializers.DateTimeField(allow_null=True)


class ReportBody(StrictSerializer[Any]):
    """A new report; it is sent from its next moment on."""

    title = serializers.CharField(max_length=LONGEST_TITLE)
    pages = serializers.ListField(
        child=serializers.DictField(), min_length=1, max_length=MOST_PAGES, help_text=PAGES
    )
    pace = serializers.ChoiceField(Pace.choices())
    hour = serializers.IntegerField(min_value=0, max_value=LAST_HOUR)
    day = serializers.IntegerField(min_value=0, max_value=LATEST_DAY, default=0, help_text=DAY)
    recipients = serializers.ListField(
        child=serializers.UUIDField(), max_length=MOST_RECIPIENTS, help_text="Ids of members."
    )
    pdf = serializers.BooleanField(default=True)
    xlsx = serializers.BooleanField(default=False)
    skip_if_unchanged = serializers.BooleanField(default=False)


class ReportChange(StrictSerializer[Any]):
    """What is to be another; the rest stays."""

    title = serializers.CharField(max_length=LONGEST_TITLE, required=False)
    pages = serializers.ListField(
        child=serializers.DictField(),
        min_length=1,
        max_length=MOST_PAGES,
        required=False,
        help_text=PAGES,
    )
    pace = serializers.ChoiceField(Pace.choices(), required=False)
    hour = serializers.IntegerField(min_value=0, max_value=LAST_HOUR, required=False)
    day = serializers.IntegerField(min_value=0, max_value=LATEST_DAY, required=False, help_text=DAY)
    recipients = serializers.ListField(
        child=serializers.UUIDField(),
        max_length=MOST_RECIPIENTS,
        required=False,
        help_text="Ids of members.",
    )
    pdf = serializers.BooleanField(required=False)
    xlsx = serializers.BooleanField(required=False)
    skip_if_unchanged = serializers.BooleanField(required=False)
    is_paused = serializers.BooleanField(required=False)


class ReportRunSerializer(serializers.Serializer[Any]):
    """A run of a report: when it was due, and what became of it."""

    id = serializers.UUIDField()
    due_at = serializers.DateTimeField()
    state = serializers.ChoiceField(ReportRun.State.choices)
    attempts = serializers.IntegerField()
    error = serializers.CharField()
    made_at = serializers.DateTimeField(allow_null=True)


class _ReportView(TenantApiView):
    """What all views of reports share."""

    def shown(self, report_id: UUID) -> ReportShown:
        """Load a report that is not archived and that one may see; raises Http404."""
        for one in reports_shown(self.tenant, self.actor, only=report_id):
            return one
        raise Http404


class ReportsView(_ReportView):
    """All reports."""

    rights = {"get": Right.SEE_FIGURES, "post": Right.EDIT_SEGMENTS}

    @extend_schema(
        operation_id="reports",
        responses=inline_serializer("Reports", {"results": ReportSerializer(many=True)}),
    )
    def get(self, _request: Request) -> Response:
        """List the reports that one may see, by title."""
        shown = reports_shown(self.tenant, self.actor)
        return Response({"results": [_record(one) for one in shown]})

    @extend_schema(request=ReportBody, responses={201: ReportSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Make a report; it is sent from its next moment on."""
        values = cleaned(ReportBody, request)
        require_members(self.tenant, values["recipients"], "recipients")
        made = services.create_report(
            tenant=self.tenant, wanted=_wanted(values), by=self.actor, now=now()
        )
        return Response(_record(self.shown(made.pk)), status=201)


class ReportView(_ReportView):
    """One report."""

    rights = {
        "get": Right.SEE_FIGURES,
        "patch": Right.EDIT_SEGMENTS,
        "delete": Right.EDIT_SEGMENTS,
    }

    @extend_schema(operation_id="report", responses=ReportSerializer)
    def get(self, _request: Request, report_id: UUID) -> Response:
        """Read a report."""
        return Response(_record(self.shown(report_id)))

    @extend_schema(request=ReportChange, responses=ReportSerializer)
    def patch(self, request: Request, report_id: UUID) -> Response:
        """Change a report, pause it, or send it again."""
        values, one = cleaned(ReportChange, request), self.shown(report_id)
        require_members(self.tenant, values.get("recipients"), "recipients")
        told = _record(one)
        people = {"recipients": [row["id"] for row in told["recipients"]]}
        before = {name: told[name] for name in _NAMES} | people
        is_paused = values.pop("is_paused", None)
        if values:
            services.change_report(
                report=one.report, wanted=_wanted(before | values), by=self.actor, now=now()
            )
        if is_paused is not None:
            services.pause_report(report=one.report, is_paused=is_paused, by=self.actor, now=now())
        return Response(_record(self.shown(report_id)))

    @extend_schema(responses={204: None})
    def delete(self, _request: Request, report_id: UUID) -> Response:
        """Archive a report; what was sent stays."""
        services.archive_report(report=self.shown(report_id).report, by=self.actor, now=now())
        return Response(status=204)


class ReportRunsView(_ReportView):
    """What became of a report's moments."""

    rights = {"get": Right.EDIT_SEGMENTS}

    @paged(ReportRunSerializer)
    def get(self, request: Request, report_id: UUID) -> Response:
        """List the runs that were due, the newest first."""
        report = self.shown(report_id).report
        rows = ReportRun.objects.for_tenant(self.tenant).filter(report=report, only_for=None)
        return cursor_page(request, rows.order_by("-due_at", "-pk"), ReportRunSerializer)


_NAMES = ("title", "pages", "pace", "hour", "day", "pdf", "xlsx", "skip_if_unchanged")


def _wanted(values: dict[str, Any]) -> services.Wanted:
    return services.Wanted(
        title=values["title"],
        pages=values["pages"],
        pace=values["pace"],
        hour=values["hour"],
        day=values["day"],
        recipients=values["recipients"],
        has_pdf=values["pdf"],
        has_xlsx=values["xlsx"],
        skips_unchanged=values["skip_if_unchanged"],
    )


def _record(one: ReportShown) -> dict[str, Any]:
    report = one.report
    return {
        "id": str(report.pk),
        "title": report.title,
        "pages": report.pages,
        "pace": report.pace,
        "hour": report.hour,
        "day": report.day,
        "words": one.rhythm.words,
        "pdf": report.has_pdf,
        "xlsx": report.has_xlsx,
        "skip_if_unchanged": report.skips_unchanged,
        "recipients": [
            {"id": str(row.member_id), "has_stopped": row.stopped_at is not None}
            for row in one.recipients
        ],
        "owner": report.owner_id and str(report.owner_id),
        "is_paused": report.is_paused,
        "next_at": report.next_at and report.next_at.isoformat(),
    }


api_urls = [
    path("reports/", ReportsView.as_view()),
    path("reports/<uuid:report_id>/", ReportView.as_view()),
    path("reports/<uuid:report_id>/runs/", ReportRunsView.as_view()),
]
