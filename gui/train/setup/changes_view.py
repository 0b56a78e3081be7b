"""The picture on the pad, augmented as training images will be, each version with its answer."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui import theme
from gui.session import Session
from gui.threads.worker import Worker
from gui.train.setup.preview_task import PreviewAnswer, PreviewQuestion, preview_answer
from gui.train.setup.samples import Sample, Samples
from gui.widgets import ElidedLabel, button
from nets.runs.config import AUGMENTATIONS
from nets.training.preview import SAMPLES

SETTLED = 120  # milliseconds without another stroke until new samples are made


class ChangesView(QWidget):
    """Eight augmented samples of the picture on the pad, each with the answer to it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._augmentation, self._seed = "none", 1
        self._follows = False
        self.samples = Samples()
        self.words = ElidedLabel(look="small")
        self.again = button(self.tr("Eight others"), tip=self.tr("Eight other random changes"))
        self.again.clicked.connect(self._show_others)
        self._offset = 0
        self._empty = self.tr("Draw or open something on the pad: its changed versions stand here")
        self._worker = Worker(preview_answer, self)
        self._worker.answered.connect(self._on_answered)
        self._worker.failed.connect(lambda _, words, __: self._say(words))
        self._resting = QTimer(self)
        self._resting.setSingleShot(True)
        self._resting.setInterval(SETTLED)
        self._resting.timeout.connect(self._ask)
        session.picture_changed.connect(self._on_change)
        session.model_changed.connect(self._on_change)
        row = QHBoxLayout()
        row.addWidget(self.words, 1)
        row.addWidget(self.again)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.TIGHT)
        layout.addWidget(self.samples, 1)
        layout.addLayout(row)

    def follow(self, on: bool) -> None:
        """Whether it is visible and follows the pad."""
        self._follows = on
        if on:
            self._resting.start()

    def show_augmentation(self, name: str, seed: object) -> None:
        seed = seed if isinstance(seed, int) else 1
        if (name, seed) != (self._augmentation, self._seed):
            self._augmentation, self._seed, self._offset = name, seed, 0
            self._on_change()

    def finish(self) -> None:
        self._resting.stop()
        self._worker.end()

    def _show_others(self) -> None:
        self._offset += 1
        self._ask()

    def _on_change(self, *_: object) -> None:
        if self._follows:
            self._resting.start()

    def _ask(self) -> None:
        session = self._session
        row = AUGMENTATIONS.get(self._augmentation)
        if row is None or not self._follows:
            return
        if session.picture is None:
            self._say(self._empty)
            return
        if session.model is None:
            self._say(self.tr("The samples appear once TensorFlow has been loaded."))
            return
        question = PreviewQuestion(
            picture=session.picture,
            is_dataset_image=session.picture_is_dataset_image,
            row=row,
            seed=self._seed + 1000 * self._offset,
            model=session.model,
        )
        self._worker.ask(question, drops_earlier=True)

    def _on_answered(self, question: PreviewQuestion, found: PreviewAnswer) -> None:
        if found.problem or found.reason:
            grey = self.tr("{0} changes colours, and {1} takes grey pictures: open one that takes colour")
            words = {"grey": grey.format(question.row.title, question.model.card.title), "blank": self._empty}
            self._say(words.get(found.reason, found.problem))
            return
        names = [self.tr("before"), *(str(number) for number in range(1, SAMPLES + 1))]
        first = found.answers[0][0] if found.answers else ""
        rows = []
        for number, (image, name) in enumerate(zip(found.images, names, strict=True)):
            answer, share = found.answers[number] if found.answers else ("", 0.0)
            percent = f"{100 * share:.0f} %" if found.answers else ""
            rows.append(Sample(image, name, answer, percent, wrong=answer != first))
        self.samples.show_samples(rows)
        same = sum(not row.wrong for row in rows[1:])
        text = self.tr("{0}: {1}").format(question.row.title, question.row.description)
        if found.answers:
            kept = self.tr("{0} of {1} still get the answer “{2}” from {3}")
            text = kept.format(same, len(rows) - 1, first, question.model.card.title) + "  ·  " + text
        self.words.setText(text)

    def _say(self, words: str) -> None:
        self.samples.show_samples(())
        self.words.setText(words)
