"""Bench `submit`: one answer to a survey a request, against one INSERT a request."""

from __future__ import annotations

import http.client
import random
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from cxm.accounts.models import User
from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.tenants.postgresql.owner import owner_connection
from cxm.tenants.rules import Role
from cxm.tenants.services import add_member
from cxm.web.benches.ground import Result, backend_cpu_seconds, bench_database, bench_tenant
from cxm.web.benches.serving import cpu_seconds, free_port, running, wait_for_port, web_server
from feedback.models import Rating, Response
from feedback.rules.question_types import QuestionType
from feedback.rules.questionnaires import Question, Questionnaire, Scale
from feedback.rules.survey_files import SurveyFile
from feedback.rules.survey_words import PageLayout
from feedback.services.answering import new_token
from feedback.services.shown_pages import shown_token
from feedback.services.survey_copying import survey_from_file
from feedback.services.surveys_making import publish_survey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cxm.tenants.models import Tenant
    from cxm.web.benches.serving import Process
    from feedback.models import Survey

SENDERS = 2
A_ROUND = 100
A_MOMENT = timedelta(seconds=5)
SEE_OTHER, NO_CONTENT = 303, 204
ASKS = Questionnaire(
    title={"en": "How was it?"},
    language="en",
    languages=("en",),
    layout=PageLayout.ALL,
    questions=(
        Question(
            "nps",
            QuestionType.NPS,
            title={"en": "How likely are you to recommend us?"},
            metric="nps",
            scale=Scale(0, 10),
        ),
        Question("why", QuestionType.LONG_TEXT, title={"en": "Why?"}),
        Question("again", QuestionType.YES_NO, title={"en": "Would you come again?"}),
    ),
)
# The connections of the web server: not the bench's own, and not the processes of the server.
BACKENDS = """
SELECT pid FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


@dataclass(frozen=True, slots=True)
class _Sort:
    """What is sent to *path*: made by *told*, and answered with *status*."""

    path: str
    told: Callable[[random.Random], dict[str, str]]
    status: int


def run(size: int = 2_000) -> Result:
    """Send *size* answers to a survey with a score, a text and a yes or no, one a request.

    The limit is a view that does one INSERT and commits, on the same server and with the same
    middleware; both are sent in turn, by two senders, and *value* and *limit* are requests a
    second. `cpu_ms` is what the web server and its database connections spend on an answer.
    """
    rounds = max(size // A_ROUND, 1)
    with bench_database("bench_submit"):
        tenant = bench_tenant("bench")
        survey = _survey(tenant)
        with _server() as (port, web):
            answers = partial(
                _send, port, _Sort(_address(survey), partial(_answer, survey), SEE_OTHER)
            )
            inserts = partial(_send, port, _Sort(f"/bench-insert/{tenant.pk}/", _row, NO_CONTENT))
            answers(), inserts()
            answering, inserting, cpu = 0.0, 0.0, 0.0
            for _ in range(rounds):
                before = _cpu(web)
                answering += answers()
                cpu += _cpu(web) - before
                inserting += inserts()
        _check(tenant, (1 + rounds) * A_ROUND)
    sent = rounds * A_ROUND
    value, limit = sent / answering, sent / inserting
    more = {"cpu_ms": 1_000 * cpu / sent}
    return Result("submit", value / limit, value, limit, "answers/s", sent, more)


def _survey(tenant: Tenant) -> Survey:
    """Publish the survey."""
    person = User.objects.create_user("bench@example.com")
    with tenant_bound(tenant.pk):
        member = add_member(tenant=tenant, user=person, role=Role.MANAGER, by=None)
        file = SurveyFile(purpose="transactional", asks=ASKS)
        survey = survey_from_file(tenant=tenant, file=file, by=member, now=now()).survey
        publish_survey(survey=survey, by=member, now=now())
    return survey


def _address(survey: Survey) -> str:
    return f"/q/{survey.tenant.slug}/{survey.public_id}/"


@contextmanager
def _server() -> Iterator[tuple[int, Process]]:
    port = free_port()
    with running(web_server("cxm.web.benches.wsgi:application", port)) as (web,):
        wait_for_port(port)
        yield port, web


def _cpu(web: Process) -> float:
    """Add up what the web server and its connections in the database have spent, in seconds."""
    with owner_connection() as owner, owner.cursor() as cursor:
        cursor.execute(BACKENDS)
        pids = [pid for (pid,) in cursor.fetchall()]
    return cpu_seconds(web) + sum(backend_cpu_seconds(pid) for pid in pids)


def _answer(survey: Survey, dice: random.Random) -> dict[str, str]:
    """Fill the survey in, as somebody who opened it a moment ago."""
    return {
        "pass": shown_token(survey, now=now() - A_MOMENT),
        "at": "nps",
        "q.nps": str(dice.randrange(11)),
        "q.why": f"The parcel came {dice.randrange(9)} days late, but the staff was friendly.",
        "q.again": dice.choice(("yes", "no")),
    }


def _row(dice: random.Random) -> dict[str, str]:
    return {"text": f"The parcel came {dice.randrange(9)} days late.", "key": new_token()}


def _send(port: int, sort: _Sort) -> float:
    """Send a round by all senders at once; give the seconds it took."""
    start = time.perf_counter()
    with ThreadPoolExecutor(SENDERS) as threads:
        for sent in [threads.submit(_send_all, port, sort) for _ in range(SENDERS)]:
            sent.result()
    return time.perf_counter() - start


def _send_all(port: int, sort: _Sort) -> None:
    dice = random.Random()  # noqa: S311 - no secret
    # Each from an address of its own, as people are: no address may send more in a minute.
    own = f"127.{dice.randrange(1, 255)}.{dice.randrange(255)}.{dice.randrange(1, 255)}"
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=30, source_address=(own, 0))
    heads = {"Content-Type": "application/x-www-form-urlencoded"}
    for _ in range(A_ROUND // SENDERS):
        client.request("POST", sort.path, body=urlencode(sort.told(dice)), headers=heads)
        answer = client.getresponse()
        said = answer.read()
        if answer.status != sort.status:
            message = f"{sort.path} answered {answer.status}: {said[:200]!r}"
            raise RuntimeError(message)
    client.close()


def _check(tenant: Tenant, sent: int) -> None:
    """Make sure that every answer is there, and counted."""
    with tenant_bound(tenant.pk):
        complete = Response.objects.for_tenant(tenant).filter(state=Response.State.COMPLETE)
        counted = Rating.objects.for_tenant(tenant).filter(state=Rating.State.COUNTED)
        if (complete.count(), counted.count()) != (sent, sent):
            message = f"of {sent} answers {complete.count()} are there, {counted.count()} counted"
            raise RuntimeError(message)
