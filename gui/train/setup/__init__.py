"""The form that a training is started from."""
