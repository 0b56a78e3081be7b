"""The kept drawings as a grid of thumbnails, which are read in a thread and cached."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QListView, QListWidget, QListWidgetItem, QWidget

from gui import theme
from gui.drawings.thumbnails import ThumbnailRead, read_thumbnails
from gui.threads.job import Job
from nets.data.drawings import KeptDrawing
from nets.events import Event

SIDE = 72  # pixels of a thumbnail
CELL = QSize(SIDE + 16, SIDE + 28)
DrawingRole = Qt.ItemDataRole.UserRole


class DrawingGrid(QListWidget):
    """``show_drawings`` shows them; several can be chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pixmaps: dict[str, QPixmap] = {}  # by file name, which stays the same when a drawing is moved
        self._job: Job | None = None
        self.setAccessibleName(self.tr("Drawings"))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setUniformItemSizes(True)
        self.setIconSize(QSize(SIDE, SIDE))
        self.setGridSize(CELL)

    def show_drawings(self, shown: Sequence[KeptDrawing]) -> None:
        self.clear()
        for drawing in shown:
            item = QListWidgetItem(drawing.label)
            item.setData(DrawingRole, drawing)
            item.setToolTip(drawing.path.stem)
            item.setSizeHint(CELL)
            pixmap = self._pixmaps.get(drawing.path.name)
            item.setIcon(QIcon(pixmap) if pixmap is not None else QIcon())
            self.addItem(item)
        self._read([one.path for one in shown if one.path.name not in self._pixmaps])

    def selection(self) -> list[KeptDrawing]:
        """The chosen drawings."""
        return [item.data(DrawingRole) for item in self.selectedItems()]

    def finish(self) -> None:
        """Stops reading thumbnails."""
        if self._job is not None:
            self._job.progressed.disconnect(self._on_thumbnails)
            self._job.cancel()
            self._job = None

    def _read(self, paths: Sequence[Path]) -> None:
        """Read the thumbnails that are not cached yet, and drop earlier requests."""
        self.finish()
        if not paths:
            return
        self._job = Job(read_thumbnails, list(paths), 2 * SIDE, parent=self)
        self._job.progressed.connect(self._on_thumbnails)
        self._job.start()

    def _on_thumbnails(self, events: list[Event]) -> None:
        read = {event.path.name: event for event in events if isinstance(event, ThumbnailRead)}
        for name, event in read.items():
            self._pixmaps[name] = _pixmap(event)
        for number in range(self.count()):
            item = self.item(number)
            name = item.data(DrawingRole).path.name
            if name in read:
                item.setIcon(QIcon(self._pixmaps[name]))


def _pixmap(event: ThumbnailRead) -> QPixmap:
    """A thumbnail for a screen of any scale; a grey square if the file cannot be read."""
    if event.pixels is None:
        made = QPixmap(SIDE, SIDE)
        made.fill(theme.now().color("line"))
        return made
    height, width = event.pixels.shape[:2]
    data = event.pixels.tobytes()
    made = QPixmap.fromImage(QImage(data, width, height, 3 * width, QImage.Format.Format_RGB888))
    made.setDevicePixelRatio(max(width, height) / SIDE)
    return made
