"""Our explanations against those of xplique, tf-keras-vis and captum on the same weights: an optional group.

It runs where the packages of benchmarks/requirements-explain.txt are installed, in an environment of their own:

    python -m pytest tests/nets/explain/test_parity.py
"""

from __future__ import annotations

import numpy as np
import pytest

from nets.explain import EXPLAINERS
from tests.nets.explain.oracle import close
from tests.nets.explain.peers import PATCH, PEERS, missing

TARGETS = (7, 9)
LAYER = "conv2"

# What each peer gives where its convention is not ours.
AS_IT_IS, ABSOLUTE, SUMMED = "as it is", "absolute value", "summed over the patches"
COMPARED = {
    "tf-keras-vis": {"gradient": AS_IT_IS, "guided_backprop": AS_IT_IS, "grad_cam": AS_IT_IS},
    "xplique": {
        "gradient": ABSOLUTE,
        "gradient_x_input": AS_IT_IS,
        "guided_backprop": AS_IT_IS,
        "deconvnet": AS_IT_IS,
        "occlusion": SUMMED,
    },
    "captum": {
        "gradient": AS_IT_IS,
        "gradient_x_input": AS_IT_IS,
        "guided_backprop": AS_IT_IS,
        "deconvnet": AS_IT_IS,
        "grad_cam": AS_IT_IS,
        "occlusion": AS_IT_IS,
    },
}


@pytest.fixture(scope="module")
def runs(lenet):
    """The methods of a peer, made once; skips where the peer is not installed."""
    made = {}

    def of(peer: str):
        if name := missing(peer):
            pytest.skip(f"{peer} is not installed (no package {name}); see benchmarks/requirements-explain.txt")
        if peer not in made:
            made[peer] = PEERS[peer](lenet, LAYER)
        return made[peer]

    return of


@pytest.mark.parametrize(
    ("peer", "method", "form"), [(peer, name, form) for peer, rows in COMPARED.items() for name, form in rows.items()]
)
def test_it_is_what_the_peer_gives(runs, lens, image, peer, method, form):
    images = np.stack([image, np.ascontiguousarray(image[:, ::-1]) * np.float32(0.8)])
    theirs = np.asarray(runs(peer)[method](images, TARGETS), np.float64)
    ours = EXPLAINERS[method].run(lens, images, target=list(TARGETS), layer=LAYER).astype(np.float64)
    if form == ABSOLUTE:
        ours = np.abs(ours)
    if form == SUMMED:
        ours = ours * patches_over(image.shape[:2])[..., None]
    for one, other in zip(ours, theirs.reshape(ours.shape), strict=True):
        assert close(one, other)


def patches_over(size: tuple[int, int]) -> np.ndarray:
    """(H, W): how many patches cover each pixel."""
    rows, columns = (np.array([min(at + 1, PATCH, side - at, side - PATCH + 1) for at in range(side)]) for side in size)
    return np.outer(rows, columns)


@pytest.mark.parametrize(("peer", "method"), [("captum", "integrated_gradients"), ("xplique", "integrated_gradients")])
def test_integrated_gradients_are_nearly_the_peer_s(runs, lens, image, peer, method):
    """captum's trapezoid has weights that sum to 63/64: its result is smaller by that."""
    theirs = np.asarray(runs(peer)[method](image[None], TARGETS[:1]), np.float64).reshape(image.shape)
    ours = EXPLAINERS[method].run(lens, image, target=TARGETS[0])
    assert close(ours, theirs, 0.02)
    assert np.corrcoef(ours.ravel(), theirs.ravel())[0, 1] > 0.9999


@pytest.mark.parametrize("peer", ["xplique", "captum", "tf-keras-vis"])
def test_smoothgrad_has_the_same_mean(runs, lens, image, peer):
    """Two samples of 50: as near as two seeds of ours are."""
    theirs = np.asarray(runs(peer)["smoothgrad"](image[None], TARGETS[:1]), np.float64).reshape(image.shape)
    first, second = (EXPLAINERS["smoothgrad"].run(lens, image, target=7, seed=seed) for seed in (1, 2))
    own = np.corrcoef(first.ravel(), second.ravel())[0, 1]
    assert np.corrcoef(first.ravel(), theirs.ravel())[0, 1] > own - 0.03


def test_rise_has_the_same_mean(runs, lens, image):
    theirs = np.asarray(runs("xplique")["rise"](image[None], TARGETS[:1]), np.float64).reshape(image.shape)
    assert np.corrcoef(EXPLAINERS["rise"].run(lens, image, target=7).ravel(), theirs.ravel())[0, 1] > 0.9
