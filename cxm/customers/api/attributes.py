"""Attributes in the JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from cxm.customers.api import shapes
from cxm.customers.models import AttributeDef
from cxm.customers.selectors.attributes import attributes_listed
from cxm.customers.services.attributes import describe_attribute
from cxm.kernel.api import cleaned, cursor_page, query_values
from cxm.kernel.api_schema import paged
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request


class AttributeListView(TenantApiView):
    """All attributes."""

    rights = {"get": Right.SEE_CUSTOMERS}

    @paged(shapes.AttributeSerializer, shapes.AttributeQuery)
    def get(self, request: Request) -> Response:
        """List the attributes of customers and companies by title."""
        asked = query_values(shapes.AttributeQuery, request.query_params)
        return cursor_page(
            request, attributes_listed(self.tenant, **asked), shapes.AttributeSerializer
        )


class AttributeView(TenantApiView):
    """One attribute."""

    rights = {"get": Right.SEE_CUSTOMERS, "patch": Right.EDIT_CUSTOMERS}

    @extend_schema(operation_id="attribute_read", responses=shapes.AttributeSerializer)
    def get(self, _request: Request, attribute_id: UUID) -> Response:
        """Read what an attribute is."""
        return Response(shapes.AttributeSerializer(self._found(attribute_id)).data)

    @extend_schema(
        operation_id="attribute_change",
        request=shapes.AttributeChange,
        responses=shapes.AttributeSerializer,
    )
    def patch(self, request: Request, attribute_id: UUID) -> Response:
        """Describe an attribute; what is not sent stays, and so do all values."""
        attribute = self._found(attribute_id)
        describe_attribute(
            attribute=attribute, by=self.actor, **cleaned(shapes.AttributeChange, request)
        )
        return Response(shapes.AttributeSerializer(attribute).data)

    def _found(self, attribute_id: UUID) -> AttributeDef:
        rows = AttributeDef.objects.for_tenant(self.tenant).select_related("tenant")
        return get_object_or_404(rows, pk=attribute_id)
