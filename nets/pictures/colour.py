"""The colour tables of all maps, and the conversion of values to colours.

(256, 3) uint8 each, dark or blue first. Viridis for values of one sign; red and blue around white for values of both
signs, with zero in the middle. Both are perceptually uniform: viridis by design, the other because its lightness falls
linearly to both sides in CIELAB.
"""

from __future__ import annotations

import numpy as np

# By Stéfan van der Walt and Nathaniel Smith, released as CC0; 256 times red, green, blue.
_VIRIDIS = (
    "44015444025645045745055946075a46085c460a5d460b5e470d60470e6147106347116447136548146748166848176948186a481a6c"
    "481b6d481c6e481d6f481f70482071482173482374482475482576482677482878482979472a7a472c7a472d7b472e7c472f7d46307e"
    "46327e46337f463480453581453781453882443983443a83443b84433d84433e85423f85424086424186414287414487404588404688"
    "3f47883f48893e49893e4a893e4c8a3d4d8a3d4e8a3c4f8a3c508b3b518b3b528b3a538b3a548c39558c39568c38588c38598c375a8c"
    "375b8d365c8d365d8d355e8d355f8d34608d34618d33628d33638d32648e32658e31668e31678e31688e30698e306a8e2f6b8e2f6c8e"
    "2e6d8e2e6e8e2e6f8e2d708e2d718e2c718e2c728e2c738e2b748e2b758e2a768e2a778e2a788e29798e297a8e297b8e287c8e287d8e"
    "277e8e277f8e27808e26818e26828e26828e25838e25848e25858e24868e24878e23888e23898e238a8d228b8d228c8d228d8d218e8d"
    "218f8d21908d21918c20928c20928c20938c1f948c1f958b1f968b1f978b1f988b1f998a1f9a8a1e9b8a1e9c891e9d891f9e891f9f88"
    "1fa0881fa1881fa1871fa28720a38620a48621a58521a68522a78522a88423a98324aa8325ab8225ac8226ad8127ad8128ae8029af7f"
    "2ab07f2cb17e2db27d2eb37c2fb47c31b57b32b67a34b67935b77937b87838b9773aba763bbb753dbc743fbc7340bd7242be7144bf70"
    "46c06f48c16e4ac16d4cc26c4ec36b50c46a52c56954c56856c66758c7655ac8645cc8635ec96260ca6063cb5f65cb5e67cc5c69cd5b"
    "6ccd5a6ece5870cf5773d05675d05477d1537ad1517cd2507fd34e81d34d84d44b86d54989d5488bd6468ed64590d74393d74195d840"
    "98d83e9bd93c9dd93ba0da39a2da37a5db36a8db34aadc32addc30b0dd2fb2dd2db5de2bb8de29bade28bddf26c0df25c2df23c5e021"
    "c8e020cae11fcde11dd0e11cd2e21bd5e21ad8e219dae319dde318dfe318e2e418e5e419e7e419eae51aece51befe51cf1e51df4e61e"
    "f6e620f8e621fbe723fde725"
)


def _diverging() -> np.ndarray:
    """Blue over white to red: lightness 97 in the middle, 31 at both ends; 127 and 128 are the two sides of zero."""
    t = np.linspace(0, 1, 128)
    sides = [_arm(t, chroma=42, hue=np.deg2rad(278))[::-1], _arm(t, chroma=60, hue=np.deg2rad(30))]
    return np.concatenate(sides)


def _arm(t: np.ndarray, *, chroma: float, hue: float) -> np.ndarray:
    """(128, 3) uint8 from white (t = 0) to the colour of that hue; inside sRGB all the way."""
    lightness = 97 - 66 * t
    amount = chroma * np.sin(np.pi / 2 * np.minimum(t / 0.9, 1))
    return _srgb(lightness, amount * np.cos(hue), amount * np.sin(hue))


def _srgb(lightness: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """CIELAB (D65) to 8 bit sRGB."""
    y = (lightness + 16) / 116
    f = np.stack([y + a / 500, y, y - b / 200], axis=-1)
    xyz = np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29)) * (0.95047, 1.0, 1.08883)
    to_linear = np.array([[3.2405, -1.5371, -0.4985], [-0.9693, 1.8760, 0.0416], [0.0556, -0.2040, 1.0572]])
    linear = np.clip(xyz @ to_linear.T, 0, 1)
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.round(encoded * 255).astype(np.uint8)


def _fixed(table: np.ndarray) -> np.ndarray:
    table.setflags(write=False)
    return table


VIRIDIS = _fixed(np.frombuffer(bytes.fromhex("".join(_VIRIDIS)), dtype=np.uint8).reshape(256, 3).copy())
DIVERGING = _fixed(_diverging())
# The rainbow of many papers, only on request: it shows bright bands that the values do not have.
_STOPS = np.linspace(0, 1, 256)[:, None]
JET = _fixed(np.round(255 * np.clip(1.5 - np.abs(4 * _STOPS - np.array([3, 2, 1])), 0, 1)).astype(np.uint8))
# The colour of NaN and infinity, in the window and in saved pictures: it occurs in no table.
NON_FINITE = _fixed(np.array([255, 0, 200], dtype=np.uint8))


def table_of(signed: bool) -> np.ndarray:
    """The table for values of both signs, or of one."""
    return DIVERGING if signed else VIRIDIS


def colourise(values: np.ndarray, low: float, high: float, table: np.ndarray) -> np.ndarray:
    """The colour of each value.

    Args:
        values: Any shape and number type.
        low: The value that gets the table's first colour; so do all values below it.
        high: The value that gets the table's last colour; so do all values above it. Where it is not above ``low``,
            every finite value gets the colour of zero.
        table: (256, 3) uint8, from ``table_of``.

    Returns:
        (..., 3) uint8 in the shape of ``values``. NaN and infinity have the colour ``NON_FINITE``.
    """
    values = np.asarray(values, dtype=np.float32)
    span = high - low
    if span > 0:
        with np.errstate(invalid="ignore"):
            levels = np.nan_to_num(np.clip((values - np.float32(low)) * np.float32(256 / span), 0, 255))
    else:
        levels = np.full(values.shape, 128 if table is DIVERGING else 0)
    colours = table[levels.astype(np.uint8)]
    colours[~np.isfinite(values)] = NON_FINITE
    return colours
