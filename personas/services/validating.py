"""What makes a persona validated: half of its statements rest on evidence."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from cxm.collaboration.models import Evidence
from cxm.collaboration.rules.grading import BACKED
from cxm.collaboration.selectors.backing import weighed
from cxm.collaboration.selectors.evidence import day_in
from cxm.kernel.operations.records import Deed, RefusedError
from cxm.kernel.operations.state import is_there
from personas.rules.kinds import PersonaStatus

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from cxm.kernel.operations.records import Operation
    from cxm.kernel.operations.state import State
    from cxm.tenants.models import Tenant


def check_validated(state: State, done: Sequence[Operation], tenant: Tenant) -> None:
    """Refuse the status *validated* while fewer than half of the statements are backed.

    Looked at whenever something makes a persona validated that was not: a change on the page, an
    operation of a program, an undo, going back in the history. What happens to its statements and
    their evidence later refuses nothing; the page says then that it has faded. Raises
    RefusedError. One query where there is something to check, else none.
    """
    root = next(e for e in state.values() if e.kind == "persona")
    if root.values["status"] != PersonaStatus.VALIDATED or not _becomes_validated(done):
        return
    facts = [e for e in state.values() if e.kind == "fact" and is_there(state, e.id)]
    today = day_in(tenant, done[-1].at)
    grades = _grades(state, [fact.id for fact in facts], tenant, today)
    by_hand = {fact.id: str(fact.values["grade_override"]) for fact in facts}
    backed = sum((by_hand[fact.id] or grades[fact.id]) in BACKED for fact in facts)
    if not facts or 2 * backed < len(facts):
        raise RefusedError(_words(backed, len(facts)), field="status")


def _becomes_validated(done: Sequence[Operation]) -> bool:
    """Whether the first of the operations on the status found it to be another."""
    for operation in done:
        if operation.kind == "persona" and operation.deed is Deed.CREATE:
            return True
        if operation.kind == "persona" and operation.field == "status":
            return operation.before != PersonaStatus.VALIDATED
    return False


def _grades(state: State, facts: Sequence[UUID], tenant: Tenant, today: date) -> dict[UUID, str]:
    cited: dict[UUID | None, list[str]] = defaultdict(list)
    for element in state.values():
        if element.kind == "citation" and not element.is_deleted:
            cited[element.parent].append(str(element.values["evidence"]))
    ids = {pk for fact in facts for pk in cited[fact]}
    found: dict[Any, Evidence] = Evidence.objects.for_tenant(tenant).in_bulk(list(ids))
    evidence = {str(pk): row for pk, row in found.items()}
    return {
        fact: weighed([evidence[pk] for pk in cited[fact] if pk in evidence], today).grade
        for fact in facts
    }


def _words(backed: int, total: int) -> str:
    if not total:
        return "Validated needs evidence: write down statements first, and what backs them."
    return (
        "Validated needs evidence for half of the statements. "
        f"{backed} of {total} have some evidence or better."
    )
