"""Whether the ink is one shape or several separate ones, as when "13" is drawn on a pad for one digit."""

from __future__ import annotations

import numpy as np

SIDE = 40  # pixels of the ink's longer side when shapes are searched
INK = 0.25  # a pixel with this much ink belongs to a shape
APART = 0.1  # the gap between two shapes, as a share of the taller one's height
# least height of the smaller shape, as a share of the taller one's: a 5's bar or a speck is not a separate shape
TALL = 0.5


def shapes_apart(ink: np.ndarray) -> int:
    """The number of separate shapes: 1 for one digit, even one of several strokes.

    Args:
        ink: (h, w) float32, 1 where the ink is fullest, cropped to the ink.

    Returns:
        The number of groups of touching ink that are tall enough and far enough from each other; at least 1.
    """
    mask = _small(ink) > INK
    parts = [part for part in touching(mask) if len(part) > 2]
    if len(parts) < 2:
        return 1
    heights = [int(np.ptp(part[:, 0])) + 1 for part in parts]
    tallest = max(heights)
    tall = [part for part, height in zip(parts, heights, strict=True) if height >= TALL * tallest]
    groups: list[list[np.ndarray]] = []
    for part in tall:
        near = [group for group in groups if any(_gap(part, other) < APART * tallest for other in group)]
        groups = [group for group in groups if not any(group is one for one in near)]
        groups.append([part, *(other for group in near for other in group)])
    return max(len(groups), 1)


def touching(mask: np.ndarray) -> list[np.ndarray]:
    """The connected parts of ``mask`` (h, w), neighbours over corners included; each as (pixels, 2) rows and columns.

    Rows are cut into runs, and runs that touch the row above join its part: a picture has some dozens of runs, and a
    loop over them is quicker than one over pixels.
    """
    padded = np.zeros((mask.shape[0], mask.shape[1] + 2), np.int8)
    padded[:, 1:-1] = mask
    edges = np.diff(padded, axis=1)
    rows, starts = (found.tolist() for found in np.nonzero(edges == 1))
    ends = np.nonzero(edges == -1)[1].tolist()  # exclusive; in the same order as the starts
    parents = list(range(len(rows)))

    def root(number: int) -> int:
        while parents[number] != number:
            number = parents[number]
        return number

    first = 0  # the first run of the row above
    for number, row in enumerate(rows):
        while rows[first] < row - 1:
            first += 1
        above = first
        while rows[above] == row - 1:
            if starts[above] <= ends[number] and ends[above] >= starts[number]:
                parents[root(above)] = root(number)
            above += 1
    roots = [root(number) for number in range(len(rows))]
    if len(set(roots)) < 2:
        return [np.argwhere(mask)] if roots else []
    parts: dict[int, list[tuple[int, int]]] = {}
    for one, row, start, end in zip(roots, rows, starts, ends, strict=True):
        parts.setdefault(one, []).extend((row, column) for column in range(start, end))
    return [np.array(pixels) for pixels in parts.values()]


def _gap(one: np.ndarray, other: np.ndarray) -> float:
    """Pixels without ink between the two, along the shortest way."""
    away = one[:, None].astype(np.float32) - other
    return float(np.sqrt((away**2).sum(axis=2).min())) - 1


def _small(ink: np.ndarray) -> np.ndarray:
    """``ink`` reduced to about ``SIDE`` pixels by the mean of whole squares; smaller ink is unchanged."""
    factor = max(ink.shape) // SIDE
    if factor < 2:
        return ink
    height, width = (-(-side // factor) * factor for side in ink.shape)
    padded = np.zeros((height, width), np.float32)
    padded[: ink.shape[0], : ink.shape[1]] = ink
    return padded.reshape(height // factor, factor, width // factor, factor).mean(axis=(1, 3))
