"""Training: what to train (``config``), doing it (``train``), and the folder of every run (``runs``)."""
