"""The table of experiments: published tables, and the comparisons that are usually made beside them.

``small`` is reduced so that each experiment ends within minutes on two cores; every row says how. Names are what
``main.py experiment`` takes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nets.errors import UsageError
from nets.experiments.experiment import Experiment
from nets.experiments.rows import CostsRow, MethodRow, TrainingRow
from nets.experiments.transfer_row import TransferRow
from nets.runs.config import OPTIMIZERS, TrainConfig

TRAINED = ("accuracy", "interval", "seconds", "images", "epochs", "parameters", "multiply_adds")
SLOWLY = (
    "Dropout and augmented images make learning slower and pay in long trainings: at the small scale there may be too "
    "few epochs for them."
)
SUMMARY = "the figures of the summaries that the recipes come from, on their GPU"


def _fashion(network: str, **changes: Any) -> TrainConfig:
    return TrainConfig(network, "fashion-mnist", validation=0.0, **changes)


def _colours(network: str, **changes: Any) -> TrainConfig:
    return TrainConfig(network, "cifar10", **{"validation": 0.0, "batch_size": 128, "epochs": 20, **changes})


LENET = Experiment(
    name="lenet-mnist",
    title="LeNet on MNIST",
    question="Does the tutorial's recipe, three epochs of momentum, read handwritten digits? Its loss every hundred "
    "batches, saved, loaded again, and 32 test images with what it answers.",
    rows=(
        TrainingRow(
            "lenet",
            "LeNet, SGD .001 with momentum .9, batches of 32, three epochs",
            TrainConfig(
                "lenet", "mnist", "lenet-sgd", "momentum", 1e-3, batch_size=32, epochs=3, momentum=0.9, validation=0.0
            ),
            published="“the same as the truth” on the shown image",
        ),
    ),
    columns=TRAINED,
    picture="predictions",
    data=("mnist",),
)

SIMPLE_CNN = Experiment(
    name="simple-cnn-mnist",
    title="The simple CNN on MNIST",
    question="Two convolutions of 25 and 50 kernels, trained on three quarters of MNIST's 70,000 images and measured "
    "on the rest.",
    rows=(
        TrainingRow(
            "simple_cnn",
            "Simple CNN, Adam, batches of 300, 20 epochs, 75/25 split",
            TrainConfig("simple_cnn", "mnist", "simple-cnn", batch_size=300, epochs=20, validation=0.25),
            {"epochs": 4},
            merged=True,
        ),
    ),
    columns=(*TRAINED, "measured_on"),
    data=("mnist",),
)

_ALEXNET = {"size": 67, "limit": 2000, "epochs": 2, "test_images": 1000, "batch_size": 32}
ALEXNET = Experiment(
    name="alexnet-simplified",
    title="AlexNet made simpler, on Fashion-MNIST",
    question="How much of AlexNet does a task of ten classes need? The second dense layer, then a convolution, are "
    "left out, then the learning rate is raised.",
    rows=tuple(
        TrainingRow(name, title, _fashion(network, epochs=3, learning_rate=rate, size=224), _ALEXNET, published=figure)
        for name, title, network, rate, figure in (
            ("base", "AlexNet with 10 outputs, Adam .001", "alexnet_gray", 1e-3, "265.6 s, .863"),
            ("one-dense", "without dense 4096-4096", "alexnet_gray_one_dense", 1e-3, "213.5 s, .887"),
            ("short", "and without the 384-384 convolution", "alexnet_gray_short", 1e-3, "190.9 s, .886"),
            ("rate-004", "the same, learning rate .004", "alexnet_gray_short", 4e-3, "80.0 s, .890"),
            ("rate-002", "the same, learning rate .002", "alexnet_gray_short", 2e-3, "80.3 s, .908"),
        )
    ),
    columns=(*TRAINED, "input"),
    source=SUMMARY,
    data=("fashion-mnist",),
)

_SMALL_VGG = {"limit": 1000, "epochs": 2, "test_images": 1000, "batch_size": 32}
SMALL_VGG = Experiment(
    name="small-vgg-sizes",
    title="Small VGG at 224 and at 96 pixels, on Fashion-MNIST",
    question="Images of 28 pixels are enlarged to 224 because the network was made for them. Is that needed?",
    rows=tuple(
        TrainingRow(
            f"at-{size}", f"small VGG, {size} x {size}", _fashion("small_vgg", size=size), _SMALL_VGG, published=figure
        )
        for size, figure in ((224, "96.7 s, .911"), (96, "25.5 s, .912"))
    ),
    columns=(*TRAINED, "input"),
    source=SUMMARY,
    data=("fashion-mnist",),
)

SIZES = Experiment(
    name="sizes",
    title="The sizes of AlexNet, VGG, NiN and GoogLeNet",
    question="Why do NiN and GoogLeNet have so few parameters? Read off the layers, for ImageNet's pictures and "
    "classes.",
    rows=(
        CostsRow("alexnet", "AlexNet", "alexnet", (224, 224, 3), 1000),
        CostsRow("vgg11", "VGG-11", "vgg11", (224, 224, 3), 1000),
        CostsRow("vgg16", "VGG-16", "vgg16", (224, 224, 3), 1000),
        CostsRow("nin", "NiN", "nin", (224, 224, 3), 1000),
        CostsRow("googlenet", "GoogLeNet", "googlenet", (224, 224, 3), 1000),
    ),
    columns=("parameters", "multiply_adds", "weights_bytes", "activation_bytes", "depth", "receptive_field", "why"),
    source="the last two are far smaller: 1x1 convolutions and global average pooling",
    plotted="parameters",
    log=True,
)

_STEPS = {"limit": 20_000, "epochs": 8}
STEPS = Experiment(
    name="lenet-to-alexnet",
    title="From LeNet to AlexNet, one difference at a time",
    question="What does each of AlexNet's differences do for LeNet on Fashion-MNIST: ReLU for tanh, max pooling for "
    "average, dropout, augmentation? Each alone, then all of them.",
    rows=tuple(
        TrainingRow(name, title, _fashion(network, augmentation=changes, epochs=15), _STEPS)
        for name, title, network, changes in (
            ("base", "LeNet: tanh, average pooling", "lenet_1998", "none"),
            ("relu", "ReLU instead of tanh", "lenet_relu", "none"),
            ("max", "max pooling instead of average", "lenet_max", "none"),
            ("dropout", "dropout in the dense layers", "lenet_dropout", "none"),
            ("augmentation", "shifted and mirrored images", "lenet_1998", "flip"),
            ("all", "all four", "lenet_2012", "flip"),
        )
    ),
    columns=TRAINED,
    data=("fashion-mnist",),
    notes=(SLOWLY,),
)

KERNELS = Experiment(
    name="five-or-three",
    title="One 5x5 against two 3x3",
    question="Two convolutions of 3x3 see as far as one of 5x5 with 18 weights instead of 25, and another ReLU between "
    "them. Are they as good?",
    rows=tuple(
        TrainingRow(network, title, _fashion(network, epochs=10), {"limit": 10_000, "epochs": 3}, published=figure)
        for network, title, figure in (
            ("one_5x5", "one 5x5 in each of two stages", "25 weights for a pair of maps"),
            ("two_3x3", "two 3x3 in each of two stages", "18 weights for a pair of maps"),
        )
    ),
    columns=(*TRAINED, "receptive_field"),
    source="Simonyan and Zisserman 2014, arXiv:1409.1556, section 2.3",
    data=("fashion-mnist",),
)

_FACTORS = {"limit": 6000, "epochs": 3, "test_images": 5000, "batch_size": 32}
FACTORS = Experiment(
    name="factors",
    title="With and without, one factor at a time",
    question="What do batch normalisation, dropout, local response normalisation, overlapping pooling and augmentation "
    "each do for one small network on CIFAR-10?",
    rows=tuple(
        TrainingRow(name, title, _colours(network, augmentation=changes), _FACTORS)
        for name, title, network, changes in (
            ("base", "none of them", "factors_base", "none"),
            ("batch-norm", "batch normalisation", "factors_batch_norm", "none"),
            ("dropout", "dropout", "factors_dropout", "none"),
            ("lrn", "local response normalisation", "factors_lrn", "none"),
            ("overlapping", "overlapping pooling", "factors_overlapping", "none"),
            ("augmentation", "augmentation: crop and mirror", "factors_base", "crop_flip"),
        )
    ),
    columns=TRAINED,
    data=("cifar10",),
    notes=(SLOWLY,),
)

OPTIMISERS = Experiment(
    name="optimizers",
    title="The optimisers side by side",
    question="LeNet on MNIST by each optimiser at the rate that usually works for it: which learns fastest in the same "
    "number of steps?",
    rows=tuple(
        TrainingRow(
            row.name,
            f"{row.title}, rate {row.learning_rate:g}",
            TrainConfig(
                "lenet", "mnist", optimizer=row.name, learning_rate=row.learning_rate, epochs=5, validation=0.0
            ),
            {"limit": 12_000, "epochs": 2},
        )
        for row in OPTIMIZERS.values()
    ),
    columns=("accuracy", "interval", "loss", "seconds", "images", "epochs"),
    data=("mnist",),
)

VGG = Experiment(
    name="vgg-cifar10",
    title="VGG on CIFAR-10",
    question="A network made for ImageNet on pictures of 32 pixels: random resized crops to 224, mirrored, batches of "
    "32.",
    rows=(
        TrainingRow(
            "vgg11_bn",
            "VGG-11 with batch normalisation",
            _colours(
                "vgg11_bn",
                size=224,
                batch_size=32,
                optimizer="momentum",
                learning_rate=0.01,
                schedule="cosine",
                augmentation="resized_crop_flip",
            ),
            {"size": 32, "limit": 2000, "epochs": 2, "test_images": 1000},
        ),
    ),
    columns=(*TRAINED, "input"),
    data=("cifar10",),
)

_LINE = {"size": 75, "limit": 160, "epochs": 1, "test_images": 100, "batch_size": 16}
INCEPTION = Experiment(
    name="inception-line",
    title="The Inception line",
    question="GoogLeNet, Inception with batch normalisation, v3, v4 and Inception-ResNet on CIFAR-10: what each costs "
    "and how well it learns.",
    rows=tuple(
        TrainingRow(
            network,
            title,
            _colours(
                network, size=224, batch_size=32, optimizer="momentum", learning_rate=0.01, augmentation="crop_flip"
            ),
            _LINE,
        )
        for network, title in (
            ("googlenet", "GoogLeNet (Inception v1)"),
            ("inception_bn", "Inception with batch normalisation (v2)"),
            ("inception_v3", "Inception v3"),
            ("inception_v4", "Inception v4"),
            ("inception_resnet_v2", "Inception-ResNet v2"),
        )
    ),
    columns=(*TRAINED, "depth", "input"),
    data=("cifar10",),
    notes=(
        "At the small scale each takes ten steps and is at chance: the table shows what each costs, not which is "
        "better. In 300 steps (600 images four times, batches of 8, Adam at 0.0005) Inception v3 answered 24 % of 200 "
        "test images right (18 to 30 %), Inception-ResNet v2 34 % (27 to 41 %) and GoogLeNet 10 % (6 to 15 %).",
    ),
)

_SHARED = {"limit": 500, "test_images": 500}
TRANSFER = Experiment(
    name="transfer",
    title="Trained features, a new head, then all",
    question="AlexNet's recipe for a small task: load trained features, replace the head, train the head, then all. "
    "How much better is it than to train from nothing on the same images of CIFAR-10?",
    rows=(
        TransferRow(
            "head",
            "MobileNet 0.75, ImageNet's features: the head alone",
            "mobilenet_0.75",
            "cifar10",
            {"epochs": 8, "head_epochs": 8, "validation": 0.0},
            _SHARED,
        ),
        TransferRow(
            "all",
            "the head, then all layers",
            "mobilenet_0.75",
            "cifar10",
            {"epochs": 10, "head_epochs": 8, "fine_rate": 1e-5, "validation": 0.0},
            _SHARED,
        ),
        TrainingRow(
            "nothing",
            "a small network from nothing",
            _colours("factors_batch_norm", epochs=30, batch_size=32),
            _SHARED,
        ),
    ),
    columns=("accuracy", "interval", "seconds", "images", "epochs", "parameters", "multiply_adds", "input"),
    data=("cifar10",),
    notes=(
        "AlexNet's own features cannot be had from keras.applications: MobileNet 0.75 stands in their place. The "
        "images of 32 pixels are enlarged to its 224.",
        "While the features are frozen they are computed once for each image, which the seconds do not count.",
    ),
)

IM2COL = Experiment(
    name="im2col",
    title="im2col against loops",
    question="AlexNet's first convolution (227x227x3 under 96 kernels of 11x11x3 at stride 4) in NumPy: one product "
    "after the other, as one matrix product, and by Fourier's way.",
    rows=(
        MethodRow("loops", "loops", "loops"),
        MethodRow(
            "im2col", "one matrix product (im2col)", "im2col", "363 x 3025 columns, 96 x 363 filters, 96 x 3025 result"
        ),
        MethodRow("fft", "Fourier (FFT)", "fft"),
    ),
    columns=("multiply_adds", "milliseconds", "shapes", "memory", "difference"),
    source="faster, more memory",
    plotted="milliseconds",
    log=True,
    notes=(
        "The loops are timed on 3 positions and 8 kernels and scaled to all. The differences are to the matrix "
        "product, in parts of its largest value.",
    ),
)

EXPERIMENTS: Mapping[str, Experiment] = {
    row.name: row
    for row in (
        LENET,
        SIMPLE_CNN,
        ALEXNET,
        SMALL_VGG,
        SIZES,
        STEPS,
        KERNELS,
        FACTORS,
        OPTIMISERS,
        VGG,
        INCEPTION,
        TRANSFER,
        IM2COL,
    )
}


def find(name: str) -> Experiment:
    """The experiment with that name.

    Raises:
        UsageError: There is none; the message lists those that exist.
    """
    try:
        return EXPERIMENTS[name]
    except KeyError:
        raise UsageError(
            "there is no experiment {name!r}; there are: {known}", name=name, known=", ".join(EXPERIMENTS)
        ) from None
