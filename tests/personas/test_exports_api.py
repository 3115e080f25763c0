"""Files of personas and stakeholder maps for programs."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import pytest
from django.test import Client
from pypdf import PdfReader

from cxm.tenants.rules import Right
from tests import make
from tests.personas import editing
from tests.personas.exporting import SECRET, full_map

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.slow  # each makes a file, and what is in it by operations
KINDS = {
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def _get(member: Membership, path: str, *rights: Right, **headers: str) -> Any:
    _, text = make.api_key(of=member.tenant, rights=rights or (Right.EXPORT_JOURNEYS,))
    headers["Authorization"] = f"Bearer {text}"
    return Client(headers=headers).get(f"/api/v1/{path}")


@pytest.mark.parametrize("accept", ["*/*", "application/pdf", "text/html"])
def test_the_address_says_the_format(bea: Membership, accept: str) -> None:
    of = editing.persona(bea)

    answer = _get(bea, f"personas/{of}/persona.pdf", Accept=accept)

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert "Busy Bea" in PdfReader(BytesIO(answer.content)).pages[0].extract_text()


@pytest.mark.parametrize("ending", KINDS)
def test_a_map_is_given_in_each_format(bea: Membership, ending: str) -> None:
    on = full_map(bea)

    answer = _get(bea, f"stakeholder-maps/{on.pk}/map.{ending}?layout=network&scale=1")

    assert (answer.status_code, answer["Content-Type"]) == (200, KINDS[ending])
    assert answer["Content-Disposition"].endswith(f'.{ending}"')


@pytest.mark.parametrize("layout", ["rings", "power_interest"])
@pytest.mark.parametrize("ending", ["pdf", "svg", "xlsx"])
def test_what_insiders_think_is_in_no_file_for_others(
    bea: Membership, ending: str, layout: str
) -> None:
    on = full_map(bea)
    path = f"stakeholder-maps/{on.pk}/map.{ending}?layout={layout}"

    of_others = _words(_get(bea, path), ending)
    of_editors = _words(_get(bea, path, Right.EXPORT_JOURNEYS, Right.EDIT_JOURNEYS), ending)

    private = [SECRET, "Opposes", "Keep satisfied", "4.5", "Attitude"]
    assert [word for word in private if word in of_others] == []
    assert "Courier" in of_others
    if ending != "svg":
        assert [word for word in private if word not in of_editors] == []


def test_the_register_is_given_as_a_workbook(bea: Membership) -> None:
    full_map(bea)

    answer = _get(bea, "stakeholders/register.xlsx?q=courier")

    words = _words(answer, "xlsx")
    assert "Courier &amp; Co" in words
    assert "=Agency" not in words


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("scale=9", "scale"),
        ("layout=spiral", "layout"),
        ("around=me", "around"),
        ("ring=99", "ring"),
        ("x=1", "x"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(bea: Membership, query: str, field: str) -> None:
    on = full_map(bea)

    answer = _get(bea, f"stakeholder-maps/{on.pk}/map.png?{query}")

    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert [one["field"] for one in answer.json()["errors"]] == [field]


@pytest.mark.parametrize("path", ["personas/{p}/persona.pdf", "stakeholder-maps/{m}/map.xlsx"])
def test_another_tenants_files_are_not_there(bea: Membership, path: str) -> None:
    other = make.member()
    address = path.format(p=editing.persona(other), m=full_map(other).pk)

    assert _get(bea, f"{address}?nonsense=1").status_code == 404


def test_a_key_without_the_right_gets_no_file(bea: Membership) -> None:
    of = editing.persona(bea)

    answer = _get(bea, f"personas/{of}/persona.pdf", Right.SEE_JOURNEYS)

    assert answer.status_code == 403


def _words(answer: Any, ending: str) -> str:
    """Read what a file says, as far as that can be searched."""
    if ending == "pdf":
        pages = PdfReader(BytesIO(answer.content)).pages
        return "\n".join(page.extract_text() for page in pages)
    if ending == "svg":
        return str(answer.content.decode())
    with ZipFile(BytesIO(answer.content)) as book:
        return "\n".join(book.read(name).decode() for name in book.namelist())
