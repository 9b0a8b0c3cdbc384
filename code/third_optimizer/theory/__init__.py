"""Closed forms and reference predictors from the literature, one function each."""

from .descent import (
    adam_first_step,
    best_heavy_ball,
    best_step,
    contraction,
    descent_path,
    heavy_ball_matrix,
    heavy_ball_path,
    largest_stable_heavy_ball_step,
    largest_stable_step,
    noise_floor,
    spectral_radius,
    steps_to,
)
from .in_context import (
    best_preconditioner,
    best_single_step,
    break_even_scale,
    descent_rules,
    discrete_bayes_rules,
    ridge_rules,
    single_step_error,
)
from .selection import blind_chance, expected_maximum, rank_chances

__all__ = [
    "adam_first_step",
    "best_heavy_ball",
    "best_preconditioner",
    "best_single_step",
    "best_step",
    "blind_chance",
    "break_even_scale",
    "contraction",
    "descent_path",
    "descent_rules",
    "discrete_bayes_rules",
    "expected_maximum",
    "heavy_ball_matrix",
    "heavy_ball_path",
    "largest_stable_heavy_ball_step",
    "largest_stable_step",
    "noise_floor",
    "rank_chances",
    "ridge_rules",
    "single_step_error",
    "spectral_radius",
    "steps_to",
]
