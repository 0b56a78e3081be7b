"""Opening a network layer by layer: the diagram, the layers, their maps, and one map large."""
