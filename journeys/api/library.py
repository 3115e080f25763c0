"""The library in the JSON API: insights, opportunities, solutions and goals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from cxm.collaboration.api.operations import OperationsView
from cxm.collaboration.models import Evidence
from cxm.kernel.api import cleaned, cursor_page, idempotent, query_values
from cxm.kernel.api_schema import paged
from cxm.kernel.clock import now
from cxm.kernel.operations.records import Source
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right
from journeys.api.library_shapes import (
    BODIES,
    CiteBody,
    InsightMergeBody,
    ItemBackingSerializer,
    ItemLinkSerializer,
    LibraryQuery,
    detail_of,
    serializer_of,
)
from journeys.models import EvidenceLink
from journeys.rules.library_sorts import INSIGHT, SORTS, Sort
from journeys.selectors.backing import backings_of
from journeys.selectors.library import Wanted, items_listed
from journeys.selectors.library_item import links_of
from journeys.services import evidence as citing
from journeys.services import library as services
from journeys.services.evidence import Subject
from journeys.services.insight_merging import merge_insights

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request


class _ItemView(TenantApiView):
    """Base of what is about items of one *sort*."""

    sort: ClassVar[Sort] = INSIGHT

    def found(self, item_id: UUID) -> Any:
        """Load an item; raises Http404."""
        rows = services.MODELS[self.sort.name].objects.for_tenant(self.tenant)
        return get_object_or_404(rows.select_related("tenant"), pk=item_id)

    def answer(self, item: Any, *, status: int = 200) -> Response:
        """Show an item as it stands now, with its links and what backs it."""
        told = dict(serializer_of(self.sort)(item).data)
        lists = links_of(self.sort, item, None)
        if self.sort.links:
            told["links"] = [
                {"id": one.link, "kind": some.sort.kind, "to": one.id}
                for some in lists
                for one in some.rows
            ]
            told["links"] = ItemLinkSerializer(told["links"], many=True).data
        if self.sort.is_cited:
            backing = backings_of(self.tenant, self.sort.name, [item.pk], now=now())[item.pk]
            told["backing"] = ItemBackingSerializer(backing).data
        return Response(told, status=status)


def _views(sort: Sort) -> list[URLPattern]:
    """Give the routes of one sort, each with a view that says in the schema what it is about."""
    name, folder = sort.name, sort.plural.lower()
    listed, detail, body = serializer_of(sort), detail_of(sort), BODIES[name]

    class ListView(_ItemView):
        rights = {"get": Right.SEE_JOURNEYS, "post": Right.EDIT_JOURNEYS}

        @paged(listed, LibraryQuery)
        def get(self, request: Request) -> Response:
            asked = query_values(LibraryQuery, request.query_params)
            told = {one: str(value) for one, value in asked.items() if one != "is_archived"}
            wanted = Wanted(**told, is_archived=asked.get("is_archived", False))
            rows = items_listed(sort, None, self.tenant, wanted).order_by("title", "pk")
            return cursor_page(request, rows, listed)

        @extend_schema(request=body, responses={201: detail})
        @idempotent
        def post(self, request: Request) -> Response:
            values = cleaned(body, request)
            links = [(one["kind"], one["to"]) for one in values.pop("links", [])]
            made = services.create_item(
                sort=name,
                tenant=self.tenant,
                title=values.pop("title"),
                by=self.actor,
                now=now(),
                values=values,
                links=links,
                source=Source.API,
            )
            return self.answer(made, status=201)

    class DetailView(_ItemView):
        rights = {"get": Right.SEE_JOURNEYS}

        @extend_schema(operation_id=f"{name}_read", responses=detail)
        def get(self, _request: Request, item_id: UUID) -> Response:
            return self.answer(self.found(item_id))

    class ItemOperationsView(OperationsView):
        store = services.STORES[name]

    ListView.get.__doc__ = f"List {folder} by title."
    ListView.post.__doc__ = f"Make {_article(name)} {name}, with what it is linked to."
    DetailView.get.__doc__ = f"Read {_article(name)} {name} with its links."
    ItemOperationsView.__doc__ = f"Operations on {_article(name)} {name}."
    start = f"{folder}/<uuid:item_id>"
    found = [
        path(f"{folder}/", ListView.as_view(sort=sort)),
        path(f"{start}/", DetailView.as_view(sort=sort)),
        path(f"{folder}/<uuid:document_id>/operations/", ItemOperationsView.as_view()),
    ]
    return found + (_evidence_views(sort, detail, start) if sort.is_cited else [])


def _evidence_views(sort: Sort, detail: Any, start: str) -> list[URLPattern]:
    class CiteView(_ItemView):
        rights = {"post": Right.EDIT_JOURNEYS}

        @extend_schema(operation_id=f"{sort.name}_cite", request=CiteBody, responses={201: detail})
        @idempotent
        def post(self, request: Request, item_id: UUID) -> Response:
            """Cite evidence for or against it; cited twice is cited once."""
            item = self.found(item_id)
            pk = cleaned(CiteBody, request)["evidence"]
            row = get_object_or_404(Evidence.objects.for_tenant(self.tenant), pk=pk)
            subject = Subject.of(self.tenant, item)
            citing.cite_evidence(subject=subject, evidence=row, by=self.actor, now=now())
            return self.answer(item, status=201)

    class TakeOffView(_ItemView):
        rights = {"delete": Right.EDIT_JOURNEYS}

        @extend_schema(operation_id=f"{sort.name}_take_off", request=None, responses={204: None})
        def delete(self, _request: Request, item_id: UUID, citation_id: UUID) -> Response:
            """Take a piece of evidence off; it stays among the evidence."""
            item = self.found(item_id)
            rows = EvidenceLink.objects.for_tenant(self.tenant).select_related("evidence")
            link = get_object_or_404(rows.filter(**{sort.name: item}), pk=citation_id)
            subject = Subject.of(self.tenant, item)
            citing.take_off_evidence(subject=subject, link=link, by=self.actor)
            return Response(status=204)

    return [
        path(f"{start}/evidence/", CiteView.as_view(sort=sort)),
        path(f"{start}/evidence/<uuid:citation_id>/", TakeOffView.as_view(sort=sort)),
    ]


class InsightMergeView(_ItemView):
    """Merging two insights."""

    rights = {"post": Right.EDIT_JOURNEYS}

    @extend_schema(
        operation_id="insight_merge", request=InsightMergeBody, responses=detail_of(INSIGHT)
    )
    @idempotent
    def post(self, request: Request, item_id: UUID) -> Response:
        """Merge another insight into this one; doing it twice is doing it once."""
        kept = self.found(item_id)
        other = self.found(cleaned(InsightMergeBody, request)["other"])
        merged = merge_insights(kept=kept, other=other, by=self.actor, now=now(), source=Source.API)
        return self.answer(merged)


def _article(name: str) -> str:
    return "an" if name[0] in "aeiou" else "a"


api_urls = [
    *(route for sort in SORTS.values() for route in _views(sort)),
    path("insights/<uuid:item_id>/merge/", InsightMergeView.as_view()),
]
