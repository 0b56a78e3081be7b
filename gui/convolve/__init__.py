"""The Convolve workspace: one image, one kernel, and the result."""
