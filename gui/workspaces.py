"""The table of workspaces. The window creates them; the top bar and the keys switch between them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Workspace:
    """A row. The widget is created after the window was painted, because importing its modules takes long.

    keys: the most important ones, for the status bar, which adds F1 and the key that keeps a drawing; "" if the
    workspace itself gives them, as ``hints``.
    """

    name: str
    title: str
    tip: str
    module: str
    widget: str
    keys: str


WORKSPACES = (
    Workspace(
        "train",
        "Train",
        "Train a network and watch it learn (Ctrl+1)",
        "gui.train.workspace",
        "TrainWorkspace",
        "C: clear · Ctrl+Z: undo",
    ),
    Workspace(
        "explore",
        "Explore",
        "Look inside, layer by layer (Ctrl+2)",
        "gui.explore.workspace",
        "ExploreWorkspace",
        "Up, Down: layers · Left, Right: maps · A: the arithmetic · C: clear",
    ),
    Workspace(
        "convolve",
        "Convolve",
        "Play with one kernel (Ctrl+3)",
        "gui.convolve.workspace",
        "PlaygroundWorkspace",
        "Space: the window slides · arrows: step by step · C: clear",
    ),
    Workspace(
        "why",
        "Why",
        "What made it answer so, what it does without, what it looks for (Ctrl+4)",
        "gui.explain.workspace",
        "WhyWorkspace",
        "",
    ),
    Workspace(
        "compare",
        "Compare",
        "Networks side by side, and where they differ (Ctrl+5)",
        "gui.compare.workspace",
        "CompareWorkspace",
        "PgUp, PgDown: views · Up, Down: disagreements · Return: look at it · C: clear",
    ),
)
