"""Writes the maps that are shown to a file, in a job: a picture with title, layer, range and scale, or the raw
arrays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from nets.events import Report, no_report
from nets.files import saving, write_with
from nets.pictures.ranges import Range, file_name, save_npz
from nets.pictures.sheets import layer_picture, save_map

if TYPE_CHECKING:
    from nets.network.layers import LayerInfo


ZOOM = 2  # pixels of the file for each pixel of the screen


@dataclass(frozen=True, eq=False)
class MapExport:
    """What was on the screen when Save was chosen. Frozen: the drawing may change while the file is written."""

    what: str  # "layer", "map" or "arrays"
    model: str
    title: str
    layer: LayerInfo
    values: np.ndarray  # (h, w, n) or (units,)
    span: Range  # of the one map that is saved, or of the layer if its maps share one range
    labels: tuple[str, ...] = ()
    map: int = 0
    mode: str = "layer"
    by_strength: bool = False
    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)
    drawing: np.ndarray | None = None  # the input as the network received it: (h, w) or (h, w, 3) float 0..1
    whole: bool = False  # whether ``arrays`` holds all layers that can be shown

    @property
    def name(self) -> str:
        """A file name that says what it shows."""
        if self.what == "arrays":
            return file_name(self.model, "all-layers" if self.whole else self.layer.path, ".npz")
        if self.what == "map":
            return file_name(self.model, self.layer.path, ".png", map_index=self.map, shape=self.values.shape[:2])
        return file_name(self.model, self.layer.path, ".png", shape=self.values.shape)

    @property
    def about(self) -> dict[str, str | list[str]]:
        """Metadata for the arrays: the model, and whether all of its layers are included."""
        layers = [path for path in self.arrays if path != "input"]
        holds = "all layers" if self.whole else "the layers in view"
        return {"model": self.model, "title": self.title, "holds": holds, "layers": layers}


def save(shown: MapExport, target: Path, report: Report = no_report) -> Path:
    """Write ``target``, whole or not at all.

    Raises:
        LensletError: The file cannot be written.
    """
    with saving(target):
        if shown.what == "arrays":
            save_npz(target, dict(shown.arrays), shown.about)
        elif shown.what == "map":
            with TemporaryDirectory(dir=target.parent) as folder:
                saved = save_map(
                    Path(folder),
                    shown.model,
                    shown.layer,
                    shown.values,
                    shown.map,
                    shown.span,
                    mode=shown.mode,
                    drawing=shown.drawing,
                    zoom=ZOOM,
                )
                saved.replace(target)
        else:
            labels = shown.labels if shown.layer.shows == "probabilities" else ()
            picture = layer_picture(
                shown.model,
                shown.layer,
                shown.values,
                labels,
                mode=shown.mode,
                by_strength=shown.by_strength,
                span=shown.span,
                drawing=shown.drawing,
                zoom=ZOOM,
            )
            write_with(target, lambda temporary: picture.save(temporary, "PNG"))
    return target
