"""The RACI matrix of a map: what it shows, what is missing in it, and how it is changed."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from openpyxl import load_workbook

from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Role
from journeys.models import JourneyMap, StepRole
from journeys.rules.raci import letters, raci_findings
from personas.models import Stakeholder
from tests import make
from tests.journeys.sample import Sample, sample
from tests.journeys.test_journey_pages import signed_in

if TYPE_CHECKING:
    from django.http import HttpResponse

    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

ONE, TWO = UUID(int=1), UUID(int=2)
ANN = UUID(int=9)


def test_letters_stand_in_their_order() -> None:
    assert letters({"I", "A", "R", "sender"}) == "RAI"


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        ({(ONE, ANN): {"R", "A"}}, []),
        ({(ONE, ANN): {"R"}}, ["Nobody is accountable"]),
        ({(ONE, ANN): {"A"}}, ["Nobody is responsible"]),
        ({}, ["Nobody is accountable or responsible"]),
    ],
)
def test_a_step_needs_somebody_who_does_it_and_somebody_who_answers(
    roles: dict[tuple[UUID, UUID], set[str]], expected: list[str]
) -> None:
    found = raci_findings([(ONE, "One")], {ANN: "Ann"}, roles)

    assert [one.words for one in found] == expected
    assert [one.steps for one in found] == [((ONE, "One"),) for _ in expected]


def test_steps_that_lack_the_same_are_told_together_the_most_of_them_first() -> None:
    steps = [(UUID(int=100 + n), f"Step {n}") for n in range(2_000)]
    roles = {(pk, ANN): {"A"} for pk, _ in steps[5:]}

    found = raci_findings(steps, {ANN: "Ann"}, roles)

    assert [(one.words, one.steps) for one in found] == [
        ("Nobody is responsible", tuple(steps[5:])),
        ("Nobody is accountable or responsible", tuple(steps[:5])),
    ]


@pytest.mark.parametrize(("count", "is_told"), [(7, False), (8, True)])
def test_nobody_is_responsible_for_more_than_seven_steps(count: int, *, is_told: bool) -> None:
    steps = [(UUID(int=100 + n), f"Step {n}") for n in range(count)]

    found = raci_findings(steps, {ANN: "Ann"}, {(pk, ANN): {"R", "A"} for pk, _ in steps})

    assert [one.stakeholder for one in found] == ([ANN] if is_told else [])


def url(made: Sample, more: str = "") -> str:
    return f"/t/{made.member.tenant.slug}/maps/{made.map_id}/raci/{more}"


def crew(made: Sample) -> UUID:
    with tenant_bound(made.member.tenant_id):
        return Stakeholder.objects.for_tenant(made.member.tenant).get(key="crew").pk


def put(made: Sample, step: int, told: str, *, by: Membership | None = None) -> HttpResponse:
    values: dict[str, Any] = {
        "step": made.steps[step],
        "stakeholder": crew(made),
        "letters": told,
    }
    return signed_in(by or made.member).post(url(made, "set/"), values)  # type: ignore[return-value]


def roles(made: Sample, step: int) -> set[str]:
    with tenant_bound(made.member.tenant_id):
        rows = StepRole.objects.for_tenant(made.member.tenant).filter(map=made.map_id)
        there = rows.filter(step=made.steps[step], deleted_at=None)
        return set(there.values_list("role", flat=True))


def test_a_matrix_shows_who_does_what_and_what_is_missing() -> None:
    made = sample(make.member())

    page = signed_in(made.member).get(url(made)).content.decode()

    assert 'aria-label="Field crew in The engineer visits"' in page
    assert "<strong>Nobody is responsible</strong> in 1 step: The engineer visits." in page


@pytest.mark.parametrize(
    ("told", "expected"), [("RA", {"R", "A"}), ("C", {"C"}), ("", set()), ("A", {"A"})]
)
def test_a_part_is_chosen(told: str, expected: set[str]) -> None:
    made = sample(make.member())

    answer = put(made, 5, told)

    assert answer.status_code == 302
    assert roles(made, 5) == expected


def test_a_part_that_is_none_is_refused() -> None:
    made = sample(make.member())

    assert put(made, 5, "X").status_code == 422
    assert roles(made, 5) == {"A"}


def test_a_step_of_another_map_is_not_found() -> None:
    made = sample(make.member())
    made.steps[0] = ONE

    assert put(made, 0, "R").status_code == 404


def test_a_published_matrix_is_read_only() -> None:
    made = sample(make.member())
    with tenant_bound(made.member.tenant_id):
        JourneyMap.objects.for_tenant(made.member.tenant).filter(pk=made.map_id).update(
            status="published", valid_from=make.NOW
        )

    assert put(made, 5, "R").status_code == 403
    assert "<select" not in signed_in(made.member).get(url(made)).content.decode().split("main")[1]


def test_viewers_change_no_parts_and_strangers_find_none() -> None:
    made = sample(make.member())
    viewer = make.member(of=made.member.tenant, role=Role.VIEWER)
    stranger = make.member()

    assert put(made, 5, "R", by=viewer).status_code in {403, 404}
    foreign = f"/t/{stranger.tenant.slug}/maps/{made.map_id}/raci/"
    assert signed_in(stranger).get(foreign).status_code == 404
    assert signed_in(stranger).get(f"{foreign}file/").status_code == 404


def test_a_matrix_is_taken_out_as_a_sheet_and_that_is_noted() -> None:
    made = sample(make.member())

    answer = signed_in(made.member).get(url(made, "file/"))

    sheet = load_workbook(BytesIO(answer.content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("Stage", "Step", "Field crew")
    assert rows[-1] == (None, "The engineer visits", "A")
    with tenant_bound(made.member.tenant_id):
        entries = AuditEntry.objects.for_tenant(made.member.tenant)
        assert entries.filter(action="map-exported").count() == 1
