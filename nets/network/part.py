"""A part of a network: only the steps that some layers need."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from nets.network.graph import Graph


def part_up_to(graph: Graph, paths: Iterable[str]) -> Graph:
    """The graph of the steps from which the layers ``paths`` are computed; its output is the last of these layers.

    Later steps are left out, so that the part may take pictures of another size than the whole network with its dense
    layers.

    Raises:
        UsageError: There is no layer with such a path; the message names similar ones.
    """
    wanted = [graph.step(path) for path in paths]
    needed = {number for step in wanted for number in step.inputs}
    kept = {step.path for step in wanted}
    for step in reversed(graph.steps):
        if step.path in kept or needed & set(step.outputs):
            kept.add(step.path)
            needed |= set(step.inputs)
    steps = tuple(step for step in graph.steps if step.path in kept)
    return replace(graph, steps=steps, output=steps[-1].outputs[0], outputs=1)
