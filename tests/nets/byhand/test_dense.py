"""Dense layers, weight decay, and dropout's mask."""

from __future__ import annotations

import numpy as np
import pytest

from nets.byhand.dense import Dense, Dropout, Flatten
from nets.errors import UsageError


def test_dropout_keeps_its_mask_for_the_way_back() -> None:
    layer = Dropout(0.3, seed=1)
    x = np.ones((200, 500), np.float32)
    y = layer.forward(x, training=True)
    assert layer.mask is not None
    np.testing.assert_allclose(np.unique(y), [0, 1 / 0.7], rtol=1e-6)
    np.testing.assert_array_equal(layer.backward(2 * x), 2 * y)
    assert y.dtype == np.float32
    # 100,000 numbers: the mean's deviation is 0.002, the share's 0.0015.
    assert y.mean() == pytest.approx(1, abs=0.01)
    assert (y == 0).mean() == pytest.approx(0.3, abs=0.008)


def test_each_batch_drops_others_and_answering_drops_nothing() -> None:
    layer, x = Dropout(0.5), np.ones((4, 50))
    assert not np.array_equal(layer.forward(x, training=True), layer.forward(x, training=True))
    assert layer.forward(x) is x
    assert layer.backward(x) is x


def test_weight_decay_pulls_the_kernel_to_zero() -> None:
    layer = Dense(np.array([[1.0, -2]]), np.array([5.0, 5]), weight_decay=0.1)
    layer.forward(np.zeros((3, 1)))
    layer.backward(np.zeros((3, 2)))
    assert layer.penalty() == pytest.approx(0.05 * 5)
    np.testing.assert_allclose(layer.gradients["kernel"], [[0.1, -0.2]])
    assert not layer.gradients["bias"].any()


def test_flatten_reads_row_by_row_with_channels_innermost() -> None:
    x = np.arange(12.0).reshape(1, 2, 3, 2)
    layer = Flatten()
    assert layer.forward(x).tolist() == [list(range(12))]
    np.testing.assert_array_equal(layer.backward(layer.forward(x)), x)


def test_wrong_inputs_are_refused() -> None:
    with pytest.raises(UsageError, match=r"fc1 expected rows of 3 numbers, found the shape \(2, 4\)"):
        Dense(np.zeros((3, 5)), name="fc1").forward(np.zeros((2, 4)))
    with pytest.raises(UsageError, match="rate from 0 to below 1, found 1"):
        Dropout(1.0)
