"""``nets``, ``data`` and ``runs``: tables of networks, datasets and runs."""

from __future__ import annotations

import argparse
from dataclasses import replace

from nets.commands.output import Output
from nets.places import Places


def nets(options: argparse.Namespace, places: Places, out: Output) -> int:
    """The networks and the cost of each."""
    from nets.zoo import NETS
    from nets.zoo.costs import COSTS

    rows = []
    for spec in NETS.values():
        costs = COSTS[spec.name]
        shape = " x ".join(map(str, spec.input.shape))
        work = costs.multiply_adds
        rows.append((spec.name, spec.title, shape, spec.classes, spec.parameters, work, costs.layers))
        out.result(
            name=spec.name,
            title=spec.title,
            input_shape=spec.input.shape,
            classes=spec.classes,
            parameters=spec.parameters,
            multiply_adds=costs.multiply_adds,
            layers=costs.layers,
            family=spec.family,
            paper=spec.paper,
            trainable=costs.trainable,
            smallest=spec.smallest,
            sizes=spec.sizes,
        )
    out.table(("name", "title", "input", "classes", "parameters", "multiply-adds", "layers"), rows)
    return 0


def data(options: argparse.Namespace, places: Places, out: Output) -> int:
    """The datasets and where they were found, or the card of one."""
    if options.name is not None:
        return _dataset_card(options.name, places, out)
    from nets.data.datasets import DATASETS, find, get
    from nets.data.drawings import DATASET, counts, dataset_of_set, set_of_dataset, sets
    from nets.errors import LensletError

    known = dict(DATASETS) | {dataset_of_set(own): DATASETS[DATASET] for own in sets(places) if own}
    rows = []
    for name, row in known.items():
        found = find(name, places)
        try:
            spec = get(name, places)
        except LensletError:
            # Too few classes to train on, but the existing ones are counted.
            own = set_of_dataset(name)
            kept = counts(places, own) if own is not None else {}
            spec = replace(row, classes=(*row.classes, *kept), train_images=row.train_images + sum(kept.values()))
        images = spec.train_images + spec.test_images
        where = found.where if found.found else found.problem
        rows.append((name, "yes" if found.found else "no", images, " x ".join(map(str, spec.input.shape)), where))
        out.result(
            name=name,
            found=found.found,
            where=where,
            images=images,
            shape=spec.input.shape,
            classes=len(spec.classes),
        )
    out.table(("name", "found", "images", "shape", "where"), rows)
    return 0


def _dataset_card(name: str, places: Places, out: Output) -> int:
    """One dataset: number and size of the images, their origin, and the number in each class."""
    from nets.data.datasets import find, get

    spec, found = get(name, places), find(name, places)
    where = found.where if found.found else found.problem
    out.result(
        name=spec.name,
        title=spec.title,
        about=spec.about,
        found=found.found,
        where=where,
        train_images=spec.train_images,
        test_images=spec.test_images,
        shape=spec.input.shape,
        source=spec.source,
        licence=spec.licence,
        classes=spec.classes,
        train_counts=spec.train_counts,
        test_counts=spec.test_counts,
    )
    rows = [
        ("name", spec.name),
        ("about", spec.about),
        ("images", f"{spec.train_images:,} to train on, {spec.test_images:,} to test on"),
        ("size", " x ".join(map(str, spec.input.shape))),
        ("source", spec.source),
        ("licence", spec.licence),
        ("where", where),
    ]
    out.table((spec.title, ""), rows)
    if spec.train_counts:
        counts = zip(spec.classes, spec.train_counts, spec.test_counts, strict=True)
        out.table(("class", "train", "test"), list(counts))
    else:
        out.say(f"classes: {', '.join(spec.classes)}; how many images each has is known once the dataset is loaded")
    return 0


def runs(options: argparse.Namespace, places: Places, out: Output) -> int:
    """The runs, the newest first."""
    from nets.runs.store import RunStore

    store = RunStore(places.runs)
    rows = []
    for run in store.list():
        accuracy = "" if run.validation is None else run.validation.text()
        rows.append((run.id, run.title, f"{run.epochs_done} of {run.epochs}", accuracy, run.state, run.date))
        out.result(
            run=run.id,
            net=run.network,
            dataset=run.dataset,
            epochs=run.epochs_done,
            val_accuracy=run.val_accuracy,
            state=run.state,
            date=run.date,
        )
    for problem in store.problems:
        out.warn(problem)
    if rows:
        out.table(("run", "title", "epochs", "best, validation", "state", "date"), rows)
    else:
        out.say(f"no runs in {places.runs} yet: main.py train lenet digits makes the first")
    return 0
