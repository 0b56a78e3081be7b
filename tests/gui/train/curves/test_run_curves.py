"""The numbers of a run as they grow, and as they are read back."""

from __future__ import annotations

import numpy as np

from gui.paint.run_curves import GrowingArray, RunCurves
from nets.runs.changes import SettingsChange
from nets.runs.config import config_for, transfer_config


def test_a_column_grows_past_its_room() -> None:
    column = GrowingArray()
    parts = [np.arange(n, dtype=float) for n in (3, 300, 1, 2000)]
    for part in parts:
        column.extend(part)
    assert np.array_equal(column.values, np.concatenate(parts))


def test_a_batch_lies_where_its_epoch_is() -> None:
    trace = RunCurves("a", "A", 2)
    trace.add_batches(1, 4, 10, np.ones(4), np.zeros(4))
    trace.add_batches(1, 10, 10, np.ones(6), np.zeros(6))
    trace.add_batches(2, 5, 10, np.ones(5), np.zeros(5))
    assert np.allclose(trace.x, np.arange(1, 16) / 10)


def test_the_best_epoch_is_the_stores(trained: object) -> None:
    from nets.runs.store import RunSummary

    assert isinstance(trained, RunSummary)
    live = RunCurves(trained.id, trained.title, trained.epochs)
    history = trained.history
    for epoch in range(len(history)):
        pair = (history.val_loss[epoch], history.val_accuracy[epoch])
        live.add_epoch(epoch + 1, (history.loss[epoch], history.accuracy[epoch]), pair)
    read = RunCurves.of(trained)
    assert live.best_epoch == read.best_epoch == trained.best_epoch
    assert np.array_equal(read.loss, history.batch_loss)
    assert read.x[-1] == trained.epochs_done
    assert np.array_equal(read.validation, live.validation)


def test_an_unfinished_epoch_is_cut_off() -> None:
    trace = RunCurves("a", "A", 3)
    trace.add_batches(1, 4, 4, np.ones(4), np.ones(4))
    trace.add_epoch(1, (1.0, 0.5), (0.9, 0.6))
    trace.add_batches(2, 2, 4, np.ones(2), np.ones(2))
    trace.cut(trace.done)
    assert (len(trace.x), trace.done, trace.best_epoch) == (4, 1, 1)


def test_without_validation_no_epoch_is_best() -> None:
    trace = RunCurves("a", "A", 1)
    trace.add_epoch(1, (1.0, 0.5), (float("nan"), float("nan")))
    assert trace.best_epoch == 0


def test_a_change_in_an_epoch_that_was_stopped_is_not_drawn() -> None:
    """Earlier, it was drawn beyond the end of the axis, with its text cut off, over the last point."""
    trace = RunCurves("a", "A", 3)
    trace.add_batches(1, 4, 4, np.ones(4), np.ones(4))
    trace.add_epoch(1, (1.0, 0.5), (0.9, 0.6))
    trace.add_batches(2, 2, 4, np.ones(2), np.ones(2))
    trace.mark(SettingsChange(2, 2, learning_rate=0.5), 4)
    assert trace.reached_marks == ((1.5, "rate 0.5"),)
    trace.end()
    assert trace.reached_marks == ()
    trace.add_batches(2, 2, 4, np.ones(2), np.ones(2))  # the run goes on, and the change is made again
    assert trace.reached_marks == ((1.5, "rate 0.5"),)


def test_the_phases_of_a_transfer_are_named() -> None:
    trace = RunCurves("a", "A", 4)
    config = transfer_config("lenet", "digits", "pen", head_epochs=2, epochs=4, freeze="conv1")
    trace.mark_phases(config)
    trace.add_batches(1, 4, 4, np.ones(4), np.ones(4))
    assert trace.reached_marks == ((0.0, "head alone"),)
    for epoch in (2, 3):
        trace.add_batches(epoch, 4, 4, np.ones(4), np.ones(4))
    trace.mark_phases(config)  # the run goes on: they are not marked twice
    assert trace.reached_marks == ((0.0, "head alone"), (2.0, "all behind conv1"))
    plain = RunCurves("b", "B", 4)
    plain.mark_phases(config_for("lenet", "digits"))
    assert plain.marks == []
