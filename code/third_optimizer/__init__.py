"""The Third Optimizer: a house that mirrors its picture.

world    what a model faces
theory   closed forms and reference predictors from the literature
base     the base optimizer: update rules and one training loop
mesa     models that learn from a prompt, and how they answer
meta     the engineer: designs, running them, searching over them, the log
view     what a page shows: figures, questions, the map, the site

Who may import whom is a table in tests/test_rooms.py.
"""
