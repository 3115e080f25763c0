"""Files of maps: what comes out of one workspace, and into another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings

from cxm.kernel.cxmap.documents import read_document
from cxm.kernel.cxmap.writing import written
from journeys.rules.cxmap_shapes import FILE
from journeys.rules.templates import BUILT_IN
from tests import make
from tests.journeys.filing import drawn, exported, looked_at, taken_in, the_map
from tests.journeys.random_maps import trees

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def bea(db: None) -> Membership:
    return make.member()


@pytest.fixture
def there(db: None) -> Membership:
    return make.member()


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_template_comes_out_of_another_workspace_as_it_went_in(
    name: str, bea: Membership, there: Membership
) -> None:
    text = exported(bea, drawn(bea, template=name))

    report = taken_in(there, text)

    assert report.preview.counts == {"new": 2}
    assert exported(there, the_map(there)) == text
    assert taken_in(there, text).preview.counts == {"same": 2}


@pytest.mark.slow
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(tree=trees())
def test_any_map_comes_out_as_it_went_in_and_again(db: None, tree: dict[str, Any]) -> None:
    bea, there = make.member(), make.member()
    taken_in(bea, written(tree, FILE))
    text = exported(bea, the_map(bea))

    again = looked_at(bea, text)
    taken_in(there, text)

    assert set(again.preview.counts) <= {"same", "used as it is here"}
    assert exported(there, the_map(there)) == text
    wanted = read_document(written(tree, FILE).encode(), FILE).tree
    told = read_document(text.encode(), FILE).tree
    for part in ("x-own", "journey", "map", "personas", "stages", "flows", "lanes"):
        assert told.get(part) == wanted.get(part)
    own = {one["key"]: one.get("x-own") for one in told.get("library", {}).get("insights", ())}
    known = {one["key"]: one.get("x-own") for one in wanted["library"]["insights"]}
    assert own.items() <= known.items()
