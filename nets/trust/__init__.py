"""Whether an answer should be believed: calibrated probability, small shifts, likeness to the training images."""
