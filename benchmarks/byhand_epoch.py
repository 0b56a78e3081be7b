"""An epoch of LeNet on MNIST in NumPy, batch 128, against Keras's ``fit`` on the CPU in the same process, in turn."""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
from report import Row, show

from nets import backend, zoo
from nets.data import datasets
from nets.data.specs import Dataset
from nets.places import Places
from nets.runs.config import TrainConfig
from nets.runs.store import RunStore
from nets.training.train import train


def fit(images: np.ndarray, labels: np.ndarray) -> float:
    """Seconds of one epoch of ``fit``, after one step that compiles."""
    import keras

    network = zoo.get("lenet").build()
    network.compile(keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
    network.fit(images[:128], labels[:128], batch_size=128, verbose=0)
    began = time.perf_counter()
    network.fit(images, labels, batch_size=128, verbose=0)
    return time.perf_counter() - began


def by_hand(data: Dataset, epochs: int) -> tuple[list[float], float, float]:
    """Seconds of each epoch, of everything, and the accuracy on the test images."""
    config = TrainConfig("lenet", "mnist", epochs=epochs, engine="numpy")
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        run = train(config, data, RunStore(Path(folder)))
        seconds = time.perf_counter() - began
        return list(run.summary.history.seconds), seconds, float(run.card.accuracy or 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    backend.configure()
    data = datasets.load("mnist", Places.default())
    images = data.train.pixels()[:54_000].astype(np.float32) / 255
    labels = data.train.labels[:54_000]
    keras, hand, totals, accuracies = [], [], [], []
    for _ in range(options.rounds):
        keras.append(fit(images, labels))
        epochs, total, accuracy = by_hand(data, 2)
        hand += epochs
        totals.append(total)
        accuracies.append(accuracy)
    ratio = statistics.median(hand) / statistics.median(keras)
    show(
        "byhand_epoch",
        [
            Row("Keras fit, an epoch of 54,000 images", statistics.median(keras), unit="s"),
            Row("NumPy, an epoch of 54,000 images", statistics.median(hand), unit="s"),
            Row("ratio", ratio, 2.0, ""),
            Row("NumPy, two epochs with validation and test", statistics.median(totals), 60.0, "s"),
            Row("NumPy, accuracy on the test images, lowest", 100 * min(accuracies), unit="%"),
        ],
    )


if __name__ == "__main__":
    main()
