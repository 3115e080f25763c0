"""Using an answer as evidence, and what is left of it when the customer is erased."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from cxm.collaboration.models import Evidence
from cxm.collaboration.rules.kinds import Polarity
from cxm.customers.models import Customer
from cxm.customers.services.erasing import start_erasing
from cxm.kernel.operations.records import Deed
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.work.engine import drain
from feedback.errors import NothingWrittenError
from feedback.models import EvidenceAnswer, Response
from feedback.services.evidence import cite_answer, forget_answers
from personas.models import PersonaFact
from tests import make
from tests.personas import editing
from tests.personas.citing import evidence
from tests.personas.editing import do, fact, persona, put, section

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db
NOBODY = "018f0000-0000-7000-8000-000000000000"
WORDS = "Ada Brook here, +49 431 5550199, ada@example.com: nobody came."
KEPT = "[name] here, [phone], [email]: nobody came."


@pytest.fixture
def bea() -> Membership:
    return make.member()


class Answer:
    """An answer of Ada's, and a persona with one statement."""

    def __init__(self, by: Membership, words: str = WORDS) -> None:
        self.by = by
        [response] = make.load(make.record(3, comment=words, customer="ada"), of=by.tenant)
        self.pk = response.pk
        with tenant_bound(by.tenant_id):
            rows = Customer.objects.for_tenant(by.tenant)
            rows.update(display_name="Ada Brook", email="ada@example.com")
        self.persona = persona(by)
        self.section = section(by, self.persona)
        self.fact = fact(by, self.persona, self.section, "Somebody comes")
        self.client = Client()
        self.client.force_login(by.user)

    @property
    def url(self) -> str:
        return reverse("feedback:response-evidence", args=[self.by.tenant.slug, self.pk])

    def form(self, **changes: str) -> dict[str, str]:
        return {
            "statement": str(self.fact),
            "polarity": "supports",
            "question": "why",
            **changes,
        }

    def post(self, **changes: str) -> Any:
        return self.client.post(f"{self.url}?persona={self.persona}", self.form(**changes))

    def cite(self, statement: UUID | None = None, **told: Any) -> Evidence:
        rows = Response.objects.for_tenant(self.by.tenant).select_related("tenant", "survey")
        facts = PersonaFact.objects.for_tenant(self.by.tenant).select_related("tenant")
        with tenant_bound(self.by.tenant_id):
            return cite_answer(
                response=rows.get(pk=self.pk),
                statement=facts.get(pk=statement or self.fact),
                by=self.by,
                now=make.NOW,
                **{"question_key": "why", "polarity": Polarity.SUPPORTS, **told},
            )


def kept(of: Membership) -> list[Evidence]:
    with tenant_bound(of.tenant_id):
        return list(Evidence.objects.for_tenant(of.tenant).order_by("pk"))


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_an_answer_becomes_evidence_without_what_tells_who_wrote_it(bea: Membership) -> None:
    answer = Answer(bea)
    done = answer.post()

    home = reverse("personas:persona-page", args=[bea.tenant.slug, answer.persona])
    [row] = kept(bea)
    assert (done.status_code, done["Location"]) == (302, f"{home}#fact-{answer.fact}")
    assert (row.kind, row.excerpt, row.subjects) == ("survey_answer", KEPT, 1)
    assert (row.source_label, row.observed_on) == ("Survey", make.NOW.date())


def test_the_way_begins_at_the_answer_with_the_choice_of_a_persona(bea: Membership) -> None:
    answer = Answer(bea)
    panel = reverse("feedback:response-panel", args=[bea.tenant.slug, answer.pk])
    at_answer = text(answer.client.get(panel))
    first = text(answer.client.get(answer.url))
    second = text(answer.client.get(f"{answer.url}?persona={answer.persona}"))

    assert f'href="{answer.url}"' in at_answer
    assert (KEPT in first, "ada@example.com" in first) == (True, False)
    assert ("Busy Bea" in first, "Somebody comes" in first) == (True, False)
    assert "Somebody comes" in second


def test_the_same_answer_for_two_statements_is_one_piece_of_evidence(bea: Membership) -> None:
    answer = Answer(bea)
    other = fact(bea, answer.persona, answer.section, "Somebody calls")
    first, second = answer.cite(), answer.cite(other)
    against = answer.cite(polarity=Polarity.CONTRADICTS)

    assert first == second
    assert [row.polarity for row in kept(bea)] == ["supports", "contradicts"]
    assert against == kept(bea)[1]


def test_a_long_comment_is_cut_to_what_evidence_holds(bea: Membership) -> None:
    excerpt = Answer(bea, "word " * 600).cite().excerpt

    assert (len(excerpt), excerpt[-1]) == (2_000, "…")


def test_an_answer_without_words_is_no_evidence(bea: Membership) -> None:
    answer = Answer(bea, "")

    with pytest.raises(NothingWrittenError):
        answer.cite()
    assert "Nothing was written in this answer" in text(answer.client.get(answer.url))


def test_a_deleted_answer_is_no_evidence(bea: Membership) -> None:
    answer = Answer(bea)
    with tenant_bound(bea.tenant_id):
        Response.objects.for_tenant(bea.tenant).update(state=Response.State.DELETED)

    with pytest.raises(NothingWrittenError):
        answer.cite()
    assert answer.client.get(answer.url).status_code == 404


@pytest.mark.parametrize(
    "changes",
    [
        {"statement": ""},
        {"statement": NOBODY},
        {"statement": "\x00"},
        {"polarity": "maybe"},
        {"question": "another"},
    ],
)
def test_what_cannot_be_read_is_refused_and_cites_nothing(
    bea: Membership, changes: dict[str, str]
) -> None:
    answer = Answer(bea)

    assert answer.post(**changes).status_code == 422
    assert kept(bea) == []


@pytest.mark.parametrize("chosen", ["not-an-id", NOBODY])
def test_a_persona_that_is_not_there_is_not_found(bea: Membership, chosen: str) -> None:
    answer = Answer(bea)

    assert answer.client.get(f"{answer.url}?persona={chosen}").status_code == 404


def test_archived_personas_and_those_of_other_tenants_are_not_offered(bea: Membership) -> None:
    answer, foreign = Answer(bea), persona(make.member(), "PLANTED")
    do(bea, answer.persona, put(answer.persona, "archived_at", make.NOW.isoformat()))

    for chosen in (answer.persona, foreign):
        assert answer.client.get(f"{answer.url}?persona={chosen}").status_code == 404
    assert "PLANTED" not in text(answer.client.get(answer.url))


def test_viewers_and_strangers_cite_nothing(bea: Membership) -> None:
    answer = Answer(bea)
    for other in (make.member(of=bea.tenant, role=Role.VIEWER), make.member()):
        answer.client.force_login(other.user)
        assert answer.post().status_code == 404
    assert kept(bea) == []


def test_evidence_leads_to_its_answer_for_those_who_may_read_excerpts(bea: Membership) -> None:
    answer = Answer(bea)
    answer.cite()
    panel = reverse("feedback:response-panel", args=[bea.tenant.slug, answer.pk])
    library = reverse("collaboration:evidence-list", args=[bea.tenant.slug])
    viewer = Client()
    viewer.force_login(make.member(of=bea.tenant, role=Role.VIEWER).user)

    assert f'href="{panel}"' in text(answer.client.get(library))
    assert panel not in text(viewer.get(library))


def test_erasing_the_customer_clears_the_excerpt_and_keeps_kind_day_and_number(
    bea: Membership,
) -> None:
    answer = Answer(bea)
    answer.cite()
    by_hand = evidence(bea, excerpt="Write to ada@example.com.", source_label="Interview 7")
    other = evidence(bea, excerpt="Nobody came.", source_label="Interview 8")
    with tenant_bound(bea.tenant_id):
        rows = Customer.objects.for_tenant(bea.tenant_id).select_related("tenant")
        start_erasing(customer=rows.get(email="ada@example.com"), by=bea, now=make.NOW)
    drain(bea.tenant_id)

    told = {row.pk: (row.kind, row.excerpt, row.subjects, row.observed_on) for row in kept(bea)}
    [cited] = [row for row in kept(bea) if row.kind == "survey_answer"]
    assert told[cited.pk] == ("survey_answer", "", 1, make.NOW.date())
    assert (cited.cleared_at is not None, told[by_hand.pk][1]) == (True, "")
    assert told[other.pk][1] == "Nobody came."
    page = reverse("collaboration:evidence-list", args=[bea.tenant.slug])
    assert "What was said is erased" in text(answer.client.get(page))


def test_an_answer_that_is_removed_leaves_its_evidence_without_a_source(bea: Membership) -> None:
    answer = Answer(bea)
    answer.cite()
    with tenant_bound(bea.tenant_id):
        forget_answers(tenant_id=bea.tenant_id, response_ids=[answer.pk])

        assert not EvidenceAnswer.objects.for_tenant(bea.tenant).exists()
    assert [row.excerpt for row in kept(bea)] == [KEPT]


def test_statements_that_were_deleted_are_not_offered(bea: Membership) -> None:
    answer = Answer(bea)
    gone = fact(bea, answer.persona, answer.section, "Gone statement")
    do(bea, answer.persona, editing.asked(Deed.DELETE, gone))

    page = text(answer.client.get(f"{answer.url}?persona={answer.persona}"))

    assert ("Somebody comes" in page, "Gone statement" in page) == (True, False)
