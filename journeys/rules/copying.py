"""What a map names that goes by other keys in another journey."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cxm.kernel.operations.state import State

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from cxm.kernel.operations.state import Element

_NAMED = "bindings"


def with_figures(state: State, keys: Mapping[str, str], lost: Collection[str]) -> State:
    """Give a map whose lanes name figures by other *keys* (old to new), without those *lost*."""

    def told(element: Element) -> Element:
        config: Any = element.values.get("config")
        if element.kind != "lane" or not config or _NAMED not in config:
            return element
        named = [keys.get(key, key) for key in config[_NAMED] if key not in lost]
        values = {**element.values, "config": {**config, _NAMED: named}}
        return replace(element, values=values)

    return State(told(element) for element in state.values())
