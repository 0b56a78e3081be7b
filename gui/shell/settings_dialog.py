"""The settings dialog, generated from ``settings.SETTINGS``. Changes take effect at once."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from gui import theme
from gui.settings import SETTINGS, Setting, Settings
from gui.widgets import Select, button, label
from gui.widgets.file_dialogs import ask_for_folder
from nets.places import Places


class SettingsDialog(QDialog):
    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.setWindowTitle(self.tr("Settings"))
        self.setMinimumWidth(480)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.GUTTER, theme.GUTTER, theme.GUTTER, theme.GUTTER)
        layout.setSpacing(theme.TIGHT)
        for row in SETTINGS.values():
            if not row.title:
                continue
            layout.addWidget(label(self.tr(row.title), "strong"))
            layout.addWidget(self._choice(row) if row.choices else self._folder(row))
            layout.addWidget(label(self.tr(row.tip), "small", wrap=True))
            layout.addSpacing(theme.GUTTER)
        place = label(self.tr("Kept in {0}").format(settings.path), "small", wrap=True)
        layout.addWidget(place)
        layout.addSpacing(theme.GAP)
        close = button(self.tr("Close"))
        close.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(close)
        layout.addLayout(foot)

    def _choice(self, row: Setting) -> QWidget:
        made = Select((value, self.tr(title)) for value, title in row.choices)
        made.choose(self._settings[row.name])
        made.setAccessibleName(self.tr(row.title))
        made.currentIndexChanged.connect(lambda: self._settings.set(row.name, made.value()))
        return made

    def _folder(self, row: Setting) -> QWidget:
        made = QWidget()
        line = QHBoxLayout(made)
        line.setContentsMargins(0, 0, 0, 0)
        field = QLineEdit(self._settings[row.name])
        usual = Places.default().data
        nowhere = self.tr("None: files are downloaded when they are needed")
        field.setPlaceholderText(self.tr("{0} (LENSLET_DATA_DIR)").format(usual) if usual else nowhere)
        field.setAccessibleName(self.tr(row.title))
        field.editingFinished.connect(lambda: self._settings.set(row.name, field.text().strip()))
        browse = button(self.tr("Choose …"))

        def choose() -> None:
            found = ask_for_folder(self, self._settings, row.name, self.tr(row.title))
            if found is not None:
                field.setText(str(found))
                self._settings.set(row.name, str(found))

        browse.clicked.connect(choose)
        line.addWidget(field, 1)
        line.addWidget(browse)
        return made
