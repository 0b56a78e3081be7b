"""Recipes: settings that belong together, from the literature and from measurements made here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nets.zoo import NETS

DEEP = tuple(name for name, row in NETS.items() if row.sizes)
"""Networks for pictures of many sizes."""


@dataclass(frozen=True)
class Recipe:
    """``changes`` are the fields of ``TrainConfig`` that it sets. Empty ``networks`` or ``datasets``: any."""

    name: str
    title: str
    description: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    networks: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()

    def fits(self, network: str, dataset: str) -> bool:
        """Whether it is meant for this network and these data."""
        return (not self.networks or network in self.networks) and (not self.datasets or dataset in self.datasets)


RECIPES: dict[str, Recipe] = {
    row.name: row
    for row in (
        Recipe(
            "default",
            "Adam",
            "a sensible start for any network",
            {"optimizer": "adam", "learning_rate": 1e-3, "batch_size": 128, "epochs": 5},
            networks=("lenet", "simple_cnn", "pen", "colour"),
        ),
        Recipe(
            "quick",
            "A first look",
            "two epochs over at most 10,000 images, to see it learn within seconds",
            {"epochs": 2, "limit": 10_000},
            networks=("lenet", "simple_cnn", "pen", "colour"),
        ),
        Recipe(
            "deep",
            "Momentum, cosine",
            "for deep networks: momentum 0.9 from a rate of 0.01 down a cosine, batches of 32, ten epochs",
            {"optimizer": "momentum", "learning_rate": 0.01, "schedule": "cosine", "batch_size": 32, "epochs": 10},
            networks=DEEP,
        ),
        Recipe(
            "deep-quick",
            "A first look, deep",
            "two epochs over at most 2,000 images, to see a deep network learn within minutes",
            {"optimizer": "momentum", "learning_rate": 0.01, "batch_size": 32, "epochs": 2, "limit": 2_000},
            networks=DEEP,
        ),
        Recipe(
            "lenet-sgd",
            "LeNet with momentum",
            "the tutorial's setting: SGD 0.001, momentum 0.9, batches of 32, three epochs",
            {"optimizer": "momentum", "learning_rate": 1e-3, "momentum": 0.9, "batch_size": 32, "epochs": 3},
            networks=("lenet",),
        ),
        Recipe(
            "lenet5-1998",
            "LeNet-5 as in 1998",
            "squared error on one-hot targets and plain gradient descent",
            {
                "optimizer": "sgd",
                "learning_rate": 0.2,
                "schedule": "step",
                "loss": "squared_error",
                "batch_size": 32,
                "epochs": 10,
            },
            networks=("lenet5",),
        ),
        Recipe(
            "simple-cnn",
            "Simple CNN with Adam",
            "its usual setting: Adam, batches of 300, twenty epochs, a quarter for validation",
            {"optimizer": "adam", "batch_size": 300, "epochs": 20, "validation": 0.25},
            networks=("simple_cnn",),
        ),
        Recipe(
            "thorough",
            "Augmented, cosine",
            "for the last percent: AdamW under a cosine, shifted, turned and slanted images, label smoothing",
            {
                "optimizer": "adamw",
                "learning_rate": 2e-3,
                "weight_decay": 1e-3,
                "schedule": "cosine",
                "augmentation": "affine",
                "label_smoothing": 0.05,
                "epochs": 20,
            },
            networks=("lenet", "simple_cnn", "pen"),
            datasets=("digits", "mnist", "strokes", "mnist+strokes", "mnist+redrawn+strokes", "drawings"),
        ),
        Recipe(
            "pen",
            "For drawn digits",
            "as the shipped pen was trained: Adam under a cosine, slanted and turned images, label smoothing",
            {
                "optimizer": "adam",
                "learning_rate": 2e-3,
                "schedule": "cosine",
                "augmentation": "affine",
                "label_smoothing": 0.05,
                "validation": 0.05,
                "epochs": 8,
            },
            networks=("pen",),
            datasets=("digits", "mnist", "strokes", "mnist+strokes", "mnist+redrawn+strokes", "drawings"),
        ),
        Recipe(
            "clothes",
            "Clothes, one cycle",
            "for Fashion-MNIST: shifted and mirrored images under a one-cycle rate",
            {
                "optimizer": "adam",
                "learning_rate": 3e-3,
                "schedule": "onecycle",
                "augmentation": "flip",
                "epochs": 15,
            },
            networks=("lenet", "simple_cnn", "pen"),
            datasets=("fashion-mnist",),
        ),
    )
}


def recipes_for(network: str, dataset: str) -> tuple[Recipe, ...]:
    """The recipes meant for ``network`` and ``dataset``, the most particular first."""
    fitting = [recipe for recipe in RECIPES.values() if recipe.fits(network, dataset)]
    return tuple(sorted(fitting, key=lambda recipe: (not recipe.datasets, len(recipe.networks) or 99)))
