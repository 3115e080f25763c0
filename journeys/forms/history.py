"""What is asked for about how a map was."""

from __future__ import annotations

from datetime import date

from django import forms
from django.core.validators import MaxValueValidator

from cxm.kernel.operations.undoing import Choice
from journeys.rules.moments import LATEST, moment_asked
from journeys.services.snapshots import LONGEST_LABEL

_MOST = 2**31 - 1


class MomentField(forms.Field):
    """The number of an operation, or a day; the value is an int, a date or None."""

    default_error_messages = {"invalid": "Give a day, or the number of an operation."}

    def to_python(self, value: object) -> int | date | None:
        """Read what was written. Raises ValidationError."""
        try:
            return moment_asked(str(value or ""))
        except ValueError as error:
            raise forms.ValidationError(self.default_error_messages["invalid"]) from error


class ThenForm(forms.Form):
    """A moment of a map: by `asof`, or by its place among those that a slider stops at."""

    asof = MomentField(required=False)
    compare = MomentField(required=False)
    stop = forms.IntegerField(required=False, min_value=0, max_value=_MOST)


class VersionForm(forms.Form):
    """The name of a version that is kept."""

    label = forms.CharField(max_length=LONGEST_LABEL)


class RestoreForm(forms.Form):
    """What is brought back: all of the map, or one element; and what of what is lost is left."""

    of = forms.UUIDField(required=False)
    choice = forms.ChoiceField(required=False, choices=[(one.value, one.value) for one in Choice])


class DayForm(forms.Form):
    """A day, as it stands in an address."""

    day = forms.DateField(validators=[MaxValueValidator(LATEST)])
