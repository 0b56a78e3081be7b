"""The pages of Why: their titles and most important keys."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """A tab. keys: for the status bar, which adds how to keep a drawing and F1. file: part of exported files' names."""

    title: str
    tip: str
    keys: str
    file: str


PAGES = (
    Page(
        "Explain",
        "What in the picture made it answer so",
        "Up, Down: methods · S: sanity check · D: deletion and insertion · Return: compute · PgDown: lesion lab",
        "why",
    ),
    Page(
        "Lesion lab",
        "Switch channels off and see what is missing",
        "Up, Down: layers · click: channel off · Return: measure every channel · PgDown: what it looks for",
        "lesions",
    ),
    Page(
        "What it looks for",
        "The picture that a class or a filter answers most",
        "Up, Down: classes or maps · Return: make it · Esc: stop · PgUp: lesion lab",
        "looks-for",
    ),
)
