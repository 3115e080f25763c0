"""One customer as JSON: the same parts as the agent's page, masked the same way."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from cxm.customers.models import Identity
from cxm.customers.selectors.contexts import PARTS, customer_context, part_names
from cxm.customers.selectors.subjects import Looking, Subject, customers_called, read_subject
from cxm.customers.services.opening import note_opening
from cxm.kernel.api import StrictSerializer, query_values
from cxm.kernel.clock import now
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

    from cxm.tenants.models import Tenant

WAYS = {"email": "email", "phone": "phone", "external_id": "external"}
LONGEST_VALUE = 300


class WhoSerializer(StrictSerializer[Any]):
    """Which customer is meant: exactly one of `customer`, `email`, `phone`, `external_id`."""

    customer = serializers.UUIDField(required=False, help_text="Our id of the customer.")
    email = serializers.CharField(required=False, max_length=LONGEST_VALUE)
    phone = serializers.CharField(required=False, max_length=LONGEST_VALUE)
    external_id = serializers.CharField(
        required=False, max_length=LONGEST_VALUE, help_text="Your number of the customer."
    )
    namespace = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=60,
        help_text="Whose number `external_id` is, where several systems give numbers.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse none and several ways of naming a customer."""
        said = [name for name in ("customer", *WAYS) if attrs.get(name)]
        if len(said) != 1:
            message = "Name the customer by one of: customer, email, phone, external_id."
            raise serializers.ValidationError(message, code="one_of")
        return attrs


class ContextQuery(WhoSerializer):
    """Which customer, and which parts of the context."""

    fields_ = serializers.CharField(required=False, max_length=LONGEST_VALUE)

    def get_fields(self) -> dict[str, Any]:
        """Call the parameter `fields`, a name that serializers keep for themselves."""
        fields = super().get_fields()
        fields["fields"] = fields.pop("fields_")
        return fields


class CustomerContextView(TenantApiView):
    """The context of a customer, for helpdesks and assistants."""

    rights = {"get": Right.SEE_CUSTOMERS}

    @extend_schema(
        operation_id="customer_context",
        responses=OpenApiTypes.OBJECT,
        parameters=[
            WhoSerializer,
            OpenApiParameter(
                "fields",
                str,
                description="Parts to give, with commas between; all when left out: "
                f"{', '.join(PARTS)}, and those of feedback and analytics: answers, scores, "
                "repeat_purchases, risk.",
            ),
            OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER),
        ],
    )
    def get(self, request: Request) -> Response:
        """Read what the page of a customer shows.

        Names, addresses and texts are masked for keys without the right to see persons. Nobody
        with that identifier, and somebody of another workspace, are the same 404. The answer
        has an ETag: sent back as If-None-Match, 304 says that nothing changed. Every person
        read is noted in the audit list, once an hour.
        """
        asked = query_values(ContextQuery, request.query_params)
        wanted = _wanted(asked.get("fields", ""))
        subject = subject_asked(self, asked)
        note_opening(
            tenant=self.tenant,
            customer_id=subject.root.pk,
            by=self.actor,
            now=subject.looking.now,
        )
        body = customer_context(subject, wanted)
        tag = f'"{hashlib.blake2b(JSONRenderer().render(body), digest_size=16).hexdigest()}"'
        headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
        if tag in request.headers.get("If-None-Match", ""):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers=headers)
        return Response(body, headers=headers)


@extend_schema_view(get=extend_schema(operation_id="customer_context_slash"))
class CustomerContextSlashView(CustomerContextView):
    """The same address with a slash at its end, as the other addresses have."""


def subject_asked(view: TenantApiView, asked: dict[str, Any]) -> Subject:
    """Find the person that *asked* (cleaned by WhoSerializer) names; raises Http404.

    An external id that two systems gave to two people raises ValidationError.
    """
    customer_id = asked.get("customer") or _called(view.tenant, asked)
    looking = Looking(view.tenant, view.actor_may, now())
    subject = read_subject(looking, customer_id) if customer_id else None
    if subject is None:
        raise Http404
    return subject


def _called(tenant: Tenant, asked: dict[str, Any]) -> UUID | None:
    name = next(name for name in WAYS if asked.get(name))
    kind, namespace = Identity.Kind(WAYS[name]), asked.get("namespace")
    found = customers_called(tenant, kind, asked[name], namespace=namespace)
    if len(found) > 1:
        message = "Two customers have this number in different systems: say which by namespace."
        raise serializers.ValidationError({"namespace": [message]})
    return found[0] if found else None


def _wanted(text: str) -> list[str]:
    names = part_names()
    wanted = [name.strip() for name in text.split(",") if name.strip()] or names
    unknown = [name for name in wanted if name not in names]
    if unknown:
        message = f"There is no “{unknown[0][:60]}”. Known fields: {', '.join(names)}."
        raise serializers.ValidationError({"fields": [message]})
    return wanted
