"""Three views that are pictures and a sentence: the im2col matrix, one or two kernels, the transposed convolution."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui import theme
from gui.convolve.gallery import GalleryPicture, ImageGallery
from gui.convolve.state import PlaygroundState
from gui.convolve.view import PlaygroundView
from gui.widgets import Select, label
from nets.convolve.comparisons import one_or_two, transposed
from nets.convolve.playground import matrix

SMALLEST = 6  # smallest side of an image of which a 5 x 5 kernel leaves something


class MatrixView(PlaygroundView):
    """Every position's patch is a row; multiplied by the kernel as a column, this gives the result."""

    def __init__(self, playing: PlaygroundState, parent: QWidget | None = None) -> None:
        super().__init__(playing, parent)
        self.gallery = ImageGallery(stretch=True)
        self.words = label("", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GAP)
        layout.addWidget(self.words)
        layout.addWidget(self.gallery, 1)
        playing.moved.connect(self._on_change)

    def refresh(self) -> None:
        result, image = self.playing.result, self.playing.image
        if result is None or image is None:
            return
        rows = matrix(image, result.window)
        kernel = self.playing.setting.kernel.reshape(-1, 1)
        mark = (self.playing.number, 0, 1, rows.shape[1])
        self.gallery.show_all(
            (
                GalleryPicture(self.tr("patches: {0} × {1}").format(*rows.shape), rows, grey=True, mark=mark),
                GalleryPicture(self.tr("the kernel as a column: {0} × 1").format(len(kernel)), kernel),
                GalleryPicture(
                    self.tr("the result: {0} × 1").format(result.positions),
                    result.values.reshape(-1, 1),
                    mark=(self.playing.number, 0, 1, 1),
                ),
            )
        )
        ratio = rows.size / max(image.size, 1)
        self.words.setText(
            self.tr(
                "Row {0} is the patch at position {0} of {1}. The matrix holds {2:,} numbers, {3:.1f} times the "
                "image's: the price of one large product, which a processor does far faster than many small ones."
            ).format(self.playing.number + 1, result.positions, rows.size, ratio)
        )


class StackView(PlaygroundView):
    """Two 3 x 3 kernels cover the same area as one 5 x 5, with fewer weights and a function between them."""

    uses = frozenset[str]()

    def __init__(self, playing: PlaygroundState, parent: QWidget | None = None) -> None:
        super().__init__(playing, parent)
        self.galleries = tuple(ImageGallery() for _ in one_or_two())
        self.small = label("", "warning", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.TIGHT)
        layout.addWidget(self.small)
        for stack, gallery in zip(one_or_two(), self.galleries, strict=True):
            words = self.tr("{0}: {1} weights, a receptive field of {2} × {2}")
            layout.addWidget(label(words.format(stack.title, stack.weights, stack.reach), "strong"))
            layout.addWidget(gallery, 1)
        layout.addWidget(
            label(
                self.tr(
                    "Both blur the same {0} × {0} pixels into one, and the last maps are equal. Of C channels in and "
                    "out the weights are C² times as many; between the two small ones a ReLU can stand (VGG, 2014)."
                ).format(5),
                "quiet",
                wrap=True,
            )
        )

    def refresh(self) -> None:
        image = self.playing.image
        if image is None:
            return
        small = min(image.shape) < SMALLEST
        self.small.setVisible(small)
        for gallery in self.galleries:
            gallery.setVisible(not small)
        if small:
            words = self.tr("This image is {0} × {1}: to see both ways, take one of at least {2} × {2}.")
            self.small.setText(words.format(*image.shape, SMALLEST))
            return
        row, column = image.shape[0] // 2, image.shape[1] // 2
        for stack, gallery in zip(one_or_two(), self.galleries, strict=True):
            shown, side = [], stack.reach
            for number, values in enumerate(stack.maps(image)):
                corner = row - stack.reach // 2, column - stack.reach // 2
                caption = self.tr("image") if number == 0 else self.tr("after {0}").format(number)
                shown.append(GalleryPicture(caption, values, number == 0, (*corner, side, side)))
                if number < len(stack.kernels):
                    side -= len(stack.kernels[number]) - 1
            gallery.show_all(tuple(shown))


class SpreadView(PlaygroundView):
    """Each input pixel is spread over a kernel's area; where areas overlap unevenly a checkerboard appears."""

    uses = frozenset[str]()

    def __init__(self, playing: PlaygroundState, parent: QWidget | None = None) -> None:
        super().__init__(playing, parent)
        self.gallery = ImageGallery()
        self.kernel = Select([(str(size), self.tr("kernel {0} × {0}").format(size)) for size in range(2, 7)])
        self.stride = Select([(str(size), self.tr("stride {0}").format(size)) for size in range(1, 5)])
        self.kernel.choose("3")
        self.stride.choose("2")
        self.words = label("", wrap=True)
        row = QHBoxLayout()
        for select in (self.kernel, self.stride):
            select.currentIndexChanged.connect(lambda _: self.refresh())
            row.addWidget(select)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GAP)
        layout.addLayout(row)
        layout.addWidget(self.words)
        layout.addWidget(self.gallery, 1)

    def refresh(self) -> None:
        image = self.playing.image
        if image is None:
            return
        size, stride = int(self.kernel.value()), int(self.stride.value())
        found = transposed(image, size, stride)
        self.gallery.show_all(
            (
                GalleryPicture(self.tr("image {0} × {1}").format(*image.shape), image, grey=True),
                GalleryPicture(self.tr("spread: {0} × {1}").format(*found.values.shape), found.values),
                GalleryPicture(self.tr("terms a pixel gets"), found.cover),
            )
        )
        low, high = int(found.inner.min()), int(found.inner.max())
        if found.even:
            words = self.tr("Every pixel gets {0} terms: {1} is a multiple of the stride {2}, and nothing shows.")
            self.words.setText(words.format(low, size, stride))
        else:
            words = self.tr(
                "Pixels get from {0} to {1} terms, for {2} is no multiple of the stride {3}: a checkerboard. "
                "Choose a size that is, or enlarge first and convolve then (Odena et al. 2016)."
            )
            self.words.setText(words.format(low, high, size, stride))
