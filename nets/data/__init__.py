"""Datasets, pictures from files, and the one way from a picture to a network's input."""
