"""Digits drawn by a program: skeletons, curves, pens."""
