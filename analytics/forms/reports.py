"""Input about reports: what is in them, of which days, when they come and to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs
from uuid import UUID

from django import forms

from analytics.forms.figures import LABELS
from analytics.rules.periods import CUSTOM, DEFAULT_PERIOD, PERIOD_LABELS, Compare
from analytics.rules.report_rhythm import LATEST_DAY, WEEKDAYS, Pace
from analytics.rules.reports import LONGEST_TITLE, PageKind, ReportPage, read_page
from analytics.selectors.churn import counted_definitions
from analytics.selectors.dashboards import dashboards_of, looker_of
from analytics.selectors.filters import FILTER_KEYS, read_filter
from analytics.selectors.names import FILTERED, measures, read_names
from analytics.services.report_keeping import Wanted
from cxm.collaboration.selectors.talk import people_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from analytics.models import Report
    from cxm.kernel.errors import DomainError
    from cxm.tenants.models import Membership, Tenant

COMPARES = [
    (Compare.PREVIOUS.value, "The time before"),
    (Compare.YEAR.value, "A year before"),
    (Compare.NOTHING.value, "Nothing"),
]
_OWN = "?"


class ReportForm(forms.Form):
    """A report. A part that came with a filter of its own keeps it; the others share one."""

    title = forms.CharField(
        max_length=LONGEST_TITLE,
        label="What do you call it?",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="It is the subject of the mail.",
    )
    parts = forms.MultipleChoiceField(
        label="What is in it?",
        widget=forms.CheckboxSelectMultiple,
        help_text="Each part is sent as its page shows it, in this order.",
        error_messages={"required": "Choose at least one page."},
    )
    period = forms.ChoiceField(
        label="Of which days?",
        choices=list(PERIOD_LABELS.items()),
        help_text="Counted on the day of sending. Churn and alerts have days of their own.",
    )
    compare = forms.ChoiceField(label="Compared with", choices=COMPARES)
    pace = forms.ChoiceField(label="How often?", choices=Pace.choices(), widget=forms.RadioSelect)
    weekday = forms.TypedChoiceField(
        label="Every week on", coerce=int, choices=list(enumerate(WEEKDAYS))
    )
    month_day = forms.TypedChoiceField(
        label="Every month on day",
        coerce=int,
        choices=[(day, str(day)) for day in range(1, LATEST_DAY + 1)],
    )
    hour = forms.TypedChoiceField(
        label="At", coerce=int, choices=[(hour, f"{hour:02}:00") for hour in range(24)]
    )
    recipients = forms.MultipleChoiceField(
        label="Who gets it?",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Each by e-mail, with what their role opens and nothing else.",
    )
    has_pdf = forms.BooleanField(label="With a PDF to print", required=False)
    has_xlsx = forms.BooleanField(label="With a workbook (XLSX)", required=False)
    skips_unchanged = forms.BooleanField(
        label="Not when nothing has changed since the last one", required=False
    )

    def __init__(
        self, *args: Any, member: Membership, kept: Sequence[ReportPage] = (), **kwargs: Any
    ) -> None:
        """Offer what *member* may send; *kept* are the pages that the report has already."""
        super().__init__(*args, **kwargs)
        tenant = member.tenant
        self._kept = {_value(page, own=True): page for page in kept}
        self._choices("parts").choices = [
            *_part_choices(member),
            *self._kept_choices(),
        ]
        self._choices("recipients").choices = [
            (str(one.pk), one.user.get_full_name()) for one in people_of(tenant)
        ]
        self.fields["hour"].help_text = f"By the clock of the workspace: {tenant.time_zone}."
        self.places = _add_places(self, tenant)

    @classmethod
    def initial_of(
        cls, report: Report, recipients: Iterable[UUID], *, today: date
    ) -> dict[str, Any]:
        """Give what the form shows of a report."""
        pages = [read_page(one) for one in report.pages]
        shared = shared_query(pages)
        return {
            "title": report.title,
            "parts": [_value(page, own=page.query != shared) for page in pages],
            **filter_initial(shared, today=today),
            "pace": report.pace,
            "weekday": report.day if report.pace == Pace.WEEKLY else 0,
            "month_day": report.day if report.pace == Pace.MONTHLY else 1,
            "hour": report.hour,
            "recipients": [str(one) for one in recipients],
            "has_pdf": report.has_pdf,
            "has_xlsx": report.has_xlsx,
            "skips_unchanged": report.skips_unchanged,
        }

    @property
    def place_fields(self) -> list[forms.BoundField]:
        """Give the fields that narrow the answers down."""
        return [self[name] for name in self.places]

    @property
    def has_places(self) -> bool:
        """Whether anything is chosen that narrows the answers down."""
        return any(self[name].value() for name in self.places)

    def wanted(self, *, today: date) -> Wanted:
        """Give the report as the service wants it."""
        told = self.cleaned_data
        pace = told["pace"]
        days = {Pace.WEEKLY.value: told["weekday"], Pace.MONTHLY.value: told["month_day"]}
        return Wanted(
            title=told["title"],
            pages=[page.as_json() for page in self.pages(today=today)],
            pace=pace,
            hour=told["hour"],
            day=days.get(pace, 0),
            recipients=[UUID(one) for one in told["recipients"]],
            has_pdf=told["has_pdf"],
            has_xlsx=told["has_xlsx"],
            skips_unchanged=told["skips_unchanged"],
        )

    def pages(self, *, today: date) -> list[ReportPage]:
        """Give the chosen pages in the order of the form."""
        query = self._query(today)
        return [self._page(value, query) for value in self.cleaned_data["parts"]]

    def refuse(self, error: DomainError) -> None:
        """Show at its field what the service refused."""
        field = {"pages": "parts", "day": "pace"}.get(error.field or "", error.field)
        self.add_error(field if field in self.fields else None, str(error))

    def _page(self, value: str, query: str) -> ReportPage:
        if value in self._kept:
            return self._kept[value]
        kind, _, of = value.partition(":")
        found = PageKind(kind)
        return ReportPage(found, of, query if found.has_filter else "")

    def _query(self, today: date) -> str:
        """Write the shared filter as the query of a page."""
        told = {name: self.cleaned_data.get(name, []) for name in self.places}
        told["period"] = [self.cleaned_data["period"]]
        told["compare"] = [self.cleaned_data["compare"]]
        return read_filter(told, today=today).filter.query()

    def _kept_choices(self) -> list[tuple[str, str]]:
        """Offer pages that have a filter of their own, as they are."""
        own = [(value, page) for value, page in self._kept.items() if page.query]
        shared = shared_query(list(self._kept.values()))
        return [
            (value, f"{page.kind.label} {page.of}, only {page.query}".replace("  ", " "))
            for value, page in own
            if page.query != shared
        ]

    def _choices(self, name: str) -> forms.MultipleChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - declared so above
        return field


def shared_query(pages: Sequence[ReportPage]) -> str:
    """Give the first filter of *pages* that the form can show; empty for none."""
    for page in pages:
        query = parse_qs(page.query)
        can_show = set(query) <= FILTER_KEYS - {"from", "to", "weighted"}
        if page.kind.has_filter and can_show:
            return page.query
    return ""


def filter_initial(query: str, *, today: date) -> dict[str, Any]:
    """Give what the form shows of a filter."""
    chosen = read_filter(parse_qs(query), today=today).filter
    period = DEFAULT_PERIOD if chosen.period.name == CUSTOM else chosen.period.name
    keys: Mapping[str, list[str]] = {by.value: list(chosen.keys(by)) for by in FILTERED}
    return {"period": period, "compare": chosen.compare.value, **keys}


def _value(page: ReportPage, *, own: bool) -> str:
    query = f"{_OWN}{page.query}" if own and page.query else ""
    return f"{page.kind.value}:{page.of}{query}"


def _part_choices(member: Membership) -> list[tuple[str, str]]:
    """Offer the pages of the product that the member may read, in the order of the menu."""
    tenant = member.tenant
    metrics = [(one.metric.key, one.metric.title) for one in measures(tenant)]
    churn = counted_definitions(tenant)
    boards = dashboards_of(tenant, looker_of(member))
    return [
        (f"{PageKind.OVERVIEW.value}:", "Overview: every metric, and where it hurts"),
        *((f"{PageKind.METRIC.value}:{key}", title) for key, title in metrics),
        *((f"{PageKind.WHY.value}:{key}", f"Why {title} changed") for key, title in metrics),
        *(
            (f"{PageKind.CHURN.value}:{one.definition.key}", f"Churn: {one.definition.title}")
            for one in churn
        ),
        (f"{PageKind.ALERTS.value}:", "Open alerts"),
        (f"{PageKind.GOALS.value}:", "Strategy: how far every goal is"),
        *((f"{PageKind.DASHBOARD.value}:{one.pk}", f"Dashboard: {one.title}") for one in boards),
    ]


def _add_places(form: forms.Form, tenant: Tenant) -> tuple[str, ...]:
    """Add a field for each kind of place that answers can be narrowed to; give their names."""
    names = read_names(tenant)
    added = []
    for by in FILTERED:
        options = [(one.key, one.title) for one in names.options(by)]
        if options:
            form.fields[by.value] = forms.MultipleChoiceField(
                label=f"Only these {LABELS[by.value].lower()}",
                required=False,
                choices=options,
                widget=forms.SelectMultiple(attrs={"size": min(len(options), 5)}),
            )
            added.append(by.value)
    return tuple(added)
