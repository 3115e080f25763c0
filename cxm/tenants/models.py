"""Tenants, their people, keys and audit; and the base of every row that a tenant owns."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from cxm.kernel.ids import new_id
from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.querysets import TenantBaseManager, TenantQuerySet
from cxm.tenants.rules import RIGHT_MEANINGS, Mails, Right, Role


class Tenant(models.Model):
    """A customer organisation: the boundary that no row may cross.

    Row-level security shows a connection only the tenant it is bound to.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=200)
    time_zone = models.CharField(max_length=64, default="UTC")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    def __str__(self) -> str:
        return self.slug


class TenantOwned(models.Model):
    """Base of every row that belongs to exactly one tenant.

    In the database the key is (tenant_id, id) and all references carry the tenant: each
    migration that makes such a table adds `TenantTable`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey(
        Tenant,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_index=False,
        db_constraint=False,
        editable=False,
    )

    objects = TenantQuerySet.as_manager()
    within = TenantBaseManager()

    class Meta:
        abstract = True
        base_manager_name = "within"

    def _do_update(self, base_qs: models.QuerySet[Any], *args: Any, **kwargs: Any) -> Any:
        return super()._do_update(base_qs.filter(tenant_id=self.tenant_id), *args, **kwargs)


class Membership(TenantOwned):
    """A person in a tenant; what anybody did there is tied to this row.

    *mails* says whether, and when, what others say to the person is also sent by e-mail.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, related_name="+", db_index=False
    )
    role = models.CharField(max_length=12, choices=[(r.value, r.value.title()) for r in Role])
    is_active = models.BooleanField(default=True)
    mails = models.CharField(
        max_length=8,
        choices=[(m.value, m.words) for m in Mails],
        default=Mails.AT_ONCE,
        db_default=Mails.AT_ONCE.value,
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "user"], name="tenants_membership_once_per_tenant"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=[r.value for r in Role]),
                name="tenants_membership_known_role",
            ),
            models.CheckConstraint(
                condition=models.Q(mails__in=[m.value for m in Mails]),
                name="tenants_membership_known_mails",
            ),
        ]

    def __str__(self) -> str:
        # The audit list names people; without the account at hand, a query here would surprise.
        person = self.user if "user" in self._state.fields_cache else self.user_id
        return f"{person} as {self.role}"


class Invitation(TenantOwned):
    """A link that makes one person a member; only its hash is kept."""

    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=12, choices=[(r.value, r.value.title()) for r in Role])
    token_hash = models.CharField(max_length=64)
    invited_by = TenantForeignKey(Membership, null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "token_hash"], name="tenants_invitation_one_token"
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")),
                name="tenants_invitation_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} as {self.role}"


class ApiKey(TenantOwned):
    """A key of a program; shown once, kept as a hash, limited to the rights it was given."""

    name = models.CharField(max_length=100)
    public_id = models.CharField(max_length=16)
    secret_hash = models.CharField(max_length=64)
    rights = ArrayField(
        models.CharField(max_length=32, choices=[(r.value, r.value) for r in Right])
    )
    created_by = TenantForeignKey(Membership, null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "public_id"], name="tenants_apikey_one_public_id"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def right_words(self) -> str:
        """Say what the key may do: “Read figures; comment”."""
        words = [RIGHT_MEANINGS[right] for right in Right if right in self.rights]
        return "; ".join(words).capitalize()


class AuditEntry(TenantOwned):
    """Something a person or a key did; the application may add entries, never change them."""

    at = models.DateTimeField()
    actor = TenantForeignKey(Membership, null=True)
    api_key = TenantForeignKey(ApiKey, null=True)
    action = models.CharField(max_length=60)
    object_kind = models.CharField(max_length=40, blank=True)
    object_id = models.UUIDField(null=True)
    object_name = models.CharField(max_length=200, blank=True)
    changes = models.JSONField(default=dict)

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["tenant", "-at", "id"], name="tenants_audit_by_time")]

    def __str__(self) -> str:
        return f"{self.action} {self.object_name}"

    def action_words(self) -> str:
        """Say what was done: `member-changed` reads “Member changed”."""
        return self.action.replace("-", " ").capitalize()

    def change_words(self) -> list[str]:
        """Say what changed, a line for each: “role: viewer, then admin”; empty when nothing did."""
        before, after = self.changes.get("before"), self.changes.get("after")
        if isinstance(before, dict) and isinstance(after, dict):
            pairs = {name: [old, after.get(name)] for name, old in before.items()}
            return [_change(name, pair) for name, pair in pairs.items() if pair[0] != pair[1]]
        return [_change(name, value) for name, value in self.changes.items()]


def _change(name: str, value: object) -> str:
    match value:
        case [before, after] if name != "rights":
            return f"{name.replace('_', ' ')}: {_plain(before)}, then {_plain(after)}"
    return f"{name.replace('_', ' ')}: {_plain(value)}"


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_plain(part).replace("_", " ") for part in value)
    return "nothing" if value is None or value == "" else str(value)
