from __future__ import annotations

from django.apps import AppConfig


class WorkConfig(AppConfig):
    name = "cxm.work"
    label = "work"

    def ready(self) -> None:
        """Keep the answers of repeatable posts, and put the jobs into the sidebar."""
        from cxm.kernel.api import keep_answers_in  # noqa: PLC0415 - apps must be loaded first
        from cxm.kernel.navigation import Entry, Group, navigation  # noqa: PLC0415
        from cxm.work.idempotency import AnswerTable  # noqa: PLC0415

        keep_answers_in(AnswerTable())
        navigation.register(
            Entry(
                key="jobs",
                label="Jobs",
                icon="list-checks",
                url_name="work:job-list",
                group=Group.SETTINGS,
                right="see_jobs",
                rank=60,
                letter="j",
            )
        )
