"""Contracts in the JSON API: taken in by the thousand, listed, read, removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from cxm.customers.models import Contract
from cxm.customers.rules.contracts import FIELDS
from cxm.customers.rules.masking import redacted
from cxm.customers.selectors.contracts import ContractFilter, ContractState, contracts_listed
from cxm.customers.services.contracts import (
    ROWS_AT_ONCE,
    remove_contract,
    take_in_contracts,
)
from cxm.kernel.api import StrictSerializer, cleaned, cursor_page, idempotent, query_values
from cxm.kernel.api_schema import paged
from cxm.kernel.clock import now
from cxm.metrics.rules.days import local_date
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

SOURCE = "api"


class ContractSerializer(serializers.Serializer[Contract]):
    """One contract: of a customer or of a company."""

    id = serializers.UUIDField()
    source = serializers.CharField()  # type: ignore[assignment]  # a field of ours, so called
    external_id = serializers.CharField()
    customer = serializers.UUIDField(source="customer_id", allow_null=True)
    company = serializers.UUIDField(source="company_id", allow_null=True)
    plan = serializers.CharField()
    started_on = serializers.DateField()
    ended_on = serializers.DateField(allow_null=True, help_text="Its last day.")
    amount_per_month = serializers.DecimalField(max_digits=14, decimal_places=2)
    currency = serializers.CharField()
    end_reason = serializers.CharField()
    changed_at = serializers.DateTimeField()


class MaskedContractSerializer(ContractSerializer):
    """A contract for who may not see persons: its number may hold what names one."""

    external_id = serializers.SerializerMethodField()  # type: ignore[assignment]  # as above

    def get_external_id(self, one: Contract) -> str:
        """Give the number without mail addresses and long numbers."""
        return redacted(one.external_id)


class ContractQuery(StrictSerializer[Any]):
    """Which contracts; all when left out."""

    customer = serializers.UUIDField(required=False)
    company = serializers.UUIDField(required=False)
    source = serializers.CharField(required=False)  # type: ignore[assignment]  # so called
    plan = serializers.CharField(required=False)
    state = serializers.ChoiceField([one.value for one in ContractState], required=False)


class ContractsBody(StrictSerializer[Any]):
    """Contracts to write; what is known by its source and number is corrected."""

    source = serializers.CharField(  # type: ignore[assignment]  # so called
        max_length=40, default=SOURCE, help_text="Whose numbers `external_id` are."
    )
    contracts = serializers.ListField(
        child=serializers.DictField(),
        max_length=ROWS_AT_ONCE,
        allow_empty=False,
        help_text=f"Flat rows of {', '.join(FIELDS)}; name one of customer, email and company.",
    )


class RefusedContractSerializer(serializers.Serializer[Any]):
    """A row that was kept out, by its place from 0, and why."""

    place = serializers.IntegerField()
    external_id = serializers.CharField()
    field = serializers.CharField()
    message = serializers.CharField()


class ContractsTakenSerializer(serializers.Serializer[Any]):
    """What became of the rows."""

    made = serializers.IntegerField()
    changed = serializers.IntegerField()
    same = serializers.IntegerField()
    refused = RefusedContractSerializer(many=True)


def _shape(view: TenantApiView) -> type[ContractSerializer]:
    sees = view.actor_may(Right.SEE_PERSONS)
    return ContractSerializer if sees else MaskedContractSerializer


class ContractListView(TenantApiView):
    """All contracts."""

    rights = {"get": Right.SEE_CUSTOMERS, "post": Right.EDIT_CUSTOMERS}

    @paged(ContractSerializer, ContractQuery)
    def get(self, request: Request) -> Response:
        """List contracts, those that began last first; a `state` is that of today."""
        asked = query_values(ContractQuery, request.query_params)
        plan = asked.pop("plan", "")
        wanted = ContractFilter(plans=(plan,) if plan else (), **asked)
        today = local_date(now(), ZoneInfo(self.tenant.time_zone))
        rows = contracts_listed(self.tenant, wanted, today=today)
        return cursor_page(request, rows, _shape(self))

    @extend_schema(
        operation_id="contracts_take_in",
        request=ContractsBody,
        responses=ContractsTakenSerializer,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Write contracts, each once however often it is sent; refuse rows one by one."""
        values = cleaned(ContractsBody, request)
        taken = take_in_contracts(
            tenant=self.tenant,
            source=values["source"],
            rows=values["contracts"],
            by=self.actor,
            now=now(),
        )
        return Response(ContractsTakenSerializer(taken).data)


class ContractView(TenantApiView):
    """One contract."""

    rights = {"get": Right.SEE_CUSTOMERS, "delete": Right.EDIT_CUSTOMERS}

    @extend_schema(operation_id="contract_read", responses=ContractSerializer)
    def get(self, _request: Request, contract_id: UUID) -> Response:
        """Read a contract."""
        return Response(_shape(self)(self._found(contract_id)).data)

    @extend_schema(operation_id="contract_remove", responses={204: None})
    def delete(self, _request: Request, contract_id: UUID) -> Response:
        """Remove a contract that never was; one that ended is sent again with its end."""
        remove_contract(contract=self._found(contract_id), by=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _found(self, contract_id: UUID) -> Contract:
        rows = Contract.objects.for_tenant(self.tenant).select_related("tenant")
        return get_object_or_404(rows, pk=contract_id)
