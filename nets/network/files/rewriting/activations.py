"""Activations that have another definition in today's Keras, with their old definition."""

from __future__ import annotations

from typing import Any

# Keras 1 and 2 clip 0.2 x + 0.5 to 0..1; Keras 3 clips x / 6 + 0.5.
HARD_SIGMOID = "lenslet>hard_sigmoid_of_keras_2"


def register() -> None:
    """Register the old functions with Keras under the program's own name, once."""
    import keras

    if keras.saving.get_registered_object(HARD_SIGMOID) is not None:
        return

    def hard_sigmoid_of_keras_2(x: Any) -> Any:
        return keras.ops.clip(x * 0.2 + 0.5, 0.0, 1.0)

    keras.saving.register_keras_serializable("lenslet", "hard_sigmoid_of_keras_2")(hard_sigmoid_of_keras_2)


def hard_sigmoid() -> dict[str, Any]:
    """The configuration of the old function."""
    register()
    return {
        "module": "lenslet",
        "class_name": "function",
        "config": HARD_SIGMOID,
        "registered_name": HARD_SIGMOID,
    }
