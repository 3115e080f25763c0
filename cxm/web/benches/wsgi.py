"""The web application with the views that benches compare with; its pages ring no workers."""

from __future__ import annotations

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxm.settings")
application = get_wsgi_application()
# Before the first request, which is when routes are read.
settings.ROOT_URLCONF = "cxm.web.benches.pages"
