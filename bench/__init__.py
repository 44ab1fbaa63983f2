"""How fast the portal is, as ratios against floors measured in the same run: `python -m bench`.

A program beside the portal, as `chaos` is: no production code knows of it, and the image does not hold it.
"""
