"""Routes of signing in. Addresses are given by invitation and never changed by their holder."""

from __future__ import annotations

from allauth.account.urls import urlpatterns as allauth_routes

LEFT_OUT = {
    "account_email",
    "account_confirm_email",
    "account_email_verification_sent",
}

urlpatterns = [route for route in allauth_routes if getattr(route, "name", "") not in LEFT_OUT]
