"""How sure a measured accuracy is, and how it is written."""

from __future__ import annotations

import math

import pytest
from scipy.stats import binomtest

from nets.runs.evaluation import Accuracy


@pytest.mark.parametrize(("right", "images"), [(2, 2), (0, 5), (140, 144), (9893, 10_000), (50, 100)])
def test_the_interval_is_wilsons(right: int, images: int) -> None:
    oracle = binomtest(right, images).proportion_ci(0.95, method="wilson")
    assert Accuracy(right, images).interval() == pytest.approx((oracle.low, oracle.high), abs=1e-7)


def test_few_images_are_counted_and_many_get_the_decimals_they_support() -> None:
    assert Accuracy(2, 2).text() == "2 of 2"
    assert Accuracy(2, 2).short() == "2/2"
    assert Accuracy(140, 144).text() == "97 %"
    assert Accuracy(891, 1000).text() == "89.1 %"
    assert Accuracy(9893, 10_000).text() == "98.93 %"
    assert Accuracy(9893, 10_000).interval_text() == "98.70 to 99.12 %"
    assert Accuracy(0, 0).text() == "–"
    assert Accuracy(0, 0).interval() == (0.0, 1.0)


def test_a_hundred_percent_means_every_image() -> None:
    assert Accuracy(9_999_999, 10_000_000).text() == "99.99 %"
    assert Accuracy(199, 200).text() == "99 %"
    assert Accuracy(200, 200).text() == "100 %"
    assert Accuracy(1, 1000).text() == "0.1 %"
    assert Accuracy(1, 200).text() == "1 %"
    assert Accuracy(0, 200).text() == "0 %"


def test_a_share_that_was_not_measured_is_none() -> None:
    assert Accuracy.from_share(None, 100) is None
    assert Accuracy.from_share(math.nan, 100) is None
    assert Accuracy.from_share(0.5, 0) is None
    assert Accuracy.from_share(0.97222, 144) == Accuracy(140, 144)
