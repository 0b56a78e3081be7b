"""The ways to show what a network responds to, in the order of the menu."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gui.explain.making import Made, dream, filters, fool, grow, patches
from gui.explain.styling import transfer
from nets.explain import EXPLAINERS
from nets.explain import dream as dreams
from nets.explain import style as styles
from nets.explain.filters import WHY_NOT_DEEPER
from nets.explain.layers import default_layer
from nets.explain.option import Option

if TYPE_CHECKING:
    from nets.network.model import Model


@dataclass(frozen=True)
class Way:
    """A row of the menu: ``run`` makes the picture.

    classes, layers: whether it is for a class, for a layer's maps. numbered: whether for one map of the layer. options:
    the rows of its options. style: whether a second picture gives the style. usual_layer: the layer that is chosen
    first.
    """

    name: str
    title: str
    run: Callable[..., Made]
    classes: bool
    layers: bool
    shows: str
    numbered: bool = True
    options: tuple[Option, ...] = ()
    style: bool = False
    usual_layer: Callable[[Model], str] | None = None


GROWN = ("steps", "rate", "l1", "tv", "blur", "jitter", "seed")
"""The options of activation maximisation that have a field; the others have controls of their own."""

WAYS = (
    Way(
        "grow",
        "Grow a picture",
        grow,
        True,
        True,
        EXPLAINERS["activation_maximization"].shows,
        options=tuple(row for row in EXPLAINERS["activation_maximization"].options if row.name in GROWN),
    ),
    Way(
        "patches",
        "Patches of the data",
        patches,
        False,
        True,
        "The training images that a filter answers most, and in each the part that its strongest value can see. Real "
        "images, so nothing is made up; what they have in common is for you to see, and another data set has others.",
        usual_layer=default_layer,
    ),
    Way(
        "fool",
        "Fool it with my picture",
        fool,
        True,
        False,
        "A small change of your picture after which the network takes it for another class. It shows how little the "
        "answer hangs by, not what that class looks like: to the eye the picture stays what it was.",
    ),
    Way(
        "dream",
        "Dream of my picture",
        dream,
        False,
        True,
        "Your picture, changed so that a layer sees more of what it saw in it already. It shows what the layer's maps "
        "react to, exaggerated, and nothing that the network would answer.",
        numbered=False,
        options=dreams.OPTIONS,
        usual_layer=dreams.usual_layer,
    ),
    Way(
        "style",
        "My picture in another's style",
        transfer,
        False,
        False,
        "The content of your picture, painted so that in each layer the same maps answer together as for the other "
        "picture, wherever that is. What comes out is what this network means by style: colours, strokes and textures.",
        options=styles.OPTIONS,
        style=True,
    ),
    Way(
        "filters",
        "Filters of the first layer",
        filters,
        False,
        False,
        "A filter of the first layer multiplies the picture itself, so it can be looked at as one: an edge, a blob, a "
        "colour. " + WHY_NOT_DEEPER,
    ),
)
