"""What customers, companies and attributes look like in the JSON API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from cxm.customers.forms.attributes import LONGEST_TITLE
from cxm.customers.models import AttributeDef, Company, Customer, Identity
from cxm.customers.rules.profile import LONGEST_KEY
from cxm.customers.selectors.searching import LONGEST_SEARCH
from cxm.kernel.api import StrictSerializer


class NamedCompanySerializer(serializers.Serializer[Any]):
    """A company that a customer belongs to."""

    id = serializers.UUIDField(source="pk")
    name = serializers.CharField()


class CustomerSerializer(serializers.Serializer[Any]):
    """A customer; without the right to see persons, name, address and phone are masked."""

    id = serializers.UUIDField(source="pk")
    kind = serializers.ChoiceField(Customer.Kind.choices)
    label = serializers.CharField(  # type: ignore[assignment]  # a declared field, not the base's
        help_text="A name or the best identifier; initials or “Customer 7f3a” where masked."
    )
    name = serializers.CharField(help_text="Initials where masked.")
    email = serializers.CharField(help_text="“m…@…” where masked.")
    phone = serializers.CharField(help_text="The last two digits where masked.")
    language = serializers.CharField()
    time_zone = serializers.CharField()
    is_masked = serializers.BooleanField()
    first_seen_at = serializers.DateTimeField(allow_null=True)
    last_seen_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class IdentitySerializer(serializers.Serializer[Any]):
    """An identifier of a customer; its value is masked where persons are hidden."""

    kind = serializers.ChoiceField(Identity.Kind.choices)
    namespace = serializers.CharField(help_text="Whose numbering it is; often empty.")
    value = serializers.CharField()
    is_verified = serializers.BooleanField()
    created_at = serializers.DateTimeField()

    def get_fields(self) -> dict[str, Any]:
        """Add `source`, a name that serializers keep for themselves: where it came from."""
        return {**super().get_fields(), "source": serializers.CharField()}


class AttributeTextSerializer(serializers.Serializer[Any]):
    """An attribute with its value."""

    key = serializers.CharField()
    title = serializers.CharField()
    value = serializers.JSONField(source="told", help_text="As it was sent.")
    words = serializers.CharField(source="value")
    is_fitting = serializers.BooleanField(help_text="False for a value that is not of its type.")


class CustomerDetailSerializer(CustomerSerializer):
    """A customer with all that is known of who they are."""

    ids = serializers.ListField(
        child=serializers.UUIDField(),
        help_text="All rows that are this person: its own id, and those merged into it.",
    )
    erased_at = serializers.DateTimeField(allow_null=True)
    identities = IdentitySerializer(many=True)
    companies = NamedCompanySerializer(many=True)
    attributes = AttributeTextSerializer(many=True)
    hidden_attributes = serializers.IntegerField(help_text="How many are hidden as personal.")


class CustomerQuery(StrictSerializer[Any]):
    """Which customers to list; each means the same as on the page."""

    search = serializers.CharField(
        required=False,
        max_length=LONGEST_SEARCH,
        help_text="A name, an e-mail, a phone or a number; answers the best 50 on one page. "
        "Without the right to see persons only an exact identifier finds somebody.",
    )
    kind = serializers.ChoiceField(Customer.Kind.choices, required=False)
    company = serializers.UUIDField(required=False, help_text="Id of a company.")
    segment = serializers.SlugField(required=False, help_text="Key of a segment.")
    attribute = serializers.RegexField(
        r"[^=]+=.*", required=False, max_length=LONGEST_SEARCH, help_text="Such as `plan=pro`."
    )
    updated_since = serializers.DateTimeField(
        required=False, help_text="Only those seen, told of or merged at or after this moment."
    )


class CompanySerializer(serializers.ModelSerializer[Company]):
    """An organisation that customers belong to."""

    class Meta:
        model = Company
        fields = ["id", "name", "namespace", "external_id", "changed_at", "created_at"]
        read_only_fields = fields


class CompanyDetailSerializer(CompanySerializer):
    """A company with its attributes and the number of its people."""

    people = serializers.IntegerField()
    last_seen_at = serializers.DateTimeField(allow_null=True)
    attributes = AttributeTextSerializer(many=True)
    hidden_attributes = serializers.IntegerField(help_text="How many are hidden as personal.")

    class Meta(CompanySerializer.Meta):
        fields = [
            *CompanySerializer.Meta.fields,
            "people",
            "last_seen_at",
            "attributes",
            "hidden_attributes",
        ]
        read_only_fields = fields


class CompanyQuery(StrictSerializer[Any]):
    """Which companies to list."""

    q = serializers.CharField(required=False, help_text="Part of a name or number.")


class AttributeSerializer(serializers.ModelSerializer[AttributeDef]):
    """What an attribute of customers or companies is."""

    class Meta:
        model = AttributeDef
        fields = ["id", "scope", "key", "title", "type", "personal", "first_seen_at"]
        read_only_fields = fields


class AttributeChange(StrictSerializer[Any]):
    """What may be changed of an attribute."""

    title = serializers.CharField(max_length=LONGEST_TITLE)
    type = serializers.ChoiceField(AttributeDef.Type.choices)
    personal = serializers.ChoiceField(AttributeDef.Personal.choices)


class AttributeQuery(StrictSerializer[Any]):
    """Which attributes to list."""

    q = serializers.CharField(
        required=False, max_length=LONGEST_KEY, help_text="Part of a title or key."
    )
    scope = serializers.ChoiceField(AttributeDef.Scope.choices, required=False)
    unmapped = serializers.BooleanField(
        required=False,
        allow_null=True,
        default=None,
        source="is_unmapped",
        help_text="True for those that nobody has described, false for the others.",
    )
