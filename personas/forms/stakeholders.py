"""Input about stakeholders and their maps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from cxm.tenants.models import Membership
from cxm.tenants.selectors import member_choices
from personas.forms.pictures import COLOUR_CHOICES
from personas.models import Stakeholder
from personas.rules.drawing_filter import NOWHERE
from personas.rules.drawing_words import ATTITUDES
from personas.rules.kinds import Layout, StakeholderKind, Visibility
from personas.rules.map_access import VISIBILITY_WORDS
from personas.selectors.maps import addable_to
from personas.services.maps import LONGEST_TITLE
from personas.services.stakeholders import LONGEST_NAME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxm.kernel.operations.shapes import JSON
    from cxm.tenants.models import Tenant
    from personas.models import StakeholderMap

MOST_RINGS, MOST_SECTORS, LONGEST_PART = 6, 12, 60
# A drop outside of the drawing counts as one at its edge.
FAR = 100_000.0
_NOT_PLACED = ("", "None")
_STAYS = ("", "As it is")


class StakeholderForm(forms.Form):
    """Somebody on the register."""

    name = forms.CharField(max_length=LONGEST_NAME)
    kind = forms.ChoiceField(choices=StakeholderKind.choices())
    description = forms.CharField(
        max_length=2_000,
        required=False,
        widget=forms.Textarea,
        help_text="What they do in what customers live through.",
    )
    member = forms.ChoiceField(
        required=False,
        label="Is the member",
        help_text="Links a person to their account in this workspace.",
    )

    def __init__(
        self,
        *args: Any,
        tenant: Tenant,
        reader: Membership,
        row: Stakeholder | None = None,
        **kwargs: Any,
    ) -> None:
        """Take *row* to change one; *reader* may choose among the members they see."""
        super().__init__(*args, **kwargs)
        self._tenant = tenant
        at_hand = row.member if row else None
        choices: Any = self.fields["member"]
        choices.choices = member_choices(at_hand, reader)
        if row is not None:
            told = {"name": row.name, "kind": row.kind, "description": row.description}
            self.initial = {**told, "member": str(row.member_id or ""), **self.initial}

    def clean_member(self) -> Membership | None:
        """Give the member; None for nobody."""
        chosen = self.cleaned_data["member"]
        members = Membership.objects.for_tenant(self._tenant).select_related("user")
        return members.get(pk=chosen) if chosen else None


class MapForm(forms.Form):
    """A new stakeholder map."""

    title = forms.CharField(max_length=LONGEST_TITLE)
    description = forms.CharField(max_length=2_000, required=False, widget=forms.Textarea)
    layout = forms.ChoiceField(
        choices=Layout.choices(),
        help_text="How it opens. All layouts show the same stakeholders.",
    )
    visibility = forms.ChoiceField(
        choices=[(one.value, VISIBILITY_WORDS[one]) for one in Visibility],
        initial=Visibility.EDITABLE.value,
        label="Who sees it",
    )


class PartsForm(forms.Form):
    """The rings and sectors of a map, a name on each line, and the colours of its rings."""

    rings = forms.CharField(
        widget=forms.Textarea, help_text="From the centre outwards, 1 to 6, one on each line."
    )
    sectors = forms.CharField(
        widget=forms.Textarea,
        required=False,
        help_text="Clockwise from the top, up to 12, one on each line. None is fine.",
    )

    def __init__(self, *args: Any, of: StakeholderMap, **kwargs: Any) -> None:
        """Ask for a colour of each ring that the map has; new ones get theirs afterwards."""
        self.initial: dict[str, Any]
        super().__init__(*args, **kwargs)
        self.initial = {"rings": "\n".join(of.rings), "sectors": "\n".join(of.sectors)}
        for ring, name in enumerate(of.rings):
            label = f"Colour of “{name}”"
            field = forms.ChoiceField(choices=COLOUR_CHOICES, required=False, label=label)
            self.fields[f"colour_{ring}"] = field
            if ring < len(of.ring_colours):
                self.initial[f"colour_{ring}"] = of.ring_colours[ring]

    def ground(self) -> dict[str, list[str]]:
        """Give rings, sectors and the colours of the rings, of a valid form."""
        told = self.cleaned_data
        colours = [told.get(f"colour_{ring}", "") for ring in range(len(told["rings"]))]
        while colours and not colours[-1]:
            colours.pop()
        return {"rings": told["rings"], "sectors": told["sectors"], "ring_colours": colours}

    def clean_rings(self) -> list[str]:
        """Give the names of the rings."""
        return _names(self.cleaned_data["rings"], 1, MOST_RINGS, "ring")

    def clean_sectors(self) -> list[str]:
        """Give the names of the sectors."""
        return _names(self.cleaned_data["sectors"], 0, MOST_SECTORS, "sector")


class PlaceForm(forms.Form):
    """Who is put on a map: somebody of the register, or a new name with a kind; and where."""

    stakeholder = forms.ModelChoiceField(
        Stakeholder.objects.none(),
        required=False,
        label="From the register",
        empty_label="Choose somebody",
    )
    name = forms.CharField(max_length=LONGEST_NAME, required=False)
    kind = forms.ChoiceField(choices=StakeholderKind.choices(), required=False)
    ring = forms.TypedChoiceField(coerce=int, empty_value=None, required=False)
    sector = forms.TypedChoiceField(coerce=int, empty_value=None, required=False)

    def __init__(
        self, *args: Any, on: StakeholderMap, needed: Sequence[str] = (), **kwargs: Any
    ) -> None:
        """Take the names of the fields that are *needed* where the form is shown."""
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        for name in needed:
            fields[name].required = True
        fields["stakeholder"].queryset = addable_to(on)
        fields["ring"].choices = part_choices(on.rings)
        fields["sector"].choices = part_choices(on.sectors)
        fields["ring"].initial = "0"

    def clean(self) -> dict[str, Any]:
        """Refuse a form that names nobody."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if not values.get("stakeholder") and not values.get("name") and not self.errors:
            self.add_error("name", "Choose somebody from the register, or write a name.")
        return values


class SeveralForm(forms.Form):
    """What becomes of several who were selected in the table; what is left empty stays."""

    ring = forms.ChoiceField(required=False)
    sector = forms.ChoiceField(required=False)
    attitude = forms.ChoiceField(
        required=False,
        choices=[
            _STAYS,
            *((str(k), words) for k, words in ATTITUDES.items()),
            (NOWHERE, "Not said"),
        ],
    )
    power = forms.FloatField(required=False, min_value=1, max_value=5, label="Power (1 to 5)")
    interest = forms.FloatField(required=False, min_value=1, max_value=5, label="Interest (1 to 5)")

    def __init__(self, *args: Any, on: StakeholderMap) -> None:
        """Offer the rings and sectors of the map; *args* is what was sent, if anything was."""
        super().__init__(*args)
        self.auto_id = "several_%s"
        fields: dict[str, Any] = self.fields
        for field in ("power", "interest"):
            fields[field].widget.attrs |= {"step": "any", "inputmode": "decimal"}
        fields["ring"].choices = [_STAYS, *_places(on.rings), (NOWHERE, "None")]
        fields["sector"].choices = [_STAYS, *_places(on.sectors), (NOWHERE, "None")]

    def values(self) -> dict[str, JSON]:
        """Give what shall be set, by field, of a valid form; None empties."""
        told = self.cleaned_data
        numbers = {n: told[n] for n in ("power", "interest") if told[n] is not None}
        chosen = {n: told[n] for n in ("ring", "sector", "attitude") if told[n]}
        places = {n: None if text == NOWHERE else int(text) for n, text in chosen.items()}
        return {**places, **numbers}


class MoveForm(forms.Form):
    """Where somebody goes: a point of the drawing, or a step as shares of it.

    What was sent before with the same `id` is done already.
    """

    id = forms.UUIDField(required=False)
    placement = forms.UUIDField()
    to_x = forms.FloatField(required=False, min_value=-FAR, max_value=FAR)
    to_y = forms.FloatField(required=False, min_value=-FAR, max_value=FAR)
    step = forms.RegexField(r"^-?[0-9.]{1,6} -?[0-9.]{1,6}$", required=False)

    def clean_step(self) -> tuple[float, float]:
        """Give the step to the right and down; at most the whole drawing."""
        try:
            across, down = (float(text) for text in (self.cleaned_data["step"] or "0 0").split())
        except ValueError as error:
            message = "Write two numbers."
            raise forms.ValidationError(message) from error
        if max(abs(across), abs(down)) > 1:
            message = "A step is at most the whole drawing."
            raise forms.ValidationError(message)
        return across, down

    def point(self) -> tuple[float, float] | None:
        """Give the point that was dropped at; None for a step."""
        x, y = self.cleaned_data["to_x"], self.cleaned_data["to_y"]
        return None if x is None or y is None else (x, y)

    def step_taken(self) -> tuple[float, float]:
        """Give the step."""
        taken: tuple[float, float] = self.cleaned_data["step"]
        return taken


def part_choices(names: list[str]) -> list[tuple[str, str]]:
    """Give the choices of a ring or sector, none first."""
    return [_NOT_PLACED, *_places(names)]


def _places(names: list[str]) -> list[tuple[str, str]]:
    return [(str(place), name) for place, name in enumerate(names)]


def _names(text: str, least: int, most: int, noun: str) -> list[str]:
    names = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    if not least <= len(names) <= most:
        message = f"Write {least} to {most} names, one on each line."
        raise forms.ValidationError(message)
    if too_long := next((name for name in names if len(name) > LONGEST_PART), ""):
        message = f"“{too_long[:20]}…” is too long for a {noun}: use {LONGEST_PART} characters."
        raise forms.ValidationError(message)
    if len({name.casefold() for name in names}) < len(names):
        message = f"Give each {noun} another name."
        raise forms.ValidationError(message)
    return names
