"""The workspace Convolve: one image, one kernel, and what becomes of them."""
