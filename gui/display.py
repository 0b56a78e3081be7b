"""Creates the QApplication, or says in one line why there is no screen. Qt has no error for this: it aborts."""

from __future__ import annotations

import os
from typing import Any

from PySide6.QtCore import QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from nets.commands.streams import tell

NO_SCREEN = "could not connect to display"  # messages of Qt's xcb platform plugin, with the display's name


def make_application(arguments: list[str]) -> QApplication:
    """Connect to the screen. If that fails, one line goes to standard error and the process ends with status 1.

    Qt reports the reasons as messages before it aborts, so they are collected until the application exists.
    """
    messages: list[str] = []

    def on_message(kind: QtMsgType, context: Any, text: str) -> None:
        if kind is QtMsgType.QtFatalMsg:
            tell(f"{failure(messages)}\n")
            os._exit(1)  # returning from here would abort
        messages.append(text)

    qInstallMessageHandler(on_message)
    try:
        app = QApplication(arguments)
    finally:
        qInstallMessageHandler(None)
    for text in messages:  # no failure: show the collected messages after all
        tell(f"{text}\n")
    return app


def failure(messages: list[str]) -> str:
    """One sentence from Qt's messages: what is wrong and what to do."""
    refused = next((text for text in messages if NO_SCREEN in text), None)
    commands = "the commands (python main.py --help) need no screen"
    if refused is not None:
        display = refused.partition(NO_SCREEN)[2].strip()
        found = f"the display {display!r} cannot be reached" if display else "DISPLAY is not set"
        return f"there is no screen to open the window on: {found}; start Lenslet in a desktop session; {commands}"
    reason = " ".join(messages[-1].split()) if messages else "Qt gave no reason"
    return f"the window cannot be opened ({reason}): install the packages that the README names; {commands}"
