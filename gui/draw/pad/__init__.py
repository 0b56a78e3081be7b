"""The drawing pad: pen input, strokes, raster, files, and keeping drawings under a label."""
