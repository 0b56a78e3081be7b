"""What an experiment is: rows that are measured one after the other, beside published figures."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from nets.errors import UsageError

if TYPE_CHECKING:
    from nets.data.specs import Dataset
    from nets.events import Report
    from nets.network.model import Model
    from nets.places import Places
    from nets.runs.config import TrainConfig
    from nets.runs.store import Run, RunStore

Scale = Literal["small", "full"]
SCALES: dict[str, str] = {
    "small": "cut in images, sizes or epochs to some minutes on two cores",
    "full": "the real setting, for a GPU",
}
Result = dict[str, Any]  # the measurements of a row, by the names of ``COLUMNS``; all values fit into JSON


@dataclass(frozen=True)
class Sizes:
    """Sizes that are not part of a ``TrainConfig``. test_images: at most so many, evenly chosen; 0: all of them.

    merged: training and test images form one set, of which the share ``validation`` is measured on.
    """

    test_images: int = 0
    merged: bool = False


@dataclass(frozen=True)
class Measured:
    """A row's result, its setting, and when it was measured. ``machine``: in words.

    load: how many programs wanted to compute at its end, averaged over a minute; 0 if unknown.
    """

    result: dict[str, Any]
    setting: dict[str, Any]
    date: str = ""
    machine: str = ""
    load: float = 0.0


class Workplace(Protocol):
    """The tools for measuring a row (``nets.experiments.laboratory.Laboratory``)."""

    @property
    def scale(self) -> Scale: ...

    @property
    def report(self) -> Report: ...

    @property
    def store(self) -> RunStore: ...

    @property
    def places(self) -> Places: ...

    def data(self, name: str, sizes: Sizes) -> Dataset:
        """A dataset with as many test images as the scale has."""
        ...

    def train(self, row: str, config: TrainConfig, sizes: Sizes) -> Run:
        """The finished run of a row: trained now, gone on with, or found where it was finished before.

        Args:
            row: its name, which the run gets as its title.
            config: the training.
            sizes: how many images of each part of the data are used.
        """
        ...

    def transfer(self, row: str, config: TrainConfig, source: Model, sizes: Sizes) -> Run:
        """The finished run of a row that begins with the features of ``source``; otherwise as ``train``.

        Args:
            row: its name.
            config: the training, a transfer.
            source: whose features are kept.
            sizes: as for ``train``.
        """
        ...

    def lighten(self, run: Run) -> None:
        """Delete what a measured row no longer needs."""
        ...


class ExperimentRow(Protocol):
    """A row of an experiment's table. ``published``: the figure that it is compared with, "" if there is none."""

    @property
    def name(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def published(self) -> str: ...

    def setting(self, scale: Scale) -> dict[str, Any]:
        """Everything that decides the result, as JSON: a result with another setting is measured again."""
        ...

    def cut(self, scale: Scale) -> str:
        """How the row was cut at this scale, in words; "" if it was not."""
        ...

    def run(self, laboratory: Workplace) -> Result:
        """Measure the row, using what was done before an interruption."""
        ...


@dataclass(frozen=True)
class ResultColumn:
    """A column of the table: a key of ``Result``, its title, and how its values are written."""

    key: str
    title: str
    kind: Literal["count", "work", "bytes", "seconds", "share", "text", "accuracy", "milliseconds"]


COLUMNS: Mapping[str, ResultColumn] = {
    column.key: column
    for column in (
        ResultColumn("parameters", "parameters", "count"),
        ResultColumn("multiply_adds", "multiply-adds", "work"),
        ResultColumn("weights_bytes", "weights", "bytes"),
        ResultColumn("activation_bytes", "activations of one image", "bytes"),
        ResultColumn("depth", "depth", "count"),
        ResultColumn("receptive_field", "receptive field", "count"),
        ResultColumn("input", "input", "text"),
        ResultColumn("images", "images trained on", "count"),
        ResultColumn("epochs", "epochs", "count"),
        ResultColumn("seconds", "seconds", "seconds"),
        ResultColumn("accuracy", "accuracy", "accuracy"),
        ResultColumn("interval", "95 % interval", "text"),
        ResultColumn("measured_on", "measured on", "text"),
        ResultColumn("loss", "last loss", "share"),
        ResultColumn("why", "why", "text"),
        ResultColumn("kernel_weights", "weights of the kernels", "count"),
        ResultColumn("seen", "receptive field of the stage", "count"),
        ResultColumn("shapes", "matrices", "text"),
        ResultColumn("memory", "memory of the matrices", "bytes"),
        ResultColumn("milliseconds", "milliseconds", "milliseconds"),
        ResultColumn("difference", "largest difference", "text"),
    )
}


@dataclass(frozen=True)
class Experiment:
    """A table of rows.

    question: what it asks, in one or two sentences. columns: keys of ``COLUMNS``, in the order of the table.
    plotted: the column that the picture shows. log: whether it shows it on a log scale.
    source: where the published figures come from.
    picture: "chart", or "predictions" for test images with what the first row's network answers.
    data: the datasets that it needs, for saying beforehand which are missing.
    """

    name: str
    title: str
    question: str
    rows: tuple[ExperimentRow, ...]
    columns: tuple[str, ...]
    source: str = ""
    plotted: str = "accuracy"
    log: bool = False
    picture: Literal["chart", "predictions"] = "chart"
    data: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default_factory=tuple)

    def row(self, name: str) -> ExperimentRow:
        """The row of that name."""
        return next(row for row in self.rows if row.name == name)


def check_scale(scale: str) -> Scale:
    """Check the name of a scale.

    Raises:
        UsageError: There is no such scale.
    """
    if scale not in SCALES:
        raise UsageError("there is no scale {scale!r}; there are: {known}", scale=scale, known=", ".join(SCALES))
    return scale  # type: ignore[return-value]


def cut_words(full: Any, small: Any, names: Mapping[str, str]) -> str:
    """How one frozen value differs from another: "2 epochs instead of 20, 6,000 images instead of all".

    Args:
        full: the real setting, a dataclass.
        small: the cut one, of the same class.
        names: what each field that may differ is called; others are not said.
    """
    parts = []
    for one in dataclasses.fields(full):
        before, after = getattr(full, one.name), getattr(small, one.name)
        if one.name in names and before != after:
            parts.append(f"{names[one.name]} {_words(after)} instead of {_words(before)}")
    return ", ".join(parts)


def _words(value: Any) -> str:
    if value in (None, 0):
        return "all"
    return f"{value:,}" if isinstance(value, int) else f"{value:g}" if isinstance(value, float) else str(value)
