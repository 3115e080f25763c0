"""Citing evidence under statements, by operations; and what *validated* asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cxm.collaboration.models import Evidence
from cxm.collaboration.rules.evidence_errors import ArchivedEvidenceError
from cxm.collaboration.rules.kinds import EvidenceKind, Grade, Polarity
from cxm.collaboration.selectors.backing import Backing
from cxm.collaboration.services.evidence import archive_evidence
from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import Deed, RefusedError, UnknownElementError
from cxm.kernel.operations.store import operations, restore
from cxm.kernel.operations.wording import words
from cxm.tenants.binding import tenant_bound
from personas.models import Persona, PersonaFact
from personas.selectors.evidence import backing_of, persona_uses
from personas.services import citing
from personas.services.stores import PERSONAS
from tests import make
from tests.personas import editing
from tests.personas.citing import cited, evidence, seen
from tests.personas.editing import create, do, fact, persona, put, request, section

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db
STRONG: dict[str, Any] = {"kind": EvidenceKind.METRIC, "subjects": 412}


class Told:
    """A persona with statements of one section."""

    def __init__(self, by: Membership, statements: int = 1) -> None:
        self.by, self.pk = by, persona(by)
        self.section = section(by, self.pk)
        self.facts = [fact(by, self.pk, self.section, f"Need {n}") for n in range(statements)]

    def cite(self, at: int = 0, **told: Any) -> UUID:
        return cited(self.by, self.pk, self.facts[at], **told)

    def set_status(self, status: str) -> None:
        do(self.by, self.pk, put(self.pk, "status", status))

    @property
    def status(self) -> str:
        return str(editing.value_of(self.by, self.pk, self.pk, "status"))

    def statement(self, at: int = 0) -> PersonaFact:
        rows = PersonaFact.objects.for_tenant(self.by.tenant).select_related("tenant")
        return rows.get(pk=self.facts[at])

    def backing(self, at: int = 0) -> Backing:
        with tenant_bound(self.by.tenant_id):
            row = Persona.objects.for_tenant(self.by.tenant).select_related("tenant").get()
            return backing_of(row, [self.statement(at)], now=make.NOW).of(self.facts[at])


@pytest.fixture
def bea() -> Membership:
    return make.member()


def test_a_citation_gives_its_statement_a_grade_and_undo_takes_it_away(bea: Membership) -> None:
    told = Told(bea)
    told.cite(**STRONG)
    graded = told.backing().grade
    editing.take_back(bea, told.pk)
    without = told.backing().grade
    editing.take_back(bea, told.pk, is_redo=True)

    assert (graded, without) == (Grade.STRONG, Grade.ASSUMPTION)
    assert told.backing().grade is Grade.STRONG
    editing.assert_true_log(bea, told.pk)


def test_history_says_in_words_what_was_cited_under_what(bea: Membership) -> None:
    told = Told(bea)
    do(bea, told.pk, editing.asked(Deed.DELETE, told.cite()))

    with tenant_bound(bea.tenant_id):
        done = list(operations(PERSONAS, request(bea, told.pk)))
    state = editing.state_of(bea, told.pk)
    assert [words(one, state, PERSONAS.shape) for one in done[-2:]] == [
        "added a piece of evidence under statement “Need 0”",
        "deleted a piece of evidence under statement “Need 0”",
    ]


def test_what_was_taken_off_comes_back_and_twice_is_once(bea: Membership) -> None:
    told, row = Told(bea), evidence(bea)
    with tenant_bound(bea.tenant_id):
        for _ in range(2):
            citing.cite_evidence(statement=told.statement(), evidence=row, by=bea, now=make.NOW)
        [first] = told.backing().citations
        citing.take_off_evidence(statement=told.statement(), citation=first, by=bea, now=make.NOW)
        off = told.backing().citations
        citing.cite_evidence(statement=told.statement(), evidence=row, by=bea, now=make.NOW)

    assert off == ()
    assert [one.pk for one in told.backing().citations] == [first.pk]


def test_archived_evidence_counts_no_more_and_is_not_cited_anew(bea: Membership) -> None:
    told = Told(bea, 2)
    told.cite(**STRONG)
    with tenant_bound(bea.tenant_id):
        row = Evidence.objects.for_tenant(bea.tenant).select_related("tenant").get()
        kept = archive_evidence(evidence=row, by=bea, now=make.NOW)
        with pytest.raises(ArchivedEvidenceError):
            citing.cite_evidence(statement=told.statement(1), evidence=kept, by=bea, now=make.NOW)

    backing = told.backing()
    assert (backing.grade, [weighed for _, weighed in backing.lines]) == (Grade.ASSUMPTION, [None])


def test_a_grade_by_hand_holds_and_the_evidence_is_still_told(bea: Membership) -> None:
    told = Told(bea)
    told.cite(polarity=Polarity.CONTRADICTS)
    with tenant_bound(bea.tenant_id):
        citing.grade_by_hand(statement=told.statement(), grade=Grade.SOME, by=bea, now=make.NOW)
    by_hand = told.backing()
    with tenant_bound(bea.tenant_id):
        citing.grade_by_hand(statement=told.statement(), grade=None, by=bea, now=make.NOW)

    assert (by_hand.grade, by_hand.is_by_hand) == (Grade.SOME, True)
    assert by_hand.graded.grade is Grade.CONTRADICTED
    assert (told.backing().grade, told.backing().is_by_hand) == (Grade.CONTRADICTED, False)


def test_evidence_of_another_tenant_is_as_if_it_were_not_there(bea: Membership) -> None:
    told, foreign = Told(bea), evidence(make.member())
    values = {"evidence": str(foreign.pk)}

    with pytest.raises(UnknownElementError):
        do(bea, told.pk, create(new_id(), "citation", values, told.facts[0]))


@pytest.mark.parametrize(
    ("statements", "backed", "is_valid"),
    [
        pytest.param(0, 0, False, id="no statements"),
        pytest.param(1, 0, False, id="none of one"),
        pytest.param(3, 1, False, id="one of three"),
        pytest.param(2, 1, True, id="one of two"),
        pytest.param(3, 2, True, id="two of three"),
    ],
)
def test_validated_needs_half_of_the_statements_backed(
    bea: Membership, statements: int, backed: int, *, is_valid: bool
) -> None:
    told = Told(bea, statements)
    for at in range(backed):
        told.cite(at)

    if not is_valid:
        with pytest.raises(RefusedError, match="Validated needs evidence") as refused:
            told.set_status("validated")
        assert refused.value.field == "status"
    else:
        told.set_status("validated")
    assert told.status == ("validated" if is_valid else "assumed")


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"days": 181}, id="faded"),
        pytest.param({"polarity": Polarity.CONTRADICTS}, id="against it"),
    ],
)
def test_evidence_that_is_old_or_against_a_statement_does_not_make_it_valid(
    bea: Membership, how: dict[str, Any]
) -> None:
    told = Told(bea)
    told.cite(**how)

    with pytest.raises(RefusedError, match="0 of 1"):
        told.set_status("validated")


def test_statements_of_deleted_sections_are_not_asked_about(bea: Membership) -> None:
    told = Told(bea)
    told.cite()
    other = section(bea, told.pk, "pains", "Pains")
    for number in range(3):
        fact(bea, told.pk, other, f"Pain {number}")
    do(bea, told.pk, editing.asked(Deed.DELETE, other))

    told.set_status("validated")

    assert told.status == "validated"


def test_one_request_may_cite_and_validate_at_once(bea: Membership) -> None:
    told, row = Told(bea), evidence(bea)
    values = {"evidence": str(row.pk)}

    do(
        bea,
        told.pk,
        put(told.pk, "status", "validated"),
        create(new_id(), "citation", values, told.facts[0]),
    )

    assert told.status == "validated"


def test_a_validated_persona_may_lose_its_evidence_and_be_edited_on(bea: Membership) -> None:
    told = Told(bea)
    citation = told.cite()
    told.set_status("validated")
    do(bea, told.pk, editing.asked(Deed.DELETE, citation))
    fact(bea, told.pk, told.section, "One more")
    do(bea, told.pk, put(told.pk, "status", "validated"))

    assert told.status == "validated"


def test_undo_does_not_validate_what_is_not_backed_any_more(bea: Membership) -> None:
    ana, told = make.member(of=bea.tenant), Told(bea)
    citation = told.cite()
    told.set_status("validated")
    told.set_status("researched")
    do(ana, told.pk, editing.asked(Deed.DELETE, citation))

    with pytest.raises(RefusedError, match="Validated needs evidence"):
        editing.take_back(bea, told.pk)
    assert told.status == "researched"
    editing.assert_true_log(bea, told.pk)


def test_going_back_does_not_validate_what_has_faded(bea: Membership) -> None:
    told = Told(bea)
    told.cite()
    told.set_status("validated")
    head = len(told_operations(bea, told.pk))
    told.set_status("researched")
    with tenant_bound(bea.tenant_id):
        rows = Evidence.objects.for_tenant(bea.tenant).select_related("tenant")
        archive_evidence(evidence=rows.get(), by=bea, now=make.NOW)
        with pytest.raises(RefusedError, match="Validated needs evidence"):
            restore(PERSONAS, request(bea, told.pk), until=head, as_batch=new_id())

    assert told.status == "researched"


def told_operations(by: Membership, of: UUID) -> list[Any]:
    with tenant_bound(by.tenant_id):
        return list(operations(PERSONAS, request(by, of)))


def test_where_evidence_is_used_is_told_while_its_statement_is_there(bea: Membership) -> None:
    told = Told(bea)
    told.cite()
    with tenant_bound(bea.tenant_id):
        [row] = Evidence.objects.for_tenant(bea.tenant)
        [use] = persona_uses(bea.tenant, [row.pk])[row.pk]
    do(bea, told.pk, editing.asked(Deed.DELETE, told.section))

    assert (use.title, use.where) == ("Need 0", "Busy Bea")
    assert use.url.endswith(f"/personas/{told.pk}/#fact-{told.facts[0]}")
    with tenant_bound(bea.tenant_id):
        assert persona_uses(bea.tenant, [row.pk]) == {}


def test_new_evidence_is_written_down_and_cited_at_once(bea: Membership) -> None:
    told = Told(bea)
    with tenant_bound(bea.tenant_id):
        row = citing.cite_new_evidence(
            statement=told.statement(), seen=seen(subjects=6), by=bea, now=make.NOW
        )

    [one] = told.backing().citations
    assert (one.evidence_id, told.backing().graded.supporting) == (row.pk, 200)
