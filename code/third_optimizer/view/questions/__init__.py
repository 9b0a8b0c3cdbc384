"""What a page asks: heads, predictions, exercises, quizzes, claim cards; and the record of the answers."""

from . import answers as answers  # so that every live component finds the record it keeps its answers in
