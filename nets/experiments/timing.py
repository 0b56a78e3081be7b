"""How fast a network is on this machine: one image as the pad asks, and a step of training."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from nets import backend
from nets.errors import LensletError
from nets.events import Progress, Report, no_report
from nets.experiments.costs import NetworkCosts
from nets.network.files.machine import available_memory, bytes_text
from nets.runs.config import TrainConfig

if TYPE_CHECKING:
    from nets.network.model import Model

LEAST, MOST, PATIENCE = 5, 50, 0.5
"""Repetitions of one image, of which the median counts; seconds after which the least are enough."""
STEPS, STEP_PATIENCE = 10, 3.0
"""Steps of training, at least two, and the seconds after which no other begins."""
BATCH = 32
"""Images in a step of training."""
SETTLED = 5_000_000
"""Up to so many parameters, the faster of two ways of compiling is used, as for the pad."""


def milliseconds_of_one(model: Model, report: Report = no_report) -> float:
    """The median time of the answer to one image, compiled as for the pad, after the calls that compile it."""
    from nets.compute.compiled import CompiledPass

    shape = (1, *model.card.input.shape)
    image = np.random.default_rng(1).random(shape, np.float32)
    run = CompiledPass(model.graph, shape, lambda _, output: output)
    if model.network.count_params() <= SETTLED:
        run.settle()
    np.asarray(run(image))
    times: list[float] = []
    begun = time.perf_counter()
    while len(times) < LEAST or (len(times) < MOST and time.perf_counter() - begun < PATIENCE):
        started = time.perf_counter()
        np.asarray(run(image))
        times.append(time.perf_counter() - started)
        report(Progress(f"timing {model.card.title}", len(times), MOST, "answers"))
    return 1000 * float(np.median(times))


def training_speed(model: Model, costs: NetworkCosts, report: Report = no_report) -> float:
    """Images a second in steps of plain gradient descent on batches of ``BATCH`` random images, by Keras's engine.

    The model's weights are changed.

    Args:
        model: to be thrown away afterwards.
        costs: of the model, from which the memory that a step takes is estimated.
        report: called after each step; it may raise Cancelled.

    Raises:
        LensletError: its input is no picture or its output no classes, so that the program cannot train it, or a step
            would take more memory than there is.
    """
    from nets.training.engines.forward import build_forward
    from nets.training.engines.keras_engine import KerasEngine

    graph = model.graph
    if len(graph.input_shape) != 4 or graph.channels_first or not model.output.kind.has_classes:
        raise LensletError(
            "{title} cannot be trained here: it does not tell classes of pictures apart", title=model.card.title
        )
    # Weights and gradients; every layer's values, kept for the backward pass, and their gradients.
    needed, free = 2 * (costs.weights_bytes + BATCH * costs.activation_bytes), available_memory()
    if needed > free:
        raise LensletError(
            "the training of {title} was not timed: batches of {batch} need about {needed} of memory, and {free} are "
            "free",
            title=model.card.title,
            batch=BATCH,
            needed=bytes_text(needed),
            free=bytes_text(free),
        )
    report(Progress(f"timing the training of {model.card.title}", 0, STEPS, "steps"))
    backend.configure()
    config = TrainConfig(model.card.network, "digits", optimizer="sgd", batch_size=BATCH)
    engine = KerasEngine(model.network, build_forward(model.network, faster=False), config)
    random = np.random.default_rng(1)
    images: Any = random.random((1, BATCH, *model.card.input.shape), np.float32)
    labels = random.integers(0, model.output.shape[0], (1, BATCH), dtype=np.int32)
    shares = np.full((1, BATCH), 1 / BATCH, np.float32)
    rate = np.full(1, 1e-6, np.float32)
    engine.run(images, labels, shares, rate)  # compiles
    times: list[float] = []
    begun = time.perf_counter()
    while len(times) < 2 or (len(times) < STEPS and time.perf_counter() - begun < STEP_PATIENCE):
        started = time.perf_counter()
        engine.run(images, labels, shares, rate)
        times.append(time.perf_counter() - started)
        report(Progress(f"timing the training of {model.card.title}", len(times), STEPS, "steps"))
    return BATCH / float(np.median(times))
