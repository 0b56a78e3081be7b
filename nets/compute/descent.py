"""One image, its true label, and gradient descent by hand: forward, backward, one step, and every number again."""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np

from nets.byhand.activations import Softmax
from nets.byhand.arithmetic import Trace, back_through
from nets.byhand.calculations import Back, Index
from nets.byhand.layer import Layer
from nets.byhand.network import Network

VANISHED, EXPLODED = 1e-7, 1e3  # of a layer's largest gradient: below and above it is said


@dataclass(frozen=True)
class Move:
    """Of ``size`` weights of a layer ``moved`` changed in a step, none of them by more than ``largest``."""

    layer: str
    weight: str
    moved: int
    size: int
    largest: float


class Lesson:
    """Works on a copy: the network that it is given never changes.

    image (H, W, C), label an index. The loss is the cross-entropy where the last layer is a softmax, else the squared
    error (LeNet-5's recipe). ``losses`` begins with the loss before any step; ``moves`` tells what the last step did to
    each array of weights, in Keras's order.
    """

    def __init__(self, network: Network, image: np.ndarray, label: int) -> None:
        self._original = network
        self.image, self.label = image, label
        self.kind = "crossentropy" if isinstance(network.layers[-1], Softmax) else "squared_error"
        self.reset()

    def reset(self) -> None:
        """Forgets all steps."""
        self.network = copy.deepcopy(self._original)
        self.losses: list[float] = []
        self.before: Trace | None = None
        self._look()

    @property
    def loss(self) -> float:
        return self.losses[-1]

    @property
    def steps(self) -> int:
        return len(self.losses) - 1

    def step(self, rate: float) -> None:
        """w - rate dL/dw for every weight: plain gradient descent on this one image."""
        self.before = Trace(copy.deepcopy(self.network), self.image)
        for layer, name in self.network.trained():
            layer.weights[name] = layer.weights[name] - np.asarray(rate, np.float32) * layer.gradients[name]
        self._look()

    def back(self, name: str, index: Index) -> tuple[Back, ...]:
        """The way back through layer ``name`` at ``index`` of its output: its last step first."""
        found = []
        for step in reversed(self.trace.steps(name, index)):
            arriving = self.arriving.get(step.layer)
            if arriving is not None:
                found.append(back_through(step, arriving))
        return tuple(found)

    def _moves(self) -> list[Move]:
        if self.before is None:
            return []
        pairs = zip(self.before.network.trained(), self.network.trained(), strict=True)
        found = []
        for (old, name), (new, _) in pairs:
            change = np.abs(new.weights[name] - old.weights[name])
            largest = float(change.max(initial=0.0))
            found.append(Move(new.name, name, int(np.count_nonzero(change)), change.size, largest))
        return found

    def trouble(self) -> str:
        """A sentence where a gradient is no number, vanishes or explodes, or the loss rose; "" else."""
        return self._trouble

    def _find_trouble(self) -> str:
        for layer, gradient in self.arriving.items():
            largest = float(np.abs(gradient).max(initial=0.0))
            if not np.isfinite(largest):
                advice = "reset, and take a smaller rate" if self.steps else "nothing can be learned from it"
                return f"the gradient at {layer.name} is not finite: {advice}"
            if largest > EXPLODED:
                return f"the gradient explodes: {largest:.1e} at {layer.name}; take a smaller rate"
        if self.steps and not self.losses[-1] <= self.losses[-2]:
            return f"the step went too far, the loss rose from {self.losses[-2]:.3g}: take a smaller rate"
        first = next(iter(reversed(self.arriving.items())), None)
        if first is not None and 0 < float(np.abs(first[1]).max(initial=0.0)) < VANISHED:
            return f"the gradient has nearly vanished on its way: {np.abs(first[1]).max():.1e} at {first[0].name}"
        return ""

    def _look(self) -> None:
        """Forward and backward with the weights as they are."""
        self.losses.append(self.network.loss(self.image[None], np.array([self.label]), kind=self.kind))
        self.arriving: dict[Layer, np.ndarray] = {}
        self.network.backward(lambda layer, gradient: self.arriving.__setitem__(layer, gradient[0]))
        # A layer remembers its last forward pass: the one that is looked at comes after the gradients were taken.
        self.trace = Trace(self.network, self.image)
        self.moves, self._trouble = self._moves(), self._find_trouble()
