"""Models that learn from a prompt, that walk in mazes, that guess hidden chances, one that sorts signs, and rivals.

Those that learn from a prompt have `init(rng, scale)`, `errors(parameters, prompts)` for training, `answer` and
`sensitivity`; the planner has `init(rng)`, `think`, `moves` and `back`;
the recurrent nets `init(rng)`, `step`, `say`, `back` and `histories`, with `play` or `watch`.
"""

from .attention import LinearAttention, second_moments
from .bandit_player import BanditPlayer, practise_pulling
from .battery import beside_one_step, cosine, follows, least_squares, one_step_rules, profile, run_longer
from .coin_predictor import CoinPredictor, practise_watching
from .mlp import MLP
from .objective import practice
from .planner import Planner
from .recurrent import GRU
from .reward import practise_walking
from .signs import SignNet
from .table import LookupTable
from .tokens import TokenAttention
from .transformer import Transformer

__all__ = [
    "GRU",
    "MLP",
    "BanditPlayer",
    "CoinPredictor",
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
    "practise_pulling",
    "practise_walking",
    "practise_watching",
    "profile",
    "run_longer",
    "second_moments",
]
