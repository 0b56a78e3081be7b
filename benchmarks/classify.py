"""One image through a network: Keras's ways and ours, at rest and while a training uses the same cores."""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from report import Row, percentile, show

from nets import zoo
from nets.compute.lens import Lens
from nets.events import Cancelled, Event
from nets.network.wrap import wrap
from nets.places import Places

NETWORKS = ("lenet", "pen")


def milliseconds(call: Callable[[], object], runs: int, pause: float = 0.0) -> list[float]:
    """How long each of ``runs`` calls takes, ``pause`` seconds apart as moves of a pen are."""
    found = []
    for _ in range(runs):
        started = time.perf_counter()
        call()
        found.append(1000 * (time.perf_counter() - started))
        time.sleep(pause)
    return found


class Training:
    """A real training in a thread for as long as the block lasts."""

    def __enter__(self) -> Training:
        self._ended, self._begun = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._train)
        self._thread.start()
        self._begun.wait(120)
        return self

    def __exit__(self, *problem: object) -> None:
        self._ended.set()
        self._thread.join()

    def _report(self, event: Event) -> None:
        from nets.training.events import BatchesDone

        if isinstance(event, BatchesDone):
            self._begun.set()
        if self._ended.is_set():
            raise Cancelled

    def _train(self) -> None:
        from nets.data.datasets import load
        from nets.runs.config import TrainConfig
        from nets.runs.store import RunStore
        from nets.training.train import train

        config = TrainConfig(network="lenet", dataset="digits", epochs=500)
        with tempfile.TemporaryDirectory() as folder:
            try:
                train(config, load("digits", Places.default()), RunStore(Path(folder)), self._report)
            except Cancelled:
                return


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    options = parser.parse_args()
    rows: list[Row] = []
    ours: dict[str, Callable[[], object]] = {}
    for name in NETWORKS:
        model = wrap(zoo.get(name).build(), name=name)
        image = np.random.default_rng(1).uniform(0, 1, (1, *model.card.input.shape)).astype(np.float32)
        lens = Lens(model)
        started = time.perf_counter()
        lens.warm_up()
        rows.append(Row(f"{name}: Lens, warm_up", time.perf_counter() - started, unit="s"))
        ours[f"{name}: Lens, the answer"] = lambda lens=lens, image=image: lens.classify(image)
        ours[f"{name}: Lens, every layer"] = lambda lens=lens, image=image: lens.read(image)
        keras = {
            "keras predict": lambda network=model.network, image=image: network.predict(image, verbose=0),
            "network(image)": lambda network=model.network, image=image: network(image, training=False),
        }
        calls = {f"{name}: {what}": call for what, call in keras.items()}
        calls |= {what: call for what, call in ours.items() if what.startswith(name)}
        for what, call in calls.items():
            milliseconds(call, 5)
            found = milliseconds(call, options.runs if what in ours else 30)
            rows += [Row(f"{what}, p50", percentile(found, 0.5)), Row(f"{what}, p95", percentile(found, 0.95))]
    with Training():
        for what, call in ours.items():
            found = milliseconds(call, options.runs, pause=0.012)
            rows.append(Row(f"{what}, p50 while training", percentile(found, 0.5)))
            rows.append(Row(f"{what}, p95 while training", percentile(found, 0.95)))
    show("classify", rows)


if __name__ == "__main__":
    main()
