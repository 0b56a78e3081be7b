"""The thread of the lesions page: the drawing with and without some channels, and the accuracy on test images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from gui.threads.worker import Question
from nets.errors import LensletError
from nets.events import Event, Report
from nets.places import Places

if TYPE_CHECKING:
    from nets.explain.lesion import LesionedNetwork, Lesions
    from nets.network.card import Card
    from nets.network.model import Model
    from nets.network.outputs import Reading

IMAGES = 2000
"""The number of test images on which the accuracy is measured."""


@dataclass(frozen=True, eq=False)
class LesionQuestion(Question):
    """changed: (channel, key of ``MODES``) pairs. image: (H, W, C) or None. each: whether to measure every channel."""

    model: Model
    places: Places
    layer: str
    changed: tuple[tuple[int, str], ...] = ()
    image: np.ndarray | None = None
    mode: str = "off"
    each: bool = False


@dataclass(frozen=True, eq=False)
class LesionReadings:
    """The network's answers to the drawing, whole and with the lesion."""

    before: Reading
    after: Reading


@dataclass(frozen=True, eq=False)
class LesionAccuracy:
    """Accuracies. before, after: on ``images`` test images of ``dataset``. problem: why there are none; "" if there
    are.

    changed: the channels with which ``after`` was measured, as ``LesionQuestion.changed``.
    """

    before: float
    after: float
    images: int
    dataset: str
    problem: str = ""
    changed: tuple[tuple[int, str], ...] = ()


class Lesioning(QObject):
    """Computes for the worker. Keeps the network of the last layer and the test images."""

    read = Signal(object, object)  # the question, LesionReadings
    reported = Signal(object, object)  # the question, an event

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model: Model | None = None
        self._ref: Any = None
        self._copy: Model | None = None
        self._network: LesionedNetwork | None = None
        self._tests: tuple[Any, tuple[np.ndarray, np.ndarray, str]] | None = None
        self._means: tuple[Any, np.ndarray] | None = None
        self._right: dict[tuple[tuple[int, str], ...], float] = {}  # accuracies of the network that is open, by changes

    def __call__(self, question: LesionQuestion, report: Report) -> Lesions | LesionAccuracy | None:
        network = self._network_of(question)
        changed = dict(question.changed)
        reads = question.image is not None and not question.each
        if reads and "mean" not in changed.values():
            self._tell_reading(question, network, network.change(changed))  # it does not wait for the test images
            reads = False
        try:
            images, labels, title = self._test_images(question, report)
            problem = ""
        except LensletError as found:
            images, labels, title, problem = (
                np.zeros((0, *network.model.card.input.shape), np.float32),
                np.zeros(0, int),
                "",
                str(found),
            )
        means = (
            self._means_of(network, images) if "mean" in (*changed.values(), question.mode) and len(images) else None
        )
        rows = network.change(changed, means)
        if reads:
            self._tell_reading(question, network, rows)
        if problem:
            return LesionAccuracy(0, 0, 0, "", problem)
        if question.each:

            def tell(event: Event) -> None:
                report(event)
                self.reported.emit(question, event)

            return network.measure(images, labels, question.mode, tell)
        for wanted, these in (((), network.change({})), (question.changed, rows)):
            if wanted not in self._right:  # another drawing changes nothing of it
                self._right[wanted] = network.right(images, labels, these, report)
        return LesionAccuracy(
            self._right[()], self._right[question.changed], len(images), title, changed=question.changed
        )

    def _tell_reading(
        self, question: LesionQuestion, network: LesionedNetwork, rows: tuple[np.ndarray, np.ndarray]
    ) -> None:
        assert question.image is not None
        before = network.read(question.image, *network.change({}))
        self.read.emit(question, LesionReadings(before, network.read(question.image, *rows)))

    def _network_of(self, question: LesionQuestion) -> LesionedNetwork:
        from nets.explain.lesion import LesionedNetwork
        from nets.models import other_epoch

        model = question.model
        if self._copy is None or self._model is None or self._model.network is not model.network:
            self._copy, self._network = model.copy(), None
            self._tests, self._right = None, {}
        elif self._ref != model.ref or model.ref.kind in ("training", "edited"):
            found = other_epoch(self._copy, model.ref, question.places)
            self._copy.network.set_weights(found[1] if found is not None else model.network.get_weights())
            self._means, self._right = None, {}
        self._model, self._ref = model, model.ref
        if self._network is None or self._network.row.path != question.layer:
            self._network = LesionedNetwork(self._copy, question.layer)
            self._right = {}
        return self._network

    def _test_images(self, question: LesionQuestion, report: Report) -> tuple[np.ndarray, np.ndarray, str]:
        if self._tests is None or self._tests[0] is not question.model.network:
            self._tests = (question.model.network, test_images(question.model.card, question.places, IMAGES, report))
        return self._tests[1]

    def _means_of(self, network: LesionedNetwork, images: np.ndarray) -> np.ndarray:
        key = (network, self._ref)
        if self._means is None or self._means[0] != key:
            self._means = (key, network.means(images))
        return self._means[1]


def known_dataset(card: Card, places: Places) -> str:
    """The dataset on which a model can be tested: its own, or digits if it reads digits.

    Args:
        card: of the model.
        places: where the data are.

    Raises:
        LensletError: None is on this machine.
    """
    from nets.data import datasets

    parts = card.dataset.split("+")  # a model trained on a mixture is tested on its first part
    wanted = [parts[0]] if parts[0] else []
    # The classes of a file without names are numbered too: whether it reads digits was tried when it was opened.
    if set("0123456789") <= set(card.labels) and card.input.fit == "digit":
        wanted += ["mnist", "digits"]
    name = next((name for name in wanted if datasets.find(name, places).found), "")
    if not name:
        raise LensletError(
            f"no images of {card.title}'s classes are on this machine, so neither its accuracy nor patches of images "
            "can be shown; the bars and maps of your own picture follow all the same"
        )
    return name


def test_images(card: Card, places: Places, count: int, report: Report) -> tuple[np.ndarray, np.ndarray, str]:
    """Test images for a model: its own dataset's, or digits if it reads digits.

    Args:
        card: Of the model.
        places: The program's folders.
        count: The greatest number of images, evenly spread.
        report: Receives the progress; it may raise Cancelled.

    Returns:
        Inputs (N, H, W, C) float32, labels (N,) int as the model's outputs, and the dataset's title.

    Raises:
        LensletError: There are none; the message says what to do.
    """
    from nets.data import datasets
    from nets.data.fitting import fitted
    from nets.data.specs import without_test_images
    from nets.data.value_ranges import to_values
    from nets.network.card import UnknownClasses, outputs_of_classes

    data = datasets.load(known_dataset(card, places), places, report=report)
    try:
        outputs = outputs_of_classes(card, data.classes, card.title, data.spec.title)
    except UnknownClasses as problem:  # the folder that it was trained on has another class now
        raise LensletError("{plain}; a new head learns them: Train, More, Start from", plain=problem.plain) from problem
    if not len(data.test):
        raise without_test_images(data.spec.title)
    chosen = np.linspace(0, len(data.test) - 1, min(count, len(data.test))).astype(int)
    images = fitted(data.test.images, data.spec.input, card.input).read(chosen)
    return to_values(images, card.input), outputs[data.test.labels[chosen]], data.spec.title
