"""Numbers to draw: smoothing, thinning, ranges and ticks. Pure functions, no Qt."""

from __future__ import annotations

import math

import numpy as np

TINY = 1e-8  # stands for a loss of 0 on a log scale
DEEPEST = 1e-5  # lowest end of the log scale that single batches can cause, as a share of its top
DECADES = 7  # most intervals between ticks on a log scale


def smooth(values: np.ndarray, window: int) -> np.ndarray:
    """The running mean over ``window`` neighbours, (n,) float64; fewer neighbours at the ends.

    A constant input stays exactly constant. NaN makes its neighbourhood NaN. Costs two cumulative sums for any window.
    """
    count = len(values)
    half = window // 2
    if count == 0 or half == 0:
        return np.asarray(values, np.float64)
    # Summing deviations from the first value keeps a constant exact.
    base = float(values[0])
    sums = np.concatenate(([0.0], np.cumsum(np.asarray(values, np.float64) - base)))
    low = np.maximum(np.arange(count) - half, 0)
    high = np.minimum(np.arange(count) + half + 1, count)
    with np.errstate(invalid="ignore"):  # infinity minus infinity, in a training that diverges
        return base + (sums[high] - sums[low]) / (high - low)


def envelope(x: np.ndarray, y: np.ndarray, columns: int) -> tuple[np.ndarray, np.ndarray]:
    """At most ``2 * columns`` points that look the same: the lowest and the highest in each of ``columns`` stretches.

    x: (n,) ascending; y: (n,). Unlike skipping points, this loses no peaks.
    """
    step = -(-len(x) // columns) if columns else 1
    if step <= 2:
        return x, y
    whole = len(x) // step * step
    blocks = y[:whole].reshape(-1, step)
    rows = np.arange(len(blocks)) * step
    kept = np.sort(np.concatenate((rows + blocks.argmin(axis=1), rows + blocks.argmax(axis=1))))
    if whole < len(x):
        rest = y[whole:]
        kept = np.concatenate((kept, np.unique([whole + int(rest.argmin()), whole + int(rest.argmax()), len(x) - 1])))
    return x[kept], y[kept]


def log(values: np.ndarray) -> np.ndarray:
    """log10; values that are not positive count as ``TINY``."""
    return np.log10(np.maximum(np.asarray(values, np.float64), TINY))


def log_range(values: np.ndarray, line: np.ndarray | None = None, raw: np.ndarray | None = None) -> tuple[float, float]:
    """The range to draw, as exponents of ten, rounded outward to 1, 2 or 5 so that it seldom changes.

    ``values`` (means of epochs) all lie inside. Five decades of ``line`` (smoothed batches) do. The lowest and highest
    twentieth of ``raw`` (single batches) may lie outside: below are batches that the network has memorised.
    """
    batches = line if line is not None else np.empty(0)
    if raw is not None and len(raw):
        some = raw[:: max(len(raw) // 1000, 1)]
        some = some[np.isfinite(some)]
        batches = np.concatenate((batches, np.quantile(some, (0.05, 0.95)) if len(some) else some))
    # A logarithmic scale has no place for 0.
    epochs, batches = (some[np.isfinite(some) & (some > TINY)] for some in (values, batches))
    good = np.concatenate((epochs, batches))
    if not len(good):
        return -2.0, 0.5
    high = _rounded(float(good.max()), down=False)
    low = max(_rounded(float(good.min()), down=True), high * DEEPEST)
    if len(epochs):
        low = min(low, _rounded(float(epochs.min()), down=True))
    return float(np.log10(low)), float(np.log10(high))


def linear_range(values: np.ndarray) -> tuple[float, float]:
    """From 0 to a round number just above the highest of ``values``."""
    good = values[np.isfinite(values)]
    top = float(good.max()) if len(good) else 1.0
    return 0.0, _rounded(top, down=False) if top > 0 else 1.0


LOWEST = (0.99, 0.98, 0.95, 0.9, 0.8, 0.5, 0.0)


def accuracy_range(smoothed: np.ndarray, validation: np.ndarray, images: int = 0) -> tuple[float, float]:
    """From a round number below nine tenths of the line, up to 1: the climb at the beginning may be cut off.

    Args:
        smoothed: (n,) the training accuracy.
        validation: (m,) that of the epochs.
        images: On how many it was measured; two of them answered wrongly still lie inside the range. 0: not known.

    Returns:
        The lowest and the highest value of the axis.
    """
    parts = [np.quantile(line, share) for line, share in ((smoothed, 0.12), (validation, 0.12)) if len(line)]
    lowest = min((float(part) for part in parts if math.isfinite(part)), default=0.0)
    if images:
        lowest = min(lowest, 1 - 2 / images)
    return next(bound for bound in LOWEST if bound <= max(lowest, 0.0)), 1.0


def log_ticks(low: float, high: float) -> list[tuple[float, str]]:
    """(exponent, words) of the ticks between two exponents: decades, or 1-2-5 where there are few of those."""
    first, last = math.floor(low), math.ceil(high)
    decades = range(first, last + 1, -(-(last - first) // DECADES) or 1)
    factors: tuple[int, ...] = (1,) if high - low > 1.6 else (1, 2, 5)
    values = [factor * 10.0**decade for decade in decades for factor in factors]
    return [(math.log10(v), plain(v)) for v in values if low - 1e-9 <= math.log10(v) <= high + 1e-9]


def linear_ticks(low: float, high: float, wanted: int = 4) -> list[tuple[float, str]]:
    """About ``wanted`` round ticks, with as many decimals as their distance needs."""
    step = _rounded((high - low) / wanted, down=False)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [(number * step, f"{number * step:.{decimals}f}") for number in range(first, last + 1)]


def epoch_ticks(epochs: int, wanted: int = 6) -> list[tuple[float, str]]:
    """Whole epochs, at most about ``wanted``: round numbers from 0, and the last epoch in place of a round number near
    it.
    """
    step = max(1, round(_rounded(epochs / wanted, down=False)))
    shown = [*(epoch for epoch in range(0, epochs, step) if epochs - epoch >= step / 2), epochs]
    return [(float(epoch), str(epoch)) for epoch in shown]


def plain(value: float) -> str:
    """A tick's number without an exponent where that is short: 1000, 1, 0.1, 0.001, 1e-4, 1e10."""
    short = f"{value:.0e}".replace("e-0", "e-").replace("e+0", "e").replace("e+", "e")
    return f"{value:g}" if 1e-3 <= value < 1e5 else short


def _rounded(value: float, *, down: bool) -> float:
    """``value`` rounded to 1, 2 or 5 times a power of ten."""
    if value <= 0 or not math.isfinite(value):
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    steps = (1, 2, 5, 10)
    share = value / power
    return power * (max(s for s in steps if s <= share + 1e-9) if down else min(s for s in steps if s >= share - 1e-9))
