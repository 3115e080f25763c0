"""Zips that people bring: what reading one raises when it is damaged or packed strangely."""

from __future__ import annotations

import zipfile
import zlib

_PACKINGS: list[type[Exception]] = [zlib.error]
try:
    from lzma import LZMAError
except ImportError:
    # A Python that was built without it refuses such entries by itself.
    pass
else:
    _PACKINGS.append(LZMAError)

# Damaged entries raise what their packing raises; a packing that is not known here, and a password,
# are RuntimeErrors (one of them NotImplementedError), directories that do not fit are ValueErrors.
UNREADABLE_ZIP: tuple[type[Exception], ...] = (
    *_PACKINGS,
    zipfile.BadZipFile,
    RuntimeError,
    ValueError,
    EOFError,
    OSError,
    OverflowError,
)
