"""Words for people: the article before a label, and sentences of ``nets`` that are translated."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator

import nets
from gui.words import translated, with_article
from nets.runs.config import config_for, few_images_warning


@pytest.mark.parametrize(
    ("label", "words"),
    [("4", "a 4"), ("8", "an 8"), ("11", "an 11"), ("80", "an 80"), ("1", "a 1"), ("A", "an A"), ("u", "a u")],
)
def test_the_article_follows_the_sound(label: str, words: str) -> None:
    assert with_article(label) == words
    assert with_article("Ankle boot") == "Ankle boot"


class Upside(QTranslator):
    """Translates every template of ``nets`` by turning its words round."""

    def translate(self, context: str, source: str, comment: str | None = None, count: int = -1) -> str:
        return " ".join(reversed(source.split(" "))) if context == "nets" else ""


def test_a_sentence_of_nets_is_translated_with_its_values(qapp: QCoreApplication) -> None:
    warning = few_images_warning(config_for("lenet", "digits"), 20, 10)
    assert warning.startswith("18 images to train on for 10 classes are few")
    turned = Upside()
    qapp.installTranslator(turned)
    try:
        assert translated(warning).endswith("few: are classes 10 for on train to images 18")
        assert translated("any other sentence") == "any other sentence"
    finally:
        qapp.removeTranslator(turned)
    assert translated(warning) == warning


def test_every_template_is_a_literal_that_a_translator_finds() -> None:
    """Those of tables are the fields of their rows."""
    folder = Path(nets.__file__).parent
    calls = [
        (path.name, call.args[0])
        for path in folder.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Text"
    ]
    assert len(calls) > 15
    odd = {name for name, template in calls if not isinstance(template, ast.Constant)}
    assert odd <= {"outputs.py"}
