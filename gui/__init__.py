"""The window. Imports ``nets``, never the other way round; importing it loads neither Keras nor TensorFlow."""
