"""Work beside the window's thread: jobs, the loader, the live worker."""
