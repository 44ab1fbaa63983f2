"""How fast the portal is, measured on a database of its own: `python -m bench plan`.

A program beside the portal, as `chaos` is: no production code knows of it, and the image does not hold it.
"""
