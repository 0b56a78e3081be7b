"""The network as a diagram and as a table of layers."""
