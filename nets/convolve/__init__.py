"""The playground's arithmetic: kernels, positions of the window, costs, comparisons."""
