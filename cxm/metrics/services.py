"""Every write to metrics: their names and the versions of their meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from cxm.metrics.builtin import BUILTIN_METRICS
from cxm.metrics.errors import MetricKeyTakenError, OffScaleError, ScaleError
from cxm.metrics.models import POSITIONS, Metric, MetricVersion
from cxm.tenants.audit import record
from cxm.touchpoints.rules.keys import free_key, suggested_key

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cxm.tenants.models import ApiKey, Membership, Tenant


@transaction.atomic
def install_builtin_metrics(*, tenant: Tenant, now: datetime) -> list[Metric]:
    """Give a new tenant the built-in metrics, each with its first version."""
    made = []
    for place, builtin in enumerate(BUILTIN_METRICS):
        metric = Metric.objects.create(
            tenant=tenant,
            key=builtin.key,
            title=builtin.title,
            kind=builtin.kind,
            scale_min=builtin.scale[0],
            scale_max=builtin.scale[1],
            scale_offset=builtin.offset,
            direction=builtin.direction,
            ord=place,
        )
        MetricVersion.objects.create(
            tenant=tenant,
            metric=metric,
            number=1,
            favourable=list(builtin.favourable),
            unfavourable=list(builtin.unfavourable),
            statistic=builtin.statistic,
            unit=builtin.unit,
            decimals=builtin.decimals,
            description=builtin.description,
            caution=builtin.caution,
            from_at=now,
        )
        made.append(metric)
    return made


def create_metric(
    *,
    tenant: Tenant,
    key: str = "",
    title: str,
    kind: str,
    scale_min: int,
    scale_max: int,
    direction: str,
    favourable: Sequence[int],
    unfavourable: Sequence[int],
    statistic: str,
    description: str,
    unit: str = "",
    decimals: int = 0,
    by: Membership | ApiKey,
    now: datetime,
) -> Metric:
    """Make a metric with its first version; the scale has at most 11 whole numbers.

    Without a key it gets one made of its title. Raises ScaleError,
    OffScaleError and MetricKeyTakenError.
    """
    if not scale_min < scale_max < scale_min + POSITIONS:
        raise ScaleError(scale_min, POSITIONS)
    _check_sets(scale_min, scale_max, favourable, unfavourable)
    key = key or _free_key(tenant, title)
    try:
        with transaction.atomic():
            metric = Metric.objects.create(
                tenant=tenant,
                key=key,
                title=title,
                kind=kind,
                scale_min=scale_min,
                scale_max=scale_max,
                # Scales inside 0 to 10 use the value as their column; others begin at theirs.
                scale_offset=0 if scale_min >= 0 and scale_max <= 10 else scale_min,  # noqa: PLR2004
                direction=direction,
                ord=Metric.objects.for_tenant(tenant).count(),
            )
            MetricVersion.objects.create(
                tenant=tenant,
                metric=metric,
                number=1,
                favourable=sorted(favourable),
                unfavourable=sorted(unfavourable),
                statistic=statistic,
                unit=unit,
                decimals=decimals,
                description=description,
                from_at=now,
            )
            record(tenant=tenant, action="metric-created", by=by, about=metric)
    except IntegrityError as error:
        raise MetricKeyTakenError(key) from error
    return metric


@transaction.atomic
def redefine_metric(
    *,
    metric: Metric,
    title: str,
    favourable: Sequence[int],
    unfavourable: Sequence[int],
    statistic: str,
    description: str,
    unit: str,
    decimals: int,
    by: Membership | ApiKey,
    now: datetime,
) -> MetricVersion:
    """Give *metric* a new version, which rereads all history at once; scores stay as they are.

    Raises OffScaleError.
    """
    _check_sets(metric.scale_min, metric.scale_max, favourable, unfavourable)
    locked = Metric.objects.for_tenant(metric.tenant_id).select_for_update().get(pk=metric.pk)
    before = current_version(locked)
    version = MetricVersion.objects.create(
        tenant_id=metric.tenant_id,
        metric=locked,
        number=locked.version + 1,
        favourable=sorted(favourable),
        unfavourable=sorted(unfavourable),
        statistic=statistic,
        unit=unit,
        decimals=decimals,
        min_n=before.min_n,
        description=description,
        caution=before.caution,
        from_at=now,
    )
    locked.version, locked.title = version.number, title
    locked.save(update_fields=["version", "title"])
    metric.version, metric.title = version.number, title
    changes = {
        "before": {"favourable": before.favourable, "statistic": before.statistic},
        "after": {"favourable": version.favourable, "statistic": version.statistic},
    }
    record(tenant=metric.tenant, action="metric-redefined", by=by, about=metric, changes=changes)
    return version


@transaction.atomic
def archive_metric(
    *, metric: Metric, is_archived: bool, by: Membership | ApiKey, now: datetime
) -> None:
    """Take a metric off the pages, or bring it back; its ratings stay."""
    metric.archived_at = now if is_archived else None
    metric.save(update_fields=["archived_at"])
    action = "metric-archived" if is_archived else "metric-restored"
    record(tenant=metric.tenant, action=action, by=by, about=metric)


def current_version(metric: Metric) -> MetricVersion:
    """Load the version in force. One query."""
    versions = MetricVersion.objects.for_tenant(metric.tenant_id)
    return versions.get(metric=metric, number=metric.version)


def _free_key(tenant: Tenant, title: str) -> str:
    taken = Metric.objects.for_tenant(tenant).values_list("key", flat=True)
    return free_key(suggested_key(title) or "metric", set(taken))


def _check_sets(
    low: int, high: int, favourable: Sequence[int], unfavourable: Sequence[int]
) -> None:
    off = [value for value in favourable if not low <= value <= high]
    if off or not favourable:
        raise OffScaleError("favourable", off or list(favourable))
    wrong = [v for v in unfavourable if not low <= v <= high or v in favourable]
    if wrong:
        raise OffScaleError("unfavourable", wrong)
