"""Every layer's output in the same compiled pass that answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nets.compute.compiled import CompiledPass
from nets.errors import UsageError
from nets.network.layers import LayerInfo
from nets.network.outputs import Probed, meaning_of, to_probabilities

if TYPE_CHECKING:
    from nets.network.model import Model

# Above this many numbers in all layers together (256 MB) a pass keeps only the layers that are asked for.
KEEP_ALL = 64_000_000


class Probe:
    """The probabilities and any set of layers' outputs in one compiled pass.

    One function returns every layer, so that choosing another layer compiles nothing; of very large networks one
    function is compiled for each set of layers that is asked for.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self._graph = model.graph
        self._meaning = meaning_of(self._graph)
        self.layers: tuple[LayerInfo, ...] = model.layers
        self._rows = {row.path: row for row in self.layers}
        total = sum(int(np.prod([size or 0 for size in row.output_shape])) for row in self.layers)
        self._keeps_all = total <= KEEP_ALL
        self._compiled: dict[tuple[str, ...], CompiledPass] = {}

    def __call__(self, inputs: np.ndarray, paths: tuple[str, ...] | None = None) -> Probed:
        """inputs (1, H, W, C) or (H, W, C) float32. ``paths`` None: every layer that can be shown; (): none."""
        images = np.ascontiguousarray(inputs, dtype=np.float32)
        expected = (1, *self.model.card.input.shape)
        if images.shape not in (expected, expected[1:]):
            raise UsageError(f"expected one input of shape {expected}, found {images.shape}")
        wanted = self._shown() if paths is None else tuple(paths)
        for path in wanted:
            self._check(path)
        found, output = self._function(wanted)(images.reshape(expected))
        raw = np.asarray(output, dtype=np.float32).reshape(1, -1)
        maps = {path: self._array(path, found[path]) for path in wanted}
        return Probed(to_probabilities(raw, self._meaning)[0], maps)

    def warm_up(self) -> None:
        """Compiles, and looks for the fastest code: 0.3 to 1 s, worth it for live drawing."""
        self._function(()).settle()

    def set_weights(self, weights: list[np.ndarray]) -> None:
        """Puts weights in ``get_weights`` order into the model's own network; give the Probe a ``copy`` to keep it."""
        self.model.network.set_weights(weights)

    def _shown(self) -> tuple[str, ...]:
        return tuple(row.path for row in self.layers if row.shows != "nothing")

    def _check(self, path: str) -> None:
        if path not in self._rows:
            raise UsageError(f"there is no layer {path!r}; there are: {', '.join(self._rows)}")
        if self._rows[path].shows == "nothing":
            raise UsageError(f"{path} cannot be shown: {self._rows[path].why_not}")

    def _array(self, path: str, value: Any) -> np.ndarray:
        array = np.asarray(value, dtype=np.float32)[0]
        row = self._rows[path]
        if row.shows == "probabilities":
            return array.reshape(-1)
        return np.moveaxis(array, 0, -1) if self._graph.channels_first and array.ndim == 3 else array

    def _function(self, wanted: tuple[str, ...]) -> CompiledPass:
        key = self._shown() if self._keeps_all else wanted
        if key not in self._compiled:

            def pick(results: dict[str, Any], output: Any) -> Any:
                return {path: results[path] for path in key}, output

            self._compiled[key] = CompiledPass(self._graph, (1, *self.model.card.input.shape), pick)
        return self._compiled[key]
