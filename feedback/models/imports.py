"""Files on their way in, and the mappings kept for the next one."""

from __future__ import annotations

from django.db import models

from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import Membership, TenantOwned
from cxm.work.models import Batch, Job


class Import(TenantOwned):
    """One file on its way in: uploaded, mapped, tried, loaded, perhaps undone."""

    class State(models.TextChoices):
        """How far the file is."""

        UPLOADED = "uploaded", "Uploaded"
        CHECKING = "checking", "Being checked"
        CHECKED = "checked", "Checked"
        LOADING = "loading", "Loading"
        DONE = "done", "Loaded"
        CANCELLED = "cancelled", "Stopped"
        FAILED = "failed", "Failed"
        UNDOING = "undoing", "Being undone"
        UNDONE = "undone", "Undone"

    RUNNING_STATES = (State.CHECKING, State.LOADING, State.UNDOING)

    file_name = models.CharField(max_length=255)
    file_path = models.CharField(max_length=300)
    bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=9, choices=State, default=State.UPLOADED)
    mapping = models.JSONField(null=True)
    preview = models.JSONField(default=dict)
    check_report = models.JSONField(null=True)
    report = models.JSONField(null=True)
    error = models.CharField(max_length=500, blank=True)
    progress = models.JSONField(default=dict)
    job = TenantForeignKey(Job, null=True)
    batch = TenantForeignKey(Batch, null=True)
    by = TenantForeignKey(Membership, null=True)
    created_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(fields=["tenant", "-created_at", "-id"], name="feedback_import_time")
        ]

    def __str__(self) -> str:
        return self.file_name


class ImportRecipe(TenantOwned):
    """A mapping kept for the next file of its kind; found again by the heads."""

    name = models.CharField(max_length=120)
    mapping = models.JSONField()
    signature = models.CharField(max_length=64)
    by = TenantForeignKey(Membership, null=True)
    created_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["tenant", "signature"], name="feedback_recipe_signature")]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"], name="feedback_importrecipe_one_per_name"
            )
        ]

    def __str__(self) -> str:
        return self.name
