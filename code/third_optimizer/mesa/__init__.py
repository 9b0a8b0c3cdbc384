"""Models that learn from a prompt, and the rivals beside them.

Each has `init(rng, scale)`, `errors(parameters, prompts)` for training, `answer` and `sensitivity`.
"""

from .attention import LinearAttention, second_moments
from .battery import follows, run_longer
from .mlp import MLP
from .objective import practice
from .table import LookupTable

__all__ = ["MLP", "LinearAttention", "LookupTable", "follows", "practice", "run_longer", "second_moments"]
