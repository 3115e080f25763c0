"""Customers in the JSON API."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from cxm.customers.api import shapes
from cxm.customers.api.erasing import ErasableView
from cxm.customers.selectors.attributes import shown_attributes
from cxm.customers.selectors.customer_filter import CustomerFilter, read_customer_filter
from cxm.customers.selectors.customer_rows import companies_of, known_customer
from cxm.customers.selectors.customers import customers_kept, found_customers, updated_since
from cxm.customers.selectors.heads import identifiers
from cxm.customers.selectors.persons import Reader
from cxm.customers.selectors.subjects import Looking, Subject, read_subject
from cxm.customers.services.opening import note_opening
from cxm.kernel.api import cursor_page, query_values
from cxm.kernel.api_schema import paged
from cxm.kernel.clock import now
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request


class CustomerListView(TenantApiView):
    """All customers."""

    rights = {"get": Right.SEE_CUSTOMERS}

    @paged(shapes.CustomerSerializer, shapes.CustomerQuery)
    def get(self, request: Request) -> Response:
        """List customers, those that came last first, or what `search` finds, best first.

        Visitors are listed with `kind=visitor`, merged customers as the one they are, erased
        people never.
        """
        asked = query_values(shapes.CustomerQuery, request.query_params)
        reader = Reader(self.tenant, sees_persons=self.actor_may(Right.SEE_PERSONS))
        wanted = _filter(reader, asked)
        rows = customers_kept(reader, wanted)
        if "updated_since" in asked:
            rows = updated_since(rows, reader, asked["updated_since"])
        if wanted.q:
            found, _ = found_customers(reader, wanted, rows)
            shown = [known_customer(reader, one) for one in found]
            results = shapes.CustomerSerializer(shown, many=True).data
            return Response({"results": results, "next": None})
        return cursor_page(
            request,
            rows.order_by("-pk"),
            shapes.CustomerSerializer,
            joined=lambda listed: list(map(partial(known_customer, reader), listed)),
        )


class CustomerView(ErasableView):
    """One customer."""

    rights = {"get": Right.SEE_CUSTOMERS, "delete": Right.ERASE_PERSONS}

    @extend_schema(operation_id="customer_read", responses=shapes.CustomerDetailSerializer)
    def get(self, _request: Request, customer_id: UUID) -> Response:
        """Read a customer with identities and attributes; a merged one as the one it is."""
        moment = now()
        subject = read_subject(Looking(self.tenant, self.actor_may, moment), customer_id)
        if subject is None:
            raise Http404
        pk = subject.root.pk
        note_opening(tenant=self.tenant, customer_id=pk, by=self.actor, now=moment)
        return Response(_detail(subject))


def _filter(reader: Reader, asked: dict[str, Any]) -> CustomerFilter:
    """Read the filter; raises ValidationError for what the page would leave out."""
    said = {name: str(value) for name, value in asked.items() if name != "updated_since"}
    found = read_customer_filter(reader, {"q": said.pop("search", ""), **said})
    for name in said:
        if not getattr(found, name):
            message = "There is nothing like this here, or you may not filter by it."
            raise serializers.ValidationError({name: [message]})
    return found


def _detail(subject: Subject) -> dict[str, Any]:
    reader, root = subject.looking.reader, subject.root
    told: dict[str, Any] = {}
    for row in reversed(subject.rows):
        told |= row.attributes
    attributes, hidden = shown_attributes(reader, told, scope="customer")
    companies = companies_of(reader, [root.pk])[root.pk]
    return {
        **shapes.CustomerSerializer(known_customer(reader, root)).data,
        "label": subject.label,
        "ids": [str(pk) for pk in subject.ids],
        "erased_at": root.erased_at,
        "identities": _identities(subject),
        "companies": shapes.NamedCompanySerializer(companies, many=True).data,
        "attributes": shapes.AttributeTextSerializer(attributes, many=True).data,
        "hidden_attributes": hidden,
    }


def _identities(subject: Subject) -> list[dict[str, Any]]:
    shown = zip(identifiers(subject), subject.identities, strict=True)
    return [
        {
            "kind": one.kind,
            "namespace": one.where,
            "value": one.value,
            "is_verified": one.is_verified,
            "source": row.source,
            "created_at": row.created_at,
        }
        for one, row in shown
    ]
