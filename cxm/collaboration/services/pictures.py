"""Drawing an uploaded picture anew, so that nothing but the picture is kept of it."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageCms, ImageOps

from cxm.collaboration.rules.file_errors import DamagedPictureError, TooManyPixelsError
from cxm.collaboration.rules.files import GIF, JPEG, LONGEST_SIDE, MOST_PIXELS, PNG, FileType

_QUALITY = 88
_OPAQUE, _WITH_HOLES = "RGB", "RGBA"
# A profile of a camera has some kilobytes; printers' have up to two megabytes.
_LARGEST_PROFILE = 2_000_000


@dataclass(frozen=True, slots=True)
class Redrawn:
    """A picture as it is kept; *width* and *height* are pixels."""

    content: bytes
    kind: FileType
    width: int
    height: int


def redrawn(content: bytes, kind: FileType) -> Redrawn:
    """Draw the picture *content* anew: upright, in sRGB, no side over 2,400 px, nothing beside it.

    Of a GIF, or anything else that moves, the first frame stays; a GIF becomes a PNG. Raises
    TooManyPixelsError, before anything is decoded, and DamagedPictureError.
    """
    try:
        with Image.open(io.BytesIO(content), formats=[_format(kind)]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise TooManyPixelsError(MOST_PIXELS)
            return _saved(_upright(picture), PNG if kind is GIF else kind)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooManyPixelsError(MOST_PIXELS) from error
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, OverflowError) as error:
        raise DamagedPictureError from error


def _upright(picture: Image.Image) -> Image.Image:
    """Give the picture as it is seen, small enough, in one of the two ways of colour."""
    # A JPEG is decoded at a fraction of its size where that is enough.
    picture.draft(_OPAQUE, (LONGEST_SIDE, LONGEST_SIDE))
    picture.load()
    ImageOps.exif_transpose(picture, in_place=True)
    seen = _coloured(picture)
    seen.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    seen.info = {}
    return seen


def _coloured(picture: Image.Image) -> Image.Image:
    mode = _WITH_HOLES if picture.has_transparency_data else _OPAQUE
    if _is_deep(picture):
        # Sixteen bits a pixel would be cut, not scaled, to eight.
        return picture.point(lambda value: value / 256).convert("L").convert(_OPAQUE)
    profile = picture.info.get("icc_profile") or b""
    if not 0 < len(profile) <= _LARGEST_PROFILE or picture.mode not in {_OPAQUE, _WITH_HOLES}:
        return picture.convert(mode)
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        seen = ImageCms.profileToProfile(picture, given, ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture.convert(mode)
    return (seen or picture).convert(mode)


def _is_deep(picture: Image.Image) -> bool:
    return picture.mode == "I" or picture.mode.startswith("I;16")


def _saved(picture: Image.Image, kind: FileType) -> Redrawn:
    stream = io.BytesIO()
    shown = picture.convert(_OPAQUE) if kind is JPEG else picture
    if kind is PNG:
        shown.save(stream, "PNG")
    else:
        shown.save(stream, _format(kind), quality=_QUALITY)
    return Redrawn(stream.getvalue(), kind, shown.width, shown.height)


def _format(kind: FileType) -> str:
    return kind.mime.removeprefix("image/").upper()
