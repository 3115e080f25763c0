"""A small map with names, that tests edit."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cxm.kernel.operations.order import spread
from tests.journeys.chance import add

if TYPE_CHECKING:
    from cxm.kernel.operations.state import Element
    from tests.journeys.chance import Rows

ANA = str(UUID(int=7))
COUNTER = str(UUID(int=8))
REFERENCES = {ANA: "Ana", COUNTER: "Parcel counter"}


class Drawn:
    """Two stages: Choose (Compare, Pick a slot) and Buy (Pay, Wait); lanes Does and Feels."""

    def __init__(self) -> None:
        rng = Random(1)  # noqa: S311 - for ids in tests
        self.state: Rows = {}
        self.rng = rng
        self.ids: dict[str, UUID] = {}
        self.put("map", "map", None, name="As it is", journey=ANA, number=1)
        for stage, steps in {"Choose": ("Compare", "Pick a slot"), "Buy": ("Pay", "Wait")}.items():
            self.put(stage, "stage", "map", title=stage)
            for step in steps:
                self.put(step, "step", stage, title=step)
        self.put("Does", "lane", "map", title="Does", kind="text")
        self.put("Feels", "lane", "map", title="Feels", kind="emotion")
        self.put_card("I look", "Does", "Compare", text="I look")
        self.put_card("I book", "Does", "Pick a slot", "Pay", text="I book")
        self.put_card("mood", "Feels", "Pay", value=1.2)
        self.put("contact", "contact", "Pay", touchpoint=COUNTER, role="primary")
        ends = {"from_step": str(self.ids["Wait"]), "to_step": str(self.ids["Pay"])}
        self.put("loop", "flow", "map", kind="loop", condition="refused", **ends)

    def put(self, name: str, kind: str, within: str | None, /, **values: Any) -> None:
        parent = self.ids[within] if within else None
        self.ids[name] = add(self.state, self.rng, kind, parent, **values)

    def put_card(self, name: str, lane: str, first: str, last: str = "", **values: Any) -> None:
        ends = {"step_from": str(self.ids[first]), "step_to": str(self.ids[last or first])}
        self.put(name, "card", lane, **ends, **values)

    def __getitem__(self, name: str) -> Element:
        return self.state[self.ids[name]]

    def sort(self, *names: str) -> None:
        for name, order in zip(names, spread(len(names)), strict=True):
            self[name].ord = order

    def at(self, card: str, first: str, last: str) -> None:
        self[card].values |= {"step_from": str(self.ids[first]), "step_to": str(self.ids[last])}

    def delete(self, *names: str) -> None:
        for name in names:
            self[name].is_deleted = True

    def move_step(self) -> None:
        self["Pick a slot"].parent = self.ids["Buy"]
        self.sort("Pay", "Pick a slot", "Wait")

    def add_stage(self) -> None:
        self.put("Use", "stage", "map", title="Use")
        self.put("Open it", "step", "Use", title="Open it")
        self.put_card("I cut", "Does", "Open it", text="I cut")

    def remove_step(self) -> None:
        """Delete as the editor does: what spanned the step is trimmed, ways to it go."""
        self.delete("Pay", "mood", "loop")
        self.at("I book", "Pick a slot", "Pick a slot")
