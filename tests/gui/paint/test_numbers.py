"""Numbers as text: short enough for a cell, exact enough for a tooltip."""

from __future__ import annotations

import numpy as np

from gui.paint.numbers import cell_words, exact_words, value_words


def test_the_shorter_number_of_a_cell_has_five_characters_at_most() -> None:
    numbers = (0, 0.53, -0.07, 1.234, -12.3, 31_000, 3e12, -1e-4, 0.999, np.nan, np.inf, -np.inf)
    texts = ["0", ".53", "−.07", "1.2", "−12", "3e4", "3e12", "−1e-4", "1.0", "NaN", "∞", "−∞"]
    assert [cell_words(v)[1] for v in numbers] == texts


def test_the_longer_number_of_a_cell_keeps_three_decimals() -> None:
    numbers = (0, 0.5, -0.0712, 1.234, -12.345, 123.456, -1e-4)
    assert [cell_words(v)[0] for v in numbers] == ["0", "0.5", "−0.071", "1.234", "−12.35", "123.5", "−1e-4"]


def test_negative_numbers_have_a_true_minus_everywhere() -> None:
    assert (value_words(-0.5), exact_words(-1.5), value_words(-2e-7)) == ("−0.500", "−1.5", "−2.0e-07")
