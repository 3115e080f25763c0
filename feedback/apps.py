from __future__ import annotations

from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "feedback"
    label = "feedback"

    def ready(self) -> None:
        """Name the sidebar's entries, and the effects, so that whoever drains knows them."""
        import feedback.tasks  # noqa: F401, PLC0415 - registers them; apps must be loaded first
        from cxm.kernel.navigation import Entry, Group, navigation  # noqa: PLC0415
        from cxm.tenants.rules import Right  # noqa: PLC0415

        navigation.register(
            Entry(
                key="responses",
                label="Responses",
                icon="message-square-text",
                url_name="feedback:response-list",
                group=Group.FEEDBACK,
                right=Right.SEE_RESPONSES,
                rank=10,
                letter="r",
                is_on_bottom_bar=True,
            ),
            Entry(
                key="surveys",
                label="Surveys",
                icon="clipboard-list",
                url_name="feedback:survey-list",
                group=Group.FEEDBACK,
                right=Right.SEE_REGISTRIES,
                rank=20,
                letter="s",
            ),
            Entry(
                key="imports",
                label="Imports",
                icon="upload",
                url_name="feedback:imports",
                group=Group.FEEDBACK,
                right=Right.IMPORT_FEEDBACK,
                rank=90,
                letter="i",
            ),
        )
