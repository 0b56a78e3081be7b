"""How people write the digits 0 to 4: each style as strokes of a pen, from knowledge of handwriting, not from pictures.

Every function takes the random generator and returns one to three strokes in a box of width and height 1 (x right,
y down); a hand (``strokes.py``) then narrows, slants, bends and inks them.
"""

from __future__ import annotations

import numpy as np

from nets.data.handwriting.curves import Random, Skeleton, arc, drifting, line, shaken, spline


def zero(random: Random) -> Skeleton:
    """A ring: narrow or round, started anywhere at the top, not closed or overlapping; rarely slashed."""
    width = random.uniform(0.18, 0.5)
    way = 1 if random.random() < 0.25 else -1
    sweep = way * (360 + random.uniform(-40, 40))
    ring = arc((0.5, 0.5), (width, 0.5), random.uniform(-140, -40), sweep, square=random.uniform(0.8, 1.15))
    ring = drifting(ring, np.clip(random.normal(0, 0.04, 2), -0.07, 0.07))
    if random.random() < 0.06:  # begun with a small hook
        hook = ring[0] + np.array([random.uniform(-0.12, 0.12), random.uniform(-0.06, 0.08)])
        ring = spline(np.vstack([hook, ring[::7], ring[-1]]))
    slash = [spline(shaken(random, [(0.8, 0.1), (0.2, 0.9)]))] if random.random() < 0.03 else []
    return [ring, *slash]


def one(random: Random) -> Skeleton:
    """A bar; a bar with a flag, short or as long as the digit; with flag and foot; with a foot alone."""
    style = random.random()
    lean = random.normal(0, 0.04)
    top, low = (0.5 + lean, 0.0), (0.5 - lean, 1.0)
    bar = [top, (0.5 + random.normal(0, 0.03), 0.5), low]
    foot = []
    if style < 0.06 or style > 0.76:
        left, right = random.uniform(0.12, 0.5, 2)
        tilt = random.normal(0, 0.05)
        foot = [spline([(low[0] - left, 1 + tilt), (low[0], 1 + random.normal(0, 0.02)), (low[0] + right, 1 - tilt)])]
    if style < 0.24:
        return [spline(bar), *foot]
    # From a tick at the top to a stroke nearly as long as the bar, like a roof.
    drop = random.uniform(0.08, 0.4) if random.random() < 0.6 else random.uniform(0.3, 0.85)
    tip = (top[0] - drop * random.uniform(0.3, 1.2) - random.uniform(0.02, 0.12), drop)
    sag = random.normal(0, 0.04)
    middle = ((tip[0] + top[0]) / 2 + sag * 0.5, tip[1] / 2 + sag)
    join = random.random()
    if join < 0.60:  # a sharp corner
        return [np.vstack([spline([tip, middle, top]), spline(bar)]), *foot]
    if join < 0.78:  # a rounded one
        return [spline([tip, middle, (top[0] - 0.01, 0.02), (top[0] + 0.02, 0.12), *bar[1:]]), *foot]
    if join < 0.86 and foot:  # foot and all in one stroke
        return [np.vstack([spline([tip, middle, top]), spline(bar), foot[0][len(foot[0]) // 2 :: -1], foot[0]])]
    if join < 0.90:  # flat above, like a hook
        return [np.vstack([line([(top[0] - random.uniform(0.08, 0.2), random.uniform(0.02, 0.1)), top]), spline(bar)])]
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
    bar = random.uniform(0.42, 0.8)  # the height of the crossbar
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
    if style < 0.95:  # drawn without lifting: down, across, up to the top and down, as a 9 with corners
        path = [
            (random.uniform(0.1, 0.4), random.uniform(0, 0.1)),
            (side, bar),
            (leg - 0.02, bar - random.uniform(0, 0.1)),
        ]
        path += [(leg + random.uniform(-0.03, 0.06), random.uniform(0, 0.2)), (leg - random.uniform(-0.03, 0.12), 1.0)]
        return [line(shaken(random, path, 0.03))]
    bowl = [(leg, random.uniform(0.05, 0.2)), (0.35, random.uniform(0.15, 0.3)), (0.05, bar - 0.02)]
    bowl += [(0.3, bar + 0.02), (over, bar)]
    return [spline(shaken(random, bowl, 0.03)), spline(shaken(random, [(leg, 0), (leg, 0.5), (leg - 0.03, 1)], 0.02))]
