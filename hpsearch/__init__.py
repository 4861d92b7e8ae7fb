"""Search hyperparameters for a neural network on your data, from a terminal."""

__version__ = "0.1.0"
