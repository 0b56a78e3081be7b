"""The column at the left: image, kernel, stride, padding, dilation and pooling."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from gui import theme
from gui.convolve.kernel_editor import SIDE, KernelEditor
from gui.convolve.placing import Placing
from gui.convolve.source import ImageSource
from gui.convolve.state import PlaygroundState
from gui.paint.numbers import power_words
from gui.session import Session
from gui.widgets import Field, Panel, Select, label
from gui.widgets.scroll_column import ScrollColumn
from nets.convolve.kernels import KERNELS, resized
from nets.convolve.playground import LARGEST, POOLINGS

OWN = "own"
NARROW = 50  # width in pixels of a menu of one-digit numbers


class PlaygroundControls(ScrollColumn):
    """Every choice changes ``playing``; nothing is computed here."""

    def __init__(self, session: Session, playing: PlaygroundState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._playing = playing
        self._parts: dict[str, QWidget] = {}  # the widgets of each control, hidden if a view does not use it
        self.source = ImageSource(session)
        rows = [(row.name, self.tr(row.title)) for row in KERNELS.values()]
        self.kernel = Select([*rows, (OWN, self.tr("Your own"))])
        self.kernel.setAccessibleName(self.tr("Kernel"))
        self.side = Select([(str(size), f"{size} × {size}") for size in range(1, LARGEST + 1)])
        self.side.setToolTip(self.tr("The kernel's size; sizes that it is not made for cut it or fill with zeros"))
        self.side.setAccessibleName(self.tr("Kernel size"))
        self.side.setFixedWidth(84)
        self.editor = KernelEditor()
        self.effect = label("", "small", wrap=True)
        self.effect.setFixedHeight(2 * self.effect.fontMetrics().height() + 2)
        self.effect.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.stride = Select([(str(number), str(number)) for number in range(1, 6)])
        zeros = self.tr("{0} zeros on every side")
        numbers = [(str(n), zeros.format(n) if n > 1 else self.tr("1 zero on every side")) for n in range(1, LARGEST)]
        named = [("valid", self.tr("valid: none, it shrinks")), ("same", self.tr("same: it keeps its size"))]
        self.padding = Select([*named, *numbers])
        self.dilation = Select([(str(number), str(number)) for number in range(1, 5)])
        self.pooling = Select([(name, self.tr(title)) for name, title in POOLINGS.items()])
        self.placing = Placing(session, playing)
        self._compose()
        self._connect()
        self._show_kernel("sobel_x")

    def _compose(self) -> None:
        panel = Panel(self.tr("Image"))
        panel.body.addWidget(self.source)
        self.own = label(
            self.tr("This view brings its own kernels. The one that you set up comes back with the other views."),
            "small",
            wrap=True,
        )
        panel.body.addWidget(self.own)
        panel.body.addWidget(self._kernel_part())
        fields = (
            ("stride", self.tr("Stride"), self.tr("How far the window moves from one position to the next")),
            ("dilation", self.tr("Dilation"), self.tr("Gaps between the kernel's cells: 2 reads every second pixel")),
            ("pooling", self.tr("Pooling after it"), self.tr("One number for every 2 × 2 of the result")),
            ("padding", self.tr("Padding"), self.tr("Zeros around the image, so that the window reaches its edge")),
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.GAP)
        grid.setVerticalSpacing(theme.TIGHT)
        for number, (name, words, tip) in enumerate(fields):
            control = getattr(self, name)
            control.setToolTip(tip)
            self._parts[name] = field = Field(words, control)
            field.problem.hide()
            if name == "padding":
                grid.addWidget(field, 1, 0, 1, 3)
            else:
                grid.addWidget(field, 0, number)
        for narrow in (self.stride, self.dilation):
            narrow.setFixedWidth(NARROW)
        for wide in (self.pooling, self.padding):
            wide.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # as wide as the column is
        grid.setColumnStretch(2, 1)
        panel.body.addLayout(grid)
        panel.body.addSpacing(theme.GAP)
        panel.body.addWidget(self.placing)
        panel.body.addStretch(1)
        self.hold(panel)
        self.setFixedWidth(SIDE + 2 * theme.INSET + 32)

    def _kernel_part(self) -> QWidget:
        """The menu of kernels, the kernel's cells, and what the kernel does."""
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP)
        self.heading = label(self.tr("Kernel"), "heading")
        column.addWidget(self.heading)
        choice = QHBoxLayout()
        choice.setSpacing(theme.TIGHT)
        choice.addWidget(self.kernel, 1)
        choice.addWidget(self.side)
        column.addLayout(choice)
        column.addWidget(self.editor, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.effect)
        self._parts["kernel"] = part
        return part

    def show_only(self, used: frozenset[str]) -> None:
        """Hide the controls that have no effect on the shown view; their values stay.

        Args:
            used: "kernel", "stride", "padding", "dilation", "pooling". The image is used by every view.
        """
        for name, part in self._parts.items():
            part.setVisible(name in used)
        self.placing.setVisible("kernel" in used)
        self.own.setVisible("kernel" not in used)

    def _connect(self) -> None:
        playing = self._playing
        self.source.picked.connect(playing.set_image)
        self.kernel.activated.connect(lambda _: self._on_kernel())
        self.side.activated.connect(lambda _: self._on_size())
        self.editor.edited.connect(self._on_edited)
        self.editor.typed.connect(self._on_typed)
        self.stride.currentIndexChanged.connect(lambda _: playing.change(stride=int(self.stride.value())))
        self.dilation.currentIndexChanged.connect(lambda _: playing.change(dilation=int(self.dilation.value())))
        self.pooling.currentIndexChanged.connect(lambda _: playing.change(pooling=self.pooling.value()))
        self.padding.currentIndexChanged.connect(lambda _: self._on_padding())

    def choose_kernel(self, name: str, size: int | None = None) -> None:
        """Choose a row of KERNELS; without a size, the present size if the kernel exists in it."""
        row = KERNELS[name]
        size = size or len(self._playing.setting.kernel)
        self._playing.change(kernel=row.of(size if size in row.sizes else None))
        self._show_kernel(name)

    def set_kernel(self, kernel: np.ndarray) -> None:
        """Set a kernel that the person typed."""
        self._playing.change(kernel=kernel)
        self._show_kernel(OWN)

    def _on_kernel(self) -> None:
        if self.kernel.value() == OWN:
            self._show_kernel(OWN)
            self.editor.setFocus()
        else:
            self.choose_kernel(self.kernel.value())

    def _on_size(self) -> None:
        size, name = int(self.side.value()), self.kernel.value()
        if name in KERNELS and size in KERNELS[name].sizes:
            self.choose_kernel(name, size)
        else:
            self.set_kernel(resized(self._playing.setting.kernel, size))

    def _on_edited(self, kernel: np.ndarray) -> None:
        self.set_kernel(kernel)

    def _on_typed(self, words: str) -> None:
        self._say(words, "warning") if words else self._show_effect()

    def _on_padding(self) -> None:
        value = self.padding.value()
        self._playing.change(padding=int(value) if value.isdigit() else value)

    def _show_kernel(self, name: str) -> None:
        kernel = self._playing.setting.kernel
        self.kernel.choose(name)
        self.side.choose(str(len(kernel)))
        self.editor.set_kernel(kernel)
        power = self.editor.power
        self.heading.setText(self.tr("Kernel, in {0}").format(power_words(power)) if power else self.tr("Kernel"))
        self._show_effect()

    def _show_effect(self) -> None:
        row = KERNELS.get(self.kernel.value())
        self._say(
            self.tr(row.effect) if row else self.tr("Click a cell and type; Enter sets it, Delete makes it 0."), "small"
        )
        self.effect.setToolTip(self.tr("Source: {0}").format(row.source) if row else "")

    def _say(self, words: str, look: str) -> None:
        self.effect.setText(words)
        if self.effect.property("look") != look:
            self.effect.setProperty("look", look)
            self.effect.style().polish(self.effect)
