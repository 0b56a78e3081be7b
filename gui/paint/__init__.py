"""Everything that paints numbers: pixels, grids, colour scales, matrices, equations."""
