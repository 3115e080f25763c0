"""Customers, what is known of them, and the one timeline of all that happens to them."""

from cxm.customers.models.attributes import AttributeDef, AttributeValue, Company, CompanyMember
from cxm.customers.models.contracts import Contract
from cxm.customers.models.customer import (
    Consent,
    Customer,
    CustomerMerge,
    CustomerWord,
    Identity,
    IngestKey,
    MergeProposal,
    Suppression,
)
from cxm.customers.models.segments import Segment, SegmentMember, SegmentVersion
from cxm.customers.models.timeline import EventName, Interaction, Panel, Promise

__all__ = [
    "AttributeDef",
    "AttributeValue",
    "Company",
    "CompanyMember",
    "Consent",
    "Contract",
    "Customer",
    "CustomerMerge",
    "CustomerWord",
    "EventName",
    "Identity",
    "IngestKey",
    "Interaction",
    "MergeProposal",
    "Panel",
    "Promise",
    "Segment",
    "SegmentMember",
    "SegmentVersion",
    "Suppression",
]
