"""The command line: one file a command. Scripts depend on its arguments, JSON fields and exit statuses."""
