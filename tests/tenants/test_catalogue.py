"""The catalogue check finds nothing, and finds every defect that is planted."""

from __future__ import annotations

import json
from contextlib import contextmanager
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from cxm.tenants.catalogue import DOOR_INDEXES, tenancy_findings
from cxm.tenants.catalogue_sql import RULES
from cxm.tenants.postgresql.owner import owner_connection
from cxm.tenants.postgresql.roles import application_role

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db

BOUND = "(SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)"
NOTES = f"""
    CREATE TABLE notes (tenant_id uuid, id uuid, topic_id uuid, PRIMARY KEY (tenant_id, id));
    ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
    ALTER TABLE notes FORCE ROW LEVEL SECURITY;
    CREATE POLICY notes_tenant ON notes
        USING (tenant_id = {BOUND}) WITH CHECK (tenant_id = {BOUND});
"""
ANSWER = "LANGUAGE sql AS 'SELECT 1'"
PINNED = "SET search_path = pg_catalog, public"

# rule, what it is about, the defect
DEFECTS = {
    "a table nobody declared": (
        "global-table",
        "loose",
        "CREATE TABLE loose (id uuid PRIMARY KEY)",
    ),
    "row security off": (
        "row-security",
        "feedback_rating",
        "ALTER TABLE feedback_rating DISABLE ROW LEVEL SECURITY",
    ),
    "row security off for the tenants themselves": (
        "row-security",
        "tenants_tenant",
        "ALTER TABLE tenants_tenant DISABLE ROW LEVEL SECURITY",
    ),
    "row security not forced": (
        "row-security",
        "feedback_rating",
        "ALTER TABLE feedback_rating NO FORCE ROW LEVEL SECURITY",
    ),
    "no policy": (
        "policy-count",
        "feedback_rating",
        "DROP POLICY feedback_rating_tenant ON feedback_rating",
    ),
    "a second policy, which would be OR": (
        "policy-count",
        "feedback_rating",
        "CREATE POLICY more ON feedback_rating FOR SELECT USING (state = 'counted')",
    ),
    "a policy with a way around": (
        "policy-text",
        "feedback_rating",
        (
            f"ALTER POLICY feedback_rating_tenant ON feedback_rating "
            f"USING (tenant_id = {BOUND} OR current_setting('app.admin', true) = 'on')"
        ),
    ),
    "a policy that lets everything be written": (
        "policy-text",
        "feedback_rating",
        "ALTER POLICY feedback_rating_tenant ON feedback_rating WITH CHECK (true)",
    ),
    "a policy for some roles only": (
        "policy-text",
        "feedback_rating",
        "ALTER POLICY feedback_rating_tenant ON feedback_rating TO CURRENT_USER",
    ),
    "a policy on the tenants that shows all": (
        "policy-text",
        "tenants_tenant",
        "ALTER POLICY tenants_tenant_tenant ON tenants_tenant USING (true)",
    ),
    "a key without the tenant": (
        "primary-key",
        "notes",
        NOTES + "ALTER TABLE notes DROP CONSTRAINT notes_pkey, ADD PRIMARY KEY (id)",
    ),
    "no key at all": (
        "primary-key",
        "notes",
        NOTES + "ALTER TABLE notes DROP CONSTRAINT notes_pkey",
    ),
    "a unique rule over all tenants": (
        "index",
        "feedback_survey_key",
        "CREATE UNIQUE INDEX feedback_survey_key ON feedback_survey (key)",
    ),
    "an index that does not begin with the tenant": (
        "index",
        "feedback_rating_of_day",
        "CREATE INDEX feedback_rating_of_day ON feedback_rating (day, tenant_id)",
    ),
    "an index on an expression": (
        "index",
        "feedback_survey_lower",
        "CREATE INDEX feedback_survey_lower ON feedback_survey (lower(key), tenant_id)",
    ),
    "a door index that is gone": (
        "door-index",
        "tenants_membership_user",
        "DROP INDEX tenants_membership_user",
    ),
    "a reference that can leave the tenant": (
        "reference",
        "notes_topic",
        NOTES + "CREATE UNIQUE INDEX topic ON work_batch (id); ALTER TABLE notes "
        "ADD CONSTRAINT notes_topic FOREIGN KEY (topic_id) REFERENCES work_batch (id)",
    ),
    "a reference with the tenant in the wrong place": (
        "reference",
        "notes_topic",
        NOTES
        + "CREATE UNIQUE INDEX topic ON work_batch (id, tenant_id); ALTER TABLE notes ADD "
        + "CONSTRAINT notes_topic FOREIGN KEY (topic_id, tenant_id) "
        + "REFERENCES work_batch (id, tenant_id)",
    ),
    "a reference from a table without a tenant": (
        "reference",
        "loose_batch",
        (
            "CREATE TABLE loose (a uuid, b uuid, CONSTRAINT loose_batch FOREIGN KEY (a, b) "
            "REFERENCES work_batch (tenant_id, id))"
        ),
    ),
    "a declared reference that is not held": (
        "reference-missing",
        "feedback_rating.response_id",
        "ALTER TABLE feedback_rating DROP CONSTRAINT feedback_rating_response_id",
    ),
    "a partition that may be read past its parent": (
        "partition-grant",
        "parts_0",
        (
            "CREATE TABLE parts (tenant_id uuid, id uuid, PRIMARY KEY (tenant_id, id)) "
            "PARTITION BY HASH (tenant_id); CREATE TABLE parts_0 PARTITION OF parts "
            "FOR VALUES WITH (MODULUS 1, REMAINDER 0)"
        ),
    ),
    "a materialized view": (
        "materialized-view",
        "totals",
        "CREATE MATERIALIZED VIEW totals AS SELECT count(*) FROM feedback_rating",
    ),
    "a view that reads as its owner": (
        "view",
        "latest",
        "CREATE VIEW latest AS SELECT id FROM feedback_rating",
    ),
    "a function that runs as its owner": (
        "definer-function",
        "all_of_it()",
        f"CREATE FUNCTION all_of_it() RETURNS int SECURITY DEFINER {PINNED} {ANSWER}",
    ),
    "a known function with a new signature": (
        "definer-function",
        "door_tenant(wanted text, also text)",
        (
            f"CREATE FUNCTION door_tenant(wanted text, also text) RETURNS int SECURITY DEFINER "
            f"{PINNED} {ANSWER}"
        ),
    ),
    "a door without a pinned search path": (
        "definer-function",
        "door_tenant(wanted text)",
        "ALTER FUNCTION door_tenant(text) RESET search_path",
    ),
    "a door that is gone": (
        "definer-function",
        "door_tenant(wanted text)",
        "DROP FUNCTION door_tenant(text)",
    ),
    "truncate granted": ("grant", "feedback_rating", "GRANT TRUNCATE ON feedback_rating TO PUBLIC"),
    "audit entries that may be removed": (
        "append-only",
        "tenants_auditentry",
        "GRANT DELETE ON tenants_auditentry TO PUBLIC",
    ),
    "audit entries that may be changed in one column": (
        "append-only",
        "tenants_auditentry",
        "GRANT UPDATE (action) ON tenants_auditentry TO PUBLIC",
    ),
}
# Rules about the role itself: asked about the owner, which is all that the application may not be.
ROLE_RULES = {"role", "set-config"}


@contextmanager
def _planted(defect: str) -> Iterator[Any]:
    """Plant *defect* as the owner, in a transaction that is rolled back."""
    with owner_connection() as owner:
        owner.set_autocommit(False)
        try:
            with owner.cursor() as cursor:
                cursor.execute(defect)
                yield cursor
        finally:
            owner.rollback()


def test_the_database_has_no_findings() -> None:
    with connection.cursor() as cursor:
        findings = tenancy_findings(cursor, role=application_role())

    assert findings == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rule", "about", "defect"), DEFECTS.values(), ids=[name.replace(" ", "-") for name in DEFECTS]
)
def test_a_planted_defect_is_found(rule: str, about: str, defect: str) -> None:
    with _planted(defect) as cursor:
        findings = tenancy_findings(cursor, role=application_role())

    assert (rule, about) in [(found.rule, found.about) for found in findings]


def test_a_table_inside_its_tenant_is_no_finding() -> None:
    with _planted(NOTES) as cursor:
        findings = tenancy_findings(cursor, role=application_role())

    assert findings == []


def test_every_rule_has_a_planted_defect() -> None:
    assert {rule for rule, *_ in DEFECTS.values()} == set(RULES) - ROLE_RULES


def test_a_role_with_powers_is_found() -> None:
    with owner_connection() as owner, owner.cursor() as cursor:
        cursor.execute("SELECT current_user")
        [role] = cursor.fetchone()
        findings = tenancy_findings(cursor, role=role)

    said = {found.words for found in findings if found.rule == "role"}
    assert said == {
        f"the role of the application may not be {fault}"
        for fault in (
            "able to make databases (CREATEDB)",
            "able to make tables",
            "past row-level security (BYPASSRLS)",
            "the owner of functions",
            "the owner of tables",
            "the owner of the database",
        )
    }
    assert [found.about for found in findings if found.rule == "set-config"] == ["set_config"]


def test_a_superuser_is_found() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolsuper ORDER BY rolname LIMIT 1")
        [role] = cursor.fetchone()
        findings = tenancy_findings(cursor, role=role)

    said = [found.words for found in findings if found.rule == "role"]
    assert {
        "the role of the application may not be a superuser",
        "the role of the application may not be able to make roles (CREATEROLE)",
        "the role of the application may not be able to replicate (REPLICATION)",
        "the role of the application may not be able to switch references off",
    } <= set(said)


def test_a_member_of_another_role_is_found() -> None:
    with connection.cursor() as cursor:
        findings = tenancy_findings(cursor, role="pg_monitor")

    said = [found.words for found in findings if found.rule == "role"]
    assert said == ["the role of the application may not be a member of others"]


def test_a_role_that_does_not_exist_is_found() -> None:
    with connection.cursor() as cursor:
        findings = tenancy_findings(cursor, role="nobody_at_all")

    assert [(found.rule, found.about) for found in findings] == [("role-missing", "nobody_at_all")]


def test_the_command_says_that_all_is_well() -> None:
    out = StringIO()

    call_command("check_tenancy", stdout=out)

    assert out.getvalue() == "No findings: every row stays within its tenant.\n"


def test_the_command_prints_json() -> None:
    out = StringIO()

    call_command("check_tenancy", "--json", stdout=out)

    assert json.loads(out.getvalue()) == {"findings": []}


@pytest.mark.parametrize("arguments", [[], ["--json"]], ids=["words", "json"])
def test_the_command_fails_on_a_finding(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "cxm.tenants.catalogue.DOOR_INDEXES", DOOR_INDEXES - {"tenants_membership_user"}
    )
    out = StringIO()

    with pytest.raises(CommandError, match="1 findings"):
        call_command("check_tenancy", *arguments, stdout=out)

    assert "tenants_membership_user" in out.getvalue()
