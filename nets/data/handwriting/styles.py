"""Less common ways to write a digit, one row each, so that they can be drawn, looked at and measured by themselves.

The functions in ``skeletons_to_four.py`` and ``skeletons_from_five.py`` hold the common forms. A row here has a share:
that part of its digit's drawings takes this form. Each is chosen so that a careful reader still takes it for its digit;
where two digits come near each other, the comment says what keeps them apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from nets.data.handwriting.curves import Corners, Random, Skeleton, arc, drifting, line, shaken, spline


@dataclass(frozen=True)
class Style:
    """One way to write ``digit``: ``skeleton`` draws it into a box of width and height 1 (x right, y down).

    share: the part of the digit's drawings that are of this style.
    finest: the widest pen, as a share of the narrower side; what tells the digit from another must not be filled in.
    """

    name: str
    digit: int
    share: float
    skeleton: Callable[[Random], Skeleton]
    finest: float = 1.0


def choose(digit: int, random: Random) -> Style | None:
    """The style of the next drawing of ``digit``; None stands for the common forms."""
    left = random.random()
    for style in STYLES.values():
        if style.digit == digit:
            left -= style.share
            if left < 0:
                return style
    return None


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


STYLES: Mapping[str, Style] = {
    row.name: row
    for row in (
        Style("0 curled", 0, 0.06, zero_curled, 0.3),
        Style("0 tailed", 0, 0.05, zero_tailed, 0.3),
        Style("0 gaping", 0, 0.08, zero_gaping, 0.3),
        Style("1 long flag", 1, 0.18, one_long_flag, 0.3),
        Style("1 wide foot", 1, 0.14, one_wide_foot, 0.24),
        Style("1 curved flag", 1, 0.06, one_curved_flag, 0.3),
        Style("2 large loop", 2, 0.08, two_large_loop, 0.16),
        Style("2 curled head", 2, 0.06, two_curled_head, 0.2),
        Style("2 wavy base", 2, 0.08, two_wavy_base),
        Style("3 looped", 3, 0.08, three_looped, 0.2),
        Style("3 curled", 3, 0.06, three_curled, 0.18),
        Style("4 looped", 4, 0.12, four_looped, 0.16),
        Style("4 from below", 4, 0.12, four_from_below, 0.16),
        Style("4 round", 4, 0.12, four_round, 0.16),
        Style("4 open bowl", 4, 0.06, four_open_bowl, 0.24),
        Style("5 high neck", 5, 0.08, five_high_neck, 0.24),
        Style("5 flying cap", 5, 0.08, five_flying_cap, 0.24),
        Style("5 long tail", 5, 0.08, five_long_tail, 0.24),
        Style("6 long stem", 6, 0.10, six_long_stem, 0.2),
        Style("6 crossing", 6, 0.06, six_crossing, 0.2),
        Style("6 open", 6, 0.08, six_open, 0.24),
        Style("7 looped", 7, 0.12, seven_looped, 0.16),
        Style("7 curled bar", 7, 0.12, seven_curled_bar, 0.2),
        Style("7 hooked foot", 7, 0.10, seven_hooked_foot, 0.24),
        Style("7 upright", 7, 0.07, seven_upright, 0.3),
        Style("8 open top", 8, 0.10, eight_open_top, 0.2),
        Style("8 hourglass", 8, 0.03, eight_hourglass, 0.24),
        Style("8 small head", 8, 0.08, eight_small_head, 0.2),
        Style("9 flat head", 9, 0.16, nine_flat_head, 0.12),
        Style("9 small head", 9, 0.08, nine_small_head, 0.14),
        Style("9 long tail", 9, 0.10, nine_long_tail, 0.2),
        Style("9 curled head", 9, 0.04, nine_curled_head, 0.16),
    )
}
"""By name: the digit, and what is particular."""
