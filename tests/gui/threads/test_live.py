"""The worker that answers: by hand at first, then in Keras, always the newest drawing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from gui.session import Session
from gui.settings import Settings
from gui.threads.live import LONGEST_INTERVAL, Snapshot
from nets import zoo
from nets.compute.compiled import CompiledPass
from nets.data.specs import ImageInput
from nets.network.card import Card
from nets.network.model import Model, ModelRef
from nets.places import Places
from tests.drive import pause_for, wait_until
from tests.made_runs import write_run

SEVEN = np.zeros((280, 280), np.uint8)
SEVEN[60:78, 80:200] = 255
for step in range(140):
    SEVEN[70 + step, 190 - step // 2 : 208 - step // 2] = 255


@pytest.fixture
def session(qapp: QApplication, tmp_path: Path) -> Iterator[Session]:
    places = replace(
        Places.default(), runs=tmp_path / "runs", drawings=tmp_path / "drawings", settings=tmp_path / "settings.json"
    )
    made = Session(places, Settings(places.settings))
    yield made
    made.end()


def test_a_shipped_model_answers_by_hand_until_tensorflow_is_there(session: Session) -> None:
    cards: list[Card] = []
    session.card_changed.connect(cards.append)
    session.start(load=False)
    session.set_picture(SEVEN)
    wait_until(lambda: session.answer is not None and session.answer.answer is not None, 30, "the first answer")
    assert session.engine == "by hand"
    assert session.model is None
    first = session.answer
    assert first is not None
    assert first.model is None
    assert first.answer is not None
    assert first.answer.label == "7"
    session.live.load()
    wait_until(lambda: session.answer is not None and session.answer.model is not None, 90, "Keras's answer")
    second = session.answer
    assert second is not None
    assert second.answer is not None
    np.testing.assert_allclose(second.answer.probabilities, first.answer.probabilities, atol=1e-5)
    assert session.engine == "ready"
    assert [card.name for card in cards] == ["pen", "pen"]


def test_another_model_chosen_meanwhile_answers_by_hand_and_is_then_opened(session: Session) -> None:
    session.start(load=False)
    session.open_model("lenet")
    session.set_picture(SEVEN)
    wait_until(lambda: session.card is not None and session.card.name == "lenet", 30, "LeNet by hand")
    session.live.load()
    wait_until(lambda: session.model is not None, 90, "the model")
    assert session.model is not None
    assert session.model.ref.name == "lenet"


def test_a_first_model_that_is_gone_gives_way_to_the_shipped_one(session: Session) -> None:
    refused: list[str] = []
    session.model_refused.connect(lambda reference, why: refused.append(reference))
    session.reference = "20200101-000000-lenet-digits"
    session.start()
    wait_until(lambda: session.model is not None, 90, "the model")
    assert refused == ["20200101-000000-lenet-digits"]
    assert session.model is not None
    assert session.model.ref.name == "pen"


# --- opening models, with TensorFlow there ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def ready(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """One session for the module: its TensorFlow is loaded and LeNet is open."""
    folder = tmp_path_factory.mktemp("home")
    places = replace(
        Places.default(), runs=folder / "runs", drawings=folder / "drawings", settings=folder / "settings.json"
    )
    made = Session(places, Settings(places.settings))
    made.reference = "lenet"
    made.start()
    wait_until(lambda: made.model is not None, 90, "the model")
    yield made
    made.end()


@pytest.fixture
def changed(ready: Session) -> Iterator[list[ModelRef]]:
    """The models that the window was told of since the test began, which begins with LeNet and an empty pad."""
    ready.watch_training(None)
    ready.set_picture(None)
    if ready.model is None or ready.model.ref.name != "lenet":
        ready.open_model("lenet")
        wait_until(lambda: ready.model is not None and ready.model.ref.name == "lenet", 60, "LeNet")
    refs: list[ModelRef] = []
    collect = lambda model: refs.append(model.ref)  # noqa: E731
    ready.model_changed.connect(collect)
    yield refs
    ready.model_changed.disconnect(collect)


def test_another_epoch_of_a_run_is_loaded_into_what_is_there(
    ready: Session, changed: list[ModelRef], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = write_run(ready.places.runs)
    ready.watch(("conv1",))
    ready.set_picture(SEVEN)
    ready.open_model(run, 1)
    wait_until(lambda: changed == [ModelRef("run", run, 1)], 60, "epoch 1")
    first = ready.model
    assert first is not None
    compiled: list[object] = []
    monkeypatch.setattr(CompiledPass, "_compile", lambda self, **options: compiled.append(self))
    ready.open_model(run, 3)
    wait_until(lambda: changed[1:] == [ModelRef("run", run, 3)], 60, "epoch 3")
    model = ready.model
    assert model is not None
    assert model.network is first.network
    assert not compiled
    assert model.network.get_weights()[0].max() == np.float32(0.03), "panels read kernels when they are told"
    wait_until(lambda: ready.answer is not None and ready.answer.model is model, 30, "its answer")
    answer = ready.answer
    assert answer is not None
    assert answer.prepared is not None
    found = answer.maps["conv1"][14, 14, 0]
    kernel = answer.prepared.input[12:17, 12:17, 0].sum() * 0.03 + 0.03
    assert found == pytest.approx(kernel, rel=1e-4)
    ready.watch(())


def test_the_epoch_is_remembered_for_the_next_start(ready: Session, changed: list[ModelRef]) -> None:
    run = write_run(ready.places.runs)
    ready.open_model(run, 1)
    wait_until(lambda: bool(changed), 60, "the run")

    def stored() -> tuple[str, str]:
        settings = Settings(ready.places.settings)
        return settings["model"], settings["model_epoch"]

    wait_until(lambda: stored() == (run, "1"), 30, "the epoch in the settings")
    ready.open_model("lenet")
    wait_until(lambda: len(changed) == 2, 60, "LeNet")
    wait_until(lambda: stored() == ("lenet", "best"), 30, "LeNet in the settings")


def test_of_models_that_are_opened_one_after_the_other_only_the_last_arrives(
    ready: Session, changed: list[ModelRef]
) -> None:
    for name in ("pen", "simple_cnn", "lenet", "pen"):
        ready.open_model(name)
    wait_until(lambda: bool(changed), 60, "a model")
    assert changed == [ModelRef("shipped", "pen")]


def test_a_model_that_is_refused_leaves_the_one_before(ready: Session, changed: list[ModelRef]) -> None:
    refused: list[tuple[str, str]] = []
    ready.model_refused.connect(lambda reference, why: refused.append((reference, why)))
    ready.open_model("no such model")
    wait_until(lambda: bool(refused), 60, "the refusal")
    assert refused[0][0] == "no such model"
    ready.set_picture(SEVEN)
    wait_until(lambda: ready.answer is not None and ready.answer.answer is not None, 30, "an answer")
    assert ready.answer is not None
    assert ready.answer.model is ready.model
    assert changed == []


def test_what_goes_wrong_in_an_answer_is_told_and_the_next_one_comes(ready: Session, changed: list[ModelRef]) -> None:
    told: list[tuple[str, str]] = []
    ready.notified.connect(lambda words, level: told.append((words, level)))
    ready.set_picture("no picture")  # type: ignore[arg-type]
    wait_until(lambda: bool(told), 30, "the failure")
    assert told[0][1] == "error"
    ready.set_picture(SEVEN)
    wait_until(lambda: ready.answer is not None and ready.answer.answer is not None, 30, "an answer")


def test_an_idle_worker_begins_at_once_and_moves_that_come_meanwhile_wait_for_one_answer(
    ready: Session, changed: list[ModelRef]
) -> None:
    ready.set_picture(SEVEN)
    wait_until(lambda: ready.answer is not None and ready.answer.id == ready._id, 30, "an answer")
    answered: list[int] = []
    collect = lambda answer: answered.append(answer.id)  # noqa: E731
    ready.answered.connect(collect)
    first = ready._id + 1
    pause_for(2 * LONGEST_INTERVAL)  # nothing waits any more
    ready.live._answerer.pause()  # however quick it is, all moves come before the first answer
    for shift in range(20):
        ready.set_picture(np.roll(SEVEN, shift, axis=1))
        assert ready.live._answerer.busy, "the first of them was asked at once"
    ready.live._answerer.proceed()
    wait_until(lambda: answered[-1:] == [ready._id], 30, "the newest")
    ready.answered.disconnect(collect)
    assert answered == [first, ready._id]


# --- a training ---------------------------------------------------------------------------------------------------


def snapshot(run: str, epoch: int, value: float) -> Snapshot:
    card = Card(run, "In training", "lenet", tuple("0123456789"), ImageInput())
    return Snapshot(run, card, epoch, [np.full(weight.shape, value, np.float32) for weight in LENET])


LENET = zoo.get("lenet").build().get_weights()


def kernel(session: Session) -> float:
    assert session.model is not None
    return float(session.model.network.get_weights()[0].max())


def test_the_pad_follows_a_training_and_goes_back(ready: Session, changed: list[ModelRef]) -> None:
    before = ready.model
    ready.watch_training(snapshot("one", 1, 0.25))
    wait_until(lambda: changed == [ModelRef("training", "one")], 60, "the copy")
    assert kernel(ready) == 0.25
    ready.watch_training(snapshot("one", 2, 0.5))
    wait_until(lambda: kernel(ready) == 0.5, 60, "the newest weights")
    assert len(changed) == 1, "the same network learns on"
    ready.watch_training(None)
    wait_until(lambda: ready.model is before, 60, "the model before")


def test_a_model_that_is_opened_during_a_training_takes_its_place(ready: Session, changed: list[ModelRef]) -> None:
    ready.watch_training(snapshot("two", 1, 0.25))
    wait_until(lambda: len(changed) == 1, 60, "the copy")
    ready.open_model("pen")
    wait_until(lambda: len(changed) >= 2, 60, "the opened model")
    ready.watch_training(snapshot("two", 2, 0.5))
    ready.set_picture(SEVEN)
    wait_until(lambda: ready.answer is not None and ready.answer.answer is not None, 30, "an answer")
    assert changed[-1] == ModelRef("shipped", "pen")
    assert ready.answer is not None
    assert ready.answer.model is ready.model
    ready.watch_training(snapshot("three", 1, 0.25))
    wait_until(lambda: changed[-1] == ModelRef("training", "three"), 60, "another training is followed")


# --- the window closes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("phase", ["before the start", "by hand", "loading", "opening"])
def test_it_ends_in_every_phase(qapp: QApplication, tmp_path: Path, phase: str) -> None:
    places = replace(Places.default(), runs=tmp_path / "runs", settings=tmp_path / "settings.json")
    session = Session(places, Settings(places.settings))
    if phase != "before the start":
        session.start(load=False)
        session.set_picture(SEVEN)
    if phase in ("loading", "opening"):
        session.live.load()
    if phase == "opening":
        wait_until(lambda: session.engine == "ready", 90, "TensorFlow")
        session.open_model("simple_cnn")
    session.end()
    assert not session.live.running
    told: list[object] = []
    for signal in (session.model_changed, session.answered, session.card_changed):
        signal.connect(told.append)
    session.set_picture(SEVEN)
    session.open_model("pen")
    qapp.processEvents()
    assert told == []


def test_a_long_network_is_compiled_beside_its_answers(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its first picture is computed step by step, and the thread that answers never compiles."""
    import threading

    import keras
    from keras import layers

    rows = [layers.Activation("tanh", name=f"tanh{number}") for number in range(70)]
    chain = [keras.Input((28, 28, 1)), layers.Conv2D(2, 3), *rows, layers.Flatten(), layers.Dense(10), layers.Softmax()]
    card = Card("long", "Long", "long", tuple("0123456789"), ImageInput())
    model = Model.of(ModelRef("edited", "long"), card, keras.Sequential(chain))
    compiled: list[int] = []
    compile_one = CompiledPass._compile

    def counted(self: CompiledPass, **options: Any) -> Any:
        compiled.append(threading.get_ident())
        return compile_one(self, **options)

    monkeypatch.setattr(CompiledPass, "_compile", counted)
    monkeypatch.setattr("nets.compute.lens.LARGE", 1000)  # numbers: no search for what is fastest
    session.start()
    session.live.open(model)
    session.set_picture(SEVEN)
    wait_until(lambda: session.model is model, 60, "the network")
    answering = session.live._compile
    assert answering is not None
    wait_until(answering.isFinished, 30, "the compiling")
    answers = session.answer
    session.refresh()
    wait_until(lambda: session.answer is not answers, 30, "another answer")
    assert len(compiled) == 1
    lens = session.live._opened.reader
    assert lens.take_compiling() is None
