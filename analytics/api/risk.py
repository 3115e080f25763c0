"""Risks in the JSON API: customers by risk, and those of one customer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from analytics.selectors.risk import (
    SORTS,
    CountedRisk,
    chosen_risk_sort,
    counted_risks,
    risk_is_hidden,
    risk_scores,
)
from analytics.selectors.risk_flag import risk_json, risks_of
from cxm.customers.models import Customer, Segment
from cxm.customers.selectors.persons import Reader, read_persons
from cxm.kernel.api import StrictSerializer, list_page, query_values
from cxm.kernel.api_schema import paged
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet
    from rest_framework.request import Request

    from analytics.models import RiskScore


class RiskReasonSerializer(serializers.Serializer[Any]):
    """What one input makes of a chance; `value` is null where it is not known."""

    key = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    usual = serializers.FloatField()
    points = serializers.FloatField()
    words = serializers.CharField()


class RiskSerializer(serializers.Serializer[Any]):
    """Chances (0 to 1) to be lost, why, from how much, and how right the model was."""

    customer_id = serializers.UUIDField()
    name = serializers.CharField()
    definition = serializers.CharField()
    definition_version = serializers.IntegerField(allow_null=True)
    run_id = serializers.UUIDField()
    as_of = serializers.DateTimeField(allow_null=True)
    within_30 = serializers.FloatField()
    within_60 = serializers.FloatField()
    within_90 = serializers.FloatField()
    coverage = serializers.FloatField()
    amount_per_month = serializers.CharField(allow_null=True)
    currency = serializers.CharField(allow_blank=True)
    at_stake = serializers.FloatField(allow_null=True)
    reasons = RiskReasonSerializer(many=True)
    trial = serializers.CharField()


class CustomerRisksSerializer(serializers.Serializer[Any]):
    """The risks of one customer, by definition; none where no model is offered."""

    risks = RiskSerializer(many=True)


class RiskQuery(StrictSerializer[Any]):
    """Which customers, in which order."""

    definition = serializers.CharField(
        required=False, max_length=60, help_text="The key of a definition of churn."
    )
    segment = serializers.CharField(
        required=False, max_length=60, help_text="The key of a segment."
    )
    sort = serializers.ChoiceField(SORTS, required=False, help_text="The highest first.")
    order = serializers.ChoiceField(["up"], required=False, help_text="The lowest first.")


class RisksView(TenantApiView):
    """Customers by risk."""

    rights = {"get": Right.SEE_CUSTOMERS}

    @paged(RiskSerializer, RiskQuery)
    def get(self, request: Request) -> Response:
        """List customers by risk, by the leading definition that offers one unless one is named.

        404 where the model is not offered. Names are hidden from keys that may not see persons.
        """
        asked = query_values(RiskQuery, request.query_params)
        _shown(self)
        offered = [one for one in counted_risks(self.tenant) if one.is_offered]
        key = asked.get("definition")
        chosen = next((one for one in offered if key in {None, one.definition.key}), None)
        if chosen is None:
            raise Http404
        sort, is_up = chosen_risk_sort(asked)
        segment = _segment(self, asked.get("segment"))
        rows = risk_scores(chosen.definition, sort=sort, is_up=is_up, segment=segment)
        return list_page(request, _Risks(rows, chosen, _reader(self)), RiskSerializer)


class CustomerRiskView(TenantApiView):
    """The risks of one customer."""

    rights = {"get": Right.SEE_CUSTOMERS}

    @extend_schema(operation_id="customer_risk", responses=CustomerRisksSerializer)
    def get(self, _request: Request, customer_id: UUID) -> Response:
        """Read the risks of one customer, the leading definition first."""
        _shown(self)
        rows = Customer.objects.for_tenant(self.tenant).filter(erased_at=None)
        found = rows.filter(pk=customer_id).first()
        if found is None:
            raise Http404
        ids = Customer.objects.for_tenant(self.tenant).filter(root=found.root_id)
        told = risks_of(self.tenant, ids.values_list("pk", flat=True))
        persons = read_persons(_reader(self), [row.customer_id for _, row in told])
        risks = [
            {
                "customer_id": persons.of(row.customer_id).root_id,
                "name": persons.of(row.customer_id).label,
                **risk_json(counted, row),
            }
            for counted, row in told
        ]
        return Response({"risks": risks})


class _Risks(Sequence[dict[str, Any]]):
    """Risks as JSON has them, read a slice at a time."""

    def __init__(self, rows: QuerySet[RiskScore], counted: CountedRisk, reader: Reader) -> None:
        self._rows, self._counted, self._reader = rows, counted, reader

    def __len__(self) -> int:
        return self._rows.count()

    def __getitem__(self, place: Any) -> Any:
        shown = list(self._rows[place])
        persons = read_persons(self._reader, [row.customer_id for row in shown])
        return [
            {
                "customer_id": persons.of(row.customer_id).root_id,
                "name": persons.of(row.customer_id).label,
                **risk_json(self._counted, row),
            }
            for row in shown
        ]


def _shown(view: TenantApiView) -> None:
    if risk_is_hidden(view.tenant, view.actor_may):
        raise Http404


def _segment(view: TenantApiView, key: str | None) -> Segment | None:
    if not key:
        return None
    rows = Segment.objects.for_tenant(view.tenant).filter(archived_at=None, key=key)
    found = rows.first()
    if found is None:
        raise Http404
    return found


def _reader(view: TenantApiView) -> Reader:
    return Reader(view.tenant, sees_persons=view.actor_may(Right.SEE_PERSONS))


api_urls = [
    path("risks/", RisksView.as_view()),
    path("customers/<uuid:customer_id>/risks/", CustomerRiskView.as_view()),
]
