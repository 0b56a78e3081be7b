"""Drives the real program and writes the README's pictures. Needs a screen (or Xvfb) and MNIST in LENSLET_DATA_DIR.

    python docs/make_pictures.py [NAME ...]

Each picture is a row: the theme, the window's size, the scale, and what is done before it is taken.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import numpy as np  # noqa: E402  (after the path)
from PIL import Image  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from gui import theme  # noqa: E402
from gui.app import open_window  # noqa: E402
from gui.main_window import MainWindow  # noqa: E402
from nets.data.digits import path_of_table  # noqa: E402
from nets.pictures.ranges import strengths  # noqa: E402
from nets.places import Places  # noqa: E402
from tests.drive import DIGITS, draw, pause_for, seen, train, wait_ready, wait_until  # noqa: E402


def answered(window: MainWindow) -> bool:
    return window.session.answer is not None and window.session.answer.answer is not None


def drawn(window: MainWindow, digit: str = "7") -> None:
    draw(window.column.pad, DIGITS[digit])
    wait_until(lambda: answered(window), 30, "the answer")


def exploring(window: MainWindow, layer: int = 2) -> None:
    window.show_workspace("explore")
    drawn(window)
    choice = window.workspaces["explore"].choice
    choice.choose_layer(choice.layers[layer].path)
    wait_until(lambda: window.session.answer.maps, 30, "the maps")
    values = window.session.answer.maps[choice.layer.path]
    choice.choose_map(int(strengths(values).argmax()))


def counting(window: MainWindow) -> None:
    exploring(window, 0)
    workspace = window.workspaces["explore"]
    workspace.toggle_arithmetic()
    wait_until(lambda: workspace.arithmetic.equation.rows, 30, "the arithmetic")


def learning(window: MainWindow) -> None:
    """The true label is another than the answer, so that there is something to learn."""
    exploring(window, 2)
    workspace = window.workspaces["explore"]
    workspace.toggle_arithmetic()
    panel = workspace.arithmetic
    panel.backward_tab.click()
    wait_until(lambda: panel.passed is not None, 30, "the way back")
    panel.set_label(2)
    wait_until(lambda: panel.passed is not None and panel.passed.label == 2, 30, "the other label")
    panel.controls.step_button.click()
    wait_until(lambda: panel.descent.steps == 1, 30, "a step")


def convolving(window: MainWindow) -> None:
    drawn(window)
    window.show_workspace("convolve")
    wait_until(lambda: window.workspaces["convolve"].playing.result is not None, 30, "the result")


def training(window: MainWindow) -> None:
    window.show_workspace("train")
    drawn(window)
    train(window, "lenet", "mnist", epochs=6)
    wait_until(lambda: seen(window)[0] >= 2, 180, "two epochs")
    enough = seen(window)[1] + 150
    wait_until(lambda: seen(window)[1] > enough, 60, "a part of the third epoch")


def photograph(window: MainWindow) -> None:
    """scikit-learn's china.jpg in MobileNet 0.75, whose weights lie in the data directory."""
    window.show_workspace("explore")
    window.column.files.open(path_of_table().parent.parent / "images" / "china.jpg")
    wait_until(lambda: answered(window), 60, "the answer")
    choice = window.workspaces["explore"].choice
    choice.choose_layer("conv_pw_3_relu")
    wait_until(lambda: choice.layer.path in window.session.answer.maps, 30, "the maps")


def transferring(window: MainWindow) -> None:
    """Two folders of photographs, the features of MobileNet 0.75, and a new head."""
    window.show_workspace("train")
    setup = window.workspaces["train"].setup
    setup.choose(setup.choices.with_dataset(str(photographs(window.session.places.cache / "my photographs"))))
    setup.unfold.setChecked(True)
    starts = setup.more.start_from
    starts.setCurrentIndex(starts.findData("features of mobilenet_0.75"))
    starts.activated.emit(starts.currentIndex())
    wait_until(lambda: setup.more.freeze.count() > 5 and not setup.problems(), 60, "the layers")
    setup.press_train()
    wait_until(lambda: seen(window)[0] >= 24, 180, "the head")
    window.column.files.open(path_of_table().parent.parent / "images" / "flower.jpg")
    workspace = window.workspaces["train"]
    workspace.watch(True)
    wait_until(lambda: not workspace.busy(), 180, "the end")
    setup.unfold.setChecked(True)


def photographs(folder: Path) -> Path:
    """Twenty parts of each of scikit-learn's two photographs, as folders."""
    random = np.random.default_rng(1)
    for name in ("china", "flower"):
        (folder / name).mkdir(parents=True, exist_ok=True)
        with Image.open(path_of_table().parent.parent / "images" / f"{name}.jpg") as picture:
            for number in range(20):
                side = int(random.integers(150, 400))
                left, top = (int(random.integers(0, size - side)) for size in picture.size)
                picture.crop((left, top, left + side, top + side)).save(folder / name / f"{number}.jpg")
    return folder


def comparing(window: MainWindow) -> None:
    """Pen and LeNet, as the workspace begins, on two thousand of MNIST's test images."""
    window.show_workspace("compare")
    workspace = window.workspaces["compare"]
    drawn(window)
    wait_until(lambda: workspace.comparing.state.data == "mnist", 30, "the data that both share")
    workspace.comparing.set(limit=2000)
    workspace.comparing.start()
    wait_until(lambda: workspace.comparing.state.found is not None, 120, "the comparison")


def disagreeing(window: MainWindow) -> None:
    """The most certain disagreement, explored side by side."""
    comparing(window)
    workspace = window.workspaces["compare"]
    workspace.show_view("differ")
    wait_until(lambda: workspace.disagreements.current == 0, 30, "the disagreements")
    workspace.disagreements.open(0)
    wait_until(lambda: workspace.maps.columns and all(c.answer for c in workspace.maps.columns), 90, "both answers")


def explaining(window: MainWindow) -> None:
    """A seven rather than a one by two methods, and the check of the first."""
    drawn(window)
    window.show_workspace("why")
    workspace = window.workspaces["why"]
    workspace.controls.method.choose("gradient_x_input")
    workspace.controls.versus.choose("1")
    workspace.controls.beside.choose("method:grad_cam")
    page = workspace.explain
    wait_until(lambda: len(page.results) == 2 and all(one is not None for one in page.results), 60, "explanations")
    page.check("curves")
    wait_until(lambda: not page.checks.busy, 60, "the curves")


def lesioning(window: MainWindow) -> None:
    """Two channels off, and what each is worth."""
    drawn(window)
    window.show_workspace("why")
    workspace = window.workspaces["why"]
    workspace.show_page(1)
    page = workspace.lesions
    wait_until(lambda: page.accuracy is not None, 120, "the accuracy")
    page.measure()
    wait_until(lambda: page.found is not None, 120, "every channel")
    for channel in page.found.without.argsort()[:2]:
        page.toggle(int(channel))
    wait_until(lambda: not page.worker.busy, 60, "the lesion")


@dataclass(frozen=True)
class Picture:
    name: str
    prepare: Callable[[MainWindow], None]
    model: str = "lenet"
    theme: str = "light"
    size: tuple[int, int] = (1440, 900)
    scale: float = 1


def stages(window: MainWindow) -> None:
    exploring(window, 4)
    window.column.answer.show_stages()


PICTURES = (
    Picture("explore", exploring),
    Picture("draw", stages, model="pen"),
    Picture("train", training),
    Picture("train-dark", training, theme="dark"),
    Picture("arithmetic", counting),
    Picture("arithmetic-back", learning),
    Picture("explore-dark", lambda window: exploring(window, 4), model="pen", theme="dark"),
    Picture("small", exploring, size=(1024, 700)),
    Picture("small-train", training, size=(1024, 700)),
    Picture("scale-200", exploring, scale=2),
    Picture("convolve", convolving),
    Picture("why", explaining),
    Picture("lesions", lesioning, theme="dark"),
    Picture("compare", comparing),
    Picture("compare-maps", disagreeing, theme="dark"),
    Picture("photograph", photograph, model="mobilenet_0.75"),
    Picture("transfer", transferring, model="mobilenet_0.75"),
    Picture("start", lambda window: None),
)


def take(picture: Picture) -> None:
    """Opens a window of its own over empty folders, prepares it and saves what it shows."""
    app = QApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        places = replace(
            Places.default(), runs=home / "runs", drawings=home / "drawings", settings=home / "settings.json"
        )
        window = open_window(places, model=picture.model)
        theme.apply(picture.theme)
        window.resize(*picture.size)
        wait_ready(window)
        picture.prepare(window)
        pause_for(1000)
        app.processEvents()
        window.grab().save(str(HERE / f"{picture.name}.png"))
        window.close_now()


def main() -> None:
    wanted = sys.argv[1:]
    if len(wanted) == 1:
        take(next(picture for picture in PICTURES if picture.name == wanted[0]))
        return
    for picture in PICTURES:  # a process each: the scale is read once, when Qt starts
        if not wanted or picture.name in wanted:
            print(picture.name, flush=True)
            environment = os.environ | {"QT_SCALE_FACTOR": str(picture.scale)}
            subprocess.run([sys.executable, str(Path(__file__).resolve()), picture.name], env=environment, check=True)


if __name__ == "__main__":
    main()
