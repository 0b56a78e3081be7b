"""What a training would take of memory is said in the form, and what would fit, before Train is pressed."""

from __future__ import annotations

import pytest

from gui.train.setup.setup import SetupBar
from nets.training import memory
from tests.drive import wait_until


def test_the_form_says_how_much_memory_the_training_takes(bar: SetupBar) -> None:
    wait_until(lambda: "takes about" in bar.message.text(), 60, "the estimate")
    small = bar.memory.words
    assert f"takes about {small} of memory" in bar.message.text()
    assert bar.train.isEnabled()
    bar.choose(bar.choices.with_network("vgg16"))
    wait_until(lambda: bar.memory.words not in ("", small), 60, "the other estimate")
    number, unit = bar.memory.words.split()
    assert unit == "MB"
    assert float(number) > 400, "VGG-16's weights and their gradients at 32 x 32"


def test_a_training_that_does_not_fit_is_refused_with_what_would_fit(
    bar: SetupBar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "available_memory", lambda: 1_600_000)
    bar.choose(bar.choices.with_field("batch_size", 256))
    wait_until(lambda: "would fit" in bar.message.text(), 60, "the refusal")
    assert "LeNet (modern) at 28 x 28 with batches of 256 needs about" in bar.message.text()
    assert not bar.train.isEnabled()
    monkeypatch.setattr(memory, "available_memory", lambda: 10_000_000_000)
    bar.choose(bar.choices.with_field("batch_size", 32))
    wait_until(bar.train.isEnabled, 60, "what fits")


def test_a_transfer_that_does_not_fit_is_refused_in_the_form_too(
    bar: SetupBar, monkeypatch: pytest.MonkeyPatch
) -> None:
    bar.choose(bar.choices.with_dataset("digits"))
    wait_until(lambda: not bar.problems(), 60, "the data")
    bar.give_new_head("lenet", "digits")
    wait_until(lambda: "takes about" in bar.message.text() and not bar.problems(), 60, "the estimate")
    assert bar.message.text().startswith("Keeps the features of LeNet")
    every = bar.memory.words
    bar.choose(bar.choices.with_field("freeze", "fc2"))
    wait_until(lambda: bar.memory.words not in ("", every), 60, "less, where less learns")
    monkeypatch.setattr(memory, "available_memory", lambda: 1_000_000)
    bar.choose(bar.choices.with_field("batch_size", 256))
    wait_until(lambda: "would fit" in bar.message.text(), 60, "the refusal")
    assert "A new head on lenet with batches of 256 needs about" in bar.message.text()
    assert not bar.train.isEnabled()
