"""Routes of journeys and their maps in the JSON API."""

from __future__ import annotations

from journeys.api.access import api_urls as access_urls
from journeys.api.capturing import api_urls as capturing_urls
from journeys.api.comments import api_urls as comment_urls
from journeys.api.elements import api_urls as element_urls
from journeys.api.evidence import api_urls as evidence_urls
from journeys.api.exports import api_urls as export_urls
from journeys.api.figures import api_urls as figure_urls
from journeys.api.files import api_urls as file_urls
from journeys.api.futures import api_urls as future_urls
from journeys.api.history import api_urls as history_urls
from journeys.api.journeys import api_urls as journey_urls
from journeys.api.library import api_urls as library_urls
from journeys.api.lint import api_urls as lint_urls
from journeys.api.locks import api_urls as lock_urls
from journeys.api.maps import api_urls as map_urls
from journeys.api.portfolio import api_urls as portfolio_urls
from journeys.api.reviews import api_urls as review_urls
from journeys.api.scores import api_urls as score_urls
from journeys.api.searching import api_urls as search_urls
from journeys.api.sharing import api_urls as sharing_urls
from journeys.api.steps import api_urls as step_urls
from journeys.api.tags import api_urls as tag_urls
from journeys.api.templates import api_urls as template_urls

api_urls = [
    *comment_urls,
    *access_urls,
    *capturing_urls,
    *tag_urls,
    *template_urls,
    *element_urls,
    *evidence_urls,
    *export_urls,
    *figure_urls,
    *file_urls,
    *future_urls,
    *history_urls,
    *portfolio_urls,
    *review_urls,
    *search_urls,
    *sharing_urls,
    *journey_urls,
    *score_urls,
    *library_urls,
    *step_urls,
    *lint_urls,
    *lock_urls,
    *map_urls,
]
