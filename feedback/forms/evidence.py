"""Which statement of which persona an answer speaks for or against."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from cxm.collaboration.rules.kinds import Polarity
from personas.models import PersonaFact
from personas.selectors.evidence import statement_choices, statements
from personas.selectors.library import personas_listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxm.tenants.models import Tenant
    from personas.models import Persona

MOST_PERSONAS = 500


class PersonaChoiceForm(forms.Form):
    """The persona that an answer tells something about."""

    persona = forms.ChoiceField()

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = personas_listed(tenant).values_list("pk", "name")[:MOST_PERSONAS]
        field: Any = self.fields["persona"]
        field.choices = [("", "Choose a persona"), *((str(pk), name) for pk, name in rows)]


class AnswerEvidenceForm(forms.Form):
    """The statement, the direction and, where several were answered in words, the question."""

    statement = forms.ChoiceField(
        error_messages={"required": "Choose the statement that this is about."}
    )
    polarity = forms.ChoiceField(
        label="What it says of the statement",
        choices=[
            (Polarity.SUPPORTS.value, "Speaks for it"),
            (Polarity.CONTRADICTS.value, "Speaks against it"),
        ],
    )
    question = forms.ChoiceField(label="What was written about")

    def __init__(
        self,
        *args: Any,
        persona: Persona,
        questions: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        """Offer the statements of *persona*; *questions* are pairs of key and text."""
        super().__init__(*args, **kwargs)
        self._persona = persona
        statement: Any = self.fields["statement"]
        statement.choices = [("", "Choose a statement"), *statement_choices(persona)]
        question: Any = self.fields["question"]
        question.choices = questions
        if len(questions) == 1:
            question.widget = forms.HiddenInput()
            self.initial.setdefault("question", questions[0][0])

    def clean_statement(self) -> PersonaFact:
        """Give the statement."""
        rows = statements(self._persona.tenant).filter(persona=self._persona)
        found: PersonaFact = rows.select_related("tenant").get(pk=self.cleaned_data["statement"])
        return found

    def clean_polarity(self) -> Polarity:
        """Give the direction."""
        return Polarity(self.cleaned_data["polarity"])
