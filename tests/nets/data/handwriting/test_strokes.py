"""Digits drawn by a program: the same for a seed, of the right form, and never outside the pad."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nets.data.handwriting import strokes
from nets.data.handwriting.curves import arc, line, spline
from nets.data.handwriting.redrawn import redrawn, thinned
from nets.data.handwriting.skeletons import SKELETONS
from nets.data.prepare import prepare
from nets.data.specs import ImageInput


def test_a_seed_gives_the_same_and_another_something_else() -> None:
    first, again, other = strokes.make(30, 7), strokes.make(30, 7), strokes.make(30, 8)
    assert first.images.shape == (30, 28, 28, 1)
    assert first.images.dtype == np.uint8
    assert first.labels.dtype == np.int64
    np.testing.assert_array_equal(first.images, again.images)
    np.testing.assert_array_equal(first.labels, again.labels)
    assert not np.array_equal(first.images, other.images)


def test_chunks_side_by_side_are_the_chunks_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    many = strokes.make(strokes.CHUNK + 20, 3, tell=told.append)
    assert told == [strokes.CHUNK, strokes.CHUNK + 20]
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: {0}, raising=False)
    alone = strokes.make(strokes.CHUNK + 20, 3)
    np.testing.assert_array_equal(many.images, alone.images)


def test_what_was_drawn_once_is_kept(tmp_path: Path) -> None:
    made = strokes.cached(tmp_path, 12, 5)
    kept = strokes.cached(tmp_path, 12, 5, tell=lambda done: pytest.fail("drawn again"))
    np.testing.assert_array_equal(made.images, kept.images)
    np.testing.assert_array_equal(made.labels, kept.labels)


@pytest.mark.parametrize("digit", range(10))
def test_every_style_is_a_few_strokes_in_its_box(digit: int) -> None:
    random = np.random.default_rng(digit)
    for _ in range(200):
        skeleton = SKELETONS[digit](random)
        assert 1 <= len(skeleton) <= 3
        for stroke in skeleton:
            assert stroke.ndim == 2
            assert stroke.shape[1] == 2
            assert len(stroke) >= 2
            assert np.isfinite(stroke).all()
        everything = np.vstack(skeleton)
        assert everything.min() > -1.1
        assert everything.max() < 1.6
        assert np.ptp(everything[:, 1]) > 0.7


@pytest.mark.parametrize("digit", range(10))
def test_the_digit_stays_on_the_pad_and_goes_through_the_chain(digit: int) -> None:
    random = np.random.default_rng([1, digit])
    for _ in range(20):
        pad = strokes.draw(digit, random)
        assert pad.shape == (strokes.SIDE, strokes.SIDE)
        assert pad.max() == 255
        border = np.concatenate([pad[0], pad[-1], pad[:, 0], pad[:, -1]])
        assert (border > 0).mean() < 0.1
        assert prepare(pad, ImageInput()).input.max() == 1


def test_a_slow_tablet_keeps_the_ends_and_fewer_points() -> None:
    random = np.random.default_rng(2)
    ring = arc((0.5, 0.5), (0.4, 0.5), -90, -360)
    few = strokes.reported(ring, random)
    np.testing.assert_allclose(few[[0, -1]], ring[[0, -1]], atol=1e-9)
    assert len(few) < len(ring)
    nearest = np.linalg.norm(few[:, None] - ring[None], axis=2).min(axis=1)
    assert nearest.max() < 0.03


def test_curves_go_through_their_points() -> None:
    points = [(0.0, 0.0), (1.0, 0.2), (0.5, 1.0), (0.4, 1.0)]
    for curve in (spline(points), line(points)):
        for point in points:
            assert np.linalg.norm(curve - point, axis=1).min() < 1e-9
    np.testing.assert_allclose(np.linalg.norm(arc((0, 0), (2, 2), 10, 300), axis=1), 2)


def test_the_sheet_shows_ten_rows() -> None:
    sheet = strokes.sheet(seed=1, columns=3)
    assert sheet.size == (3 * 28 * 2, 10 * 28 * 2)


def test_thinning_leaves_a_line_as_long_as_the_stroke() -> None:
    masks = np.zeros((1, 30, 40), bool)
    masks[0, 12:17, 5:35] = True
    centre = thinned(masks)[0]
    assert centre.sum(axis=0).max() == 1
    assert 24 <= centre.sum() <= 30
    assert set(np.nonzero(centre)[0]) <= {13, 14, 15}


def test_redrawn_digits_are_the_pads_pictures() -> None:
    image = np.zeros((4, 28, 28, 1), np.uint8)
    image[:, 5:24, 13:16] = 255
    pictures = redrawn(image, seed=4)
    assert [picture.shape for picture in pictures] == [(280, 280)] * 4
    for picture in pictures:
        prepared = prepare(picture, ImageInput()).input[..., 0]
        assert np.ptp(np.flatnonzero(prepared.max(axis=1) > 0.5)) >= 17
        assert np.ptp(np.flatnonzero(prepared.max(axis=0) > 0.5)) <= 9
