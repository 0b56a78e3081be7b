"""The window slides over the image: picture, playback buttons, equation, and the output's size with its formula."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from gui import theme
from gui.convolve.slide_canvas import SlideCanvas
from gui.convolve.state import PlaygroundState
from gui.convolve.transport import Transport
from gui.convolve.view import PlaygroundView
from gui.paint.equation import LEGIBLE, Equation, Matrix, Row, Sign, Words
from gui.paint.numbers import exact_words, value_words
from gui.paint.scale_bar import ScaleBar
from gui.paint.scales import IMAGE, Scale
from gui.widgets import label
from nets.convolve.playground import Position, formula


class SlideView(PlaygroundView):
    """The window on the image, the result, and the equation of the present position."""

    uses = PlaygroundView.uses | {"pooling"}

    def __init__(self, playing: PlaygroundState, parent: QWidget | None = None) -> None:
        super().__init__(playing, parent)
        self.canvas = SlideCanvas(playing)
        self.scale = ScaleBar()
        self.transport = Transport(playing)
        self.equation = Equation(largest=64)
        self.equation.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.equation.setMinimumHeight(3 * LEGIBLE + 72)  # height of a 3 x 3 kernel with its sum below
        self.size_words = label("", wrap=True)
        self.misfit = label("", "warning", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GAP)
        layout.addWidget(self.canvas, 3)
        layout.addWidget(self.scale)
        layout.addWidget(self.transport)
        layout.addWidget(self.equation, 2)
        layout.addWidget(self.size_words)
        layout.addWidget(self.misfit)
        self.canvas.chosen.connect(playing.move)
        playing.moved.connect(self._show_position)

    @property
    def tools(self) -> tuple[QWidget, ...]:
        return (self.transport,)

    def refresh(self) -> None:
        result, image = self.playing.result, self.playing.image
        if result is None or image is None:
            return
        scale = Scale.of_values(result.values)
        self.scale.set_scale(*scale.of(0), scale.colours, clipped=False, signed=scale.signed)
        self._show_position()
        size = (image.shape[0], image.shape[1])
        sums = formula(size, result.window)
        self.size_words.setText(self.tr("Output size (W − F + 2P) / S + 1 = {0}").format(sums))
        self.size_words.setToolTip(
            self.tr(
                "W: the image, F: what the kernel covers, (k − 1)·dilation + 1, P: zeros on a side, S: the stride\n"
                "Dumoulin and Visin 2016, A guide to convolution arithmetic for deep learning"
            )
        )
        self.misfit.setText(result.window.misfit(*size))
        self.misfit.setVisible(bool(self.misfit.text()))

    def _show_position(self) -> None:
        position = self.playing.position
        self.equation.set_rows(() if position is None else position_rows(position))


def position_rows(position: Position) -> tuple[Row, ...]:
    """One position of the window as an equation: the patch times the kernel, and the sum of the products."""
    total = (
        Words(tr("the sum of {0} products:").format(position.products.size), "quiet"),
        Words(value_words(position.total), "accent", strong=True, exact=exact_words(position.total)),
    )
    patch = Matrix(tr("patch of the image"), position.patch, IMAGE)
    products = Matrix(tr("products"), position.products, factors=(position.patch, position.kernel))
    return ((patch, Sign("×"), Matrix(tr("kernel"), position.kernel), Sign("="), products, Sign("→"), *total),)


def tr(text: str) -> str:
    return QCoreApplication.translate("SlideView", text)
