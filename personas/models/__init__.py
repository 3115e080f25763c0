"""Personas, stakeholders, stakeholder maps, and the operations on them."""

from personas.models.operations import PersonaOp, StakeholderMapOp
from personas.models.personas import (
    Persona,
    PersonaFact,
    PersonaMatrix,
    PersonaPosition,
    PersonaSection,
)
from personas.models.stakeholders import (
    Stakeholder,
    StakeholderMap,
    StakeholderPlacement,
    StakeholderRelation,
)

__all__ = [
    "Persona",
    "PersonaFact",
    "PersonaMatrix",
    "PersonaOp",
    "PersonaPosition",
    "PersonaSection",
    "Stakeholder",
    "StakeholderMap",
    "StakeholderMapOp",
    "StakeholderPlacement",
    "StakeholderRelation",
]
