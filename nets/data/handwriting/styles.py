"""Less common ways to write a digit, one row each, so that they can be drawn, looked at and measured by themselves.

The functions in ``skeletons_to_four.py`` and ``skeletons_from_five.py`` hold the common forms. A row here has a share:
that part of its digit's drawings takes this form. Each is chosen so that a careful reader still takes it for its digit;
where two digits come near each other, the comment says what keeps them apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from nets.data.handwriting.curves import Random, Skeleton
from nets.data.handwriting.styles_from_five import (
    eight_hourglass,
    eight_open_top,
    eight_small_head,
    five_flying_cap,
    five_high_neck,
    five_long_tail,
    nine_curled_head,
    nine_flat_head,
    nine_long_tail,
    nine_small_head,
    seven_curled_bar,
    seven_hooked_foot,
    seven_looped,
    seven_upright,
    six_crossing,
    six_long_stem,
    six_open,
)
from nets.data.handwriting.styles_to_four import (
    four_from_below,
    four_looped,
    four_open_bowl,
    four_round,
    one_curved_flag,
    one_long_flag,
    one_wide_foot,
    three_curled,
    three_looped,
    two_curled_head,
    two_large_loop,
    two_wavy_base,
    zero_curled,
    zero_gaping,
    zero_tailed,
)


@dataclass(frozen=True)
class Style:
    """One way to write ``digit``: ``skeleton`` draws it into a box of width and height 1 (x right, y down).

    share: the part of the digit's drawings in this style. finest: the widest pen, as a share of the narrower side; a
    wider one would fill what distinguishes the digit.
    """

    name: str
    digit: int
    share: float
    skeleton: Callable[[Random], Skeleton]
    finest: float = 1.0


def choose(digit: int, random: Random) -> Style | None:
    """The style of the next drawing of ``digit``; None means the common forms."""
    left = random.random()
    for style in STYLES.values():
        if style.digit == digit:
            left -= style.share
            if left < 0:
                return style
    return None


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
