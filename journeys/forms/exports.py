"""What a file of a map is to be, as people choose it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from cxm.kernel.typesetting.setting import SCALES
from journeys.rules.sheet_frames import Paper
from journeys.rules.sheet_options import TILED_PAPERS, FileKind, Options, PageKind

if TYPE_CHECKING:
    from django.http import QueryDict

    from journeys.rules.sheet import MapSheet

USUAL = {"kind": "pdf", "pages": "tiled", "paper": "a4", "scale": "2"}
OWN_SIZE = "own"
_PAPERS = [(OWN_SIZE, "As large as the map needs"), *((p.value, p.value.upper()) for p in Paper)]


class ExportForm(forms.Form):
    """Kind, pages, paper, scale, and which stages and lanes; without any, all of them."""

    kind = forms.ChoiceField(
        label="File",
        choices=FileKind.choices(),
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choose one of the kinds of files."},
    )
    pages = forms.ChoiceField(
        label="Pages",
        choices=PageKind.choices(),
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choose how the pages are laid out."},
    )
    paper = forms.ChoiceField(
        label="Paper",
        choices=_PAPERS,
        error_messages={
            "invalid_choice": "Choose a size of paper from A0 to A4, or as large as needed."
        },
    )
    scale = forms.ChoiceField(
        label="Size",
        choices=[(str(scale), f"{scale}x") for scale in SCALES],
        error_messages={"invalid_choice": "Choose a size of 1, 2, 3 or 4."},
    )
    stage = forms.MultipleChoiceField(
        label="Stages",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose among the stages of this map."},
    )
    lane = forms.MultipleChoiceField(
        label="Lanes",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose among the lanes of this map."},
    )

    def __init__(self, asked: QueryDict, sheet: MapSheet) -> None:
        told = asked.copy()
        for name, value in USUAL.items():
            told.setdefault(name, value)
        super().__init__(told)
        stages: Any = self.fields["stage"]
        stages.choices = [(stage.id, stage.title) for stage in sheet.stages]
        lanes: Any = self.fields["lane"]
        lanes.choices = [(lane.id, lane.title) for lane in sheet.lanes]

    def clean(self) -> dict[str, Any]:
        """Refuse papers that no page of a tiled map is printed on."""
        told = super().clean() or {}
        is_tiled = told.get("kind") == FileKind.PDF and told.get("pages") == PageKind.TILED
        if is_tiled and told.get("paper") not in {*TILED_PAPERS, None}:
            self.add_error("paper", "Pages to glue together are A4 or A3.")
        return told

    @property
    def chosen(self) -> list[tuple[str, str]]:
        """List what was chosen as pairs of a field's name and a value, once found valid."""
        told = self.cleaned_data
        single = [(name, told[name]) for name in USUAL]
        return single + [(name, one) for name in ("stage", "lane") for one in told[name]]

    @property
    def options(self) -> Options:
        """Give what was chosen, once the form is found valid."""
        told = self.cleaned_data
        return Options(
            FileKind(told["kind"]),
            PageKind(told["pages"]),
            None if told["paper"] == OWN_SIZE else Paper(told["paper"]),
            int(told["scale"]),
            tuple(told["stage"]),
            tuple(told["lane"]),
        )
