"""The table of datasets, and one way to load any of them: by name, or by the path of a folder of class folders."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from nets.data import cifar10, drawings, folder, stored, svhn
from nets.data.digits import TEST, digits
from nets.data.handwriting import redrawn, strokes
from nets.data.images import ArrayImages
from nets.data.packed import DatasetLocation
from nets.data.specs import Dataset, DatasetFile, DatasetSpec, ImageInput, Split, sum_of
from nets.errors import LensletError, UsageError
from nets.events import ProgressCounter, Report, no_report
from nets.files import user_path
from nets.places import Places

TEN = tuple("0123456789")
CLOTHES = (
    "T-shirt",
    "Trousers",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
STROKES = (60_000, 5_000)
"""Number of the program's own drawings for training and for testing."""
TEST_SEED = 2
"""Seed of the test drawings."""
REDRAWN = 30_000
"""Number of MNIST's training digits that are drawn again with a pad's pens for ``WIDE``."""
STYLED = 70_000
"""Number of drawings in common and in less common styles in ``WIDE``."""
NOT_YET = "not on this machine yet: it is downloaded when it is first used"
MIXED = "mnist+strokes"
WIDE = "mnist+redrawn+strokes"


def _idx(*sums: str) -> tuple[DatasetFile, ...]:
    """MNIST's four files with the md5 of what they unpack to, in the order of ``stored.NPZ_KEYS``."""
    names = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")
    return tuple(DatasetFile(f"{name}-ubyte.gz", md5) for name, md5 in zip(names, sums, strict=True))


DATASETS: Mapping[str, DatasetSpec] = {
    row.name: row
    for row in (
        DatasetSpec(
            name="digits",
            title="Digits 8x8",
            classes=TEN,
            input=ImageInput(),
            train_images=1797 - TEST,
            test_images=TEST,
            source="scikit-learn; Alpaydin and Kaynak 1998, doi:10.24432/C50P49",
            licence="CC BY 4.0",
            about="handwritten digits of 43 people, 8x8 pixels of 17 greys, enlarged and centred as MNIST's are",
            train_counts=(143, 146, 142, 146, 144, 145, 144, 143, 141, 143),
            test_counts=(35, 36, 35, 37, 37, 37, 37, 36, 33, 37),
        ),
        DatasetSpec(
            name="mnist",
            title="MNIST",
            classes=TEN,
            input=ImageInput(),
            train_images=60_000,
            test_images=10_000,
            source="LeCun, Cortes and Burges 1998",
            licence="CC BY-SA 3.0",
            files=_idx(
                "6bbc9ace898e44ae57da46a324031adb",
                "a25bea736e30d166cdddb491f175f624",
                "2646ac647ad5339dbf082846283269ea",
                "27ae3e4e09519cfbb04c329615203637",
            ),
            about="handwritten digits of 500 people, centred in 28x28 pixels",
            train_counts=(5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949),
            test_counts=(980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009),
        ),
        DatasetSpec(
            name="fashion-mnist",
            title="Fashion-MNIST",
            classes=CLOTHES,
            input=ImageInput(fit="picture"),
            train_images=60_000,
            test_images=10_000,
            source="Xiao, Rasul and Vollgraf 2017, arXiv:1708.07747",
            licence="MIT",
            files=_idx(
                "f4a8712d7a061bf5bd6d2ca38dc4d50a",
                "9018921c3c673c538a1fc5bad174d6f9",
                "8181f5470baa50b63fa0f6fddb340f0a",
                "15d484375f8d13e6eb1aabb0c3f46965",
            ),
            about="pictures of clothes, shoes and bags from a shop's catalogue, grey, 28x28 pixels",
            train_counts=(6000,) * 10,
            test_counts=(1000,) * 10,
        ),
        DatasetSpec(
            name="cifar10",
            title="CIFAR-10",
            classes=cifar10.CLASSES,
            input=ImageInput(32, 32, 3, "picture"),
            train_images=50_000,
            test_images=10_000,
            source="Krizhevsky 2009, Learning multiple layers of features from tiny images",
            licence="none stated; free for research with its citation",
            about="photographs of animals and vehicles, in colour, 32x32 pixels",
            train_counts=(5000,) * 10,
            test_counts=(1000,) * 10,
        ),
        DatasetSpec(
            name="svhn",
            title="SVHN",
            classes=TEN,
            input=ImageInput(32, 32, 3, "picture"),
            train_images=73_257,
            test_images=26_032,
            source="Netzer et al. 2011, Reading digits in natural images with unsupervised feature learning",
            licence="for non-commercial use, with its citation",
            about="digits of house numbers cut out of street photographs, in colour, 32x32 pixels",
            train_counts=(4948, 13861, 10585, 8497, 7458, 6882, 5727, 5595, 5045, 4659),
            test_counts=(1744, 5099, 4149, 2882, 2523, 2384, 1977, 2019, 1660, 1595),
        ),
        DatasetSpec(
            name="strokes",
            title="Strokes",
            classes=TEN,
            input=ImageInput(),
            train_images=STROKES[0],
            test_images=STROKES[1],
            source="drawn by this program from skeletons of strokes (nets/data/handwriting/skeletons.py)",
            licence="as this program",
            about="digits drawn by a program as a pen would, prepared as the pad prepares a drawing",
        ),
        DatasetSpec(
            name=MIXED,
            title="MNIST and strokes",
            classes=TEN,
            input=ImageInput(),
            train_images=60_000 + STROKES[0],
            test_images=10_000,
            source="both; tested on MNIST's test set",
            licence="as both",
            about="MNIST's training digits and those drawn by the program",
        ),
        DatasetSpec(
            name=WIDE,
            title="MNIST, redrawn, strokes",
            classes=TEN,
            input=ImageInput(),
            train_images=60_000 + REDRAWN + STYLED,
            test_images=10_000,
            source="MNIST, a part of it drawn again with a pad's pens, and strokes in more styles; tested on MNIST's",
            licence="as both",
            about="MNIST's training digits, some of them drawn again with a pad's pens, and drawn ones in more styles",
        ),
        DatasetSpec(
            name="drawings",
            title="My drawings",
            classes=(),
            input=ImageInput(),
            train_images=0,
            test_images=0,
            source="kept by you on the pad",
            licence="your own",
            about="the drawings that you labelled on the pad",
        ),
    )
}


class _Packed(Protocol):
    """A module that finds and loads one packed dataset."""

    def locate(self, spec: DatasetSpec, places: Places) -> DatasetLocation | None: ...
    def load(self, spec: DatasetSpec, places: Places, report: Report) -> Dataset: ...


PACKED: Mapping[str, _Packed] = {"cifar10": cifar10, "svhn": svhn}


@dataclass(frozen=True)
class LocalCopy:
    """Whether a dataset can be loaded without a network connection, where its files are, and otherwise the problem."""

    name: str
    found: bool
    where: str
    problem: str = ""


def get(name: str, places: Places) -> DatasetSpec:
    """The row of a dataset's name, or a new one for a folder's path.

    Raises:
        UsageError: There is no such dataset; the message lists the known names.
    """
    own = drawings.set_of_dataset(name)
    if own is not None:
        row = DATASETS[drawings.DATASET]
        if not drawings.counts(places, own):
            where = f" in the set {own!r}" if own else ""
            raise UsageError(
                "you have not kept any drawings{where} yet: draw a digit on the pad and press its key, 0 to 9",
                where=where,
            )
        title = f"{row.title}, {own}" if own else row.title
        found = folder.describe(drawings.set_folder(places, own), name=name, title=title, input=row.input)
        return replace(found, about=row.about)
    if name in DATASETS:
        return DATASETS[name]
    path = user_path(name, "folder with a folder a class, or the name of a dataset")
    if path.is_dir():
        return folder.describe(path)
    if path.is_file():
        raise UsageError(
            "expected a dataset's name or a folder with a folder a class, but {path} is a file: a picture is for "
            "classify, trust or explain",
            path=path,
        )
    known = ", ".join(DATASETS)
    raise UsageError(
        "there is no dataset or folder {name!r}; there are: {known}, or a folder with a folder a class",
        name=name,
        known=known,
    )


def find(name: str, places: Places) -> LocalCopy:
    """Look for the files without loading them: fast enough for a menu."""
    if name in (MIXED, WIDE):
        return replace(find("mnist", places), name=name)
    try:
        spec = get(name, places)
        if name in PACKED:
            place = PACKED[name].locate(spec, places)
            return LocalCopy(name, True, place.where) if place else LocalCopy(name, False, "", NOT_YET)
        if not spec.files:
            return LocalCopy(name, True, _where(name, places))
        location = stored.locate(spec, places)
    except LensletError as problem:
        return LocalCopy(name, False, "", str(problem))
    if location.folder is not None:
        return LocalCopy(name, True, location.where)
    if location.where:
        return LocalCopy(name, False, location.where, f"lacks {', '.join(location.missing)}")
    return LocalCopy(name, False, "", NOT_YET)


def load(name: str, places: Places, *, report: Report = no_report) -> Dataset:
    """Loads a dataset.

    Args:
        name: a name of ``DATASETS``, a set of kept drawings, or the path of a folder with a folder a class.
        places: where its files are looked for, and downloaded to.
        report: receives a Progress while files are read, drawn or downloaded; it may raise Cancelled.

    Raises:
        UsageError: there is no such dataset or folder.
        LensletError: a file is missing or damaged; the message says what to do.
    """
    spec = get(name, places)
    if name in PACKED:
        return PACKED[name].load(spec, places, report)
    if spec.files:
        return stored.load_stored(spec, places, report)
    if name == "digits":
        train, test = digits(spec.input)
        return Dataset(spec, spec.classes, train, test, _where(name, places), sum_of(train, test))
    if name == "strokes":
        return _strokes(spec, places, report)
    if name in (MIXED, WIDE):
        return _mixed(spec, places, report)
    own = drawings.set_of_dataset(name)
    path = user_path(name) if own is None else drawings.set_folder(places, own)
    return folder.load_folder(path, spec, report, cache=places.cache)


def _where(name: str, places: Places) -> str:
    own = drawings.set_of_dataset(name)
    if own is not None:
        return str(drawings.set_folder(places, own))
    known = {"digits": "scikit-learn's package", "strokes": "drawn when it is needed"}
    return known[name] if name in known else str(user_path(name))


def _strokes(spec: DatasetSpec, places: Places, report: Report) -> Dataset:
    tell = ProgressCounter(report, spec.title, sum(STROKES), "drawings")
    train = strokes.cached(places.cache, STROKES[0], seed=1, tell=tell)
    test = strokes.cached(places.cache, STROKES[1], seed=TEST_SEED, tell=lambda done: tell(STROKES[0] + done))
    return Dataset(spec, spec.classes, train, test, _where(spec.name, places), sum_of(train, test))


def _mixed(spec: DatasetSpec, places: Places, report: Report) -> Dataset:
    mnist = load("mnist", places, report=report)
    if spec.name == WIDE:
        more = [_redrawn(mnist.train, spec, places, report), _styled(spec, places, report)]
        sums = [sum_of(part) for part in more]
    else:
        drawn = load("strokes", places, report=report)
        more, sums = [drawn.train], [drawn.md5]
    images = ArrayImages(np.concatenate([mnist.train.pixels(), *(part.pixels() for part in more)]))
    labels = np.concatenate([mnist.train.labels, *(part.labels for part in more)])
    md5 = hashlib.md5(" ".join([mnist.md5, *sums]).encode(), usedforsecurity=False).hexdigest()
    return Dataset(spec, spec.classes, Split(images, labels), mnist.test, mnist.where, md5)


def _redrawn(source: Split, spec: DatasetSpec, places: Places, report: Report) -> Split:
    tell = ProgressCounter(report, spec.title, REDRAWN + STYLED, "drawings")
    return redrawn.cached(places.cache, source, REDRAWN, seed=3, tell=tell)


def _styled(spec: DatasetSpec, places: Places, report: Report) -> Split:
    tell = ProgressCounter(report, spec.title, REDRAWN + STYLED, "drawings")
    return strokes.cached(places.cache, STYLED, seed=1, styles=True, tell=lambda done: tell(REDRAWN + done))


def kept(places: Places) -> int:
    """How many drawings the person has kept, in all sets."""
    return sum(len(drawings.drawings_of(places, name)) for name in drawings.sets(places))
