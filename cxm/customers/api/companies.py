"""Companies in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from cxm.customers.api import shapes
from cxm.customers.models import Company
from cxm.customers.selectors.attributes import shown_attributes
from cxm.customers.selectors.companies import companies_listed, company_people
from cxm.customers.selectors.persons import Reader
from cxm.kernel.api import cursor_page, query_values
from cxm.kernel.api_schema import paged
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request


class CompanyListView(TenantApiView):
    """All companies."""

    rights = {"get": Right.SEE_CUSTOMERS}

    @paged(shapes.CompanySerializer, shapes.CompanyQuery)
    def get(self, request: Request) -> Response:
        """List companies by name."""
        asked = query_values(shapes.CompanyQuery, request.query_params)
        return cursor_page(
            request, companies_listed(self.tenant, **asked), shapes.CompanySerializer
        )


class CompanyView(TenantApiView):
    """One company."""

    rights = {"get": Right.SEE_CUSTOMERS}

    @extend_schema(operation_id="company_read", responses=shapes.CompanyDetailSerializer)
    def get(self, _request: Request, company_id: UUID) -> Response:
        """Read a company with its attributes; its people are at `customers/?company=`."""
        company = get_object_or_404(Company.objects.for_tenant(self.tenant), pk=company_id)
        reader = Reader(self.tenant, sees_persons=self.actor_may(Right.SEE_PERSONS))
        attributes, hidden = shown_attributes(reader, company.attributes, scope="company")
        people = company_people(self.tenant, [company])[company.pk]
        shown = {
            **shapes.CompanySerializer(company).data,
            "people": people.number,
            "last_seen_at": people.last_seen_at,
            "attributes": shapes.AttributeTextSerializer(attributes, many=True).data,
            "hidden_attributes": hidden,
        }
        return Response(shown)
