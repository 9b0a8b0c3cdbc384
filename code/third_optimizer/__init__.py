"""The Third Optimizer: a house that mirrors its picture.

world    what a model faces
theory   closed forms from the literature
base     the base optimizer: update rules and one training loop
view     what a page shows: figures, questions, the map, the site

The model that learns (mesa) and the engineer (meta) move in with the chapters that need them. Who
may import whom is a table in tests/test_rooms.py.
"""
