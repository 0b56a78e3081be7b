"""Downloads one file over HTTP: with progress, cancellable, and whole or not at all."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

from nets.errors import LensletError
from nets.events import Progress, Report, no_report
from nets.files import replacing

CHUNK = 1 << 16
TIMEOUT = 20.0
"""Seconds without an answer after which a server counts as gone."""
STALE = 3600.0
"""A temporary file of this age belongs to a process that was killed, not to another window's download."""
MB = 1e6


class DownloadError(LensletError):
    """The file did not arrive. The message says why; the caller adds what to do."""


def download(
    url: str,
    target: Path,
    check: Callable[[Path], object],
    *,
    report: Report = no_report,
    timeout: float = TIMEOUT,
) -> None:
    """Downloads a file and checks it before it takes its place.

    Reports ``Progress`` in MB at most ten times a second. After any failure ``target`` is what it was before and no
    temporary file is left.

    Args:
        url: http or https.
        target: where the file shall lie; its folder is made.
        check: is given the temporary file, and raises where it is not what was wanted.
        report: receives the progress; Cancelled raised by it ends the download.
        timeout: seconds without an answer after which the connection counts as broken.

    Raises:
        DownloadError: there is no connection, the server answers with an error, or the connection broke off.
        LensletError: the file cannot be written. Whatever ``check`` raises is passed on.
    """
    try:
        _sweep(target)
        with replacing(target) as temporary:
            with open(temporary, "wb") as file:
                for chunk in _chunks(url, target.name, report, timeout):
                    file.write(chunk)
            check(temporary)
    except OSError as problem:  # the network's errors are DownloadErrors by now: this one is the disk's
        reason = problem.strerror or problem
        raise LensletError(
            "{target} could not be written ({reason}): check the disk and its permissions", target=target, reason=reason
        ) from problem


def _chunks(url: str, name: str, report: Report, timeout: float) -> Iterator[bytes]:
    """The body of ``url`` piece by piece, with reports. Raises only DownloadError (and what ``report`` raises)."""
    try:
        response = urllib.request.urlopen(url, timeout=timeout)
    except urllib.error.HTTPError as problem:
        problem.close()
        raise DownloadError(
            "{url} answered {code} {reason}", url=url, code=problem.code, reason=problem.reason
        ) from problem
    except (OSError, http.client.HTTPException, ValueError) as problem:
        raise DownloadError("{url} could not be reached: {reason}", url=url, reason=_reason(problem)) from problem
    with response:
        announced = response.headers.get("Content-Length", "")
        total = int(announced) if announced.isdecimal() else None
        done, reported = 0, 0.0
        while True:
            if time.monotonic() - reported > 0.1:
                report(Progress(name, done / MB, total / MB if total else None, "MB"))
                reported = time.monotonic()
            try:
                chunk = response.read(CHUNK)
            except (OSError, http.client.HTTPException) as problem:
                raise DownloadError(
                    "{url} broke off after {done:.1f} MB: {reason}", url=url, done=done / MB, reason=_reason(problem)
                ) from problem
            if not chunk:
                break
            done += len(chunk)
            yield chunk
        if total is not None and done < total:
            raise DownloadError("{url} broke off after {done:,} of {total:,} bytes", url=url, done=done, total=total)
        report(Progress(name, done / MB, done / MB, "MB"))


def _reason(problem: Exception) -> str:
    cause = getattr(problem, "reason", None) or problem
    return str(getattr(cause, "strerror", None) or cause) or type(cause).__name__


def _sweep(target: Path) -> None:
    """Remove temporary files that a killed process left from downloading the same file."""
    for left in target.parent.glob(f".{target.stem}.*{target.suffix}"):
        if time.time() - left.stat().st_mtime > STALE:
            left.unlink(missing_ok=True)
