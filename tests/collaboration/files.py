"""Files to send, made on the spot: pictures by Pillow, Office files as the least that is one."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from cxm.collaboration.models import Asset
from cxm.collaboration.services.assets import store_asset
from cxm.tenants.binding import tenant_bound
from tests import make

SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><script>a</script></svg>'
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"


def picture(
    form: str = "PNG", size: tuple[int, int] = (8, 6), colour: Any = "red", **saved: Any
) -> bytes:
    """Draw a picture of one colour."""
    mode = "RGBA" if isinstance(colour, tuple) and len(colour) == 4 else "RGB"
    return written(Image.new(mode, size, colour), form, **saved)


def written(drawn: Image.Image, form: str = "PNG", **saved: Any) -> bytes:
    stream = io.BytesIO()
    drawn.save(stream, form, **saved)
    return stream.getvalue()


def opened(content: bytes) -> Image.Image:
    shown = Image.open(io.BytesIO(content))
    shown.load()
    return shown


def packed(*parts: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for part in parts:
            archive.writestr(part, "<x/>")
    return stream.getvalue()


def office(main: str = "word/document.xml", *more: str) -> bytes:
    return packed("[Content_Types].xml", main, *more)


def upload(content: bytes, name: str = "picture.png") -> SimpleUploadedFile:
    # The sort that a browser names is not believed; so it may say anything.
    return SimpleUploadedFile(name, content, content_type="text/html")


def stored(by: Any, content: bytes | None = None, name: str = "picture.png", **more: Any) -> Asset:
    """Take a file in for the tenant of the member *by*."""
    told = {"alt": "", "now": make.NOW, **more}
    with tenant_bound(by.tenant_id):
        sent = upload(picture() if content is None else content, name)
        return store_asset(tenant=by.tenant, upload=sent, by=by, **told)
