"""Distances in what the layers answer: usual, unusual, unlike; few images; the file that keeps them."""

from pathlib import Path

import numpy as np
import pytest

from nets.trust.calibration import reliability
from nets.trust.likeness import Likeness, fit_likeness, layers_to_watch, level_of, summary
from nets.trust.measure import auroc
from nets.trust.shifts import agreement, shifted
from nets.trust.trust import Trust, read_trust, write_trust

MEANS = np.array([[4.0, 0, 0, 0], [0, 4.0, 0, 0]])


def vectors(count: int, seed: int, spread: float = 1.0, shift: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    labels = random.integers(0, 2, count)
    found = MEANS[labels] + random.normal(0, 1, (count, 4)) * [1, 1, 0.1, 0.1] * spread + [0, 0, shift, 0]
    return found.astype(np.float32), labels


def sure(count: int) -> np.ndarray:
    return np.tile(np.array([[0.99, 0.01]], np.float32), (count, 1))


@pytest.fixture(scope="module")
def likeness() -> Likeness:
    known, labels = vectors(400, 0)
    held_out, _ = vectors(400, 1)
    found = fit_likeness({"a": known}, labels, {"a": held_out}, sure(400))
    assert found is not None
    return found


def trusts(likeness: Likeness, values: np.ndarray) -> np.ndarray:
    return likeness.trust({"a": values}, sure(len(values)))


def test_a_small_step_counts_where_the_training_images_have_little_spread(likeness: Likeness) -> None:
    """The third direction has a tenth of the spread: half a unit there is five of its deviations."""
    usual = trusts(likeness, vectors(400, 2)[0])
    odd = trusts(likeness, vectors(400, 3, shift=0.5)[0])
    assert np.median(usual) == pytest.approx(0.99, abs=0.01)
    assert np.mean(usual > 0.5) == pytest.approx(0.975, abs=0.03)
    assert auroc(usual, odd) > 0.95
    assert np.median(odd) < 0.2


def test_an_answer_in_doubt_is_trusted_less(likeness: Likeness) -> None:
    values = vectors(200, 4)[0]
    known, labels = vectors(400, 0)
    random = np.random.default_rng(5)
    first = random.uniform(0.9, 0.999, 400).astype(np.float32)
    found = fit_likeness({"a": known}, labels, {"a": vectors(400, 1)[0]}, np.stack([first, 1 - first], axis=1))
    assert found is not None
    doubtful = np.tile(np.array([[0.51, 0.49]], np.float32), (200, 1))
    certain = np.tile(np.array([[0.99, 0.01]], np.float32), (200, 1))
    assert found.trust({"a": values}, doubtful).mean() < found.trust({"a": values}, certain).mean()


def test_maps_count_by_the_means_and_the_deviations_of_their_channels() -> None:
    """Two kinds of maps with the same means: checkerboards of low contrast are usual, of high contrast are not."""
    random = np.random.default_rng(0)
    board = np.indices((4, 4)).sum(axis=0) % 2 * 2.0 - 1

    def maps(count: int, contrast: float) -> np.ndarray:
        heights = (
            random.normal(0, 1, (count, 1, 1, 2))
            + contrast * random.uniform(0.9, 1.1, (count, 1, 1, 2)) * board[None, :, :, None]
        )
        return heights.astype(np.float32)

    assert summary(maps(3, 1.0)).shape == (3, 4)
    known, held_out = maps(200, 1.0), maps(200, 1.0)
    found = fit_likeness({"a": summary(known)}, np.zeros(200, int), {"a": summary(held_out)}, sure(200))
    assert found is not None
    assert auroc(trusts(found, maps(100, 1.0)), trusts(found, maps(100, 3.0))) > 0.95


def test_large_maps_are_thinned() -> None:
    maps = np.random.default_rng(0).normal(2, 1, (1, 640, 640, 1)).astype(np.float32)
    mean, deviation = summary(maps)[0]
    assert (mean, deviation) == (pytest.approx(2, abs=0.05), pytest.approx(1, abs=0.05))


def test_a_relative_distance_forgets_what_all_images_share() -> None:
    """The last two directions say nothing of the class: only a plain distance grows along them."""
    known, labels = vectors(400, 0)
    held_out, _ = vectors(400, 1)
    odd, _ = vectors(400, 3, shift=0.5)
    plain, relative = (fit_likeness({"a": known}, labels, {"a": held_out}, sure(400), paths) for paths in ((), ("a",)))
    assert plain is not None
    assert relative is not None
    usual = vectors(400, 2)[0]
    assert auroc(trusts(plain, usual), trusts(plain, odd)) > 0.95
    assert auroc(trusts(relative, usual), trusts(relative, odd)) < 0.7
    between = np.tile(np.array([[2.0, 2.0, 0.0, 0.0]], np.float32), (50, 1))  # of no class, but near to the mean of all
    assert auroc(trusts(relative, usual), trusts(relative, between)) > 0.95


def test_a_wide_layer_is_projected() -> None:
    random = np.random.default_rng(0)
    known, held_out = random.normal(0, 1, (80, 300)), random.normal(0, 1, (80, 300))
    found = fit_likeness({"a": known}, random.integers(0, 3, 80), {"a": held_out}, sure(80))
    assert found is not None
    assert found.layers[0].projection is not None
    assert found.layers[0].whitening.shape == (256, 256)
    assert np.isfinite(trusts(found, held_out.astype(np.float32))).all()


def test_few_images_tell_nothing() -> None:
    values, labels = vectors(20, 0)
    assert fit_likeness({"a": values}, labels, {"a": vectors(400, 1)[0]}, sure(400)) is None


def test_the_file_gives_back_what_was_written(likeness: Likeness, tmp_path: Path) -> None:
    known, labels = vectors(400, 0)
    relative = fit_likeness({"a": known}, labels, {"a": vectors(400, 1)[0]}, sure(400), {"a"})
    write_trust(tmp_path / "b.trust.npz", Trust(0.7, relative, reliability(sure(4), np.zeros(4, int))))
    again = read_trust(tmp_path / "b.trust.npz")
    assert again is not None
    assert again.likeness is not None
    assert relative is not None
    assert (trusts(again.likeness, known) == trusts(relative, known)).all()
    found = reliability(sure(4), np.array([0, 0, 1, 0]))
    write_trust(tmp_path / "a.trust.npz", Trust(0.7, likeness, found, 3, 4))
    read = read_trust(tmp_path / "a.trust.npz")
    assert read is not None
    assert (read.temperature, read.epoch, read.images) == (0.7, 3, 4)
    assert read.reliability.error == pytest.approx(found.error, abs=1e-4)
    values = vectors(6, 7)[0]
    assert read.likeness is not None
    assert (trusts(read.likeness, values) == trusts(likeness, values)).all()
    badge = read.badge(np.array([0.99, 0.01]), {"a": values[0]})
    assert badge.level == level_of(badge.trust or 0)
    assert read.badge(np.array([0.99, 0.01]), {}).trust is None


def test_a_file_that_is_no_trust_is_passed_over(tmp_path: Path) -> None:
    assert read_trust(tmp_path / "missing.npz") is None
    np.savez(tmp_path / "other.npz", about=np.array("{}"))
    (tmp_path / "text.npz").write_text("no archive")
    assert read_trust(tmp_path / "other.npz") is None
    assert read_trust(tmp_path / "text.npz") is None


def test_each_level_has_its_range_of_trust() -> None:
    assert [level_of(value) for value in (1.0, 0.5, 0.49, 0.2, 0.19)] == [
        "like",
        "like",
        "unusual",
        "unusual",
        "unlike",
    ]


def test_auroc_counts_pairs() -> None:
    assert auroc(np.array([2.0, 3.0]), np.array([1.0, 2.0])) == pytest.approx(3.5 / 4)


def test_a_picture_moves_by_one_pixel_in_eight_directions() -> None:
    image = np.zeros((5, 5, 1), np.float32)
    image[2, 2] = 1
    places = {tuple(np.argwhere(one[..., 0])[0]) for one in shifted(image)}
    assert places == {(row, column) for row in (1, 2, 3) for column in (1, 2, 3)} - {(2, 2)}


def test_agreement_names_the_other_answers() -> None:
    found = agreement(1, np.array([[0.1, 0.9, 0.0], [0.0, 0.4, 0.6], [0.2, 0.7, 0.1]]))
    assert (found.same, found.shifts, found.others) == (2, 3, (2,))


def test_the_layers_are_the_first_the_ends_of_stages_and_the_last_hidden_vector() -> None:
    from nets.models import open_model
    from nets.places import Places

    model = open_model("pen", Places.default())
    assert layers_to_watch(model.layers) == ("block1_conv", "block2_pool", "block3_pool", "fc1")
