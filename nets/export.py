"""Exports a model: the ``.keras`` file, its labels, and a program that reads pictures with it.

``predict.py`` needs only numpy, pillow and keras. Its preparation of a picture is this program's own source, copied to
``predict_chain.py``, so that the answers are the same.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from nets.errors import LensletError, UsageError
from nets.files import write_text, write_with
from nets.network.card import Card, input_values
from nets.runs.history import to_csv
from nets.runs.run import Epoch, Run

if TYPE_CHECKING:
    import keras

    from nets.network.outputs import ModelOutput

TEMPLATE = Path(__file__).with_name("predict.py.txt")
# The parts of this program that predict.py uses: the listed names of a module, or all of it.
ROOTS: dict[str, tuple[str, ...]] = {
    "nets.data.specs": ("ImageInput",),
    "nets.data.prepare": (),
    "nets.data.pictures": (),
    "nets.network.outputs": ("to_probabilities", "output_words"),
    "nets.imports": ("stderr_silenced",),
}


def export_run(run: Run, epoch: Epoch, target: Path) -> tuple[Path, ...]:
    """Write the network of an epoch, its labels and a program that uses it.

    Args:
        run: the run.
        epoch: a number, "best" or "last".
        target: a file that ends in ``.keras``.

    Returns:
        The files: ``target``, ``NAME.labels.json``, ``predict.py``, and the ``predict_chain.py`` that it imports.

    Raises:
        UsageError: ``target`` has another suffix.
        LensletError: nothing can be written, or a ``predict.py`` of somebody else's lies in the way.
    """
    if target.suffix != ".keras":
        raise UsageError("expected a file that ends in .keras, found {file}", file=target.name)
    return export_model(run.network(epoch), run.card, target)


def exported_files(target: Path) -> tuple[Path, Path, Path, Path]:
    """The files that an export to ``target`` writes: the model, its labels, ``predict.py``, ``predict_chain.py``."""
    program, chain = target.with_name("predict.py"), target.with_name("predict_chain.py")
    return target, target.with_suffix(".labels.json"), program, chain


def export_model(network: keras.Model, card: Card, target: Path, output: ModelOutput | None = None) -> tuple[Path, ...]:
    """Write ``network``, its labels and the program, as ``export_run`` does.

    Args:
        network: built, as it shall be saved.
        card: what it receives, and what its classes are called.
        target: a file that ends in ``.keras``.
        output: what its output is, where it is known; otherwise it is read off the network.

    Returns:
        The four files.

    Raises:
        LensletError: nothing can be written, or a ``predict.py`` of somebody else's lies in the way.
    """
    from nets.network.graph import unroll
    from nets.network.outputs import meaning_of, output_of
    from nets.network.structure import Structure, own_shape

    graph = unroll(network)
    shape = own_shape(graph, card.input)
    output = output or output_of(Structure(graph, shape), labels=len(card.labels), picture=card.input.shape)
    about = {
        "labels": list(card.labels),
        "input": input_values(card.input),
        "shape": shape,
        "channels_first": graph.channels_first and len(graph.input_shape) == 4,
        "outputs": meaning_of(graph),
        "kind": output.kind.name,
        "title": card.title,
        "dataset": card.dataset_title or card.dataset,
    }
    _, labels, program, chain = exported_files(target)
    for path in (program, chain):
        if path.exists() and "Lenslet" not in path.read_text(encoding="utf-8", errors="replace"):
            raise LensletError(
                "{path} is not one that Lenslet wrote, and is left as it is: choose another folder", path=path
            )
    with _writing(target):
        write_with(target, lambda temporary: network.save(temporary))
        write_text(labels, json.dumps(about, indent=2, ensure_ascii=False) + "\n")
        write_text(program, TEMPLATE.read_text(encoding="utf-8").replace("MODEL_NAME", target.name))
        write_text(chain, chain_source())
    return target, labels, program, chain


def export_history_csv(run: Run, path: Path) -> Path:
    """Writes the run's history, a line for each epoch. Raises LensletError if nothing can be written."""
    with _writing(path):
        write_text(path, to_csv(run.summary.history))
    return path


def chain_source() -> str:
    """The text of ``predict_chain.py``: reading a picture, preparing it, and interpreting outputs, in one module."""
    imports: dict[str, set[str]] = {}
    seen: set[str] = set()
    body = [text for module, names in ROOTS.items() for text in _collected(module, names, imports, seen)]
    defined = [name for text in body for name in _defined(ast.parse(text))]
    twice = sorted({name for name in defined if defined.count(name) > 1})
    if twice:
        raise LensletError(
            "predict_chain.py cannot be written: two of its parts define {names}", names=", ".join(twice)
        )
    doc = '"""From a picture to the network\'s input and from its outputs to probabilities; copied from Lenslet."""\n'
    return "\n".join([doc, "from __future__ import annotations\n", *_import_lines(imports), "", *body]) + "\n"


def _collected(module: str, names: tuple[str, ...], imports: dict[str, set[str]], seen: set[str]) -> list[str]:
    """The source of ``module`` after the sources of this project's modules that it imports, without imports and
    docstring.
    """
    if module in seen:
        return []
    seen.add(module)
    text = _source(module)
    tree = ast.parse(text)
    wanted = [node for node in tree.body if not names or set(_defined(ast.Module([node], []))) & set(names)]
    before: list[str] = []
    parts: list[str] = []
    used = {node.id for part in wanted for node in ast.walk(part) if isinstance(node, ast.Name)}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("nets"):
            if not names:
                before += _collected(str(node.module), ROOTS.get(str(node.module), ()), imports, seen)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            _note_imports(node, used if names else None, imports)
        elif node in wanted and not _left_out(node):
            parts.append(_text_of(text, node))
    return [*before, *parts]


def _left_out(node: ast.stmt) -> bool:
    """Docstrings of modules, blocks for type checkers, and lists of exported names."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    return isinstance(node, ast.If) or "__all__" in _defined(ast.Module([node], []))


def _text_of(text: str, node: ast.stmt) -> str:
    """The lines of a statement with its decorators; definitions get two blank lines before them."""
    first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
    lines = text.splitlines()[first - 1 : node.end_lineno]
    gap = "\n\n" if isinstance(node, ast.FunctionDef | ast.ClassDef) else ""
    return gap + "\n".join(lines)


def _defined(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        yield from (target.id for target in targets if isinstance(target, ast.Name))


def _source(module: str) -> str:
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise LensletError(
            "predict.py cannot be written: the source of {module} is missing from this program", module=module
        )
    return Path(spec.origin).read_text(encoding="utf-8")


def _note_imports(node: ast.Import | ast.ImportFrom, used: set[str] | None, imports: dict[str, set[str]]) -> None:
    """Add what the statement imports, by module ("" for the module itself); ``used`` None: all of it."""
    for alias in node.names:
        if used is not None and (alias.asname or alias.name) not in used:
            continue
        if isinstance(node, ast.Import):
            imports.setdefault(f"{alias.name} as {alias.asname}" if alias.asname else alias.name, set()).add("")
        elif node.module != "__future__":
            imports.setdefault(str(node.module), set()).add(ast.unparse(alias))


def _import_lines(imports: dict[str, set[str]]) -> Iterator[str]:
    """The standard library first, then the others."""
    for module in sorted(
        imports, key=lambda name: (name.split()[0].split(".")[0] not in sys.stdlib_module_names, name)
    ):
        if "" in imports[module]:
            yield f"import {module}"
        if names := sorted(imports[module] - {""}):
            yield f"from {module} import {', '.join(names)}"


@contextmanager
def _writing(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise LensletError(
            "{target} cannot be written: {reason}; choose another folder",
            target=target,
            reason=problem.strerror or problem,
        ) from problem
