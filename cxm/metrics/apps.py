from __future__ import annotations

from django.apps import AppConfig


class MetricsConfig(AppConfig):
    name = "cxm.metrics"
    label = "metrics"

    def ready(self) -> None:
        """Put the definitions into the sidebar."""
        from cxm.kernel.navigation import Entry, Group, navigation  # noqa: PLC0415 - apps first

        navigation.register(
            Entry(
                key="definitions",
                label="Metric definitions",
                icon="scale",
                url_name="metrics:metric-list",
                group=Group.SETTINGS,
                right="see_registries",
                rank=20,
                letter="d",
            )
        )
