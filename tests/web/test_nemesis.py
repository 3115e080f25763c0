"""Breaking the product: faults are planned, seen and undone, and a short run loses nothing."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from threading import Event
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from cxm.embedded.stopping import STOP_SIGNALS, Stop, StoppedError
from cxm.kernel.effects import effect_names
from cxm.tenants.binding import tenant_bound
from cxm.touchpoints.models import Channel
from cxm.web.nemesis.parts import run_to_end
from cxm.web.nemesis.planning import Deed, Kind, Poison, plan
from cxm.web.nemesis.poisoning import Poisoned
from cxm.web.nemesis.repeating import CHANNELS, Answer, repeat
from cxm.web.nemesis.watching import Sample, Watch
from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ALL = frozenset(Kind)


# The plan


def test_equal_seeds_give_equal_plans_and_others_give_others() -> None:
    assert plan(5, ALL, seed=1) == plan(5, ALL, seed=1)
    assert plan(5, ALL, seed=1) != plan(5, ALL, seed=2)


@pytest.mark.parametrize("minutes", [0.1, 0.5, 5, 60])
def test_every_kind_comes_and_faults_do_not_overlap(minutes: float) -> None:
    drawn = plan(minutes, ALL, seed=3)

    spans = [(fault.at, fault.at + fault.lasts) for fault in drawn.faults]
    kinds = {fault.kind for fault in drawn.faults}
    assert kinds == {Kind.WORKER, Kind.BROKER, Kind.DATABASE, Kind.ABSENT}
    assert all(end < start for (_, end), (start, _) in itertools.pairwise(spans))
    assert drawn.load_seconds >= max(minutes * 60, spans[-1][1])
    assert (drawn.is_poisoned, drawn.is_repeated) == (True, True)


def test_a_long_plan_does_every_deed_and_takes_the_broker_for_five_minutes_at_most() -> None:
    drawn = plan(60, ALL, seed=3)

    assert {fault.deed for fault in drawn.faults} == set(Deed)
    assert [f.lasts for f in drawn.faults if f.deed is Deed.TAKE_BROKER] == [300]


def test_only_what_is_asked_for_is_planned() -> None:
    drawn = plan(1, {Kind.BROKER}, seed=3)

    assert {fault.kind for fault in drawn.faults} == {Kind.BROKER}
    assert (drawn.is_poisoned, drawn.is_repeated) == (False, False)


def test_a_plan_of_poison_alone_has_no_faults() -> None:
    assert plan(1, {Kind.POISON}, seed=3).faults == ()


# What was seen


def test_a_fault_is_drained_when_all_that_waits_is_younger() -> None:
    watch = Watch(None, Event())  # type: ignore[arg-type]  # nothing is asked
    watch.samples = [
        Sample(10, 5, 3.0),
        Sample(11, 5, 9.5),
        Sample(13, 4, 10.5),
        Sample(14, 0, None),
    ]

    assert watch.drained_after(10) == 3
    assert watch.drained_after(15) is None
    assert watch.longest_wait(10, 13) == 7


def test_poison_is_wrong_when_it_is_tried_too_often_never_or_goes_on() -> None:
    poisoned = Poisoned(0, 1, {"a": 6, "b": 0, "c": 5}, {"a": "parked", "b": "waiting"})

    assert poisoned.wrong() == [
        "a was tried 6 times, not 5 at most",
        "b was never tried",
        "b is waiting",
    ]


def test_no_product_knows_poison_but_that_of_a_nemesis() -> None:
    command = [sys.executable, "-c", "import cxm.web.nemesis.poison"]
    environment = {k: v for k, v in os.environ.items() if k != "WAYFARE_NEMESIS"}

    tried = subprocess.run(  # noqa: S603 - fixed words
        command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False
    )

    assert "poison is only for the workers" in tried.stderr
    assert not effect_names() & set(Poison)


# One key, many posts


def answers(*statuses: int, body: str = "{}") -> Any:
    """Give a post that answers with *statuses* in turn, whatever it is sent."""
    left = list(statuses)
    return lambda _key, title: Answer(title, left.pop(), body)


def _wrong(post: Any, rows: Sequence[str]) -> list[str]:
    return repeat(post, lambda: rows, at_once=2)


def test_one_row_equal_answers_and_a_conflict_for_the_other_body_are_right() -> None:
    def post(key: str, title: str) -> Answer:
        return Answer(title, 409, "") if title == "Other" else Answer(title, 201, title)

    assert _wrong(post, ["Same", "One"]) == []


@pytest.mark.parametrize(
    ("post", "rows", "said"),
    [
        (answers(201, 201, 201, 201), ["Same", "One"], "not one of them"),
        (answers(409, 201, 201, 201), ["Same", "Same", "One"], "2 rows instead of 1"),
        (answers(409, 201, 500, 201), ["Same", "One"], "the same body were answered 500"),
        (answers(422, 201, 201, 201), ["Same", "One"], "another body were answered 422"),
    ],
    ids=["both made", "row doubled", "broken", "no conflict"],
)
def test_repeating_finds(post: Any, rows: list[str], said: str) -> None:
    assert said in " / ".join(_wrong(post, rows))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_posts_with_one_key_at_once_have_one_effect() -> None:
    tenant = make.tenant()
    _, key = make.api_key(of=tenant)

    def post(mark: str, title: str) -> Answer:
        heads = {"Authorization": f"Bearer {key}", "Idempotency-Key": mark}
        with closing(connection):
            answer = Client().post(CHANNELS, {"title": title}, "application/json", headers=heads)
        return Answer(title, answer.status_code, answer.json())

    def titles() -> list[str]:
        with tenant_bound(tenant.pk):
            return list(Channel.objects.for_tenant(tenant).values_list("title", flat=True))

    assert repeat(post, titles, at_once=12) == []


# A stop that is asked for


@pytest.fixture
def stop() -> Iterator[Stop]:
    """Give a stop that listens, and let signals do afterwards what they did before."""
    before = {number: signal.getsignal(number) for number in STOP_SIGNALS}
    made = Stop()
    made.listen()
    yield made
    for number, handler in before.items():
        signal.signal(number, handler)


def test_a_signal_raises_nothing_by_itself_and_ends_the_next_wait(stop: Stop) -> None:
    stop.check()

    for number in (*STOP_SIGNALS, *STOP_SIGNALS):
        signal.raise_signal(number)

    with pytest.raises(StoppedError):
        stop.wait(60)


@pytest.mark.slow
def test_a_program_that_runs_is_not_waited_for_when_a_stop_is_asked_for(
    stop: Stop, tmp_path: Path
) -> None:
    words = ["-c", "import os, signal, time; os.kill(os.getppid(), signal.SIGINT); time.sleep(60)"]

    with pytest.raises(StoppedError):
        run_to_end(words, environment=os.environ, log=tmp_path / "log", stop=stop)


# The whole


def _nemesis(*words: str, environment: dict[str, str] | None = None) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - fixed words
        [sys.executable, "manage.py", "nemesis", "--json", *words],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
def test_nothing_is_lost_or_doubled_whatever_is_killed() -> None:
    with _nemesis("--minutes", "0.3", "--seed", "2") as run:
        printed, complaints = run.communicate(timeout=540)

    assert printed, complaints
    figures = json.loads(printed.splitlines()[-1])
    assert figures["anomalies"] == 0, figures
    assert (figures["lost"], figures["doubled"], figures["rollup_differences"]) == (0, 0, 0)
    assert figures["acknowledged"] > 100
    assert figures["ratings"] > 0
    assert {figures[f"T{n}"]["faults"] for n in (7, 8, 9, 10)} == {1}
    assert figures["T13"]["states"] == dict.fromkeys(Poison, "parked")
    assert run.returncode == 0


@pytest.fixture
def folder() -> Iterator[Path]:
    """Give an empty folder that every account may enter."""
    made = Path(tempfile.mkdtemp(prefix="wayfare-test-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "sign"),
    [
        pytest.param(signal.SIGINT, "*/.local/postgres/data/postmaster.pid", id="while it starts"),
        pytest.param(signal.SIGTERM, "*/history.jsonl", id="under load"),
    ],
)
def test_a_run_that_is_stopped_leaves_nothing_behind(
    number: signal.Signals, sign: str, folder: Path
) -> None:
    environment = {**os.environ, "TMPDIR": str(folder)}
    with _nemesis("--minutes", "5", environment=environment) as run:
        _wait_for(lambda: bool(list(folder.glob(sign))))
        run.send_signal(number)
        run.communicate(timeout=120)

    assert run.returncode == 130
    assert _running(folder) == []
    assert list(folder.iterdir()) == []


def _running(folder: Path) -> list[int]:
    """Give the processes whose command or environment names *folder*: all parts of the product."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        except OSError:
            continue
        if os.fsencode(folder) in words:
            found.append(int(process.name))
    return found


def _wait_for(is_so: Callable[[], bool]) -> None:
    deadline = monotonic() + 300
    while not is_so():
        assert monotonic() < deadline
        sleep(0.1)
