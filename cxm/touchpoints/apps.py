from __future__ import annotations

from django.apps import AppConfig


class TouchpointsConfig(AppConfig):
    name = "cxm.touchpoints"
    label = "touchpoints"

    def ready(self) -> None:
        """Put both registries into the sidebar."""
        from cxm.kernel.navigation import Entry, Group, navigation  # noqa: PLC0415 - apps first

        navigation.register(
            Entry(
                key="touchpoints",
                label="Touchpoints",
                icon="footprints",
                url_name="touchpoints:touchpoint-list",
                group=Group.METRICS,
                right="see_registries",
                rank=60,
                letter="t",
                is_on_bottom_bar=True,
            ),
            Entry(
                key="channels",
                label="Channels",
                icon="radio-tower",
                url_name="touchpoints:channel-list",
                group=Group.METRICS,
                right="see_registries",
                rank=70,
                letter="c",
            ),
        )
