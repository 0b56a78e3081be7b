"""What imports what: ``nets`` knows no Qt, and nothing slow is imported before it computes."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from nets.data import digits

ROOT = Path(__file__).resolve().parents[2]
QT = {"PySide6", "shiboken6", "pyqtgraph"}
SLOW = {"keras", "tensorflow", "sklearn", "scipy"}


def modules_of(*packages: str) -> list[str]:
    """Every module of the packages, by their files."""
    files = sorted(path for package in packages for path in (ROOT / package).rglob("*.py"))
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in files]
    return [name.removesuffix(".__init__") for name in names]


def loaded_after(code: str) -> set[str]:
    """The top-level modules that a fresh process has loaded after ``code``."""
    told = f"import json, sys\n{code}\nprint(json.dumps(sorted({{name.split('.')[0] for name in sys.modules}})))"
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", told], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def importing(names: list[str]) -> str:
    return f"import importlib\nfor name in {names!r}: importlib.import_module(name)"


# From the ground floor to the top. A package of ``nets`` imports from its own line and from those before it; modules
# that lie in ``nets`` itself stand here by their own names.
LEVELS = (
    (
        "backend",
        "blas",
        "imports",
        "errors",
        "events",
        "files",
        "array_files",
        "json_files",
        "places",
        "text",
        "versions",
    ),
    ("data",),
    ("zoo",),
    ("network",),
    ("byhand", "runs"),
    ("compute", "convolve"),
    ("trust",),
    ("training", "pictures", "explain"),
    ("models", "export"),
    ("experiments",),
    ("shipped", "commands"),
)


def imports_of(package: str) -> dict[str, set[str]]:
    """The modules of the package that each of its modules imports: in functions and for type checkers too."""
    names = modules_of(package)
    found: dict[str, set[str]] = {}
    for name in names:
        path = ROOT / Path(*name.split("."))
        text = (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text("utf-8")
        imported: set[str] = set()
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                whole = {f"{node.module}.{alias.name}" for alias in node.names}
                imported |= whole & set(names) or {str(node.module)}
        found[name] = imported & set(names) - {name}
    return found


def cycle_in(imports: dict[str, set[str]]) -> list[str]:
    """One circle of modules that import each other, in order; [] where there is none."""
    done: set[str] = set()

    def follow(name: str, way: list[str]) -> list[str]:
        if name in way:
            return [*way[way.index(name) :], name]
        if name in done:
            return []
        for other in sorted(imports[name]):
            if circle := follow(other, [*way, name]):
                return circle
        done.add(name)
        return []

    return next((circle for name in sorted(imports) if (circle := follow(name, []))), [])


def test_a_circle_of_imports_is_found() -> None:
    assert cycle_in({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert cycle_in({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def test_no_modules_of_nets_import_each_other_in_a_circle() -> None:
    imports = imports_of("nets")
    assert "nets.network.wrap" in imports["nets.models"]
    assert "nets.runs.store" in imports["nets.models"], "an import inside a function is one too"
    assert cycle_in(imports) == []


def test_imports_of_nets_run_from_the_top_to_the_ground_floor() -> None:
    level = {package: number for number, packages in enumerate(LEVELS) for package in packages}
    imports = imports_of("nets")
    upwards = [
        f"{name} imports {other}"
        for name, others in imports.items()
        for other in others
        if name != "nets" and level[other.split(".")[1]] > level[name.split(".")[1]]
    ]
    assert upwards == []


def test_nets_knows_no_qt_and_imports_nothing_slow() -> None:
    names = modules_of("nets")
    assert {"nets.data.datasets", "nets.training.train", "nets.models"} <= set(names)
    assert not loaded_after(importing(names)) & (QT | SLOW)


def test_gui_imports_nothing_slow() -> None:
    names = modules_of("gui")
    assert {"gui.app", "gui.main_window"} <= set(names)
    assert not loaded_after(importing(names)) & SLOW


def test_only_backend_says_how_tensorflow_compiles() -> None:
    named = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "nets").rglob("*.py")
        if "tf.function" in path.read_text("utf-8")
    ]
    assert named == ["nets/backend.py"]


def test_a_backend_is_named_where_it_computes_and_nowhere_else() -> None:
    """So that another backend of Keras needs changes in these places only."""
    named = [
        path.relative_to(ROOT).as_posix()
        for folder in ("nets", "gui")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"^\s*(import|from) (tensorflow|jax|torch)\b", path.read_text("utf-8"), re.MULTILINE)
    ]
    places = ("nets/backend.py", "nets/compute/", "nets/training/engines/")
    assert [name for name in named if not name.startswith(places)] == []
    assert "nets/backend.py" in named


def test_keras_below_3_14_is_refused_by_the_requirements() -> None:
    """There a model file can run code or read other files."""
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    (wanted,) = (line.partition("#")[0].strip() for line in lines if line.startswith("keras"))
    (lowest,) = re.findall(r">=(\d+)\.(\d+)", wanted)
    assert tuple(map(int, lowest)) >= (3, 14)


# Where JSON and arrays are read otherwise than by ``json_files`` and ``array_files``, and why that is safe.
OTHER_READERS = {
    "nets/json_files.py",
    "nets/network/files/hdf5.py",  # what the own child process says
    "nets/byhand/stored.py",  # the shipped models
    "nets/experiments/laboratory.py",  # there and back, to compare with what was stored
    "nets/data/handwriting/chunks.py",  # the own cache of drawings, of which no other path is given
    "nets/data/unpacked.py",  # the own cache, checked against its index
    "nets/data/cifar10.py",  # an unpickler of its own, which makes nothing but arrays
    "nets/commands/explaining.py",  # mapped, never loaded whole, without pickles
}


def test_what_somebody_else_may_have_written_is_read_in_one_place() -> None:
    """Types, depth and sizes are checked there, once: Python's own reader ends in a RecursionError 100,000 deep."""
    named = {
        path.relative_to(ROOT).as_posix()
        for folder in ("nets", "gui")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"json\.loads?\(|np\.load\(|\bpickle\.|(?<![.\w])(eval|exec)\(", path.read_text("utf-8"))
    }
    assert named == OTHER_READERS


def test_no_gradient_is_taken_eagerly() -> None:
    """TensorFlow's eager gradient of a transposed convolution corrupts the heap on processors with AVX-512 or AMX."""
    named = [
        path.relative_to(ROOT).as_posix()
        for folder in ("nets", "gui", "tests", "benchmarks", "docs")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(
            r"GradientTape|ForwardAccumulator|\.gradients\(|enable_eager|run_functions_eagerly", path.read_text("utf-8")
        )
    ]
    assert sorted(named) == ["nets/backend.py", "tests/nets/test_boundaries.py"]


def test_keras_comes_without_scikit_learn_which_stays_there_for_others() -> None:
    code = "import sys\nfrom nets import backend\nbackend.configure()\nimport keras\n"
    assert "sklearn" in loaded_after(code + "assert 'sklearn' not in sys.modules\nimport sklearn")


def test_the_digits_are_found_while_scikit_learn_is_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    assert digits.path_of_table().is_file()


@pytest.mark.parametrize("words", [["data", "--json"], ["nets"], ["runs"], ["train", "--resume", "nothing"]])
def test_quick_commands_load_neither_qt_nor_keras(words: list[str], tmp_path: Path) -> None:
    code = f"import main\nmain.main({[*words, '--runs-dir', str(tmp_path)]!r})"
    assert not loaded_after(code) & (QT | SLOW)


def test_a_shipped_model_classifies_without_keras(tmp_path: Path) -> None:
    picture = Image.new("L", (80, 80), 255)
    ImageDraw.Draw(picture).line([(20, 20), (60, 20), (34, 66)], fill=0, width=6)
    picture.save(tmp_path / "seven.png")
    code = f"import main\nassert main.main(['classify', 'pen', {str(tmp_path / 'seven.png')!r}, '--json']) == 0"
    assert not loaded_after(code) & (QT | SLOW)


def test_help_loads_neither_qt_nor_keras() -> None:
    code = (
        "import main\ntry:\n    main.main(['nets', '--help'])\nexcept SystemExit as ended:\n    assert ended.code == 0"
    )
    assert not loaded_after(code) & (QT | SLOW)


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "main.py", "data", "--json", "--runs-dir", str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()  # before anything was written, as `| head -0` does
    assert process.stderr is not None
    said = process.stderr.read().decode()
    process.stderr.close()
    assert (process.wait(60), said) == (0, "")
