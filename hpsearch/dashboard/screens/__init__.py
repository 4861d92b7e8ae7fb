"""The views of a study, one a file, and the dialogs above them."""
