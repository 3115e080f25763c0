"""Routes of the pages of jobs and parked work."""

from __future__ import annotations

from django.urls import path

from cxm.work import views

app_name = "work"
urlpatterns = [
    path("jobs/", views.job_list, name="job-list"),
    path("jobs/strip/", views.job_strip, name="job-strip"),
    path("jobs/put-away/", views.job_dismiss_all, name="job-dismiss-all"),
    path("jobs/parked/", views.parked_list, name="parked-list"),
    path("jobs/parked/<uuid:parked_id>/retry/", views.parked_retry, name="parked-retry"),
    path("jobs/parked/<uuid:parked_id>/drop/", views.parked_drop, name="parked-drop"),
    path("jobs/<uuid:job_id>/cancel/", views.job_cancel, name="job-cancel"),
    path("jobs/<uuid:job_id>/result/", views.job_result, name="job-result"),
    path("jobs/<uuid:job_id>/dismiss/", views.job_dismiss, name="job-dismiss"),
]
