"""The contact policy in the JSON API: its rules are listed, made, changed and taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from cxm.kernel.api import StrictSerializer, cleaned, cursor_page, idempotent
from cxm.kernel.api_schema import paged
from cxm.kernel.clock import now
from cxm.tenants.api_auth import TenantApiView
from cxm.tenants.rules import Right
from feedback.forms.contact_rules import ContactRuleForm
from feedback.models import ContactRule, Survey
from feedback.rules.distribution.rule_words import rule_words
from feedback.rules.distribution.words import Medium, RuleKind
from feedback.services.distribution.rules import end_rule, save_rule

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet
    from rest_framework.request import Request

_PARAMS = (
    "By kind: quiet_period {days}; cap {times, days, per: person or company}; hours {from, to}; "
    "rate {per_minute}; age {years, attribute}; test {attribute, value}; employees {domains}; "
    "consent {}."
)


class ContactRuleSerializer(serializers.ModelSerializer[ContactRule]):
    """One rule of the contact policy that holds now, and what it says in words."""

    words = serializers.SerializerMethodField()

    class Meta:
        model = ContactRule
        fields = ["id", "kind", "medium", "purpose", "params", "words", "created_at"]
        read_only_fields = fields

    def get_words(self, row: ContactRule) -> str:
        """Say what the rule asks."""
        return rule_words(RuleKind(row.kind), row.params)


class ContactRuleChange(StrictSerializer[Any]):
    """What may be changed of a rule; its kind stays."""

    medium = serializers.ChoiceField(
        [Medium.EMAIL.value, Medium.SMS.value],
        required=False,
        allow_blank=True,
        help_text="Empty: every way of asking.",
    )
    purpose = serializers.ChoiceField(
        Survey.Purpose.choices,
        required=False,
        allow_blank=True,
        help_text="Empty: every kind of survey.",
    )
    params = serializers.DictField(required=False, help_text=_PARAMS)


class ContactRuleBody(ContactRuleChange):
    """A new rule; it is asked last."""

    kind = serializers.ChoiceField(RuleKind.choices())


class ContactRuleListView(TenantApiView):
    """The contact policy."""

    rights = {"get": Right.SEE_REGISTRIES, "post": Right.MANAGE_TENANT}

    @paged(ContactRuleSerializer)
    def get(self, request: Request) -> Response:
        """List the rules that hold now, in the order in which they are asked."""
        rows = _rules(self).order_by("ord", "pk")
        return cursor_page(request, rows, ContactRuleSerializer)

    @extend_schema(
        operation_id="contact_rule_make",
        request=ContactRuleBody,
        responses={201: ContactRuleSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Add a rule; it holds at once, also for what waits to be sent."""
        told = cleaned(ContactRuleBody, request)
        kind = RuleKind(told["kind"])
        values = _values(kind, told.get("medium", ""), told.get("purpose", ""), told.get("params"))
        row = save_rule(tenant=self.tenant, kind=kind, values=values, by=self.actor, now=now())
        return Response(ContactRuleSerializer(row).data, status=status.HTTP_201_CREATED)


class ContactRuleView(TenantApiView):
    """One rule of the contact policy."""

    rights = {
        "get": Right.SEE_REGISTRIES,
        "patch": Right.MANAGE_TENANT,
        "delete": Right.MANAGE_TENANT,
    }

    @extend_schema(operation_id="contact_rule", responses=ContactRuleSerializer)
    def get(self, _request: Request, contact_rule_id: UUID) -> Response:
        """Read a rule that holds."""
        return Response(ContactRuleSerializer(self.found(contact_rule_id)).data)

    @extend_schema(
        operation_id="contact_rule_change",
        request=ContactRuleChange,
        responses=ContactRuleSerializer,
    )
    def patch(self, request: Request, contact_rule_id: UUID) -> Response:
        """Put a new rule, with an id of its own, in the place of one; decisions keep the old one.

        `params` are taken as a whole.
        """
        row, told = self.found(contact_rule_id), cleaned(ContactRuleChange, request)
        kind = RuleKind(row.kind)
        values = _values(
            kind,
            told.get("medium", row.medium),
            told.get("purpose", row.purpose),
            told.get("params", row.params),
        )
        changed = save_rule(
            tenant=self.tenant, kind=kind, values=values, replaced=row, by=self.actor, now=now()
        )
        return Response(ContactRuleSerializer(changed).data)

    @extend_schema(operation_id="contact_rule_end", responses={204: None})
    def delete(self, _request: Request, contact_rule_id: UUID) -> Response:
        """Take a rule out of the policy; decisions go on to name it."""
        end_rule(rule=self.found(contact_rule_id), by=self.actor, now=now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    def found(self, contact_rule_id: UUID) -> ContactRule:
        """Load a rule that holds, and lock it where it is changed; raises Http404."""
        rows = _rules(self).select_related("tenant")
        if self.request.method != "GET":
            rows = rows.select_for_update(of=("self",))
        return get_object_or_404(rows, pk=contact_rule_id)


def _rules(view: TenantApiView) -> QuerySet[ContactRule]:
    return ContactRule.objects.for_tenant(view.tenant).filter(ended_at__isnull=True)


def _values(
    kind: RuleKind, medium: str, purpose: str, params: dict[str, Any] | None
) -> dict[str, Any]:
    """Read a rule as the form of its page does; raises ValidationError naming what is wrong."""
    typed = dict(params or {})
    domains = typed.get("domains")
    if domains is not None and not _are_texts(domains):
        raise serializers.ValidationError({"params": {"domains": ["Give a list of domains."]}})
    if domains is not None:
        typed["domains"] = ", ".join(domains)
    form = ContactRuleForm(
        {**typed, "medium": medium, "purpose": purpose},
        kind=kind,
        purposes=list(Survey.Purpose.choices),
    )
    known = sorted(set(form.fields) - {"medium", "purpose"})
    unknown = sorted(set(typed) - set(known))
    if unknown:
        words = f"This kind of rule knows: {', '.join(known) or 'nothing'}."
        raise serializers.ValidationError({"params": {name: [words] for name in unknown}})
    if not form.is_valid():
        wrong = {name: [str(one) for one in told] for name, told in form.errors.items()}
        raise serializers.ValidationError({"params": wrong})
    return form.values


def _are_texts(told: Any) -> bool:
    return isinstance(told, list) and all(isinstance(one, str) for one in told)


api_urls = [
    path("contact-rules/", ContactRuleListView.as_view()),
    path("contact-rules/<uuid:contact_rule_id>/", ContactRuleView.as_view()),
]
