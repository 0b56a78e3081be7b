"""What a model answers: compiled passes over its layers, probabilities, maps."""
