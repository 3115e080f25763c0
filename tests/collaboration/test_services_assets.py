"""Taking files in: what is kept of them, and what is refused."""

from __future__ import annotations

import hashlib
import struct
import zlib
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from cxm.collaboration.models import Asset
from cxm.collaboration.rules.file_errors import (
    AltTooLongError,
    DamagedPictureError,
    FileRefusedError,
    FileTooBigError,
    NotAPictureError,
    TooManyPixelsError,
)
from cxm.collaboration.selectors.assets import asset_path
from cxm.tenants.binding import tenant_bound
from tests import make
from tests.collaboration.files import PDF, office, opened, picture, stored, written

if TYPE_CHECKING:
    from pathlib import Path

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db

SECRET = b"SECRET-PLACE"
UPRIGHT_AFTER_A_QUARTER = 6
ORIENTATION, DESCRIPTION = 0x0112, 0x010E


@pytest.fixture
def bea(media: Path) -> Membership:
    return make.member()


def kept(asset: Asset) -> bytes:
    return asset_path(asset).read_bytes()


def header_of(width: int, height: int) -> bytes:
    """Give a PNG that says it is large, and holds almost nothing."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checked = kind + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    size = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1_000)
    parts = chunk(b"IHDR", size) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def camera_picture(form: str) -> bytes:
    """Give a picture as cameras write it: lying on its side, with a place beside it."""
    exif = Image.Exif()
    exif[ORIENTATION] = UPRIGHT_AFTER_A_QUARTER
    exif[DESCRIPTION] = SECRET.decode()
    drawn = Image.new("RGB", (8, 6), "red")
    more: dict[str, Any] = {"exif": exif}
    if form == "PNG":
        more["pnginfo"] = PngImagePlugin.PngInfo()
        more["pnginfo"].add_text("Comment", SECRET.decode())
    if form == "JPEG":
        more["comment"] = SECRET
    return written(drawn, form, **more)


def test_an_asset_knows_what_it_is_and_lies_under_its_tenant(bea: Membership) -> None:
    asset = stored(bea, picture("PNG", (8, 6)), "../Our Shop.jpeg", alt=" A shop ")

    content = kept(asset)
    assert (asset.name, asset.mime, asset.alt) == ("Our Shop.png", "image/png", "A shop")
    assert (asset.width, asset.height, asset.bytes) == (8, 6, len(content))
    assert asset.sha256 == hashlib.sha256(content).hexdigest()
    assert asset.path == f"{bea.tenant_id}/assets/{asset.sha256}"
    assert (asset.by, asset.created_at) == (bea, make.NOW)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_a_picture_stands_upright_and_loses_what_was_written_beside_it(
    bea: Membership, form: str
) -> None:
    sent = camera_picture(form)
    assert SECRET in sent

    asset = stored(bea, sent)

    content = kept(asset)
    assert SECRET not in content
    assert (asset.width, asset.height) == (6, 8)
    assert not opened(content).getexif()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
def test_what_is_hidden_behind_a_picture_is_not_kept(bea: Membership, form: str) -> None:
    asset = stored(bea, picture(form) + b"<script>alert(1)</script>PK\x03\x04")

    assert b"<script>" not in kept(asset)


def test_a_document_is_kept_byte_by_byte(bea: Membership) -> None:
    asset = stored(bea, PDF, "Study.pdf")

    assert (kept(asset), asset.mime, asset.width, asset.height) == (
        (PDF, "application/pdf", None, None)
    )


def test_a_large_picture_is_made_smaller_in_its_proportions(bea: Membership) -> None:
    asset = stored(bea, picture("JPEG", (4_800, 1_200)))

    assert (asset.width, asset.height) == (2_400, 600)


def test_a_moving_picture_keeps_its_first_frame(bea: Membership) -> None:
    frames = [Image.new("RGB", (8, 6), colour) for colour in ("red", "blue")]
    sent = written(frames[0], "GIF", save_all=True, append_images=frames[1:])

    asset = stored(bea, sent, "wave.gif")

    shown = opened(kept(asset))
    assert (asset.name, asset.mime, getattr(shown, "n_frames", 1)) == ("wave.png", "image/png", 1)
    assert shown.convert("RGB").getpixel((1, 1)) == (255, 0, 0)


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_what_is_seen_through_stays_so(bea: Membership, form: str) -> None:
    asset = stored(bea, picture(form, colour=(0, 0, 255, 0)))

    assert opened(kept(asset)).convert("RGBA").getpixel((1, 1))[3] == 0  # type: ignore[index]


def test_a_grey_picture_of_sixteen_bits_keeps_its_grey(bea: Membership) -> None:
    asset = stored(bea, written(Image.new("I;16", (8, 6), 128 * 256)))

    assert opened(kept(asset)).getpixel((1, 1)) == (128, 128, 128)


def test_a_profile_of_colours_is_worked_in_and_left_behind(bea: Membership) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    asset = stored(bea, picture("PNG", colour=(10, 20, 30), icc_profile=profile))

    assert opened(kept(asset)).getpixel((1, 1)) == (10, 20, 30)
    assert "icc_profile" not in opened(kept(asset)).info


def test_a_profile_that_is_none_is_left_aside(bea: Membership) -> None:
    asset = stored(bea, picture("PNG", colour=(10, 20, 30), icc_profile=b"no profile at all"))

    assert opened(kept(asset)).getpixel((1, 1)) == (10, 20, 30)


def test_a_picture_for_printers_is_shown_in_colours_of_screens(bea: Membership) -> None:
    asset = stored(bea, written(Image.new("CMYK", (8, 6), (0, 255, 255, 0)), "JPEG"))

    assert opened(kept(asset)).mode == "RGB"


def test_the_same_bytes_are_kept_once_for_a_tenant(bea: Membership, media: Path) -> None:
    first = stored(bea, picture(), "first.png", alt="First")
    again = stored(bea, picture(), "again.png", alt="Again")
    elsewhere = stored(make.member(), picture())

    assert (again.pk, again.name, again.alt) == (first.pk, "first.png", "First")
    assert elsewhere.pk != first.pk
    assert sorted(str(one.relative_to(media)) for one in media.rglob("*") if one.is_file()) == (
        sorted([first.path, elsewhere.path])
    )


def test_a_file_that_was_lost_is_there_again_once_it_is_sent_again(bea: Membership) -> None:
    asset = stored(bea)
    asset_path(asset).unlink()

    stored(bea)

    assert opened(kept(asset)).size == (8, 6)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        pytest.param(header_of(50_000, 50_000), TooManyPixelsError, id="bomb"),
        pytest.param(header_of(8_000, 5_001), TooManyPixelsError, id="just too large"),
        pytest.param(header_of(8_000, 5_000), DamagedPictureError, id="less than it says"),
        pytest.param(picture("PNG", (90, 90))[:80], DamagedPictureError, id="cut off"),
        pytest.param(picture("JPEG")[:200], DamagedPictureError, id="jpeg cut off"),
        pytest.param(b"GIF89a<script>alert(1)</script>", DamagedPictureError, id="gif and script"),
        pytest.param(b"\xff\xd8\xff<html>", DamagedPictureError, id="jpeg in name"),
        pytest.param(b"RIFF\0\0\0\0WEBPVP8 ", DamagedPictureError, id="empty webp"),
        pytest.param(b"x" * 20_000_001, FileTooBigError, id="too many bytes"),
        pytest.param(b"MZ\0", FileRefusedError, id="program"),
    ],
)
def test_what_is_refused_leaves_nothing_behind(
    bea: Membership, media: Path, content: bytes, error: type[FileRefusedError]
) -> None:
    with pytest.raises(error) as refused:
        stored(bea, content)

    assert refused.value.field == "file"
    assert not media.exists()
    with tenant_bound(bea.tenant_id):
        assert not Asset.objects.for_tenant(bea.tenant).exists()


def test_where_a_picture_is_wanted_no_document_is_taken(bea: Membership) -> None:
    with pytest.raises(NotAPictureError, match="This is a Word file"):
        stored(bea, office(), is_picture=True)


def test_words_for_a_picture_are_of_a_bounded_length(bea: Membership) -> None:
    with pytest.raises(AltTooLongError, match="at most 500"):
        stored(bea, alt="x" * 501)
