"""What the live answer says of itself: how sure it calls itself follows the calibrated probability."""

from dataclasses import replace

import numpy as np
import pytest

from gui.threads.answering import Answering, PictureQuestion
from gui.threads.subject import Subject
from nets.compute.lens import Lens
from nets.data.handwriting.strokes import paint
from nets.models import open_model
from nets.network.outputs import verdict_of
from nets.trust.calibration import reliability
from nets.trust.trust import Trust


@pytest.mark.parametrize(("temperature", "verdict"), [(20.0, "unsure"), (1.0, "likely"), (0.5, "sure")])
def test_how_sure_an_answer_is_called_follows_the_calibrated_probability(temperature: float, verdict: str) -> None:
    """Earlier, for a network with too low probabilities, 50 % beside "calibrated 99.8 %" was called "not sure"."""
    shipped = open_model("lenet")
    assert shipped.card.verdict, "thresholds of the probability itself, which count where a card has some"
    model = replace(shipped, card=replace(shipped.card, verdict={}))  # as of a run
    known = reliability(np.eye(10), np.arange(10))
    subject = Subject(Lens(model), model, trust=Trust(temperature, None, known, 1, 10))
    seven = paint([np.array([(80, 70), (200, 70), (130, 225)], float)], 16.0)
    found = Answering()(PictureQuestion(seven, subject=subject))
    assert found.answer is not None
    assert found.badge is not None
    assert 0.8 < found.answer.probability < 0.97, "likely, as the network itself says it"
    assert found.answer.verdict == verdict
    assert verdict == verdict_of(found.badge.probability, {})
