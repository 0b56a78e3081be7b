"""Files as people reported them: each opens, or is refused with the right sentence."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.fuzz.asking import open_and_ask, python_words, sentence_of
from tests.fuzz.pool import WEIGHTS, Pool
from tests.nets.network import old_files


def _opens(pool: Pool, name: str, data: bytes, case: Path) -> None:
    (case / name).write_bytes(data)
    open_and_ask(case / name)


def _refused(case: Path, said: str) -> None:
    path = next(case.iterdir())
    found = sentence_of(lambda: open_and_ask(path))
    if said not in found or python_words(found):
        raise AssertionError(f"expected {said!r}, found {found!r}")


def _write(
    case: Path, name: str, config: Any, weights: old_files.Weights | None = None, version: str = "2.4.0"
) -> None:
    old_files.write_h5(case / name, config, WEIGHTS if weights is None else weights, version)


def _config_says(config: Any, said: str) -> Callable[[Pool, Path], None]:
    def check(pool: Pool, case: Path) -> None:
        _write(case, "some.h5", config)
        _refused(case, said)

    return check


def _bytes_say(name: str, data: bytes, said: str) -> Callable[[Pool, Path], None]:
    def check(pool: Pool, case: Path) -> None:
        (case / name).write_bytes(data)
        _refused(case, said)

    return check


def _old_model(name: str) -> Callable[[Pool, Path], None]:
    return lambda pool, case: _opens(pool, "some.h5", pool.models[f"{name}.h5"], case)


def _other_name(source: str, name: str) -> Callable[[Pool, Path], None]:
    return lambda pool, case: _opens(pool, name, pool.models[source], case)


def _bomb(pool: Pool, case: Path) -> None:
    with zipfile.ZipFile(case / "bomb.keras", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", b" " * 60_000_000)
        archive.writestr("model.weights.h5", b"")
    _refused(case, "claims 60 MB")


def _deep(pool: Pool, case: Path) -> None:
    with zipfile.ZipFile(case / "deep.keras", "w") as archive:
        archive.writestr("config.json", "[" * 100_000)
        archive.writestr("model.weights.h5", b"")
    _refused(case, "nested")


def _encrypted(pool: Pool, case: Path) -> None:
    data = bytearray(pool.models["chain.keras"])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            data[info.header_offset + 6] |= 1
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 4)
    (case / "locked.keras").write_bytes(data)
    _refused(case, "is an encrypted archive")


def _no_weights(pool: Pool, case: Path) -> None:
    with zipfile.ZipFile(case / "empty.keras", "w") as archive:
        archive.writestr("config.json", "{}")
    _refused(case, "holds no weights")


def _weights_only(pool: Pool, case: Path) -> None:
    (case / "some.weights.h5").write_bytes(
        zipfile.ZipFile(io.BytesIO(pool.models["chain.keras"])).read("model.weights.h5")
    )
    _refused(case, "holds weights only")


def _net(*parts: dict[str, Any]) -> dict[str, Any]:
    return old_files.sequential("net", old_files.start("first", 8, 8, 1), *parts)


_LAYER = old_files.layer
_CIRCLE = old_files.functional(
    "net",
    old_files.called(old_files.start("first", 8)),
    old_files.called(_LAYER("Dense", "a", units=2), ["b", 0, 0, {}]),
    old_files.called(_LAYER("Dense", "b", units=2), ["a", 0, 0, {}]),
    output=["b", 0, 0],
)


def _calling(depth: int) -> dict[str, Any]:
    """Models inside each other, each of which calls the next one nine times."""
    model = old_files.functional(
        "model0",
        old_files.called(old_files.start("first", 8, 8, 1)),
        old_files.called(_LAYER("ReLU", "relu"), ["first", 0, 0, {}]),
        output=["relu", 0, 0],
    )
    for number in range(depth):
        name = model["config"]["name"]
        nodes = [[["first", 0, 0, {}]], *([[name, at, 0, {}]] for at in range(8))]
        inner = {**model, "name": name, "inbound_nodes": nodes}
        first = old_files.called(old_files.start("first", 8, 8, 1))
        model = old_files.functional(f"model{number + 1}", first, inner, output=[name, 8, 0])
    return model


_LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1234567\n"

REPORTED: list[Callable[[Pool, Path], None]] = [
    _old_model("sequential"),
    _old_model("functional"),
    _old_model("one"),
    _other_name("chain.h5", "renamed.keras"),
    _other_name("chain.keras", "renamed.h5"),
    _other_name("graph.keras", "some.keras.zip"),
    _bytes_say("pointer.keras", _LFS, "a Git LFS pointer, a note that stands for the model of 1.2 MB"),
    _bytes_say("page.h5", b"<!DOCTYPE html><html>404</html>", "damaged or was renamed"),
    _bytes_say("empty.keras", b"", "is empty"),
    _bytes_say("model.onnx", b"\x08\x07", "an ONNX file"),
    _bytes_say("half.h5", b"\x89HDF\r\n\x1a\n" + bytes(50), "truncated or damaged"),
    _bomb,
    _deep,
    _encrypted,
    _no_weights,
    _weights_only,
    _config_says(_net(_LAYER("Lambda", "code", function=["YQ==", None, None])), "has a Lambda layer 'code'"),
    _config_says(_net(_LAYER("TFSMLayer", "saved", filepath="x")), "has a TFSMLayer 'saved'"),
    _config_says(_net(_LAYER("LocallyConnected2D", "local", filters=2)), "of the kind LocallyConnected2D"),
    _config_says(_net(_LAYER("Dense", "d", units=300_000), _LAYER("Dense", "e", units=300_000)), "need 360 GB"),
    _config_says(_net(_LAYER("UpSampling2D", "up", size=[9000, 9000])), "for the values of its layer 'up'"),
    _config_says(
        _net(_LAYER("Conv2D", "wide", filters=1, kernel_size=[3, 3], dilation_rate=[20_000] * 2, padding="same")),
        "for the values of its layer 'wide'",
    ),
    _config_says(_calling(10), "because its models call each other"),
    _config_says(_CIRCLE, "its layers form a circle"),
]
