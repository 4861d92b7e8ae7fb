"""A study as one page to send to somebody: a single HTML file that loads nothing.

Pictures are SVG that we write ourselves: a few paths in a field of 1,000 × 1,000 that the page
stretches to whatever room there is, with ticks and names as text of the page beside them.
Matplotlib knows neither the page's themes nor its width, and vega needs a megabyte of JavaScript
in every file; what is drawn here takes its colours from CSS variables, keeps its letters readable
on a phone, and needs no further library. Markup is made by `markup.tag` alone, which escapes every
plain string.

Nothing of the data's rows is told but counts and figures, so that the page may be passed on.
"""
