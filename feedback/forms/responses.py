"""Input about single responses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from feedback.selectors.responses import Score

LONGEST_REASON = 200
ALL = "All scores of this response"


class ReasonForm(forms.Form):
    """Why a response is deleted."""

    reason = forms.CharField(
        label="Why",
        max_length=LONGEST_REASON,
        help_text="One sentence for those who look later, such as “test by our own staff”.",
    )


class HoldForm(ReasonForm):
    """Why scores are held back, and which; cleaned to *ratings*, None for all."""

    rating = forms.ChoiceField(label="What", required=False)

    field_order = ["rating", "reason"]

    def __init__(self, *args: Any, scores: Iterable[Score] = (), **kwargs: Any) -> None:
        """Offer *scores*, those that are in the numbers."""
        super().__init__(*args, **kwargs)
        offered = [
            (str(score.rating_id), " · ".join(filter(None, _words(score)))) for score in scores
        ]
        choice = self.fields["rating"]
        choice.choices = [("", ALL), *offered]  # type: ignore[attr-defined]  # a ChoiceField
        if len(offered) < 2:  # noqa: PLR2004 - one score is all scores
            choice.widget = forms.HiddenInput()

    @property
    def ratings(self) -> list[UUID] | None:
        """The chosen score, as a list of its id; None for all of them."""
        chosen = self.cleaned_data["rating"]
        return [chosen] if chosen else None


def _words(score: Score) -> tuple[str, str, str]:
    return str(score.value), score.metric, score.touchpoint
