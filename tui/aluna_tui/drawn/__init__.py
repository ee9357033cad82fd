"""Pictures drawn for a terminal, each beside its twin in words (domain C7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aluna_tui.drawn.canvas import Canvas, Drawing, Place, Span, Tone

if TYPE_CHECKING:
    from aluna_sync.journal.pictures.drawing import Picture
    from aluna_tui.picture_words import Names

__all__ = ["LEAST_WIDTH", "MOST_WIDTH", "Drawing", "Place", "Span", "Tone", "draw", "tell"]

LEAST_WIDTH: Final = 40
MOST_WIDTH: Final = 120
"""Beyond this, what stands side by side is too far apart to be read together."""


def draw(picture: Picture, names: Names, width: int) -> Drawing:
    """Return *picture* drawn in at most *width* cells; what needs no drawing is told in words."""
    from aluna_sync.journal.pictures.care import CareCalendar
    from aluna_sync.journal.pictures.contexts import ThenAndNow
    from aluna_sync.journal.pictures.fields import FieldsBalance
    from aluna_sync.journal.pictures.impact_map import ImpactMap
    from aluna_sync.journal.pictures.responsibility import Responsibility
    from aluna_sync.journal.pictures.timeline import Timeline
    from aluna_sync.journal.pictures.weariness import Weariness
    from aluna_sync.journal.pictures.weave import Weave
    from aluna_tui.drawn import care, harm, together
    from aluna_tui.drawn.told import draw_words

    canvas = _canvas(width)
    match picture:
        case Timeline():
            harm.draw_timeline(canvas, picture, names)
        case ImpactMap():
            harm.draw_impact_map(canvas, picture, names)
        case Weave():
            harm.draw_weave(canvas, picture, names)
        case Responsibility():
            harm.draw_responsibility(canvas, picture, names)
        case CareCalendar():
            care.draw_care(canvas, picture, names)
        case Weariness():
            care.draw_weariness(canvas, picture, names)
        case FieldsBalance():
            together.draw_fields(canvas, picture, names)
        case ThenAndNow():
            together.draw_then_and_now(canvas, picture, names)
        case _:
            draw_words(canvas, picture, names)
    return canvas.drawing()


def tell(picture: Picture, names: Names, width: int) -> Drawing:
    """Return *picture* in words, a line each, as a screen reader says it."""
    from aluna_tui.drawn.told import draw_words

    canvas = _canvas(width)
    draw_words(canvas, picture, names)
    return canvas.drawing()


def _canvas(width: int) -> Canvas:
    return Canvas(max(LEAST_WIDTH, min(width, MOST_WIDTH)))
