"""Which package of ``gui`` may import which: workspaces know nothing of each other; what they share lies below them."""

from __future__ import annotations

import ast
from pathlib import Path

GUI = Path(__file__).resolve().parents[2] / "gui"
WORKSPACES = {"train", "explore", "explain", "convolve", "compare"}
SHARED = {"paint", "widgets", "threads"}


def imported_packages(path: Path) -> set[str]:
    """The packages of ``gui`` that the module imports, inside functions and for type checkers too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        found |= {name.split(".")[1] for name in names if name.startswith("gui.")}
    return found


def forbidden(package: str, others: set[str]) -> list[str]:
    """Each module of ``package`` that imports one of ``others``, with what it imports."""
    found = []
    for path in sorted((GUI / package).rglob("*.py")):
        if wrong := imported_packages(path) & (others - {package}):
            found.append(f"{path.relative_to(GUI.parent)} imports gui.{', gui.'.join(sorted(wrong))}")
    return found


def test_no_workspace_imports_another() -> None:
    standing = [name for name in sorted(WORKSPACES) if (GUI / name).is_dir()]
    assert {"train", "explore", "convolve"} <= set(standing)
    assert [line for name in standing for line in forbidden(name, WORKSPACES)] == []


def test_what_workspaces_share_knows_none_of_them() -> None:
    above = WORKSPACES | {"draw", "shell", "main_window", "workspaces", "app"}
    assert forbidden("widgets", above | {"session", "paint"}) == []
    assert forbidden("paint", above) == []
    assert forbidden("threads", WORKSPACES) == []


def test_an_import_inside_a_function_is_seen(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text("def f():\n    from gui.paint import pixels\n    import gui.train.runs\n")
    assert imported_packages(module) == {"paint", "train"}
