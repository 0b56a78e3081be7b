"""How people write the digits 5 to 9: each style as strokes of a pen, from knowledge of handwriting, not from pictures.

Every function takes the random generator and returns one to three strokes in a box of width and height 1 (x right,
y down); a hand (``strokes.py``) then narrows, slants, bends and inks them.
"""

from __future__ import annotations

import numpy as np

from nets.data.handwriting.curves import Random, Skeleton, arc, drifting, line, shaken, spline


def five(random: Random) -> Skeleton:
    """In two strokes with the cap apart, in one with corners, like an s."""
    style = random.random()
    left = random.uniform(0.08, 0.3)
    top = random.uniform(0, 0.06)
    neck = random.uniform(0.3, 0.58)
    shoulder = (left - random.uniform(-0.12, 0.03), neck)
    bowl = [
        (random.uniform(0.4, 0.6), neck - random.uniform(0, 0.1)),
        (random.uniform(0.82, 1.0), random.uniform(0.58, 0.75)),
        (random.uniform(0.4, 0.6), 1.0),
        (random.uniform(-0.05, 0.15), random.uniform(0.82, 0.98)),
    ]
    tip = (random.uniform(0.7, 1.1), top + random.normal(0, 0.05))
    if style < 0.42:
        down = line(shaken(random, [(left, top), shoulder], 0.02))
        body = np.vstack([down, spline([tuple(down[-1]), *shaken(random, bowl)])])
        gap = random.uniform(-0.08, 0.18) if random.random() < 0.5 else 0.0
        return [body, spline(shaken(random, [(left + gap, top - random.uniform(-0.06, 0.1)), tip], 0.02))]
    if style < 0.72:
        down = line(shaken(random, [tip, (left, top), shoulder], 0.025))
        return [np.vstack([down, spline([tuple(down[-1]), *shaken(random, bowl)])])]
    if style < 0.93:
        neckline = [tip, (0.45, random.uniform(0, 0.06)), (left, random.uniform(0.15, 0.25))]
        return [spline(shaken(random, [*neckline, (left + random.uniform(0, 0.12), neck), *bowl[1:]], 0.03))]
    body = spline(shaken(random, [(left, top), (left - 0.05, neck), *bowl]))
    return [body, spline(shaken(random, [(left, top), tip], 0.03))]


def six(random: Random) -> Skeleton:
    """A stem from the upper right, straight or hooked, into a loop that is small or large, closed or not."""
    style = random.random()
    height = random.uniform(0.36, 0.6)
    center = 1 - height / 2
    radius = random.uniform(0.26, 0.45)
    left = 0.5 - radius
    if style < 0.65:
        x = random.uniform(0.45, 0.95)
        stem = [(x, random.uniform(0, 0.08)), (0.5 - radius * random.uniform(0.3, 0.75), random.uniform(0.25, 0.4))]
        if random.random() < 0.2:
            stem = [(x + 0.08, random.uniform(0.08, 0.18)), (x - 0.05, 0.0), stem[1]]
    elif style < 0.85:
        stem = [(random.uniform(0.15, 0.4), 0.0), (left - random.uniform(-0.05, 0.05), 0.45)]
    else:
        stem = [(random.uniform(0.05, 0.3), 0.0), (left, 0.35)]
    loop = arc((0.5, center), (radius, height / 2), 180, -(360 + random.uniform(-80, 40)))
    loop = drifting(loop, random.normal(0, 0.04, 2))
    return [spline(np.vstack([shaken(random, [*stem, (left, center)], 0.025), loop[5::5], loop[-1:]]), 8)]


def seven(random: Random) -> Skeleton:
    """Straight or curved, with a serif at the left or none, with a bar or none."""
    corner = random.uniform(0.75, 1.0)
    foot = random.uniform(0.15, 0.6)
    top = random.uniform(0, 0.08)
    roof = [
        (random.uniform(0, 0.12), top + random.normal(0, 0.04)),
        (0.45, top + random.normal(0, 0.035)),
        (corner, random.uniform(0, 0.05)),
    ]
    if random.random() < 0.28:
        roof.insert(0, (roof[0][0] - random.uniform(-0.03, 0.05), roof[0][1] + random.uniform(0.08, 0.25)))
    waist = random.uniform(0.45, 0.75) if random.random() < 0.6 else (corner + foot) / 2
    leg = [(corner, roof[-1][1]), (waist, random.uniform(0.42, 0.58)), (foot, 1.0)]
    sharp = random.random() < 0.75
    body = np.vstack([spline(roof), spline(leg)]) if sharp else spline([*roof, *leg[1:]])
    if random.random() > 0.45:
        return [body]
    height = random.uniform(0.38, 0.62)
    x = float(np.interp(height, [0, 0.5, 1], [corner, waist, foot]))
    tilt = random.normal(0, 0.06)
    left, right = random.uniform(0.12, 0.35, 2)
    middle = (x + random.normal(0, 0.03), height + random.normal(0, 0.02))
    return [body, spline([(x - left, height + tilt), middle, (x + right, height - tilt)])]


def eight(random: Random) -> Skeleton:
    """One stroke from the top, closed or open there; two rings; one stroke from the middle."""
    style = random.random()
    waist = random.uniform(0.40, 0.54)
    above, below = random.uniform(0.2, 0.4), random.uniform(0.28, 0.46)
    center = 0.5 + random.normal(0, 0.05)
    low = (1 + waist) / 2
    if style < 0.60:
        path = [(center + above * 0.8, waist * random.uniform(0.2, 0.4)), (center, 0.0), (center - above, waist * 0.5)]
        path += [(0.5, waist), (0.5 + below, low), (0.5, 1.0), (0.5 - below, low), (0.5, waist)]
        path += [(center + above * random.uniform(0.6, 1.0), waist * random.uniform(0.35, 0.6))]
        if random.random() < 0.7:
            path += [(center + above * random.uniform(0.3, 0.8), waist * random.uniform(0.05, 0.3))]
    elif style < 0.85:
        way = 1 if random.random() < 0.5 else -1
        start = random.uniform(-110, -70) if random.random() < 0.7 else random.uniform(-180, 180)
        upper = arc((center, waist / 2), (above, waist / 2), random.uniform(-180, 180), 360 + random.uniform(-30, 25))
        middle = low + random.uniform(-0.06, 0.05)
        lower = arc((0.5, middle), (below, (1 - waist) / 2), start, way * (360 + random.uniform(-30, 25)))
        return [upper, lower]
    elif style < 0.93:  # an s, and straight back up across it
        path = [(center + above, waist * random.uniform(0.2, 0.5)), (center, 0.0), (center - above, waist * 0.5)]
        path += [(0.5, waist), (0.5 + below, low), (0.5 + below * 0.2, 1.0), (0.5 - below, low + 0.05)]
        tip = (center + above * random.uniform(0.7, 1.3), waist * random.uniform(0, 0.6))
        back = [spline(shaken(random, path, 0.025))]
        return [np.vstack([*back, spline([back[0][-1], ((0.5 - below + tip[0]) / 2, waist + 0.05), tip])])]
    else:
        path = [(0.5, waist), (0.5 - above, waist / 2), (0.5, 0.0), (0.5 + above, waist / 2), (0.5, waist)]
        path += [(0.5 - below, low), (0.5, 1.0), (0.5 + below, low), (0.55, waist + 0.02)]
    if random.random() < 0.35:
        path = [(1 - x, y) for x, y in path]
    return [spline(shaken(random, path, 0.025))]


def nine(random: Random) -> Skeleton:
    """A ring, small or large, closed or not; then straight down, curved, hooked like a g, or with a foot like a q."""
    style, end = random.random(), random.random()
    height = random.uniform(0.3, 0.62)
    radius = random.uniform(0.2, 0.44)
    right = 0.5 + radius
    sweep = -(360 + random.uniform(-80, 45))
    ring = arc((0.5, height / 2), (radius, height / 2), random.uniform(-75, 0), sweep, square=random.uniform(0.8, 1.2))
    ring = drifting(ring, random.normal(0, 0.05, 2))
    tail = shaken(random, _tail(random, end, right, height), 0.02)
    corner = (right + random.normal(0, 0.04), random.uniform(-0.06, 0.2))
    if style < 0.50:  # ring and tail in one
        return [spline(np.vstack([ring[::5], tail]), 8)]
    if style < 0.72:  # up to the corner again, then down
        return [np.vstack([ring, spline([corner, *tail])])]
    if style < 0.82:
        return [ring, spline([corner, *tail])]
    if style < 0.94:  # the head a hook that does not come back to the stem
        hook = arc((0.5, height / 2), (radius, height / 2), random.uniform(-75, -25), -random.uniform(275, 335))
        return [spline(np.vstack([hook[::5], [(right, height * random.uniform(0.45, 0.75))], tail[1:]]), 8)]
    # The other way round: from the stem's top over the ring, clockwise, and the stem apart.
    turned = arc((0.5, height / 2), (radius, height / 2), random.uniform(20, 60), 360 + random.uniform(-60, 20))
    return [np.vstack([turned, spline([corner, *tail])])] if style < 0.97 else [turned, spline([corner, *tail])]


def _tail(random: Random, end: float, right: float, height: float) -> list[tuple[float, float]]:
    """A nine's tail, by ``end`` of 0 to 1: straight, curved to the left, hooked as a g's, with a foot as a q's."""
    start = (right + random.normal(0, 0.02), height * random.uniform(0.6, 0.95))
    if end < 0.46:
        slant = random.uniform(-0.08, 0.45)
        return [start, (right - slant * 0.4, 0.7), (right - slant, 1.0)]
    if end < 0.70:
        low = (right - random.uniform(0, 0.1), random.uniform(0.68, 0.78))
        return [start, low, (random.uniform(0.4, 0.65), 0.97), (random.uniform(-0.1, 0.3), random.uniform(0.85, 1.0))]
    if end < 0.92:
        low = (right + random.uniform(-0.05, 0.05), random.uniform(0.72, 0.84))
        turn = [(right - random.uniform(0.1, 0.25), 0.96), (random.uniform(0.25, 0.5), 1.0)]
        curl = [(random.uniform(-0.1, 0.2), random.uniform(0.76, 0.97))]
        return [start, low, *turn, *curl]
    return [
        start,
        (right - 0.05, 0.75),
        (right - 0.1, 0.95),
        (right + random.uniform(0, 0.14), random.uniform(0.88, 1)),
    ]
