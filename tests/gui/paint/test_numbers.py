"""Numbers as text: short enough for a cell, exact enough for a tooltip."""

from __future__ import annotations

import numpy as np
import pytest

from gui.paint.equation import Matrix
from gui.paint.matrix import SMALLEST_TEXT, _fitting, _laid_out, _written
from gui.paint.numbers import cell_words, exact_words, float32_words, power_of, signed_words, value_words


def test_the_shorter_number_of_a_cell_has_five_characters_at_most() -> None:
    numbers = (0, 0.53, -0.07, 1.234, -12.3, 9_999, -1e-4, 0.999, 1, np.nan, np.inf, -np.inf)
    texts = ["0", ".53", "−.07", "1.2", "−12", "9999", ".00", "1.0", "1", "NaN", "∞", "−∞"]
    assert [cell_words(v)[-1] for v in numbers] == texts


def test_the_longer_number_of_a_cell_keeps_three_decimals_unless_it_is_exact() -> None:
    numbers = (0, 0.5, 1, 0.9996, -0.0712, 1.234, -12.345, 123.456, -1e-4, float(np.float32(0.1)))
    texts = ["0", "0.5", "1", "1.000", "−0.071", "1.234", "−12.35", "123.5", "0.000", "0.1"]
    assert [cell_words(v)[0] for v in numbers] == texts


@pytest.mark.parametrize(
    ("values", "power", "words"),
    [
        ([0.25, -3e-4, 0], 0, ["0.25", "0.000", "0"]),
        ([8.04e-4, -6e-5], -4, ["8.04", "−0.6"]),
        ([31_000, 250], 4, ["3.1", "0.025"]),
        ([0, np.nan, 0], 0, ["0", "NaN", "0"]),
        ([0.011, 999], 0, ["0.011", "999"]),
    ],
)
def test_all_numbers_of_a_matrix_have_one_unit_and_none_an_exponent(
    values: list[float], power: int, words: list[str]
) -> None:
    array = np.array([values])
    assert power_of(array) == power
    assert [cell_words(v)[0] for v in (array / 10.0**power)[0].tolist()] == words
    titles = {0: "kernel", -4: "kernel, in 10⁻⁴", 4: "kernel, in 10⁴"}
    assert Matrix("kernel", array).heading == titles[power]


def test_between_them_the_zero_before_the_point_is_left_out() -> None:
    assert [cell_words(v)[1] for v in (0, 0.5, -0.0712, 1.234, -1)] == ["0", ".5", "−.071", "1.234", "−1"]


def test_a_matrix_says_the_unit_of_its_changes() -> None:
    large, small = np.array([[0.25, 0.1]]), np.array([[3e-4, -1e-5]])
    assert Matrix("kernel", large, change=small).heading == "kernel, change in 10⁻⁴"
    assert Matrix("both", small, change=small / 100).heading == "both in 10⁻⁴, change in 10⁻⁶"


def test_negative_numbers_have_a_true_minus_everywhere() -> None:
    assert (value_words(-0.5), exact_words(-1.5), value_words(-2e-7)) == ("−0.500", "−1.5", "−2.0·10⁻⁷")


def test_small_and_large_numbers_have_the_notation_of_the_matrices() -> None:
    """A bias of "4.6e-04" stood beside a kernel "in 10⁻³"."""
    assert [value_words(v) for v in (4.6e-4, -4.6e-4, 12_345, 0.0012)] == ["4.6·10⁻⁴", "−4.6·10⁻⁴", "1.2·10⁴", "0.001"]
    assert [exact_words(-3.25e-5), exact_words(1.23456e-5, 4)] == ["−3.25·10⁻⁵", "1.235·10⁻⁵"]
    assert float32_words(-1e-10) == "−1·10⁻¹⁰"


def test_terms_of_a_sum_have_their_sign() -> None:
    assert [signed_words(value) for value in (0.5342, -0.0271, 0.0)] == ["+0.534", "−0.027", "+0.000"]


@pytest.mark.parametrize("cell", [36, 43, 60])
def test_all_numbers_of_a_cell_are_written_alike_and_fit(qapp: object, cell: int) -> None:
    """Also the value and its change, of which the positive ones have a sign."""
    random = np.random.default_rng(0)
    for values, change in (
        (random.normal(size=(5, 5)), random.normal(size=(5, 5)) / 20),
        (random.normal(size=(3, 3)) / 1e5, -np.ones((3, 3))),
        (np.array([[-1.0, 0, 1]]), np.array([[9.9, -12, 500]])),
    ):
        written = [_written(values), _written(change, plus="+")]
        size, form = _fitting(written, cell)
        assert size >= SMALLEST_TEXT
        widths = [_laid_out(forms[form], size)[1] for rows in written for row in rows for forms in row]
        assert max(widths) <= cell - 1
