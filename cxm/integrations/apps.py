from __future__ import annotations

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "cxm.integrations"
    label = "integrations"

    def ready(self) -> None:
        """Hear all news, register the effects, what an erasure takes, and the sidebar's entry."""
        import cxm.integrations.tasks  # noqa: F401, PLC0415 - registers effects; models come first
        from cxm.collaboration.selectors.sights import sights  # noqa: PLC0415
        from cxm.integrations.selectors.sights import pages_in_sight  # noqa: PLC0415
        from cxm.integrations.services.events import keep_news  # noqa: PLC0415
        from cxm.integrations.services.forgetting import erase_events  # noqa: PLC0415
        from cxm.kernel.announcing import newsroom  # noqa: PLC0415
        from cxm.kernel.erasing import erasers  # noqa: PLC0415
        from cxm.kernel.navigation import Entry, Group, navigation  # noqa: PLC0415
        from cxm.tenants.rules import Right  # noqa: PLC0415

        newsroom.tell(keep_news)
        erasers.add("webhook events", erase_events)
        sights.register_pages(pages_in_sight)
        navigation.register(
            Entry(
                key="webhooks",
                label="Webhooks",
                icon="send",
                url_name="integrations:webhook-list",
                group=Group.SETTINGS,
                right=Right.MANAGE_KEYS,
                rank=66,
            )
        )
