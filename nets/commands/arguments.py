"""The arguments of all commands, made from the tables of networks, datasets, recipes and optimisers."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

from nets.commands import explain_arguments
from nets.commands.model_options import add_model_options
from nets.commands.streams import emit
from nets.errors import UsageError
from nets.experiments.experiment import SCALES
from nets.files import user_path
from nets.runs.config import AUGMENTATIONS, CLASS_WEIGHTS, ENGINES, OPTIMIZERS, RECIPES, SCHEDULES
from nets.zoo import NETS

VALUED = ("--data-dir", "--runs-dir", "--threads")
"""The common options that take a value."""
MOST_THREADS = 512
"""More threads cannot be started everywhere: TensorFlow ends the process if the system refuses one."""
MAY_BE_EMPTY = ("--data",)
"""``compare --data ""`` classifies no images."""
MODEL = (
    "a shipped or pretrained model's name (main.py models), a run's id, a .keras or .h5 file, or net:NETWORK, which is "
    "not trained"
)


class Parser(argparse.ArgumentParser):
    """Reports wrong usage in one line, like every other error."""

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse's, but what a command does not know is said of that command, whose help lists what it does."""
        found, left = self.parse_known_args(args, namespace)
        if left:
            prog = f"{self.prog} {getattr(found, 'command', '')}".strip()
            raise UsageError(
                "{prog}: unrecognized arguments: {left} (see {prog} --help)", prog=prog, left=" ".join(left)
            )
        return found

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{self.prog}: {message} (see {self.prog} --help)")

    def print_help(self, file: object = None) -> None:
        """Print the help, or an error if standard output cannot be written to, which argparse would ignore."""
        emit(self.format_help())


def _listing(parser: argparse.ArgumentParser) -> None:
    """Adds no arguments."""


def _data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", metavar="DATASET", help="the card of this one: a name or a folder")


def _train(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("net", nargs="?", metavar="NET", help=", ".join(NETS))
    parser.add_argument("dataset", nargs="?", metavar="DATASET", help="a dataset's name or a folder of class folders")
    _settings(parser)
    parser.add_argument("--size", type=int, metavar="N", help="height and width of the network's input, in pixels")
    parser.add_argument("--start-from", metavar="MODEL", help="begin with the weights of this run or shipped model")
    parser.add_argument("--resume", metavar="RUN", help="go on with this run")


def _transfer(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help=f"whose features are kept: {MODEL}")
    parser.add_argument("dataset", metavar="DATASET", help="a dataset's name or a folder of class folders")
    parser.add_argument("--freeze", metavar="UP_TO_LAYER", help="this layer and all before it never learn")
    parser.add_argument("--head-epochs", type=int, metavar="N", help="epochs in which the new head alone learns")
    parser.add_argument("--fine-lr", type=float, metavar="X", help="the rate afterwards, by default a part of --lr")
    _settings(parser)


def _settings(parser: argparse.ArgumentParser) -> None:
    """The settings of a training that ``train`` and ``transfer`` share."""
    parser.add_argument("--recipe", choices=RECIPES, metavar="R", help=", ".join(RECIPES))
    parser.add_argument("--epochs", type=int, metavar="N", help="how many in all")
    parser.add_argument("--batch", type=int, metavar="N", help="images a step")
    parser.add_argument("--optimizer", choices=OPTIMIZERS, metavar="O", help=", ".join(OPTIMIZERS))
    parser.add_argument("--lr", type=float, metavar="X", help="learning rate")
    parser.add_argument("--schedule", choices=SCHEDULES, metavar="S", help=", ".join(SCHEDULES))
    parser.add_argument("--augmentation", choices=AUGMENTATIONS, metavar="A", help=", ".join(AUGMENTATIONS))
    parser.add_argument("--class-weights", choices=CLASS_WEIGHTS, metavar="W", help=", ".join(CLASS_WEIGHTS))
    parser.add_argument("--validation", type=float, metavar="X", help="share of the training images for validation")
    parser.add_argument("--engine", choices=ENGINES, metavar="E", help=", ".join(ENGINES))
    parser.add_argument("--seed", type=int, metavar="S", help="decides everything that is random")
    parser.add_argument("--limit", type=int, metavar="N", help="train on at most so many images")


def _find_rate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("net", metavar="NET", help=f"{', '.join(NETS)}; with --transfer a model")
    parser.add_argument("dataset", metavar="DATASET", help="a dataset's name or a folder of class folders")
    parser.add_argument("--recipe", choices=RECIPES, metavar="R", help=", ".join(RECIPES))
    parser.add_argument("--batch", type=int, metavar="N", help="images a step")
    parser.add_argument("--optimizer", choices=OPTIMIZERS, metavar="O", help=", ".join(OPTIMIZERS))
    parser.add_argument("--augmentation", choices=AUGMENTATIONS, metavar="A", help=", ".join(AUGMENTATIONS))
    parser.add_argument("--class-weights", choices=CLASS_WEIGHTS, metavar="W", help=", ".join(CLASS_WEIGHTS))
    parser.add_argument("--engine", choices=ENGINES, metavar="E", help=", ".join(ENGINES))
    parser.add_argument("--seed", type=int, metavar="S", help="decides everything that is random")
    parser.add_argument("--size", type=int, metavar="N", help="height and width of the network's input, in pixels")
    parser.add_argument("--start-from", metavar="MODEL", help="begin with the weights of this run or shipped model")
    parser.add_argument("--transfer", action="store_true", help="the rate of a new head on the features of NET")


def _evaluate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help=MODEL)
    parser.add_argument("dataset", metavar="DATASET", help="its test images are used")
    parser.add_argument(
        "--ten-crop",
        action="store_true",
        help="average the answers to the corners, the centre and their mirror images: ten times the work",
    )
    add_model_options(parser)


def _classify(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help=MODEL)
    images = "picture files, e.g. FOLDER/*.png; evaluate takes a folder of classes"
    parser.add_argument("images", metavar="IMAGE", nargs="+", help=images)
    add_model_options(parser)


def _trust(parser: argparse.ArgumentParser) -> None:
    _classify(parser)


def _lesion(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help=MODEL)
    parser.add_argument("dataset", metavar="DATASET", help="its test images are asked")
    parser.add_argument("--layer", metavar="L", required=True, help="the layer whose channels are switched off")
    modes = "off, mean (frozen at it), quarter, half or double as strong"  # not ``lesion``, which takes long to import
    parser.add_argument("--mode", default="off", metavar="M", help=f"what is done to a channel: {modes} (off)")
    parser.add_argument("--images", type=int, default=2000, metavar="N", help="how many test images are asked")
    add_model_options(parser)


def _maps(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help=MODEL)
    parser.add_argument("image", metavar="IMAGE", help="a picture file")
    parser.add_argument("--out", metavar="DIR", required=True, help="the folder to write to")
    add_model_options(parser)


def _export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help=MODEL)
    parser.add_argument("--out", metavar="DIR", required=True, help="the folder to write to")


def _compare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("models", metavar="MODEL", nargs="+", help=f"{MODEL}; RUN@3: its epoch 3; a network's name")
    parser.add_argument("--data", metavar="DATASET", help="its test images are used; else those the models share")
    parser.add_argument("--limit", type=_positive, metavar="N", help="use at most so many test images")
    parser.add_argument(
        "--batch", type=_positive, default=1, metavar="N", help="images that activations are counted of"
    )
    parser.add_argument("--training-speed", action="store_true", help="time training where no run recorded it")


def _experiment(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", metavar="NAME", help="one of --list")
    parser.add_argument("--list", action="store_true", help="the experiments that there are")
    parser.add_argument("--scale", choices=SCALES, default="small", metavar="S", help="small (minutes) or full")
    parser.add_argument("--out", metavar="DIR", help="where its folder is kept; otherwise with your runs")


def _explain(parser: argparse.ArgumentParser) -> None:
    explain_arguments.explain(parser, MODEL)


def _dream(parser: argparse.ArgumentParser) -> None:
    explain_arguments.dream(parser, MODEL)


def _style(parser: argparse.ArgumentParser) -> None:
    explain_arguments.style(parser, MODEL)


@dataclass(frozen=True)
class Command:
    """A row: ``function`` of ``module`` runs it; both are imported only then."""

    name: str
    help: str
    arguments: Callable[[argparse.ArgumentParser], None]
    module: str
    function: str

    def run(self, *arguments: object) -> int:
        return getattr(import_module(self.module), self.function)(*arguments)


COMMANDS = {
    row.name: row
    for row in (
        Command("nets", "the table of networks", _listing, "nets.commands.listing", "nets"),
        Command("data", "the datasets, where they were found", _data, "nets.commands.listing", "data"),
        Command("models", "the models there are by name", _listing, "nets.commands.models", "models"),
        Command("train", "train a network", _train, "nets.commands.training", "train"),
        Command("find-rate", "propose a learning rate", _find_rate, "nets.commands.find_rate", "find"),
        Command("transfer", "a new head on a model's features", _transfer, "nets.commands.transfer", "transfer"),
        Command("evaluate", "a model's accuracy on test images", _evaluate, "nets.commands.training", "evaluate"),
        Command("classify", "what pictures show", _classify, "nets.commands.pictures", "classify"),
        Command("trust", "how far the answers to pictures can be believed", _trust, "nets.commands.trusting", "trust"),
        Command("lesion", "what each channel of a layer is worth", _lesion, "nets.commands.lesions", "lesion"),
        Command("maps", "every layer's maps as pictures", _maps, "nets.commands.pictures", "maps"),
        Command("export", "a model as a file, with a program that uses it", _export, "nets.commands.export", "export"),
        Command("compare", "models side by side", _compare, "nets.commands.compare", "compare"),
        Command("experiment", "a published table, run again", _experiment, "nets.commands.experiment", "experiment"),
        Command("explain", "why a network answers so", _explain, "nets.commands.explaining", "explain"),
        Command("dream", "a picture in which a layer sees more", _dream, "nets.commands.dreaming", "dream"),
        Command("style", "a picture in the style of another", _style, "nets.commands.dreaming", "style"),
        Command("runs", "the runs so far", _listing, "nets.commands.listing", "runs"),
    )
}


def parser() -> Parser:
    """``main.py COMMAND ...``, and ``main.py [MODEL]`` for the window."""
    made = Parser(prog="main.py", description="Lenslet: a microscope for convolutional networks.")
    made.epilog = "Without a command the window opens; main.py FILE.keras opens it on that model."
    commands = made.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    for row in COMMANDS.values():
        sub = commands.add_parser(row.name, help=row.help, description=row.help[0].upper() + row.help[1:] + ".")
        row.arguments(sub)
        sub.add_argument("--json", action="store_true", help="one JSON object a line on standard output")
        _common(sub)
    return made


def window_parser() -> Parser:
    made = Parser(prog="main.py")
    made.add_argument("model", nargs="?", default="", metavar="MODEL", help=MODEL)
    _common(made)
    return made


def command_first(words: Sequence[str]) -> list[str]:
    """The words with the command first, because common options may stand before or after it."""
    at = 0
    while at < len(words) and words[at].startswith("-"):
        at += 2 if words[at] in VALUED else 1
    if at < len(words) and words[at] in COMMANDS:
        return [words[at], *words[:at], *words[at + 1 :]]
    return list(words)


def check_values(words: Sequence[str]) -> None:
    """Refuse an option that is followed by an empty text, as in ``--start-from "$RUN"`` without a RUN.

    It would count as an option that was not given, and another training would start than the one requested.

    Raises:
        UsageError: There is such an option.
    """
    for option, value in pairwise((*words, "end")):
        if option.rstrip("=") in MAY_BE_EMPTY:
            continue
        if option.startswith("--") and (not value or (option.endswith("=") and option.count("=") == 1)):
            raise UsageError("expected a value after {option}, found an empty text", option=option.rstrip("="))


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data-dir", type=_folder, metavar="D", help="a folder with mnist/, cifar10-jpeg.tar.gz and the like"
    )
    parser.add_argument("--runs-dir", type=_folder, metavar="D", help="where runs are kept")
    parser.add_argument("--threads", type=_threads, metavar="N", help="how many threads compute")
    parser.add_argument("--quiet", action="store_true", help="no progress; warnings and errors stay")
    parser.add_argument("--debug", action="store_true", help="show where an error comes from")


def _folder(text: str) -> Path:
    return user_path(text, "folder")


def _positive(text: str) -> int:
    if not text.isdecimal() or len(text) > 9 or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number of 1 or more, found {text[:40]}")
    return int(text)


def _threads(text: str) -> int:
    if not text.isdecimal() or len(text) > 9 or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected 1 or more, found {text[:40]}")
    if int(text) > MOST_THREADS:
        raise argparse.ArgumentTypeError(f"expected at most {MOST_THREADS}, found {text}")
    return int(text)
