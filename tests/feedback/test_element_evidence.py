"""Using an answer as evidence for or against what a journey map says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from journeys.models import EvidenceLink, Journey
from tests import make
from tests.feedback.test_evidence import KEPT, Answer, kept, text
from tests.journeys.test_map_evidence import Drawn, client_of

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def bea() -> Membership:
    return make.member()


def url(answer: Answer) -> str:
    return reverse("feedback:response-element", args=[answer.by.tenant.slug, answer.pk])


def sent(answer: Answer, drawn: Drawn, **changes: str) -> Any:
    told = {"element": str(drawn.cards[0]), "polarity": "contradicts", "question": "why"}
    return answer.client.post(f"{url(answer)}?map={drawn.on}", told | changes)


def cited(of: Membership) -> list[EvidenceLink]:
    with tenant_bound(of.tenant_id):
        return list(EvidenceLink.objects.for_tenant(of.tenant))


def test_an_answer_is_cited_for_a_card_without_what_tells_who_wrote_it(bea: Membership) -> None:
    answer, drawn = Answer(bea), Drawn(bea)

    done = sent(answer, drawn)

    [row], [link] = kept(bea), cited(bea)
    home = reverse("journeys:map-page", args=[bea.tenant.slug, drawn.on])
    assert done["Location"] == f"{home}?of={drawn.cards[0]}&tab=evidence"
    assert (row.kind, row.excerpt, row.polarity) == ("survey_answer", KEPT, "contradicts")
    assert (link.evidence_id, link.card_id) == (row.pk, drawn.cards[0])


def test_the_way_leads_from_the_answer_to_steps_and_cards(bea: Membership) -> None:
    answer, drawn = Answer(bea), Drawn(bea)

    at_answer, first = text(answer.client.get(answer.url)), text(answer.client.get(url(answer)))
    second = text(answer.client.get(f"{url(answer)}?map={drawn.on}"))

    assert f'href="{url(answer)}"' in at_answer
    assert ("As it is" in first, "They call 1" in first) == (True, False)
    assert ("They call 1" in second, "Hand over 2" in second) == (True, True)


@pytest.mark.parametrize(
    "changes", [{"element": ""}, {"element": "rubbish"}, {"polarity": "none"}, {"question": "who"}]
)
def test_what_cannot_be_read_is_refused_and_cites_nothing(
    bea: Membership, changes: dict[str, str]
) -> None:
    answer, drawn = Answer(bea), Drawn(bea)

    assert sent(answer, drawn, **changes).status_code == 422
    assert cited(bea) == []


def test_maps_of_others_and_maps_to_read_only_take_no_answer(bea: Membership) -> None:
    answer, drawn, other = Answer(bea), Drawn(make.member(of=bea.tenant)), Drawn(make.member())
    with tenant_bound(bea.tenant_id):
        Journey.objects.for_tenant(bea.tenant).update(visibility="viewable")

    told = text(answer.client.get(f"{url(answer)}?map={drawn.on}"))

    assert "You can read this map" in told
    assert sent(answer, drawn).status_code == 422
    assert sent(answer, other).status_code == 404
    assert answer.client.get(f"{url(answer)}?map=rubbish").status_code == 404
    assert cited(bea) == []


def test_viewers_and_strangers_cite_nothing(bea: Membership) -> None:
    answer = Answer(bea)

    for member in (make.member(of=bea.tenant, role=Role.VIEWER), make.member()):
        assert client_of(member).get(url(answer)).status_code == 404
