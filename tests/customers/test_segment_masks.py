"""Rules that others made, as those read them who may not see persons: values become “…”."""

from __future__ import annotations

from typing import Any

import pytest

from cxm.customers.rules.segment_masking import masked
from cxm.customers.rules.segment_reading import read_rule
from cxm.customers.rules.segment_rule import rule_json
from cxm.customers.rules.segment_words import sentence
from cxm.tenants.rules import Right, Role
from tests import make
from tests.customers import served
from tests.customers.segment_world import saved_segment
from tests.customers.test_segment_api import caller
from tests.customers.test_segment_secrets import MASKED, PLAN, STREET, told

pytestmark = pytest.mark.django_db


PROPERTY = {"prop": "p", "op": "=", "value": "Har"}


def _is_open(scope: str, key: str) -> bool:
    return (scope, key) in {("customer", "plan"), ("company", "tier")}


MASKS: list[tuple[dict[str, Any], str]] = [
    (PLAN, "Customers whose plan is “pro”."),
    (STREET, "Customers whose street starts with “…”."),
    ({"attr": "age", "op": ">", "value": 17}, "Customers whose age is more than “…”."),
    (
        {"attr": "born", "op": "before", "value": "1990-01-02"},
        "Customers whose born is before ….",
    ),
    (
        {"attr": "moved", "op": "within", "value": 1},
        "Customers whose moved lies in the last … days.",
    ),
    (
        {"attr": "city", "op": "not in", "value": ["Ulm", "Jena"]},
        "Customers whose city is not “…”.",
    ),
    ({"attr": "city", "op": "exists", "value": True}, "Customers whose city is known."),
    ({"attr": "$language", "op": "=", "value": "de"}, "Customers whose language is “de”."),
    (
        {"company": {"all": [{"attr": "tier", "op": "=", "value": 1}, PLAN]}},
        "Customers who belong to a company whose tier is 1 and whose plan is “…”.",
    ),
    (
        {"not": {"any": [STREET, {"did": {"name": "a", "where": [PROPERTY]}}]}},
        (
            "Customers for whom it is not so: (whose street starts with “…” or who had “a” where p "
            "is “…”)."
        ),
    ),
]


@pytest.mark.parametrize(("rule", "words"), MASKS)
def test_values_about_persons_are_hidden(rule: dict[str, Any], words: str) -> None:
    shown = masked(read_rule(rule), _is_open)

    assert sentence(shown, {}) == words
    assert "Har" not in str(rule_json(shown))


def _made() -> Any:
    tenant = told()
    make.segment(of=tenant, title="Near", rule={"all": [PLAN, STREET]})
    return tenant


def test_the_page_hides_them_in_the_rule_and_in_its_versions() -> None:
    tenant = _made()
    url = f"/t/{tenant.slug}/segments/near/"

    analyst = served.client_of(tenant, Role.ANALYST).get(url).content.decode()
    manager = served.client_of(tenant, Role.MANAGER).get(url).content.decode()

    assert (analyst.count("whose Street starts with “…”"), analyst.count("“Har”")) == (2, 0)
    assert manager.count("whose Street starts with “Har”") == 2


def test_the_api_hides_them_in_the_rule_and_says_so() -> None:
    tenant = _made()

    few, all_ = (caller(tenant, *rights)("get", "near/").json() for rights in (MASKED, Right))

    assert (few["is_masked"], all_["is_masked"]) == (True, False)
    assert few["rule"]["all"][1] == {**STREET, "value": "…"}
    assert all_["rule"]["all"][1] == STREET


def test_who_may_not_read_a_rule_changes_its_title_and_keeps_the_rule() -> None:
    tenant = _made()
    client, url = served.client_of(tenant, Role.ANALYST), f"/t/{tenant.slug}/segments/near/edit/"

    page = client.get(url).content.decode()
    line = {"g.0": "all", "k.0.0": "attr", "f.0.0.key": "plan", "f.0.0.value": "free"}
    saved = client.post(url, {"title": "Nearby", "do": "save", **line})
    refused = client.post(url, {"title": "", "do": "save"})

    found = saved_segment(tenant, "near")
    assert ("“Har”" in page, "“…”" in page, 'name="f.0' in page) == (False, True, False)
    assert (saved.status_code, found.title, found.version) == (302, "Nearby", 1)
    assert refused.status_code == 422


@pytest.mark.parametrize(("role", "offered"), [(Role.MANAGER, True), (Role.ANALYST, False)])
def test_personal_attributes_are_offered_to_those_who_may_see_persons(
    *, role: Role, offered: bool
) -> None:
    tenant = told()

    page = served.client_of(tenant, role).get(f"/t/{tenant.slug}/segments/new/").content.decode()

    found = [f'<option value="{key}">' in page for key in ("plan", "street", "illness")]
    assert found == [True, offered, offered]
