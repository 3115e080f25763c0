"""Evidence for and against items of the library, cards and steps: cited, weighed, taken off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.collaboration.rules.evidence_errors import ArchivedEvidenceError
from cxm.collaboration.rules.kinds import EvidenceKind, Grade, Polarity
from cxm.collaboration.rules.uses import evidence_uses
from cxm.collaboration.selectors.backing import Backing
from cxm.collaboration.services.evidence import archive_evidence
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Role
from journeys.errors import NotNowError
from journeys.models import EvidenceLink, Lineage
from journeys.selectors.backing import backings_of
from journeys.services import evidence as services
from journeys.services.evidence import Subject
from tests import make
from tests.journeys import charting, shelving
from tests.personas import citing

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
CITED = {"insight": "insights", "opportunity": "opportunities", "solution": "solutions"}
NEW = {
    "kind": "quote",
    "excerpt": "I called three times.",
    "source_label": "Interview 9",
    "observed_on": "2026-11-20",
    "subjects": "6",
    "polarity": "supports",
}


@pytest.fixture
def ann() -> Membership:
    return make.member()


def backing(member: Membership, row: Any, column: str = "") -> Backing:
    name = column or row._meta.model_name
    with tenant_bound(member.tenant_id):
        return backings_of(member.tenant, name, [row.pk], now=make.NOW)[row.pk]


def posted(member: Membership, item: Any, deed: str, **values: Any) -> Any:
    client = Client()
    client.force_login(member.user)
    return client.post(url(member, item, deed), values)


def got(member: Membership, item: Any, **query: str) -> Any:
    client = Client()
    client.force_login(member.user)
    return client.get(url(member, item, ""), query)


def url(member: Membership, item: Any, deed: str) -> str:
    folder = CITED[item._meta.model_name]
    return f"/t/{member.tenant.slug}/{folder}/{item.pk}/evidence/{deed}"


def lineage(member: Membership, pk: UUID) -> Lineage:
    with tenant_bound(member.tenant_id):
        return Lineage.objects.for_tenant(member.tenant).get(pk=pk)


@pytest.mark.parametrize("sort", CITED)
def test_evidence_gives_an_item_its_grade(ann: Membership, sort: str) -> None:
    item = shelving.made(ann, sort, "Say the day")
    before = backing(ann, item).grade
    shelving.cite(ann, item, citing.evidence(ann, subjects=6))
    shelving.cite(ann, item, citing.evidence(ann, kind=EvidenceKind.METRIC, subjects=40))

    found = backing(ann, item)

    assert (before, found.grade, found.graded.supporting) == (
        Grade.ASSUMPTION,
        Grade.STRONG,
        500,
    )
    against = {"polarity": Polarity.CONTRADICTS, "kind": EvidenceKind.METRIC, "subjects": 90}
    shelving.cite(ann, item, citing.evidence(ann, **against))
    shelving.cite(ann, item, citing.evidence(ann, **against))
    assert backing(ann, item).grade is Grade.CONTRADICTED


def test_steps_and_cards_are_backed_through_all_maps(ann: Membership) -> None:
    on = charting.blank_map(ann, charting.journey(ann))
    [stage, step] = charting.stage(ann, on)
    card = charting.card(ann, on, charting.lane(ann, on), step, text="They call")
    row = citing.evidence(ann)

    for pk in (step, card):
        shelving.cite(ann, lineage(ann, pk), row)
    with tenant_bound(ann.tenant_id), pytest.raises(NotNowError, match="cards and steps"):
        Subject.of(ann.tenant, lineage(ann, stage))

    assert backing(ann, lineage(ann, step), "step").counting == 1
    assert backing(ann, lineage(ann, card), "card").counting == 1


def test_the_same_is_cited_once_and_archived_evidence_not_at_all(ann: Membership) -> None:
    item, row = shelving.made(ann), citing.evidence(ann)
    first, again = shelving.cite(ann, item, row), shelving.cite(ann, item, row)
    with tenant_bound(ann.tenant_id):
        archive_evidence(evidence=row, by=ann, now=make.NOW)

    with pytest.raises(ArchivedEvidenceError):
        shelving.cite(ann, shelving.made(ann, title="Other"), row)

    assert first == again
    found = backing(ann, item)
    assert (found.grade, found.counting, len(found.citations)) == (Grade.ASSUMPTION, 0, 1)
    assert found.lines == [(first, None)]


def test_what_is_taken_off_is_written_down(ann: Membership) -> None:
    item, row = shelving.made(ann), citing.evidence(ann)
    link = shelving.cite(ann, item, row)
    with tenant_bound(ann.tenant_id):
        subject = Subject.of(ann.tenant, item)
        services.take_off_evidence(subject=subject, link=link, by=ann)
        services.take_off_evidence(subject=subject, link=link, by=ann)
        told = AuditEntry.objects.for_tenant(ann.tenant).filter(action__startswith="evidence-")
        actions = list(told.order_by("pk").values_list("action", flat=True))

    assert actions == ["evidence-added", "evidence-cited", "evidence-taken-off"]
    assert shelving.cited(ann, item) == []


def test_an_archived_item_cites_nothing_more(ann: Membership) -> None:
    item, row = shelving.made(ann), citing.evidence(ann)
    shelving.archive(ann, item)

    with pytest.raises(NotNowError, match="Restore it first"):
        shelving.cite(ann, shelving.fresh(ann, item), row)


def test_evidence_says_how_often_maps_cite_it_and_not_which(ann: Membership) -> None:
    on = charting.blank_map(ann, charting.journey(ann, "Hidden away"))
    [_, one, two] = charting.stage(ann, on, steps=2)
    row = citing.evidence(ann)
    for pk in (one, two):
        shelving.cite(ann, lineage(ann, pk), row)

    with tenant_bound(ann.tenant_id):
        found = evidence_uses.of(ann.tenant, [row.pk])[row.pk]

    assert [(use.title, use.where) for use in found] == [("2 steps or cards", "Journey maps")]


def test_evidence_says_which_items_cite_it(ann: Membership) -> None:
    item, chance = shelving.made(ann, title="No date"), shelving.made(ann, "opportunity", "Say it")
    row = citing.evidence(ann)
    shelving.cite(ann, item, row)
    shelving.cite(ann, chance, row)
    shelving.archive(ann, chance)

    with tenant_bound(ann.tenant_id):
        found = evidence_uses.of(ann.tenant, [row.pk])[row.pk]

    slug = ann.tenant.slug
    assert [(one.title, one.where, one.url) for one in found] == [
        ("No date", "Insight", f"/t/{slug}/insights/{item.pk}/#evidence"),
        ("Say it", "Opportunity (archived)", f"/t/{slug}/opportunities/{chance.pk}/#evidence"),
    ]


@pytest.mark.parametrize("sort", CITED)
def test_evidence_is_written_down_cited_and_taken_off_on_a_page(ann: Membership, sort: str) -> None:
    item = shelving.made(ann, sort, "Say the day")
    posted(ann, item, "add/", **NEW)
    there = citing.evidence(ann, excerpt="No word for days")
    assert "No word for days" in got(ann, item, q="word for").content.decode()
    posted(ann, item, "cite/", evidence=str(there.pk))

    told = got(ann, item).content.decode()

    assert "I called three times." in told
    assert "6 people" in told
    with tenant_bound(ann.tenant_id):
        links = EvidenceLink.objects.for_tenant(ann.tenant).order_by("created_at", "pk")
        [first, _] = links
    posted(ann, item, "take-off/", citation=str(first.pk))
    assert shelving.cited(ann, item) == [there.pk]


def test_what_cannot_be_is_said_beside_the_field(ann: Membership) -> None:
    item = shelving.made(ann)

    answer = posted(ann, item, "add/", **NEW | {"source_label": "", "observed_on": "2099-01-01"})

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"source_label", "observed_on"}
    assert shelving.cited(ann, item) == []


def test_viewers_see_no_excerpts_and_change_nothing(ann: Membership) -> None:
    item, row = shelving.made(ann), citing.evidence(ann, excerpt="My leg hurts")
    shelving.cite(ann, item, row)
    viewer = make.member(of=ann.tenant, role=Role.VIEWER)

    told = got(viewer, item).content.decode()

    assert "1 person" in told
    assert "My leg hurts" not in told
    for deed in ("add/", "cite/", "take-off/"):
        assert posted(viewer, item, deed, **NEW).status_code == 404


def test_what_belongs_to_another_workspace_is_not_there(ann: Membership) -> None:
    bob = make.member()
    mine, theirs, row = shelving.made(ann), shelving.made(bob), citing.evidence(bob)
    link = shelving.cite(bob, theirs, row)

    assert got(ann, theirs).status_code == 404
    assert posted(ann, theirs, "add/").status_code == 404
    assert posted(ann, mine, "cite/", evidence=str(row.pk)).status_code == 404
    assert posted(ann, mine, "take-off/", citation=str(link.pk)).status_code == 404
    assert posted(ann, mine, "cite/", evidence="rubbish").status_code == 404
    assert shelving.cited(bob, theirs) == [row.pk]
