"""Randomising the weights from the answer down: on a copy, reproducible, and what it says of a method."""

from typing import TYPE_CHECKING

import numpy as np
import pytest

from nets.events import Cancelled, Event
from nets.explain.partial import Partial
from nets.explain.sanity import layers_with_weights, sanity_check, similarity

if TYPE_CHECKING:
    from nets.network.model import Model


@pytest.fixture(autouse=True)
def _plain_graphs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing goes through XLA, which takes half a second for each copy of the model; the check is the same."""
    monkeypatch.setattr("nets.explain.scores.QUICK", 0)


def test_the_gradient_changes_with_the_weights_and_the_model_does_not(lenet: "Model", image: np.ndarray) -> None:
    before = lenet.network.get_weights()
    found = sanity_check(lenet, "gradient", image, target=7, seed=3)
    assert [step.layer for step in found.steps] == [path for path, _ in layers_with_weights(lenet)]
    assert found.steps[0].layer == "answer"
    assert found.shows_the_network
    assert all((one == other).all() for one, other in zip(before, lenet.network.get_weights(), strict=True))
    again = sanity_check(lenet, "gradient", image, target=7, seed=3)
    assert [step.similarity for step in again.steps] == [step.similarity for step in found.steps]


def test_a_deep_network_becomes_random_in_a_dozen_steps_at_most(
    lenet: "Model", image: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = sanity_check(lenet, "gradient", image, target=7)
    monkeypatch.setattr("nets.explain.sanity.MOST_STEPS", 2)
    found = sanity_check(lenet, "gradient", image, target=7)
    assert [step.layers for step in found.steps] == [2, 5]
    assert [step.layer for step in found.steps] == [whole.steps[1].layer, whole.steps[4].layer]
    assert found.similarity == whole.similarity, "every layer is random at the end"


def test_each_step_is_reported_and_can_be_the_last(lenet: "Model", image: np.ndarray) -> None:
    seen: list[Event] = []

    def stop(event: Event) -> None:
        seen.append(event)
        if isinstance(event, Partial) and event.done == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        sanity_check(lenet, "gradient", image, target=7, report=stop)
    last = next(event for event in reversed(seen) if isinstance(event, Partial))
    assert len(last.result.steps) == 2


def test_similarity_is_of_ranks_and_of_sizes() -> None:
    one = np.array([[1.0, -2.0], [3.0, 0.0]])
    assert similarity(one, 10 * one**3) == pytest.approx(1)
    assert similarity(one, -one) == pytest.approx(1)
    assert similarity(one, np.array([[2.0, 1.0], [3.0, 0.0]])) == pytest.approx(0.8)
    assert similarity(one, np.zeros((2, 2))) == 0
    assert similarity(one[..., None], np.stack([one, 0 * one], axis=-1)) == pytest.approx(1)
