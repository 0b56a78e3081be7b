"""Digits drawn by a program: the same for a seed, of the right form, and never outside the pad."""

from __future__ import annotations

import itertools
import multiprocessing
import os
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from nets.data.handwriting import strokes
from nets.data.handwriting.curves import arc, line, spline
from nets.data.handwriting.redrawn import cached, redrawn, thinned
from nets.data.handwriting.skeletons import SKELETONS
from nets.data.handwriting.styles import STYLES, choose
from nets.data.images import ArrayImages
from nets.data.prepare import prepare
from nets.data.specs import ImageInput, Split
from nets.events import Cancelled, Progress, ProgressCounter


def test_a_seed_gives_the_same_and_another_something_else() -> None:
    first, again, other = strokes.make(30, 7), strokes.make(30, 7), strokes.make(30, 8)
    assert first.pixels().shape == (30, 28, 28, 1)
    assert first.pixels().dtype == np.uint8
    assert first.labels.dtype == np.int64
    np.testing.assert_array_equal(first.pixels(), again.pixels())
    np.testing.assert_array_equal(first.labels, again.labels)
    assert not np.array_equal(first.pixels(), other.pixels())


def test_chunks_side_by_side_are_the_chunks_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strokes, "CHUNK", 60)  # the processes are told how many to draw
    told: list[int] = []
    many = strokes.make(strokes.CHUNK + 20, 3, tell=told.append)
    assert told[-1] == strokes.CHUNK + 20
    assert told == sorted(told)
    assert {strokes.CHUNK, strokes.CHUNK + 20} <= set(told) <= {0, strokes.CHUNK, strokes.CHUNK + 20}
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: {0}, raising=False)
    alone = strokes.make(strokes.CHUNK + 20, 3)
    np.testing.assert_array_equal(many.pixels(), alone.pixels())


def test_drawing_is_stopped_at_once() -> None:
    """A chunk takes a second of a processor, and there are twenty; the report is asked ten times a second."""
    asked: list[int] = []

    def stop(done: int) -> None:
        asked.append(done)
        if len(asked) == 3:
            raise Cancelled

    began = seconds_of_children()
    with pytest.raises(Cancelled):
        strokes.make(20 * strokes.CHUNK, 4, tell=stop)
    assert asked == [0, 0, 0], "no chunk was waited for before the report was asked"
    assert multiprocessing.active_children() == []
    # Two processes have begun a chunk each, which takes a second; to wait for both would take two.
    assert seconds_of_children() - began < 1.5


def seconds_of_children() -> float:
    """Processor time of the child processes that have ended: it does not depend on what else the machine does."""
    times = os.times()
    return times.children_user + times.children_system


def test_the_time_left_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = itertools.count(100.0, 30.0)
    monkeypatch.setattr("nets.events.time.monotonic", lambda: next(clock))
    events: list[Progress] = []
    count = ProgressCounter(events.append, "drawings", 100, "drawings")  # type: ignore[arg-type]
    count(40)
    count(70)  # 30 s for 30 drawings, and 30 are left
    count(70)
    assert [event.seconds_left for event in events] == [None, 30.0, 60.0]
    assert events[2].done == 70


def test_what_was_drawn_once_is_kept(tmp_path: Path) -> None:
    made = strokes.cached(tmp_path, 12, 5)
    kept = strokes.cached(tmp_path, 12, 5, tell=lambda done: pytest.fail("drawn again"))
    np.testing.assert_array_equal(made.pixels(), kept.pixels())
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


@pytest.mark.parametrize("name", STYLES)
def test_every_less_common_style_is_a_few_strokes_in_its_box_and_is_drawn(name: str) -> None:
    style = STYLES[name]
    random = np.random.default_rng(len(name))
    assert name.startswith(f"{style.digit} ")
    for _ in range(60):
        skeleton = style.skeleton(random)
        assert 1 <= len(skeleton) <= 3
        assert all(stroke.ndim == 2 and stroke.shape[1] == 2 and len(stroke) >= 2 for stroke in skeleton)
        everything = np.vstack(skeleton)
        assert np.isfinite(everything).all()
        assert everything.min() > -1.1
        assert everything.max() < 1.6
        assert np.ptp(everything[:, 1]) > 0.7
    assert strokes.draw_style(style, random).max() == 255


@pytest.mark.parametrize("digit", range(10))
def test_styles_come_in_their_shares_and_leave_most_to_the_common_forms(digit: int) -> None:
    random = np.random.default_rng(digit)
    drawn = Counter(None if style is None else style.name for style in (choose(digit, random) for _ in range(4000)))
    rows = {style.name: style.share for style in STYLES.values() if style.digit == digit}
    assert set(drawn) == {None, *rows}
    assert 0.1 < sum(rows.values()) < 0.5
    for name, share in rows.items():
        assert drawn[name] / 4000 == pytest.approx(share, abs=0.025)


@pytest.mark.parametrize("name", [name for name in STYLES if name in ("4 looped", "4 from below", "4 round")])
def test_a_round_four_has_a_stem_below_its_bowl_and_an_end_right_of_the_stem(name: str) -> None:
    """Both keep it apart from a nine."""
    random = np.random.default_rng(3)
    for _ in range(60):
        everything = np.vstack(STYLES[name].skeleton(random))
        foot = everything[everything[:, 1].argmax()]
        middle = everything[(everything[:, 1] > 0.35) & (everything[:, 1] < 0.8)]
        assert middle[:, 0].max() > foot[0] + 0.08
        below = everything[everything[:, 1] > 0.85]
        assert np.ptp(below[:, 0]) < 0.15


def test_a_wandering_pen_strays_a_little_and_smoothly() -> None:
    way = line([(0, 0), (1, 0)], 200)
    strayed = strokes._wandering(way, 0.02, np.random.default_rng(1))
    assert strayed.shape == way.shape
    assert 0.005 < strayed.std() < 0.03
    assert np.abs(np.diff(strayed, axis=0)).max() < 0.01


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


def test_the_sheet_of_styles_has_a_row_for_each() -> None:
    assert strokes.style_sheet(seed=1, columns=2).size == (2 * 28 * 2, len(STYLES) * 28 * 2)


def test_digits_are_drawn_again_once_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: {0}, raising=False)
    images = np.zeros((6, 28, 28, 1), np.uint8)
    for number, image in enumerate(images):
        image[5:24, 8 + number : 11 + number] = 255
    source = Split(ArrayImages(images), np.arange(6))
    made = cached(tmp_path, source, 4, seed=9)
    assert made.pixels().shape == (4, 28, 28, 1)
    assert made.pixels().dtype == np.uint8
    assert len(set(made.labels)) == 4
    assert (made.pixels().max(axis=(1, 2, 3)) == 255).all()
    again = cached(tmp_path, source, 4, seed=9, tell=lambda done: pytest.fail("drawn again"))
    np.testing.assert_array_equal(made.pixels(), again.pixels())
    np.testing.assert_array_equal(made.labels, again.labels)


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
