"""The top bar: name, model, workspaces, device, and the buttons for view, settings and help."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QIcon, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from gui import theme
from gui.icons import pixmap
from gui.theme import GAP, GUTTER
from gui.widgets import IconButton, PartsLabel, button, label
from gui.widgets.eliding import whole_parts
from nets.network.card import Card
from nets.network.pretrained import PUBLISHED
from nets.places import ASSETS
from nets.runs.evaluation import FEW, Accuracy


def describe(card: Card) -> str:
    """The card in one line: dataset, accuracy on the test images, parameters. Unknown parts are left out."""
    parts = [card.dataset_title or card.dataset]
    measured = Accuracy.from_share(card.accuracy, card.test_images)
    if measured is not None:
        template = _tr("{0} test images") if measured.images < FEW else _tr("{0} of {1:,} test images")
        parts.append(template.format(measured.text(), measured.images))
    published = card.checks.get(PUBLISHED)
    if isinstance(published, dict) and isinstance(published.get("accuracy"), float):
        parts.append(_tr("{0:.1f} % as published").format(100 * published["accuracy"]))
    if card.parameters:
        parts.append(count(card.parameters) + " parameters")
    return " · ".join(part for part in parts if part)


def _tr(text: str) -> str:
    return QCoreApplication.translate("TopBar", text)


def count(number: float) -> str:
    """A large number, abbreviated: 61706 -> "61.7 k", 138357544 -> "138.4 M"."""
    for size, unit in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if number >= size:
            return f"{number / size:.1f}{unit}"
    return f"{number:.0f}"


WIDEST = 560  # of the model's button, in pixels
NARROW = 1200  # width of the bar in pixels under which the model's name needs the room of the program's
LEAST_MODEL = 120  # width in pixels of the model's button in the narrowest bar
BESIDE_TAB = (GAP, 2 * GUTTER + GAP)  # pixels beside a tab's words: at least, and where there is room
SIDES = (3, 2)  # shares of the room beside the tabs: the model's words are longer than the device's
BETWEEN = " · "  # the parts of a model's description


class ModelButton(QPushButton):
    """The button with the model's name and a short description; it opens the menu of models.

    Only those parts of the description are shown that fit as a whole: a number is never separated from its meaning.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = ""
        self._words = ""
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMaximumWidth(WIDEST)
        self.show_words(self.tr("No model"), "")

    def show_words(self, name: str, words: str) -> None:
        self._name, self._words = name, words
        self.setAccessibleName(f"{name} {words}")
        tip = self.tr("The model that answers. Click to choose another or to open a file (Ctrl+M).")
        self.setToolTip("\n".join(part for part in (f"{name}{BETWEEN}{words}" if words else "", tip) if part))
        self.update()

    def sizeHint(self) -> QSize:
        bold = QFontMetrics(theme.font(bold=True))
        plain = QFontMetrics(theme.font())
        width = bold.horizontalAdvance(self._name) + plain.horizontalAdvance(self._words)
        return QSize(width + 20 + 4 * theme.GAP, theme.px(theme.CONTROL_HEIGHT + 2))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(LEAST_MODEL), theme.px(theme.CONTROL_HEIGHT + 2))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        colors = theme.now()
        area = self.rect().adjusted(theme.px(theme.GAP) + 2, 0, -theme.px(26), 0)
        painter.setFont(theme.font(bold=True))
        painter.setPen(colors.color("text"))
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        name = painter.fontMetrics().elidedText(self._name, Qt.TextElideMode.ElideMiddle, area.width())
        painter.drawText(area, middle, name)
        area.setLeft(area.left() + painter.fontMetrics().horizontalAdvance(name) + theme.GAP)
        painter.setFont(theme.font())
        painter.setPen(colors.color("quiet"))
        painter.drawText(area, middle, whole_parts(self._words, BETWEEN, painter.fontMetrics(), area.width()))
        side = theme.px(14)
        arrow = pixmap("chevron-down", colors.quiet, side, self.devicePixelRatioF())
        painter.drawPixmap(self.width() - theme.px(22), (self.height() - side) // 2, arrow)


def _side(*widgets: QWidget) -> QWidget:
    """One side of the bar. Its size hint is ignored, so that its text never moves the tabs in the middle."""
    made = QWidget()
    policy = made.sizePolicy()
    policy.setHorizontalPolicy(QSizePolicy.Policy.Ignored)
    made.setSizePolicy(policy)
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(theme.GAP)
    for widget in widgets:
        if widget.sizePolicy().horizontalPolicy() == QSizePolicy.Policy.Ignored:
            row.addWidget(widget, 100)  # takes the remaining width
        else:
            widget.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            row.addWidget(widget)
    row.addStretch(1)
    return made


class TopBar(QFrame):
    """``workspace_chosen`` carries the name of a workspace. The tabs stay in place, whatever the model's name is."""

    workspace_chosen = Signal(str)
    help_requested = Signal()
    settings_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "bar")
        self.setFixedHeight(48)
        self.model = ModelButton()
        self._tabs = QButtonGroup(self)
        self._tab_row = QHBoxLayout()
        self._tab_row.setSpacing(0)
        self.device = PartsLabel("", "quiet", between=BETWEEN)
        self.device.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.view = IconButton(
            "maximize", self.tr("Full screen, zoom and hidden panels (F11, Ctrl++, Ctrl+B)"), look="plain"
        )
        settings = IconButton("settings", self.tr("Settings (Ctrl+,)"), look="plain")
        settings.clicked.connect(self.settings_requested)
        help_button = IconButton("circle-help", self.tr("Keys and help (F1)"), look="plain")
        help_button.clicked.connect(self.help_requested)
        self._name = label("Lenslet", "title")
        self._brand = QLabel()
        left = _side(self._brand, self._name, self.model)
        right = self._right = _side(self.device, self.view, settings, help_button)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GUTTER, 0, theme.GUTTER, 0)
        row.setSpacing(theme.GAP)
        row.addWidget(left, SIDES[0])
        row.addLayout(self._tab_row)
        row.addWidget(right, SIDES[1])
        theme.theme.changed.connect(self._draw_brand)
        theme.theme.changed.connect(self._fit_tabs)
        self._draw_brand()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._name.setVisible(self.width() >= theme.px(NARROW))
        self._fit_tabs()

    def _fit_tabs(self) -> None:
        """Gives the tabs their widths: in a narrow or zoomed window they stand closer, and no button is cut off.

        Each is wide enough for the bold font of the chosen tab, so that its neighbours do not move.
        """
        metrics = QFontMetrics(theme.font(bold=True))
        words = [metrics.horizontalAdvance(tab.text()) for tab in self._tabs.buttons()]
        right = self._right.layout()
        row = self.layout()
        if not words or right is None or not isinstance(row, QHBoxLayout):
            return
        self._right.setMinimumWidth(right.minimumSize().width())
        margins = row.contentsMargins()
        room = self.width() - margins.left() - margins.right() - 2 * row.spacing() - right.minimumSize().width()
        room -= theme.px(LEAST_MODEL) + sum(words)  # beside the tabs' words, with the program's sign or without it
        sign = self._brand.sizeHint().width() + theme.px(GAP)
        least, most = (theme.px(pixels) for pixels in BESIDE_TAB)
        self._brand.setVisible(room - sign >= least * len(words))
        beside = max(least, min(most, (room - sign) // len(words)))
        for tab, width in zip(self._tabs.buttons(), words, strict=True):
            tab.setFixedWidth(width + beside)
        shares = SIDES if beside == most else (100, 1)  # the model has what is left, where that is little
        row.setStretch(0, shares[0])
        row.setStretch(2, shares[1])

    def _draw_brand(self) -> None:
        side = theme.px(24)
        icon = QIcon(str(ASSETS / "icons" / "lenslet.svg"))
        self._brand.setPixmap(icon.pixmap(QSize(side, side), self.devicePixelRatioF()))

    def add_workspace(self, name: str, title: str, tip: str) -> None:
        tab = button(title, "tab", tip=tip)
        tab.setCheckable(True)
        tab.setFixedHeight(47)
        tab.setProperty("workspace", name)
        tab.clicked.connect(lambda: self.workspace_chosen.emit(name))
        self._tabs.addButton(tab)
        self._tab_row.addWidget(tab)
        self._fit_tabs()

    def mark_workspace(self, name: str) -> None:
        for tab in self._tabs.buttons():
            tab.setChecked(tab.property("workspace") == name)
