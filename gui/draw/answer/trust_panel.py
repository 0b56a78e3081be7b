"""How far the answer can be believed: calibrated probability, likeness to the training images, small shifts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QGridLayout, QWidget

from gui import theme
from gui.draw.answer.bars import percent
from gui.draw.answer.gauge import Gauge
from gui.draw.answer.overlay import Overlay
from gui.draw.answer.reliability import ReliabilityDiagram
from gui.session import Session
from gui.widgets import label
from nets.trust.calibration import Reliability

if TYPE_CHECKING:
    from gui.threads.live import LiveAnswer
    from nets.trust.shifts import Agreement
    from nets.trust.trust import Trust

RESTED = 250  # milliseconds after the last answer until the small shifts are computed
WIDTH = 340


class TrustPanel(Overlay):
    """Three lines with explanations, and the reliability diagram. Follows the pen while it is open."""

    def __init__(self, session: Session, anchor: QWidget, column: QWidget) -> None:
        super().__init__(QCoreApplication.translate("TrustPanel", "How far to believe it"), anchor, column)
        self._session = session
        self._shown = 0  # the id of the answer that is shown
        self.setAccessibleName(self.tr("How far the answer can be believed"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.GUTTER)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        self.probability, self.likeness, self.shifts = (label("", "strong") for _ in range(3))
        self.probability_words, self.likeness_words, self.shifts_words = (label("", "small", wrap=True) for _ in "123")
        self.told_words = label("", "small", wrap=True)
        self.told_words.setFixedWidth(theme.px(WIDTH - 90))
        self.gauge = Gauge()
        self.probability_title = label(self.tr("Calibrated"), "quiet")
        rows = (
            (self.probability_title, self.probability, None, self.probability_words),
            (label(self.tr("Likeness"), "quiet"), self.likeness, self.gauge, self.likeness_words),
            (label(self.tr("Small shifts"), "quiet"), self.shifts, None, self.shifts_words),
        )
        line = 0
        for title, value, also, words in rows:
            grid.addWidget(title, line, 0)
            grid.addWidget(value, line, 1)
            if also is not None:
                line += 1
                grid.addWidget(also, line, 1)
            words.setFixedWidth(theme.px(WIDTH - 90))
            grid.addWidget(words, line + 1, 1)
            if words is self.likeness_words:
                line += 1
                grid.addWidget(self.told_words, line + 1, 1)
            grid.setRowMinimumHeight(line + 2, theme.GAP)
            line += 3
        self.body.addLayout(grid)
        self.diagram = ReliabilityDiagram()
        self.diagram_words = label("", "small", wrap=True)
        self.diagram_words.setFixedWidth(theme.px(WIDTH))
        self.body.addWidget(self.diagram)
        self.body.addWidget(self.diagram_words)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(RESTED)
        self._rest.timeout.connect(session.ask_shifts)
        self.closed.connect(self._rest.stop)

    def unfold(self, live: LiveAnswer) -> None:
        self.show_answer(live)
        self.appear()

    def show_answer(self, live: LiveAnswer) -> None:
        """Show what is known of an answer, and request the small shifts when the pen rests."""
        answer, badge = live.answer, live.badge
        assert answer is not None
        self._show_trust(live.trust)
        said = percent(answer.probability)
        self.probability_title.setText(self.tr("Probability") if badge is None else self.tr("Calibrated"))
        if badge is None:
            self.probability.setText(said)
            self.probability_words.setText(self.tr("As the network says it. How often that is right was not measured."))
        else:
            self.probability.setText(percent(badge.probability))
            self.probability_words.setText(
                self.tr("Of answers with this probability so many are right. The network itself says {0}.").format(said)
            )
        trust = badge.trust if badge is not None else None
        self.gauge.set_value(trust)
        self.told_words.hide()
        if trust is None:
            self.likeness.setText("–")
            self.likeness_words.setText(
                self.tr("Not measured for this model: a run measures it when it ends, for its best epoch.")
            )
        else:
            assert badge is not None
            self.likeness.setText(self.tr("{0} of 1").format(f"{trust:.2f}"))
            self.likeness_words.setText(self._level_words(badge.level))
            self._show_told_apart()
        if live.agreement is not None:
            self._show_agreement(live.agreement, answer.labels)
        elif live.id != self._shown:
            self.shifts.setText("…")
            self.shifts_words.setText(self.tr("The picture is moved by one pixel each way when the pen rests."))
            self._rest.start()
        self._shown = live.id

    def _level_words(self, level: str) -> str:
        words = {
            "like": self.tr(
                "Inside, it looks to the network as its training images do. That does not make it one of its classes."
            ),
            "unusual": self.tr("Of its validation images, fewer than 1 in 40 look as odd to it inside."),
            "unlike": self.tr(
                "Inside, it looks like nothing it was trained on: its answer means little, however sure."
            ),
        }
        return words[level]

    def _show_told_apart(self) -> None:
        """How well the likeness distinguishes pictures, if that was measured: the worst and the best case; the tooltip
        has all.
        """
        card = self._session.card
        rows = card.trust.get("told apart") if card is not None else None
        found = {str(name): value for name, value in rows.items() if isinstance(value, float)} if rows else {}
        self.told_words.setVisible(bool(found))
        if found:
            worst, best = min(found, key=found.__getitem__), max(found, key=found.__getitem__)
            self.told_words.setText(
                self.tr("How well it tells its test images apart (AUROC): from {0} {1:.3f}, from {2} {3:.3f}.").format(
                    worst, found[worst], best, found[best]
                )
            )
            lines = [f"{name}: {found[name]:.3f}" for name in sorted(found, key=found.__getitem__)]
            self.told_words.setToolTip(self.tr("0.5 is a guess, 1 is perfect.") + "\n" + "\n".join(lines))

    def _show_agreement(self, found: Agreement, labels: tuple[str, ...]) -> None:
        self.shifts.setText(self.tr("{0} of {1} the same").format(found.same, found.shifts))
        if found.same == found.shifts:
            words = self.tr("Moved by one pixel in any direction, the answer stays.")
        else:
            others = ", ".join(labels[number] for number in found.others)
            words = self.tr("Moved by one pixel, it also says {0}: the answer hangs by little.").format(others)
        self.shifts_words.setText(words)

    def _show_trust(self, trust: Trust | None) -> None:
        card = self._session.card
        measured = card.trust if card is not None else {}
        rows = measured.get("reliability")
        found = trust.reliability if trust is not None else None
        words = ""
        if found is not None and trust is not None:
            words = self.tr("{0:,} validation images").format(trust.images)
        if rows and trust is not None:  # measured on the test images, to which no temperature was fitted
            try:
                found = Reliability.from_values(rows)
                words = self.tr("{0:,} test images").format(found.images)
            except (TypeError, ValueError):
                pass  # the card was written by hand: show what it says
        self.diagram.setVisible(found is not None)
        self.diagram_words.setVisible(found is not None)
        if found is not None:
            self.diagram.set_reliability(found)
            self.diagram_words.setText(
                self.tr("Each bar: answers of about that probability, and how many of them were right. {0}; ").format(
                    words
                )
                + self.tr("expected calibration error {0:.2f} %.").format(100 * found.error)
            )
