"""What each network costs as its row builds it, as numbers: ``main.py nets`` lists them and builds no network."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RecordedCosts:
    """The costs of a network at its row's input; a test computes them again. The row itself has all ``parameters``.

    trainable: parameters without the moving averages of normalisations.
    multiply_adds: of one image.
    layers: how many, nested models opened.
    """

    trainable: int
    multiply_adds: int
    layers: int


COSTS = {
    "lenet5": RecordedCosts(61_706, 416_520, 8),
    "lenet": RecordedCosts(61_706, 416_520, 8),
    "pen": RecordedCosts(427_018, 22_451_968, 24),
    "simple_cnn": RecordedCosts(137_660, 1_639_350, 7),
    "colour": RecordedCosts(372_210, 39_003_392, 25),
    "alexnet": RecordedCosts(61_100_840, 714_188_480, 15),
    "alexnet_lrn": RecordedCosts(62_378_344, 1_135_256_096, 30),
    "alexnet_gray": RecordedCosts(46_764_746, 938_146_176, 14),
    "alexnet_gray_one_dense": RecordedCosts(29_983_434, 921_368_960, 12),
    "alexnet_gray_short": RecordedCosts(28_655_946, 730_265_984, 11),
    "vgg11": RecordedCosts(132_863_336, 7_609_090_048, 19),
    "vgg11_bn": RecordedCosts(132_868_840, 7_609_090_048, 35),
    "vgg13": RecordedCosts(133_047_848, 11_308_466_176, 21),
    "vgg13_bn": RecordedCosts(133_053_736, 11_308_466_176, 41),
    "vgg16": RecordedCosts(138_357_544, 15_470_264_320, 24),
    "vgg16_bn": RecordedCosts(138_365_992, 15_470_264_320, 50),
    "vgg19": RecordedCosts(143_667_240, 19_632_062_464, 27),
    "vgg19_bn": RecordedCosts(143_678_248, 19_632_062_464, 59),
    "vgg11_gray": RecordedCosts(128_806_154, 7_547_232_256, 19),
    "small_vgg": RecordedCosts(2_018_346, 121_091_072, 19),
    "nin": RecordedCosts(1_992_166, 762_297_352, 18),
    "googlenet": RecordedCosts(6_998_552, 1_582_671_872, 82),
    "inception_bn": RecordedCosts(11_285_224, 2_032_600_064, 231),
    "inception_v3": RecordedCosts(23_817_352, 5_713_216_096, 312),
    "inception_v4": RecordedCosts(42_679_816, 12_253_974_624, 493),
    "inception_resnet_v2": RecordedCosts(55_813_192, 13_155_794_016, 821),
    "resnet18": RecordedCosts(11_689_512, 1_814_073_344, 70),
    "resnet50": RecordedCosts(25_583_592, 3_857_973_248, 176),
}
"""By the network's name, in the order of ``NETS``."""
