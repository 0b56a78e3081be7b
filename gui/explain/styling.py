"""Style transfer of what is on the pad: a photograph, or what the network receives of a drawing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gui.explain.making import Made, MakeRequest, checked, own_lens, telling
from nets.errors import LensletError
from nets.events import Report

if TYPE_CHECKING:
    from nets.explain.style import Styled


def transfer(request: MakeRequest, *, report: Report) -> Made:
    """The picture in the style of ``request.look``; continues from ``request.after``."""
    from nets.data.photographs import photograph_or_file
    from nets.explain.style import OPTIONS, Styling
    from nets.explain.style import transfer as find

    if request.image is None:
        raise LensletError("draw or open a picture first: it gives the content")
    lens = own_lens(request)
    options = checked(request.options, OPTIONS, lens.card.input)
    steps = options.pop("steps", 100)
    name = Path(request.look).name

    def made(found: Styled) -> Made:
        content, style, _ = found.losses[-1] if len(found.losses) else (0, 0, 0)
        far = f"distance from the content {content:.2g}, from the style {style:.2g}"
        words = f"{request.model.card.title} · {found.steps} steps; {far}"
        return Made(found.picture(lens), f"In the style of {name}", words, found)

    return made(
        find(
            lens,
            request.content(lens.card.input),
            photograph_or_file(request.look),
            wanted=Styling(**options),
            steps=steps,
            after=request.after,
            report=telling(report, made),
        )
    )
