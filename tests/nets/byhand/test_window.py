"""How a kernel slides: sizes, what does not fit, and the words for it."""

from __future__ import annotations

import pytest

from nets.byhand.window import Window
from nets.errors import UsageError


@pytest.mark.parametrize(
    ("window", "image", "expected"),
    [
        (Window((3, 3)), (4, 4), (2, 2)),
        (Window((11, 11), (4, 4)), (227, 227), (55, 55)),
        (Window((5, 5), padding="same"), (28, 28), (28, 28)),
        (Window((3, 3), (2, 2), padding="same"), (5, 8), (3, 4)),
        (Window((3, 2), (1, 1), (2, 3)), (7, 7), (3, 4)),
        (Window((11, 11), (4, 4), padding=((2, 2), (2, 2))), (224, 224), (55, 55)),
    ],
)
def test_the_output_size_follows_the_formula(window: Window, image: tuple[int, int], expected: tuple[int, int]) -> None:
    assert window.output_size(*image) == expected


def test_a_kernel_larger_than_the_image_is_refused_with_the_numbers() -> None:
    with pytest.raises(UsageError, match=r"covers 9x5 does not fit into an image of 6x7 \(4x7 with its margins\)"):
        Window((5, 5), dilation=(2, 1), padding=((1, 1), (0, 0))).output_size(4, 7)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"strides": (0, 1)}, r"strides of 1 or more, found \(0, 1\)"),
        ({"dilation": (1, 0)}, r"dilation of 1 or more, found \(1, 0\)"),
        ({"kernel": (0, 3)}, r"kernel of 1 or more, found \(0, 3\)"),
        ({"padding": ((0, -1), (0, 0))}, r"margins of 0 or more, found \(\(0, -1\), \(0, 0\)\)"),
        ({"padding": "full"}, r"\"valid\", \"same\" or four margins, found 'full'"),
    ],
)
def test_impossible_windows_are_refused(options: dict, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        Window(**{"kernel": (3, 3), **options})


def test_what_does_not_fit_is_said_with_the_numbers_and_what_each_framework_does() -> None:
    assert Window((11, 11), (4, 4)).misfit(227, 227) == ""
    assert Window((3, 3), (2, 2), padding=((1, 1), (1, 1))).misfit(7, 5) == ""
    words = Window((11, 11), (4, 4)).misfit(224, 227)
    assert words.startswith("(224 - 11) / 4 + 1 = 54.25 rows: not whole.")
    assert "Keras, TensorFlow and PyTorch round down and never read the last 1 row;" in words
    assert "ceil_mode=True round up" in words
    assert "calls it an error" in words
    both = Window((2, 3), (3, 4), padding=((1, 0), (0, 0))).misfit(6, 9)
    assert both.startswith("(7 - 2) / 3 + 1 = 2.667 rows and (9 - 3) / 4 + 1 = 2.5 columns: not whole.")
    assert "the last 2 rows and 2 columns" in both
