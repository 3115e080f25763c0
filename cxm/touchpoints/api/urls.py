"""Routes of channels, touchpoints and their rules in the JSON API."""

from __future__ import annotations

from django.urls import path

from cxm.touchpoints.api import channels, touchpoint_rules, touchpoints

_CHANNEL, _TOUCHPOINT = "channels/<uuid:channel_id>", "touchpoints/<uuid:touchpoint_id>"
_RULE = "touchpoint-rules/<uuid:rule_id>"

api_urls = [
    path("channels/", channels.ChannelListView.as_view()),
    path(f"{_CHANNEL}/", channels.ChannelView.as_view()),
    path(f"{_CHANNEL}/archive/", channels.ChannelArchiveView.as_view()),
    path(f"{_CHANNEL}/restore/", channels.ChannelRestoreView.as_view()),
    path(f"{_CHANNEL}/merge/", channels.ChannelMergeView.as_view()),
    path(f"{_CHANNEL}/unmerge/", channels.ChannelUnmergeView.as_view()),
    path("touchpoint-rules/", touchpoint_rules.RuleListView.as_view()),
    path(f"{_RULE}/", touchpoint_rules.RuleView.as_view()),
    path(f"{_RULE}/move/", touchpoint_rules.RuleMoveView.as_view()),
    path("touchpoints/", touchpoints.TouchpointListView.as_view()),
    path("touchpoints/add-many/", touchpoints.TouchpointAddManyView.as_view()),
    path(f"{_TOUCHPOINT}/", touchpoints.TouchpointView.as_view()),
    path(f"{_TOUCHPOINT}/archive/", touchpoints.TouchpointArchiveView.as_view()),
    path(f"{_TOUCHPOINT}/restore/", touchpoints.TouchpointRestoreView.as_view()),
    path(f"{_TOUCHPOINT}/merge/", touchpoints.TouchpointMergeView.as_view()),
    path(f"{_TOUCHPOINT}/unmerge/", touchpoints.TouchpointUnmergeView.as_view()),
]
