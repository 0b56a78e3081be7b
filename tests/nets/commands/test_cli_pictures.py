"""``classify`` and ``maps``."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

if TYPE_CHECKING:
    from conftest import Lenslet, Trained

ROOT = Path(__file__).resolve().parents[3]


def test_classify_in_a_process_of_its_own(trained: Trained, one: Path) -> None:
    """Standard output has JSON alone, whatever the libraries write while they load."""
    words = ["classify", trained.row["run"], str(one), "--json", "--quiet", "--runs-dir", str(trained.runs)]
    done = subprocess.run([sys.executable, "main.py", *words], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stderr) == (0, "")
    row = json.loads(done.stdout)
    assert tuple(row) == ("file", "label", "probability", "probabilities")
    assert list(row["probabilities"]) == list("0123456789")
    assert sum(row["probabilities"].values()) == pytest.approx(1, abs=1e-4)
    assert row["probability"] == row["probabilities"][row["label"]] == max(row["probabilities"].values())


def test_a_calibrated_probability_is_said_beside_the_networks_own(lenslet: Lenslet, one: Path) -> None:
    said = lenslet("classify", "lenet", one)
    heads, row = said.out.splitlines()
    assert heads.split() == ["file", "answer", "probability", "calibrated", "verdict", "second"]
    trusted = lenslet("trust", "lenet", one, "--json").rows[0]["probability"]
    assert f" {100 * trusted:.1f} %" in row
    assert "of answers with this calibrated probability so many are right" in said.err
    known = lenslet("classify", "lenet", one, "--json").rows[0]
    assert f" {100 * known['probability']:.1f} %" in row


def test_the_same_drawing_in_either_polarity(lenslet: Lenslet, trained: Trained, one: Path, tmp_path: Path) -> None:
    Image.fromarray(255 - np.asarray(Image.open(one))).save(tmp_path / "inverted.png")
    words = ("classify", trained.row["run"], one, tmp_path / "inverted.png", "--json", "--runs-dir", trained.runs)
    first, second = lenslet(*words).rows
    assert first["probabilities"] == pytest.approx(second["probabilities"], abs=1e-3)


def test_bad_files_are_said_and_the_others_go_on(lenslet: Lenslet, trained: Trained, one: Path, tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("no picture")
    (tmp_path / "cut.png").write_bytes(one.read_bytes()[:-60])
    (tmp_path / "empty.png").touch()
    Image.new("L", (300, 300), 255).save(tmp_path / "blank.png")
    Image.new("L", (300, 300), 0).save(tmp_path / "black.png")
    Image.new("L", (1, 1), 255).save(tmp_path / "pixel.png")
    Image.new("1", (20_000, 20_000)).save(tmp_path / "huge.png")
    names = ("missing", "text", "cut", "empty", "blank", "black", "pixel", "huge")
    bad = [tmp_path / f"{name}.png" for name in names] + [tmp_path]
    words = ("classify", trained.row["run"], *bad, one, "--runs-dir", trained.runs)
    said = lenslet(*words, "--json")
    assert said.status == 1
    *failed, last = said.rows
    assert [row["file"] for row in failed] == [str(path) for path in bad]
    assert all(tuple(row) == ("file", "error") and row["error"] for row in failed)
    assert "400 megapixels; the limit is 50" in failed[names.index("huge")]["error"]
    assert last["file"] == str(one)
    assert "label" in last
    plain = lenslet(*words)
    assert plain.status == 1
    assert plain.out.count("\n") == 2  # the heads, and the one good picture
    assert all(str(path) in plain.err for path in bad)


def test_maps_writes_a_picture_of_every_layer(lenslet: Lenslet, trained: Trained, one: Path, tmp_path: Path) -> None:
    target = tmp_path / "new" / "maps"
    said = lenslet("maps", trained.row["run"], one, "--out", target, "--json", "--runs-dir", trained.runs)
    assert said.status == 0
    written = sorted(path.name for path in target.iterdir())
    assert sorted(Path(row["file"]).name for row in said.rows) == written
    assert "maps.npz" in written
    layers = ("conv1", "pool1", "conv2", "pool2", "flatten", "fc1", "fc2", "answer")
    for layer in layers:
        assert sum(layer in name and name.endswith(".png") for name in written) == 1
    with np.load(target / "maps.npz") as arrays:
        assert any(array.shape == (28, 28, 6) for array in arrays.values())


def test_maps_into_a_file(lenslet: Lenslet, trained: Trained, one: Path) -> None:
    said = lenslet("maps", trained.row["run"], one, "--out", one, "--runs-dir", trained.runs, "--quiet")
    assert said.status == 1
    assert f"{one} could not be written to" in said.err


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file for 784 bytes that reads digits: the shipped ``lenet`` behind other inputs, without its card."""
    import keras
    from keras import layers

    from nets.places import MODELS

    path = tmp_path_factory.mktemp("models") / "rows.keras"
    shipped = keras.models.load_model(MODELS / "lenet.keras", compile=False)
    start = keras.Input((784,))
    keras.Model(start, shipped(layers.Reshape((28, 28, 1))(layers.Rescaling(1 / 255)(start)))).save(path)
    return path


def test_what_was_assumed_of_a_file_is_said(lenslet: Lenslet, reader: Path, one: Path) -> None:
    said = lenslet("classify", reader, one, "--json")
    assert said.rows[0]["label"] == "1"
    assert "taken for a picture of 28 × 28 × 1" in said.err
    assert "rescales its input itself" in said.err
    assert "of 64 drawn digits" in said.err
    assert lenslet("classify", reader, one, "--json", "--quiet").err == ""


def test_a_person_may_say_what_a_model_receives(lenslet: Lenslet, reader: Path, one: Path, tmp_path: Path) -> None:
    names = tmp_path / "names.txt"
    names.write_text("\n".join(f"{number} digit {number}" for number in range(10)))
    said = lenslet("classify", reader, one, "--json", "--labels", names, "--fit", "digit")
    assert said.rows[0]["label"] == "digit 1"
    wrong = lenslet("classify", reader, one, "--json", "--range", "unit")
    assert wrong.rows[0]["probability"] < said.rows[0]["probability"]  # it sees next to nothing
    shipped = lenslet("classify", "lenet", one, "--json", "--labels", names)
    assert shipped.rows[0]["label"] == "digit 1"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--size", "big"), "--size: expected pixels from 1 to 4096"),
        (("--size", "32"), "the input is 32 × 32 × 1, but the network takes 28 × 28 × 1"),
        (("--range", "percent"), "invalid choice: 'percent'"),
        (("--labels", "none.txt"), "--labels: none.txt cannot be used: there is no such file"),
    ],
)
def test_what_a_model_cannot_receive_is_refused(
    lenslet: Lenslet, reader: Path, one: Path, words: tuple[str, str], expected: str
) -> None:
    said = lenslet("classify", reader, one, *words)
    assert said.status in (1, 2)
    assert expected in said.err


def test_as_many_names_as_classes(lenslet: Lenslet, reader: Path, one: Path, tmp_path: Path) -> None:
    (tmp_path / "two.txt").write_text("yes\nno\n")
    said = lenslet("classify", reader, one, "--labels", tmp_path / "two.txt")
    assert said.status == 1
    assert "expected 10 class names, one for each output, found 2" in said.err


def test_evaluate_takes_rows_and_says_when_classes_are_numbers_alone(
    lenslet: Lenslet, reader: Path, tmp_path: Path
) -> None:
    digits = lenslet("evaluate", reader, "digits", "--json")
    assert digits.rows[0]["accuracy"] > 0.9
    assert "numbers its classes" not in digits.err
    for name in "abcdefghij":
        (tmp_path / "letters" / name).mkdir(parents=True)
        for number in range(2):
            picture = Image.new("L", (40, 40), 255)
            picture.paste(number * 40, (10, 10, 20 + number, 30))
            picture.save(tmp_path / "letters" / name / f"{number}.png")
    said = lenslet("evaluate", reader, tmp_path / "letters")
    assert said.status == 0
    assert "numbers its classes, which are taken for those of letters in their order: 0 for “a”, 1 for “b”" in said.err
    assert "10 test images of letters" in said.err
    assert "lenet was trained on" in lenslet("evaluate", "lenet", "digits").err  # on MNIST, not on scikit-learn's


def test_what_is_no_class_is_printed_as_what_it_is(lenslet: Lenslet, one: Path, tmp_path: Path) -> None:
    from keras import layers

    from tests.nets.conftest import chain

    conv = layers.Conv2D(2, 3, padding="same", name="conv")
    chain(conv, layers.GlobalAveragePooling2D(), layers.Dense(3)).save(tmp_path / "numbers.keras")
    chain(layers.Conv2D(1, 3, activation="sigmoid", name="mask")).save(tmp_path / "mask.keras")
    [row] = lenslet("classify", tmp_path / "numbers.keras", one, "--json").rows
    assert tuple(row) == ("file", "output")
    assert len(row["output"]) == 3
    said = lenslet("classify", tmp_path / "numbers.keras", one)
    assert "Its output is 3 numbers, not classes" in said.err
    assert "  ".join(f"{value:.4g}" for value in row["output"]) in said.out
    assert "a picture of 26 x 26 x 1, values 0." in lenslet("classify", tmp_path / "mask.keras", one).out
    refused = lenslet("evaluate", tmp_path / "mask.keras", "digits")
    assert refused.status == 2
    assert "cannot be right or wrong about classes. Its output is a picture of 26 × 26 × 1" in refused.err


@pytest.mark.filterwarnings("error::RuntimeWarning")  # NumPy's own would go to standard error
def test_maps_of_a_model_with_numbers_that_are_none(lenslet: Lenslet, one: Path, tmp_path: Path) -> None:
    from nets.zoo import get

    network = get("lenet").build()
    weights = network.get_weights()
    weights[0][0], weights[2][...] = np.inf, np.nan
    network.set_weights(weights)
    network.save(tmp_path / "nan.keras")
    said = lenslet("maps", tmp_path / "nan.keras", one, "--out", tmp_path / "maps", "--json")
    assert said.status == 0, said.err
    assert len(said.rows) == 9
    assert "Warning" not in said.err
    damaged = "the weights conv1/kernel, conv2/kernel hold numbers that are not finite"
    assert damaged in said.err
    answered = lenslet("classify", tmp_path / "nan.keras", one, "--json")
    assert (answered.status, len(answered.rows)) == (0, 1)  # pooling passes over NaN
    assert damaged in answered.err
    measured = lenslet("evaluate", tmp_path / "nan.keras", "digits")
    assert measured.status == 0
    assert damaged in measured.err
    weights[-1][...] = np.nan
    network.set_weights(weights)
    network.save(tmp_path / "nan.keras")
    measured = lenslet("evaluate", tmp_path / "nan.keras", "digits")
    assert (measured.status, measured.out) == (1, "")  # not 10 % right: it answers nothing
    assert "360 of 360 test images are answered with numbers that are not finite" in measured.err
