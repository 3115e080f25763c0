"""Models of scores: the ones a workspace begins with, own ones, changing and archiving them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cxm.tenants.audit import record
from cxm.tenants.models import ApiKey, Tenant
from cxm.touchpoints.rules.keys import free_key, suggested_key
from cxm.work.services import later, schedule
from journeys.errors import NotNowError, TitleNeededError, TooManyError
from journeys.models import ScoreModel
from journeys.rules.library import ScoreSubject
from journeys.rules.score_presets import PRESETS, RICE
from journeys.rules.scoring import Scoring, check_scoring

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.tenants.models import Membership

LONGEST_TITLE, MOST_MODELS = 120, 50
COMPUTE = "journeys.scores-computed"
_DAY_SECONDS = 86_400


def ensure_models(*, tenant: Tenant, now: datetime) -> None:
    """Give a workspace the usual models once, and have what data say computed every day.

    Workspaces that have models already, archived ones too, keep theirs. One query then.
    """
    if not ScoreModel.objects.for_tenant(tenant).exists():
        _make_presets(tenant, now)


@transaction.atomic
def copy_model(
    *, of: ScoreModel, title: str, by: Membership | ApiKey | None, now: datetime
) -> ScoreModel:
    """Make a model of one's own that begins as *of* is. Raises TitleNeededError, TooManyError."""
    told, tenant = _titled(title), of.tenant
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
    keys = set(ScoreModel.objects.for_tenant(tenant).values_list("key", flat=True))
    if len(keys) >= MOST_MODELS:
        message = f"A workspace has up to {MOST_MODELS} models of scores."
        raise TooManyError(message)
    made = ScoreModel.objects.create(
        tenant=tenant,
        key=free_key(suggested_key(told) or "model", keys),
        title=told,
        subject=of.subject,
        inputs=of.inputs,
        formulas=of.formulas,
        x=of.x,
        y=of.y,
        size=of.size,
        created_at=now,
        by=None if isinstance(by, ApiKey) else by,
    )
    record(tenant=tenant, action="score-model-made", by=by, about=made, changes={"of": of.key})
    return made


@transaction.atomic
def make_model(
    *,
    tenant: Tenant,
    key: str,
    title: str,
    subject: str,
    scoring: Scoring,
    x: str,
    y: str,
    size: str,
    by: Membership | ApiKey | None,
    now: datetime,
) -> ScoreModel:
    """Make a model under a *key* that is free.

    Raises TitleNeededError, TooManyError and ScoreModelError.
    """
    told = _titled(title)
    check_scoring(scoring, x=x, y=y, size=size)
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
    if ScoreModel.objects.for_tenant(tenant).count() >= MOST_MODELS:
        message = f"A workspace has up to {MOST_MODELS} models of scores."
        raise TooManyError(message)
    made = ScoreModel.objects.create(
        tenant=tenant,
        key=key,
        title=told,
        subject=subject,
        **scoring.record(),
        x=x,
        y=y,
        size=size,
        created_at=now,
        by=None if isinstance(by, ApiKey) else by,
    )
    record(tenant=tenant, action="score-model-made", by=by, about=made)
    later(COMPUTE, tenant=tenant.pk, now=now)
    return made


@transaction.atomic
def change_model(
    *,
    model: ScoreModel,
    title: str,
    scoring: Scoring,
    x: str,
    y: str,
    size: str,
    by: Membership | ApiKey | None,
    now: datetime,
) -> None:
    """Give a model other inputs and formulas; values of inputs that stay are kept.

    Raises TitleNeededError, ScoreModelError and NotNowError for one that is archived.
    """
    if model.archived_at is not None:
        message = "This model is archived. Restore it first."
        raise NotNowError(message)
    told = _titled(title)
    check_scoring(scoring, x=x, y=y, size=size)
    after = {"title": told, **scoring.record(), "x": x, "y": y, "size": size}
    before = {name: getattr(model, name) for name in after}
    changed = {name: value for name, value in after.items() if value != before[name]}
    if not changed:
        return
    for name, value in changed.items():
        setattr(model, name, value)
    model.save(update_fields=list(changed))
    told_of = {name: [before[name], value] for name, value in changed.items()}
    record(tenant=model.tenant, action="score-model-changed", by=by, about=model, changes=told_of)
    later(COMPUTE, tenant=model.tenant_id, now=now)


@transaction.atomic
def make_default(*, model: ScoreModel, by: Membership | ApiKey | None) -> None:
    """Let a model be the one that lists show. Raises NotNowError for an archived one."""
    Tenant.objects.select_for_update(no_key=True).get(pk=model.tenant_id)
    rows = ScoreModel.objects.for_tenant(model.tenant_id)
    rows.filter(subject=model.subject, is_default=True).exclude(pk=model.pk).update(
        is_default=False
    )
    if not rows.filter(pk=model.pk, archived_at=None).update(is_default=True):
        message = "This model is archived. Restore it first."
        raise NotNowError(message)
    model.is_default = True
    record(tenant=model.tenant, action="score-model-chosen", by=by, about=model)


@transaction.atomic
def archive_model(*, model: ScoreModel, by: Membership | ApiKey | None, now: datetime) -> None:
    """Take a model off the lists; what was scored by it is kept.

    Raises NotNowError for the last one that scores its subject.
    """
    Tenant.objects.select_for_update(no_key=True).get(pk=model.tenant_id)
    rows = ScoreModel.objects.for_tenant(model.tenant_id)
    others = rows.filter(subject=model.subject, archived_at=None).exclude(pk=model.pk)
    if not others.exists():
        message = f"This is the last model for {_many(model.subject)}. Make another one first."
        raise NotNowError(message)
    if rows.filter(pk=model.pk, archived_at=None).update(archived_at=now, is_default=False):
        model.archived_at, model.is_default = now, False
        record(tenant=model.tenant, action="score-model-archived", by=by, about=model)


@transaction.atomic
def restore_model(*, model: ScoreModel, by: Membership | ApiKey | None) -> None:
    """Bring an archived model back."""
    rows = ScoreModel.objects.for_tenant(model.tenant_id)
    if rows.filter(pk=model.pk, archived_at__isnull=False).update(archived_at=None):
        model.archived_at = None
        record(tenant=model.tenant, action="score-model-restored", by=by, about=model)


@transaction.atomic
def _make_presets(tenant: Tenant, now: datetime) -> None:
    rows = [
        ScoreModel(
            tenant=tenant,
            key=preset.key_for(subject),
            title=preset.title,
            subject=subject.value,
            **preset.scoring.record(),
            x=preset.x,
            y=preset.y,
            size=preset.size,
            is_default=preset is RICE,
            created_at=now,
        )
        for subject in ScoreSubject
        for preset in PRESETS
    ]
    # Two that look for the first time at once make them once.
    ScoreModel.objects.bulk_create(rows, ignore_conflicts=True)
    schedule(COMPUTE, tenant=tenant, every_seconds=_DAY_SECONDS, now=now)
    later(COMPUTE, tenant=tenant, now=now)


def _titled(title: str) -> str:
    told = " ".join(title.split())
    if not 0 < len(told) <= LONGEST_TITLE:
        raise TitleNeededError("title", LONGEST_TITLE)
    return told


def _many(subject: str) -> str:
    return "opportunities" if subject == ScoreSubject.OPPORTUNITY else "solutions"
