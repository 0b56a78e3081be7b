"""The classes and arguments of layers in Keras 1 and 2, and their names today."""

from __future__ import annotations

from typing import Any

# --- classes ------------------------------------------------------------------------------------------------------

CLASSES = {
    # Keras 1
    "Convolution1D": "Conv1D",
    "Convolution2D": "Conv2D",
    "Convolution3D": "Conv3D",
    "AtrousConvolution1D": "Conv1D",
    "AtrousConvolution2D": "Conv2D",
    "SeparableConvolution2D": "SeparableConv2D",
    "Deconvolution2D": "Conv2DTranspose",
    # Keras 2
    "BatchNormalizationV1": "BatchNormalization",
    "BatchNormalizationV2": "BatchNormalization",
    "SyncBatchNormalization": "BatchNormalization",
    "ThresholdedReLU": "ReLU",
    "RandomHeight": "Identity",  # has an effect only in training
    "RandomWidth": "Identity",
}

REMOVED = (
    "LocallyConnected1D",
    "LocallyConnected2D",
    "CuDNNLSTM",
    "CuDNNGRU",
    "ConvRecurrent2D",
    "MaxoutDense",
    "Highway",
    "TimeDistributedDense",
    "DenseFeatures",
    "SequenceFeatures",
    "RandomFourierFeatures",
    "ParametricSoftplus",
    "SReLU",
)

MODELS = ("Sequential", "Functional", "Model", "Network", "Graph")

# The modes of Keras 1's Merge.
MERGES = {
    "sum": "Add",
    "mul": "Multiply",
    "ave": "Average",
    "max": "Maximum",
    "concat": "Concatenate",
}

# --- arguments ----------------------------------------------------------------------------------------------------

ORDERS = {"th": "channels_first", "tf": "channels_last"}

# For every class: the earlier name and today's. Applied only if the class does not accept the earlier name.
ARGUMENTS = {
    "nb_filter": "filters",
    "border_mode": "padding",
    "subsample": "strides",
    "subsample_length": "strides",
    "dim_ordering": "data_format",
    "bias": "use_bias",
    "atrous_rate": "dilation_rate",
    "output_dim": "units",
    "p": "rate",
    "sigma": "stddev",
    "inner_activation": "recurrent_activation",
    "dropout_W": "dropout",
    "dropout_U": "recurrent_dropout",
    "concat_axis": "axis",
    "pool_length": "pool_size",
    "stride": "strides",
    "length": "size",
    "theta": "threshold",
    "alpha": "negative_slope",
}

# Arguments for initial weights and for training, which are not needed: the weights come from the file.
ONLY_FOR_TRAINING = ("_initializer", "_regularizer", "_constraint", "_init")
ALSO_ONLY_FOR_TRAINING = {
    "init",
    "learning_rate_multiplier",
    "W_regularizer",
    "b_regularizer",
    "U_regularizer",
    "W_constraint",
    "b_constraint",
    "U_constraint",
    "batch_input_shape",
    "input_shape",
    "input_dtype",
    "input_dim",
    "input_length",
    "batch_size",
    "implementation",
    "consume_less",
    "sparse",
    "ragged",
    "type_spec",
    "rng_type",
    "fused",
    "renorm",
    "renorm_clipping",
    "renorm_momentum",
    "virtual_batch_size",
    "synchronized",
    "query_shape",
    "key_shape",
    "value_shape",
    "forget_bias_init",
}

# Arguments without a successor, and values that are the same as leaving them out. So are None, False and 0.
HARMLESS: dict[str, tuple[Any, ...]] = {
    "groups": (1,),
    "axis": (-1,),
    "data_format": ("channels_last",),
    "force_generator": (True,),
    "use_legacy_config": (True,),
    "trainable": (True,),  # lacking in layers without weights alone
}

# Defaults in another version of Keras.
FORMER_DEFAULTS: dict[str, dict[str, Any]] = {"GRU": {"reset_after": False}, "GRUCell": {"reset_after": False}}

ACTIVATION_ARGUMENTS = ("activation", "recurrent_activation")
