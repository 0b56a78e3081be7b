"""Sentences for people: a template, its values, and no value without end."""

from __future__ import annotations

import pickle

from nets.errors import LensletError
from nets.text import LONGEST, Text


def test_a_value_without_end_is_cut_and_a_sentence_inside_another_is_not() -> None:
    words = Text("{file} has a layer {name!r}", file="a.keras", name="n" * 1_000_000)
    assert words.startswith("a.keras has a layer 'nnn")
    assert len(words) < LONGEST + 100
    assert len(words.values["name"]) == LONGEST + 1, "what is translated is as short"
    inner = Text("{words} " * 3 + "end", words="w" * (LONGEST // 2))
    assert Text("found: {inner}", inner=inner).endswith(" end")
    problem = LensletError("{text}", text="t" * 5000)
    assert len(Text("{problem}", problem=ValueError("x" * 5000))) == LONGEST + 1
    assert Text("{problem}", problem=problem) == problem.sentence
    assert pickle.loads(pickle.dumps(words)) == words
