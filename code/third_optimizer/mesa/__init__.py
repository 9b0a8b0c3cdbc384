"""Models that learn from a prompt, one that walks in mazes, one that sorts signs, and the rivals beside them.

Those that learn from a prompt have `init(rng, scale)`, `errors(parameters, prompts)` for training, `answer` and
`sensitivity`; the planner has `init(rng)`, `think`, `moves` and `back`.
"""

from .attention import LinearAttention, second_moments
from .battery import beside_one_step, cosine, follows, least_squares, one_step_rules, profile, run_longer
from .mlp import MLP
from .objective import practice
from .planner import Planner
from .reward import practise_walking
from .signs import SignNet
from .table import LookupTable
from .tokens import TokenAttention
from .transformer import Transformer

__all__ = [
    "MLP",
    "LinearAttention",
    "LookupTable",
    "Planner",
    "SignNet",
    "TokenAttention",
    "Transformer",
    "beside_one_step",
    "cosine",
    "follows",
    "least_squares",
    "one_step_rules",
    "practice",
    "practise_walking",
    "profile",
    "run_longer",
    "second_moments",
]
