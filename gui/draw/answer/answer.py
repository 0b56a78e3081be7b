"""The answer panel: the network's input as a thumbnail, its answer in large type, and the probabilities as bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from gui import theme
from gui.draw.answer.bars import Bars, percent
from gui.draw.answer.output_view import OutputView
from gui.draw.answer.stages import StagesPanel
from gui.draw.answer.thumbnail import Thumbnail
from gui.draw.answer.trust_panel import TrustPanel
from gui.draw.answer.verdict import HEADING, Verdict, VerdictText
from gui.paint.numbers import value_words
from gui.session import Session
from gui.widgets import StateView, label
from gui.words import with_article

if TYPE_CHECKING:
    import numpy as np

    from gui.threads.live import LiveAnswer
    from nets.data.prepare import Prepared
    from nets.network.card import Card
    from nets.network.outputs import Answer

LATE = 250  # milliseconds without an answer after which "computing" is shown
LOW = 330  # height of the panel below which the compact form is used


class AnswerPanel(QFrame):
    """Shows the session's newest answer. All parts have fixed places, so nothing moves when numbers change."""

    def __init__(self, session: Session, column: QWidget) -> None:
        super().__init__(column)
        self._session, self._column = session, column
        self._opening = ""
        self._failure = ""
        self._waits = False  # whether the first answer of a model is awaited
        self._answering = session.card.name if session.card is not None else ""
        self._live: LiveAnswer | None = session.answer if session.picture is not None else None
        self._stages: StagesPanel | None = None
        self._trust: TrustPanel | None = None
        self.setProperty("look", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.thumbnail = Thumbnail()
        self.thumbnail.setToolTip(self.tr("What the network receives. Click to see how the drawing became it."))
        self.verdict = Verdict()
        self.bars, self.output = Bars(), OutputView()
        self.output.hide()
        self.state = StateView()
        self._compose()
        self._connect()
        theme.theme.changed.connect(self._arrange)
        self.refresh()

    def _compose(self) -> None:
        self._seen = label(self.tr("The network sees"), "heading")
        self._seen.setFixedHeight(HEADING)
        self.caption = label("", "small")
        left = QVBoxLayout()
        left.setSpacing(2)
        left.addWidget(self._seen)
        left.addWidget(self.thumbnail)
        left.addWidget(self.caption)
        left.addStretch(1)
        top = QHBoxLayout()
        top.setSpacing(theme.GUTTER)
        top.addLayout(left)
        top.addWidget(self.verdict, 1, Qt.AlignmentFlag.AlignTop)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(top)
        column.addWidget(self.bars, 1)
        column.addWidget(self.output, 1)
        self.stack = QStackedWidget()
        self.stack.addWidget(page)
        self.stack.addWidget(self.state)
        outer = QVBoxLayout(self)
        outer.addWidget(self.stack)
        self._column_layout, self._outer = column, outer
        self._set_tight(False)

    def _connect(self) -> None:
        session = self._session
        # Most networks answer at once: only for longer waits it is said that the answer is being computed.
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(LATE)
        self._late.timeout.connect(self.refresh)
        session.engine_changed.connect(self._on_engine)
        session.model_opening.connect(self._on_opening)
        session.model_refused.connect(self._on_refused)
        session.card_changed.connect(self._on_card)
        session.answered.connect(self._on_answer)
        session.picture_changed.connect(self._on_picture)
        session.overlay_changed.connect(self.thumbnail.set_overlay)
        self.thumbnail.clicked.connect(self.toggle_stages)
        self.verdict.clicked.connect(self.toggle_trust)
        self.state.acted.connect(lambda: session.open_model("pen"))
        if session.card is not None:
            self._on_card(session.card)

    # --- the stages -----------------------------------------------------------------------------------------

    @property
    def stages(self) -> StagesPanel:
        if self._stages is None:
            self._stages = StagesPanel(self.thumbnail, self._column)
        return self._stages

    def show_stages(self) -> None:
        """Opens the panel with the steps from the drawing to the network's input, if something is drawn."""
        if self._live is not None and self._live.prepared is not None:
            self.stages.unfold(self._live.prepared.stages)

    def toggle_stages(self) -> None:
        if self._stages is not None and self._stages.isVisible():
            self._stages.hide()
        else:
            self.show_stages()

    # --- how far it can be believed -------------------------------------------------------------------------

    @property
    def trust(self) -> TrustPanel:
        if self._trust is None:
            self._trust = TrustPanel(self._session, self.verdict, self._column)
        return self._trust

    def toggle_trust(self) -> None:
        """Opens or closes the details of the badge, if there is an answer."""
        if self._trust is not None and self._trust.isVisible():
            self._trust.hide()
        elif self._live is not None and self._live.answer is not None:
            self.trust.unfold(self._live)

    # --- what the session says ------------------------------------------------------------------------------

    def _on_engine(self, state: str, words: str) -> None:
        self._failure = words if state == "failed" else ""
        self.refresh()

    def _on_opening(self, reference: str) -> None:
        self._opening = reference
        self.refresh()

    def _on_refused(self, reference: str, why: str) -> None:
        self._opening = ""
        self.refresh()

    def _on_card(self, card: Card) -> None:
        self._opening = ""
        # the shipped model answers first in NumPy and then in Keras: no change to show
        if card.name != self._answering:
            self._answering, self._live = card.name, None
            self._wait()
        self.bars.set_labels(card.labels)
        self.bars.setVisible(bool(card.labels))
        self.output.setVisible(not card.labels)
        self.refresh()

    def _on_picture(self, picture: object) -> None:
        # Refresh at once when the pad becomes empty and at its first stroke; otherwise wait for the next answer.
        if picture is None:
            self._live, self._waits = None, False
            self.refresh()
        elif self._live is None:
            if not self._waits:
                self._wait()
            self.refresh()

    def _wait(self) -> None:
        self._waits = True
        self._late.start()

    def _on_answer(self, answer: LiveAnswer) -> None:
        self._live = answer if self._session.picture is not None else None
        self._waits = False
        self.refresh()

    def refresh(self) -> None:
        """Show the newest answer, or the reason why there is none."""
        session = self._session
        live = self._live
        problem = self._failure or (live.problem if live is not None else "")
        if problem:
            title = self.tr("TensorFlow could not be loaded") if self._failure else self.tr("No answer")
            self.state.failed(title, problem)
        self.stack.setCurrentIndex(1 if problem else 0)
        prepared = live.prepared if live is not None else None
        self.thumbnail.set_picture(prepared.stages[-1].picture if prepared is not None else None)
        answer = live.answer if live is not None else None
        self.bars.set_values(answer.probabilities if answer is not None else None)
        self.output.set_output(live.output if live is not None and not self.bars.labels else None)
        self.caption.setText(self._caption(session.card, prepared) if session.card is not None else "")
        self.verdict.show_words(self._words(live, answer))
        if self._trust is not None and self._trust.isVisible():
            if live is None or live.answer is None:
                self._trust.hide()
            else:
                self._trust.show_answer(live)
        if self._stages is not None and self._stages.isVisible():
            if prepared is None:
                self._stages.hide()
            else:
                self._stages.show_stages(prepared.stages)

    # --- words ----------------------------------------------------------------------------------------------

    def _caption(self, card: Card, prepared: Prepared | None) -> str:
        size = f"{card.input.height} × {card.input.width}"  # as everywhere, and as the arrays are
        if prepared is not None and prepared.stages[0].name == "dataset":
            return self.tr("{0}, as it is").format(size)
        if card.input.fit == "digit":
            return self.tr("{0}, centred").format(size)
        return self.tr("{0}, colour").format(size) if card.input.channels == 3 else self.tr("{0}, grey").format(size)

    def _words(self, live: LiveAnswer | None, answer: Answer | None) -> VerdictText:
        session = self._session
        training = session.model is not None and session.model.ref.kind == "training"
        heading = self.tr("Answer in training") if training else self.tr("Answer")
        if answer is not None:
            assert live is not None
            return self._answer_words(heading, answer, live)
        if live is not None and live.output is not None and session.card is not None and not session.card.labels:
            return self._output_words(self.tr("Output in training") if training else self.tr("Output"), live.output)
        if session.card is None and session.engine in ("idle", "loading"):
            return VerdictText(heading, "", self.tr("Loading TensorFlow"), self.tr("drawing works"), busy=True)
        if session.card is None and self._opening:
            return VerdictText(heading, "", self.tr("Opening the model"), self.tr("drawing works"), busy=True)
        if session.card is None:
            return VerdictText(heading, "", self.tr("No model"), self.tr("choose one above (Ctrl+M)"))
        if session.picture is None:
            return VerdictText(heading, "", self.tr("Nothing drawn yet"), self.tr("draw, drop or paste a picture"))
        if live is not None:
            return VerdictText(heading, "", self.tr("Too little to read"), self.tr("a dot or one flat colour"))
        if self._waits and not self._late.isActive():
            words = self.tr("the first answer takes a moment")
            return VerdictText(heading, "", self.tr("Computing"), words, busy=True)
        return VerdictText(heading)

    def _output_words(self, heading: str, output: np.ndarray) -> VerdictText:
        """The text for a network that does not classify."""
        if output.ndim == 3:
            title = self.tr("A picture of {0} × {1}").format(output.shape[0], output.shape[1])
            if output.shape[2] not in (1, 3):
                words = self.tr("the strongest of {0} channels at each pixel").format(output.shape[2])
            else:
                low, high = value_words(float(output.min())), value_words(float(output.max()))
                words = self.tr("values from {0} to {1}").format(low, high)
            return VerdictText(heading, "", title, words)
        if len(output) == 1:
            return VerdictText(heading, value_words(float(output[0])), self.tr("a number"), self.tr("not a class"))
        return VerdictText(heading, "", self.tr("{0} numbers").format(len(output)), self.tr("not classes"))

    def _answer_words(self, heading: str, answer: Answer, live: LiveAnswer) -> VerdictText:
        """The text for an answer.

        It claims little: a high probability does not prove that the picture is a digit. That a picture is unlike the
        training images is said before how sure the network is, because it is sure even of a scribble.
        """
        level = live.badge.level if live.badge is not None else ""
        if live.model is not None and live.model.ref.kind == "untrained":
            words = self.tr("not trained: this is chance")
            return VerdictText(heading, answer.label, percent(answer.probability), words, unsure=True)
        if live.prepared is not None and live.prepared.hint:
            # Takes the place of the probability, which the bars still show.
            what, advice = self._hint_words(live.prepared)
            # Which digits the network reads is also shown at the pad and above it.
            brief = (self.tr("reads digits"),) if live.prepared.photograph else ()
            return VerdictText(heading, answer.label, what, advice, brief, unsure=True, badge=level)
        first, second = with_article(answer.label), with_article(answer.second_label)
        shown = percent(answer.probability)
        shorter: tuple[str, ...] = ()
        beside = "" if live.badge is None else self.tr("calibrated {0}").format(percent(live.badge.probability))
        if level == "unlike":
            line = self.tr("unlike anything it was trained on")
            shorter = (self.tr("unlike its training"), self.tr("unfamiliar"))
            return VerdictText(heading, answer.label, shown, line, shorter, True, badge=level, beside=beside)
        if level == "unusual":
            line, shorter = (
                self.tr("unusual: perhaps {0}").format(first),
                (self.tr("unusual for it"), self.tr("unusual")),
            )
            unsure = answer.verdict == "unsure"
            return VerdictText(heading, answer.label, shown, line, shorter, unsure, badge=level, beside=beside)
        if answer.verdict == "sure":
            line = self.tr("most like {0}").format(first)
        elif answer.verdict == "likely":
            line = self.tr("most like {0}, else {1}").format(first, second)
            shorter = (self.tr("or {0}").format(second),)
        else:
            line = self.tr("not sure: {0} or {1}").format(first, second)
            shorter = (self.tr("or {0}").format(second),)
        unsure = answer.verdict == "unsure"
        return VerdictText(heading, answer.label, shown, line, shorter, unsure, badge=level, beside=beside)

    def _hint_words(self, prepared: Prepared) -> tuple[str, str]:
        """The problem with the picture, and its reason."""
        if prepared.photograph:
            card = self._session.card
            why = self.tr("{0} reads digits").format(card.title) if card is not None else ""
            return self.tr("photograph"), why
        what, _, advice = prepared.hint.partition(": ")
        return what, advice

    # --- room -----------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def _arrange(self) -> None:
        self._set_tight(self.height() < theme.px(LOW))

    def _set_tight(self, tight: bool) -> None:
        px = theme.px
        inset = px(theme.GAP if tight else theme.INSET)
        self._outer.setContentsMargins(px(theme.INSET), inset, px(theme.INSET), inset)
        self._column_layout.setSpacing(px(theme.TIGHT if tight else theme.INSET))
        self.thumbnail.set_side(px(56 if tight else 84))
        self.verdict.set_tight(tight)
        self.verdict.setFixedHeight(self.verdict.sizeHint().height())
