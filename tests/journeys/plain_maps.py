"""Maps as plain values, for rules that need no database."""

from __future__ import annotations

from copy import deepcopy
from typing import Any
from uuid import UUID

from cxm.kernel.ids import new_id
from cxm.kernel.operations.state import Element, State
from journeys.rules.shapes import MAP


class PlainMap:
    """A map that tests put together: each method adds one element, and gives it."""

    def __init__(self) -> None:
        self.state = State()
        self._orders = 0
        self.root = self.add("map", None, number=1, name="As it is", journey=str(new_id()))

    def add(self, kind: str, parent: UUID | None, /, **values: Any) -> Element:
        shape = MAP.element(kind)
        told = {field.name: deepcopy(field.default) for field in shape.fields} | values
        self._orders += 1
        element = Element(new_id(), kind, told, parent, f"{self._orders:06}")
        self.state.add(element)
        return element

    def stage(self, *steps: str, title: str = "Before") -> list[Element]:
        """Add a stage with steps of these titles; give the stage and its steps."""
        stage = self.add("stage", self.root.id, title=title)
        return [stage, *(self.add("step", stage.id, title=step) for step in steps)]

    def lane(self, kind: str, title: str = "A lane", **values: Any) -> Element:
        return self.add("lane", self.root.id, kind=kind, title=title, **values)

    def card(
        self, lane: Element, first: Element, last: Element | None = None, **more: Any
    ) -> Element:
        ends = {"step_from": str(first.id), "step_to": str((last or first).id)}
        return self.add("card", lane.id, **ends, **more)

    def flow(self, first: Element, last: Element, kind: str, **more: Any) -> Element:
        ends = {"from_step": str(first.id), "to_step": str(last.id)}
        return self.add("flow", self.root.id, kind=kind, **ends, **more)
