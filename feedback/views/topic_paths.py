"""Routes of topics, and of what people say of texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from feedback.views import texts, topic_labels, topics

if TYPE_CHECKING:
    from django.urls import URLPattern

TOPIC = "topics/<uuid:topic_id>"


def topic_paths() -> list[URLPattern]:
    """List the routes of topics and texts."""
    return [
        path("topics/", topics.topic_list, name="topic-list"),
        path("topics/new/", topics.topic_new, name="topic-new"),
        path("topics/try/", topics.topic_try_new, name="topic-try-new"),
        path("topics/starters/", topics.topic_starters, name="topic-starters"),
        path(f"{TOPIC}/", topics.topic_edit, name="topic-edit"),
        path(f"{TOPIC}/try/", topics.topic_try, name="topic-try"),
        path(f"{TOPIC}/label/", topic_labels.topic_label, name="topic-label"),
        path(f"{TOPIC}/versions/<int:seq>/back/", topics.topic_back, name="topic-back"),
        path(f"{TOPIC}/archive/", topics.topic_archive, name="topic-archive"),
        path(f"{TOPIC}/restore/", topics.topic_restore, name="topic-restore"),
        path("texts/<uuid:verbatim_id>/topic/", texts.text_topic, name="text-topic"),
        path("texts/<uuid:verbatim_id>/language/", texts.text_language, name="text-language"),
        path("texts/<uuid:verbatim_id>/sentiment/", texts.text_sentiment, name="text-sentiment"),
    ]
