"""Downloads from a server on this machine: whole or not at all."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nets.data.download import STALE, DownloadError, download
from nets.errors import LensletError
from nets.events import Cancelled, Event, Progress, no_report

if TYPE_CHECKING:
    from tests.nets.local_server import Server

BODY = bytes(range(256)) * 2000


def no_check(path: Path) -> None:
    """Takes everything."""


def test_arrives_whole_with_progress(server: Server, tmp_path: Path, files_in: Callable[[Path], list[str]]) -> None:
    server.bodies["a.gz"] = BODY
    seen: list[Event] = []
    target = tmp_path / "cache" / "a.gz"
    download(server.url + "a.gz", target, no_check, report=seen.append)
    assert target.read_bytes() == BODY
    assert files_in(tmp_path) == ["cache/a.gz"]
    assert all(isinstance(event, Progress) and event.what == "a.gz" and event.unit == "MB" for event in seen)
    assert seen[0] == Progress("a.gz", 0, len(BODY) / 1e6, "MB")
    assert seen[-1] == Progress("a.gz", len(BODY) / 1e6, len(BODY) / 1e6, "MB")


def test_a_body_that_breaks_off(server: Server, tmp_path: Path, files_in: Callable[[Path], list[str]]) -> None:
    server.bodies["a.gz"] = BODY
    server.cut.add("a.gz")
    with pytest.raises(DownloadError, match="broke off after"):
        download(server.url + "a.gz", tmp_path / "a.gz", no_check)
    assert files_in(tmp_path) == []


def test_a_refused_file_is_not_kept_and_the_old_one_stays(
    server: Server, tmp_path: Path, files_in: Callable[[Path], list[str]]
) -> None:
    server.bodies["a.gz"] = BODY
    (tmp_path / "a.gz").write_bytes(b"old")

    def refuse(path: Path) -> None:
        assert path.read_bytes() == BODY
        raise LensletError("should have md5 1, found 2")

    with pytest.raises(LensletError, match="should have md5 1, found 2"):
        download(server.url + "a.gz", tmp_path / "a.gz", refuse)
    assert files_in(tmp_path) == ["a.gz"]
    assert (tmp_path / "a.gz").read_bytes() == b"old"


def test_cancelled_by_the_report(server: Server, tmp_path: Path, files_in: Callable[[Path], list[str]]) -> None:
    server.bodies["a.gz"] = BODY

    def stop(event: Event) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        download(server.url + "a.gz", tmp_path / "a.gz", no_check, report=stop)
    assert files_in(tmp_path) == []


def test_a_file_that_the_server_has_not(server: Server, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match=r"missing\.gz answered 404"):
        download(server.url + "missing.gz", tmp_path / "missing.gz", no_check)


def test_a_server_that_does_not_listen_is_reported(nowhere: str, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="could not be reached: Connection refused"):
        download(nowhere + "a.gz", tmp_path / "a.gz", no_check)


def test_an_address_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="could not be reached"):
        download("a.gz", tmp_path / "a.gz", no_check)


def test_a_disk_that_cannot_be_written_to(server: Server, tmp_path: Path) -> None:
    server.bodies["a.gz"] = BODY
    (tmp_path / "file").write_text("")
    with pytest.raises(LensletError, match="could not be written") as problem:
        download(server.url + "a.gz", tmp_path / "file" / "a.gz", no_check)
    assert not isinstance(problem.value, DownloadError)


def test_what_a_killed_download_left_is_removed(
    server: Server, tmp_path: Path, files_in: Callable[[Path], list[str]]
) -> None:
    server.bodies["a.gz"] = BODY
    old, other = tmp_path / ".a.killed.gz", tmp_path / ".a.running.gz"
    old.write_bytes(b"half")
    other.write_bytes(b"half")
    before = time.time() - STALE - 10
    os.utime(old, (before, before))
    download(server.url + "a.gz", tmp_path / "a.gz", no_check, report=no_report)
    assert files_in(tmp_path) == [".a.running.gz", "a.gz"]
