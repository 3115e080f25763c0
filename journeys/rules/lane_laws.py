"""What must hold in a lane: settings that its kind knows, and cards that fit it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from cxm.kernel.operations.records import Deed, RefusedError
from cxm.kernel.operations.state import is_there
from journeys.rules.kinds import CARDED, LaneKind
from journeys.rules.lane_configs import MOST_IN_A_CELL
from journeys.rules.lane_kinds import card_fault, config_of, kept_config

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxm.kernel.operations.records import Operation
    from cxm.kernel.operations.state import Element, State

_MADE = frozenset({Deed.CREATE, Deed.RESTORE})


def check_settings(state: State, done: Sequence[Operation]) -> None:
    """Refuse settings that the kind of a lane does not know, and cards that do not fit theirs.

    Looks at the lanes and cards that *done* is about. Raises RefusedError, which names the path of
    a setting, as `config.labels.2`, or the field of a card.
    """
    lanes = {o.lineage for o in done if o.kind == "lane" and _is_about(o, "config")}
    for lane in (state[pk] for pk in lanes if is_there(state, pk)):
        config = config_of(_kind(lane), _config(lane))
        inside = state.children(lane.id, "card")
        _check_room(inside, config)
        for card in inside:
            _check_card(card, _kind(lane), config)
    cards = {o.lineage for o in done if o.kind == "card"}
    for card in (state[pk] for pk in cards if is_there(state, pk)):
        parent = card.parent
        if parent is None or parent in lanes:
            continue
        lane = state[parent]
        if _kind(lane) in CARDED:
            _check_card(card, _kind(lane), kept_config(_kind(lane), _config(lane)))


def most_in_cell(lane: Element) -> int:
    """Give how many cards a cell of *lane* may hold, as its settings say."""
    told: Any = _config(lane).get("max_cards", MOST_IN_A_CELL)
    return int(told)


def _check_room(cards: Sequence[Element], config: Any) -> None:
    """Refuse to allow fewer cards than the fullest cell of a lane holds."""
    fullest = max(Counter(card.values["step_from"] for card in cards).values(), default=0)
    if fullest > config.max_cards:
        message = f"A cell of this lane holds {fullest} cards: allow at least so many."
        raise RefusedError(message, field="config.max_cards")


def _check_card(card: Element, kind: LaneKind, config: Any) -> None:
    fault = card_fault(kind, config, card.values)
    if fault:
        name, words = fault
        raise RefusedError(words, field=name)


def _is_about(done: Operation, name: str) -> bool:
    return done.deed in _MADE or (done.deed is Deed.SET and done.field == name)


def _kind(lane: Element) -> LaneKind:
    return LaneKind(str(lane.values["kind"]))


def _config(lane: Element) -> dict[str, Any]:
    found: Any = lane.values["config"]
    return found if isinstance(found, dict) else {}
