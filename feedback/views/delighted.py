"""The API that programs written for Delighted speak: their paths, their shapes, their refusals.

Source: delighted.com/docs/api. Every path is served with and without `.json` and a last slash, and
never redirects. One key is one survey.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.urls import re_path, reverse

from cxm.customers.errors import ErasingAlreadyError
from cxm.customers.models import Customer
from cxm.customers.rules.identifiers import fold, is_usable
from cxm.customers.services.erasing import start_erasing
from cxm.kernel.clock import now
from cxm.tenants.rules import Right
from feedback.models import AutopilotMember, Response
from feedback.rules.delighted import (
    BLANK,
    MOST_A_PAGE,
    InvalidError,
    clean,
    epoch,
    read_comment,
    read_moment,
    read_page,
    read_person,
    read_properties,
    read_score,
)
from feedback.rules.distribution.words import Medium
from feedback.selectors import delighted as shapes
from feedback.services import delighted
from feedback.services.autopilot import join, leave
from feedback.views.delighted_door import Asked, StatusError, View, for_programs

_BY = {"email": "email", "phone_number": "phone"}

if TYPE_CHECKING:
    from django.urls import URLPattern


def _people(asked: Asked) -> tuple[int, Any] | HttpResponse:
    """List people, a page at a time; the next page stands in `Link`."""
    asked.needs(Right.SEE_PERSONS)
    page = read_page({"per_page": MOST_A_PAGE, **asked.told})
    email = fold("email", str(asked.told.get("email", "")))
    found = shapes.people(asked.project.tenant, page, email)
    shown = shapes.people_json(asked.project.tenant, found[: page.size])
    return _paged(asked, shown, page.number if len(found) > page.size else 0)


def _person_made(asked: Asked) -> tuple[int, Any]:
    asked.needs(Right.IMPORT_FEEDBACK)
    wish = read_person(asked.told)
    customer, invitation = delighted.add_person(project=asked.project, asked=wish, now=now())
    is_planned = invitation is not None and not invitation.reason
    addresses = {"email": wish.email, "phone": wish.phone}
    return 201, shapes.person_json(customer, addresses) | {
        "survey_scheduled_at": epoch(invitation.send_at) if invitation and is_planned else None,
        "properties": wish.properties,
    }


def _person_deleted(asked: Asked, person: str) -> tuple[int, Any]:
    """Erase a person with all that is known of them, as the page for it does."""
    asked.needs(Right.ERASE_PERSONS)
    customer = _person(asked, person)
    with suppress(ErasingAlreadyError):
        start_erasing(customer=customer, by=asked.project.api_key, now=now())
    return 202, {"ok": True}


def _requests_deleted(asked: Asked, person: str) -> tuple[int, Any]:
    asked.needs(Right.IMPORT_FEEDBACK)
    email = fold("email", clean(person))
    customer = delighted.person_by(asked.project, "email", email)
    if customer:
        delighted.call_off(asked.project, customer, now=now())
    return 200, {"ok": True}


def _responses(asked: Asked) -> tuple[int, Any]:
    asked.needs(Right.SEE_RESPONSES)
    person = None
    if told := asked.told.get("person_id"):
        person = _uuid(str(told), "person_id")
    elif told := asked.told.get("person_email"):
        found = delighted.person_by(asked.project, "email", fold("email", str(told)))
        if found is None:
            return 200, []
        person = found.pk
    return 200, _shown(asked, shapes.responses(asked.project, read_page(asked.told), person))


def _response_made(asked: Asked) -> tuple[int, Any]:
    asked.needs(Right.IMPORT_FEEDBACK)
    if not asked.told.get("person"):
        raise InvalidError(person=BLANK)
    customer = _customer(asked, _uuid(str(asked.told["person"]), "person"))
    if customer is None:
        raise InvalidError(person="does not exist")
    said = _said(asked, read_moment(asked.told, "created_at") or now())
    if said.answered_at > now() + timedelta(days=1):
        raise InvalidError(created_at="is in the future")
    row = delighted.add_response(project=asked.project, customer=customer, said=said, now=now())
    return 201, _shown(asked, [row])[0]


def _response_shown(asked: Asked, response: str) -> tuple[int, Any]:
    asked.needs(Right.SEE_RESPONSES)
    return 200, _shown(asked, [_response(asked, response)])[0]


def _response_changed(asked: Asked, response: str) -> tuple[int, Any]:
    asked.needs(Right.IMPORT_FEEDBACK)
    row = _response(asked, response)
    shown, whole = (_shown(asked, [row], is_whole=one)[0] for one in (False, True))
    # Programs send all back that they were shown, and that may not be all that stands there.
    told = {name: one for name, one in asked.told.items() if one != shown.get(name)}
    changed = Asked(asked.request, asked.project, {**whole, **told})
    said = _said(changed, row.answered_at)
    delighted.change_response(project=asked.project, response=row, said=said, now=now())
    return 200, _shown(asked, [_response(asked, response)])[0]


def _metrics(asked: Asked) -> tuple[int, Any]:
    asked.needs(Right.SEE_FIGURES)
    scored = shapes.scored_question(asked.project)
    if scored is None or scored.question.metric is None:
        raise StatusError(404)
    since, until = read_moment(asked.told, "since"), read_moment(asked.told, "until")
    return 200, shapes.metrics_json(asked.project, scored.question, since, until)


def _unsubscribed(asked: Asked) -> tuple[int, Any]:
    asked.needs(Right.IMPORT_FEEDBACK)
    email = fold("email", str(asked.told.get("person_email") or ""))
    if not email:
        raise InvalidError(person_email=BLANK)
    if not is_usable("email", email):
        raise InvalidError(person_email="is invalid")
    delighted.unsubscribe(asked.project, email, now=now())
    return 200, {"ok": True}


def _unsubscribes(asked: Asked) -> tuple[int, Any]:
    asked.needs(Right.SEE_PERSONS)
    return 200, shapes.unsubscribes_json(asked.project.tenant, read_page(asked.told))


def _bounces(asked: Asked) -> tuple[int, Any]:
    asked.needs(Right.SEE_PERSONS)
    return 200, shapes.bounces_json(asked.project.tenant, read_page(asked.told))


def _autopilot(asked: Asked, platform: str) -> tuple[int, Any]:
    project = asked.project
    return 200, {
        "platform_id": platform,
        "active": project.is_autopilot_on,
        "frequency": int(timedelta(days=project.autopilot_days).total_seconds()),
        "created_at": epoch(project.created_at),
        "updated_at": epoch(project.created_at),
    }


def _members(asked: Asked, platform: str) -> tuple[int, Any] | HttpResponse:
    asked.needs(Right.SEE_PERSONS)
    page = read_page({"per_page": MOST_A_PAGE, **asked.told})
    rows = AutopilotMember.objects.for_tenant(asked.project.tenant_id).filter(
        project=asked.project, medium=Medium(platform), customer__root__erased_at__isnull=True
    )
    ordered = rows.select_related("customer__root").order_by("created_at", "pk")
    found = list(ordered[page.start : page.start + page.size + 1])
    shown = shapes.members_json(asked.project.tenant, found[: page.size])
    return _paged(asked, shown, page.number if len(found) > page.size else 0)


def _member_made(asked: Asked, platform: str) -> tuple[int, Any]:
    asked.needs(Right.IMPORT_FEEDBACK)
    customer = _named(asked)
    row = join(
        project=asked.project,
        customer=customer,
        medium=Medium(platform),
        properties=read_properties(asked.told.get("properties")),
        now=now(),
    )
    return 201, shapes.members_json(asked.project.tenant, [row])[0]


def _member_gone(asked: Asked, platform: str) -> tuple[int, Any]:
    asked.needs(Right.IMPORT_FEEDBACK)
    leave(project=asked.project, customer=_named(asked), medium=Medium(platform))
    return 200, {"ok": True}


def _named(asked: Asked) -> Customer:
    """Find whom `person_id`, `person_email` or `person_phone_number` names."""
    told = asked.told
    if told.get("person_id"):
        found = _customer(asked, _uuid(str(told["person_id"]), "person_id"))
        name = "person_id"
    else:
        name = next((one for one in ("person_email", "person_phone_number") if told.get(one)), "")
        if not name:
            raise InvalidError(person_email=BLANK)
        kind = _BY[name.removeprefix("person_")]
        found = delighted.person_by(asked.project, kind, fold(kind, str(told[name])))
    if found is None:
        raise InvalidError(**{name: "does not exist"})
    return found


def _said(asked: Asked, answered_at: Any) -> delighted.Said:
    scored = shapes.scored_question(asked.project)
    if scored is None or scored.question.metric is None:
        raise InvalidError(score="is not asked by this survey")
    metric = scored.question.metric
    kept: dict[str, Any] = {
        name: asked.told[name]
        for name in ("tags", "notes")
        if isinstance(asked.told.get(name), list)
    }
    if "person_properties" in asked.told:
        told = asked.told["person_properties"]
        kept["person_properties"] = read_properties(told, "person_properties") or None
    score = read_score(asked.told, metric.scale_min, metric.scale_max)
    return delighted.Said(score, read_comment(asked.told), answered_at, kept)


def _shown(asked: Asked, rows: list[Response], *, is_whole: bool = False) -> list[dict[str, Any]]:
    slug = asked.project.tenant.slug
    expanded = asked.told.get("expand")
    wanted = expanded if isinstance(expanded, str | list) else []
    return shapes.responses_json(
        asked.project,
        rows,
        shapes.scored_question(asked.project),
        is_expanded="person" in wanted,
        is_whole=is_whole,
        permalink=lambda pk: asked.request.build_absolute_uri(
            reverse("feedback:response-panel", args=[slug, pk])
        ),
    )


def _paged(asked: Asked, shown: list[Any], number: int) -> HttpResponse:
    """Answer with a list, and after page *number* (0: the last one) where the next one is."""
    answer = JsonResponse(shown, safe=False)
    if number:
        query = asked.request.GET.copy()
        query["page"] = str(number + 1)
        url = asked.request.build_absolute_uri(f"{asked.request.path}?{query.urlencode()}")
        answer["Link"] = f'<{url}>; rel="next"'
    return answer


def _person(asked: Asked, named: str) -> Customer:
    """Find whom a path names: by id, `email:…` or `phone_number:…`."""
    name, colon, value = clean(named).partition(":")
    if colon and name in _BY:
        found = delighted.person_by(asked.project, _BY[name], fold(_BY[name], value))
    else:
        try:
            found = _customer(asked, UUID(named))
        except ValueError:
            found = None
    if found is None:
        raise StatusError(404)
    return found


def _customer(asked: Asked, pk: UUID) -> Customer | None:
    rows = Customer.objects.for_tenant(asked.project.tenant_id).select_related("root", "tenant")
    found = rows.filter(pk=pk, root__erased_at__isnull=True).first()
    return found.root if found else None


def _response(asked: Asked, named: str) -> Response:
    rows = Response.objects.for_tenant(asked.project.tenant_id).select_related("customer__root")
    try:
        found = rows.filter(
            pk=UUID(named), survey=asked.project.survey_id, state__in=Response.LIVE_STATES
        ).first()
    except ValueError:
        found = None
    if found is None:
        raise StatusError(404)
    return found


def _uuid(text: str, name: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidError(**{name: "does not exist"}) from None


def _at(path: str, **views: View) -> URLPattern:
    return re_path(rf"^v1/{path}(?:\.json)?/?$", for_programs(**views))


_PLATFORM = r"autopilot/(?P<platform>email|sms)"
delighted_urls = [
    _at("people", get=_people, post=_person_made),
    _at(r"people/(?P<person>[^/]{1,300})/survey_requests/pending", delete=_requests_deleted),
    _at(r"people/(?P<person>[^/]{1,300}?)", delete=_person_deleted),
    _at("survey_responses", get=_responses, post=_response_made),
    _at(
        r"survey_responses/(?P<response>[0-9A-Za-z-]{1,60})",
        get=_response_shown,
        put=_response_changed,
    ),
    _at("metrics", get=_metrics),
    _at("unsubscribes", get=_unsubscribes, post=_unsubscribed),
    _at("bounces", get=_bounces),
    _at(_PLATFORM, get=_autopilot),
    _at(f"{_PLATFORM}/memberships", get=_members, post=_member_made, delete=_member_gone),
]
