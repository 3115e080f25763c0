"""What must be true of the database so that no row can leave its tenant, asked of its catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.apps import apps

from cxm.tenants import catalogue_sql as sql
from cxm.tenants.fields import TenantForeignKey

if TYPE_CHECKING:
    from typing import Any

# Tables that belong to no tenant: people and what Django keeps about itself.
GLOBAL_TABLES = frozenset(
    {
        "account_emailaddress",
        "account_emailconfirmation",
        "accounts_user",
        "auth_group",
        "auth_group_permissions",
        "auth_permission",
        "django_content_type",
        "django_migrations",
        "django_session",
        "tenants_tenant",
    }
)
# Indexes that do not begin with the tenant: the doors look things up before it is known.
DOOR_INDEXES = frozenset(
    {
        "collaboration_sharelink_hash",
        "feedback_eventsource_address",
        "feedback_writekey_hash",
        "tenants_apikey_public_id",
        "tenants_invitation_token",
        "tenants_membership_user",
    }
)
# Functions that run as the owner, past row-level security. Each one is reviewed by hand: it
# answers one question, pins its search path and takes the tenant from the binding or is a door.
DEFINER_FUNCTIONS = frozenset(
    {
        "analytics_unfolded()",
        "door_api_key(wanted text)",
        "door_invitation(hash text)",
        "door_memberships(person uuid)",
        "door_sender(wanted text)",
        "door_share_link(hash text)",
        "door_tenant(wanted text)",
        "door_write_key(hash text)",
        "journeys_take_out(of_map uuid, element uuid, name text, kept integer)",
        "search_customers(wanted text, most integer)",
        "search_maps(wanted text, journeys uuid[], maps uuid[], has_library boolean, most integer)",
        "search_verbatims(wanted text)",
        "webhooks_due(at timestamp with time zone)",
        "work_due(at timestamp with time zone)",
        "work_scheduled(at timestamp with time zone)",
    }
)
APPEND_ONLY_TABLES = frozenset(
    {
        "analytics_alertruleversion",
        "analytics_churndefinitionversion",
        "analytics_metricgoalmove",
        "analytics_metricgoalverdict",
        "analytics_purchasedefinitionversion",
        "analytics_reportedition",
        "analytics_targetassessment",
        "customers_consent",
        "feedback_invitationevent",
        "feedback_surveydraftop",
        "feedback_surveyversion",
        "feedback_topicrule",
        "journeys_journeyop",
        "journeys_libraryop",
        "journeys_mapop",
        "journeys_score",
        "journeys_targetchange",
        "personas_personaop",
        "personas_stakeholdermapop",
        "tenants_auditentry",
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it must be: which rule, about what, in words."""

    rule: str
    about: str
    words: str


def tenancy_findings(cursor: Any, *, role: str) -> list[Finding]:
    """Hold the catalogue of the database that *cursor* is connected to against every rule.

    *role* is the role that the web and the workers connect as. An empty list means that all
    is well. Reads the catalogue only, as any role; one query a rule, well under a second in all.
    """
    parameters = {
        "role": role,
        "global_tables": sorted(GLOBAL_TABLES),
        "door_indexes": sorted(DOOR_INDEXES),
        "definers": sorted(DEFINER_FUNCTIONS),
        "append_only": sorted(APPEND_ONLY_TABLES),
        "references": _declared_references(),
    }
    cursor.execute(sql.ROLE_MISSING, parameters)
    if cursor.fetchone():
        return [Finding("role-missing", role, "does not exist: the application has no role")]
    findings = []
    for rule, query in sql.RULES.items():
        cursor.execute(sql.SUBJECTS + query, parameters)
        findings += [Finding(rule, about, words) for about, words in cursor.fetchall()]
    return findings


def _declared_references() -> list[str]:
    """List what the models declare as references within a tenant, as “table.column”."""
    return sorted(
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, TenantForeignKey)
    )
