"""Why a network answers as it does: one file for each method or family, and ``EXPLAINERS``, the table of all of them.

>>> from nets.explain import EXPLAINERS
>>> from nets.models import open_model
>>> EXPLAINERS["grad_cam"].run(open_model("lenet"), image, target=7, layer="conv2")

Conventions of all methods (each file says its own):

- The score that is explained is the target's logit, the number before a final softmax or sigmoid. The gradient of a
  probability is much smaller and points elsewhere.
- Results are raw and signed. Absolute values, the maximum over channels and colours belong to whoever shows them.
- The network, its weights and its layers are only read.
"""

from nets.explain.explainer import NEEDS, Explainer
from nets.explain.option import Option
from nets.explain.table import EXPLAINERS, explainer

__all__ = ["EXPLAINERS", "NEEDS", "Explainer", "Option", "explainer"]
