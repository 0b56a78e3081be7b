"""Dialogs for choosing files. Each kind of file starts in its last folder, and nothing is replaced without asking."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from gui.settings import Settings
from gui.widgets.dialogs import run_dialog

MOST_NAMED = 6  # files listed in the question whether to replace them


def ask_to_open(parent: QWidget, settings: Settings | None, kind: str, title: str, filters: str) -> Path | None:
    """Asks for a file to open.

    Args:
        parent: The widget whose window the dialog belongs to.
        settings: Remembers the folder; None: it begins in the home folder.
        kind: Which files they are, e.g. "models": each kind has a folder of its own.
        title: The title of the dialog.
        filters: As QFileDialog takes them, e.g. "Pictures (*.png);;All files (*)".

    Returns:
        The file, or None if the person cancelled.
    """
    chosen, _ = QFileDialog.getOpenFileName(parent, title, str(last_folder(settings, kind)), filters)
    return _remember(settings, kind, Path(chosen)) if chosen else None


def ask_for_folder(parent: QWidget, settings: Settings | None, kind: str, title: str) -> Path | None:
    """Ask for a folder; the next dialog of this kind starts beside it. Parameters as for ``ask_to_open``."""
    chosen = QFileDialog.getExistingDirectory(parent, title, str(last_folder(settings, kind)))
    return _remember(settings, kind, Path(chosen)) if chosen else None


def ask_to_save(
    parent: QWidget,
    settings: Settings | None,
    title: str,
    name: str,
    filters: str,
    *,
    written: Callable[[Path], Iterable[Path]] = lambda target: (target,),
) -> Path | None:
    """Asks for a file to write to, and whether to replace what is there.

    Args:
        parent: The widget whose window the dialog belongs to.
        settings: As for ``ask_to_open``; all files that are written share one folder.
        title: The title of the dialog.
        name: The suggested name. Its suffix is added to a name that is typed without it.
        filters: As for ``ask_to_open``.
        written: All files that will be written for a target, itself among them.

    Returns:
        The file, or None if the person cancelled or does not want to replace what is there.
    """
    folder = last_folder(settings, "saved")
    # Qt would ask before the suffix is added, and does not know the files written beside it.
    options = QFileDialog.Option.DontConfirmOverwrite
    chosen, _ = QFileDialog.getSaveFileName(parent, title, str(folder / name), filters, "", options)
    if not chosen:
        return None
    suffix = Path(name).suffix
    target = Path(chosen if chosen.lower().endswith(suffix) else chosen + suffix)
    there = [path for path in written(target) if path.exists()]
    if there and not _may_replace(parent, there):
        return None
    return _remember(settings, "saved", target)


def last_folder(settings: Settings | None, kind: str) -> Path:
    """The folder of the last file of this kind if it still exists, otherwise the home folder."""
    found = settings["folders"].get(kind) if settings is not None else None
    if isinstance(found, str) and found and Path(found).is_dir():
        return Path(found)
    return Path.home()


def _remember(settings: Settings | None, kind: str, path: Path) -> Path:
    if settings is not None:
        settings.set("folders", settings["folders"] | {kind: str(path.parent)})
    return path


def _may_replace(parent: QWidget, paths: list[Path]) -> bool:
    named = ", ".join(f"“{path.name}”" for path in paths[:MOST_NAMED])
    if len(paths) > MOST_NAMED:
        named = _tr("{0} and {1} more").format(named, len(paths) - MOST_NAMED)
    box = QMessageBox(parent)
    box.setWindowTitle(_tr("Replace what is there?"))
    box.setTextFormat(Qt.TextFormat.PlainText)  # a file may be called anything
    box.setText(_tr("{0}: already in {1}.").format(named, paths[0].parent))
    box.setInformativeText(_tr("What stands in it is lost when it is replaced."))
    replace = box.addButton(_tr("Replace"), QMessageBox.ButtonRole.AcceptRole)
    cancel = box.addButton(_tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(cancel)
    run_dialog(box)
    return box.clickedButton() is replace


def _tr(text: str) -> str:
    return QCoreApplication.translate("FileDialogs", text)
