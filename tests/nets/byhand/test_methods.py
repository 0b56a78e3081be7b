"""Three ways to convolve: equal to each other, to SciPy, and to the derivation of the gradients."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from nets.byhand.methods import METHODS, Convolution
from nets.byhand.window import Window

BOUNDS = {np.float32: 1e-5, np.float64: 1e-12}
WINDOWS = [
    Window((3, 3)),
    Window((5, 4), padding="same"),
    Window((3, 2), (2, 3), padding="same"),
    Window((2, 3), (1, 2), (3, 1), ((2, 0), (1, 3))),
    Window((2, 2), (3, 4)),
    Window((1, 1)),
]


def all_three(way: Convolution, x: np.ndarray, kernel: np.ndarray) -> list[np.ndarray]:
    """y, dL/dw and dL/dx for the same g."""
    y = way.forward(x, kernel)
    g = np.random.default_rng(5).standard_normal(y.shape).astype(x.dtype)
    return [y, way.kernel_gradient(g), way.input_gradient(g)]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("name", [name for name in METHODS if name != "loops"])
def test_methods_equal_the_definition(name: str, window: Window, dtype: type) -> None:
    random = np.random.default_rng(0)
    x = random.standard_normal((2, 8, 7, 2)).astype(dtype)
    kernel = random.standard_normal((*window.kernel, 2, 3)).astype(dtype)
    expected = all_three(METHODS["loops"].make(window), x, kernel)
    for one, other in zip(all_three(METHODS[name].make(window), x, kernel), expected, strict=True):
        assert (one.dtype, one.shape) == (dtype, other.shape)
        np.testing.assert_allclose(one, other, atol=20 * BOUNDS[dtype])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", METHODS)
@settings(max_examples=10, deadline=None, derandomize=True)
@given(
    height=st.integers(3, 8),
    width=st.integers(3, 8),
    kernel=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    mode=st.sampled_from(["valid", "same", "full"]),
)
def test_every_method_equals_scipy(
    name: str, dtype: type, height: int, width: int, kernel: tuple[int, int], mode: str
) -> None:
    random = np.random.default_rng(height * width)
    x, w = random.standard_normal((height, width)).astype(dtype), random.standard_normal(kernel).astype(dtype)
    kh, kw = kernel
    margins = {
        "valid": ((0, 0), (0, 0)),
        # SciPy's "same" is the middle of "full": of an even kernel the odd row lies in front.
        "same": ((kh // 2, (kh - 1) // 2), (kw // 2, (kw - 1) // 2)),
        "full": ((kh - 1, kh - 1), (kw - 1, kw - 1)),
    }[mode]
    y = METHODS[name].make(Window(kernel, padding=margins)).forward(x[None, :, :, None], w[:, :, None, None])
    np.testing.assert_allclose(y[0, :, :, 0], signal.correlate(x, w, mode), atol=BOUNDS[dtype])


@pytest.mark.parametrize("name", METHODS)
def test_input_gradient_is_a_full_convolution_with_the_turned_kernel(name: str) -> None:
    """SciPy's ``convolve`` turns the kernel by 180 degrees itself; correlating with the turned kernel is the same."""
    random = np.random.default_rng(1)
    x, w = random.standard_normal((6, 5)), random.standard_normal((3, 2))
    way = METHODS[name].make(Window((3, 2)))
    g = random.standard_normal(way.forward(x[None, :, :, None], w[:, :, None, None]).shape)
    found = way.input_gradient(g)[0, :, :, 0]
    np.testing.assert_allclose(found, signal.convolve(g[0, :, :, 0], w, "full"), atol=1e-12)
    np.testing.assert_allclose(found, signal.correlate(g[0, :, :, 0], w[::-1, ::-1], "full"), atol=1e-12)


def test_kernel_gradient_is_the_input_correlated_with_what_arrives() -> None:
    random = np.random.default_rng(2)
    x, g = random.standard_normal((6, 5)), random.standard_normal((4, 4))
    for row in METHODS.values():
        way = row.make(Window((3, 2)))
        way.forward(x[None, :, :, None], np.zeros((3, 2, 1, 1)))
        found = way.kernel_gradient(g[None, :, :, None])[:, :, 0, 0]
        np.testing.assert_allclose(found, signal.correlate(x, g, "valid"), atol=1e-12)


def test_multiplications_are_counted() -> None:
    alexnet, shape = Window((11, 11), (4, 4)), (1, 227, 227, 3)
    assert METHODS["loops"].multiplications(alexnet, shape, 96) == 96 * 363 * 3025
    assert METHODS["im2col"].multiplications(alexnet, shape, 96) == 96 * 363 * 3025
    # Spectra cost the same for every kernel, and pay where it is large and every position counts.
    small, large, shape = Window((3, 3)), Window((15, 15)), (1, 64, 64, 8)
    spectra = METHODS["fft"].multiplications(small, shape, 8)
    assert METHODS["fft"].multiplications(large, shape, 8) == spectra
    assert METHODS["im2col"].multiplications(large, shape, 8) > spectra
