"""What feedback takes away when a person is erased: their words, and the raw bytes they are in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import CharField
from django.db.models.functions import Cast

from cxm.customers.rules.traces import ERASED, Traces, traces_of
from cxm.kernel.erasing import Erased, Foreseen, Leaving
from feedback.models import (
    AnswerFile,
    AskListRow,
    AutopilotMember,
    EmbedShow,
    Import,
    Inbox,
    Invitation,
    RejectedEvent,
    RejectedRow,
    Response,
    SurveyPass,
    Verbatim,
)
from feedback.rules.distribution.words import InvitationState, Reason
from feedback.services.file_loading import ADAPTER as FILE
from feedback.services.scrubbing import without_person, without_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cxm.tenants.querysets import TenantQuerySet

BODIES_A_STEP = 100
ROWS_A_STEP = 2_000
IMPORTS_A_STEP = 20
_REPORTS = ("preview", "check_report", "report", "progress")


def erase_bodies(person: Leaving, cursor: str) -> Erased:
    """Look through up to 100 stored bodies; rows and events that hold an identifier go.

    What others sent in the same body stays. Uploaded files themselves are kept until somebody
    deletes them: they are counted.
    """
    last, _, last_import = cursor.partition(" ")
    rows = _behind(Inbox.objects.for_tenant(person.tenant_id), last)
    bodies = list(rows[:BODIES_A_STEP])
    traces = traces_of(person.identifiers)
    changed = [inbox for inbox in bodies if _scrub(inbox, traces)]
    files = {inbox.delivery_key.partition(":")[0] for inbox in changed if inbox.adapter == FILE}
    return Erased(
        counts={"stored bodies": len(changed)},
        kept={"uploaded files": len(files - {last_import})},
        cursor=(
            f"{bodies[-1].pk} {max(files, default=last_import)}"
            if len(bodies) == BODIES_A_STEP
            else None
        ),
    )


def erase_refused_rows(person: Leaving, cursor: str) -> Erased:
    """Empty up to 2,000 refused rows of files, as far as they hold an identifier."""
    traces = traces_of(person.identifiers)
    rows = _behind(RejectedRow.objects.for_tenant(person.tenant_id), cursor)
    found = list(rows.only("pk", "tenant", "raw", "message")[:ROWS_A_STEP])
    told = [row.pk for row in found if any(map(traces.are_in, [*_texts(row.raw), row.message]))]
    rows.filter(pk__in=told).update(raw=[], message=ERASED)
    return Erased(counts={"refused rows": len(told)}, cursor=_next(found, ROWS_A_STEP))


def erase_refused_events(person: Leaving, cursor: str) -> Erased:
    """Empty up to 2,000 refused events, as far as they hold an identifier."""
    traces = traces_of(person.identifiers)
    rows = _behind(RejectedEvent.objects.for_tenant(person.tenant_id), cursor)
    found = list(rows[:ROWS_A_STEP])
    told = [
        row.pk
        for row in found
        if any(map(traces.are_in, (row.raw, row.message, row.key, row.name, row.path)))
    ]
    rows.filter(pk__in=told).update(raw="", message=ERASED, key="", name="", path="")
    return Erased(counts={"refused events": len(told)}, cursor=_next(found, ROWS_A_STEP))


def erase_reports(person: Leaving, cursor: str) -> Erased:
    """Take the person out of what up to 20 imports show of their files."""
    own = _responses(person).values_list("answers", "pk")
    words = Verbatim.objects.for_tenant(person.tenant_id).filter(
        response__customer__in=person.customer_ids
    )
    said = [text for answers, _ in own for text in _texts(answers)]
    said += words.values_list("text", flat=True)
    traces = traces_of(person.identifiers, [*person.said, *said])
    rows = _behind(Import.objects.for_tenant(person.tenant_id), cursor)
    found = list(rows[:IMPORTS_A_STEP])
    changed = 0
    for imported in found:
        before = {name: getattr(imported, name) for name in _REPORTS}
        after = {name: traces.removed_from(value) for name, value in before.items()}
        if after != before:
            rows.filter(pk=imported.pk).update(**after)
            changed += 1
    return Erased(counts={"import reports": changed}, cursor=_next(found, IMPORTS_A_STEP))


def erase_answers(person: Leaving, cursor: str) -> Erased:
    """Remove the comments, and empty the answers, of up to 2,000 responses; scores stay."""
    found = list(_behind(_responses(person), cursor).only("pk", "tenant")[:ROWS_A_STEP])
    ids = [response.pk for response in found]
    _erase_signed(person)
    responses = Response.objects.for_tenant(person.tenant_id).filter(pk__in=ids)
    comments = Verbatim.objects.for_tenant(person.tenant_id).filter(response__in=ids)
    # On the way to an answer, and what came with the link.
    passes = SurveyPass.objects.for_tenant(person.tenant_id).filter(response__in=ids)
    passes.update(answers={}, aside={}, hidden={})
    responses.exclude(hidden={}).update(hidden={})
    files = AnswerFile.objects.for_tenant(person.tenant_id).filter(response__in=ids)
    return Erased(
        counts={
            "files": files.delete()[0],
            "comments": comments.delete()[0],
            "answers": responses.exclude(answers={}).update(answers={}),
        },
        cursor=_next(found, ROWS_A_STEP),
    )


def _erase_signed(person: Leaving) -> None:
    """Forget what somebody was shown on other pages, and the ways that they began there."""
    ways = SurveyPass.objects.for_tenant(person.tenant_id)
    begun = ways.filter(customer__in=person.customer_ids)
    begun.update(answers={}, aside={}, hidden={})
    shown = EmbedShow.objects.for_tenant(person.tenant_id)
    shown.filter(customer__in=person.customer_ids).delete()


def foresee(person: Leaving) -> Foreseen:
    """Say what of a person's feedback would go and what would stay. Three queries."""
    responses = _responses(person)
    comments = Verbatim.objects.for_tenant(person.tenant_id).filter(
        response__customer__in=person.customer_ids
    )
    files = Import.objects.for_tenant(person.tenant_id).exclude(batch=None)
    count, words, uploaded = responses.count(), comments.count(), files.count()
    goes = [f"{words:,} comment{'' if words == 1 else 's'}"] if words else []
    if count:
        goes.append(f"what {count:,} response{' says' if count == 1 else 's say'} besides scores")
    goes.append("rows, events and refusals as they came, wherever they hold an identifier")
    stays = [f"the scores of {count:,} response{'' if count == 1 else 's'}"] if count else []
    if uploaded:
        stays.append("uploaded files, as they came, until they are deleted")
    return Foreseen(goes=goes, stays=stays)


def _responses(person: Leaving) -> TenantQuerySet[Response]:
    rows: TenantQuerySet[Response] = Response.objects.for_tenant(person.tenant_id)
    return rows.filter(customer__in=person.customer_ids)


def _behind(rows: TenantQuerySet[Any], cursor: str) -> TenantQuerySet[Any]:
    """Give *rows* in the order of their ids, those up to *cursor* left out."""
    return (rows.filter(pk__gt=UUID(cursor)) if cursor else rows).order_by("pk")


def _next(found: list[Any], most: int) -> str | None:
    return str(found[-1].pk) if len(found) == most else None


def _scrub(inbox: Inbox, traces: Traces) -> bool:
    """Take what holds a trace out of a stored body; tell whether there was anything."""
    body = bytes(inbox.body)
    clean = without_rows(body, traces) if inbox.adapter == FILE else without_person(body, traces)
    after = {
        "body": clean,
        "envelope": traces.removed_from(inbox.envelope),
        "error": ERASED if traces.are_in(inbox.error) else inbox.error,
    }
    before = {"body": body, "envelope": inbox.envelope, "error": inbox.error}
    if after == before:
        return False
    Inbox.objects.for_tenant(inbox.tenant_id).filter(pk=inbox.pk).update(**after)
    return True


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        parts: Iterable[object] = value.values() if isinstance(value, dict) else value
        for part in parts:
            yield from _texts(part)


def erase_lists(person: Leaving, cursor: str) -> Erased:
    """Empty up to 2,000 rows of lists to be asked that are of a person, or name them."""
    traces = traces_of(person.identifiers)
    rows = _behind(AskListRow.objects.for_tenant(person.tenant_id), cursor)
    found = list(rows.only("pk", "tenant", "customer", "told", "fault")[:ROWS_A_STEP])
    told = [
        row.pk
        for row in found
        if row.customer_id in person.customer_ids
        or any(map(traces.are_in, [*_texts(row.told), row.fault]))
    ]
    rows.filter(pk__in=told).update(told={}, fault=ERASED)
    return Erased(counts={"rows of lists": len(told)}, cursor=_next(found, ROWS_A_STEP))


def erase_invitations(person: Leaving, cursor: str) -> Erased:
    """Call off what waits for a person, and empty what invitations say of them."""
    turns = AutopilotMember.objects.for_tenant(person.tenant_id)
    turns.filter(customer__in=person.customer_ids).delete()
    rows = Invitation.objects.for_tenant(person.tenant_id).filter(customer__in=person.customer_ids)
    found = list(_behind(rows, cursor).only("pk", "tenant")[:ROWS_A_STEP])
    those = rows.filter(pk__in=[row.pk for row in found])
    those.filter(state=InvitationState.QUEUED).update(
        state=InvitationState.CANCELLED, reason=Reason.CANCELLED, state_at=person.at
    )
    # What was asked about may name the person; the key stays unlike any other.
    those.update(context={}, natural_key=Cast("pk", CharField()))
    return Erased(counts={"invitations": len(found)}, cursor=_next(found, ROWS_A_STEP))
