"""The maps of the chosen layer: the grid, one map large, units, kernels."""
