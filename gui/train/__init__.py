"""The workspace in which networks are trained: settings, progress, curves, what was learned, and the runs."""
