"""What every view needs and no terminal: order, columns, formats, status. Pure and tested so."""
