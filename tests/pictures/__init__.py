"""The README's pictures: `python -m tests.pictures` runs digits and draws its dashboard."""
