"""The zoo: one file for each family of networks. Importing it fills the registry."""

from nets.zoo import lenet, pen, simple_cnn  # noqa: F401  (each registers its networks)
from nets.zoo.registry import NETS, NetSpec, get, register

__all__ = ["NETS", "NetSpec", "get", "register"]
