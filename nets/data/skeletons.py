"""How people write the ten digits: each style as strokes of a pen, from knowledge of handwriting, not from pictures.

A skeleton is drawn in a box of width and height 1 (x right, y down); a hand (``strokes.py``) then narrows, slants,
bends and inks it. Every function takes the random generator and returns one to three strokes of (n, 2) points.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nets.data.curves import arc, drifting, line, spline

Skeleton = list[np.ndarray]
Random = np.random.Generator
Corners = list[tuple[float, float]]


def shaken(random: Random, points: Corners, by: float = 0.035) -> Corners:
    """Every point moved a little: no two people, and no two digits of one person, are alike."""
    return [(x + random.normal(0, by), y + random.normal(0, by)) for x, y in points]


def zero(random: Random) -> Skeleton:
    """A ring: narrow or round, started anywhere at the top, not closed or overlapping; rarely slashed."""
    width = random.uniform(0.18, 0.5)
    way = 1 if random.random() < 0.25 else -1
    sweep = way * (360 + random.uniform(-40, 50))
    ring = arc((0.5, 0.5), (width, 0.5), random.uniform(-140, -40), sweep, square=random.uniform(0.8, 1.15))
    ring = drifting(ring, random.normal(0, 0.05, 2))
    if random.random() < 0.12:  # begun with a small hook inside
        hook = ring[0] + np.array([random.uniform(-0.15, 0.15), random.uniform(0, 0.15)])
        ring = spline(np.vstack([hook, ring[::7], ring[-1]]))
    slash = [spline(shaken(random, [(0.8, 0.1), (0.2, 0.9)]))] if random.random() < 0.03 else []
    return [ring, *slash]


def one(random: Random) -> Skeleton:
    """A bar; a bar with a flag, short or as long as the digit; with flag and foot; with a foot alone."""
    style = random.random()
    lean = random.normal(0, 0.04)
    top, low = (0.5 + lean, 0.0), (0.5 - lean, 1.0)
    bar = [top, (0.5 + random.normal(0, 0.03), 0.5), low]
    if style < 0.27:
        return [spline(bar)]
    foot = []
    if style < 0.34 or style > 0.82:
        left, right = random.uniform(0.12, 0.45, 2)
        foot = [spline([(low[0] - left, 1 + random.normal(0, 0.03)), (low[0] + right, 1 + random.normal(0, 0.03))])]
    if style < 0.34:
        return [spline(bar), *foot]
    length = random.uniform(0.12, 0.7)
    drop = min(0.75, length * random.uniform(0.5, 1.1))
    tip = (top[0] - length * random.uniform(0.35, 1.1), drop)
    middle = ((tip[0] + top[0]) / 2 + random.normal(0, 0.02), tip[1] / 2 + random.normal(0, 0.03))
    join = random.random()
    if join < 0.65:  # a sharp corner
        return [np.vstack([spline([tip, middle, top]), spline(bar)]), *foot]
    if join < 0.8:  # a rounded one
        return [spline([tip, middle, (top[0] - 0.01, 0.02), (top[0] + 0.02, 0.12), *bar[1:]]), *foot]
    return [spline([tip, middle, shaken(random, [top])[0]]), spline(bar), *foot]


def two(random: Random) -> Skeleton:
    """With a loop at the foot, with a corner, like a z, or in one sweep; the head round, hooked or open."""
    style = random.random()
    head = [
        (random.uniform(0, 0.2), random.uniform(0.15, 0.4)),
        (random.uniform(0.08, 0.25), random.uniform(0.05, 0.15)),
        (0.5, 0.0),
        (random.uniform(0.8, 0.98), random.uniform(0.18, 0.3)),
        (random.uniform(0.55, 0.75), random.uniform(0.5, 0.72)),
    ]
    if random.random() < 0.25:
        head = (
            head[2:] if random.random() < 0.4 else [(random.uniform(0.05, 0.25), random.uniform(0.05, 0.2)), *head[2:]]
        )
    if style < 0.30:
        loop = random.uniform(0.05, 0.18)
        foot = [(0.22, 0.88), (0.05, 1 - loop * 0.3), (0.02, 0.92 - loop), (0.22, 0.86 - loop * 0.3)]
        end = [(0.5, random.uniform(0.93, 1.0)), (0.8, 1.0), (1.0, random.uniform(0.82, 1.0))]
        return [spline(shaken(random, head + foot + end, 0.025))]
    if style < 0.70:
        down = spline(shaken(random, [*head, (random.uniform(0, 0.12), random.uniform(0.94, 1))], 0.03))
        x, y = down[-1]
        base = [(x, y), (0.5, y + random.normal(0, 0.04)), (random.uniform(0.8, 1.1), 1 + random.normal(0, 0.05))]
        return [np.vstack([down, spline(base)])]
    if style < 0.84:
        corners = shaken(random, [(0.05, 0.08), (0.9, 0.03), (0.05, 0.97), (0.95, 0.97)], 0.05)
        return [line(corners) if random.random() < 0.6 else spline(corners)]
    sweep = [(0.15, 0.9), (0.05, 1.0), (0.3, 0.96), (0.65, 1.0), (1.0, random.uniform(0.88, 1.0))]
    return [spline(shaken(random, head + sweep, 0.03))]


def three(random: Random) -> Skeleton:
    """Rounded, with or without a small loop in the middle; flat-topped; in two strokes."""
    style = random.random()
    waist = random.uniform(0.40, 0.52)
    inner = random.uniform(0.25, 0.6)
    below = [(random.uniform(0.85, 1), random.uniform(0.68, 0.8)), (random.uniform(0.4, 0.6), 1.0)]
    below.append((random.uniform(-0.02, 0.15), random.uniform(0.8, 0.98)))
    if random.random() < 0.2:  # curled in
        below.append((random.uniform(-0.05, 0.1), random.uniform(0.72, 0.85)))
    above = [
        (random.uniform(0, 0.2), random.uniform(0.08, 0.25)),
        (random.uniform(0.35, 0.55), 0.0),
        (random.uniform(0.78, 0.95), random.uniform(0.15, 0.28)),
        (inner, waist),
    ]
    if style < 0.12:
        loop = [(inner + 0.1, waist - 0.02), (inner - 0.1, waist - 0.03), (inner - 0.08, waist + 0.06)]
        return [spline(shaken(random, [*above[:-1], *loop, (inner + 0.1, waist + 0.02), *below], 0.02))]
    if style < 0.36:
        return [spline(shaken(random, above + below))]
    if style < 0.60:
        first = spline(shaken(random, above))
        return [np.vstack([first, spline([tuple(first[-1]), *shaken(random, below)])])]
    if style < 0.92:
        flat = [(random.uniform(0, 0.2), 0.03), (random.uniform(0.75, 0.95), 0.02), (inner, waist - 0.02)]
        flat = shaken(random, flat)
        belly = shaken(random, [(random.uniform(0.7, 0.85), waist + 0.06), *below])
        return [np.vstack([line(flat), spline([flat[-1], *belly])])]
    return [spline(shaken(random, above)), spline(shaken(random, [(inner, waist), *below]))]


def four(random: Random) -> Skeleton:
    """Open with a corner, open like a u or a y, closed in two strokes or in one, closed and round."""
    style = random.random()
    bar = random.uniform(0.48, 0.75)  # the height of the crossbar
    leg = random.uniform(0.55, 0.85)
    over = leg + random.uniform(0, 0.3)
    side = random.uniform(0, 0.1)
    if style < 0.30:
        angle = shaken(random, [(random.uniform(0.15, 0.5), 0), (side, bar), (over, bar + random.normal(0, 0.04))])
        upright = [(leg + random.uniform(-0.02, 0.1), random.uniform(0, 0.42)), (leg, 0.6), (leg - side, 1.0)]
        first = line(angle) if random.random() < 0.6 else spline(angle)
        return [first, spline(shaken(random, upright, 0.02))]
    if style < 0.52:
        bend = [(random.uniform(0.05, 0.25), random.uniform(0, 0.1)), (side, random.uniform(0.3, 0.42))]
        bend += [(random.uniform(0.15, 0.4), bar), (leg, bar - random.uniform(0, 0.12))]
        upright = [(leg + random.uniform(-0.02, 0.1), random.uniform(-0.02, 0.2)), (leg, 0.55), (leg - side, 1.0)]
        u, down = spline(shaken(random, bend, 0.03)), spline(shaken(random, upright, 0.02))
        return [np.vstack([u, down])] if random.random() < 0.35 else [u, down]
    if style < 0.80:
        top = (leg + random.uniform(-0.08, 0.05), 0.0)
        triangle = line(shaken(random, [top, (side, bar), (over, bar)], 0.03))
        upright = [(top[0] + random.normal(0, 0.04), random.uniform(-0.03, 0.12)), (leg, 0.6), (leg - side, 1.0)]
        return [triangle, spline(shaken(random, upright, 0.015))]
    if style < 0.91:
        return [
            line(shaken(random, [(leg, 1), (leg + random.uniform(-0.05, 0.05), 0), (side, bar), (over, bar)], 0.03))
        ]
    bowl = [(leg, random.uniform(0.05, 0.2)), (0.35, random.uniform(0.15, 0.3)), (0.05, bar - 0.02)]
    bowl += [(0.3, bar + 0.02), (over, bar)]
    return [spline(shaken(random, bowl, 0.03)), spline(shaken(random, [(leg, 0), (leg, 0.5), (leg - 0.03, 1)], 0.02))]


def five(random: Random) -> Skeleton:
    """In two strokes with the cap apart, in one with corners, like an s."""
    style = random.random()
    left = random.uniform(0.08, 0.3)
    top = random.uniform(0, 0.06)
    neck = random.uniform(0.36, 0.52)
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
        gap = random.uniform(-0.02, 0.12) if random.random() < 0.5 else 0.0
        return [body, spline(shaken(random, [(left + gap, top - random.uniform(-0.02, 0.08)), tip], 0.02))]
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
    height = random.uniform(0.4, 0.62)
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
    loop = arc((0.5, center), (radius, height / 2), 180, -(360 + random.uniform(-70, 30)))
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
    if random.random() < 0.22:
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
    else:
        path = [(0.5, waist), (0.5 - above, waist / 2), (0.5, 0.0), (0.5 + above, waist / 2), (0.5, waist)]
        path += [(0.5 - below, low), (0.5, 1.0), (0.5 + below, low), (0.55, waist + 0.02)]
    if random.random() < 0.35:
        path = [(1 - x, y) for x, y in path]
    return [spline(shaken(random, path, 0.025))]


def nine(random: Random) -> Skeleton:
    """A ring, small or large, closed or not; then straight down, curved, hooked like a g, or with a foot like a q."""
    style, end = random.random(), random.random()
    height = random.uniform(0.36, 0.62)
    radius = random.uniform(0.26, 0.45)
    right = 0.5 + radius
    sweep = -(360 + random.uniform(-50, 30))
    ring = arc((0.5, height / 2), (radius, height / 2), random.uniform(-60, 0), sweep)
    ring = drifting(ring, random.normal(0, 0.04, 2))
    if end < 0.38:
        tail = [(right + random.normal(0, 0.02), height * random.uniform(0.6, 0.9))]
        tail += [(right - random.uniform(-0.05, 0.12), 0.7), (right - random.uniform(-0.08, 0.3), 1.0)]
    elif end < 0.68:
        tail = [(right, height * 0.8), (right - random.uniform(0, 0.08), 0.72)]
        tail += [(random.uniform(0.45, 0.65), 0.97), (random.uniform(0, 0.3), random.uniform(0.85, 1.0))]
    elif end < 0.90:
        tail = [(right, height * 0.8), (right + random.uniform(-0.04, 0.04), 0.78)]
        tail += [(right - random.uniform(0.12, 0.25), 0.96), (random.uniform(0.3, 0.5), 1.0)]
        tail += [(random.uniform(0, 0.2), random.uniform(0.75, 0.95))]
    else:
        tail = [(right, height * 0.9), (right - 0.05, 0.75), (right - 0.12, 0.95)]
        tail += [(right + random.uniform(0, 0.12), random.uniform(0.9, 1.0))]
    tail = shaken(random, tail, 0.02)
    corner = (right + random.normal(0, 0.03), random.uniform(-0.04, 0.18))
    if style < 0.60:
        return [spline(np.vstack([ring[::5], tail]), 8)]
    if style < 0.80:
        return [np.vstack([ring, spline([corner, *tail])])]
    if style < 0.93:
        return [ring, spline([corner, *tail])]
    hook = arc((0.5, height / 2), (radius, height / 2), random.uniform(-70, -30), -random.uniform(270, 320))
    return [spline(np.vstack([hook[::5], [(right, height * 0.6)], tail[1:]]), 8)]


SKELETONS: tuple[Callable[[Random], Skeleton], ...] = (zero, one, two, three, four, five, six, seven, eight, nine)
"""By digit."""
