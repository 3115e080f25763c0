"""The page on which people say what they are called, in all their workspaces at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cxm.tenants.forms import OwnNameForm
from cxm.tenants.services import rename_oneself

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from cxm.accounts.models import User

    class SignedInRequest(HttpRequest):
        """A request of somebody who has signed in; of no workspace."""

        user: User


PAGE = "tenants/own_name.html"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def own_name(request: SignedInRequest) -> HttpResponse:
    """Show the name of the person signed in; change it."""
    user = request.user
    if request.method != "POST":
        return render(request, PAGE, {"form": OwnNameForm(initial={"name": user.name})})
    form = OwnNameForm(request.POST)
    if not form.is_valid():
        return render(request, PAGE, {"form": form}, status=422)
    rename_oneself(user=user, name=form.cleaned_data["name"])
    messages.success(request, f"Saved. Others read “{user.get_full_name()}” from now on.")
    return redirect("tenants:own-name")
