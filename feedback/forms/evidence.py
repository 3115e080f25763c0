"""What an answer speaks for or against: an insight, a statement, a step or card of a map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms

from cxm.collaboration.rules.kinds import Polarity
from journeys.models import Insight
from journeys.selectors.journeys import maps_named
from personas.models import PersonaFact
from personas.selectors.evidence import statement_choices, statements
from personas.selectors.library import personas_listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxm.tenants.models import Membership, Tenant
    from journeys.selectors.looking_again import Claim
    from personas.models import Persona

MOST_PERSONAS, MOST_MAPS, MOST_CLAIMS = 500, 500, 500
LONGEST_CLAIM = 90


class PersonaChoiceForm(forms.Form):
    """The persona that an answer tells something about."""

    persona = forms.ChoiceField()

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = personas_listed(tenant).values_list("pk", "name")[:MOST_PERSONAS]
        field: Any = self.fields["persona"]
        field.choices = [("", "Choose a persona"), *((str(pk), name) for pk, name in rows)]


class AnswerInsightForm(forms.Form):
    """The insight that an answer speaks for or against: a new one, or one that is there."""

    insight: forms.ModelChoiceField[Insight] = forms.ModelChoiceField(
        queryset=Insight.objects.none(),
        required=False,
        empty_label="A new insight, called by the words",
        error_messages={"invalid_choice": "Choose an insight that is in use."},
    )
    polarity = forms.ChoiceField(
        label="What it says of the insight",
        required=False,
        choices=[
            (Polarity.SUPPORTS.value, "Speaks for it"),
            (Polarity.CONTRADICTS.value, "Speaks against it"),
        ],
    )
    question = forms.ChoiceField(label="What was written about", required=False)

    def __init__(
        self, *args: Any, tenant: Tenant, questions: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        """Offer the insights in use; *questions* are pairs of key and text."""
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        rows = Insight.objects.for_tenant(tenant).filter(archived_at=None)
        fields["insight"].queryset = rows.order_by("title", "pk")
        fields["question"].choices = questions
        self._first = questions[0][0] if questions else ""
        if len(questions) <= 1:
            fields["question"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        """Take the first question and “speaks for it” where nothing else is said.

        A new insight begins with what speaks for it.
        """
        told: dict[str, Any] = super().clean() or {}
        told["question"] = told.get("question") or self._first
        told["polarity"] = Polarity(told.get("polarity") or Polarity.SUPPORTS.value)
        if told["polarity"] is Polarity.CONTRADICTS and not told.get("insight"):
            self.add_error("insight", "Choose the insight that this speaks against.")
        return told


class MapChoiceForm(forms.Form):
    """The map that an answer tells something about."""

    map = forms.ChoiceField()

    def __init__(self, *args: Any, reader: Membership, **kwargs: Any) -> None:
        """Offer the maps in use that *reader* may read."""
        super().__init__(*args, **kwargs)
        rows = maps_named(reader.tenant, reader, "")[:MOST_MAPS]
        field: Any = self.fields["map"]
        named = ((str(row.pk), f"{row.journey.title}: {row.name}") for row in rows)
        field.choices = [("", "Choose a map"), *named]


class AnswerForm(forms.Form):
    """The direction and, where several were answered in words, the question."""

    polarity = forms.ChoiceField(
        label="What it says of it",
        choices=[
            (Polarity.SUPPORTS.value, "Speaks for it"),
            (Polarity.CONTRADICTS.value, "Speaks against it"),
        ],
    )
    question = forms.ChoiceField(label="What was written about")

    def __init__(self, *args: Any, questions: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """Take *questions* as pairs of key and text."""
        super().__init__(*args, **kwargs)
        question: Any = self.fields["question"]
        question.choices = questions
        if len(questions) == 1:
            question.widget = forms.HiddenInput()
            self.initial.setdefault("question", questions[0][0])

    def clean_polarity(self) -> Polarity:
        """Give the direction."""
        return Polarity(self.cleaned_data["polarity"])


class AnswerElementForm(AnswerForm):
    """The step or card that an answer is about, of a map whose *claims* they are."""

    field_order = ("element", "polarity", "question")
    element = forms.ChoiceField(
        label="Step or card",
        error_messages={"required": "Choose the step or card that this is about."},
    )

    def __init__(self, *args: Any, claims: Sequence[Claim], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups: dict[str, list[tuple[str, str]]] = {}
        for claim in claims[:MOST_CLAIMS]:
            where = "Steps" if claim.id == claim.step_id else claim.where
            groups.setdefault(where, []).append((str(claim.id), shortened(claim.title)))
        element: Any = self.fields["element"]
        element.choices = [("", "Choose a step or card"), *groups.items()]

    def clean_element(self) -> UUID:
        """Give its lineage."""
        return UUID(self.cleaned_data["element"])


class AnswerEvidenceForm(AnswerForm):
    """The statement of a persona that an answer is about."""

    field_order = ("statement", "polarity", "question")
    statement = forms.ChoiceField(
        error_messages={"required": "Choose the statement that this is about."}
    )

    def __init__(self, *args: Any, persona: Persona, **kwargs: Any) -> None:
        """Offer the statements of *persona*."""
        super().__init__(*args, **kwargs)
        self._persona = persona
        statement: Any = self.fields["statement"]
        statement.choices = [("", "Choose a statement"), *statement_choices(persona)]

    def clean_statement(self) -> PersonaFact:
        """Give the statement."""
        rows = statements(self._persona.tenant).filter(persona=self._persona)
        found: PersonaFact = rows.select_related("tenant").get(pk=self.cleaned_data["statement"])
        return found


def shortened(text: str) -> str:
    """Cut a claim to a line of a list."""
    told = " ".join(text.split())
    return told if len(told) <= LONGEST_CLAIM else f"{told[: LONGEST_CLAIM - 1]}…"
