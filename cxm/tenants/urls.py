"""Routes about people, invitations, keys and the audit list."""

from __future__ import annotations

from django.urls import path

from cxm.tenants.views import audit, joining, keys, oneself, people

app_name = "tenants"
SETTINGS = "t/<slug:tenant_slug>/settings"
urlpatterns = [
    path("you/name/", oneself.own_name, name="own-name"),
    path("invitations/<str:token>/", joining.invitation, name="invitation"),
    path("invitations/<str:token>/join/", joining.invitation_join, name="invitation-join"),
    path(f"{SETTINGS}/people/", people.member_list, name="member-list"),
    path(
        f"{SETTINGS}/people/<uuid:membership_id>/change/",
        people.member_change,
        name="member-change",
    ),
    path(f"{SETTINGS}/people/invitations/", people.invitation_list, name="invitation-list"),
    path(
        f"{SETTINGS}/people/invitations/create/", people.invitation_create, name="invitation-create"
    ),
    path(
        f"{SETTINGS}/people/invitations/<uuid:invitation_id>/withdraw/",
        people.invitation_withdraw,
        name="invitation-withdraw",
    ),
    path(f"{SETTINGS}/keys/", keys.key_list, name="key-list"),
    path(f"{SETTINGS}/keys/create/", keys.key_create, name="key-create"),
    path(f"{SETTINGS}/keys/<uuid:api_key_id>/revoke/", keys.key_revoke, name="key-revoke"),
    path(f"{SETTINGS}/audit/", audit.audit_list, name="audit-list"),
]
