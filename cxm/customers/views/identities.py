"""Why a customer is one person: identifiers, merges, joining two and taking them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cxm.customers.errors import CustomerError
from cxm.customers.forms.identity import THIS, JoinForm, OtherCustomerForm
from cxm.customers.models import CustomerMerge
from cxm.customers.rules.merge_words import merge_words
from cxm.customers.selectors.cards import compared_cards, read_cards
from cxm.customers.selectors.merges import preview_unmerge, read_identities
from cxm.customers.services.joining import merge_customers, shared_namespaces, unmerge_customers
from cxm.customers.views.looking import opened_subject
from cxm.kernel.clock import now
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.customers.models import Customer
    from cxm.customers.selectors.cards import Card
    from cxm.customers.selectors.subjects import Subject

IDENTITIES = "customers/customer_identities.html"
MERGE = "customers/customer_merge.html"
UNMERGE = "customers/customer_unmerge.html"


@require_safe
@tenant_page(Right.SEE_CUSTOMERS)
def customer_identities(request: TenantRequest, customer_id: UUID) -> HttpResponse:
    """Explain who a customer is; the row of a merged one leads to the one that stands for both."""
    subject = opened_subject(request, customer_id)
    if customer_id != subject.root.pk:
        return redirect(identities_url(request, subject.root.pk))
    context = {
        "subject": subject,
        "identities": read_identities(subject),
        "may_edit": request.may(Right.EDIT_CUSTOMERS) and not subject.is_erased,
        "may_erase": request.may(Right.ERASE_PERSONS),
    }
    return page(request, IDENTITIES, context)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_CUSTOMERS)
def customer_merge(request: TenantRequest, customer_id: UUID) -> HttpResponse:
    """Choose who else a customer is (`?other=`), read what will happen, and do it."""
    subject = opened_subject(request, customer_id)
    asked = OtherCustomerForm(
        request.GET if "other" in request.GET else None, tenant=request.tenant
    )
    if not asked.is_valid():
        context = {"subject": subject, "asked": asked}
        return page(request, MERGE, context, status=422 if asked.is_bound else 200)
    other_id = asked.cleaned_data["other"]
    cards = read_cards(subject.looking, [subject.root.pk, other_id])
    if len(cards) == 1:
        asked.add_error("other", "This is the same customer: name another one.")
        return page(request, MERGE, {"subject": subject, "asked": asked}, status=422)
    return _join(request, subject, cards[subject.root.pk], cards[other_id])


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.EDIT_CUSTOMERS)
def customer_unmerge(request: TenantRequest, merge_id: UUID) -> HttpResponse:
    """Show what taking a merge back would move, and do it."""
    merges = CustomerMerge.objects.for_tenant(request.tenant).select_related("tenant")
    merge = get_object_or_404(merges, pk=merge_id)
    subject = opened_subject(request, merge.absorbed_id)
    if request.method != "POST":
        if merge.undone_at:
            raise Http404
        context = {"subject": subject, "preview": preview_unmerge(subject, merge)}
        return page(request, UNMERGE, context)
    try:
        unmerge_customers(merge=merge, by=request.membership, now=now())
    except CustomerError as error:
        return page(request, UNMERGE, {"subject": subject, "refused": str(error)}, status=422)
    messages.success(request, "They stand apart again.")
    return redirect(identities_url(request, subject.root.pk))


def identities_url(request: TenantRequest, root_id: UUID) -> str:
    """Give the address of the page that explains who a customer is."""
    return reverse("customers:customer-identities", args=[request.tenant.slug, root_id])


def _join(request: TenantRequest, subject: Subject, this: Card, other: Card) -> HttpResponse:
    """Show two customers side by side with the form that joins them; on POST, join them."""
    form = JoinForm(
        request.POST if request.method == "POST" else None,
        this=this.subject.label,
        other=other.subject.label,
        must_confirm=bool(shared_namespaces(request.tenant, this.root.pk, other.root.pk)),
    )
    if form.is_valid():
        stays, goes = (this, other) if form.cleaned_data["stays"] == THIS else (other, this)
        try:
            merge = merge_customers(
                survivor=_with_tenant(request, stays),
                absorbed=_with_tenant(request, goes),
                by=request.membership,
                now=now(),
                reason=form.cleaned_data["reason"],
                is_confirmed=form.cleaned_data.get("confirm", False),
            )
        except CustomerError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, "They are one customer now.")
            return redirect(identities_url(request, merge.survivor_id))
    counts = other.counts
    context = {
        "subject": subject,
        "sides": (this, other),
        "other": other,
        "lines": compared_cards(this, other),
        "form": form,
        "words": merge_words(
            other.subject.label,
            this.subject.label,
            rows=len(other.subject.rows),
            interactions=counts.interactions,
            responses=counts.responses,
        ),
    }
    return page(request, MERGE, context, status=422 if form.is_bound else 200)


def _with_tenant(request: TenantRequest, card: Card) -> Customer:
    card.root.tenant = request.tenant
    return card.root
