"""Personas, stakeholders, stakeholder maps, and the operations on them."""

from personas.models.collaboration import (
    PersonaShare,
    PersonaThread,
    StakeholderMapShare,
    StakeholderMapThread,
)
from personas.models.operations import PersonaOp, StakeholderMapOp
from personas.models.personas import (
    Persona,
    PersonaFact,
    PersonaFactEvidence,
    PersonaFile,
    PersonaMatrix,
    PersonaPosition,
    PersonaSection,
)
from personas.models.stakeholders import (
    CommonRelation,
    Stakeholder,
    StakeholderMap,
    StakeholderPlacement,
    StakeholderRelation,
)

__all__ = [
    "CommonRelation",
    "Persona",
    "PersonaFact",
    "PersonaFactEvidence",
    "PersonaFile",
    "PersonaMatrix",
    "PersonaOp",
    "PersonaPosition",
    "PersonaSection",
    "PersonaShare",
    "PersonaThread",
    "Stakeholder",
    "StakeholderMap",
    "StakeholderMapOp",
    "StakeholderMapShare",
    "StakeholderMapThread",
    "StakeholderPlacement",
    "StakeholderRelation",
]
