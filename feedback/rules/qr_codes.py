"""Addresses as QR codes."""

from __future__ import annotations

from io import BytesIO

import segno

BORDER = 4  # modules of quiet around it: ISO/IEC 18004 asks for four
SCALE = 8  # pixels a module, for whoever shows it as it is


def qr_svg(address: str) -> bytes:
    """Draw *address* as a QR code in SVG, dark on white, which scales without loss.

    A quarter of it may be dirty or torn (error correction Q).
    """
    drawn = BytesIO()
    code = segno.make_qr(address, error="q", boost_error=False)
    code.save(drawn, kind="svg", border=BORDER, light="#fff", scale=SCALE, title="QR code")
    return drawn.getvalue()
