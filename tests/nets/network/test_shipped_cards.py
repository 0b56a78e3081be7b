"""The cards of the shipped models are read once, and again where a file changed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nets.network.card import Card
from nets.network.shipped_cards import shipped
from nets.places import MODELS


def test_a_card_is_read_once_and_again_where_its_file_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "lenet.json"
    path.write_bytes((MODELS / "lenet.json").read_bytes())
    path.with_suffix(".keras").touch()
    reads: list[Path] = []
    read = Card.read

    def counted(found: Path) -> Card:
        reads.append(found)
        return read(found)

    monkeypatch.setattr("nets.network.shipped_cards.MODELS", tmp_path)
    monkeypatch.setattr(Card, "read", counted)
    title = shipped()["lenet"].title
    assert shipped()["lenet"].title == title
    assert reads == [path]
    path.write_text(path.read_text(encoding="utf-8").replace(title, "Another title"), encoding="utf-8")
    os.utime(path, ns=(1, 1))
    assert shipped()["lenet"].title == "Another title"
    assert len(reads) == 2
