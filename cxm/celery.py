"""The Celery application: workers that answer the doorbell, and the sweeper's clock."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxm.settings")
app = Celery("wayfare")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
