"""Public functions with three or more parameters say what each is: shapes, types, ranges, units."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import nets

MANY = 3
# Commands have one signature, which ``nets.commands`` describes.
ELSEWHERE = ("commands",)


def functions(node: ast.AST, name: str = "") -> Iterator[tuple[str, ast.FunctionDef]]:
    """The public functions of a module and the public methods of its public classes, with their names."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | ast.FunctionDef) and not child.name.startswith("_"):
            if isinstance(child, ast.ClassDef):
                yield from functions(child, f"{name}{child.name}.")
            else:
                yield f"{name}{child.name}", child


def parameters(function: ast.FunctionDef) -> list[str]:
    found = function.args
    named = [one.arg for one in (*found.posonlyargs, *found.args, *found.kwonlyargs)]
    named += [one.arg for one in (found.vararg, found.kwarg) if one is not None]
    return [one for one in named if one not in ("self", "cls")]


def test_public_functions_with_many_parameters_describe_each() -> None:
    folder = Path(nets.__file__).parent
    seen, missing = 0, []
    for path in sorted(folder.rglob("*.py")):
        if set(path.relative_to(folder).parts) & set(ELSEWHERE):
            continue
        for name, function in functions(ast.parse(path.read_text(encoding="utf-8"))):
            taken, text = parameters(function), ast.get_docstring(function) or ""
            if len(taken) < MANY or ("." in name and not text):  # a method that is described where it is promised
                continue
            seen += 1
            described = text.partition("Args:\n")[2]
            lacking = [
                one for one in taken if not re.search(rf"^ +[\w*, ]*\b{one}\b[\w*, ]*:", described, re.MULTILINE)
            ]
            if lacking:
                missing.append(f"{path.relative_to(folder)}: {name}: {', '.join(lacking)}")
    assert seen > 150
    assert missing == []
