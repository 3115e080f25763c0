"""Input about a link that shows a dashboard to people outside."""

from __future__ import annotations

from cxm.collaboration.forms.sharing import LinkForm


class BoardLinkForm(LinkForm):
    """A link to a dashboard; nothing is frozen, since figures are counted when it is opened."""

    state = None  # type: ignore[assignment]  # Django: takes the inherited field away
