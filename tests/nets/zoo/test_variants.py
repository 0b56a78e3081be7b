"""The networks of the experiments: each has the parameters of its row, and differs from its base as it says."""

from __future__ import annotations

import pytest

from nets import backend
from nets.network.layers import LayerInfo
from nets.network.outline import without_values
from nets.network.structure import Structure
from nets.zoo import NETS, VARIANTS, get


def layers_of(name: str) -> tuple[LayerInfo, ...]:
    backend.configure()
    return Structure.of(without_values(get(name).build)).layers


@pytest.mark.parametrize("name", VARIANTS)
def test_parameters_and_name(name: str) -> None:
    backend.configure()
    network = without_values(get(name).build)
    assert (network.count_params(), network.name) == (get(name).parameters, name)


def test_menus_do_not_list_them() -> None:
    assert not set(NETS) & set(VARIANTS)


def test_one_difference_at_a_time() -> None:
    base = {row.name: row for row in layers_of("lenet_1998")}
    relu = {row.name: row for row in layers_of("lenet_relu")}
    assert [base[name].activation for name in ("conv1", "fc1", "answer")] == ["tanh", "tanh", "softmax"]
    assert [relu[name].activation for name in ("conv1", "fc1", "answer")] == ["relu", "relu", "softmax"]
    assert (base["pool1"].kind, relu["pool1"].kind) == ("AveragePooling2D", "AveragePooling2D")
    assert {row.kind for row in layers_of("lenet_max")} >= {"MaxPooling2D"}
    assert {row.kind for row in layers_of("lenet_dropout")} - {row.kind for row in base.values()} == {"Dropout"}
    plain = [row.kind for row in layers_of("factors_base")]
    normalised = [row.kind for row in layers_of("factors_batch_norm")]
    assert [kind for kind in normalised if kind != "BatchNormalization"] == plain
    assert {row.path.split("/")[0] for row in layers_of("factors_lrn") if "/" in row.path} == {"lrn1", "lrn2"}


def test_two_small_kernels_see_as_far_as_a_large_one_with_18_weights_for_25() -> None:
    large, small = layers_of("one_5x5"), layers_of("two_3x3")

    def weights(layers: tuple[LayerInfo, ...]) -> int:
        return sum(row.parameters - row.maps for row in layers if row.name.startswith("stage1_conv"))

    assert (weights(large), weights(small)) == (25 * 32 * 32, 18 * 32 * 32)
    ends = [Structure.of(without_values(get(name).build)).fields.size("stage2_pool") for name in ("one_5x5", "two_3x3")]
    assert ends[0] == ends[1]
