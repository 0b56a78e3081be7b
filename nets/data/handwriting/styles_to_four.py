"""Less common ways to write 0 to 4; ``styles.py`` says how many drawings take each."""

from __future__ import annotations

import numpy as np

from nets.data.handwriting.curves import Corners, Random, Skeleton, arc, drifting, line, shaken, spline

# --- 0 ------------------------------------------------------------------------------------------------------


def zero_curled(random: Random) -> Skeleton:
    """The ring's end goes on inside it, past the beginning."""
    width = random.uniform(0.28, 0.5)
    over = random.uniform(40, 110)
    ring = arc((0.5, 0.5), (width, 0.5), random.uniform(-130, -50), -(360 + over))
    shrink = np.ones(len(ring))
    tail = int(len(ring) * over / (360 + over))
    shrink[-tail:] = np.linspace(1, random.uniform(0.55, 0.85), tail)
    return [0.5 + (ring - 0.5) * shrink[:, None]]


def zero_tailed(random: Random) -> Skeleton:
    """Closed at the top, with the end running out to the right."""
    ring = arc((0.5, 0.5), (random.uniform(0.3, 0.5), 0.5), random.uniform(-110, -60), -(360 + random.uniform(0, 25)))
    tail = ring[-1] + np.array([random.uniform(0.1, 0.3), random.uniform(-0.12, 0.02)])
    return [np.vstack([ring, spline([tuple(ring[-1]), tuple(tail)])])]


def zero_gaping(random: Random) -> Skeleton:
    """Not closed at the top: the gap is at most a sixth of the ring, or it would be a 6 or a c."""
    gap = random.uniform(15, 50)
    ring = arc((0.5, 0.5), (random.uniform(0.3, 0.5), 0.5), random.uniform(-125, -80), -(360 - gap))
    return [drifting(ring, random.normal(0, 0.03, 2))]


# --- 1 ------------------------------------------------------------------------------------------------------


def _bar(random: Random) -> tuple[Corners, tuple[float, float], tuple[float, float]]:
    """A one's bar, its top and its foot."""
    lean = random.normal(0.02, 0.05)
    top, low = (0.5 + lean, 0.0), (0.5 - lean, 1.0)
    return [top, (0.5 + random.normal(0, 0.02), 0.5), low], top, low


def _flag(random: Random, top: tuple[float, float], length: float, angle: float) -> np.ndarray:
    """The stroke up to a one's ``top``, ``length`` long, ``angle`` degrees below the horizontal."""
    # The hand narrows a one to 0.6 of its height; the angle is meant after that.
    tip = (top[0] - length * np.cos(np.radians(angle)) / 0.6, length * np.sin(np.radians(angle)))
    sag = random.normal(0, 0.03)
    return spline([tip, ((tip[0] + top[0]) / 2 + sag, tip[1] / 2 + sag), top])


def one_long_flag(random: Random) -> Skeleton:
    """A long flag that falls steeply: a seven's roof is near to level."""
    bar, top, low = _bar(random)
    flag = _flag(random, top, random.uniform(0.35, 0.75), random.uniform(38, 64))
    foot = _foot(random, low, (0.15, 0.4)) if random.random() < 0.3 else []
    return [np.vstack([flag, spline(bar)]), *foot] if random.random() < 0.85 else [flag, spline(bar), *foot]


def one_wide_foot(random: Random) -> Skeleton:
    """A flag and a foot wider than usual; the bar stands upright on the foot's middle, where a two's neck slopes."""
    bar, top, low = _bar(random)
    flag = _flag(random, top, random.uniform(0.16, 0.5), random.uniform(25, 60))
    (foot,) = _foot(random, low, (0.28, 0.65))
    if random.random() < 0.4:  # in one stroke: down, to the left, and back to the right
        return [np.vstack([flag, spline(bar), line([low, tuple(foot[0])]), foot])]
    return [np.vstack([flag, spline(bar)]), foot]


def one_curved_flag(random: Random) -> Skeleton:
    """The flag hangs in a bow, and the bar may bend."""
    bar, top, low = _bar(random)
    tip = (top[0] - random.uniform(0.25, 0.6), random.uniform(0.18, 0.4))
    belly = ((tip[0] + top[0]) / 2 + 0.06, tip[1] * random.uniform(0.65, 0.9))
    foot = _foot(random, low, (0.15, 0.5)) if random.random() < 0.4 else []
    return [np.vstack([spline([tip, belly, top]), spline(bar)]), *foot]


def _foot(random: Random, low: tuple[float, float], reach: tuple[float, float]) -> Skeleton:
    left, right = random.uniform(*reach, 2)
    tilt = random.normal(0, 0.04)
    middle = (low[0] + random.normal(0, 0.03), 1 + random.normal(0, 0.02))
    return [spline([(low[0] - left, 1 + tilt), middle, (low[0] + right, 1 - tilt)])]


# --- 2 ------------------------------------------------------------------------------------------------------


def two_large_loop(random: Random) -> Skeleton:
    """A loop at the foot as large as a third of the digit; its end runs along the ground, unlike a seven's bar."""
    head = [(random.uniform(0.05, 0.2), random.uniform(0.1, 0.3)), (0.45, 0.0), (0.85, random.uniform(0.18, 0.3))]
    high = random.uniform(0.16, 0.3)
    foot = [(0.55, 0.68), (0.25, 0.95), (0.05, 0.98 - high * 0.3), (0.08, 0.95 - high), (0.3, 0.96 - high * 0.6)]
    end = [(0.6, random.uniform(0.92, 1.0)), (random.uniform(0.9, 1.15), random.uniform(0.9, 1.02))]
    return [spline(shaken(random, [*head, *foot, *end], 0.025))]


def two_curled_head(random: Random) -> Skeleton:
    """The head begins with a small curl of its own."""
    curl = [(random.uniform(0.2, 0.35), random.uniform(0.2, 0.28)), (random.uniform(0.05, 0.15), 0.26)]
    head = [*curl, (random.uniform(0.05, 0.15), 0.1), (0.45, 0.0), (0.88, 0.2), (random.uniform(0.55, 0.75), 0.55)]
    down = spline(shaken(random, [*head, (random.uniform(0, 0.1), random.uniform(0.93, 1))], 0.02))
    base = [
        tuple(down[-1]),
        (0.5, 0.97 + random.normal(0, 0.03)),
        (random.uniform(0.85, 1.1), random.uniform(0.9, 1.05)),
    ]
    return [np.vstack([down, spline(base)])]


def two_wavy_base(random: Random) -> Skeleton:
    """The base a wave, or falling to the right."""
    head = [(random.uniform(0, 0.2), random.uniform(0.12, 0.32)), (0.45, 0.0), (random.uniform(0.8, 0.95), 0.22)]
    head += [(random.uniform(0.5, 0.7), random.uniform(0.5, 0.65)), (random.uniform(-0.02, 0.1), 0.95)]
    wave = random.uniform(0.03, 0.1)
    base = [(0.02, 0.96), (0.25, 0.96 - wave), (0.65, 0.97 + wave * 0.7)]
    base += [(random.uniform(0.95, 1.15), 0.95 + random.uniform(-wave, 0.12))]
    down = spline(shaken(random, head, 0.025))
    base[0] = tuple(down[-1])
    return [np.vstack([down, spline(base)])]


# --- 3 ------------------------------------------------------------------------------------------------------


def three_looped(random: Random) -> Skeleton:
    """A loop in the middle that can be seen through."""
    waist, inner = random.uniform(0.42, 0.52), random.uniform(0.25, 0.45)
    size = random.uniform(0.06, 0.12)
    path = [(random.uniform(0, 0.15), random.uniform(0.08, 0.22)), (0.45, 0.0), (0.85, 0.2), (inner + 0.15, waist)]
    path += [(inner - 0.06, waist + 0.02), (inner - 0.04, waist - size), (inner + 0.15, waist)]
    path += [(0.95, 0.74), (0.5, 1.0), (random.uniform(-0.05, 0.1), random.uniform(0.82, 0.96))]
    return [spline(shaken(random, path, 0.018))]


def three_curled(random: Random) -> Skeleton:
    """Head and tail curl in; the tail's gap stays open, or it would be an 8."""
    waist = random.uniform(0.4, 0.5)
    path = [(random.uniform(0.12, 0.25), random.uniform(0.22, 0.28)), (0.05, 0.14), (0.4, 0.0), (0.85, 0.2)]
    path += [(random.uniform(0.4, 0.6), waist), (0.92, 0.74), (0.45, 1.0), (0.05, 0.9)]
    path += [(random.uniform(0.12, 0.25), random.uniform(0.78, 0.84))]
    return [spline(shaken(random, path, 0.02))]


# --- 4 ------------------------------------------------------------------------------------------------------
# A four with a round closed bowl is told from a nine by the bowl's end, which crosses the stem and stands out at its
# right, and by the stem below the bowl. The pen is kept fine enough for that to be seen.


def four_looped(random: Random) -> Skeleton:
    """In one stroke from the top: round the bowl, across, up in a loop at the right, and down through the crossing."""
    bar, leg = random.uniform(0.48, 0.72), random.uniform(0.62, 0.8)
    over = leg + random.uniform(0.16, 0.3)
    path = [(leg + random.uniform(-0.12, 0.04), random.uniform(0, 0.08)), (random.uniform(0.12, 0.28), bar * 0.45)]
    path += [(random.uniform(0, 0.06), bar - random.uniform(0.06, 0.14)), (random.uniform(0.15, 0.35), bar + 0.03)]
    path += [(leg, bar - random.uniform(-0.03, 0.04)), (over, bar - random.uniform(0.06, 0.12))]
    path += [(over - random.uniform(0.05, 0.12), bar - random.uniform(0.16, 0.26))]
    path += [(leg + random.uniform(0.02, 0.08), random.uniform(-0.06, 0.1)), (leg, bar)]
    path += [(leg - random.uniform(-0.03, 0.1), 1.0)]
    return [spline(shaken(random, path, 0.015))]


def four_from_below(random: Random) -> Skeleton:
    """In one stroke that rounds the top: a stem, a round bowl, and its end across the stem. Written from either end."""
    bar, leg = random.uniform(0.45, 0.72), random.uniform(0.55, 0.75)
    path = [(leg - random.uniform(-0.03, 0.12), 1.0), (leg, bar), (leg + random.uniform(-0.02, 0.05), 0.15)]
    path += [(leg - random.uniform(0.06, 0.18), random.uniform(0, 0.04)), (random.uniform(0.1, 0.22), bar * 0.5)]
    path += [(random.uniform(0, 0.06), bar - random.uniform(0.04, 0.12)), (random.uniform(0.2, 0.35), bar + 0.04)]
    path += [
        (leg, bar + random.uniform(-0.03, 0.05)),
        (leg + random.uniform(0.22, 0.45), bar - random.uniform(-0.02, 0.1)),
    ]
    return [spline(shaken(random, path, 0.018))]


def four_round(random: Random) -> Skeleton:
    """A round bowl, its end standing out at the right, and a stem through it from above."""
    bar, leg = random.uniform(0.45, 0.7), random.uniform(0.55, 0.78)
    top = random.uniform(0.02, 0.16)
    bowl = arc((leg * 0.5, (top + bar) / 2), (leg * 0.5, (bar - top) / 2), random.uniform(-70, -25), -230)
    end = [tuple(bowl[-1]), (leg, bar - random.uniform(-0.02, 0.06)), (leg + random.uniform(0.2, 0.42), bar - 0.04)]
    stem = [(leg + random.uniform(-0.02, 0.06), random.uniform(-0.02, 0.06)), (leg, 0.5)]
    stem += [(leg - random.uniform(-0.03, 0.12), 1.0)]
    return [np.vstack([bowl, spline(end)]), spline(shaken(random, stem, 0.015))]


def four_open_bowl(random: Random) -> Skeleton:
    """A bowl open above whose end crosses a tall stem."""
    bar, leg = random.uniform(0.45, 0.7), random.uniform(0.55, 0.8)
    path = [(random.uniform(0.05, 0.3), random.uniform(0, 0.15)), (random.uniform(-0.02, 0.08), bar * 0.7)]
    path += [
        (random.uniform(0.15, 0.3), bar),
        (leg, bar - random.uniform(0, 0.08)),
        (leg + random.uniform(0.1, 0.35), bar - 0.08),
    ]
    stem = [
        (leg + random.uniform(-0.02, 0.12), random.uniform(-0.05, 0.25)),
        (leg, 0.6),
        (leg - random.uniform(0, 0.15), 1.0),
    ]
    return [spline(shaken(random, path, 0.02)), spline(shaken(random, stem, 0.015))]
