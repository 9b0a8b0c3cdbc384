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
    best_steps,
    break_even_scale,
    descent_rules,
    ridge_rules,
    several_steps_error,
    single_step_error,
)
from .landing import catapult_path, chance_within, draws_for, largest_lost
from .selection import blind_chance, expected_maximum, rank_chances

__all__ = [
    "adam_first_step",
    "best_heavy_ball",
    "best_preconditioner",
    "best_single_step",
    "best_step",
    "best_steps",
    "blind_chance",
    "break_even_scale",
    "catapult_path",
    "chance_within",
    "contraction",
    "descent_path",
    "descent_rules",
    "draws_for",
    "expected_maximum",
    "heavy_ball_matrix",
    "heavy_ball_path",
    "largest_lost",
    "largest_stable_heavy_ball_step",
    "largest_stable_step",
    "noise_floor",
    "rank_chances",
    "ridge_rules",
    "several_steps_error",
    "single_step_error",
    "spectral_radius",
    "steps_to",
]
