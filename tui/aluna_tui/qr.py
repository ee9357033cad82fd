"""The one door to segno: a QR code as text for a terminal."""

from __future__ import annotations

import io


def qr_text(content: str) -> str:
    """Return *content* as a QR code drawn with half blocks, two rows of dots per line."""
    import segno

    drawing = io.StringIO()
    segno.make(content, error="l", micro=False).terminal(drawing, border=2, compact=True)
    return drawing.getvalue()
