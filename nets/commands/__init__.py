"""The command line: one file a command. Scripts depend on its arguments, JSON fields and exit statuses.

A command is a function of three parameters that returns the exit status: ``options``, what ``arguments`` parsed;
``places``, where the person's files lie; ``out``, which prints results, sentences and progress. It raises UsageError
for what cannot be asked (status 2) and LensletError for what failed (status 1).
"""
