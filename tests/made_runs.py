"""Runs as a training writes them, made without training: epoch by epoch, each with weights of its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from nets.data.specs import ImageInput
from nets.files import write_text
from nets.network.card import Card
from nets.runs.config import TrainConfig
from nets.runs.evaluation import Evaluation
from nets.runs.history import History
from nets.runs.recording import Recorder, Saved
from nets.runs.run import write_status
from nets.runs.store import RunStore
from nets.zoo import get


def write_run(runs: Path, epochs: int = 3, network: str = "lenet") -> str:
    """The id of a finished run whose weights after epoch n are all n / 100; epoch 2 is the best, and the card's
    accuracy is the last one's."""
    folder = RunStore(runs).create(TrainConfig(network, "mnist", epochs=epochs))
    card = Card(network, "A run", network, tuple("0123456789"), ImageInput(), accuracy=0.5, test_images=100)
    write_text(folder / "card.json", card.to_json())
    shapes = [weight.shape for weight in get(network).build().weights]
    history, recorder = History(), Recorder(folder)
    for epoch in range(1, epochs + 1):
        numbers = {
            "loss": 1.0,
            "accuracy": 0.5,
            "val_loss": abs(epoch - 2) + 0.1,
            "val_accuracy": 1 / (1 + (epoch - 2) ** 2),
        }
        history = history.with_epoch(**numbers, seconds=0.1, learning_rate=1e-3)
        answers = Evaluation(np.zeros(5, np.int64), np.full((5, 10), 0.1, np.float32), 1.0)
        weights = [np.full(shape, epoch / 100, np.float32) for shape in shapes]
        recorder.epoch(weights, answers, history, (np.ones(epoch, np.float32),) * 2, Saved((weights[0],), epoch, False))
    write_status(folder, "finished", "", 0.5)
    return folder.name
