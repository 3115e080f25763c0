"""The routes of sending surveys, and of the contact policy."""

from __future__ import annotations

from django.urls import URLPattern, path

from feedback.rules.distribution.words import DistributionState
from feedback.views import (
    ask_lists,
    contact_policy,
    customer_asked,
    delighted_imports,
    delighted_projects,
    distributions,
    policy_trials,
)

ONE = "sending/<uuid:distribution_id>"
ACCOUNT = "sending/delighted/accounts/<uuid:delighted_import_id>"
POLICY = "settings/contact-policy"


def sending_paths() -> list[URLPattern]:
    """Give the routes of distributions, invitations and the policy."""
    return [
        path("sending/", distributions.distribution_list, name="distribution-list"),
        path(
            "surveys/<uuid:survey_id>/sending/new/",
            distributions.distribution_new,
            name="distribution-new",
        ),
        path(f"{ONE}/", distributions.distribution_page, name="distribution"),
        path(f"{ONE}/edit/", distributions.distribution_edit, name="distribution-edit"),
        path(f"{ONE}/start/", distributions.distribution_start, name="distribution-start"),
        path(
            f"{ONE}/pause/",
            distributions.distribution_stop,
            {"to": DistributionState.PAUSED},
            name="distribution-pause",
        ),
        path(
            f"{ONE}/end/",
            distributions.distribution_stop,
            {"to": DistributionState.ENDED},
            name="distribution-end",
        ),
        *_trials(),
        *_lists(),
        path("sending/delighted/", delighted_projects.delighted_keys, name="delighted-keys"),
        path(
            "sending/delighted/<uuid:project_id>/autopilot/",
            delighted_projects.delighted_autopilot,
            name="delighted-autopilot",
        ),
        path(
            "sending/delighted/<uuid:project_id>/end/",
            delighted_projects.delighted_end,
            name="delighted-end",
        ),
        *_accounts(),
        path(
            "survey-invitations/<uuid:survey_invitation_id>/",
            distributions.invitation_page,
            name="survey-invitation",
        ),
        path(
            "customers/<uuid:customer_id>/asked/",
            customer_asked.customer_asked,
            name="customer-asked",
        ),
        path(
            "customers/<uuid:customer_id>/ask/",
            customer_asked.customer_ask,
            name="customer-ask",
        ),
        path(f"{POLICY}/", contact_policy.contact_policy, name="contact-policy"),
        path(
            f"{POLICY}/rules/new/",
            contact_policy.rule_new,
            name="contact-rule-new",
        ),
        path(
            f"{POLICY}/rules/<uuid:contact_rule_id>/", contact_policy.rule_edit, name="contact-rule"
        ),
        path(
            f"{POLICY}/rules/<uuid:contact_rule_id>/end/",
            contact_policy.rule_end,
            name="contact-rule-end",
        ),
        path(f"{POLICY}/keep-out/", contact_policy.suppression_add, name="suppression-add"),
        path(f"{POLICY}/lift/", contact_policy.suppression_lift, name="suppression-lift"),
    ]


def _trials() -> list[URLPattern]:
    """Give the routes that try a change on the past."""
    return [
        path(f"{ONE}/try/", policy_trials.distribution_try, name="distribution-try"),
        path(f"{POLICY}/rules/new/try/", policy_trials.rule_try, name="contact-rule-try"),
        path(
            f"{POLICY}/rules/<uuid:contact_rule_id>/try/",
            policy_trials.rule_change_try,
            name="contact-rule-change-try",
        ),
        path(
            f"{POLICY}/trials/<uuid:policy_trial_id>/",
            policy_trials.policy_trial,
            name="policy-trial",
        ),
    ]


def _accounts() -> list[URLPattern]:
    """Give the routes that bring accounts of Delighted over."""
    return [
        path(
            "sending/delighted/accounts/", delighted_imports.import_list, name="delighted-imports"
        ),
        path(f"{ACCOUNT}/", delighted_imports.import_one, name="delighted-import"),
        path(f"{ACCOUNT}/start/", delighted_imports.import_start, name="delighted-import-start"),
        path(f"{ACCOUNT}/forget/", delighted_imports.import_forget, name="delighted-import-forget"),
    ]


def _lists() -> list[URLPattern]:
    one = "sending/lists/<uuid:ask_list_id>"
    return [
        path(f"{ONE}/lists/new/", ask_lists.list_new, name="ask-list-new"),
        path(f"{one}/", ask_lists.list_page, name="ask-list"),
        path(f"{one}/ask/", ask_lists.list_ask, name="ask-list-ask"),
        path(f"{one}/drop/", ask_lists.list_drop, name="ask-list-drop"),
    ]
