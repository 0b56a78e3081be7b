"""``lesion``: the importance of each channel of a layer, measured by the accuracy without it."""

from __future__ import annotations

import argparse

import numpy as np

from nets.commands.model_options import check_classes_before_data, open_said
from nets.commands.output import Output
from nets.errors import UsageError
from nets.places import Places

MOST = 2000
"""Default number of test images."""


def lesion(options: argparse.Namespace, places: Places, out: Output) -> int:
    """One line for the whole network, one for each channel, and one for the network without any of them."""
    from nets.data import datasets
    from nets.data.fitting import fitted
    from nets.data.specs import without_test_images
    from nets.data.value_ranges import to_values
    from nets.explain.lesion import LesionedNetwork, refusal_of_mode
    from nets.network.card import outputs_of_classes

    if options.images < 1:
        raise UsageError(f"--images: expected 1 or more, found {options.images}")
    if problem := refusal_of_mode(options.mode):
        raise UsageError(f"--mode: {problem}")
    spec = datasets.get(options.dataset, places)
    model = open_said(options, places, out)
    network = LesionedNetwork(model, options.layer)
    check_classes_before_data(model, options, spec)
    data = datasets.load(options.dataset, places, report=out)
    if not len(data.test):
        raise without_test_images(options.dataset)
    outputs = outputs_of_classes(model.card, data.classes, options.model, options.dataset)
    count = min(options.images, len(data.test))
    chosen = np.linspace(0, len(data.test) - 1, count).astype(int)
    images = fitted(data.test.images, data.spec.input, model.card.input).read(chosen)
    labels = outputs[data.test.labels[chosen]]
    found = network.measure(to_values(images, model.card.input), labels, options.mode, out)
    out.close()
    out.result(
        layer=found.layer,
        mode=found.mode,
        images=found.images,
        channels=network.channels,
        accuracy=found.accuracy,
        per_class=found.per_class,
    )
    for channel, accuracy in enumerate(found.without):
        out.result(
            layer=found.layer,
            channel=channel,
            accuracy=accuracy,
            drop=found.accuracy - accuracy,
            per_class=found.without_per_class[channel],
        )
    out.result(layer=found.layer, channel="all", accuracy=found.without_all, drop=found.accuracy - found.without_all)
    rows = []
    for channel in np.argsort(found.without, kind="stable"):
        worst = int(np.nanargmax(found.importance[channel]))
        share = 100 * found.importance[channel, worst]
        rows.append(
            (str(channel), f"{100 * found.without[channel]:.2f} %", f"{model.card.labels[worst]} by {share:.1f} points")
        )
    rows.append(("all", f"{100 * found.without_all:.2f} %", ""))
    out.table(("without channel", "accuracy", "falls most"), rows)
    out.say(
        f"{model.card.title} with the whole of {found.layer}: {100 * found.accuracy:.2f} % of {found.images:,} images"
    )
    return 0
