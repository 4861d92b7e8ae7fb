"""What stands on the screens: one widget a file, each given values, never the store."""
