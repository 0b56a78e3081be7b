"""The store of runs: listing, bin, damage, locks, and a process that is killed while it writes."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from nets.data.specs import ImageInput
from nets.errors import LensletError, UsageError
from nets.network.card import Card
from nets.runs.config import TrainConfig
from nets.runs.evaluation import Evaluation
from nets.runs.history import History, read_history, to_csv, write_history
from nets.runs.lock import Locked, is_locked, lock_run
from nets.runs.recording import Recorder, Saved, drop_after, read_saved
from nets.runs.run import write_config, write_status
from nets.runs.store import RunStore

CONFIG = TrainConfig("lenet", "mnist", epochs=50)


def history(epochs: int) -> History:
    found = History()
    for epoch in range(1, epochs + 1):
        numbers = {"loss": 1 / epoch, "accuracy": 1 - 0.1 / epoch, "val_loss": 0.3, "val_accuracy": epoch % 7 / 7}
        found = found.with_epoch(**numbers, seconds=0.1, learning_rate=1e-3)
    return found


def write_run(store: RunStore, epochs: int = 3) -> str:
    folder = store.create(CONFIG)
    card = Card("lenet", "LeNet", "lenet", ("a", "b"), ImageInput())
    (folder / "card.json").write_text(card.to_json())
    write_history(folder / "history.csv", history(epochs))
    write_status(folder, "finished", "", 0.9)
    return folder.name


def test_twenty_runs_of_fifty_epochs_list_at_once(store: RunStore) -> None:
    for _ in range(20):
        write_run(store, 50)
    took = []
    for _ in range(3):
        began = time.thread_time()  # of this thread alone: other tests have left threads behind that still compute
        runs = store.list()
        took.append(time.thread_time() - began)
    assert min(took) < 0.2
    assert len({run.id for run in runs}) == 20
    assert len(runs[0].history) == 50
    assert (runs[0].best_epoch, runs[0].epochs_done, runs[0].state) == (6, 50, "finished")
    assert not store.problems


def test_a_run_without_its_settings_is_told_and_other_folders_are_not(store: RunStore) -> None:
    (store.folder / write_run(store) / "config.json").unlink()
    (store.folder / "holiday pictures").mkdir()
    assert store.list() == []
    assert len(store.problems) == 1
    assert "its config.json is missing" in store.problems[0]


def test_history_survives_to_the_bit(tmp_path: Path) -> None:
    before = dataclasses.replace(
        history(9), val_loss=(float("nan"),) * 9, loss=tuple(np.random.default_rng(0).random(9))
    )
    write_history(tmp_path / "h.csv", before)
    after = read_history(tmp_path / "h.csv")
    assert after.loss == before.loss
    assert np.isnan(after.val_loss).all()
    assert to_csv(after) == to_csv(before)
    assert after.until(4).accuracy == before.accuracy[:4]


def test_best_epoch_is_of_the_images_held_out() -> None:
    numbers = {"accuracy": 0.5, "seconds": 1, "learning_rate": 1}
    found = History()
    for loss, val_loss, val_accuracy in [(3, 1.0, 0.8), (2, 0.7, 0.9), (1, 0.6, 0.9), (0.5, 2.0, float("nan"))]:
        found = found.with_epoch(loss=loss, val_loss=val_loss, val_accuracy=val_accuracy, **numbers)
    assert found.best_epoch == 3
    assert dataclasses.replace(found, val_accuracy=(float("nan"),) * 4).best_epoch == 4
    assert History().best_epoch == 0


def test_rename_delete_restore(store: RunStore) -> None:
    one, two = write_run(store), write_run(store)
    store.rename(one, "  the   good one ")
    assert store.open(one).summary.title == "the good one"
    with pytest.raises(UsageError, match="cannot be empty"):
        store.rename(one, " ")
    name = store.delete(one)
    assert [run.id for run in store.list()] == [two]
    assert store.deleted() == (name,)
    assert store.restore(name) == one
    assert store.open(one).summary.title == "the good one"
    assert store.deleted() == ()
    with pytest.raises(UsageError, match="there is no run 'x' in the bin; there are: none"):
        store.restore("x")


@pytest.mark.parametrize("name", ["nothing", "", ".bin", "..", "a/b"])
def test_unknown_runs_are_named(store: RunStore, name: str) -> None:
    known = write_run(store)
    with pytest.raises(UsageError, match=known):
        store.open(name)


def test_damaged_runs_are_left_out_and_said(store: RunStore) -> None:
    good, bad, odd = write_run(store), write_run(store), write_run(store)
    (store.folder / bad / "config.json").write_text('{"date": "2')
    (store.folder / odd / "history.csv").write_text("epoch,loss\n1,0.5\n")
    (store.folder / "empty").mkdir()
    assert [run.id for run in store.list()] == [good]
    assert len(store.problems) == 2
    assert any(bad in text for text in store.problems)
    with pytest.raises(LensletError, match="the other runs are not concerned"):
        store.open(bad)


def test_epochs_that_a_run_does_not_have(store: RunStore) -> None:
    run = store.open(write_run(store))
    for epoch in (0, 4, "first"):
        with pytest.raises(UsageError, match="it has epochs 1 to 3"):
            run.weights(epoch)
    with pytest.raises(LensletError, match=r"0002\.weights\.npz cannot be read"):
        run.weights(2)


def test_one_holder_of_the_lock(tmp_path: Path) -> None:
    assert not is_locked(tmp_path)
    with lock_run(tmp_path):
        assert is_locked(tmp_path)
        with pytest.raises(Locked):
            lock_run(tmp_path)
    assert not is_locked(tmp_path)


def test_a_run_in_training_is_not_deleted(store: RunStore) -> None:
    id = write_run(store)
    with lock_run(store.folder / id), pytest.raises(LensletError, match="is being trained; stop it"):
        store.delete(id)


def write_epochs(folder: Path) -> None:
    """What the killed process does: writes epoch after epoch, each with its number in every array."""
    recorder = Recorder(folder)
    with lock_run(folder):
        for epoch in range(1, 10_000):
            number = np.full(20_000, epoch, np.float32)
            answers = Evaluation(np.zeros(5, np.int64), np.full((5, 2), 0.5, np.float32), float(epoch))
            batches = (np.arange(epoch, dtype=np.float32),) * 2
            recorder.epoch([number], answers, history(epoch), batches, Saved((number,), epoch, False))
            print(epoch, flush=True)


def test_a_killed_process_loses_at_most_the_epoch_it_wrote(store: RunStore) -> None:
    code = f"import sys; sys.path[:0] = {[str(Path(__file__).parent), *sys.path]!r}\n"
    code += "from pathlib import Path; import test_store; test_store.write_epochs(Path(sys.argv[1]))"
    random = np.random.default_rng(5)
    for _ in range(4):
        folder = store.create(CONFIG)
        (folder / "card.json").write_text(Card("lenet", "LeNet", "lenet", ("a", "b"), ImageInput()).to_json())
        process = subprocess.Popen([sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        for _ in range(3):
            reported = int(process.stdout.readline())
        time.sleep(float(random.uniform(0, 0.03)))
        assert store.list()[0].state == "running"
        os.kill(process.pid, signal.SIGKILL)
        reported = max([reported, *map(int, process.stdout.read().split())])
        process.wait()
        process.stdout.close()

        run = store.open(folder.name)
        saved = read_saved(folder)
        assert saved is not None
        assert reported <= saved.epoch <= reported + 1
        assert run.summary.state == "stopped"
        assert "can be resumed" in run.summary.message
        assert run.summary.epochs_done >= saved.epoch
        drop_after(folder, saved.epoch)
        assert not list(folder.rglob(".*"))
        for epoch in range(1, saved.epoch + 1):
            assert run.weights(epoch)[0][0] == epoch
            evaluation = run.evaluation(epoch)
            assert evaluation is not None
            assert evaluation.loss == epoch
        assert run.summary.history.until(saved.epoch).loss == history(saved.epoch).loss
        assert len(run.summary.history.batch_loss) >= saved.epoch


def test_a_damaged_state_is_said(store: RunStore) -> None:
    folder = store.folder / write_run(store)
    assert read_saved(folder) is None
    (folder / "state.npz").write_bytes(b"PK\x03\x04 cut off")
    with pytest.raises(LensletError, match=r"cannot be resumed: .*state\.npz is damaged"):
        read_saved(folder)


def whole_run(store: RunStore) -> str:
    """A run of two epochs with all its files."""
    folder = store.folder / write_run(store, 2)
    for epoch in (1, 2):
        answers = Evaluation(np.zeros(5, np.int64), np.full((5, 2), 0.5, np.float32), 0.5)
        batches = (np.zeros(2 * epoch, np.float32),) * 2
        saved = Saved((np.zeros(3, np.float32),), epoch, False)
        Recorder(folder).epoch([np.zeros(3, np.float32)], answers, history(epoch), batches, saved)
    return folder.name


def arrays(**values: object) -> bytes:
    out = io.BytesIO()
    np.savez(out, **{name: np.asarray(value) for name, value in values.items()})
    return out.getvalue()


TYPES = (None, True, 3, 1e400, "x", [], {}, ["x"], [[]], {"a": 1}, "\ud800", -1, 10**30)
JSON_FILES = {
    "config.json": (*TrainConfig("lenet", "mnist").to_dict(), "date"),
    "status.json": ("state", "message", "test_accuracy"),
    "card.json": ("name", "labels", "input", "accuracy", "test_images", "network"),
}
ODD = {
    "empty": b"",
    "cut": b'{"date": "2',
    "not utf-8": b"\xff\xfe\x00",
    "a list": b"[1, 2]",
    "nested": b"[" * 100_000 + b"]" * 100_000,
    "zip": b"PK\x03\x04 cut off",
    "other arrays": arrays(x=1),
    "text": arrays(labels="a", probabilities="b", loss="c", about="d", loss_="e"),
    "objects": b"PK",
    "shapes": arrays(labels=[0, 1], probabilities=np.zeros((3, 2)), loss=1.0, about="{}"),
    "labels": arrays(labels=[0, 7], probabilities=np.zeros((2, 2)), loss=1.0, about='{"epoch": "x", "xla": 1}'),
    "classes": arrays(labels=[0, 1], probabilities=np.zeros((2, 9)), loss=[1.0], about='{"epoch": 1, "xla": []}'),
}
FILES = (*JSON_FILES, "title.txt", "history.csv", "batches.npz", "state.npz")
EPOCH_FILES = ("epochs/0002.weights.npz", "epochs/0002.evaluation.npz")


def use(store: RunStore, id: str) -> None:
    """All that the program does with a run; only LensletErrors are expected."""
    run = store.open(id)
    run.weights("last")
    run.evaluation("last")
    len(run.summary.history.batch_loss)
    read_saved(run.folder)


def assert_others_are_not_concerned(store: RunStore, good: str, bad: str) -> None:
    assert_only_one_is_concerned(store, good, bad)
    use(store, good)


def assert_only_one_is_concerned(store: RunStore, good: str, bad: str) -> None:
    """Both are listed, or the damage is said; whoever opens the damaged one gets an answer or a LensletError."""
    listed = {summary.id for summary in store.list()}
    assert good in listed
    assert bad in listed or any(bad in problem for problem in store.problems)
    assert all(len(problem) < 500 for problem in store.problems)
    with contextlib.suppress(LensletError):
        use(store, bad)


def test_fields_of_other_types_in_a_run_touch_no_other(store: RunStore) -> None:
    good, bad = whole_run(store), whole_run(store)
    for name, fields in JSON_FILES.items():
        path = store.folder / bad / name
        whole = path.read_text()
        for field in fields:
            for value in TYPES:
                path.write_text(json.dumps({**json.loads(whole), field: value}))
                assert_only_one_is_concerned(store, good, bad)
            path.write_text(json.dumps({key: value for key, value in json.loads(whole).items() if key != field}))
            assert_others_are_not_concerned(store, good, bad)
        path.write_text(whole)


@pytest.mark.parametrize("name", [*FILES, *EPOCH_FILES])
def test_damaged_files_of_a_run_touch_no_other(name: str, store: RunStore) -> None:
    good, bad = whole_run(store), whole_run(store)
    path = store.folder / bad / name
    for content in ODD.values():
        path.write_bytes(content)
        assert_others_are_not_concerned(store, good, bad)
    path.unlink()
    assert_others_are_not_concerned(store, good, bad)
    path.mkdir()
    assert_others_are_not_concerned(store, good, bad)
    path.rmdir()
    os.mkfifo(path)  # reading it would wait for ever
    assert_others_are_not_concerned(store, good, bad)


def test_a_run_that_failed_at_a_file_with_a_name_in_latin_1_is_listed(store: RunStore) -> None:
    id = write_run(store)
    Recorder(store.folder / id).status("failed", os.fsdecode(b"caf\xe9.png cannot be read"))
    assert [run.message for run in store.list()] == ["caf\\udce9.png cannot be read"]
    assert not store.problems


def test_names_that_only_look_like_numbers_do_not_keep_a_run_from_going_on(store: RunStore) -> None:
    epochs = store.folder / whole_run(store) / "epochs"
    (epochs / "².weights.npz").touch()  # a digit to Python, and no number
    (epochs / "0003.weights.npz").touch()
    drop_after(epochs.parent, 2)
    names = {path.name for path in epochs.iterdir()}
    assert "0003.weights.npz" not in names
    assert {"0002.weights.npz", "².weights.npz"} <= names


def test_answers_of_another_form_are_refused(store: RunStore) -> None:
    run = store.open(whole_run(store))
    path = run.folder / "epochs" / "0002.evaluation.npz"
    for kind in ("shapes", "labels", "classes", "other arrays", "text"):
        path.write_bytes(ODD[kind])
        with pytest.raises(LensletError, match="choose another epoch of the run"):
            run.evaluation("last")


def test_weights_of_another_network_are_refused(store: RunStore) -> None:
    run = store.open(whole_run(store))
    with pytest.raises(LensletError, match="the weights of epoch 2 are not those of lenet with 2 classes"):
        run.network("last")


def test_runs_come_in_the_order_of_time_not_of_clocks(store: RunStore) -> None:
    """Summer time ends: 02:30 comes twice, and a journey to the west sets the clock back."""
    dates = ("2026-10-25T02:30:00+02:00", "2026-10-25T02:10:00+01:00", "2026-10-24T20:30:00-06:00")
    ids = []
    for date in dates:
        ids.append(write_run(store))
        write_config(store.folder / ids[-1], CONFIG, date)
    assert [run.id for run in store.list()] == list(reversed(ids))
