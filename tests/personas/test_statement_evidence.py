"""The evidence of a statement: its panel, the marks on a persona, the share in the library."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from cxm.collaboration.models import Evidence
from cxm.collaboration.rules.kinds import EvidenceKind, Polarity
from cxm.collaboration.services.evidence import archive_evidence
from cxm.kernel.operations.records import Deed
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from personas.models import Persona, PersonaFact
from personas.selectors.evidence import backing_of, library_backing
from tests import make
from tests.personas import editing
from tests.personas.citing import cited, evidence
from tests.personas.editing import do, fact, persona, put, section

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from uuid import UUID

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db
FORM = {
    "kind": "interview",
    "excerpt": "I never read the terms.",
    "source_label": "Interviews in Kiel",
    "observed_on": "2026-11-20",
    "subjects": "6",
    "polarity": "supports",
    "url": "",
    "asset": "",
}
NOBODY = "018f0000-0000-7000-8000-000000000000"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.fixture
def bea() -> Membership:
    return make.member()


class Shown:
    """A persona with one statement, and what a browser asks about it."""

    def __init__(self, by: Membership) -> None:
        self.by, self.persona = by, persona(by)
        self.section = section(by, self.persona)
        self.fact = fact(by, self.persona, self.section, "Reads nothing")
        self.client = client_of(by)

    def url(self, name: str = "evidence", *, of: UUID | None = None) -> str:
        args = [self.by.tenant.slug, self.persona, of or self.fact]
        return reverse(f"personas:statement-{name}", args=args)

    def page(self) -> str:
        args = [self.by.tenant.slug, self.persona]
        return text(self.client.get(reverse("personas:persona-page", args=args)))

    def post(self, name: str, body: dict[str, Any], **how: Any) -> Any:
        return self.client.post(self.url(name), body, **how)

    def cite(self, **told: Any) -> UUID:
        return cited(self.by, self.persona, self.fact, **told)


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def text(answer: Any) -> str:
    return str(answer.content.decode())


def plain(markup: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", markup).split())


def mark(page: str) -> str:
    """Read the mark of the only statement."""
    [found] = re.findall(r'<a class="grade .*?</a>', page, re.DOTALL)
    return plain(found)


def test_a_statement_bears_its_grade_as_a_word_that_leads_to_its_evidence(bea: Membership) -> None:
    shown = Shown(bea)
    before = mark(shown.page())
    shown.cite(kind=EvidenceKind.METRIC, subjects=30)

    assert before == "Assumed : evidence for “Reads nothing”"
    assert mark(shown.page()) == "Strong : evidence for “Reads nothing”"
    assert f'href="{shown.url()}"' in shown.page()


def test_the_panel_explains_each_piece_and_adds_up(bea: Membership) -> None:
    shown = Shown(bea)
    shown.cite(subjects=5, days=180)
    shown.cite(polarity=Polarity.CONTRADICTS, source_label="Calls")

    told = plain(text(shown.client.get(shown.url(), headers=HTMX)))

    assert "Contradicted 1.00 points for it, 1.00 against." in told
    assert "For 1.00 points I never read the terms. Interview 7 Quote, 5 people" in told
    assert "Strength 2, 180 days old" in told
    assert "Against 1.00 points I never read the terms. Calls Quote, 1 person" in told


def test_new_evidence_is_added_in_the_panel_and_by_a_plain_form(bea: Membership) -> None:
    shown = Shown(bea)
    inside = shown.post("evidence-add", FORM, headers=HTMX)
    plainly = shown.post("evidence-add", FORM | {"source_label": "Calls"})

    assert (inside.status_code, "The evidence is cited." in text(inside)) == (200, True)
    assert "<html" not in text(inside)
    assert (plainly.status_code, plainly["Location"]) == (302, shown.url())
    assert "4.00 points for it" in plain(text(shown.client.get(shown.url())))


def test_a_form_that_is_refused_keeps_what_was_typed(bea: Membership) -> None:
    shown = Shown(bea)
    answer = shown.post("evidence-add", FORM | {"observed_on": "2026-11-21"}, headers=HTMX)

    assert answer.status_code == 422
    assert "This day is still to come" in text(answer)
    assert (
        "Interviews in Kiel" in text(answer),
        '<details class="twin" open>' in text(answer),
    ) == (
        True,
        True,
    )


def test_evidence_that_is_there_is_found_and_cited_and_taken_off(bea: Membership) -> None:
    shown, row = Shown(bea), evidence(bea, source_label="Panel of spring")
    found = text(shown.client.get(f"{shown.url()}?q=spring", headers=HTMX))
    missed = text(shown.client.get(f"{shown.url()}?q=autumn", headers=HTMX))
    cite = shown.post("cite", {"evidence": str(row.pk)}, headers=HTMX)
    after = text(shown.client.get(f"{shown.url()}?q=spring", headers=HTMX))
    [citation] = re.findall(r'id="piece-([\w-]+)"', text(cite))
    off = shown.post("take-off", {"citation": citation}, headers=HTMX)

    assert [str(row.pk) in one for one in (found, missed, after)] == [True, False, False]
    assert "Panel of spring" in text(cite)
    assert "Nothing is cited yet." in plain(text(off))
    editing.assert_true_log(bea, shown.persona)


def test_archived_evidence_is_shown_as_such_and_not_cited(bea: Membership) -> None:
    shown = Shown(bea)
    shown.cite(kind=EvidenceKind.METRIC, subjects=99)
    with tenant_bound(bea.tenant_id):
        row = Evidence.objects.for_tenant(bea.tenant).select_related("tenant").get()
        archive_evidence(evidence=row, by=bea, now=make.NOW)
    other = Shown(bea)
    refused = other.post("cite", {"evidence": str(row.pk)}, headers=HTMX)

    told = plain(text(shown.client.get(shown.url(), headers=HTMX)))
    assert "Nothing is cited yet that still counts." in told
    assert "It does not count while it is archived." in told
    assert (refused.status_code, "restore it first" in text(refused)) == (422, True)


def test_a_grade_is_set_by_hand_shown_as_such_and_let_go(bea: Membership) -> None:
    shown = Shown(bea)
    shown.post("grade", {"grade": "some"})
    by_hand = plain(text(shown.client.get(shown.url())))
    on_page = mark(shown.page())
    shown.post("grade", {"grade": "evidence"})

    assert "Set by hand" in by_hand
    assert "By its evidence it would be “Assumption”." in by_hand
    assert on_page == "Some , set by hand: evidence for “Reads nothing”"
    assert mark(shown.page()) == "Assumed : evidence for “Reads nothing”"
    assert shown.post("grade", {"grade": "certain"}).status_code == 422
    assert shown.post("grade", {"grade": ""}).status_code == 422


def test_a_viewer_reads_what_it_weighs_and_not_what_was_said(bea: Membership) -> None:
    shown = Shown(bea)
    shown.cite(excerpt="PLANTED words", source_label="PLANTED source", subjects=7)
    viewer = client_of(make.member(of=bea.tenant, role=Role.VIEWER))

    told = text(viewer.get(shown.url()))

    assert "PLANTED" not in told
    assert "For 2.00 points Your role does not read what customers said. Quote, 7 people" in plain(
        told
    )
    assert "<form" not in told[told.index("evidence-panel-main") : told.index("</aside>")]


BODIES = {
    "evidence-add": FORM,
    "cite": {"evidence": NOBODY},
    "take-off": {"citation": NOBODY},
    "grade": {"grade": "some"},
}


@pytest.mark.parametrize("name", sorted(BODIES))
def test_changes_are_refused_to_viewers_strangers_and_of_archived_personas(
    bea: Membership, name: str
) -> None:
    shown = Shown(bea)
    viewer = client_of(make.member(of=bea.tenant, role=Role.VIEWER))
    stranger = client_of(make.member())
    refused = [one.post(shown.url(name), BODIES[name]).status_code for one in (viewer, stranger)]
    do(bea, shown.persona, put(shown.persona, "archived_at", make.NOW.isoformat()))

    assert refused == [404, 404]
    assert shown.post(name, BODIES[name]).status_code == 404
    with tenant_bound(bea.tenant_id):
        assert not Evidence.objects.for_tenant(bea.tenant).exists()
        assert PersonaFact.objects.for_tenant(bea.tenant).get().grade_override == ""


@pytest.mark.parametrize("sent", ["", "not-an-id", "\x00", NOBODY])
@pytest.mark.parametrize(("name", "field"), [("cite", "evidence"), ("take-off", "citation")])
def test_what_is_not_there_is_neither_cited_nor_taken_off(
    bea: Membership, name: str, field: str, sent: str
) -> None:
    assert Shown(bea).post(name, {field: sent}).status_code == 404


def test_evidence_of_another_tenant_is_neither_cited_nor_found(bea: Membership) -> None:
    shown, foreign = Shown(bea), evidence(make.member(), source_label="PLANTED source")

    assert shown.post("cite", {"evidence": str(foreign.pk)}).status_code == 404
    assert "PLANTED source" not in text(shown.client.get(f"{shown.url()}?q=PLANTED"))


def test_a_citation_of_another_statement_is_not_taken_off_here(bea: Membership) -> None:
    shown = Shown(bea)
    citation = shown.cite()
    other = fact(bea, shown.persona, shown.section, "Another")

    answer = shown.client.post(shown.url("take-off", of=other), {"citation": str(citation)})

    assert answer.status_code == 404


def test_a_statement_that_was_deleted_is_not_there(bea: Membership) -> None:
    shown = Shown(bea)
    do(bea, shown.persona, editing.asked(Deed.DELETE, shown.section))

    assert shown.client.get(shown.url()).status_code == 404


def test_the_head_tells_share_and_age_and_the_library_the_share(bea: Membership) -> None:
    shown = Shown(bea)
    for number in range(3):
        fact(bea, shown.persona, shown.section, f"More {number}")
    for days in (10, 20, 60):
        shown.cite(days=days)
    library = reverse("personas:persona-list", args=[bea.tenant.slug])

    assert "25 % of 4 statements with evidence, median age 20 days" in plain(shown.page())
    assert "25 % of 4 statements with evidence" in plain(text(shown.client.get(library)))
    assert "25 %" in plain(text(shown.client.get(f"{library}?view=table")))


def test_a_validated_persona_whose_evidence_has_faded_says_so(bea: Membership) -> None:
    shown = Shown(bea)
    shown.cite()
    do(bea, shown.persona, put(shown.persona, "status", "validated"))
    fresh = shown.page()
    with time_machine.travel(make.NOW.replace(year=2027), tick=False):
        shown.client = client_of(bea)
        later = plain(shown.page())

    assert "the evidence has faded" not in fresh
    assert "0 of 1 statement still have some evidence or better" in later


def test_the_page_refuses_validated_without_evidence_and_says_why(bea: Membership) -> None:
    shown = Shown(bea)
    change = reverse("personas:persona-change", args=[bea.tenant.slug, shown.persona])
    sent = {"op": "set", "lineage": str(shown.persona), "field": "status", "value": "validated"}

    answer = shown.client.post(change, sent, headers={"Accept": "application/json"})

    assert (answer.status_code, answer.json()["field"]) == (422, "status")
    assert "0 of 1 have some evidence or better" in answer.json()["message"]


def test_grades_of_a_page_are_one_query_and_of_a_library_two(
    bea: Membership, django_assert_num_queries: Callable[[int], AbstractContextManager[Any]]
) -> None:
    shown = [Shown(bea), Shown(bea)]
    for one in shown:
        for _ in range(3):
            one.cite()
    with tenant_bound(bea.tenant_id):
        rows = list(Persona.objects.for_tenant(bea.tenant).select_related("tenant"))
        facts = list(PersonaFact.objects.for_tenant(bea.tenant).filter(persona=rows[0]))
        with django_assert_num_queries(1):
            backing = backing_of(rows[0], facts, now=make.NOW)
            weights = [w.piece for _, w in backing.of(facts[0].pk).lines if w]
        with django_assert_num_queries(2):
            found = library_backing(bea.tenant, rows, now=make.NOW)

    assert len(weights) == 3
    assert [found[row.pk].share for row in rows] == [100.0, 100.0]


def test_what_somebody_is_without_evidence_is_called_a_risk(bea: Membership) -> None:
    shown = Shown(bea)
    facts = section(bea, shown.persona, "facts", "Facts")
    age = fact(bea, shown.persona, facts, "About forty")
    do(bea, shown.persona, put(age, "label", "Age"))
    plan = fact(bea, shown.persona, facts, "Flex")
    do(bea, shown.persona, put(plan, "label", "Plan"))

    assert "Nothing backs Age yet." in shown.page()

    cited(bea, shown.persona, age)
    assert "Nothing backs" not in shown.page()
