"""Lenslet: opens the window, or runs one command and exits.

    python main.py [MODEL]              the window
    python main.py COMMAND --help       nets, data, models, train, find-rate, transfer, evaluate, classify, trust,
                                        lesion, maps, export, compare, experiment, explain, dream, style, runs

Exit statuses: 0 done, 1 failed, 2 wrong usage, 130 stopped by Ctrl+C.
"""

import signal
import sys

OLDEST, NEWEST = (3, 11), (3, 13)  # Keras 3.14 and later need 3.11; TensorFlow has no build for 3.14

# This file uses only the syntax of Python 3.6, so that an old Python gets as far as the message.
if not OLDEST <= tuple(sys.version_info[:2]) <= NEWEST:
    sys.exit("Lenslet needs Python 3.11, 3.12 or 3.13; this is Python %d.%d." % sys.version_info[:2])  # noqa: UP031
if __name__ == "__main__" and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # nothing has started yet: Ctrl+C ends the process without a traceback

import argparse  # noqa: E402
import os  # noqa: E402
import traceback  # noqa: E402
from collections.abc import Sequence  # noqa: E402
from pathlib import Path  # noqa: E402

from nets.commands.arguments import COMMANDS, check_values, command_first, parser, window_parser  # noqa: E402
from nets.commands.output import Output  # noqa: E402
from nets.commands.streams import discard, emit, interruptible, open_standard_streams, printable, tell  # noqa: E402
from nets.errors import LensletError, UsageError  # noqa: E402
from nets.files import user_path  # noqa: E402
from nets.network.files import hdf5_child  # noqa: E402
from nets.network.files.hdf5_child import CHILD_FLAG  # noqa: E402
from nets.places import Places  # noqa: E402


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs what the arguments ask for; the exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words and words[0] == CHILD_FLAG:
        return hdf5_child.main(words[1:])
    debug = "--debug" in words
    # TensorFlow's native libraries write to standard error before any Python setting can reach them.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "0" if debug else "3")
    open_standard_streams()
    try:
        try:
            status = _run(words)
        except SystemExit as ended:  # --help was printed
            status = int(ended.code or 0)
        emit("", flush=True)  # flushed here, where a closed pipe is still an exception that can be caught
        return status
    except UsageError as problem:
        return _fail(problem, 2, debug)
    except LensletError as problem:
        return _fail(problem, 1, debug)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader (head, say) has closed the pipe
        discard(sys.stdout)
        return 0
    except Exception as problem:
        return _fail(f"{type(problem).__name__}: {problem}; --debug shows where", 1, debug)


def _run(words: list[str]) -> int:
    words = command_first(words)
    if words and words[0] in (*COMMANDS, "-h", "--help"):
        check_values(words)
        options = parser().parse_args(words)
        places = _places(options)
        out = Output(as_json=options.json, quiet=options.quiet)
        try:
            with interruptible():
                return COMMANDS[options.command].run(options, places, out)
        finally:
            out.close()
    _check_model(window_parser().parse_known_args(words)[0].model)  # "trian lenet digits" is a mistyped command
    options = window_parser().parse_args(words)
    places = _places(options)
    from gui.app import main as open_window

    return open_window(places, model=options.model, threads=options.threads)


def _places(options: argparse.Namespace) -> Places:
    return Places.default(data=options.data_dir, runs=options.runs_dir)


def _check_model(name: str) -> None:
    """Refuse a mistyped command; otherwise a window would open and complain."""
    from nets.models import shipped
    from nets.network.files.identify import SUFFIXES
    from nets.network.untrained import UNTRAINED, untrained_ref
    from nets.zoo.pretrained import PRETRAINED

    if name and name.startswith(UNTRAINED):
        untrained_ref(name)  # says which networks there are
        return
    path = user_path(name, "model") if name else Path()
    if path.suffix.lower() in SUFFIXES and not path.exists():
        raise UsageError(f"there is no file {path}")
    if (
        name
        and not Path(name).suffix
        and not path.exists()
        and name not in shipped()
        and name not in PRETRAINED
        and "-" not in name
    ):
        raise UsageError(f"there is no command or model {name!r}; the commands are: {', '.join(COMMANDS)}")


def _fail(problem: object, status: int, debug: bool) -> int:
    """Print in one line what went wrong; ``debug`` adds the traceback."""
    if debug:
        tell(traceback.format_exc())
    tell(printable(" ".join(str(problem).split())) + "\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
