"""The builder of segments: every change is a round trip, and shows what the rule selects."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cxm.customers.forms.segment_draft import (
    ALL,
    COMPANY,
    MODES,
    ROOT,
    Draft,
    draft_of,
    new_draft,
    new_test,
    read_draft,
)
from cxm.customers.forms.segment_text import (
    NOT_TAKEN_OVER,
    USE,
    RuleText,
    draft_of_text,
    read_text,
    text_of,
)
from cxm.customers.forms.segments import SegmentForm
from cxm.customers.rules.segment_errors import SegmentError, SegmentRuleError
from cxm.customers.rules.segment_fields import FieldSpec, Options, fields_of, kinds_offered
from cxm.customers.rules.segment_reading import read_rule
from cxm.customers.rules.segment_rule import DEEPEST, rule_json
from cxm.customers.rules.segment_words import sentence
from cxm.customers.selectors.persons import Person, Reader, read_persons
from cxm.customers.selectors.segment_names import SegmentNames, read_segment_names
from cxm.customers.selectors.segments import rule_in_force, shown_rules
from cxm.customers.services import segments as services
from cxm.customers.services.segment_checking import check_rule
from cxm.customers.services.segment_preview import Count, Preview, preview
from cxm.customers.views.segments import found_segment
from cxm.kernel.clock import now
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from cxm.customers.models import Segment
    from cxm.customers.rules.segment_rule import Rule

PAGE = "customers/segment_builder.html"
_METHODS = ["GET", "HEAD", "POST"]


@dataclass(frozen=True, slots=True)
class FieldShown:
    """One field of a test: what it is, what it is called in the form, and what was typed."""

    spec: FieldSpec
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class NodeShown:
    """One line or group of the builder, with what is wrong with it and how many it selects."""

    draft: Draft
    level: int
    is_company: bool
    fields: list[FieldShown]
    faults: list[str]
    count: Count | None
    without: Count | None
    is_incomplete: bool
    parts: list[NodeShown] = field(default_factory=list)

    @property
    def may_nest(self) -> bool:
        """Whether a group can be added inside."""
        return self.level < DEEPEST


@dataclass(frozen=True, slots=True)
class Counted:
    """What the rule on the screen selects; *preview* is None where nothing can be counted.

    *faults* are words by the path of a line, *places* the places in the counted rule by path.
    """

    faults: dict[str, list[str]]
    places: dict[str, str] = field(default_factory=dict)
    rule: Rule | None = None
    preview: Preview | None = None
    some: list[Person] = field(default_factory=list)
    refused: str = ""


@require_http_methods(_METHODS)
@tenant_page(Right.EDIT_SEGMENTS)
def segment_new(request: TenantRequest) -> HttpResponse:
    """Make a segment: build its rule, see whom it selects, save it."""
    return _build(request, None)


@require_http_methods(_METHODS)
@tenant_page(Right.EDIT_SEGMENTS)
def segment_edit(request: TenantRequest, segment_key: str) -> HttpResponse:
    """Change a segment; another rule is a new version."""
    return _build(request, found_segment(request, segment_key))


def _build(request: TenantRequest, segment: Segment | None) -> HttpResponse:
    rule = rule_in_force(segment) if segment else None
    if segment and _hidden_rule(request, rule) is not None:
        return _rename(request, segment)
    form = SegmentForm(request.POST or None, segment=segment)
    do, _, path = request.POST.get("do", "").partition(":")
    if request.method != "POST":
        draft = draft_of(rule_json(rule)) if rule else new_draft()
        return _answer(request, segment, SegmentForm(segment=segment), draft)
    draft, text = read_draft(request.POST), read_text(request.POST, do=do)
    if do == "save":
        return _save(request, segment, form, draft, text)
    _change(draft, do, path)
    unbound = SegmentForm(
        segment=segment, initial={n: request.POST.get(n, "") for n in form.fields}
    )
    if do == USE:
        return _take_over(request, segment, unbound, draft, text)
    return _answer(request, segment, unbound, draft, text=text)


def _hidden_rule(request: TenantRequest, rule: Rule | None) -> Rule | None:
    """Give a rule as the reader may see it, if that is not all of it."""
    if rule is None:
        return None
    sees_persons = request.may(Right.SEE_PERSONS)
    [shown] = shown_rules(request.tenant, [rule], sees_persons=sees_persons)
    return None if shown == rule else shown


def _rename(request: TenantRequest, segment: Segment) -> HttpResponse:
    """Let somebody who may not see all of a rule change what is beside it."""
    form = SegmentForm(request.POST if request.POST.get("do") == "save" else None, segment=segment)
    if form.is_valid():
        try:
            services.change_segment(
                segment=segment, by=request.membership, now=now(), **form.cleaned_data
            )
        except SegmentError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"“{segment}” is saved.")
            return redirect(_address(request, segment))
    shown = _hidden_rule(request, rule_in_force(segment))
    titles = read_segment_names(request.tenant).titles
    context = {
        "segment": segment,
        "form": form,
        "sentence": sentence(shown, titles) if shown else "",
        "close_url": _address(request, segment),
    }
    return page(
        request, PAGE, context, part="segment-builder", status=422 if form.is_bound else 200
    )


def _take_over(
    request: TenantRequest,
    segment: Segment | None,
    form: SegmentForm,
    draft: Draft,
    text: RuleText,
) -> HttpResponse:
    """Show the rule that was written as text, or what is wrong with it."""
    try:
        written = draft_of_text(text.text)
    except SegmentRuleError as error:
        refused = replace(text, fault=str(error))
        return _answer(request, segment, form, draft, text=refused, status=422)
    return _answer(request, segment, form, written, text=RuleText(is_shown=True))


def _change(draft: Draft, do: str, path: str) -> None:
    """Add or remove a line; an unknown wish changes nothing."""
    if do == "remove" and path != ROOT:
        draft.remove(path)
        draft.renumber()
    group = draft.found(path)
    if group is None or not group.is_group:
        return
    if do == "test":
        group.add(new_test())
    elif do in {"group", COMPANY}:
        group.add(Draft(mode=ALL if do == "group" else COMPANY)).add(new_test())


def _save(
    request: TenantRequest,
    segment: Segment | None,
    form: SegmentForm,
    draft: Draft,
    text: RuleText,
) -> HttpResponse:
    if text.is_edited:
        text = replace(text, fault=NOT_TAKEN_OVER)
    if not form.is_valid() or text.fault:
        return _answer(request, segment, form, draft, text=text, status=422)
    values: dict[str, Any] = {**form.cleaned_data, "rule": draft.said()[0]}
    try:
        if segment is None:
            segment = services.create_segment(
                tenant=request.tenant, by=request.membership, now=now(), **values
            )
        else:
            services.change_segment(segment=segment, by=request.membership, now=now(), **values)
    except SegmentError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return _answer(request, segment, form, draft, status=422)
    messages.success(request, f"“{segment}” is saved. Its members are being counted.")
    return redirect(_address(request, segment))


def _address(request: TenantRequest, segment: Segment) -> str:
    return reverse("customers:segment-detail", args=[request.tenant.slug, segment.key])


def _answer(
    request: TenantRequest,
    segment: Segment | None,
    form: SegmentForm,
    draft: Draft,
    *,
    text: RuleText = RuleText(),  # noqa: B008 - frozen, and without anything
    status: int = 200,
) -> HttpResponse:
    names = read_segment_names(
        request.tenant,
        without=segment.key if segment else "",
        sees_persons=request.may(Right.SEE_PERSONS),
    )
    counted = _counted(request, segment, draft, names)
    context = {
        "segment": segment,
        "form": form,
        "root": _shown(draft, names, counted, tells_faults=status != 200),  # noqa: PLR2004
        "preview": counted.preview,
        "sentence": sentence(counted.rule, names.titles) if counted.rule else "",
        "some": counted.some,
        "refused": counted.refused,
        "is_partly": bool(counted.faults),
        "kinds": kinds_offered(),
        "modes": MODES,
        "suggestions": _suggestions(names),
        "text": text_of(draft, text),
        "close_url": _address(request, segment)
        if segment
        else reverse("customers:segment-list", args=[request.tenant.slug]),
    }
    return page(request, PAGE, context, part="segment-builder", status=status)


def _counted(
    request: TenantRequest, segment: Segment | None, draft: Draft, names: SegmentNames
) -> Counted:
    """Count what can be counted: lines that are not complete yet are left out of it."""
    key = segment.key if segment else ""
    faults = _faults(request, draft, names, key)
    kept = draft.without(set(faults))
    if kept is None:
        return Counted(faults)
    said, paths = kept.said()
    # A group has several places: the outermost one is counted.
    places = {path: place for place, path in reversed(paths.items())}
    try:
        rule = read_rule(said)
        _check(request, rule, names, key)
        sees_persons = request.may(Right.SEE_PERSONS)
        found = preview(tenant=request.tenant, rule=rule, now=now(), with_some=sees_persons)
    except SegmentError as error:
        return Counted(faults, places, refused=str(error))
    persons = read_persons(Reader(request.tenant, sees_persons), found.some)
    return Counted(faults, places, rule, found, [persons.of(pk) for pk in found.some])


def _faults(
    request: TenantRequest, draft: Draft, names: SegmentNames, key: str
) -> dict[str, list[str]]:
    """Find what is wrong, in words by the line that it is in."""
    said, paths = draft.said()
    found: dict[str, list[str]] = {}
    try:
        _check(request, read_rule(said), names, key)
    except SegmentRuleError as error:
        for fault in error.faults:
            found.setdefault(_path_at(fault.place, paths), []).append(fault.words)
    return found


def _check(request: TenantRequest, rule: Rule, names: SegmentNames, key: str) -> None:
    """Refuse what cannot be counted, or not for this reader; raises SegmentRuleError."""
    check_rule(
        tenant=request.tenant,
        rule=rule,
        titles=names.titles,
        key=key,
        sees_persons=request.may(Right.SEE_PERSONS),
    )


def _path_at(place: str, paths: dict[str, str]) -> str:
    """Find the line that a place is in: that of the longest known beginning of it."""
    fitting = [known for known in paths if _begins(place, known)]
    return paths[max(fitting, key=len)]


def _begins(place: str, known: str) -> bool:
    rest = place.removeprefix(known)
    return not known or (place.startswith(known) and (not rest or rest[0] in ".["))


def _shown(
    draft: Draft,
    names: SegmentNames,
    counted: Counted,
    *,
    tells_faults: bool,
    level: int = 1,
    is_company: bool = False,
) -> NodeShown:
    found, place = counted.preview, counted.places.get(draft.path)
    faults = counted.faults.get(draft.path, [])
    shows_parts = partial(
        _shown,
        names=names,
        counted=counted,
        tells_faults=tells_faults,
        level=level + 1,
        is_company=is_company or draft.mode == COMPANY,
    )
    return NodeShown(
        draft=draft,
        level=level,
        is_company=is_company,
        fields=[] if draft.is_group else _fields(draft, names, is_company=is_company),
        faults=faults if tells_faults else [],
        count=found.lines.get(place) if found and place is not None else None,
        without=found.without.get(place) if found and place is not None else None,
        is_incomplete=bool(faults),
        parts=[shows_parts(part) for part in draft.parts],
    )


def _fields(draft: Draft, names: SegmentNames, *, is_company: bool) -> list[FieldShown]:
    specs = fields_of(draft.kind, draft.values, names.choices, is_company=is_company)
    return [
        FieldShown(spec, f"f.{draft.path}.{spec.name}", draft.values.get(spec.name, ""))
        for spec in specs
    ]


def _suggestions(names: SegmentNames) -> dict[str, Options]:
    registries = names.choices.registries
    listed = {name: registries[name] for name in ("attribute", "company_attribute")}
    return {**listed, "event": tuple((name, "") for name in names.choices.events)}
