"""The compiled training step on TensorFlow, and the one by hand in NumPy."""
