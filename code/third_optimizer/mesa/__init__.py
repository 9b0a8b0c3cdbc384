"""Models that learn from a prompt, and the rivals beside them.

Each has `init(rng, scale)`, `errors(parameters, prompts)` for training, `answer` and `sensitivity`.
"""

from .attention import LinearAttention, second_moments
from .battery import beside_one_step, cosine, follows, least_squares, one_step_rules, profile, run_longer
from .mlp import MLP
from .objective import practice
from .table import LookupTable

__all__ = [
    "MLP",
    "LinearAttention",
    "LookupTable",
    "beside_one_step",
    "cosine",
    "follows",
    "least_squares",
    "one_step_rules",
    "practice",
    "profile",
    "run_longer",
    "second_moments",
]
