"""One run: the product up, clients sending, faults by plan, the drain, the verdict."""

from __future__ import annotations

import random
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from cxm.web.nemesis.checking import judge
from cxm.web.nemesis.clients import CLIENTS, Client
from cxm.web.nemesis.facts import Database
from cxm.web.nemesis.faults import inflict
from cxm.web.nemesis.history import History, read_history
from cxm.web.nemesis.parts import wait_until
from cxm.web.nemesis.planning import SHORT_RUN_SECONDS, plan
from cxm.web.nemesis.poisoning import poison
from cxm.web.nemesis.product import clear_away, product_running
from cxm.web.nemesis.repeating import http_post, repeat
from cxm.web.nemesis.report import Run, report
from cxm.web.nemesis.watching import Reader, Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from cxm.embedded.stopping import Stop
    from cxm.web.nemesis.faults import Done
    from cxm.web.nemesis.planning import Fault, Kind, Plan
    from cxm.web.nemesis.poisoning import Poisoned
    from cxm.web.nemesis.product import Product

DRAIN_SECONDS, CALM_SECONDS = 180, 60
LOOK_SECONDS = 0.2
# Between two faults, however long the first took.
REST_SECONDS = 3
JOIN_SECONDS = 30


def try_faults(
    minutes: float, kinds: Collection[Kind], *, seed: int, say: Callable[[str], None], stop: Stop
) -> dict[str, Any]:
    """Run the product for *minutes* under load and faults; give the figures of `report`.

    Afterwards nothing of it runs. Its logs and the history are kept, and *say* is told where,
    when there were anomalies. Raises ServerError when something does not start, and
    StoppedError when *stop* was asked for: then nothing is kept.
    """
    with product_running(say, stop) as product:
        figures = {
            "minutes": minutes,
            "seed": seed,
            **_tried(product, plan(minutes, kinds, seed=seed), seed=seed, say=say),
        }
    if figures["anomalies"]:
        say(f"Logs and history are kept in {product.home}.")
    else:
        clear_away(product)
    return figures


def _tried(
    product: Product, what: Plan, *, seed: int, say: Callable[[str], None]
) -> dict[str, Any]:
    database = _database(product)
    path = product.home / "history.jsonl"
    over = threading.Event()
    with _load(product, History(path), over) as (clients, watch, reader):
        say(f"Sending for about {what.load_seconds:.0f} s, with {len(what.faults)} faults ...")
        began_at = time.time()
        done = _inflict_all(product, what, began_at, random.Random(seed), say)  # noqa: S311 - as planned
        repeated = _repeated(product, database, say) if what.is_repeated else None
        poisoned = None
        if what.is_poisoned:
            _calm_down(product, watch)
            poisoned = _poisoned(product, database, what, say)
        _wait(product, began_at + what.load_seconds)
        _stop(over, clients)
        say("Waiting until everything is done ...")
        drained_seconds = _drained(product, database)
    run = Run(
        began_at=began_at,
        history=read_history(path),
        verdict=judge(read_history(path), database.found()),
        watch=watch,
        reader=reader,
        faults=done,
        recount=product.recount(),
        drained_seconds=drained_seconds,
        repeated=repeated,
        poisoned=poisoned,
        crashes=[f"{client.name}: {client.crash!r}" for client in clients if client.crash],
        own_deaths={name: part.own_deaths for name, part in product.parts.items()},
    )
    database.close()
    figures = report(run)
    figures["sent_twice"] = sum(client.twice for client in clients)
    figures["sent_again"] = sum(client.again for client in clients)
    return figures


@contextmanager
def _load(
    product: Product, history: History, over: threading.Event
) -> Iterator[tuple[list[Client], Watch, Reader]]:
    """Let the watch look for the block, and clients send and a reader ask until it is *over*."""
    all_over = threading.Event()
    clients = [
        Client(
            number,
            port=product.port,
            write_key=product.stage.write_key,
            history=history,
            stop=over,
        )
        for number in range(1, CLIENTS + 1)
    ]
    watch = Watch(_database(product), all_over)
    reader = Reader(port=product.port, api_key=product.stage.api_key, over=over)
    threads = [*clients, watch, reader]
    try:
        for thread in threads:
            thread.start()
        yield clients, watch, reader
    finally:
        over.set()
        all_over.set()
        for thread in threads:
            # Where one could not be started, those after it were not either.
            with suppress(RuntimeError):
                thread.join(JOIN_SECONDS)
        history.close()


def _inflict_all(
    product: Product,
    what: Plan,
    began_at: float,
    dice: random.Random,
    say: Callable[[str], None],
) -> list[Done]:
    done: list[Done] = []
    for fault in what.faults:
        rested = done[-1].ended_at + REST_SECONDS if done else began_at
        _wait(product, max(began_at + fault.at, rested))
        say(f"{time.time() - began_at:6.1f} s  {_named(fault)}")
        done.append(inflict(fault, product, dice=dice))
    _wait(product, (done[-1].ended_at if done else began_at) + REST_SECONDS)
    return done


def _named(fault: Fault) -> str:
    return f"{fault.deed} {fault.part} for {fault.lasts:.1f} s".replace("  ", " ")


def _repeated(product: Product, database: Database, say: Callable[[str], None]) -> list[str]:
    say("One idempotency key, fifty times at once ...")
    post = http_post(product.port, product.stage.api_key)
    return repeat(post, database.channels)


def _poisoned(
    product: Product, database: Database, what: Plan, say: Callable[[str], None]
) -> Poisoned:
    say("Poison: work that kills its worker, that hangs, that fails ...")
    return poison(product, database, is_short=what.load_seconds <= SHORT_RUN_SECONDS)


def _calm_down(product: Product, watch: Watch) -> None:
    """Wait until what the faults have delayed is done, so that it is not laid at another's door."""
    moment = time.time()

    def is_calm() -> bool:
        product.revive()
        return watch.drained_after(moment) is not None

    wait_until(is_calm, seconds=CALM_SECONDS, stop=product.stop)


def _stop(over: threading.Event, clients: list[Client]) -> None:
    over.set()
    for client in clients:
        client.join(JOIN_SECONDS)


def _wait(product: Product, until: float) -> None:
    """Wait until a moment, and start again meanwhile what ends by itself."""
    while (left := until - time.time()) > 0:
        product.stop.wait(min(left, LOOK_SECONDS))
        product.revive()


def _drained(product: Product, database: Database) -> float | None:
    began_at = time.time()

    def is_drained() -> bool:
        product.revive()
        return database.is_drained()

    if wait_until(is_drained, seconds=DRAIN_SECONDS, stop=product.stop):
        return time.time() - began_at
    return None


def _database(product: Product) -> Database:
    stage = product.stage
    return Database(product.servers.superuser_url(), tenant=stage.tenant, source=stage.source)
