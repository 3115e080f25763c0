"""Routes of comments, notices, evidence, files and links in the JSON API."""

from __future__ import annotations

from cxm.collaboration.api.assets import api_urls as asset_urls
from cxm.collaboration.api.evidence import api_urls as evidence_urls
from cxm.collaboration.api.notices import api_urls as notice_urls

api_urls = [*asset_urls, *evidence_urls, *notice_urls]
