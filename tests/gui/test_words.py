import pytest

from gui.words import with_article


@pytest.mark.parametrize(
    ("label", "words"),
    [("4", "a 4"), ("8", "an 8"), ("11", "an 11"), ("80", "an 80"), ("1", "a 1"), ("A", "an A"), ("u", "a u")],
)
def test_the_article_follows_the_sound(label: str, words: str) -> None:
    assert with_article(label) == words
    assert with_article("Ankle boot") == "Ankle boot"
