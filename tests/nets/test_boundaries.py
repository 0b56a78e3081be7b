"""What imports what: ``nets`` knows no Qt, and nothing slow is imported before it computes."""

from __future__ import annotations

import json
import os
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


def test_keras_comes_without_scikit_learn_which_stays_there_for_others() -> None:
    assert "sklearn" not in loaded_after("from nets import backend\nbackend.configure()\nimport keras")
    assert "sklearn" in loaded_after("from nets import backend\nbackend.configure()\nimport sklearn")


def test_the_digits_are_found_while_scikit_learn_is_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    assert digits.path_of_table().is_file()


@pytest.mark.parametrize("words", [["data", "--json"], ["runs"], ["train", "--resume", "nothing"]])
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
