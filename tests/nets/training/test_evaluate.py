"""What a network gets right and wrong, against scikit-learn and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, log_loss

from nets.data.images import ArrayImages
from nets.data.specs import ImageInput, Split
from nets.errors import UsageError
from nets.events import Cancelled, Event, Progress
from nets.runs.evaluation import Evaluation, cross_entropy, squared_error
from nets.training.evaluate import evaluate
from nets.zoo import get


def split(images: np.ndarray, labels: np.ndarray) -> Split:
    return Split(ArrayImages(images), labels)


@pytest.fixture
def evaluation() -> Evaluation:
    random = np.random.default_rng(0)
    probabilities = random.dirichlet(np.ones(4), 60).astype(np.float32)
    labels = random.integers(0, 3, 60)  # there is no image of the fourth class
    return Evaluation(labels, probabilities, cross_entropy(probabilities, labels))


def test_against_scikit_learn(evaluation: Evaluation) -> None:
    expected = confusion_matrix(evaluation.labels, evaluation.predicted, labels=range(4))
    assert np.array_equal(evaluation.confusion, expected)
    assert evaluation.loss == pytest.approx(
        log_loss(evaluation.labels, evaluation.probabilities, labels=range(4)), rel=1e-5
    )
    assert evaluation.accuracy == np.trace(expected) / 60
    assert np.isnan(evaluation.per_class[3])
    np.testing.assert_allclose(evaluation.per_class[:3], np.diag(expected)[:3] / expected.sum(1)[:3])


def test_what_is_no_better_than_guessing() -> None:
    labels = np.arange(40) % 4
    sure = np.eye(4, dtype=np.float32)
    one_class = Evaluation(labels, np.tile(sure[:1], (40, 1)), 0.0)
    assert one_class.is_guessing
    assert not Evaluation(labels, sure[labels], 0.0).is_guessing
    unsure = Evaluation(labels, np.full((40, 4), 0.25, np.float32), 0.0)
    assert not unsure.is_guessing  # it has not begun to learn, but nothing went wrong
    assert not Evaluation(labels[:4], one_class.probabilities[:4], 0.0).is_guessing  # too few to tell


def test_hardest_and_cells(evaluation: Evaluation) -> None:
    hardest = evaluation.hardest(5)
    right = evaluation.probabilities[np.arange(60), evaluation.labels]
    assert np.array_equal(right[hardest], np.sort(right)[:5])
    assert len(evaluation.hardest(1000)) == 60
    for true in range(4):
        for predicted in range(4):
            cell = evaluation.cell(true, predicted)
            assert len(cell) == evaluation.confusion[true, predicted]
            assert np.all(np.diff(evaluation.probabilities[cell, predicted]) <= 0)


def test_outputs_of_tanh_become_probabilities() -> None:
    network = get("lenet5").build(classes=3)
    images = np.random.default_rng(0).integers(0, 255, (9, 32, 32, 1), dtype=np.uint8)
    labels = np.arange(9) % 3
    found = evaluate(network, split(images, labels), ImageInput(32, 32), loss="squared_error")
    outputs = network(images / np.float32(255), training=False).numpy()
    np.testing.assert_allclose(found.probabilities.sum(axis=1), 1, atol=1e-5)
    assert found.loss == pytest.approx(np.mean((outputs - np.eye(3)[labels]) ** 2), rel=1e-4)
    assert squared_error(np.eye(3, dtype=np.float32), np.arange(3)) == 0


@pytest.mark.filterwarnings("error:The structure of:UserWarning")
@pytest.mark.parametrize(
    "form", ["without channels", "one row", "channels first", "two outputs", "any size", "named input"]
)
def test_a_network_is_evaluated_in_whatever_form_it_takes_images(form: str) -> None:
    """The same answers as the network for (28, 28, 1) with the same weights."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(2)
    shapes = {
        "without channels": (28, 28),
        "one row": (784,),
        "channels first": (1, 28, 28),
        "any size": (None, None, 1),
    }
    start = keras.Input(shapes.get(form, (28, 28, 1)))
    if form in ("channels first", "any size"):
        order = "channels_first" if form == "channels first" else "channels_last"
        value = layers.MaxPooling2D(4, data_format=order)(layers.Conv2D(3, 3, data_format=order, name="conv")(start))
        value = layers.GlobalAveragePooling2D(data_format=order)(value)
    else:
        value = layers.Flatten()(start)
    first = layers.Dense(4, activation="softmax", name="dense")(value)
    network = keras.Model(
        {start.name: start} if form == "named input" else start,
        [first, layers.Dense(2, name="other")(value)] if form == "two outputs" else first,
    )
    images = np.random.default_rng(1).integers(0, 255, (7, 28, 28, 1), dtype=np.uint8)
    found = evaluate(network, split(images, np.arange(7) % 4), ImageInput(range="signed"))

    flat = images[..., 0].reshape(7, -1) / 127.5 - 1
    if form in ("channels first", "any size"):
        from scipy.signal import correlate2d

        kernel, bias = network.get_layer("conv").get_weights()
        planes = flat.reshape(7, 28, 28)
        maps = np.stack([[correlate2d(p, kernel[:, :, 0, k], "valid") + bias[k] for k in range(3)] for p in planes])
        flat = maps[:, :, :24, :24].reshape(7, 3, 6, 4, 6, 4).max(axis=(3, 5)).mean(axis=(2, 3))
    weight, bias = network.get_layer("dense").get_weights()
    powers = np.exp(flat @ weight + bias)
    np.testing.assert_allclose(found.probabilities, powers / powers.sum(axis=1, keepdims=True), atol=1e-5)


def test_labels_that_the_network_does_not_have() -> None:
    images = np.zeros((2, 28, 28, 1), np.uint8)
    with pytest.raises(UsageError, match="expected labels of 3 classes, found the class 7"):
        evaluate(get("lenet").build(classes=3), split(images, np.array([0, 7])), ImageInput())


def test_evaluating_reports_and_can_be_stopped() -> None:
    network = get("lenet").build(classes=3)
    images = np.zeros((600, 28, 28, 1), np.uint8)
    seen: list[Event] = []
    evaluate(network, split(images, np.zeros(600, int)), ImageInput(), seen.append)
    told = [event for event in seen if isinstance(event, Progress)]
    assert [(event.done, event.total) for event in told] == [(512, 600), (600, 600)]
    assert [event.seconds_left for event in told] == [None, 0], "how long it takes is said once that is known"

    def stop(event: Event) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        evaluate(network, split(images, np.zeros(600, int)), ImageInput(), stop)


def test_no_images_are_no_error() -> None:
    found = evaluate(get("lenet").build(), split(np.zeros((0, 28, 28, 1), np.uint8), np.zeros(0, int)), ImageInput())
    assert len(found) == 0
    assert np.isnan(found.accuracy)
    assert np.isnan(found.loss)
