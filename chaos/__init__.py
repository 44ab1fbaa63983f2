"""`make chaos`: kill everything the portal stands on, in the middle of its work, and check the books afterwards.

python -m chaos --minutes 5 --seed 1234

A program of its own on a stack of its own: production code has no hook for it, and the image does not hold it.
"""
