"""What background work can be promised: names and the functions behind them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class Again:
    """What an effect gives when more is to be done: what it did is kept, then it runs again.

    *arguments* replace those it ran with. Each run is a transaction of its own; the next one is
    due after *wait*.
    """

    arguments: dict[str, Any]
    wait: timedelta = timedelta(0)


type Effect = Callable[..., Again | None]
type GiveUp = Callable[[UUID, dict[str, Any], str], None]


@dataclass(frozen=True, slots=True)
class Registered:
    """An effect, and what to do when it has failed for good."""

    run: Effect
    give_up: GiveUp | None


_effects: dict[str, Registered] = {}


def effect(name: str, *, give_up: GiveUp | None = None) -> Callable[[Effect], Effect]:
    """Register the function below as *name*.

    It is called with the tenant's id as `tenant_id`, the moment as `now`, and the arguments
    that were promised, in one transaction bound to the tenant together with the removal of the
    promise: it happens once, or not at all. *give_up* is called in a later transaction with the
    tenant's id, the arguments and the error, after the last attempt has failed.
    """

    def register(function: Effect) -> Effect:
        _effects[name] = Registered(function, give_up)
        return function

    return register


def registered(name: str) -> Registered:
    """Find an effect by name; raises LookupError for an unknown one."""
    try:
        return _effects[name]
    except KeyError:
        message = f"no effect is called {name}"
        raise LookupError(message) from None


def effect_names() -> frozenset[str]:
    """List every registered name."""
    return frozenset(_effects)
