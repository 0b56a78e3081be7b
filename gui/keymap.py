"""Every key of the program in one table: the help page prints it, and a test proves that no key means two things."""

from __future__ import annotations

from gui.bindings import Binding
from gui.compare.keys import BINDINGS as COMPARE
from gui.convolve.keys import BINDINGS as CONVOLVE
from gui.draw.keys import BINDINGS as DRAW
from gui.explain.keys import BINDINGS as WHY
from gui.explore.keys import BINDINGS as EXPLORE
from gui.shell.keys import BINDINGS as WINDOW
from gui.train.keys import BINDINGS as TRAIN

ALL: tuple[Binding, ...] = (*DRAW, *WINDOW, *TRAIN, *EXPLORE, *WHY, *CONVOLVE, *COMPARE)
