"""The floor: what the same page costs in a plain Django project, without tenant, permission or log.

A project of its own on a database of its own, with Django's usual middleware. Nothing of the portal is imported.
"""
