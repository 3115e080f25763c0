"""Planted documents of another tenant: personas, maps, journeys, and what belongs to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxm.collaboration.models import Asset, Notice
from cxm.tenants.binding import tenant_bound
from personas.models import Persona
from personas.services.matrices import NAMES, create_matrix, place_persona
from tests import make
from tests.collaboration import commenting
from tests.journeys import charting
from tests.personas import citing, editing, mapping, shares

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership

PLANTED = "PLANTED"


def plant_documents(member: Membership) -> dict[str, UUID]:
    """Plant a persona that stands in a matrix, a map and a journey; give their ids by argument."""
    persona_id = editing.persona(member, f"{PLANTED} persona")
    with tenant_bound(member.tenant_id):
        names = {name: f"{PLANTED} {name}" for name in NAMES}
        matrix = create_matrix(tenant=member.tenant, names=names, by=member, now=make.NOW)
        persona = Persona.objects.for_tenant(member.tenant).get(pk=persona_id)
        place_persona(matrix=matrix, persona=persona, x=0.5, y=0.5)
    ids = {"persona_id": persona_id, "document_id": persona_id, "matrix_id": matrix.pk}
    ids |= _plant_thread(member, persona_id)
    ids["section_id"] = editing.section(member, persona_id, "image", f"{PLANTED} pictures")
    ids |= _plant_evidence(member, persona_id)
    shares.link_to(member, persona_id, label=f"{PLANTED} link")
    ids["share_link_id"] = shares.the_link(member).pk
    ids |= _plant_journey(member)
    return ids | _plant_map(member) | _plant_asset(member)


def _plant_journey(member: Membership) -> dict[str, UUID]:
    """Plant a journey with a map that says something."""
    journey_id = charting.journey(member, f"{PLANTED} journey")
    drawn = charting.blank_map(member, journey_id)
    charting.stage(member, drawn, f"{PLANTED} stage")
    return {"journey_id": journey_id, "journey_map_id": drawn}


def _plant_evidence(member: Membership, persona_id: UUID) -> dict[str, UUID]:
    """Plant a statement that cites evidence."""
    within = editing.section(member, persona_id, title=f"{PLANTED} needs")
    statement = editing.fact(member, persona_id, within, f"{PLANTED} statement")
    words = {"source_label": f"{PLANTED} source", "excerpt": f"{PLANTED} excerpt"}
    citing.cited(member, persona_id, statement, **words)
    return {"statement_id": statement, "evidence_id": citing.evidence(member, **words).pk}


def _plant_thread(member: Membership, persona_id: UUID) -> dict[str, UUID]:
    """Plant a thread about a persona, and what its writer was told of it."""
    subject = commenting.of_persona(member, persona_id)
    thread = commenting.begun(member, subject, f"{PLANTED} comment")
    [comment] = commenting.comments_of(thread)
    with tenant_bound(member.tenant_id):
        notice = Notice.objects.create(
            tenant=member.tenant,
            member=member,
            kind="reply",
            comment=comment,
            thread=thread,
            created_at=make.NOW,
        )
    return {"thread_id": thread.pk, "comment_id": comment.pk, "notice_id": notice.pk}


def _plant_asset(member: Membership) -> dict[str, Any]:
    """Plant a stored file; its bytes are nobody's business here."""
    with tenant_bound(member.tenant_id):
        asset = Asset.objects.create(
            tenant=member.tenant,
            name=f"{PLANTED}.txt",
            path="planted",
            sha256="0" * 64,
            mime="text/plain",
            bytes=1,
            alt=f"{PLANTED} words",
            created_at=make.NOW,
        )
    return {"asset_id": asset.pk, "file_name": "name.txt"}


def _plant_map(member: Membership) -> dict[str, UUID]:
    """Plant a stakeholder map with two stakeholders and what passes between them."""
    drawn = mapping.map_of(member, f"{PLANTED} map")
    courier = mapping.placed(member, drawn, f"{PLANTED} courier")
    other = mapping.placed(member, drawn, f"{PLANTED} warehouse")
    mapping.related(member, drawn, courier, other, title=f"{PLANTED} relation")
    everywhere = mapping.related_everywhere(
        member, courier.stakeholder, other.stakeholder, title=f"{PLANTED} relation"
    )
    ids = {"map_id": drawn.pk, "stakeholder_id": courier.stakeholder_id}
    return ids | {"relation_id": everywhere.pk}
