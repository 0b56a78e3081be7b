"""The registry of networks. A network is a function that returns a ``keras.Sequential``; its name is the function's.

>>> get("lenet").build().count_params()
61706
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nets.data.specs import ImageInput
from nets.errors import UsageError

if TYPE_CHECKING:
    import keras

Builder = Callable[..., "keras.Sequential"]


@dataclass(frozen=True)
class NetSpec:
    """A row of the table of networks. ``loss`` is what its recipe trains it with."""

    name: str
    title: str
    paper: str
    builder: Builder
    input: ImageInput
    classes: int
    parameters: int
    loss: str = "crossentropy"

    @property
    def summary(self) -> str:
        """What the network is, in one sentence: the first paragraph of its builder's docstring."""
        return " ".join((self.builder.__doc__ or "").partition("\n\n")[0].split())

    def build(self, **changes: Any) -> keras.Sequential:
        """The network with fresh weights. ``input_shape`` and ``classes`` override the row's."""
        options = {"input_shape": self.input.shape, "classes": self.classes} | changes
        return self.builder(**options)


NETS: dict[str, NetSpec] = {}


def register(
    *,
    title: str,
    paper: str,
    parameters: int,
    input: ImageInput | None = None,
    classes: int = 10,
    loss: str = "crossentropy",
) -> Callable[[Builder], Builder]:
    """Adds the decorated builder to ``NETS`` under its own name. A duplicate raises ValueError."""

    def add(builder: Builder) -> Builder:
        name = builder.__name__
        if name in NETS:
            raise ValueError(f"two networks are called {name!r}")
        NETS[name] = NetSpec(name, title, paper, builder, input or ImageInput(), classes, parameters, loss)
        return builder

    return add


def get(name: str) -> NetSpec:
    """The row of the network ``name``. UsageError when there is none; it lists those that there are."""
    try:
        return NETS[name]
    except KeyError:
        raise UsageError(f"there is no network {name!r}; there are: {', '.join(NETS)}") from None
