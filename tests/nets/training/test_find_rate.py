"""The search for a learning rate: what it proposes on curves that are known, and on a small network."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from nets.data.specs import Dataset
from nets.errors import LensletError, UsageError
from nets.events import Cancelled, Event, Progress
from nets.models import open_model
from nets.places import Places
from nets.runs.config import TrainConfig, transfer_config
from nets.runs.store import RunStore
from nets.training.find_rate import HIGHEST, LOWEST, STEPS, RateTried, _search, find_rate, propose
from nets.training.train import train
from nets.training.transfer import beginning

CONFIG = TrainConfig("lenet", "bars", batch_size=16, optimizer="sgd", schedule="cosine")
RATES = np.geomspace(LOWEST, HIGHEST, STEPS)


def test_the_steepest_place_of_a_known_curve() -> None:
    # The loss falls around 1e-3, is lowest at 1 and rises then.
    losses = 2 - np.tanh(np.log10(RATES) + 3) + np.maximum(0, np.log10(RATES)) * 5
    assert propose(RATES, losses) == pytest.approx(1e-3, rel=0.2)
    # Where it falls fastest just before its lowest value, a tenth of that is safer.
    late = 2 - np.exp(np.minimum(np.log10(RATES), 0) * 3)
    assert propose(RATES, late) == pytest.approx(0.1, rel=0.2)


def test_a_loss_that_never_falls_is_said() -> None:
    with pytest.raises(LensletError, match="no rate made the loss fall"):
        _search(RATES, np.arange(STEPS), np.arange(STEPS) + 1.0)


def test_by_tensorflow_as_by_hand(data: Dataset, small_network: None) -> None:
    ours, theirs = (find_rate(dataclasses.replace(CONFIG, engine=engine), data) for engine in ("numpy", "tensorflow"))
    np.testing.assert_allclose(ours.smoothed[:60], theirs.smoothed[:60], atol=1e-3)


def test_what_is_proposed_learns(data: Dataset, store: RunStore, small_network: None) -> None:
    config = dataclasses.replace(CONFIG, engine="numpy")
    seen: list[Event] = []
    found = find_rate(config, data, seen.append)
    assert 1e-3 < found.proposal < found.lowest
    assert len(found.rates) == len(found.losses) == len(found.smoothed) <= STEPS
    np.testing.assert_allclose(found.rates[:3], RATES[:3])
    assert found.losses[0] == pytest.approx(found.smoothed[0])
    progress = [event for event in seen if isinstance(event, Progress)]
    assert progress[-1].done == len(found.rates)
    assert find_rate(config, data).proposal == found.proposal  # from the seed
    assert store.list() == []
    history = [
        train(dataclasses.replace(config, learning_rate=rate, epochs=2), data, store).summary.history.loss[-1]
        for rate in (found.proposal, found.proposal / 100)
    ]
    assert history[0] < history[1]


def test_the_rate_of_a_new_head_on_features(data: Dataset, small_network: None, tmp_path: Path) -> None:
    source = open_model("lenet", Places.default(runs=tmp_path))
    config = transfer_config("lenet", "bars", "lenet", batch_size=16)
    begins = beginning(config, source, data)
    weights = source.network.get_weights()
    seen: list[Event] = []
    found = find_rate(config, data, seen.append, begins=begins)
    tried = [event for event in seen if isinstance(event, RateTried)]
    assert [event.rate for event in tried] == pytest.approx(found.rates)
    assert [event.smoothed for event in tried] == pytest.approx(found.smoothed)
    assert found.losses[0] == pytest.approx(np.log(len(data.classes)), rel=1e-5)  # a head of zeros
    assert found.smoothed.min() < 0.7 * found.losses[0]
    assert 1e-4 < found.proposal < found.lowest
    assert all(np.array_equal(*pair) for pair in zip(weights, source.network.get_weights(), strict=True))
    features = [event for event in seen if isinstance(event, Progress) and "features" in event.what]
    assert features[-1].total == len(data.train)


def test_it_can_be_stopped_and_says_what_cannot_be(data: Dataset, small_network: None) -> None:
    def stop(event: Event) -> None:
        if isinstance(event, Progress):
            raise Cancelled

    with pytest.raises(Cancelled):
        find_rate(CONFIG, data, stop)
    with pytest.raises(UsageError, match="batch size: at most the 90 images"):
        find_rate(dataclasses.replace(CONFIG, batch_size=91), data)
