"""Words for people: the article before a label, and sentences of ``nets`` that are translated."""

from __future__ import annotations

import ast
import pickle
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator

import nets
from gui.words import as_sentence, translated, with_article
from nets.errors import LensletError, UsageError
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


def test_an_error_of_nets_is_translated_with_the_sentence_inside_it(qapp: QCoreApplication) -> None:
    inner = LensletError("{file} lacks its weights", file="a.h5")
    outer = UsageError("opening failed: {problem}", problem=inner)
    again = pickle.loads(pickle.dumps(outer))
    assert str(outer) == str(again) == "opening failed: a.h5 lacks its weights"
    turned = Upside()
    qapp.installTranslator(turned)
    try:
        assert translated(outer) == translated(again) == "weights its lacks a.h5 failed: opening"
        assert translated(LensletError("{not} a template")) == "template a {not}"
    finally:
        qapp.removeTranslator(turned)


def trees_of_nets() -> Iterator[tuple[str, ast.Module]]:
    """(file, its syntax tree) of all but the command line, whose own words stay English."""
    folder = Path(nets.__file__).parent
    for path in folder.rglob("*.py"):
        if "commands" not in path.parts:
            yield str(path.relative_to(folder)), ast.parse(path.read_text(encoding="utf-8"))


def kinds_of_errors() -> set[str]:
    """The names of LensletError and of all classes that are made of it."""
    classes = [node for _, tree in trees_of_nets() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    found, before = {"LensletError"}, set[str]()
    while found != before:
        before = set(found)
        found |= {node.name for node in classes if {getattr(base, "id", "") for base in node.bases} & found}
    return found


def calls_of_nets(names: set[str]) -> Iterator[tuple[str, ast.Call]]:
    """(file and line, call) of the classes so named, with an argument."""
    for file, tree in trees_of_nets():
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in names and call.args:
                yield f"{file}:{call.lineno}", call


def test_every_template_is_a_literal_that_a_translator_finds() -> None:
    """Those of tables are the fields of their rows."""
    calls = list(calls_of_nets({"Text"}))
    assert len(calls) > 100
    odd = {place.split(":")[0] for place, call in calls if not isinstance(call.args[0], ast.Constant)}
    assert odd <= {"network/outputs.py", "network/card.py", "errors.py"}  # tables, and errors' own arguments


def test_no_sentence_for_a_person_is_put_together_where_a_translator_cannot_find_it() -> None:
    """An error's template is a literal with its values beside it; what a message says is a Text."""
    kinds = kinds_of_errors()
    assert {"UsageError", "JsonError", "Mismatch"} < kinds
    errors = list(calls_of_nets(kinds))
    assert len(errors) > 250
    built = ast.JoinedStr | ast.BinOp
    assert [place for place, call in errors if isinstance(call.args[0], built)] == []
    for place, call in [*errors, *calls_of_nets({"Text"})]:
        template, named = call.args[0], {keyword.arg for keyword in call.keywords}
        if isinstance(template, ast.Constant) and named and None not in named:
            assert {field for _, field, _, _ in Formatter().parse(template.value) if field} == named, place
    messages = list(calls_of_nets({"Message"}))
    assert len(messages) > 8
    assert [place for place, call in messages if isinstance(call.args[0], built | ast.Constant)] == []


def test_a_sentence_begins_with_a_capital_and_a_name_stays_as_it_is() -> None:
    assert as_sentence("there is no layer 'x'") == "There is no layer 'x'"
    assert as_sentence("patch: expected a number") == "Patch: expected a number"
    assert as_sentence("block3_relu2 has maps 0 to 127, not 300") == "block3_relu2 has maps 0 to 127, not 300"
    assert as_sentence("") == ""
