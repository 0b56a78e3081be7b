"""What is kept of a training: configuration, history, weights of every epoch, evaluation."""
