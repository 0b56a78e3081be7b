"""A function that is compiled through XLA at once, or beside a plain graph that answers meanwhile."""

from __future__ import annotations

import numpy as np
import pytest

from nets import backend
from nets.compute.lens import Lens
from nets.compute.quick import QuickCall
from nets.explain import EXPLAINERS
from nets.network.wrap import wrap
from tests.nets.conftest import simple

X = np.arange(3, dtype=np.float32)


class Making:
    """``make`` of a QuickCall for x + 1, or x + 2 through XLA: what answers is seen by the result."""

    def __init__(self, lacks: bool = False) -> None:
        self.asked: list[bool] = []
        self._lacks = lacks

    def __call__(self, xla: bool):
        self.asked.append(xla)
        if xla and self._lacks:

            def function(x):
                raise RuntimeError("XLA lacks an operation")

            return backend.compile(function)
        return backend.compile(lambda x: x + (2 if xla else 1))


def answer(call):
    return backend.to_array(call(X)) - X


def test_xla_compiles_the_first_call_where_nobody_compiles_beside():
    made = Making()
    call = QuickCall(made)
    assert [answer(call)[0], answer(call)[0]] == [2, 2]
    assert made.asked == [True]
    assert call.take_compiling() is None


def test_the_plain_graph_answers_until_xla_was_compiled_beside():
    made = Making()
    call = QuickCall(made, beside=True)
    assert call.take_compiling() is None  # nothing was asked yet: the shapes are not known
    assert answer(call)[0] == 1
    compiling = call.take_compiling()
    assert compiling is not None
    assert call.take_compiling() is None  # somebody has it
    assert answer(call)[0] == 1
    compiling()
    assert answer(call)[0] == 2
    assert call.take_compiling() is None
    assert made.asked == [False, True]


@pytest.mark.parametrize("beside", [False, True])
def test_what_xla_lacks_stays_a_plain_graph(beside):
    call = QuickCall(Making(lacks=True), beside=beside)
    assert answer(call)[0] == 1
    if beside:
        call.take_compiling()()
    assert answer(call)[0] == 1


def test_an_explanation_is_the_same_before_and_after_xla_was_compiled_beside():
    lens = Lens(wrap(simple()), compiles_beside=True)
    image = np.random.default_rng(0).uniform(0, 1, (28, 28, 1)).astype(np.float32)

    def explained():
        return EXPLAINERS["gradient"].run(lens, image, target=3)

    before = explained()
    compiling = lens.take_compiling()
    assert compiling is not None
    compiling()
    assert lens.take_compiling() is None
    np.testing.assert_allclose(explained(), before, atol=1e-6 * np.abs(before).max())
    other = Lens(lens.model)
    EXPLAINERS["gradient"].run(other, image, target=3)
    assert other.take_compiling() is None
