from __future__ import annotations

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "cxm.customers"
    label = "customers"

    def ready(self) -> None:
        """Name the sidebar's entries and the effects, and fill the hole of the rules' trial."""
        import cxm.customers.tasks  # noqa: F401, PLC0415 - registers effects; models come first
        from cxm.customers.services.erasing import ERASED  # noqa: PLC0415
        from cxm.customers.views.touchpoint_rules import draft_trial  # noqa: PLC0415 - apps first
        from cxm.kernel.announcing import NewsKind, newsroom  # noqa: PLC0415
        from cxm.kernel.holes import holes  # noqa: PLC0415
        from cxm.kernel.navigation import Entry, Group, navigation  # noqa: PLC0415
        from cxm.tenants.rules import Right  # noqa: PLC0415

        newsroom.offer(NewsKind(ERASED, "A person was erased for good", "Customers"))
        navigation.register(
            Entry(
                key="customers",
                label="Customers",
                icon="circle-user",
                url_name="customers:customer-list",
                group=Group.PEOPLE,
                right=Right.SEE_CUSTOMERS,
                rank=10,
                letter="u",
                is_on_bottom_bar=True,
            ),
            Entry(
                key="promises",
                label="Promises",
                icon="clock",
                url_name="customers:promise-list",
                group=Group.PEOPLE,
                right=Right.SEE_CUSTOMERS,
                rank=15,
            ),
            Entry(
                key="panels",
                label="Panels",
                icon="panel-right",
                url_name="customers:panel-list",
                group=Group.SETTINGS,
                right=Right.MANAGE_KEYS,
                rank=60,
            ),
            Entry(
                key="companies",
                label="Companies",
                icon="building-2",
                url_name="customers:company-list",
                group=Group.PEOPLE,
                right=Right.SEE_CUSTOMERS,
                rank=20,
            ),
            Entry(
                key="contracts",
                label="Contracts",
                icon="file-text",
                url_name="customers:contract-list",
                group=Group.PEOPLE,
                right=Right.SEE_CUSTOMERS,
                rank=25,
            ),
            Entry(
                key="proposals",
                label="Duplicates",
                icon="git-merge",
                url_name="customers:proposal-list",
                group=Group.PEOPLE,
                right=Right.EDIT_CUSTOMERS,
                rank=40,
            ),
            Entry(
                key="segments",
                label="Segments",
                icon="filter",
                url_name="customers:segment-list",
                group=Group.PEOPLE,
                right=Right.SEE_CUSTOMERS,
                rank=30,
            ),
            Entry(
                key="attributes",
                label="Attributes",
                icon="tag",
                url_name="customers:attribute-list",
                group=Group.SETTINGS,
                right=Right.SEE_CUSTOMERS,
                rank=40,
            ),
        )
        holes.fill("touchpoint-rule-trial", draft_trial)
