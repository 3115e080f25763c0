"""Routes of journeys and their maps in the JSON API."""

from __future__ import annotations

from journeys.api.journeys import api_urls as journey_urls
from journeys.api.maps import api_urls as map_urls

api_urls = [*journey_urls, *map_urls]
