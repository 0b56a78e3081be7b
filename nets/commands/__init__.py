"""The command line: one file for each command. Scripts depend on its arguments, JSON fields and exit statuses.

A command is a function of three parameters that returns the exit status: ``options``, the result of ``arguments``;
``places``, the person's folders; ``out``, which prints results, sentences and progress. It raises UsageError for wrong
usage (status 2) and LensletError for failures (status 1).
"""
