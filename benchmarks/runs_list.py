"""Twenty runs of fifty epochs in the runs folder: how long until their list is read, shown and painted."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from report import Row, show
from window import opened

from nets.runs.config import TrainConfig
from nets.runs.history import History, write_batches, write_history
from nets.runs.run import write_status
from nets.runs.store import RunStore
from tests.drive import wait_ready, wait_until

RUNS, EPOCHS, BATCHES = 20, 50, 469


def write_run(store: RunStore, seed: int) -> None:
    """Writes a run's folder as a training of 50 epochs on MNIST leaves it, without weights: the list reads none."""
    random = np.random.default_rng(seed)
    folder = store.create(TrainConfig("lenet", "mnist", epochs=EPOCHS, seed=seed))
    history = History(batches=folder / "batches.npz")
    for epoch in range(1, EPOCHS + 1):
        loss = float(np.exp(-epoch / 10) + random.uniform(0, 0.1))
        accuracy = 1 - loss / 10
        history = history.with_epoch(
            loss=loss, accuracy=accuracy, val_loss=loss, val_accuracy=accuracy, seconds=7.0, learning_rate=1e-3
        )
    write_history(folder / "history.csv", history)
    losses = random.uniform(0, 1, EPOCHS * BATCHES).astype(np.float32)
    write_batches(folder / "batches.npz", losses, losses)
    write_status(folder, "finished")


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def relist(workspace: Any) -> None:
    """What opening the list does: read the folder off the window's thread, fill the model, paint."""
    listed: list[bool] = []
    connection = workspace.library.listed.connect(lambda: listed.append(True))
    workspace.library.refresh()
    wait_until(lambda: listed, 10, "the list")
    workspace.runs.view.repaint()
    workspace.library.listed.disconnect(connection)


def main() -> None:
    with opened(ready=False) as window:
        store = RunStore(window.session.places.runs)
        for seed in range(RUNS):
            write_run(store, seed)
        wait_until(lambda: window.workspaces, 30, "the workspaces")
        workspace = window.workspaces["train"]
        window.show_workspace("train")
        read = [seconds(lambda: RunStore(store.folder).list()) for _ in range(7)]
        loading = [seconds(lambda: relist(workspace)) for _ in range(7)]
        wait_ready(window)
        took = [seconds(lambda: relist(workspace)) for _ in range(7)]
        assert workspace.runs.model.rowCount() == RUNS
    rows = [
        Row(f"{RUNS} runs of {EPOCHS} epochs read from the disk", statistics.median(read), None, "s"),
        Row("list read, shown and painted, median of 7", statistics.median(took), 0.2, "s"),
        Row("the same while Keras is imported, after the start", statistics.median(loading), 0.2, "s"),
    ]
    show("runs_list", rows)


if __name__ == "__main__":
    main()
