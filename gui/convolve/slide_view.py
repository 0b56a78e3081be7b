"""The window slides over the image: picture, transport, equation, and the output's size with its formula."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui import theme
from gui.convolve.canvas import SlideCanvas
from gui.convolve.equation import Equation
from gui.convolve.paint import TABLES, span_of
from gui.convolve.state import Playing
from gui.convolve.transport import Transport
from gui.convolve.view import View
from gui.paint.scale_bar import ScaleBar
from gui.widgets import label
from nets.convolve.playground import formula


class SlideView(View):
    def __init__(self, playing: Playing, parent: QWidget | None = None) -> None:
        super().__init__(playing, parent)
        self.canvas = SlideCanvas(playing)
        self.scale = ScaleBar()
        self.transport = Transport(playing)
        self.equation = Equation(playing)
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

    def refresh(self) -> None:
        result, image = self.playing.result, self.playing.image
        if result is None or image is None:
            return
        span = span_of(result.values)
        self.scale.set_scale(span.low, span.high, TABLES[span.signed], clipped=False, signed=span.signed)
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
