"""A form that comes twice has one effect; what differs, or was refused, is something new."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse, QueryDict
from django.test import RequestFactory
from django.utils.datastructures import MultiValueDict

from cxm.tenants.binding import tenant_bound
from cxm.tenants.sending import SENT_AS, sent_once
from tests import make

if TYPE_CHECKING:
    from cxm.tenants.access import TenantRequest
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


class Page:
    """A view that counts what it does, and the requests of one member."""

    def __init__(self, member: Membership, answer: HttpResponse) -> None:
        self.member, self.answer, self.done = member, answer, 0
        self.view = sent_once(self._do)

    def _do(self, _request: TenantRequest) -> HttpResponse:
        self.done += 1
        return self.answer

    def send(
        self,
        body: str,
        *,
        is_htmx: bool = False,
        method: str = "POST",
        files: tuple[SimpleUploadedFile, ...] = (),
    ) -> HttpResponse:
        request: Any = RequestFactory().generic(method, "/t/acme/things/")
        request.POST, request._files = QueryDict(body), MultiValueDict({"file": list(files)})
        request.tenant, request.membership = self.member.tenant, self.member
        request.htmx = is_htmx
        with tenant_bound(self.member.tenant_id):
            return self.view(cast("TenantRequest", request))


def _page(**headers: str) -> Page:
    return Page(make.member(), HttpResponse(status=302 if headers else 200, headers=headers))


def test_the_second_of_two_equal_ones_leads_where_the_first_led() -> None:
    page = _page(Location="/t/acme/things/1/")

    first = page.send(f"{SENT_AS}=a&title=One&csrfmiddlewaretoken=x")
    again = page.send(f"{SENT_AS}=a&title=One&csrfmiddlewaretoken=y")

    assert (first.status_code, again.status_code) == (302, 302)
    assert again["Location"] == "/t/acme/things/1/"
    assert page.done == 1


@pytest.mark.parametrize("body", [f"{SENT_AS}=b&title=One", f"{SENT_AS}=a&title=Two", "title=One"])
def test_what_differs_or_bears_no_mark_is_done(body: str) -> None:
    page = _page(Location="/t/acme/things/1/")
    page.send(f"{SENT_AS}=a&title=One")

    page.send(body)

    assert page.done == 2


@pytest.mark.parametrize(
    ("file", "done"),
    [
        (SimpleUploadedFile("one.csv", b"abc"), 1),
        (SimpleUploadedFile("two.csv", b"abc"), 2),
        (SimpleUploadedFile("one.csv", b"abcd"), 2),
    ],
    ids=["the same", "another name", "another size"],
)
def test_another_file_is_something_new(file: SimpleUploadedFile, done: int) -> None:
    page = _page(Location="/t/acme/things/1/")
    page.send(f"{SENT_AS}=a", files=(SimpleUploadedFile("one.csv", b"abc"),))

    page.send(f"{SENT_AS}=a", files=(file,))

    assert page.done == done


def test_what_is_shown_this_once_leads_to_its_page_the_next_time() -> None:
    page = _page()
    page.answer["Content-Location"] = "/t/acme/things/1/"

    first = page.send(f"{SENT_AS}=a")
    again = page.send(f"{SENT_AS}=a")

    assert (first.status_code, again.status_code) == (200, 302)
    assert again["Location"] == "/t/acme/things/1/"
    assert page.done == 1


def test_another_member_sends_something_of_their_own() -> None:
    page = _page(Location="/t/acme/things/1/")
    page.send(f"{SENT_AS}=a&title=One")
    page.member = make.member(of=page.member.tenant)

    page.send(f"{SENT_AS}=a&title=One")

    assert page.done == 2


def test_a_piece_of_a_page_is_left_as_it_is_when_it_is_asked_for_again() -> None:
    page = _page()

    first = page.send(f"{SENT_AS}=a", is_htmx=True)
    again = page.send(f"{SENT_AS}=a", is_htmx=True)

    assert (first.status_code, again.status_code) == (200, HTTPStatus.NO_CONTENT)
    assert page.done == 1


def test_what_was_refused_or_only_shown_may_be_sent_again() -> None:
    page = _page()
    page.answer = HttpResponse(status=422)

    page.send(f"{SENT_AS}=a", is_htmx=True)
    page.send(f"{SENT_AS}=a", is_htmx=True)
    page.send(f"{SENT_AS}=a", method="GET")

    assert page.done == 3
