"""Routes of personas and stakeholder maps in the JSON API."""

from __future__ import annotations

from personas.api.comments import api_urls as comment_urls
from personas.api.exports import api_urls as export_urls
from personas.api.library_files import api_urls as library_urls
from personas.api.merging import api_urls as merge_urls
from personas.api.operations import api_urls as operation_urls
from personas.api.personas import api_urls as persona_urls
from personas.api.relations import api_urls as relation_urls
from personas.api.sharing import api_urls as share_urls
from personas.api.stakeholders import api_urls as stakeholder_urls

api_urls = [
    *comment_urls,
    *export_urls,
    *library_urls,
    *merge_urls,
    *operation_urls,
    *persona_urls,
    *share_urls,
    *relation_urls,
    *stakeholder_urls,
]
