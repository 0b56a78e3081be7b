"""Every kind of picture file that a person may drop: read as it looks, or refused with the reason."""

from __future__ import annotations

import contextlib
import os
import struct
import time
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nets.data.pictures import read_picture
from nets.errors import LensletError


def gradient(height: int = 20, width: int = 30) -> np.ndarray:
    """Colours that differ in every channel and corner."""
    rows, columns = np.mgrid[0:height, 0:width]
    return np.stack([rows * 8, columns * 8, 255 - rows * 4 - columns * 4], axis=2).astype(np.uint8)


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".tif", ".webp", ".tga", ".ppm"])
def test_a_colour_picture_is_read_exactly(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    Image.fromarray(gradient()).save(path, **({"lossless": True} if suffix == ".webp" else {}))
    np.testing.assert_array_equal(read_picture(path), gradient())


def test_jpeg_and_a_wrong_suffix(tmp_path: Path) -> None:
    Image.fromarray(gradient()).save(tmp_path / "a.jpg", quality=95)
    (tmp_path / "a.jpg").rename(tmp_path / "a.png")
    found = read_picture(str(tmp_path / "a.png"))
    assert found.shape == (20, 30, 3)
    assert np.abs(found.astype(int) - gradient()).mean() < 4


def test_grey_and_black_and_white(tmp_path: Path) -> None:
    grey = gradient()[..., 0]
    Image.fromarray(grey).save(tmp_path / "grey.png")
    np.testing.assert_array_equal(read_picture(tmp_path / "grey.png"), grey[..., None])
    Image.fromarray(grey > 80).save(tmp_path / "two.png")
    np.testing.assert_array_equal(read_picture(tmp_path / "two.png"), np.where(grey > 80, 255, 0)[..., None])


def test_a_picture_of_one_pixel_is_read(tmp_path: Path) -> None:
    Image.new("L", (1, 1), 7).save(tmp_path / "one.png")
    assert read_picture(tmp_path / "one.png").tolist() == [[[7]]]


def png_of(width: int, height: int) -> bytes:
    """A PNG whose header names any size and whose pixels are not there."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"never decoded") + chunk(b"IEND", b"")


@pytest.mark.parametrize(("side", "words"), [(20_000, "400 megapixels"), (8_000, "8000 x 8000 pixels")])
def test_too_large_is_refused_by_the_header(side: int, words: str, tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    path.write_bytes(png_of(side, side))
    began = time.process_time()
    with pytest.raises(LensletError, match=f"{words}; the limit is 50"):
        read_picture(path)
    assert time.process_time() - began < 2


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".gif", ".webp", ".tif"])
def test_a_truncated_picture_is_refused(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    noise = np.random.default_rng(0).integers(0, 256, (60, 60), dtype=np.uint8)
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(LensletError, match=r"is damaged or cut short|is not a picture") as problem:
        read_picture(path)
    assert str(path) in str(problem.value)
    assert "\n" not in str(problem.value)


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".png"])
def test_of_an_animation_the_first_frame(suffix: str, tmp_path: Path) -> None:
    frames = [Image.new("RGB", (8, 6), colour) for colour in ((255, 0, 0), (0, 255, 0), (0, 0, 255))]
    path = tmp_path / f"moving{suffix}"
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=50)
    found = read_picture(path)
    assert found.shape[:2] == (6, 8)
    assert np.abs(found[..., :3].astype(int) - (255, 0, 0)).max() < 8


def test_sixteen_bit_greys_are_scaled_to_eight(tmp_path: Path) -> None:
    deep = np.array([[0, 257, 32_896, 65_535]], np.uint16)
    for name in ("deep.png", "deep.tif"):
        Image.fromarray(deep).save(tmp_path / name)
        assert read_picture(tmp_path / name)[0, :, 0].tolist() == [0, 1, 128, 255]


def test_dark_sixteen_bit_stays_dark(tmp_path: Path) -> None:
    Image.fromarray(np.full((2, 2), 2570, np.uint16)).save(tmp_path / "dark.png")
    assert read_picture(tmp_path / "dark.png").max() == 10


def test_floating_point_greys_are_scaled_to_eight(tmp_path: Path) -> None:
    Image.fromarray(np.array([[0, 0.5, 1]], np.float32)).save(tmp_path / "unit.tif")
    assert read_picture(tmp_path / "unit.tif")[0, :, 0].tolist() == [0, 128, 255]
    Image.fromarray(np.array([[-3, 0, np.nan, 3]], np.float32)).save(tmp_path / "any.tif")
    assert read_picture(tmp_path / "any.tif")[0, :, 0].tolist() == [0, 128, 128, 255]


def test_cmyk_becomes_rgb(tmp_path: Path) -> None:
    ink = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    ink.save(tmp_path / "ink.tif")
    assert read_picture(tmp_path / "ink.tif")[0, 0].tolist() == [255, 0, 0]
    ink.save(tmp_path / "ink.jpg", quality=95)
    found = read_picture(tmp_path / "ink.jpg")
    assert found.shape == (8, 8, 3)
    assert np.abs(found[0, 0].astype(int) - (255, 0, 0)).max() < 12


@pytest.mark.parametrize(("orientation", "turns"), [(1, 0), (3, 2), (6, 3), (8, 1)])
def test_turned_as_exif_says(orientation: int, turns: int, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(gradient()).save(tmp_path / "turned.png", exif=exif)
    np.testing.assert_array_equal(read_picture(tmp_path / "turned.png"), np.rot90(gradient(), turns))


def test_transparency_is_kept(tmp_path: Path) -> None:
    rgba = np.dstack([gradient(), np.full((20, 30), 100, np.uint8)])
    Image.fromarray(rgba).save(tmp_path / "a.png")
    np.testing.assert_array_equal(read_picture(tmp_path / "a.png"), rgba)


def test_a_palette_with_transparency(tmp_path: Path) -> None:
    palette = Image.new("P", (4, 1))
    palette.putpalette([255, 0, 0, 0, 0, 255])
    palette.putdata([0, 1, 0, 1])
    palette.save(tmp_path / "with.png", transparency=0)
    assert read_picture(tmp_path / "with.png")[0].tolist() == [[255, 0, 0, 0], [0, 0, 255, 255]] * 2
    palette.save(tmp_path / "without.png")
    assert read_picture(tmp_path / "without.png")[0].tolist() == [[255, 0, 0], [0, 0, 255]] * 2


def test_grey_with_transparency(tmp_path: Path) -> None:
    Image.new("LA", (2, 2), (50, 60)).save(tmp_path / "la.png")
    assert read_picture(tmp_path / "la.png")[0, 0].tolist() == [50, 50, 50, 60]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "found an empty file"),
        (b"just words", "is not a picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", "is not a picture"),
    ],
    ids=["empty", "text", "a program in PostScript"],
)
def test_a_file_that_is_no_picture_is_refused(content: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "no.png"
    path.write_bytes(content)
    with pytest.raises(LensletError, match=words):
        read_picture(path)


def test_no_file_a_folder_and_a_pipe(tmp_path: Path) -> None:
    with pytest.raises(LensletError, match="there is no file"):
        read_picture(tmp_path / "gone.png")
    with pytest.raises(LensletError, match=r"is a folder: name the pictures in it; .* is a dataset, to train on"):
        read_picture(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.png")
        with pytest.raises(LensletError, match="is no ordinary file"):
            read_picture(tmp_path / "pipe.png")


def test_links_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "a.png").symlink_to(tmp_path / "b.png")
    (tmp_path / "b.png").symlink_to(tmp_path / "a.png")
    with pytest.raises(LensletError, match=r"a\.png cannot be read: Too many levels of symbolic links$"):
        read_picture(tmp_path / "a.png")


def test_a_name_with_a_null(tmp_path: Path) -> None:
    with pytest.raises(LensletError):
        read_picture("a\0b.png")


def read_with_peak(path: Path) -> tuple[np.ndarray, int]:
    """The picture, and the bytes that Python's own arrays took at most meanwhile."""
    tracemalloc.start()
    found = read_picture(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found, peak


@pytest.mark.parametrize("kind", ["RGB", "L", "RGBA", "I;16"])
def test_large_pictures_are_reduced_while_they_are_read(kind: str, tmp_path: Path) -> None:
    """Earlier, a picture of 48 million pixels took 8 s and 2.1 GB on the command line; the window uses 2048 pixels."""
    pixels = np.zeros((5000, 2500), np.uint16 if kind == "I;16" else np.uint8)
    pixels[:2500] = 51400 if kind == "I;16" else 200
    picture = Image.fromarray(pixels) if kind in ("L", "I;16") else Image.fromarray(pixels).convert(kind)
    picture.save(tmp_path / "large.png", compress_level=1)
    found, copied = read_with_peak(tmp_path / "large.png")
    if kind != "I;16":  # of 12.5 million pixels no array of that many is made
        assert copied < picture.width * picture.height * len(picture.getbands())
    assert found.shape == (2048, 1024, {"L": 1, "I;16": 1, "RGB": 3, "RGBA": 4}[kind])
    assert found[:1000, ..., 0].min() == found[:1000, ..., 0].max() == 200
    assert found[1100:, ..., 0].max() == 0


def test_a_large_jpeg_is_decoded_smaller_and_turned(tmp_path: Path) -> None:
    pixels = np.zeros((4000, 6000), np.uint8)
    pixels[:, :3000] = 255
    exif = Image.Exif()
    exif[0x0112] = 6  # the right side of what is stored is the top: turned by 90 degrees
    Image.fromarray(pixels).convert("RGB").save(tmp_path / "large.jpg", exif=exif)
    found, copied = read_with_peak(tmp_path / "large.jpg")
    assert copied < 6000 * 4000 * 3
    assert found.shape == (2048, 1365, 3)
    assert found[:1000].min() > 240
    assert found[1050:].max() < 15


def test_what_libtiff_says_of_a_damaged_file_stays_off_standard_error(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    noise = np.random.default_rng(0).integers(0, 2, (200, 200), dtype=np.uint8)
    path = tmp_path / "fax.tif"
    Image.fromarray(noise * 255).convert("1").save(path, compression="group4")
    content = bytearray(path.read_bytes())
    for share in (0.3, 0.5, 0.7):
        content[int(len(content) * share)] ^= 0xFF
    path.write_bytes(content)
    with contextlib.suppress(LensletError):
        read_picture(path)
    os.write(2, b"and afterwards it is heard again")
    assert capfd.readouterr().err == "and afterwards it is heard again"
