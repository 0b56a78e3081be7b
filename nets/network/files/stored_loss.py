"""The loss with which a model file says its network was trained; it distinguishes numbers from scores of classes."""

from __future__ import annotations

from typing import Any


def loss_of(training: Any) -> str:
    """The name of the loss in what a file says of its training; "" if it says none that can be read.

    Args:
        training: the ``compile_config`` of a .keras file or the ``training_config`` of an .h5 file, as JSON holds it.
    """
    if not isinstance(training, dict):
        return ""
    inner = training.get("loss_config")
    return _name(training.get("loss") or (inner.get("loss") if isinstance(inner, dict) else None))


def _name(loss: Any) -> str:
    """The loss's name; of several losses the first, because the first output counts."""
    if isinstance(loss, str):
        return loss
    if isinstance(loss, list):
        return _name(loss[0]) if loss else ""
    if not isinstance(loss, dict):
        return ""
    if "class_name" not in loss:
        return _name(next(iter(loss.values()), None))
    inner = loss.get("config")
    own = str(loss["class_name"])
    return inner if own == "function" and isinstance(inner, str) else own
