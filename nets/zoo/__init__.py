"""The zoo: one file for each family of networks. Importing it fills the registry, in the order of its menus."""

from nets.zoo import (  # noqa: F401, I001  (each registers its networks, from the oldest to the newest)
    lenet,
    pen,
    simple_cnn,
    colour,
    alexnet,
    vgg,
    nin,
    googlenet,
    inception_bn,
    inception_v3,
    inception_v4,
    inception_resnet,
    resnet,
    variants,
)
from nets.zoo.registry import NETS, VARIANTS, NetSpec, get, register

__all__ = ["NETS", "VARIANTS", "NetSpec", "get", "register"]
