"""The registry of networks: every count is as published, every layer has a name, wrong names and sizes are answered."""

from __future__ import annotations

import re
from typing import Any

import pytest

from nets.errors import UsageError
from nets.network.outline import outline, without_values
from nets.zoo import NETS, get, register
from nets.zoo.costs import COSTS, RecordedCosts
from tests.nets.zoo.symbolic import smallest

# All parameters, moving averages of normalisations included.
COUNTS = {
    "lenet5": 61_706,
    "lenet": 61_706,
    "pen": 427_850,
    "colour": 373_266,
    "simple_cnn": 137_660,
    "alexnet": 61_100_840,
    "alexnet_lrn": 62_378_344,
    "alexnet_gray": 46_764_746,
    "alexnet_gray_one_dense": 29_983_434,
    "alexnet_gray_short": 28_655_946,
    "vgg11": 132_863_336,
    "vgg11_bn": 132_868_840 + 2 * 2752,
    "vgg13": 133_047_848,
    "vgg13_bn": 133_053_736 + 2 * 2944,
    "vgg16": 138_357_544,
    "vgg16_bn": 138_365_992 + 2 * 4224,
    "vgg19": 143_667_240,
    "vgg19_bn": 143_678_248 + 2 * 5504,
    "vgg11_gray": 128_806_154,
    "small_vgg": 2_018_346,
    "nin": 1_992_166,
    "googlenet": 6_998_552,
    "inception_bn": 11_285_224 + 2 * 10_016,
    "inception_v3": 23_851_784,
    "inception_v4": 42_679_816 + 2 * 31_584,
    "inception_resnet_v2": 55_873_736,
    "resnet18": 11_689_512 + 2 * 4_800,
    "resnet50": 25_636_712,
}
TRAINABLE = {
    "vgg11_bn": 132_868_840,
    "vgg13_bn": 133_053_736,
    "vgg16_bn": 138_365_992,
    "vgg19_bn": 143_678_248,
    "inception_v4": 42_679_816,
    "resnet18": 11_689_512,
}


def test_the_table_has_every_published_parameter_count() -> None:
    assert {name: row.parameters for name, row in NETS.items()} == COUNTS
    assert NETS["pen"].parameters <= 500_000


@pytest.mark.parametrize("name", COUNTS)
def test_parameters_are_as_the_row_says(name: str) -> None:
    assert outline(name).parameters == COUNTS[name]
    assert outline(name).trainable == TRAINABLE.get(name, outline(name).trainable)


def test_every_network_of_the_menus_has_its_costs() -> None:
    assert list(COSTS) == list(NETS)


@pytest.mark.parametrize("name", COUNTS)
def test_the_listed_costs_are_those_of_the_network(name: str) -> None:
    computed = outline(name)
    assert COSTS[name] == RecordedCosts(computed.trainable, computed.multiply_adds, computed.layers)


@pytest.mark.parametrize(
    ("name", "shape", "classes", "parameters"),
    [
        ("alexnet", (224, 224, 3), 10, 57_044_810),
        ("vgg11_gray", (96, 96, 1), 10, 44_920_074),
        ("small_vgg", (96, 96, 1), 10, 707_626),
        ("nin", (224, 224, 3), 1000, 7_439_608),
        ("googlenet", (224, 224, 1), 10, 5_977_530),
    ],
)
def test_parameters_at_other_inputs(name: str, shape: tuple[int, int, int], classes: int, parameters: int) -> None:
    assert outline(name, shape, classes).parameters == parameters


def test_the_network_of_2012_by_hand() -> None:
    """227 -> 55 -> pool 27 -> pool 13 -> pool 6; one tower, so that every kernel reads all maps."""
    kernels = 11 * 11 * 3 * 96 + 5 * 5 * 96 * 256 + 3 * 3 * (256 * 384 + 384 * 384 + 384 * 256)
    dense = 6 * 6 * 256 * 4096 + 4096 * 4096 + 4096 * 1000
    biases = 96 + 256 + 384 + 384 + 256 + 4096 + 4096 + 1000
    assert outline("alexnet_lrn").parameters == kernels + dense + biases


@pytest.mark.parametrize(
    ("name", "billions"),
    [("alexnet", 0.7), ("vgg11", 7.6), ("vgg13", 11.3), ("vgg16", 15.5), ("vgg19", 19.6), ("resnet18", 1.8)],
)
def test_multiplications_are_as_published(name: str, billions: float) -> None:
    assert round(outline(name).multiply_adds / 1e9, 1) == billions


@pytest.mark.parametrize("name", COUNTS)
def test_shapes_and_names(name: str) -> None:
    import keras

    spec = get(name)
    network = smallest(name)
    assert isinstance(network, keras.Sequential)
    assert network.name == name
    assert network.input_shape == (None, spec.smallest, spec.smallest, spec.input.channels)
    assert network.output_shape == (None, 4)
    named(network)


def named(network: Any) -> None:
    """Every layer has a name that was given to it, and no two of one model have the same."""
    layers = [layer for layer in network.layers if type(layer).__name__ != "InputLayer"]
    names = [layer.name for layer in layers]
    assert len(set(names)) == len(names)
    for layer in layers:
        kind = re.sub(r"(?<!^)(?=[A-Z])", "_", type(layer).__name__).lower()
        assert not re.fullmatch(rf"({kind}|{kind.replace('_', '')})_\d+|functional.*|sequential.*", layer.name)
        if hasattr(layer, "layers"):
            named(layer)


@pytest.mark.parametrize("name", COUNTS)
def test_too_small_an_input_is_refused_with_the_smallest_that_works(name: str) -> None:
    spec = get(name)
    least = spec.smallest
    for shape in ((least - 1, least, 1), (least, least - 1, 1)):
        with pytest.raises(UsageError, match=f"{name} takes pictures of at least {least} x {least} pixels, not "):
            spec.builder(input_shape=shape, **spec.options)


@pytest.mark.parametrize("name", [name for name, row in NETS.items() if row.smallest not in (8, 32)])
def test_the_smallest_input_is_the_smallest(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where convolutions and poolings are "valid", Keras itself finds nothing left of one pixel less."""
    spec = get(name)
    monkeypatch.setitem(spec.builder.__globals__, "check_size", lambda *_: None)
    shape = (spec.smallest - 1, spec.smallest - 1, 1)
    once = {"repeats": (1, 1, 1)} if name in ("inception_v4", "inception_resnet_v2") else {}
    with pytest.raises(ValueError, match=r"smaller|negative|non-positive|Computed output size"):
        without_values(lambda: spec.build(input_shape=shape, **once))


def test_usual_sizes_can_be_built() -> None:
    for row in NETS.values():
        assert all(size >= row.smallest for size in row.sizes), row.name
        assert not row.sizes or row.input.height == row.input.width == row.sizes[0]


def test_an_unknown_name_lists_the_known() -> None:
    with pytest.raises(UsageError, match=r"no network 'lenett'.*lenet5, lenet, pen, simple_cnn, colour, alexnet"):
        get("lenett")


def test_a_duplicate_is_refused() -> None:
    def lenet() -> None: ...

    with pytest.raises(ValueError, match="two networks"):
        register(title="", paper="", parameters=0)(lenet)


def test_every_network_says_what_it_is_in_a_sentence() -> None:
    for row in NETS.values():
        assert row.summary.endswith("."), row.name
        assert 20 < len(row.summary) < 200
        assert "\n" not in row.summary
    assert len({row.summary for row in NETS.values()}) == len(NETS)
    assert len({row.title for row in NETS.values()}) == len(NETS)


def test_families_stand_together() -> None:
    families = [row.family for row in NETS.values()]
    assert len(set(families)) == sum(
        1 for before, after in zip(["", *families], families, strict=False) if before != after
    )
