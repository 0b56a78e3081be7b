"""``as_shown``: an explanation brought to one value for each pixel of the picture."""

from __future__ import annotations

import numpy as np

from nets.explain.enlarge import enlarge
from nets.explain.explainer import Explainer


def as_shown(row: Explainer, result: np.ndarray, height: int, width: int) -> np.ndarray:
    """One value for each pixel.

    Args:
        row: The method; not one that gives a picture, which has colours of its own.
        result: For one picture, from ``row.run``. Of several channels the value farthest from zero is taken, with its
            sign; a layer's map is enlarged bilinearly; for a ``centred`` method the mean is subtracted: it is the score
            of the whole picture and would colour every pixel alike.
        height: Of the picture that the network received.
        width: Of the picture that the network received.

    Returns:
        (height, width) float32.
    """
    if row.gives == "map":
        return enlarge(result, height, width)
    strongest = np.abs(result).argmax(axis=-1)[..., None]
    values = np.take_along_axis(result, strongest, axis=-1)[..., 0].astype(np.float32)
    return np.asarray(values - values.mean(), np.float32) if row.centred else values
