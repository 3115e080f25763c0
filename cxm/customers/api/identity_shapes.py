"""How merges, proposals and erasures look in the JSON API, and what is read of a body."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from cxm.customers.models import CustomerMerge, MergeProposal
from cxm.customers.selectors.proposals import reason_words
from cxm.customers.services.joining import LONGEST_REASON
from cxm.kernel.api import StrictSerializer

CONFIRM_WORDS = "True joins two customers who both have a customer number of one kind."


class MergeSerializer(serializers.ModelSerializer[CustomerMerge]):
    """That one customer is shown as another."""

    survivor = serializers.UUIDField(source="survivor_id", help_text="The row joined to.")
    absorbed = serializers.UUIDField(
        source="absorbed_id", help_text="The row that is shown as another now."
    )

    class Meta:
        model = CustomerMerge
        fields = ["id", "survivor", "absorbed", "rule", "at", "undone_at"]
        read_only_fields = fields


class MergeQuery(StrictSerializer[Any]):
    """Which merges to list."""

    customer = serializers.UUIDField(
        required=False, help_text="Id of a customer: those that any of their rows takes part in."
    )


class CustomerMergeBody(StrictSerializer[Any]):
    """Whom a customer is joined to."""

    into = serializers.UUIDField(help_text="Id of the customer that both are shown as.")
    reason = serializers.CharField(required=False, max_length=LONGEST_REASON)
    confirm = serializers.BooleanField(required=False, default=False, help_text=CONFIRM_WORDS)


class MergeProposalSerializer(serializers.ModelSerializer[MergeProposal]):
    """Two customers who may be one person."""

    first = serializers.UUIDField(source="first_id")
    second = serializers.UUIDField(source="second_id")
    reason_words = serializers.SerializerMethodField(help_text="The reason for people.")

    class Meta:
        model = MergeProposal
        fields = ["id", "first", "second", "reason", "reason_words", "state", "at", "decided_at"]
        read_only_fields = fields

    def get_reason_words(self, proposal: MergeProposal) -> str:
        """Say why the two may be one."""
        return reason_words(proposal.reason)


class ProposalQuery(StrictSerializer[Any]):
    """Which proposals to list; the open ones when left out."""

    state = serializers.ChoiceField(MergeProposal.State.choices, required=False)


class ProposalMergeBody(StrictSerializer[Any]):
    """How a pair is made one."""

    survivor = serializers.UUIDField(
        required=False, help_text="Which of the two both are shown as; else the second."
    )
    confirm = serializers.BooleanField(required=False, default=False, help_text=CONFIRM_WORDS)


class StartedSearch(serializers.Serializer[Any]):
    """A search for duplicates that has begun."""

    job = serializers.UUIDField(help_text="Ask `/jobs/{id}/` how far it is.")


class StartedErasure(serializers.Serializer[Any]):
    """An erasure that has begun."""

    erasure = serializers.UUIDField()
    job = serializers.UUIDField(help_text="Ask `/jobs/{id}/` how far it is.")


class ErasureReceipt(serializers.Serializer[Any]):
    """The signed receipt of a finished erasure; it holds nothing about the person."""

    receipt = serializers.UUIDField()
    workspace = serializers.CharField()
    customer = serializers.UUIDField()
    asked_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField()
    identifiers_kept_out = serializers.IntegerField()
    tables = serializers.DictField(child=serializers.IntegerField())
    kept = serializers.DictField(child=serializers.IntegerField())
    list_sha256 = serializers.CharField()
    key = serializers.CharField(help_text="Names the key that signed.")
    signature = serializers.CharField()
