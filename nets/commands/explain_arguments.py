"""The arguments of ``explain``, ``dream`` and ``style``."""

from __future__ import annotations

import argparse

from nets.commands.model_options import add_model_options


def explain(parser: argparse.ArgumentParser, model: str) -> None:
    parser.add_argument("model", nargs="?", metavar="MODEL", help=model)
    parser.add_argument("image", nargs="?", metavar="IMAGE", help="a picture file")
    parser.add_argument("--list", action="store_true", help="the methods there are, with their papers")
    parser.add_argument("--method", metavar="M", help="a method of --list")
    parser.add_argument("--target", metavar="C", help="the class, its name or its number; else the network's answer")
    parser.add_argument("--against", metavar="C", help="another class: why the first and not this one?")
    parser.add_argument("--layer", default="", metavar="L", help="the layer; else the last one of convolutions")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="an option of the method (main.py explain --list --json has them), e.g. steps=128; a baseline may be "
        "a .npy file",
    )
    parser.add_argument("--out", metavar="FILE", help="the picture to write, a .png file")
    parser.add_argument("--raw", metavar="FILE", help="the raw numbers too, a .npy file")
    add_model_options(parser)


def dream(parser: argparse.ArgumentParser, model: str) -> None:
    parser.add_argument("image", metavar="IMAGE", help="a picture file, or china.jpg or flower.jpg, which are there")
    parser.add_argument("--model", required=True, metavar="M", help=model)
    parser.add_argument("--layer", required=True, metavar="L", help="the layer that sees more; several by commas")
    parser.add_argument("--map", type=int, metavar="N", help="one map of the layer in place of all")
    parser.add_argument("--out", required=True, metavar="FILE", help="the picture to write, a .png or .jpg file")
    parser.add_argument("--octaves", type=int, default=4, metavar="N", help="sizes, smallest first (4)")
    parser.add_argument("--scale", type=float, default=1.4, metavar="X", help="from one size to the next (1.4)")
    parser.add_argument("--steps", type=int, default=10, metavar="N", help="for each size (10)")
    parser.add_argument(
        "--rate", type=float, default=0.01, metavar="X", help="of one step, a share of the range (0.01)"
    )
    parser.add_argument("--longest", type=int, default=512, metavar="N", help="a larger picture is reduced to it (512)")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="decides how the picture is moved")
    add_model_options(parser)


def style(parser: argparse.ArgumentParser, model: str) -> None:
    parser.add_argument("content", metavar="CONTENT", help="a picture file, or china.jpg or flower.jpg")
    parser.add_argument("style", metavar="STYLE", help="the same")
    parser.add_argument("--model", required=True, metavar="M", help=model)
    parser.add_argument("--out", required=True, metavar="FILE", help="the picture to write, a .png or .jpg file")
    parser.add_argument("--steps", type=int, default=100, metavar="N", help="of the descent (100)")
    parser.add_argument("--content-layer", default="", metavar="L", help="layers of the content, by commas")
    parser.add_argument("--style-layers", default="", metavar="L", help="layers of the style, by commas")
    parser.add_argument("--content-weight", type=float, default=1.0, metavar="X", help="of the content (1)")
    parser.add_argument("--style-weight", type=float, default=10.0, metavar="X", help="of the style (10)")
    parser.add_argument("--tv", type=float, default=0.5, metavar="X", help="of the total variation (0.5)")
    parser.add_argument("--rate", type=float, default=0.02, metavar="X", help="of Adam, a share of the range (0.02)")
    parser.add_argument("--longest", type=int, default=224, metavar="N", help="larger pictures are reduced to it (224)")
    parser.add_argument("--state", metavar="FILE", help="a .npz file: go on from it where it is there, and write it")
    add_model_options(parser)
