from __future__ import annotations

from collections.abc import Iterator

import pytest

from nets.compute import compiled
from tests.leaks import garbage, no_leaks

__all__ = ["garbage", "no_leaks"]


@pytest.fixture(scope="module", autouse=True)
def _plain_graphs() -> Iterator[None]:
    """Opened models are not compiled through XLA, too: half a second for each, and tests/nets/compute tests it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "MOST_STEPS", 0)
        yield
