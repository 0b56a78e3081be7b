"""Every colour, distance, type size and the style sheet. Nothing else in ``gui`` names a colour or a margin."""

from __future__ import annotations

import re
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from nets.places import ASSETS

# Distances in logical pixels: inside a control, between controls, inside a panel, between panels.
TIGHT, GAP, INSET, GUTTER = 4, 8, 12, 16
RADIUS_PANEL, RADIUS_CONTROL, RADIUS_PICTURE = 10, 8, 4
TEXT, SMALL, TITLE, ANSWER = 13, 11, 17, 54
CONTROL_HEIGHT = 30
# Marks over data, in any scheme: the data's own colours range from dark to bright.
ON_DATA, UNDER_MARK, SHADE = "#ffffff", "#000000", "#82000000"


PIXELS = re.compile(r"\b([0-9]+)px")  # in the style sheet
THIN = ("0", "1", "2")  # lines stay thin at any zoom


@dataclass(frozen=True)
class Palette:
    """The colours of one scheme, named by their meaning."""

    dark: bool
    ground: str
    panel: str
    line: str
    text: str
    quiet: str
    accent: str
    accent_soft: str
    on_accent: str
    second: str
    error: str
    hover: str
    pad: str
    ink: str
    runs: tuple[str, ...]  # for runs laid over another; different from the accent and the second colour

    def color(self, role: str) -> QColor:
        return QColor(getattr(self, role))


LIGHT = Palette(
    dark=False,
    ground="#f4f5f6",
    panel="#ffffff",
    line="#e1e4e8",
    text="#1b1f24",
    quiet="#5f6873",
    accent="#0b7285",
    accent_soft="#e3f2f4",
    on_accent="#ffffff",
    second="#b35900",
    error="#c92a2a",
    hover="#eef0f2",
    pad="#ffffff",
    ink="#101214",
    runs=("#8f3fb0", "#2b7a2f", "#c2255c", "#3b5bdb", "#7a6400", "#5c636a"),
)
DARK = Palette(
    dark=True,
    ground="#14171a",
    panel="#1c2024",
    line="#2b3138",
    text="#e8eaed",
    quiet="#9aa4af",
    accent="#3bc9db",
    accent_soft="#12343a",
    on_accent="#06262b",
    second="#ffa94d",
    error="#ff8787",
    hover="#262c32",
    pad="#101214",
    ink="#ffffff",
    runs=("#d69be8", "#8ce99a", "#faa2c1", "#91a7ff", "#ffe066", "#ced4da"),
)


# What a scroll area scrolls, and not the menus and dialogs whose parent it is: they lost their ground and borders.
CONTENT = "QScrollArea > #qt_scrollarea_viewport > QWidget"
BARE_CONTENT = 'QScrollArea[look="bare"] > #qt_scrollarea_viewport > QWidget'
SCALED_TO = "zoom done"  # property of a widget: the zoom that its sizes have
APPLIED = "palette applied"  # property of the application: the ground of the palette that Qt has


class _Theme(QObject):
    """The present scheme. Widgets that paint themselves read ``theme.now()`` and repaint on ``changed``."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.palette = LIGHT
        self.zoom = 1.0


theme = _Theme()


def px(pixels: float) -> int:
    """A size at the present zoom, for what is painted or set later.

    Sizes given when a widget is created stay unscaled: ``shell.zoom`` scales those of all widgets.
    """
    return round(pixels * theme.zoom)


def own_px(widget: QWidget, pixels: float) -> int:
    """A size at the zoom that ``widget``'s sizes have: 100 % until ``shell.zoom`` has scaled them, then the present.

    For a limit that changes while the widget exists, perhaps before it is first shown.
    """
    return round(pixels * (widget.property(SCALED_TO) or 1.0))


def now() -> Palette:
    return theme.palette


def apply(choice: str = "system") -> None:
    """Switch to the ``light``, ``dark`` or system scheme, everywhere at once."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    dark = choice == "dark" or (
        choice == "system" and QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
    )
    theme.palette = DARK if dark else LIGHT
    sheet = _style_sheet(theme.palette)
    if app.styleSheet() == sheet:  # unchanged: styling all widgets again would take a tenth of a second
        return
    # Qt styles a widget anew once for each of its ancestors if one sheet replaces another: 1.5 s of processor time for
    # 1,400 widgets. It styles each widget once if there was no sheet: 0.3 s.
    app.setStyleSheet("")
    if app.property(APPLIED) != theme.palette.ground:
        app.setStyle("Fusion")
        app.setPalette(_qt_palette(theme.palette))
        app.setProperty(APPLIED, theme.palette.ground)
    app.setFont(font())
    app.setStyleSheet(sheet)
    theme.changed.emit()


def font(size: int = TEXT, *, bold: bool = False, tabular: bool = False) -> QFont:
    """The system's face at ``size`` pixels times the zoom. ``tabular`` gives every figure the same width."""
    return exact_font(px(size), bold=bold, tabular=tabular)


def exact_font(size: int, *, bold: bool = False, tabular: bool = False) -> QFont:
    """A font of ``size`` pixels at any zoom, for text that is fitted into a given place."""
    made = QFont(QGuiApplication.font())
    made.setPixelSize(max(size, 1))
    made.setBold(bold)
    if tabular:
        made.setFeature(QFont.Tag("tnum"), 1)
    return made


def heading_font() -> QFont:
    made = font(SMALL)
    made.setCapitalization(QFont.Capitalization.AllUppercase)
    made.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 0.5)
    return made


def _qt_palette(colors: Palette) -> QPalette:
    made = QPalette()
    roles = {
        QPalette.ColorRole.Window: colors.ground,
        QPalette.ColorRole.Base: colors.panel,
        QPalette.ColorRole.AlternateBase: colors.hover,
        QPalette.ColorRole.Button: colors.panel,
        QPalette.ColorRole.WindowText: colors.text,
        QPalette.ColorRole.Text: colors.text,
        QPalette.ColorRole.ButtonText: colors.text,
        QPalette.ColorRole.PlaceholderText: colors.quiet,
        QPalette.ColorRole.Highlight: colors.accent,
        QPalette.ColorRole.HighlightedText: colors.on_accent,
        QPalette.ColorRole.ToolTipBase: colors.panel,
        QPalette.ColorRole.ToolTipText: colors.text,
        QPalette.ColorRole.Link: colors.accent,
    }
    for role, color in roles.items():
        made.setColor(role, QColor(color))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(colors.quiet))
    return made


def _style_sheet(c: Palette) -> str:
    """One style sheet for the whole program; widgets choose a look by class or by the ``look`` property."""
    sheet = f"""
    QWidget {{ color: {c.text}; font-size: {TEXT}px; }}
    QMainWindow, QDialog, QScrollArea, {CONTENT} {{ background: {c.ground}; }}
    QFrame[look="panel"] {{ background: {c.panel}; border: 1px solid {c.line}; border-radius: {RADIUS_PANEL}px; }}
    QScrollArea[look="bare"], {BARE_CONTENT} {{ background: transparent; border: none; }}
    QFrame[look="bar"] {{ background: {c.panel}; border: none; border-bottom: 1px solid {c.line}; }}
    QFrame[look="foot"] {{ background: {c.panel}; border: none; border-top: 1px solid {c.line}; }}
    QLabel {{ background: transparent; }}
    QLabel[look="quiet"] {{ color: {c.quiet}; }}
    QLabel[look="small"] {{ color: {c.quiet}; font-size: {SMALL}px; }}
    QLabel[look="heading"] {{ color: {c.quiet}; font-size: {SMALL}px; }}
    QLabel[look="title"] {{ font-size: {TITLE}px; font-weight: 600; }}
    QLabel[look="strong"] {{ font-weight: 600; }}
    QLabel[look="warning"] {{ color: {c.second}; font-size: {SMALL}px; }}
    QLabel[look="error"] {{ color: {c.error}; }}
    QPushButton, QToolButton, QComboBox, QLineEdit, QPlainTextEdit {{
        background: {c.panel}; border: 1px solid {c.line}; border-radius: {RADIUS_CONTROL}px;
        min-height: {CONTROL_HEIGHT - 2 * TIGHT}px; padding: {TIGHT - 1}px {GAP}px; }}
    QPushButton:hover, QToolButton:hover, QComboBox:hover, QLineEdit:hover,
    QPlainTextEdit:hover {{ background: {c.hover}; border-color: {c.quiet}; }}
    QPushButton:pressed, QToolButton:pressed {{ background: {c.line}; }}
    QPushButton:focus, QToolButton:focus, QComboBox:focus, QLineEdit:focus,
    QPlainTextEdit:focus {{ border: 1px solid {c.accent}; }}
    QPushButton:disabled, QToolButton:disabled, QComboBox:disabled,
    QLineEdit:disabled, QPlainTextEdit:disabled {{ color: {c.quiet}; background: {c.ground}; border-color: {c.line}; }}
    QComboBox[wrong="true"], QLineEdit[wrong="true"] {{ border-color: {c.second}; }}
    QPushButton[look="primary"] {{ background: {c.accent}; border-color: {c.accent}; color: {c.on_accent};
        font-weight: 600; padding: {TIGHT - 1}px {GUTTER}px; }}
    QPushButton[look="primary"]:hover {{ border-color: {c.text}; }}
    QPushButton[look="primary"]:focus {{ border: 2px solid {c.text}; }}
    QPushButton[look="primary"]:disabled {{ background: {c.line}; border-color: {c.line}; color: {c.quiet}; }}
    QPushButton[look="plain"], QToolButton[look="plain"] {{ background: transparent; border-color: transparent; }}
    QPushButton[look="plain"]:hover, QToolButton[look="plain"]:hover {{ background: {c.hover}; }}
    QPushButton[look="plain"]:focus, QToolButton[look="plain"]:focus {{ border-color: {c.accent}; }}
    QPushButton[look="low"] {{ background: transparent; border-color: transparent; border-radius: {RADIUS_PICTURE}px;
        font-size: {SMALL}px; min-height: 0; padding: 0 {GAP}px; }}
    QPushButton[look="low"]:hover {{ background: {c.hover}; }}
    QPushButton[look="low"]:focus {{ border-color: {c.accent}; }}
    QToolButton:checked, QPushButton:checked {{ background: {c.accent_soft}; border-color: {c.accent}; }}
    QPushButton[look="slim"] {{ padding: {TIGHT - 1}px {TIGHT + 1}px; }}
    QPushButton[look="tab"] {{ background: transparent; border: none; border-radius: 0; color: {c.quiet};
        padding: 0 {GUTTER}px; border-bottom: 2px solid transparent; }}
    QFrame[look="bar"] QPushButton[look="tab"] {{ padding: 0; }}
    QPushButton[look="tab"]:hover {{ color: {c.text}; }}
    QPushButton[look="tab"]:focus {{ color: {c.accent}; }}
    QPushButton[look="tab"]:checked {{ color: {c.text}; font-weight: 600; border-bottom: 2px solid {c.accent}; }}
    QDialogButtonBox, QMessageBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
    QToolButton::menu-indicator, QPushButton::menu-indicator {{ image: none; width: 0; }}
    QComboBox::drop-down {{ border: none; width: 20px; }}
    QComboBox::down-arrow {{ image: none; }}
    QComboBox QAbstractItemView, QMenu {{ background: {c.panel}; border: 1px solid {c.line}; padding: {TIGHT}px;
        selection-background-color: {c.accent_soft}; selection-color: {c.text}; outline: none; }}
    QComboBox QAbstractItemView {{ border: none; padding: 1px {TIGHT}px; }}
    QComboBox QAbstractItemView::item {{ min-height: 24px; padding: 0 {TIGHT}px; border-radius: {RADIUS_PICTURE}px; }}
    QComboBox QAbstractItemView::item:selected {{ background: {c.accent_soft}; color: {c.text}; }}
    QMenu {{ icon-size: 16px; }}
    QMenu::item {{ padding: 6px {GUTTER + GAP}px 6px {GUTTER}px; border-radius: {RADIUS_PICTURE}px; }}
    QMenu::item:selected {{ background: {c.accent_soft}; color: {c.text}; }}
    QMenu::item:disabled {{ color: {c.quiet}; }}
    QMenu::separator {{ height: 1px; background: {c.line}; margin: {TIGHT}px {GAP}px; }}
    QProgressBar {{ background: {c.ground}; border: none; border-radius: 4px; min-height: 8px; max-height: 8px; }}
    QProgressBar::chunk {{ background: {c.accent}; border-radius: 4px; }}
    QSlider:horizontal {{ min-height: 20px; }}
    QSlider::groove:horizontal {{ height: 4px; background: {c.line}; border-radius: 2px; }}
    QSlider::sub-page:horizontal {{ background: {c.accent}; border-radius: 2px; }}
    QSlider::handle:horizontal {{ background: {c.accent}; border: 2px solid {c.panel}; width: 12px; height: 12px;
        margin: -6px 0; border-radius: 7px; }}
    QSlider::handle:horizontal:focus {{ border-color: {c.text}; }}
    QCheckBox {{ spacing: {GAP}px; background: transparent; }}
    QCheckBox::indicator {{ width: 16px; height: 16px; border: 1px solid {c.quiet}; border-radius: 4px;
        background: {c.panel}; }}
    QCheckBox::indicator:checked {{ background: {c.accent}; border-color: {c.accent};
        image: url("{(ASSETS / "icons" / f"check-{'dark' if c.dark else 'light'}.svg").as_posix()}"); }}
    QCheckBox::indicator:focus {{ border-color: {c.accent}; background: {c.accent_soft}; }}
    QCheckBox::indicator:checked:focus {{ border-color: {c.text}; background: {c.accent}; }}
    QAbstractItemView {{ background: {c.panel}; border: none; outline: none;
        selection-background-color: {c.accent_soft}; selection-color: {c.text}; }}
    QHeaderView::section {{ background: {c.panel}; color: {c.quiet}; border: none; border-bottom: 1px solid {c.line};
        padding: {TIGHT}px {GAP}px; font-size: {SMALL}px; }}
    QHeaderView[look="titles"]::section {{ border: none; }}
    QTableCornerButton::section {{ background: {c.panel}; border: none; border-bottom: 1px solid {c.line}; }}
    QTableView[look="roomy"]::item {{ padding: 0 {GAP}px; }}
    QScrollBar:vertical {{ background: transparent; width: 14px; margin: 0 0 0 {TIGHT}px; }}
    QScrollBar:horizontal {{ background: transparent; height: 14px; margin: {TIGHT}px 0 0 0; }}
    QScrollBar::handle {{ background: {c.line}; border-radius: 5px; min-height: 24px; min-width: 24px; }}
    QScrollBar::handle:hover {{ background: {c.quiet}; }}
    QAbstractScrollArea::corner {{ background: transparent; border: none; }}
    QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page
        {{ background: none; border: none; width: 0; height: 0; }}
    QToolTip {{ background: {c.panel}; color: {c.text}; border: 1px solid {c.line}; padding: {TIGHT}px {GAP}px;
        qproperty-textFormat: PlainText; }}
    QSplitter::handle {{ background: transparent; }}
    """
    return PIXELS.sub(lambda found: f"{px(float(found[1]))}px" if found[1] not in THIN else found[0], sheet)
