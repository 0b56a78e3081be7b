"""The zoom of the whole window, for a projector: fonts, controls, distances, and the pad with its column."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, QTimer
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLayout,
    QMainWindow,
    QMenu,
    QSpacerItem,
    QTabBar,
    QWidget,
)

from gui import theme
from gui.settings import Settings

LEVELS = (75, 90, 100, 110, 125, 150, 175, 200)  # per cent
UNLIMITED = 16_777_215  # Qt's largest size, meaning no maximum
INK = (QAbstractButton, QComboBox, QTabBar)  # widgets with icons


class Zoom(QObject):
    """``change(1)`` makes everything larger, ``change(-1)`` smaller, ``reset`` returns to 100 %. The level is
    remembered.

    Widgets are created with unscaled sizes. Existing ones are scaled when the level changes; while it is not 100 %, an
    event filter scales each new widget before it is first shown.
    """

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._filters = False
        if settings["zoom"] != 100:
            self._apply(settings["zoom"])
        self._wanted = self.level
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(lambda: self.set_level(self._wanted))

    @property
    def level(self) -> int:
        return round(100 * theme.theme.zoom)

    def change(self, step: int) -> None:
        self.set_level(next_level(self.level, step))

    def ask(self, step: int) -> None:
        """As ``change``, or ``reset`` for 0, once the keys that wait have been read.

        Applying a level takes a second and more. Keys that are pressed meanwhile lead to one further level, not
        through each between.
        """
        if not self._soon.isActive():
            self._wanted = self.level
        self._wanted = next_level(self._wanted, step) if step else 100
        self._soon.start()

    def reset(self) -> None:
        self.set_level(100)

    def set_level(self, level: int) -> None:
        if level != self.level:
            self._apply(level)
            self._settings.set("zoom", level)

    def _apply(self, level: int) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        theme.theme.zoom = level / 100
        # Styling sends some hundred events to every widget. Each would come here first, which doubled the time.
        app.removeEventFilter(self)
        _scale_all()
        theme.apply(self._settings["theme"])
        _scale_all()  # those that were made meanwhile
        self._filters = level != 100
        if self._filters:
            app.installEventFilter(self)

    def stop(self) -> None:
        """End the zoom: the next window starts at 100 %, as windows in tests do."""
        app = QApplication.instance()
        if app is not None and self._filters:
            app.removeEventFilter(self)
        theme.theme.zoom = 1.0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Polish and isinstance(watched, QWidget):
            scale(watched)
        return False


def next_level(level: int, step: int) -> int:
    """The level above ``level``, or below for a negative ``step``; the last one stays."""
    found = [other for other in LEVELS if (other > level if step > 0 else other < level)]
    return (found[0] if step > 0 else found[-1]) if found else level


def _scale_all() -> None:
    for widget in QApplication.allWidgets():
        scale(widget)


def scale(widget: QWidget) -> None:
    """Scale the fixed sizes, margins and icons of ``widget`` to the present zoom."""
    before = widget.property(theme.SCALED_TO) or 1.0
    if before == theme.theme.zoom:
        return
    widget.setProperty(theme.SCALED_TO, theme.theme.zoom)
    by = theme.theme.zoom / before
    if not isinstance(widget, QMainWindow | QMenu):
        _scale_limits(widget, by)
    if isinstance(widget, INK):
        size = widget.iconSize()
        widget.setIconSize(QSize(round(size.width() * by), round(size.height() * by)))
    layout = widget.layout()
    if layout is not None:
        _scale_layout(layout, by)


def _scale_limits(widget: QWidget, by: float) -> None:
    """Scale minimum and maximum sizes that were set; 0 or no limit means that none was."""
    low, high = widget.minimumSize(), widget.maximumSize()
    scaled = [
        value if value in (0, UNLIMITED) else round(value * by)
        for value in (low.width(), low.height(), high.width(), high.height())
    ]
    widget.setMaximumSize(UNLIMITED, UNLIMITED)
    widget.setMinimumSize(scaled[0], scaled[1])
    widget.setMaximumSize(scaled[2], scaled[3])


def _scale_layout(layout: QLayout, by: float) -> None:
    margins = layout.contentsMargins()
    sides = (margins.left(), margins.top(), margins.right(), margins.bottom())
    layout.setContentsMargins(*(round(side * by) for side in sides))
    if layout.spacing() > 0:
        layout.setSpacing(round(layout.spacing() * by))
    for number in range(layout.count()):
        item = layout.itemAt(number)
        assert item is not None
        inner = item.layout()
        spacer = item.spacerItem()
        if inner is not None:
            _scale_layout(inner, by)
        elif isinstance(spacer, QSpacerItem):
            hint, policy = spacer.sizeHint(), spacer.sizePolicy()
            width, height = round(hint.width() * by), round(hint.height() * by)
            spacer.changeSize(width, height, policy.horizontalPolicy(), policy.verticalPolicy())
    layout.invalidate()
