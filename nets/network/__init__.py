"""What a model is: its graph, layers, receptive fields, weights, card, input and file."""
