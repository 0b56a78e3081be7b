"""Networks straight from their files, beside what Keras answers on real digits."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

from nets.byhand import stored
from nets.data import datasets
from nets.errors import LensletError
from nets.places import MODELS, Places
from tests.nets.test_boundaries import SLOW, loaded_after

SHIPPED = ("pen", "lenet", "simple_cnn")


@pytest.fixture(scope="module")
def digits(data_dir: Path) -> np.ndarray:
    """MNIST's first 1,000 test images, (1000, 28, 28, 1) in [0, 1]."""
    images = datasets.load("mnist", Places.default(data=data_dir)).test.pixels()[:1000]
    return images.astype(np.float32) / 255


@pytest.mark.parametrize("name", SHIPPED)
def test_answers_as_keras_on_a_thousand_digits(name: str, digits: np.ndarray) -> None:
    path = MODELS / f"{name}.keras"
    model, network = keras.saving.load_model(path), stored.read(path)
    parts = np.split(digits, 10)
    expected = np.concatenate([model(part).numpy() for part in parts])
    found = np.concatenate([network.folded().forward(part) for part in parts])
    assert found.dtype == np.float32
    assert np.array_equal(found.argmax(1), expected.argmax(1))
    np.testing.assert_allclose(found, expected, atol=1e-5, rtol=0)
    np.testing.assert_allclose(network.forward(parts[0]), expected[:100], atol=1e-5, rtol=0)


def test_reads_and_answers_without_anything_slow() -> None:
    code = (
        "from pathlib import Path\nimport numpy as np\nfrom nets.byhand import stored\n"
        f"network = stored.read(Path({str(MODELS / 'pen.keras')!r})).folded()\n"
        "assert network.forward(np.zeros((1, 28, 28, 1))).shape == (1, 10)"
    )
    assert not loaded_after(code) & SLOW


@pytest.mark.parametrize(
    "rows",
    [
        lambda k: [k.Conv2D(2, 3), k.LeakyReLU(), k.Conv2DTranspose(2, 3), k.BatchNormalization(), k.Flatten()],
        lambda k: [k.Conv2D(2, 3, name="b"), k.Conv2D(2, 3, name="a"), k.Dropout(0.5), k.GlobalAveragePooling2D()],
    ],
)
def test_any_chain_that_keras_saved(rows, tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((8, 8, 1)), *rows(keras.layers), keras.layers.Dense(3)])
    model.save(tmp_path / "net.keras")
    x = np.random.default_rng(0).random((2, 8, 8, 1), np.float32)
    np.testing.assert_allclose(stored.read(tmp_path / "net.keras").forward(x), model(x), atol=1e-5)


def test_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "net.keras"
    path.write_bytes(b"no archive")
    with pytest.raises(LensletError, match=r"net\.keras: expected a \.keras file, found"):
        stored.read(path)
    with pytest.raises(LensletError, match=r"none\.keras: expected a \.keras file"):
        stored.read(tmp_path / "none.keras")
    entry = keras.Input((4,))
    keras.Model(entry, keras.layers.Dense(2)(entry)).save(path)
    with pytest.raises(LensletError, match="expected a Sequential, found a Functional"):
        stored.read(path)
