"""Figures of a journey, and targets of a map, as a file has them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from cxm.metrics.models import Metric
from cxm.tenants.audit import record
from cxm.tenants.models import ApiKey
from journeys.errors import TargetError
from journeys.models import MetricBinding, Target
from journeys.rules.kinds import AHEAD
from journeys.rules.promises import Direction
from journeys.selectors.map_files import bindings_of
from journeys.services.targets import Promised, change_target, remove_target, set_target
from personas.rules.cxmap_import import Becomes, Choice, Part
from personas.rules.cxmap_plans import Step

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from cxm.tenants.models import Membership
    from journeys.models import Journey, JourneyMap
    from journeys.services.map_library_in import Desk

_USUAL = {"window_days": 28, "min_n": 30}
_LABELS = {
    "metric_id": "Figure",
    "step_id": "Step",
    "touchpoint_id": "Touchpoint",
    "persona_id": "Persona",
    "window_days": "Days of a window",
    "min_n": "Least answers",
    "filter": "Filter",
}


def take_bindings(desk: Desk, journey: Journey) -> None:
    """Take the figures of a journey in; what measures something that is not here is left out."""
    _BindingWork(desk, journey).take()


def take_targets(desk: Desk, of: JourneyMap, part: Part) -> None:
    """Let a map promise what the file does, and nothing else; tell it in *part*.

    Complains where the map is none of the future, and of figures that nobody knows.
    """
    told = desk.document.tree.get("targets", [])
    if told and of.state not in AHEAD:
        words = "Only a future or an ideal map promises something."
        desk.document.complain("targets", words)
        return
    work = _TargetWork(desk, of)
    for number, item in enumerate(told):
        work.take(item, f"targets[{number}]")
    part.steps = [*part.steps, *work.finish()]
    if work.done and part.becomes is Becomes.SAME:
        part.becomes = Becomes.CHANGED


class _BindingWork:
    """The figures of one journey on their way in."""

    def __init__(self, desk: Desk, journey: Journey) -> None:
        self.desk, self.journey = desk, journey
        self.rows = bindings_of(journey)
        items = desk.library.get("bindings", [])
        metrics = Metric.objects.for_tenant(journey.tenant_id)
        named = metrics.filter(key__in=[item["metric"] for item in items])
        self.metrics: dict[str, UUID] = dict(named.values_list("key", "pk"))

    def take(self) -> None:
        """Make and change them."""
        ids = self.desk.ids.setdefault("binding", {})
        ids |= {key: str(row.pk) for key, row in self.rows.items()}
        for number, item in enumerate(self.desk.library.get("bindings", [])):
            self._one(item, f"library.bindings[{number}]", ids)

    def _one(self, item: Mapping[str, Any], path: str, ids: dict[str, str]) -> None:
        key, desk = item["key"], self.desk
        row = self.rows.get(key)
        choice = desk.chosen("binding", key, is_here=row is not None)
        part = Part("binding", key, key, path, choice, Becomes.NEW, target_key=key)
        desk.parts.append(part)
        if row is not None:
            part.id, part.becomes = str(row.pk), Becomes.SAME
            desk.heads.append(f"binding {key} {self._present(row)}")
        values = self._values(item, path) if choice is Choice.TAKE else None
        if choice is Choice.COPY:
            desk.document.complain(path, "A figure is known by one key: take it or leave it.")
        elif values is None:
            part.becomes = Becomes.LEFT_OUT if row is None else Becomes.LINKED
        elif row is None:
            ids[key] = part.id = str(self._make(key, values).pk)
        else:
            self._change(row, values, part)

    def _values(self, item: Mapping[str, Any], path: str) -> dict[str, Any] | None:
        """Give the columns; None where the figure measures what is not here."""
        metric = self.metrics.get(item["metric"])
        if metric is None:
            words = f"There is no figure “{item['metric']}” here: “{item['key']}” is left out."
            self.desk.document.remark(f"{path}.metric", words)
            return None
        told: dict[str, Any] = {"metric_id": metric, "filter": item.get("filter", {})}
        told |= {name: item.get(name, usual) for name, usual in _USUAL.items()}
        if told["filter"]:
            words = "Figures of chosen answers are not told on maps: leave the filter out."
            self.desk.document.complain(f"{path}.filter", words)
        for name in ("step", "touchpoint", "persona"):
            key = item.get(name)
            told[f"{name}_id"] = self.desk.ids.get(name, {}).get(key) if key else None
            if key and told[f"{name}_id"] is None:
                words = f"There is no {name} “{key}”, neither in this file nor here."
                self.desk.document.complain(f"{path}.{name}", words)
        return told

    def _make(self, key: str, values: dict[str, Any]) -> MetricBinding:
        asking = self.desk.asking
        made = MetricBinding.objects.create(
            tenant=asking.tenant,
            journey=self.journey,
            key=key,
            created_at=asking.now,
            by=_member(asking.by),
            **values,
        )
        record(tenant=asking.tenant, action="metric-bound", by=asking.by, about=made)
        return made

    def _change(self, row: MetricBinding, values: dict[str, Any], part: Part) -> None:
        before = self._present(row)
        names = {pk: key for told in self.desk.ids.values() for key, pk in told.items()}
        for name, value in values.items():
            was, now = str(before[name] or ""), str(value or "")
            if was != now:
                step = Step(_LABELS[name], names.get(was, was), names.get(now, now))
                part.steps = [*part.steps, step]
        if part.steps:
            part.becomes = Becomes.CHANGED
            rows = MetricBinding.objects.for_tenant(self.desk.asking.tenant)
            rows.filter(pk=row.pk).update(**values)
            record(tenant=row.tenant, action="binding-changed", by=self.desk.asking.by, about=row)

    def _present(self, row: MetricBinding) -> dict[str, Any]:
        return {name: getattr(row, name) for name in _LABELS}


class _TargetWork:
    """The targets of one map on their way in."""

    def __init__(self, desk: Desk, of: JourneyMap) -> None:
        self.desk, self.of = desk, of
        rows = Target.objects.for_tenant(of.tenant_id).filter(map=of, removed_at=None)
        rows = rows.select_related("tenant", "binding__metric", "map__journey", "map__tenant")
        self.rows = {str(row.binding_id): row for row in rows}
        for row in self.rows.values():
            desk.heads.append(f"target {row.pk} {_promised(row)}")
        self.seen: set[str] = set()
        self.done: list[Step] = []

    def take(self, item: Mapping[str, Any], path: str) -> None:
        """Make or change one target."""
        binding = self._binding(item, path)
        if binding is None:
            return
        if str(binding.pk) in self.seen:
            self.desk.document.complain(path, "This is promised twice: keep one of them.")
            return
        self.seen.add(str(binding.pk))
        promised = Promised(
            Direction(item["direction"]),
            float(item["value"]),
            date.fromisoformat(item["due"]),
            None if item.get("margin") is None else float(item["margin"]),
            item.get("note", ""),
        )
        try:
            self._promise(self.rows.get(str(binding.pk)), binding, promised)
        except TargetError as error:
            if error.field != "due":
                self.desk.document.complain(f"{path}.{error.field}", str(error))
                return
            words = f"{item['due']} is over: the target is left out."
            self.desk.document.remark(f"{path}.due", words)

    def finish(self) -> list[Step]:
        """Remove what the file does not promise; give what was done in all."""
        for binding, row in self.rows.items():
            if binding not in self.seen:
                self.done.append(Step(f"Target {row.binding.key} goes", _said(_promised(row))))
                remove_target(target=row, by=self.desk.asking.by, now=self.desk.asking.now)
        return self.done

    def _promise(self, row: Target | None, binding: MetricBinding, promised: Promised) -> None:
        by, now = self.desk.asking.by, self.desk.asking.now
        if row is None:
            set_target(of=self.of, binding=binding, promised=promised, by=by, now=now)
            self.done.append(Step(f"New target {binding.key}", "", _said(promised)))
        elif _promised(row) != promised:
            before = _said(_promised(row))
            change_target(target=row, promised=promised, by=by, now=now)
            self.done.append(Step(f"Target {binding.key}", before, _said(promised)))

    def _binding(self, item: Mapping[str, Any], path: str) -> MetricBinding | None:
        """Give the figure that is promised; a target lies at the step of its figure."""
        found = self.desk.ids.get("binding", {}).get(item["binding"])
        if found is None:
            words = f"There is no figure “{item['binding']}” here: the target is left out."
            self.desk.document.remark(f"{path}.binding", words)
            return None
        rows = MetricBinding.objects.for_tenant(self.of.tenant_id)
        row = rows.select_related("metric", "step").get(pk=found)
        key = row.step.key if row.step else None
        if key != item.get("step"):
            words = f"“{row.key}” is a figure of {f'the step “{key}”' if key else 'the whole map'}."
            self.desk.document.complain(f"{path}.step", words)
            return None
        return row


def _promised(row: Target) -> Promised:
    return Promised(Direction(row.direction), row.value, row.due, row.margin, row.note)


def _said(promised: Promised) -> str:
    margin = f" ± {promised.margin:g}" if promised.margin is not None else ""
    return f"{promised.direction} {promised.value:g}{margin} by {promised.due}"


def _member(by: Membership | ApiKey | None) -> Membership | None:
    return None if isinstance(by, ApiKey) else by
