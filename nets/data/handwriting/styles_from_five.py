"""Less common ways to write 5 to 9; ``styles.py`` says how many drawings take each."""

from __future__ import annotations

import numpy as np

from nets.data.handwriting.curves import Corners, Random, Skeleton, arc, drifting, line, shaken, spline

# --- 5 ------------------------------------------------------------------------------------------------------


def five_high_neck(random: Random) -> Skeleton:
    """A long neck and a small belly, the cap as wide as the belly or wider."""
    neck, left = random.uniform(0.5, 0.64), random.uniform(0.1, 0.25)
    body = spline(shaken(random, [(left, neck), (0.5, neck - 0.03), (0.82, 0.8), (0.45, 1.0), (0.05, 0.93)], 0.025))
    cap = line(shaken(random, [(random.uniform(0.75, 1.15), random.uniform(-0.08, 0.06)), (left + 0.03, 0.02)], 0.02))
    down = line([tuple(cap[-1]), (left, neck)])
    return [np.vstack([cap, down, body])] if random.random() < 0.5 else [np.vstack([down, body]), cap]


def five_flying_cap(random: Random) -> Skeleton:
    """The cap a stroke of its own that rises to the right and does not touch."""
    left, neck = random.uniform(0.12, 0.3), random.uniform(0.36, 0.48)
    path = [(left, random.uniform(0.06, 0.14)), (left - 0.04, neck), (0.5, neck - 0.06), (0.92, 0.68), (0.5, 1.0)]
    path += [(random.uniform(-0.05, 0.12), random.uniform(0.85, 0.96))]
    start = (left + random.uniform(0.06, 0.2), random.uniform(-0.02, 0.08))
    tip = (random.uniform(0.85, 1.2), start[1] - random.uniform(0.0, 0.15))
    return [spline(shaken(random, path, 0.02)), spline([start, tip])]


def five_long_tail(random: Random) -> Skeleton:
    """The belly's end goes far to the left."""
    left, neck = random.uniform(0.25, 0.4), random.uniform(0.36, 0.5)
    cap = line(
        shaken(
            random, [(random.uniform(0.85, 1.1), random.uniform(-0.03, 0.05)), (left, 0.02), (left - 0.05, neck)], 0.02
        )
    )
    path = [
        tuple(cap[-1]),
        (0.6, neck - 0.05),
        (0.92, 0.7),
        (0.6, 0.98),
        (random.uniform(-0.2, 0.05), random.uniform(0.92, 1.02)),
    ]
    return [np.vstack([cap, spline(path)])]


# --- 6 ------------------------------------------------------------------------------------------------------


def six_long_stem(random: Random) -> Skeleton:
    """A long stem, nearly straight, and a small closed loop."""
    high = random.uniform(0.3, 0.42)
    radius = random.uniform(0.2, 0.34)
    left, middle = 0.5 - radius, 1 - high / 2
    stem = [(left + random.uniform(0.1, 0.6), 0.0), (left + random.uniform(0.02, 0.2), 0.4), (left, middle)]
    loop = arc((0.5, middle), (radius, high / 2), 180, -(360 + random.uniform(-15, 30)))
    return [spline(np.vstack([shaken(random, stem, 0.015), loop[5::5], loop[-1:]]), 8)]


def six_crossing(random: Random) -> Skeleton:
    """The loop's end crosses the stem and stands out at the left."""
    high, radius = random.uniform(0.4, 0.55), random.uniform(0.28, 0.42)
    left, middle = 0.5 - radius, 1 - high / 2
    stem = [
        (random.uniform(0.5, 0.9), random.uniform(0, 0.06)),
        (left + random.uniform(0.04, 0.15), 0.32),
        (left, middle),
    ]
    loop = arc((0.5, middle), (radius, high / 2), 180, -random.uniform(300, 335))
    end = (left - random.uniform(0.08, 0.2), middle - high * random.uniform(0.2, 0.5))
    return [spline(np.vstack([shaken(random, stem, 0.02), loop[5::5], [end]]), 8)]


def six_open(random: Random) -> Skeleton:
    """A loop that does not come back to the stem; its end still turns in under the stem's middle."""
    high, radius = random.uniform(0.45, 0.6), random.uniform(0.3, 0.45)
    left, middle = 0.5 - radius, 1 - high / 2
    stem = [
        (random.uniform(0.45, 0.95), random.uniform(0, 0.06)),
        (left + random.uniform(0.03, 0.15), 0.3),
        (left, middle),
    ]
    loop = arc((0.5, middle), (radius, high / 2), 180, -random.uniform(270, 315))
    return [spline(np.vstack([shaken(random, stem, 0.02), loop[5::5], loop[-1:]]), 8)]


# --- 7 ------------------------------------------------------------------------------------------------------
# A seven that comes near to a two keeps its corner at the upper right sharp, and nothing runs along the ground: a bar
# or a loop's end crosses the leg well above its foot.


def _roof(random: Random, corner: float) -> np.ndarray:
    """A seven's roof up to its corner: level, with a serif at the left, or a wave."""
    style = random.random()
    y = random.uniform(0, 0.06)
    path = [(random.uniform(0, 0.12), y + random.normal(0, 0.03)), (0.45, y + random.normal(0, 0.03)), (corner, 0.02)]
    if style < 0.3:
        path.insert(0, (path[0][0] - random.uniform(-0.04, 0.04), path[0][1] + random.uniform(0.08, 0.2)))
    elif style < 0.5:
        path[:2] = [(random.uniform(-0.02, 0.08), 0.14), (0.22, 0.0), (0.55, random.uniform(0.06, 0.12))]
    return spline(path)


def _leg(random: Random, corner: float, foot: float) -> np.ndarray:
    bend = random.uniform(-0.12, 0.06) if random.random() < 0.6 else 0.0
    return spline([(corner, 0.02), ((corner + foot) / 2 + bend, 0.52), (foot, 1.0)])


def seven_looped(random: Random) -> Skeleton:
    """In one stroke: from the foot the pen turns back up at the left, and the bar crosses the leg."""
    corner, foot = random.uniform(0.8, 1.0), random.uniform(0.36, 0.62)
    leg = _leg(random, corner, foot)
    # A low crossing has a small loop: a two's is large, and its base runs along the ground.
    low = random.random() < 0.3
    high = random.uniform(0.58, 0.68) if low else random.uniform(0.42, 0.58)
    x = float(np.interp(high, leg[:, 1], leg[:, 0]))
    left, right = random.uniform(0.16, 0.24) if low else random.uniform(0.2, 0.34), random.uniform(0.2, 0.4)
    bottom = [tuple(leg[-1]), (foot - random.uniform(0.06, 0.14), random.uniform(0.88, 0.96))]
    bottom += [(x - left, high + random.uniform(0.06, 0.14)), (x - left + 0.06, high + random.uniform(-0.02, 0.04))]
    return [
        np.vstack(
            [_roof(random, corner), leg, spline([*bottom, (x, high), (x + right, high - random.uniform(0, 0.1))])]
        )
    ]


def seven_curled_bar(random: Random) -> Skeleton:
    """The bar has a hook at its left or right end, or at both; it may sit low."""
    corner, foot = random.uniform(0.78, 1.0), random.uniform(0.2, 0.6)
    leg = _leg(random, corner, foot)
    high = random.uniform(0.42, 0.74)
    x = float(np.interp(high, leg[:, 1], leg[:, 0]))
    left, right = random.uniform(0.18, 0.38, 2)
    bar = [(x - left, high), (x, high + random.normal(0, 0.02)), (x + right, high - random.uniform(-0.03, 0.08))]
    ends = random.random()
    if ends < 0.65:
        bar.insert(0, (bar[0][0] - random.uniform(-0.03, 0.06), high + random.uniform(0.08, 0.2)))
    if ends > 0.4:
        bar.append(
            (bar[-1][0] + random.uniform(-0.06, 0.06), bar[-1][1] + random.choice([-1, 1]) * random.uniform(0.06, 0.16))
        )
    return [np.vstack([_roof(random, corner), leg]), spline(bar)]


def seven_hooked_foot(random: Random) -> Skeleton:
    """The leg ends in a small hook, to the left or to the right, mostly with a bar."""
    corner, foot = random.uniform(0.78, 1.0), random.uniform(0.3, 0.6)
    leg = _leg(random, corner, foot)
    way = -1 if random.random() < 0.5 else 1
    reach = random.uniform(0.1, 0.2)
    hook = spline([tuple(leg[-1]), (foot + way * reach * 0.6, 1.0), (foot + way * reach, random.uniform(0.86, 0.94))])
    body = np.vstack([_roof(random, corner), leg[:-2], hook])
    high = random.uniform(0.4, 0.6)
    x = float(np.interp(high, leg[:, 1], leg[:, 0]))
    bar = [
        spline(
            [(x - random.uniform(0.15, 0.35), high + 0.02), (x, high), (x + random.uniform(0.15, 0.35), high - 0.02)]
        )
    ]
    return [body, *(bar if way > 0 or random.random() < 0.5 else [])]


def seven_upright(random: Random) -> Skeleton:
    """A serif hanging from the roof's left end, and a leg that drops nearly straight or in a bow."""
    corner = random.uniform(0.85, 1.0)
    roof = [(random.uniform(0, 0.08), random.uniform(0.2, 0.38)), (random.uniform(0.02, 0.1), random.uniform(0, 0.05))]
    foot = random.uniform(0.5, 0.85)
    leg = spline([(corner, 0.02), (corner - random.uniform(0.02, 0.12), 0.4), (foot, 1.0)])
    serif = line(shaken(random, roof, 0.015))
    top = spline([tuple(serif[-1]), (0.5, random.uniform(-0.02, 0.05)), (corner, 0.02)])
    return [serif, np.vstack([top, leg])] if random.random() < 0.3 else [np.vstack([serif, top, leg])]


# --- 8 ------------------------------------------------------------------------------------------------------


def eight_open_top(random: Random) -> Skeleton:
    """A ribbon whose ends pass each other at the top and do not meet."""
    waist, low = random.uniform(0.42, 0.52), random.uniform(0.28, 0.42)
    middle = (1 + waist) / 2
    gap = random.uniform(0.06, 0.22)
    path = [
        (0.5 + gap, random.uniform(0.02, 0.12)),
        (0.32, 0.02),
        (0.16, waist * 0.5),
        (0.5, waist),
        (0.5 + low, middle),
    ]
    path += [
        (0.5, 1.0),
        (0.5 - low, middle),
        (0.5, waist),
        (0.82, waist * 0.55),
        (0.6 + gap, random.uniform(-0.06, 0.08)),
    ]
    if random.random() < 0.3:
        path = [(1 - x, y) for x, y in path]
    return [spline(shaken(random, path, 0.02))]


def eight_hourglass(random: Random) -> Skeleton:
    """With corners: two triangles that meet, the top and the bottom level or a little round."""
    corners = [(random.uniform(0.8, 1), random.uniform(0, 0.1)), (random.uniform(0, 0.2), random.uniform(0, 0.1))]
    corners += [(random.uniform(0.8, 1), random.uniform(0.9, 1)), (random.uniform(0, 0.2), random.uniform(0.9, 1))]
    path = [*corners, (corners[0][0] + random.normal(0, 0.04), corners[0][1] + random.normal(0, 0.04))]
    return [line(path) if random.random() < 0.4 else spline(path)]


def eight_small_head(random: Random) -> Skeleton:
    """A small upper ring on a large one, or the other way round; a little apart or overlapping."""
    waist = random.uniform(0.3, 0.4) if random.random() < 0.7 else random.uniform(0.56, 0.64)
    above, below = waist * random.uniform(0.4, 0.6), (1 - waist) * random.uniform(0.4, 0.6)
    lower = arc(
        (0.5, (1 + waist) / 2), (below, (1 - waist) / 2), random.uniform(-110, -70), -(360 + random.uniform(-15, 25))
    )
    shift = random.normal(0, 0.05)
    gap = random.uniform(-0.05, 0.02)
    upper = arc(
        (0.5 + shift, waist / 2 - gap), (above, waist / 2), random.uniform(0, 360), 360 + random.uniform(-15, 25)
    )
    return [upper, lower]


# --- 9 ------------------------------------------------------------------------------------------------------
# A nine with a flat head is told from a five by the head, which is closed: the pen is kept fine enough for its hole.


def _head(random: Random, height: float, radius: float) -> np.ndarray:
    """A closed ring at the top, ending at its right side."""
    ring = arc((0.5, height / 2), (radius, height / 2), random.uniform(-50, 0), -(360 + random.uniform(0, 40)))
    return drifting(ring, random.normal(0, 0.02, 2))


def _long_tail(random: Random, right: float, height: float) -> Corners:
    """Down from the head's right side and far to the left: in a bow or nearly straight."""
    start = (right + random.normal(0, 0.015), height * random.uniform(0.7, 0.95))
    if random.random() < 0.65:
        bow = [
            (right + random.uniform(-0.06, 0.03), 0.55),
            (right - random.uniform(0.12, 0.28), random.uniform(0.76, 0.86)),
        ]
        return [start, *bow, (random.uniform(0.1, 0.4), 0.98), (random.uniform(-0.3, 0.08), random.uniform(0.86, 1.0))]
    foot = random.uniform(-0.15, 0.3)
    return [start, ((right * 0.6 + foot * 0.4) + random.uniform(0, 0.08), 0.62), (foot, 1.0)]


def nine_flat_head(random: Random) -> Skeleton:
    """A small, wide, closed head and a long tail to the left."""
    height, radius = random.uniform(0.17, 0.32), random.uniform(0.26, 0.46)
    head, right = _head(random, height, radius), 0.5 + radius
    head[:, 1] += random.uniform(-0.12, 0.12) * (head[:, 0] - 0.5)  # hangs to one side
    tail = _long_tail(random, right, height)
    if random.random() < 0.4:  # the tail bulges to the right of the head
        bulge = right + random.uniform(0.03, 0.16)
        tail = [(right, height * 0.9), (bulge, random.uniform(0.5, 0.62)), (bulge - 0.12, 0.82)]
        tail += [(random.uniform(0.3, 0.5), 0.98), (random.uniform(-0.2, 0.15), random.uniform(0.9, 1.0))]
    return [spline(np.vstack([head[::4], shaken(random, tail, 0.015)]), 8)]


def nine_small_head(random: Random) -> Skeleton:
    """A small round head on a long stem, straight or in a bow."""
    height, radius = random.uniform(0.24, 0.36), random.uniform(0.2, 0.3)
    head, right = _head(random, height, radius), 0.5 + radius
    tail = _long_tail(random, right, height)
    if random.random() < 0.5:
        tail = [tail[0], (right - random.uniform(-0.03, 0.08), 0.6), (right - random.uniform(-0.06, 0.2), 1.0)]
    return [spline(np.vstack([head[::4], shaken(random, tail, 0.015)]), 8)]


def nine_long_tail(random: Random) -> Skeleton:
    """A head of the usual size and a tail that sweeps far to the left, past the head."""
    height, radius = random.uniform(0.36, 0.52), random.uniform(0.26, 0.4)
    head, right = _head(random, height, radius), 0.5 + radius
    tail = [
        (right, height * 0.85),
        (right - random.uniform(-0.02, 0.08), 0.7),
        (right - random.uniform(0.15, 0.3), 0.9),
    ]
    tail += [(random.uniform(0.15, 0.35), 1.0), (random.uniform(-0.35, -0.02), random.uniform(0.8, 0.98))]
    return [spline(np.vstack([head[::4], shaken(random, tail, 0.02)]), 8)]


def nine_curled_head(random: Random) -> Skeleton:
    """The head begins inside itself, as a spiral does."""
    height, radius = random.uniform(0.38, 0.55), random.uniform(0.28, 0.42)
    over = random.uniform(30, 90)
    ring = arc((0.5, height / 2), (radius, height / 2), over - 20, -(340 + over))
    shrink = np.ones(len(ring))
    begin = int(len(ring) * over / (340 + over)) + 1
    shrink[:begin] = np.linspace(random.uniform(0.5, 0.8), 1, begin)
    ring = np.array([0.5, height / 2]) + (ring - np.array([0.5, height / 2])) * shrink[:, None]
    right = 0.5 + radius
    tail = [(right + random.uniform(-0.03, 0.03), 0.65), (right - random.uniform(-0.05, 0.3), 1.0)]
    return [spline(np.vstack([ring[::4], shaken(random, tail, 0.015)]), 8)]
