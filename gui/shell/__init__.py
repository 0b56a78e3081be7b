"""The window's frame: top bar, status bar, menus, help, settings."""
