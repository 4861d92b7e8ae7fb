"""What comes out of a search: a network and its encoder, trained once more, kept, and used."""
