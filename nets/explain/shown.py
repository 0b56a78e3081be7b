"""An explanation as it is shown: one value for each pixel of the picture."""

from __future__ import annotations

import numpy as np

from nets.explain.enlarge import enlarge
from nets.explain.explainer import Explainer


def as_shown(row: Explainer, result: np.ndarray, height: int, width: int) -> np.ndarray:
    """One value a pixel, (height, width) float32.

    Args:
        row: The method; one that gives a picture has its own colours and is not for this.
        result: Of one picture, as ``row.run`` gives it. Of several channels the value that is farthest from zero
            counts, with its sign; a map of a layer is enlarged bilinearly; of a ``centred`` method the mean is taken
            away, which is the score of the whole and would colour every pixel alike.
        height: Of the picture that the network received.
        width: Of the same.
    """
    if row.gives == "map":
        return enlarge(result, height, width)
    strongest = np.abs(result).argmax(axis=-1)[..., None]
    values = np.take_along_axis(result, strongest, axis=-1)[..., 0].astype(np.float32)
    return np.asarray(values - values.mean(), np.float32) if row.centred else values
