"""``EXPLAINERS``: every method by its name. Menus, the command line, the colours and the contract test read it."""

from __future__ import annotations

from nets.errors import UsageError
from nets.explain.activation_maximization import STARTS, activation_maximization
from nets.explain.activation_maximization import numbers_held as ascent_numbers
from nets.explain.explainer import Explainer
from nets.explain.grad_cam import grad_cam, grad_cam_pp
from nets.explain.gradient import gradient, gradient_x_input
from nets.explain.integrated_gradients import completeness_gap, integrated_gradients
from nets.explain.occlusion import occlusion, refusal_of_stride
from nets.explain.option import FITTING, Option
from nets.explain.parametrised import SPACES
from nets.explain.rectified import deconvnet, guided_backprop, refusal_of_map
from nets.explain.rise import numbers_held as rise_numbers
from nets.explain.rise import rise
from nets.explain.score_cam import score_cam
from nets.explain.smoothgrad import smoothgrad

_MAP = (
    Option(
        "map",
        "Map",
        "int",
        None,
        0,
        description="a map or unit of the layer, in place of the class's score",
        unset="none",
    ),
    Option("row", "Row", "int", None, 0, description="of one position in that map", unset="all"),
    Option("column", "Column", "int", None, 0, description="of one position in that map", unset="all"),
)
_SEED = Option("seed", "Seed", "int", 0, 0, 2**31 - 1, description="decides everything that is random")

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
            "picture. A pixel that is zero in the network's numbers (black where they go from 0 up, grey where they go "
            "from -1 to 1) gets zero whatever it means, so it cannot show that a missing stroke matters."
        ),
        needs=("classes", "picture"),
        signed=True,
        live=True,
        gives="pixels",
        function=gradient_x_input,
    ),
    Explainer(
        name="smoothgrad",
        title="SmoothGrad",
        paper="Smilkov et al. 2017, SmoothGrad: removing noise by adding noise, arXiv:1706.03825",
        shows=(
            "The mean gradient of many noisy copies of the picture: what the score is sensitive to around it, without "
            "the noise of a single gradient. How much noise is added decides how it looks, and the network was never "
            "trained on noisy pictures. Another seed gives a slightly different picture."
        ),
        needs=("classes", "picture"),
        signed=True,
        live=True,
        gives="pixels",
        function=smoothgrad,
        passes=lambda options: int(options["samples"]),
        options=(
            Option("samples", "Samples", "int", 50, 1, 4096, description="noisy copies"),
            Option("deviation", "Noise", "float", 0.2, 0, 2, description="deviation as a share of the range"),
            _SEED,
        ),
    ),
    Explainer(
        name="integrated_gradients",
        title="Integrated gradients",
        paper="Sundararajan et al. 2017, Axiomatic attribution for deep networks, arXiv:1703.01365",
        shows=(
            "How the difference between this picture's score and a baseline's is made up: all pixels together add up "
            "to it. The baseline is zero in the network's numbers: black where they go from 0 up, grey where they go "
            "from -1 to 1. What equals it gets nothing, so a missing stroke never shows; another baseline tells "
            "another story, and the pictures on the way between are unlike any that were learned."
        ),
        needs=("classes", "picture"),
        signed=True,
        live=True,
        gives="pixels",
        function=integrated_gradients,
        passes=lambda options: int(options["steps"]) + 1,
        gap=completeness_gap,
        options=(
            Option("steps", "Steps", "int", 64, 1, 4096, description="from the baseline to the picture"),
            Option("baseline", "Baseline", "baseline", 0.0, description="a number of the network's, or a picture"),
        ),
    ),
    Explainer(
        name="guided_backprop",
        title="Guided backpropagation",
        paper="Springenberg et al. 2014, Striving for simplicity, arXiv:1412.6806",
        shows=(
            "The gradient with everything negative thrown away at each ReLU: a clear picture of the strokes and edges "
            "that the network noticed. It is nearly the same for every class, and for a network with random weights "
            "it still looks like the picture: it shows what is in the picture, hardly why the answer is this one."
        ),
        needs=("classes", "picture", "relu"),
        signed=True,
        live=True,
        gives="pixels",
        function=guided_backprop,
    ),
    Explainer(
        name="deconvnet",
        title="Deconvnet",
        paper="Zeiler, Fergus 2013, Visualizing and understanding convolutional networks, arXiv:1311.2901",
        shows=(
            "What in the picture the class's score, or one map of a layer, goes back to, through the places where each "
            "pooling found its largest value. Like guided backpropagation it shows what is in the picture more than "
            "why the answer is this one, and it ignores which ReLUs were off."
        ),
        needs=("classes", "picture", "relu"),
        signed=True,
        live=True,
        gives="pixels",
        function=deconvnet,
        options=_MAP,
        why_not=refusal_of_map,
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
        name="score_cam",
        title="Score-CAM",
        paper="Wang et al. 2019, Score-CAM, arXiv:1910.01279",
        shows=(
            "Where the maps lie that let the network still see the class when only what they light up is left of the "
            "picture. No gradient is used, so noise in it cannot mislead; but a masked picture is unlike those that "
            "were learned, and the result is as coarse as the layer."
        ),
        needs=("classes", "picture", "layer"),
        signed=False,
        live=False,
        gives="map",
        function=score_cam,
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
        why_not=refusal_of_stride,
        options=(
            Option("patch", "Side of the patch", "int", 7, 1, 512, description="in pixels"),
            Option("stride", "Stride", "int", 1, 1, 512, description="pixels from one position to the next"),
            Option("value", "Filled with", "baseline", 0.0, description="a number of the network's, or a picture"),
        ),
    ),
    Explainer(
        name="rise",
        title="RISE",
        paper="Petsiuk et al. 2018, RISE, arXiv:1806.07421",
        shows=(
            "The mean score of the masked pictures in which a pixel is left, above or below that of all pixels: high "
            "where seeing it helps the class. It asks the network alone and looks into no layer. It is a mean of "
            "random masks: another seed gives a slightly different picture, and details smaller than a mask's cell "
            "cannot show."
        ),
        needs=("classes", "picture"),
        signed=True,
        live=False,
        gives="pixels",
        function=rise,
        centred=True,
        options=(
            Option("masks", "Masks", "int", 1000, 1, 100_000, description="random masks"),
            Option("cells", "Cells", "int", 7, 1, 64, description="of a mask along each side"),
            Option("keep", "Kept", "float", 0.5, 0.01, 1, description="probability that a cell is left"),
            _SEED,
        ),
        holds=rise_numbers,
    ),
    Explainer(
        name="activation_maximization",
        title="Activation maximisation",
        paper="Erhan et al. 2009, Visualizing higher-layer features; Simonyan et al. 2013, arXiv:1312.6034",
        shows=(
            "A picture made so that the class, a filter or a unit answers as strongly as it can: what it looks for, "
            "not what is in your picture. The ideal picture of a class convinces the network and seldom the eye, and "
            "another start or seed gives another one that does as well."
        ),
        needs=("classes",),
        signed=False,
        live=False,
        gives="picture",
        function=activation_maximization,
        options=(
            *_MAP,
            Option("steps", "Steps", "int", 200, 1, 20_000, description="of gradient ascent"),
            Option("rate", "Step size", "float", 0.05, 1e-5, 10, description="of Adam, as a share of the range"),
            Option("l1", "L1", "float", 0.0, 0, 1e6, description="penalty on what is not black"),
            Option(
                "tv",
                "Total variation",
                "float",
                None,
                0,
                1e6,
                description="penalty on neighbours that differ",
                unset=FITTING,
            ),
            Option("blur", "Blur", "float", 0.0, 0, 16, description="pixels, after each step"),
            Option(
                "jitter",
                "Jitter",
                "int",
                None,
                0,
                64,
                description="pixels that the picture is moved by at random",
                unset=FITTING,
            ),
            Option("space", "Optimised", "choice", None, choices=SPACES, description="what is changed", unset=FITTING),
            Option(
                "start", "Begins with", "choice", None, choices=STARTS, description="the first picture", unset=FITTING
            ),
            _SEED,
        ),
        why_not=refusal_of_map,
        holds=ascent_numbers,
    ),
)

EXPLAINERS: dict[str, Explainer] = {row.name: row for row in _ROWS}


def explainer(name: str) -> Explainer:
    """The row of that name. Raises UsageError if there is none; it lists those that there are."""
    if name not in EXPLAINERS:
        raise UsageError("there is no method {name!r}; there are: {known}", name=name, known=", ".join(EXPLAINERS))
    return EXPLAINERS[name]
