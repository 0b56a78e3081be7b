"""A row that begins with a trained model's features: a new head learns first, then the layers before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nets.experiments.experiment import Result, Scale, Sizes, Workplace
from nets.experiments.rows import CUT

if TYPE_CHECKING:
    from nets.runs.config import TrainConfig


@dataclass(frozen=True)
class TransferRow:
    """The features of ``source``, a model that opens by name, on another dataset.

    settings: fields of ``TrainConfig`` in the real setting. small: what the small scale changes of them, and
    ``test_images``.
    """

    name: str
    title: str
    source: str
    dataset: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    small: Mapping[str, Any] = field(default_factory=dict)
    published: str = ""

    def setting(self, scale: Scale) -> dict[str, Any]:
        changes = self.small if scale == "small" else {}
        return {"source": self.source, "dataset": self.dataset, **self.settings, **changes}

    def cut(self, scale: Scale) -> str:
        if scale == "full":
            return ""
        known = [(key, self.settings.get(key), value) for key, value in self.small.items() if key in CUT]
        return ", ".join(f"{CUT[key]} {value:,} instead of {before or 'all'}" for key, before, value in known)

    def config(self, scale: Scale, network: str, *, large: bool) -> TrainConfig:
        """The training's settings, with a transfer's usual ones.

        Args:
            scale: "small" or "full".
            network: what the source's network is called.
            large: whether its second phase takes smaller steps, see ``nets.runs.config.transfer_config``.
        """
        from nets.runs.config import transfer_config

        setting = self.setting(scale)
        for key in ("source", "dataset", "test_images"):
            setting.pop(key, None)
        return transfer_config(network, self.dataset, self.source, large=large, **setting)

    def run(self, laboratory: Workplace) -> Result:
        from nets.experiments.costs import costs_of
        from nets.models import network_name, open_model
        from nets.training.freezing import needs_care

        model = open_model(self.source, laboratory.places, report=laboratory.report)
        config = self.config(laboratory.scale, network_name(model), large=needs_care(model.network))
        sizes = Sizes(self.setting(laboratory.scale).get("test_images", 0))
        run = laboratory.transfer(self.name, config, model, sizes)
        summary = run.summary
        costs = costs_of(model.network, model.structure)
        found: Result = {
            "input": " x ".join(map(str, model.card.input.shape)),
            "parameters": run.card.parameters,
            "multiply_adds": costs.multiply_adds,
            "images": min(len(laboratory.data(self.dataset, sizes).train), config.limit or 10**9),
            "epochs": summary.epochs_done,
            "seconds": round(sum(summary.history.seconds), 2),
            "loss": summary.history.loss[-1],
        }
        if (measured := summary.test) is not None:
            found |= {
                "accuracy": measured.share,
                "right": measured.right,
                "of": measured.images,
                "interval": measured.interval_text(),
                "measured_on": f"{laboratory.data(self.dataset, sizes).spec.title}, test images",
            }
        laboratory.lighten(run)
        return found
