"""The registry of networks. A network is a function that returns a ``keras.Sequential``; a row gives it its numbers.

>>> get("lenet").build().count_params()
61706
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nets.data.specs import ImageInput
from nets.errors import UsageError

if TYPE_CHECKING:
    import keras

Builder = Callable[..., "keras.Sequential"]
SIZES = (224, 96, 64, 32)
"""Usual input sizes of networks that take pictures of many sizes, in pixels: ImageNet's, two smaller ones, CIFAR's."""


@dataclass(frozen=True)
class NetSpec:
    """A row of the table of networks.

    builder: takes input_shape, classes, and the row's options.
    parameters: of the network as the row builds it, moving averages of batch normalisation included.
    family: networks of one family stand together in menus.
    loss: what its recipe trains it with.
    smallest: the least height and width of its input, in pixels.
    sizes: usual heights and widths of its input, the published one first; () where it takes the size of the data.
    about: what sets the row apart, in one sentence; "": the first paragraph of the builder's docstring.
    options: the builder's further arguments.
    """

    name: str
    title: str
    paper: str
    builder: Builder
    input: ImageInput
    classes: int
    parameters: int
    family: str = ""
    loss: str = "crossentropy"
    smallest: int = 1
    sizes: tuple[int, ...] = ()
    about: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def summary(self) -> str:
        """What the network is, in one sentence."""
        return self.about or " ".join((self.builder.__doc__ or "").partition("\n\n")[0].split())

    def build(self, **changes: Any) -> keras.Sequential:
        """The network with fresh weights.

        Args:
            **changes: arguments of the builder in place of the row's: ``input_shape`` (height, width, channels),
                ``classes``, or a further one, as ``divide``.

        Raises:
            UsageError: the input is smaller than ``smallest``.
        """
        return self.builder(**{"input_shape": self.input.shape, "classes": self.classes} | dict(self.options) | changes)


NETS: dict[str, NetSpec] = {}
VARIANTS: dict[str, NetSpec] = {}
"""Networks of the experiments: ``get`` finds them, menus do not list them."""


def register(
    *,
    title: str,
    paper: str,
    parameters: int,
    family: str = "",
    name: str = "",
    input: ImageInput | None = None,
    classes: int = 10,
    loss: str = "crossentropy",
    smallest: int = 1,
    sizes: tuple[int, ...] = (),
    about: str = "",
    listed: bool = True,
    **options: Any,
) -> Callable[[Builder], Builder]:
    """Adds a row for the decorated builder to ``NETS``; a builder may have several.

    Args:
        title, paper, parameters, family, classes, loss, smallest, sizes, about: as in ``NetSpec``.
        name: of the row; "": the function's own. A builder of several rows takes it as an argument.
        input: what the row is built for; None: grey 28 x 28 digits.
        listed: False adds it to ``VARIANTS`` instead.
        **options: the builder's further arguments.

    Raises:
        ValueError: two rows have one name.
    """

    def add(builder: Builder) -> Builder:
        key = name or builder.__name__
        if key in NETS or key in VARIANTS:
            raise ValueError(f"two networks are called {key!r}")
        arguments = {**options, "name": name} if name else options
        table = NETS if listed else VARIANTS
        table[key] = NetSpec(
            key,
            title,
            paper,
            builder,
            input or ImageInput(),
            classes,
            parameters,
            family or title,
            loss,
            smallest,
            sizes,
            about,
            arguments,
        )
        return builder

    return add


def get(name: str) -> NetSpec:
    """The row of the network ``name``. Raises UsageError if there is none; it lists those that there are."""
    try:
        return NETS[name] if name in NETS else VARIANTS[name]
    except KeyError:
        raise UsageError("there is no network {name!r}; there are: {known}", name=name, known=", ".join(NETS)) from None


def picture(size: int, channels: int = 3) -> ImageInput:
    """The input of a network for pictures of ``size`` x ``size`` pixels, from 0 to 1."""
    return ImageInput(height=size, width=size, channels=channels, fit="picture")


def check_size(name: str, input_shape: tuple[int, int, int], smallest: int) -> None:
    """Raises UsageError if a network's input is smaller than its convolutions and poolings can reduce.

    Args:
        name: of the network, for the message.
        input_shape: (height, width, channels).
        smallest: the least height and width that leave a pixel at the end.
    """
    height, width = input_shape[:2]
    if min(height, width) < smallest:
        raise UsageError(
            "{name} takes pictures of at least {smallest} x {smallest} pixels, not {height} x {width}: its poolings "
            "would leave nothing; enlarge the pictures or take another network",
            name=name,
            smallest=smallest,
            height=height,
            width=width,
        )
