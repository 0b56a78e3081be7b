"""From bytes to the numbers that a network receives, against what Keras's own functions give."""

from __future__ import annotations

import numpy as np
import pytest

from nets.data.images import ArrayImages
from nets.data.specs import ImageInput
from nets.data.value_ranges import RANGES, order_of, to_values
from nets.errors import UsageError

IMAGES = np.random.default_rng(3).integers(0, 256, (2, 6, 5, 3), dtype=np.uint8)


def values_of(range_: str, **options: object) -> np.ndarray:
    return to_values(IMAGES, ImageInput(6, 5, 3, "picture", range_, **options))  # type: ignore[arg-type]


@pytest.mark.parametrize(("range_", "mode"), [("signed", "tf"), ("imagenet", "torch"), ("caffe", "caffe")])
def test_a_range_is_what_keras_applications_do(range_: str, mode: str) -> None:
    from keras.applications.imagenet_utils import preprocess_input

    expected = preprocess_input(IMAGES.astype(np.float32), mode=mode)
    np.testing.assert_allclose(values_of(range_), expected, atol=2e-5)


def test_the_other_ranges_follow_their_formulas() -> None:
    from keras.utils import normalize

    images = IMAGES.astype(np.float64)
    np.testing.assert_allclose(values_of("unit"), images / 255, atol=1e-6)
    np.testing.assert_array_equal(values_of("byte"), images)
    np.testing.assert_allclose(values_of("centred"), images / 255 - 0.5, atol=1e-6)
    np.testing.assert_allclose(values_of("mnist"), (images / 255 - 0.1307) / 0.3081, atol=1e-5)
    np.testing.assert_allclose(values_of("l2-columns"), normalize(images, axis=1), atol=1e-6)
    norms = np.linalg.norm(images.reshape(2, -1), axis=1)
    np.testing.assert_allclose(values_of("l2"), images / norms[:, None, None, None], atol=1e-6)
    own = values_of("own", scale=(1.0, 2.0, 3.0), offset=(0.0, -1.0, 5.0))
    np.testing.assert_allclose(own, images * [1, 2, 3] + [0, -1, 5])


def test_a_black_picture_has_no_norm_and_stays_black() -> None:
    for range_ in ("l2", "l2-columns"):
        assert not to_values(np.zeros((1, 4, 4, 1), np.uint8), ImageInput(4, 4, range=range_)).any()


def test_the_order_of_channels_is_the_ranges_own_unless_it_is_said() -> None:
    assert order_of(ImageInput(range="caffe")) == "bgr"
    assert order_of(ImageInput(range="caffe", order="rgb")) == "rgb"
    np.testing.assert_array_equal(values_of("caffe", order="rgb")[..., ::-1], values_of("caffe"))
    np.testing.assert_array_equal(values_of("byte", order="bgr"), IMAGES[..., ::-1])


@pytest.mark.parametrize("range_", RANGES)
def test_grey_pictures_take_every_range(range_: str) -> None:
    grey = IMAGES[..., :1]
    found = to_values(grey, ImageInput(6, 5, 1, range=range_, scale=(0.5,), offset=(1.0,)))
    assert found.shape == grey.shape
    assert found.dtype == np.float32
    assert np.isfinite(found).all()


def test_what_is_no_range_is_said() -> None:
    with pytest.raises(UsageError, match="there are: unit, byte, signed"):
        values_of("percent")
    with pytest.raises(UsageError, match="there are: rgb, bgr"):
        values_of("unit", order="gbr")
    with pytest.raises(UsageError, match="for each of 3 channels or for all, found 2"):
        values_of("own", scale=(1.0, 2.0), offset=(0.0,))
    with pytest.raises(UsageError, match=r"a scale and an offset of at most 1,000,000, found 1e\+308"):
        values_of("own", scale=(1.0,), offset=(-1e308,))


@pytest.mark.parametrize("range_", [*RANGES])
@pytest.mark.parametrize("channels", [1, 3])
def test_a_training_gives_its_network_the_same_numbers(range_: str, channels: int) -> None:
    from nets.runs.config import TrainConfig
    from nets.training.batches import ArrayBatches
    from nets.training.engines.sent_batches import SentBatches
    from nets.training.engines.tensor_batches import TensorBatches

    images, labels = IMAGES[..., :channels], np.zeros(2, np.int64)
    input = ImageInput(6, 5, channels, "picture", range_, scale=(0.5,), offset=(-1.0,))
    config = TrainConfig("lenet", "digits", batch_size=1, augmentation="none", validation=0.0)
    for kind in (TensorBatches, SentBatches, ArrayBatches):
        batches = kind(ArrayImages(images), labels, input, config)
        batches.begin(1)
        found = np.concatenate([np.asarray(batches.take(step, 1)[0])[0] for step in range(2)])
        order = [int(number) for number in batches._order]
        np.testing.assert_allclose(found, to_values(images[order], input), rtol=1e-6, atol=1e-6)
