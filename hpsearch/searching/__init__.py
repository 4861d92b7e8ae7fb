"""A search from Python: what is asked for, its run, what came of it, and estimators around it."""
