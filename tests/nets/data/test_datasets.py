"""The table of datasets."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from nets.data import datasets, digits
from nets.data.datasets import DATASETS
from nets.data.handwriting import strokes
from nets.errors import LensletError, UsageError
from nets.places import Places

if TYPE_CHECKING:
    from conftest import Small


def test_rows_are_whole() -> None:
    assert list(DATASETS)[:3] == ["digits", "mnist", "fashion-mnist"]
    for name, row in DATASETS.items():
        assert row.name == name
        assert row.title
        assert row.source
        assert row.licence
        assert row.about
        if row.train_counts:
            assert len(row.train_counts) == len(row.test_counts) == len(row.classes)
            assert (sum(row.train_counts), sum(row.test_counts)) == (row.train_images, row.test_images)
        assert len(row.files) in (0, 4)
        assert all(len(file.md5) == 32 for file in row.files)


def test_digits_are_always_there(places: Places) -> None:
    data = datasets.load("digits", places)
    assert data.train.pixels().shape == (1437, 28, 28, 1)
    assert data.test.pixels().shape == (360, 28, 28, 1)
    assert data.train.pixels().dtype == np.uint8
    assert (data.train.pixels().min(), data.classes) == (0, tuple("0123456789"))
    assert data.train.pixels().max() > 200
    assert np.bincount(data.train.labels).tolist() == list(data.spec.train_counts)
    assert np.bincount(data.test.labels).tolist() == list(data.spec.test_counts)
    # As in MNIST: the ink's longer side has 20 pixels.
    for image in data.test.pixels()[:50, ..., 0] > 40:
        rows, columns = np.nonzero(image)
        assert 17 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 22


def test_the_table_is_scikit_learns_own() -> None:
    from sklearn.datasets import load_digits

    expected = load_digits()
    images, labels = digits.table()
    np.testing.assert_array_equal(images, expected.images)
    np.testing.assert_array_equal(labels, expected.target)


def test_a_damaged_table_says_what_to_install(places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "sklearn" / "datasets" / "data"
    folder.mkdir(parents=True)
    (tmp_path / "sklearn" / "__init__.py").write_text("")
    (folder / "digits.csv.gz").write_bytes(digits.path_of_table().read_bytes()[:-500])
    monkeypatch.setattr("sys.path", [str(tmp_path)])
    monkeypatch.delitem(sys.modules, "sklearn", raising=False)
    with pytest.raises(LensletError, match="install scikit-learn again"):
        datasets.load("digits", places)


def test_unknown_names_list_the_known(places: Places) -> None:
    with pytest.raises(UsageError) as problem:
        datasets.get("mnits", places)
    assert "there is no dataset or folder 'mnits'" in str(problem.value)
    assert all(name in str(problem.value) for name in DATASETS)


def test_a_file_in_a_datasets_place_is_no_unknown_name(places: Places, tmp_path: Path) -> None:
    (tmp_path / "one.png").touch()
    with pytest.raises(UsageError, match=r"one\.png is a file: a picture is for classify, trust or explain"):
        datasets.get(str(tmp_path / "one.png"), places)


def test_finding_without_loading(places: Places, small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    assert places.data is not None
    assert datasets.find("digits", places).found
    assert datasets.find("strokes", places).found
    for name in ("mnist", "mnist+strokes", "fashion-mnist"):
        found = datasets.find(name, places)
        assert (found.name, found.found) == (name, False)
        assert "downloaded when it is first used" in found.problem
    folder = small.write(places.data / "fashion-mnist")
    assert datasets.find("fashion-mnist", places).where == f"data directory {places.data}"
    (folder / small.spec.files[3].name).unlink()
    found = datasets.find("fashion-mnist", places)
    assert (found.found, found.where, found.problem) == (False, str(folder), f"lacks {small.spec.files[3].name}")
    assert "no dataset or folder" in datasets.find("nothing", places).problem
    gone = dataclasses.replace(places, data=places.data / "gone")
    assert "could not be read" in datasets.find("mnist", gone).problem
    assert datasets.find("digits", gone).found


def test_mnist_and_strokes_together(places: Places, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets, "STROKES", (30, 10))
    data = datasets.load("mnist+strokes", dataclasses.replace(places, data=data_dir))
    assert len(data.train) == 60_030
    assert len(data.test) == 10_000
    strokes = datasets.load("strokes", places)
    np.testing.assert_array_equal(data.train.pixels()[-30:], strokes.train.pixels())


def test_mnist_redrawn_digits_and_strokes_together(
    places: Places, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(datasets, "STYLED", 30)
    monkeypatch.setattr(datasets, "REDRAWN", 20)
    data = datasets.load("mnist+redrawn+strokes", dataclasses.replace(places, data=data_dir))
    assert len(data.train) == 60_050
    assert len(data.test) == 10_000
    styled = strokes.make(30, 1, styles=True)
    np.testing.assert_array_equal(data.train.pixels()[-30:], styled.pixels())
    assert not np.array_equal(styled.pixels(), strokes.make(30, 1).pixels())
