"""``EXPLAINERS``: every method by its name. Menus, the command line, the colours and the contract test read it."""

from __future__ import annotations

from nets.errors import UsageError
from nets.explain.explainer import Explainer, Option
from nets.explain.grad_cam import grad_cam, grad_cam_pp
from nets.explain.gradient import gradient, gradient_x_input
from nets.explain.occlusion import occlusion

_ROWS = (
    Explainer(
        name="gradient",
        title="Gradient",
        paper="Simonyan et al. 2013, Deep inside convolutional networks, arXiv:1312.6034",
        shows=(
            "How the class's score would change if a pixel became a little brighter: up where it is positive, down "
            "where it is negative. It says what the score is sensitive to, not what made it as large as it is: a pixel "
            "that is needed but already saturated has a gradient of nearly zero, and single pixels are noisy."
        ),
        needs=("classes", "picture"),
        signed=True,
        live=True,
        gives="pixels",
        function=gradient,
    ),
    Explainer(
        name="gradient_x_input",
        title="Gradient × input",
        paper="Shrikumar et al. 2016, Not just a black box, arXiv:1605.01713",
        shows=(
            "The gradient times the pixel: what each pixel adds to the score if the network were linear around this "
            "picture. A black pixel gets zero whatever it means, so it cannot show that a missing stroke matters."
        ),
        needs=("classes", "picture"),
        signed=True,
        live=True,
        gives="pixels",
        function=gradient_x_input,
    ),
    Explainer(
        name="grad_cam",
        title="Grad-CAM",
        paper="Selvaraju et al. 2016, Grad-CAM, arXiv:1610.02391",
        shows=(
            "Where in the layer's maps the evidence for the class lies, as coarse as the layer. Zero everywhere means "
            "that this layer holds no positive evidence for the class. It shows a region, not which pixels in it "
            "count, and evidence against the class is cut off."
        ),
        needs=("classes", "picture", "layer"),
        signed=False,
        live=True,
        gives="map",
        function=grad_cam,
    ),
    Explainer(
        name="grad_cam_pp",
        title="Grad-CAM++",
        paper="Chattopadhay et al. 2017, Grad-CAM++, arXiv:1710.11063",
        shows=(
            "As Grad-CAM, with weights that count every place with positive evidence for itself: several objects of "
            "the class light up together. It is as coarse, and says as little about evidence against the class."
        ),
        needs=("classes", "picture", "layer"),
        signed=False,
        live=True,
        gives="map",
        function=grad_cam_pp,
    ),
    Explainer(
        name="occlusion",
        title="Occlusion",
        paper="Zeiler, Fergus 2013, Visualizing and understanding convolutional networks, arXiv:1311.2901",
        shows=(
            "How far the score falls when a square there is covered, measured and not approximated. A covered picture "
            "is unlike any that the network has learned from, so part of the fall is surprise; and what is there "
            "twice is never missed, because one patch leaves the other."
        ),
        needs=("classes", "picture"),
        signed=True,
        live=False,
        gives="pixels",
        function=occlusion,
        options=(
            Option("patch", "Side of the patch", "int", 7, 1, 512, description="in pixels"),
            Option("stride", "Stride", "int", 1, 1, 512, description="pixels from one position to the next"),
            Option("value", "Filled with", "baseline", 0.0, description="a number of the network's, or a picture"),
        ),
    ),
)

EXPLAINERS: dict[str, Explainer] = {row.name: row for row in _ROWS}


def explainer(name: str) -> Explainer:
    """The row of that name. UsageError where there is none; it lists those that there are."""
    if name not in EXPLAINERS:
        raise UsageError(f"there is no method {name!r}; there are: {', '.join(EXPLAINERS)}")
    return EXPLAINERS[name]
