"""Errors that a person reads: what was expected, what was found, what to do next."""


class LensletError(Exception):
    """A failure whose message is one line for a person, shown as it is in the window and on the command line."""


class UsageError(LensletError):
    """The person asked for something that cannot be: wrong names, values or combinations (exit status 2)."""
