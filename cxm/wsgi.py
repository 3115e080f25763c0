"""The web application, for any WSGI server."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

# Without it Celery rings at a broker of its own imagination, and every bell is lost.
import cxm.celery  # noqa: F401 - importing it is what counts

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxm.settings")
application = get_wsgi_application()
