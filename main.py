"""Lenslet: opens the window, or runs one command and exits.

    python main.py [MODEL]              the window
    python main.py COMMAND --help       nets, data, train, evaluate, classify, maps, runs

Exit statuses: 0 done, 1 failed, 2 wrong usage, 130 stopped by Ctrl+C.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from nets.commands.arguments import COMMANDS, command_first, parser, window_parser
from nets.commands.output import Output
from nets.errors import LensletError, UsageError
from nets.places import Places


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs what the arguments ask for; the exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in words
    # TensorFlow's native libraries write to standard error before any Python setting can reach them.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "0" if debug else "3")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a file's name may hold what the terminal cannot show
            stream.reconfigure(errors="backslashreplace")
    try:
        status = _run(words)
        sys.stdout.flush()  # here, where a reader that has gone away is still an exception to catch
        return status
    except UsageError as problem:
        return _say(problem, 2, debug)
    except LensletError as problem:
        return _say(problem, 1, debug)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader (head, say) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as problem:
        return _say(f"{type(problem).__name__}: {problem}; --debug shows where", 1, debug)


def _run(words: list[str]) -> int:
    words = command_first(words)
    if words and words[0] in (*COMMANDS, "-h", "--help"):
        options = parser().parse_args(words)
        places = _places(options)
        out = Output(as_json=options.json, quiet=options.quiet)
        try:
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
    """A mistyped command would otherwise open a window that complains."""
    from nets.models import shipped

    if name and not Path(name).suffix and not Path(name).exists() and name not in shipped() and "-" not in name:
        raise UsageError(f"there is no command or model {name!r}; the commands are: {', '.join(COMMANDS)}")


def _say(problem: object, status: int, debug: bool) -> int:
    if debug:
        traceback.print_exc()
    print(" ".join(str(problem).split()), file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
