"""What the person chose for the next training; everything else follows from the recipe and the number of images."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gui.train.setup.sources import Source
from nets.runs.config import RECIPES, TrainConfig, config_for, fitted, recipes_for, transfer_config
from nets.runs.problems import problems
from nets.zoo import NETS

HEAD = ("network", "dataset", "recipe")  # fields of a TrainConfig that a recipe does not set
# fields that depend on the number of images unless the person chose them
FITTED = frozenset({"batch_size", "epochs", "validation"})
OF_TRANSFERS = frozenset({"head_epochs", "fine_rate", "freeze"})
KEPT_IN_TRANSFERS = frozenset({"seed", "augmentation", "validation", "class_weights", "limit"})
# fields whose change does not make the recipe another one
KEPT_WITH_RECIPE = frozenset({"epochs", "seed", "size", "start_from"})


@dataclass(frozen=True)
class Choices:
    """The person's choices.

    fields: settings that differ from the recipe's because the person set them, by the names of TrainConfig. A value may
    be text that is not a number: ``config`` passes it on, so that ``problems`` can say what is wrong. source: the model
    whose features are kept under a new head; then the network is that model's and there is no recipe.
    """

    network: str
    dataset: str
    recipe: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    source: Source | None = None

    @classmethod
    def of(cls, config: TrainConfig) -> Choices:
        """The choices that give ``config``, e.g. of an earlier run, whatever the number of images."""
        if config.transfers:
            return _of_transfer(config)
        recipe = config.recipe if config.recipe in RECIPES else ""
        usual = config_for(config.network, config.dataset, recipe)
        values = _settings(config)
        changed = {name: values[name] for name in values if name in FITTED or values[name] != getattr(usual, name)}
        return cls(config.network, config.dataset, usual.recipe, changed)

    def is_own(self, images: int = 0) -> bool:
        """Whether so much was changed that the recipe's name would be misleading."""
        if self.source is not None:
            return True
        usual = replace(self, fields={}).usual(images)
        changed = {name for name, value in self.fields.items() if value != getattr(usual, name)}
        return not self.recipe or not changed <= KEPT_WITH_RECIPE

    def usual(self, images: int = 0) -> TrainConfig:
        """The recipe's settings, fitted to a data set of ``images`` (0: unknown) and to the person's choices."""
        if self.source is not None:
            return self._usual_transfer(self.source, images)
        config = config_for(self.network, self.dataset, self.recipe)
        if not images:
            return config
        chosen = {name: value for name, value in self.fields.items() if not problems(replace(config, **{name: value}))}
        return fitted(replace(config, **chosen), images, said=self.fields.keys())

    def _usual_transfer(self, source: Source, images: int) -> TrainConfig:
        """For a transfer, epochs and rates of the two phases follow from each other and from the number of images."""

        def made(**fields: Any) -> TrainConfig:
            return transfer_config(source.network, self.dataset, source.reference, large=source.large, **fields)

        chosen = {n: value for n, value in self.fields.items() if not problems(replace(made(), **{n: value}))}
        config = made(**chosen)
        said = self.fields.keys() | ({"epochs"} if "head_epochs" in self.fields else set())
        return fitted(config, images, said=said) if images else config

    def config(self, images: int = 0) -> TrainConfig:
        """The configuration for a data set of ``images`` (0: unknown); it may have ``problems``."""
        return replace(self.usual(images), recipe="" if self.is_own(images) else self.recipe, **self.fields)

    def with_field(self, name: str, value: Any, images: int = 0) -> Choices:
        """The choices after the person set a field. A field that is set back to its usual value follows the recipe
        again.
        """
        others = {key: other for key, other in self.fields.items() if key != name}
        without = replace(self, fields=others)
        if value == getattr(without.usual(images), name):
            return without
        return replace(self, fields=others | {name: value})

    def with_recipe(self, recipe: str) -> Choices:
        """The choices with another recipe and all its settings; what to start from does not belong to a recipe."""
        kept = {name: value for name, value in self.fields.items() if name == "start_from"}
        return replace(self, recipe=recipe, fields=kept, source=None)

    def with_source(self, source: Source | None) -> Choices:
        """The choices with the features of another model under a new head; None: the whole network learns."""
        fields = {name: value for name, value in self.fields.items() if name in KEPT_IN_TRANSFERS}
        return _fitting(replace(self, fields=fields, source=source))

    def with_network(self, network: str) -> Choices:
        """The choices with another network; other choices are kept if they fit."""
        gone = {"start_from"} | OF_TRANSFERS
        if network in NETS and self.fields.get("size") not in NETS[network].sizes:
            gone.add("size")  # it was chosen among the sizes of the previous network
        fields = {name: value for name, value in self.fields.items() if name not in gone}
        return _fitting(replace(self, network=network, fields=fields, source=None))

    def with_dataset(self, dataset: str) -> Choices:
        """The choices with another dataset; other choices are kept if they fit."""
        return _fitting(replace(self, dataset=dataset))

    def fitting_images(self, images: int) -> Choices:
        """The choices without those that do not work with so few images, e.g. the batch size of a run on a larger data
        set.
        """
        found = problems(self.config(images), images=images)
        return replace(self, fields={n: value for n, value in self.fields.items() if n not in FITTED or n not in found})

    def to_dict(self) -> dict[str, Any]:
        return dataclasses.asdict(self) | {"fields": dict(self.fields)}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Choices:
        """The choices that ``to_dict`` gave, in this or another version.

        Raises:
            ValueError: Nothing can be made of it.
        """
        network, dataset, fields = stored.get("network"), stored.get("dataset"), stored.get("fields")
        if network not in NETS or not isinstance(dataset, str) or not dataset or not isinstance(fields, Mapping):
            raise ValueError("expected a network, a dataset and settings")
        known = {name: value for name, value in fields.items() if name in _settings(TrainConfig("", ""))}
        checked = TrainConfig.from_dict({"network": network, "dataset": dataset, **known})  # of the right types
        recipe = stored.get("recipe")
        source = Source.from_dict(stored.get("source"))
        fields = {n: getattr(checked, n) for n in known}
        choices = cls(network, dataset, recipe if recipe in RECIPES else "", fields, source)
        return _fitting(choices)


def _fitting(choices: Choices) -> Choices:
    """The choices with a recipe meant for network and data, and without fields that do not work with them."""
    names = [row.name for row in recipes_for(choices.network, choices.dataset)]
    if choices.recipe not in names:
        usual = "default" if "default" in names else next(iter(names), "")
        choices = replace(choices, recipe=usual)
    found = problems(choices.config())
    return replace(choices, fields={name: value for name, value in choices.fields.items() if name not in found})


def _of_transfer(config: TrainConfig) -> Choices:
    large = config.fine_rate < config.learning_rate / 10
    source = Source(config.start_from, config.network, config.network, large)
    network = config.network if config.network in NETS else next(iter(NETS))
    bare = Choices(network, config.dataset, source=source)
    usual, values = bare.usual(), _settings(config)
    always = FITTED | {"head_epochs"}
    changed = {name: values[name] for name in values if name in always or values[name] != getattr(usual, name)}
    return replace(bare, fields=changed)


def _settings(config: TrainConfig) -> dict[str, Any]:
    """The fields that a recipe or a person sets."""
    return {name: value for name, value in config.to_dict().items() if name not in HEAD}
