"""Erasing a customer blanks how they can be recognised in the team's comments, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cxm.collaboration.models import Evidence
from cxm.collaboration.services import erasing
from cxm.collaboration.services.erasing import erase_comments
from cxm.collaboration.services.evidence_erasing import erase_evidence
from cxm.customers.models import Customer
from cxm.kernel.erasing import Leaving, erasers
from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from tests import make
from tests.collaboration.commenting import begun, comments_of, of_persona, said
from tests.personas.citing import evidence
from tests.personas.editing import persona

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db
IDENTIFIERS = (
    ("email", "erika@x.example"),
    ("phone", "+491711234567"),
    ("external", "C-4711-A"),
    ("external", "42"),
)


def leaving(member: Membership, name: str = "Erika Musterfrau") -> Leaving:
    pk = new_id()
    with tenant_bound(member.tenant_id):
        Customer.objects.create(pk=pk, tenant=member.tenant, root_id=pk, display_name=name)
    return Leaving(member.tenant_id, (pk,), make.NOW, IDENTIFIERS, (name, "Berlin"))


def erased(member: Membership, *bodies: str, name: str = "Erika Musterfrau") -> list[str]:
    """Give what is left of *bodies* when the person is gone."""
    subject = of_persona(member, persona(member))
    thread = begun(member, subject, bodies[0])
    for body in bodies[1:]:
        said(member, subject, thread, body)
    person = leaving(member, name)
    with tenant_bound(member.tenant_id):
        erase_comments(person, "")
    return [comment.body for comment in comments_of(thread)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("Ask Erika@X.example, please", "Ask [erased], please", id="address"),
        pytest.param("Call 0049 171 123 45 67.", "Call [erased].", id="phone"),
        pytest.param("She is c-4711-a here", "She is [erased] here", id="number"),
        pytest.param("erika  musterfrau said so", "[erased] said so", id="name"),
        pytest.param("Price is 42 in Berlin", "Price is 42 in Berlin", id="by-chance"),
        pytest.param("42", "[erased]", id="nothing-but-a-short-one"),
        pytest.param("Erika Musterfraus Bruder", "Erika Musterfraus Bruder", id="another-name"),
    ],
)
def test_identifiers_and_full_names_are_blanked(before: str, after: str) -> None:
    assert erased(make.member(), before) == [after]


def test_one_name_alone_is_anybodys() -> None:
    assert erased(make.member(), "Ask Erika", name="Erika") == ["Ask Erika"]


def test_what_others_said_stays_and_a_second_time_finds_nothing() -> None:
    member = make.member()
    subject = of_persona(member, persona(member))
    thread = begun(member, subject, "To erika@x.example")
    said(member, subject, thread, "Fine")
    person = leaving(member)

    with tenant_bound(member.tenant_id):
        counts = [erase_comments(person, "").counts for _ in range(2)]

    assert [comment.body for comment in comments_of(thread)] == ["To [erased]", "Fine"]
    assert counts == [{"comments of the team": 1}, {"comments of the team": 0}]


def test_long_discussions_are_looked_through_in_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "COMMENTS_A_STEP", 2)
    member = make.member()
    subject = of_persona(member, persona(member))
    thread = begun(member, subject, "erika@x.example")
    for _ in range(2):
        said(member, subject, thread, "erika@x.example")
    person, cursor, steps = leaving(member), "", 0
    with tenant_bound(member.tenant_id):
        while cursor is not None:
            done = erase_comments(person, cursor)
            cursor, steps = done.cursor, steps + 1  # type: ignore[assignment]

    assert [comment.body for comment in comments_of(thread)] == ["[erased]"] * 3
    assert steps == 2


def test_comments_take_part_in_every_erasure() -> None:
    assert "comments of the team" in erasers.names()
    assert "the team's comments" in " ".join(erasers.foreseen(leaving(make.member())).goes)


@pytest.mark.parametrize(
    ("excerpt", "source", "after"),
    [
        pytest.param("Erika  MUSTERFRAU waited", "Visit", ("", "Visit"), id="name"),
        pytest.param("Waited", "To Erika Musterfrau", ("", "[erased]"), id="name-in-source"),
        pytest.param("Ask erika@x.example", "Visit", ("", "Visit"), id="address"),
        pytest.param("Erika waited", "Visit", ("Erika waited", "Visit"), id="anybody"),
    ],
)
def test_evidence_that_tells_who_it_was_is_cleared(
    excerpt: str, source: str, after: tuple[str, str]
) -> None:
    member = make.member()
    pk = evidence(member, excerpt=excerpt, source_label=source).pk

    person = leaving(member)
    with tenant_bound(member.tenant_id):
        erase_evidence(person, "")
        left = Evidence.objects.for_tenant(member.tenant).get(pk=pk)

    assert (left.excerpt, left.source_label) == after
