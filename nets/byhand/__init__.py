"""The layers of a convolutional network written out in NumPy, forward and backward, as they are derived.

``window`` and ``im2col`` say how a kernel slides; ``methods`` convolves in three ways; a file for each kind of layer;
``losses`` and ``optimizers``; ``network`` puts a chain together, from Keras and back; ``stored`` reads one without
Keras; ``health`` finds where numbers stop being finite, and gradients that vanish or explode.
"""
