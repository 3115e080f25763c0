"""The library items that maps use, as the library of a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxm.kernel.operations.state import is_there
from cxm.touchpoints.models import Channel, Touchpoint
from journeys.models import Goal, Insight, MetricBinding, Opportunity, ScoreModel, Solution
from journeys.rules.cxmap_library import GOALS, INSIGHTS, OPPORTUNITIES, SOLUTIONS, item_of
from journeys.selectors.map_files import bindings_of, keys_of, step_keys
from journeys.services import library_stores as stores
from personas.models import Persona, Stakeholder
from personas.services.library_export import Chosen, library_tree
from personas.services.library_states import states_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from uuid import UUID

    from cxm.kernel.operations.documents import Store
    from cxm.kernel.operations.state import State
    from journeys.models import Journey, Target
    from journeys.rules.cxmap_library import ItemKind

# Each kind of item with its model and its documents; solutions first, as they lead to others.
_KINDS: tuple[tuple[ItemKind, Any, Store], ...] = (
    (SOLUTIONS, Solution, stores.SOLUTIONS),
    (OPPORTUNITIES, Opportunity, stores.OPPORTUNITIES),
    (INSIGHTS, Insight, stores.INSIGHTS),
    (GOALS, Goal, stores.GOALS),
)


@dataclass(frozen=True, slots=True)
class Used:
    """What maps of *journey* use: *ids* by what they are, their *steps* and *targets*.

    *scores* are the keys of scores that their lanes show, by what is scored.
    """

    journey: Journey
    ids: Mapping[str, set[str]]
    steps: Collection[UUID]
    targets: Sequence[Target]
    scores: Mapping[str, Collection[str]]


def library_part(used: Used) -> dict[str, Any]:
    """Give the library of a file: all that is used, and what that refers to in turn.

    The number of queries does not grow with what is used, but with how far items lead.
    """
    return _Library(used).part()


class _Library:
    """One library in the making."""

    def __init__(self, used: Used) -> None:
        self.journey, self.steps, self.targets = used.journey, used.steps, used.targets
        self.scores, self.tenant = used.scores, used.journey.tenant
        self.ids = {what: set(ids) for what, ids in used.ids.items()}
        self.states: dict[str, dict[UUID, State]] = {kind.name: {} for kind, _, _ in _KINDS}
        self.bindings: dict[str, MetricBinding] = {}

    def part(self) -> dict[str, Any]:
        """Give all lists; empty ones are left out when they are written."""
        self._find_items()
        self._find_bindings()
        register = self._register()
        touchpoints = self._rows(Touchpoint, "touchpoint")
        self.ids["channel"] |= {str(one.channel_id) for one in touchpoints if one.channel_id}
        channels = self._rows(Channel, "channel")
        names = {one.pk: one.key for one in channels}
        return {
            "channels": [_channel(one) for one in channels],
            "touchpoints": [_touchpoint(one, names) for one in touchpoints],
            "personas": register["personas"],
            "stakeholders": register["stakeholders"],
            **self._items(),
            "bindings": [_binding(one) for one in self.bindings.values()],
            "score_models": self._score_models(),
        }

    def _score_models(self) -> list[dict[str, Any]]:
        """Give the models in use that have a score or an input which a lane shows."""
        rows = ScoreModel.objects.for_tenant(self.tenant).filter(subject__in=list(self.scores))
        found = rows.filter(archived_at=None).order_by("key") if self.scores else ()
        return [_score_model(one) for one in found if self._shows(one)]

    def _shows(self, model: ScoreModel) -> bool:
        keys = {one["key"] for one in (*model.inputs, *model.formulas)}
        return bool(keys & set(self.scores[model.subject]))

    def _find_items(self) -> None:
        """Follow what items lead to, until nothing new comes."""
        while True:
            before = sum(len(states) for states in self.states.values())
            for kind, _, store in _KINDS:
                known = self.states[kind.name]
                new = {pk for pk in self.ids[kind.name] if pk not in {str(one) for one in known}}
                if new:
                    known |= states_of(store, self.tenant, new)  # type: ignore[arg-type]  # ids as text do
                self._follow(kind)
            if sum(len(states) for states in self.states.values()) == before:
                return

    def _follow(self, kind: ItemKind) -> None:
        fields = {link.kind: (link.field, link.what) for link in kind.links}
        for pk, state in self.states[kind.name].items():
            for element in state.values():
                name, what = fields.get(element.kind, ("", ""))
                if what in self.ids and is_there(state, element.id):
                    self.ids[what].add(str(element.values[name]))
            parent = state[pk].values.get("parent")
            if parent:
                self.ids["goal"].add(str(parent))

    def _find_bindings(self) -> None:
        found = bindings_of(self.journey)
        wanted = {one.binding_id for one in self.targets}
        goals = self.states["goal"].items()
        named = {str(state[pk].values["binding"]) for pk, state in goals}
        for key, one in found.items():
            is_here = one.archived_at is None and (not one.step_id or one.step_id in self.steps)
            if one.pk in wanted or str(one.pk) in named or is_here:
                self.bindings[key] = one
                self.ids["persona"] |= {str(one.persona_id)} if one.persona_id else set()
                self.ids["touchpoint"] |= {str(one.touchpoint_id)} if one.touchpoint_id else set()

    def _register(self) -> dict[str, Any]:
        people = list(self._rows(Stakeholder, "stakeholder"))
        self.ids["persona"] |= {str(one.persona_id) for one in people if one.persona_id}
        chosen = Chosen(list(self._rows(Persona, "persona")), people)
        found: dict[str, Any] = library_tree(self.tenant, chosen, is_private=False)["library"]
        return found

    def _rows(self, model: Any, what: str) -> list[Any]:
        rows = model.objects.for_tenant(self.tenant).filter(pk__in=self.ids[what])
        return list(rows.order_by("key"))

    def _items(self) -> dict[str, list[dict[str, Any]]]:
        keys: dict[str, dict[str, str]] = keys_of(
            self.tenant, {what: self.ids[what] for what in ("persona", *self.states)}
        )
        keys["step"] = _turned(step_keys(self.tenant, self.journey))
        keys["binding"] = {str(one.pk): key for key, one in self.bindings.items()}
        return {
            kind.folder: [
                item_of(kind, state, pk, keys) for pk, state in self.states[kind.name].items()
            ]
            for kind, _, _ in _KINDS
        }


def _turned(told: Mapping[str, str]) -> dict[str, str]:
    return {value: key for key, value in told.items()}


def _channel(one: Channel) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("key", "title", "medium", "ownership")}


def _touchpoint(one: Touchpoint, channels: Mapping[UUID, str]) -> dict[str, Any]:
    names: Iterable[str] = ("key", "title", "interaction", "initiator", "description")
    told = {name: getattr(one, name) for name in names}
    return told | {"channel": channels[one.channel_id] if one.channel_id else None}


def _binding(one: MetricBinding) -> dict[str, Any]:
    return {
        "key": one.key,
        "metric": one.metric.key,
        "step": one.step.key if one.step else None,
        "touchpoint": one.touchpoint.key if one.touchpoint else None,
        "persona": one.persona.key if one.persona else None,
        "window_days": one.window_days,
        "min_n": one.min_n,
        "filter": one.filter,
    }


def _score_model(one: ScoreModel) -> dict[str, Any]:
    names = ("key", "title", "subject", "inputs", "formulas", "x", "y", "size")
    return {name: getattr(one, name) for name in names}
