"""Networks with ImageNet's weights: where their files are looked for, what is said without them, and their answers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nets.data.photographs import FILES, path_of_table
from nets.data.specs import ImageInput
from nets.data.value_ranges import RANGES
from nets.errors import LensletError
from nets.events import Cancelled, Event, Progress
from nets.models import open_model, ref_of
from nets.network import pretrained
from nets.network.outline import without_values
from nets.network.pretrained import CLASS_NAMES, find_weights, get_files, load_network, missing_files
from nets.places import Places
from nets.zoo import NETS
from nets.zoo.pretrained import PRETRAINED, Pretrained
from tests.nets.local_server import Server, serving

NAMES = {str(at): [f"n{at:08d}", f"thing_{at}"] for at in range(1000)}
WEIGHTS = b"weights" * 1000
NAME = "mobilenet_0.75"
SLOW = ("inception_v3", "inception_resnet_v2", "densenet121")
"""Take seconds to build; Keras builds them without a look at where their weights come from."""


@pytest.fixture(autouse=True)
def keras_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keras's cache is this test's own; where downloads come from, nobody listens."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setattr(pretrained, "CLASS_NAMES_URL", "http://127.0.0.1:9/")
    return tmp_path / "keras" / "models"


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(*(tmp_path / name for name in ("runs", "drawings", "cache", "settings.json")), tmp_path / "data")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with serving() as made:
        monkeypatch.setattr(pretrained, "CLASS_NAMES_URL", made.url)
        yield made


@pytest.fixture
def row() -> Pretrained:
    """A row whose file is small, and whose server does not answer."""
    return replace(PRETRAINED[NAME], md5=hashlib.md5(WEIGHTS).hexdigest(), url="http://127.0.0.1:9/")


def write(folder: Path, name: str, content: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    return folder / name


# --- the table --------------------------------------------------------------------------------------------------


def test_the_rows_of_the_table_are_consistent() -> None:
    names = "mobilenet_0.75 mobilenet mobilenet_v2 vgg16 vgg19 resnet50 inception_v3 inception_resnet_v2 "
    assert list(PRETRAINED) == (names + "efficientnet_b0 densenet121").split()
    for name, row in PRETRAINED.items():
        assert row.name == name
        assert row.input.range in RANGES
        assert 0.6 < row.top1 < row.top5 < 1
        assert row.megabytes == pytest.approx(4e-6 * row.parameters, rel=0.06)  # float32 in HDF5
        assert row.url.startswith("https://storage.googleapis.com/")
        if name in NETS and NETS[name].classes == 1000:
            assert NETS[name].parameters == row.parameters


def test_a_network_is_built_with_the_same_names_each_time() -> None:
    first, second = (PRETRAINED["mobilenet"].build() for _ in range(2))
    assert first.count_params() == PRETRAINED["mobilenet"].parameters
    assert [layer.name for layer in first.layers] == [layer.name for layer in second.layers]


@pytest.mark.parametrize("row", PRETRAINED.values(), ids=PRETRAINED)
def test_the_range_is_that_of_keras(row: Pretrained) -> None:
    import importlib

    from nets.data.value_ranges import to_values

    module = {"ResNet50": "resnet50", "MobileNetV2": "mobilenet_v2", "InceptionV3": "inception_v3"}
    module |= {"InceptionResNetV2": "inception_resnet_v2", "EfficientNetB0": "efficientnet", "DenseNet121": "densenet"}
    own = importlib.import_module(f"keras.applications.{module.get(row.function, row.function.lower())}")
    pixels = np.random.default_rng(1).integers(0, 256, (1, 4, 4, 3), np.uint8)
    expected = own.preprocess_input(pixels.astype(np.float32))
    np.testing.assert_allclose(
        to_values(pixels, row.input), expected, atol=2e-5 if row.input.range != "caffe" else 1e-3
    )


@pytest.mark.parametrize("name", [name for name in PRETRAINED if name not in SLOW])
def test_the_layers_are_those_that_keras_loads_the_weights_into(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keras adds a layer to EfficientNet where it looks for the weights itself: without it every answer was wrong."""
    import keras
    from keras.src.utils import file_utils

    def layers_of(network: keras.Model) -> list[tuple[str, dict[str, object]]]:
        layers = [(type(layer).__name__, layer.get_config()) for layer in network.layers]
        return [(kind, {key: value for key, value in config.items() if key != "name"}) for kind, config in layers]

    monkeypatch.setattr(file_utils, "get_file", lambda *_, **__: "")
    monkeypatch.setattr(keras.Model, "load_weights", lambda *_, **__: None)
    row = PRETRAINED[name]
    function = getattr(keras.applications, row.function)
    expected = without_values(lambda: function(weights="imagenet", **row.options))
    assert layers_of(without_values(row.build)) == layers_of(expected)
    assert expected.count_params() == row.parameters


# --- the files --------------------------------------------------------------------------------------------------


def test_files_are_looked_for_in_the_data_directory_then_where_keras_keeps_them(
    places: Places, keras_home: Path, row: Pretrained
) -> None:
    assert find_weights(row, places) is None
    assert missing_files(row, places) == (row.file, CLASS_NAMES)
    last = write(places.cache / "keras-models", row.file, WEIGHTS)
    assert find_weights(row, places) == last
    second = write(keras_home, row.file, WEIGHTS)
    assert find_weights(row, places) == second
    assert places.data is not None
    first = write(places.data / "keras-models", row.file, WEIGHTS)
    write(keras_home, CLASS_NAMES, json.dumps(NAMES).encode())
    assert missing_files(row, places) == ()
    found, labels = get_files(row, places)
    assert found == first
    assert labels[:2] == ("thing 0", "thing 1")


def test_what_is_missing_is_downloaded_and_then_found(places: Places, server: Server, row: Pretrained) -> None:
    server.bodies = {row.file: WEIGHTS, CLASS_NAMES: json.dumps(NAMES).encode()}
    row = replace(row, url=server.url)
    seen: list[Event] = []
    path, labels = get_files(row, places, report=seen.append)
    assert path.read_bytes() == WEIGHTS
    assert len(labels) == 1000
    assert Progress(row.file, len(WEIGHTS) / 1e6, len(WEIGHTS) / 1e6, "MB") in seen
    get_files(row, places)
    assert server.asked == [CLASS_NAMES, row.file]  # once each


def test_a_cancelled_download_leaves_nothing(places: Places, server: Server, row: Pretrained) -> None:
    server.bodies = {row.file: WEIGHTS, CLASS_NAMES: json.dumps(NAMES).encode()}

    def report(event: Event) -> None:
        if isinstance(event, Progress) and event.what == row.file:
            raise Cancelled

    with pytest.raises(Cancelled):
        get_files(replace(row, url=server.url), places, report=report)
    assert [path.name for path in places.cache.rglob("*") if path.is_file()] == [CLASS_NAMES]


def test_without_a_network_the_files_to_put_and_where_are_said(
    places: Places, keras_home: Path, row: Pretrained
) -> None:
    with pytest.raises(LensletError, match="could not be reached") as told:
        get_files(row, places)
    assert f"put {row.file} and {CLASS_NAMES} into {places.data}/keras-models" in str(told.value)
    assert str(keras_home) in str(told.value)
    write(keras_home, CLASS_NAMES, json.dumps(NAMES).encode())
    with pytest.raises(LensletError, match=f"put {row.file} into") as told:
        get_files(row, replace(places, data=None))
    assert "<a data directory>/keras-models" in str(told.value)


@pytest.mark.parametrize("md5", [True, False])
def test_a_damaged_file_is_named(places: Places, keras_home: Path, row: Pretrained, md5: bool) -> None:
    """By its sum where one is published; otherwise by reading it where it can do no harm."""
    path = write(keras_home, row.file, WEIGHTS[:-1])
    write(keras_home, CLASS_NAMES, json.dumps(NAMES).encode())
    with pytest.raises(LensletError, match=f"{path.name} is (damaged|truncated)"):
        get_files(row if md5 else replace(row, md5=""), places)


@pytest.mark.parametrize("content", [b"", b"{}", b"[1, 2]", b'{"0": ["n1", "tench"]}', b'{"0": 1}'])
def test_a_list_of_classes_that_is_none(places: Places, keras_home: Path, row: Pretrained, content: bytes) -> None:
    write(keras_home, row.file, WEIGHTS)
    path = write(keras_home, CLASS_NAMES, content)
    with pytest.raises(LensletError, match=f"{path} is not Keras's list of ImageNet's 1,000 classes"):
        get_files(row, places)


def test_two_classes_of_one_name_are_told_apart(places: Places, keras_home: Path, row: Pretrained) -> None:
    """Keras's own list calls a bird and a machine "crane"."""
    write(keras_home, row.file, WEIGHTS)
    names = NAMES | {"134": ["n02012849", "crane"], "517": ["n03126707", "crane"], "3": ["n7", "thing_4"]}
    write(keras_home, CLASS_NAMES, json.dumps(names).encode())
    _, labels = get_files(row, places)
    assert (labels[134], labels[517]) == ("crane (bird)", "crane")
    assert (labels[3], labels[4]) == ("thing 4", "thing 4 (n00000004)")
    assert len(set(labels)) == 1000


def test_weights_of_another_network_are_refused(places: Places, keras_home: Path, data_dir: Path) -> None:
    row = PRETRAINED["mobilenet"]
    other = data_dir / "keras-models" / PRETRAINED[NAME].file
    if not other.exists():
        pytest.skip(f"needs {other}")
    expected = (
        "does not hold the weights of MobileNet: its conv1/kernel has the shape 3 x 3 x 3 x 24, expected 3 x 3 x 3 x 32"
    )
    with pytest.raises(LensletError, match=expected):
        load_network(row, other)


# --- the real one -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def weights(data_dir: Path) -> Path:
    if not (data_dir / "keras-models" / PRETRAINED[NAME].file).exists():
        pytest.skip(f"needs {PRETRAINED[NAME].file} in {data_dir}/keras-models")
    return data_dir


def test_photographs_are_named(weights: Path, places: Places) -> None:
    from nets.compute.lens import Lens, answer_picture

    model = open_model(NAME, replace(places, data=weights))
    assert model.card.input == ImageInput(224, 224, 3, "crop", "signed")
    assert model.card.parameters == model.network.count_params()
    assert (len(model.layers), len(model.card.labels), model.output.kind.name) == (90, 1000, "classes")
    lens = Lens(model)
    folder = path_of_table().parent.parent / "images"
    found = {}
    for name in FILES:
        with Image.open(folder / name) as picture:
            prepared, reading, answer = answer_picture(lens, np.asarray(picture.convert("RGB")))
        assert answer is not None
        found[name] = [model.card.labels[at] for at in np.argsort(-answer.probabilities)[:5]]
        raw = np.asarray(model.network(prepared.input[None], training=False))[0]
        np.testing.assert_allclose(reading.probabilities, raw, atol=1e-5)
    assert found["china.jpg"][0] in ("stupa", "palace", "bell cote")
    assert {"bee", "daisy"} & set(found["flower.jpg"])
    maps = lens.read(prepared.input, ("conv1_relu", "conv_pw_13_relu")).maps
    assert maps["conv1_relu"].shape == (112, 112, 24)
    assert maps["conv_pw_13_relu"].shape == (7, 7, 768)
    assert model.fields.size("conv1") == (3, 3)
    assert model.fields.size("conv_pw_13_relu") == (315, 315)  # nothing on the way reads the whole picture


def test_a_name_of_both_tables_is_the_pretrained_one(places: Places) -> None:
    assert ref_of("vgg16", places).kind == "pretrained"
    assert ref_of(NAME, places).kind == "pretrained"


@pytest.mark.parametrize(
    ("free", "words"),
    [
        (1_000_000_000, "Inception-ResNet v2 would fit"),
        (50_000_000, "MobileNet v2 would fit"),
        (1_000, "close other programs"),
    ],
)
def test_what_is_too_large_for_memory_says_what_would_fit(free: int, words: str) -> None:
    with pytest.raises(LensletError, match=r"VGG19 needs about 1.9 GB of memory while it is opened, and ") as refused:
        pretrained.check_memory(PRETRAINED["vgg19"], free)
    assert str(refused.value).endswith(words)
    pretrained.check_memory(PRETRAINED["vgg19"], 2_000_000_000)


def test_it_is_said_before_anything_is_downloaded(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pretrained, "available_memory", lambda: 1_000)
    monkeypatch.setattr(pretrained, "get_files", lambda *_: pytest.fail("the files were asked for"))
    with pytest.raises(LensletError, match=r"VGG16 needs about 1.8 GB of memory"):
        open_model("vgg16", places)
