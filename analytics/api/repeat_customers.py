"""Repeat customers in the JSON API: what a purchase is, what was found, each customer's numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from analytics.rules.purchases import KINDS, MOST_DISCOUNT, MOST_MONTHS
from analytics.selectors.repeat_buyer import repeat_customer_json
from analytics.selectors.repeat_customers import (
    SORTS,
    CountedPurchases,
    chosen_sort,
    counted_purchases,
    repeat_customers,
)
from analytics.services import purchase_definitions as services
from cxm.customers.selectors.persons import Reader, read_persons
from cxm.kernel.api import StrictSerializer, cleaned, idempotent, list_page, query_values
from cxm.kernel.api_schema import paged
from cxm.kernel.clock import now
from cxm.metrics.rules.statistic import share_estimate
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

    from analytics.models import RepeatCustomer


class PurchaseRuleSerializer(serializers.Serializer[Any]):
    """What a purchase is, and how customers are valued; see docs/repeat-customers.md."""

    names = serializers.ListField(child=serializers.CharField())
    kinds = serializers.ListField(child=serializers.ChoiceField([(one, one) for one in KINDS]))
    amount = serializers.CharField(allow_blank=True)
    horizon_months = serializers.IntegerField(min_value=1, max_value=MOST_MONTHS)
    discount_percent = serializers.FloatField(min_value=0, max_value=MOST_DISCOUNT)
    margin_percent = serializers.FloatField(min_value=0.1, max_value=100)


class RepeatPurchasesSerializer(serializers.Serializer[Any]):
    """The settings in force, and what the newest count by them found; null until it is done."""

    rule = PurchaseRuleSerializer()
    words = serializers.CharField()
    version = serializers.IntegerField()
    as_of = serializers.DateTimeField(allow_null=True)
    repeat_purchase_rate = serializers.DictField(allow_null=True)
    result = serializers.DictField(allow_null=True)


class RepeatPurchasesBody(StrictSerializer[Any]):
    """Settings; what is left out is as usual: all of them are set at once."""

    names = serializers.ListField(child=serializers.CharField(), required=False)
    kinds = serializers.ListField(child=serializers.CharField(), required=False)
    amount = serializers.CharField(allow_blank=True, required=False)
    horizon_months = serializers.IntegerField(required=False)
    discount_percent = serializers.FloatField(required=False)
    margin_percent = serializers.FloatField(required=False)


class RepeatCustomerSerializer(serializers.Serializer[Any]):
    """One customer's purchases, and what to expect of them; null where no model tells it."""

    customer_id = serializers.UUIDField()
    name = serializers.CharField()
    first_on = serializers.DateField()
    last_on = serializers.DateField()
    repeats = serializers.IntegerField()
    last_weeks = serializers.FloatField()
    age_weeks = serializers.FloatField()
    mean_spend = serializers.FloatField(allow_null=True)
    alive = serializers.FloatField(allow_null=True)
    expected = serializers.FloatField(allow_null=True)
    value = serializers.FloatField(allow_null=True)


class RepeatCustomerQuery(StrictSerializer[Any]):
    """Which buyers, in which order."""

    sort = serializers.ChoiceField(SORTS, required=False, help_text="The highest first.")
    order = serializers.ChoiceField(["up"], required=False, help_text="The lowest first.")


class RepeatPurchasesView(TenantApiView):
    """What a purchase is, and what was found."""

    rights = {"get": Right.SEE_FIGURES, "put": Right.EDIT_REGISTRIES}

    @extend_schema(operation_id="repeat_purchases", responses=RepeatPurchasesSerializer)
    def get(self, _request: Request) -> Response:
        """Read the settings and the newest count; 404 before anybody said what a purchase is."""
        counted = counted_purchases(self.tenant)
        if counted is None:
            raise Http404
        return Response(_record(counted))

    @extend_schema(
        operation_id="repeat_purchases_set",
        request=RepeatPurchasesBody,
        responses=RepeatPurchasesSerializer,
    )
    def put(self, request: Request) -> Response:
        """Say what a purchase is; other settings are a new version, and are counted as a job."""
        config = cleaned(RepeatPurchasesBody, request)
        services.set_purchases(tenant=self.tenant, config=config, by=self.actor, now=now())
        return self.get(request)


class RepeatPurchasesCountView(TenantApiView):
    """Counting anew."""

    rights = {"post": Right.EDIT_REGISTRIES}

    @extend_schema(operation_id="repeat_purchases_count", request=None, responses={204: None})
    @idempotent
    def post(self, _request: Request) -> Response:
        """Count and fit now, as a job; nothing while that waits already."""
        counted = counted_purchases(self.tenant)
        if counted is None:
            raise Http404
        services.fit_again(definition=counted.definition, by=self.actor, now=now())
        return Response(status=204)


class RepeatCustomersView(TenantApiView):
    """Customers with what to expect of them."""

    rights = {"get": Right.SEE_CUSTOMERS}

    @paged(RepeatCustomerSerializer, RepeatCustomerQuery)
    def get(self, request: Request) -> Response:
        """List who bought; names are hidden from keys that may not see persons."""
        counted = counted_purchases(self.tenant)
        if counted is None or counted.run is None:
            raise Http404
        sort, is_up = chosen_sort(query_values(RepeatCustomerQuery, request.query_params))
        reader = Reader(self.tenant, sees_persons=self.actor_may(Right.SEE_PERSONS))
        rows = repeat_customers(self.tenant, sort=sort, is_up=is_up)
        return list_page(request, _Buyers(rows, reader), RepeatCustomerSerializer)


class _Buyers(Sequence[dict[str, Any]]):
    """Buyers as JSON has them, read a slice at a time."""

    def __init__(self, rows: QuerySet[RepeatCustomer], reader: Reader) -> None:
        self._rows, self._reader = rows, reader

    def __len__(self) -> int:
        return self._rows.count()

    def __getitem__(self, place: Any) -> Any:
        shown = list(self._rows[place])
        persons = read_persons(self._reader, [row.customer_id for row in shown])
        return [
            {
                "customer_id": persons.of(row.customer_id).root_id,
                "name": persons.of(row.customer_id).label,
                **repeat_customer_json(row),
            }
            for row in shown
        ]


def _record(counted: CountedPurchases) -> dict[str, Any]:
    result = counted.result
    rate = share_estimate(result.again, result.buyers) if result else None
    return {
        "rule": counted.rule.as_json(),
        "words": counted.rule.words,
        "version": counted.definition.version,
        "as_of": counted.run and counted.run.at.isoformat(),
        "repeat_purchase_rate": rate
        and {
            "value": rate.value,
            "n": rate.n,
            "ci_low": rate.ci_low,
            "ci_high": rate.ci_high,
            "method": rate.method,
        },
        "result": result and result.as_json(),
    }


api_urls = [
    path("repeat-purchases/", RepeatPurchasesView.as_view()),
    path("repeat-purchases/count/", RepeatPurchasesCountView.as_view()),
    path("repeat-customers/", RepeatCustomersView.as_view()),
]
