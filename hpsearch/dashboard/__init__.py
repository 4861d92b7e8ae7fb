"""A study on a whole terminal: a client of the store and the inbox, and nothing else."""
