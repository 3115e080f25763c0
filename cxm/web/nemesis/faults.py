"""Doing harm: each fault of a plan, and what was seen of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxm.web.nemesis.planning import Deed

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from cxm.web.nemesis.planning import Fault
    from cxm.web.nemesis.product import Product


@dataclass(frozen=True, slots=True)
class Done:
    """A fault that happened from *began_at* to *ended_at*, in seconds since 1970.

    At *ended_at* the part runs again, or goes on, or was told to start.
    """

    fault: Fault
    began_at: float
    ended_at: float


def inflict(fault: Fault, product: Product, *, dice: random.Random) -> Done:
    """Do one fault to *product* and undo it: what was killed is started again.

    To be called by the main thread. Raises ServerError when a server does not come back, and
    StoppedError with what was killed not started again.
    """
    began_at = time.time()
    _DEEDS[fault.deed](fault, product, dice)
    return Done(fault, began_at, time.time())


def _kill_worker(fault: Fault, product: Product, _dice: random.Random) -> None:
    worker = product.parts["worker"]
    worker.kill()
    product.stop.wait(fault.lasts)
    worker.start()


def _kill_child(_fault: Fault, product: Product, dice: random.Random) -> None:
    product.parts["worker"].kill_child(dice)


def _pause(fault: Fault, product: Product, _dice: random.Random) -> None:
    part = product.parts[fault.part]
    part.pause()
    try:
        product.stop.wait(fault.lasts)
    finally:
        part.go_on()


def _kill_broker(fault: Fault, product: Product, _dice: random.Random) -> None:
    product.servers.kill_broker()
    product.stop.wait(fault.lasts)
    product.servers.valkey.start_or_adopt()


def _break_database(fault: Fault, product: Product, _dice: random.Random) -> None:
    product.servers.break_database()
    product.stop.wait(fault.lasts)
    product.servers.postgres.start_or_adopt()


_DEEDS: dict[Deed, Callable[[Fault, Product, random.Random], None]] = {
    Deed.KILL_WORKER: _kill_worker,
    Deed.KILL_CHILD: _kill_child,
    Deed.PAUSE: _pause,
    Deed.KILL_BROKER: _kill_broker,
    Deed.TAKE_BROKER: _kill_broker,
    Deed.BREAK_DATABASE: _break_database,
}
