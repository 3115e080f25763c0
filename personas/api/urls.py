"""Routes of personas and stakeholder maps in the JSON API."""

from __future__ import annotations

from personas.api.operations import api_urls as operation_urls
from personas.api.personas import api_urls as persona_urls
from personas.api.stakeholders import api_urls as stakeholder_urls

api_urls = [*operation_urls, *persona_urls, *stakeholder_urls]
