"""What a training reached: the confusion matrix and the images behind its cells."""
