"""What a study is: its file, its space, its trials, and what happens to them."""
