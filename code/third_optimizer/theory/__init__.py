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

__all__ = [
    "adam_first_step", "best_heavy_ball", "best_step", "contraction", "descent_path", "heavy_ball_matrix",
    "heavy_ball_path", "largest_stable_heavy_ball_step", "largest_stable_step", "noise_floor", "spectral_radius", "steps_to",
]
