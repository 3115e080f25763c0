"""Routes of the pages of channels and touchpoints."""

from __future__ import annotations

from django.urls import path

from cxm.touchpoints.views import channels, touchpoints

app_name = "touchpoints"
urlpatterns = [
    path("channels/", channels.channel_list, name="channel-list"),
    path("channels/add/", channels.channel_add, name="channel-add"),
    path("channels/<uuid:channel_id>/edit/", channels.channel_edit, name="channel-edit"),
    path("channels/<uuid:channel_id>/archive/", channels.channel_archive, name="channel-archive"),
    path("channels/<uuid:channel_id>/restore/", channels.channel_restore, name="channel-restore"),
    path("channels/<uuid:channel_id>/merge/", channels.channel_merge, name="channel-merge"),
    path("channels/<uuid:channel_id>/unmerge/", channels.channel_unmerge, name="channel-unmerge"),
    path("touchpoints/", touchpoints.touchpoint_list, name="touchpoint-list"),
    path("touchpoints/add/", touchpoints.touchpoint_add, name="touchpoint-add"),
    path("touchpoints/add-many/", touchpoints.touchpoint_add_many, name="touchpoint-add-many"),
    path(
        "touchpoints/<uuid:touchpoint_id>/",
        touchpoints.touchpoint_detail,
        name="touchpoint-detail",
    ),
    path(
        "touchpoints/<uuid:touchpoint_id>/edit/",
        touchpoints.touchpoint_edit,
        name="touchpoint-edit",
    ),
    path(
        "touchpoints/<uuid:touchpoint_id>/archive/",
        touchpoints.touchpoint_archive,
        name="touchpoint-archive",
    ),
    path(
        "touchpoints/<uuid:touchpoint_id>/restore/",
        touchpoints.touchpoint_restore,
        name="touchpoint-restore",
    ),
    path(
        "touchpoints/<uuid:touchpoint_id>/merge/",
        touchpoints.touchpoint_merge,
        name="touchpoint-merge",
    ),
    path(
        "touchpoints/<uuid:touchpoint_id>/unmerge/",
        touchpoints.touchpoint_unmerge,
        name="touchpoint-unmerge",
    ),
]
