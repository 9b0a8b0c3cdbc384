"""Break the code in named ways, one at a time, in a copy; each time the named test must go red.

    .venv/bin/python tests/mutants.py [word of a name ...]

First the named tests run on the unbroken copy: a test that is red anyway kills nothing. The verdict
is pytest's: KILLED is a failed test, SURVIVED a green one, BROKEN a test that could not be run.
The exit code is 0 only if every mutant was killed. Verdicts go to stdout, progress to stderr.
"""

import multiprocessing
import os
import queue
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import NamedTuple

from tqdm import tqdm

ROOT = Path(__file__).parents[1]
LONGEST = 120  # seconds for one mutant's test
VERDICTS = {0: "SURVIVED", 1: "KILLED"}  # pytest's exit codes; any other is a run that told nothing

# Every run is a process of its own, forked from one that has imported what is slow and not ours:
# otherwise most of the time would go into forty times the same imports.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    [
        "pytest",
        "hypothesis.strategies",
        "scipy.linalg",
        "autograd",
        "jupytext",
        "nbval.plugin",
        "altair",
        "anywidget",
        "sphinx.util.logging",
    ]
)


class Mutant(NamedTuple):
    """In `file`, `old` (found there exactly once) becomes `new`, and `test` must fail."""

    name: str
    file: str
    old: str
    new: str
    test: str


OPTIMIZERS = "code/third_optimizer/base/optimizers.py"
TRAINING = "code/third_optimizer/base/training.py"
LANDSCAPES = "code/third_optimizer/world/landscapes.py"
DESCENT = "code/third_optimizer/theory/descent.py"
VIEW = "code/third_optimizer/view"

PLANNER = "code/third_optimizer/mesa/planner.py"
REWARD = "code/third_optimizer/mesa/reward.py"
GRADIENT = "tests/test_planner.py::test_the_gradient_by_hand_is_autograds_and_that_of_finite_differences"

RECURRENT = "code/third_optimizer/mesa/recurrent.py"
BANDITS = "code/third_optimizer/theory/bandits.py"

MUTANTS = [
    Mutant(
        "a gate's slope forgets how much is kept",
        RECURRENT,
        "of_state = of_state * keep +",
        "of_state = of_state +",
        "tests/test_bandits.py::test_the_gradient_by_hand_is_autograds",
    ),
    Mutant(
        "the best player forgets what a failure leaves",
        BANDITS,
        "(1 - chance) * going[tuple(lost)]",
        "0 * going[tuple(lost)]",
        "tests/test_bandits.py::test_the_optimum_by_another_recursion",
    ),
    Mutant(
        "the machine on the page forgets its resets",
        VIEW + "/figures/bandit.js",
        "reset * old[2 * n + i]",
        "old[2 * n + i]",
        "tests/test_levers.py::test_the_page_plays_a_hundred_games_as_python_does",
    ),
    Mutant(
        "the machine's luck is its own",
        VIEW + "/figures/levers.js",
        "return this.luck[lever][row.filter((pull) => pull.lever === lever).length];",
        "return this.random() < this.chances[lever];",
        "tests/test_levers.py::test_a_game_by_the_mouse_the_machine_is_covered_until_it_is_over",
    ),
    Mutant("a planner's slope passes through what is silent", PLANNER, "state[:-1] > 0", "state[:-1] >= 0", GRADIENT),
    Mutant("nowhere speaks", PLANNER, "state[-1] = 0", "state[-1] = 1", GRADIENT),
    Mutant(
        "layers begin anew after a head start",
        PLANNER,
        "(begun + done - 1)",
        "(done - 1)",
        "tests/test_planner.py::test_layers_that_are_not_shared_come_in_turn_and_have_their_own_slopes",
    ),
    Mutant(
        "a shuffled worth is not shown",
        REWARD,
        "keep=keep, worth=shown)",
        "keep=keep, worth=mazes.worth)",
        "tests/test_planner.py::test_shuffled_worths_are_seen_and_the_own_ones_paid",
    ),
    Mutant(
        "a point of indifference beyond all ratios counts",
        "code/third_optimizer/experiments/judge_planners.py",
        "if abs(constant) <= slope * abs(ratio[here]).max() else",
        "if slope else",
        "tests/test_planners.py::test_a_point_of_indifference_lies_among_the_ratios_there_are",
    ),
    Mutant(
        "answers outlive their machines",
        "code/third_optimizer/experiments/ask_planners.py",
        '{"machines": made_by(machines)}',
        "{}",
        "tests/test_planners.py::test_answers_are_what_the_machines_say_and_hang_on_them",
    ),
    Mutant(
        "a planner need not be patient",
        "code/third_optimizer/experiments/count_planners.py",
        '(abs(found["implied"] - DISCOUNT) <= NEAR)',
        '(found["implied"] < 1)',
        "tests/test_planners.py::test_the_second_atlas_is_counted",
    ),
    Mutant(
        "a coin does not end a walk",
        "code/third_optimizer/world/marks.py",
        "self.goal = self.coin | self.flag",
        "self.goal = self.flag",
        "tests/test_marks.py::test_a_walk_ends_at_the_coin_too_and_earns_nothing",
    ),
    Mutant(
        "an open planner hears all marks alike",
        "code/third_optimizer/mesa/wishers.py",
        "SHARPNESS * self.seen * np.einsum",
        "SHARPNESS * np.einsum",
        "tests/test_marks.py::test_what_an_optimizer_makes_of_two_that_are_always_together",
    ),
    Mutant(
        "a slow table learns as fast as any",
        "code/third_optimizer/experiments/train_racers.py",
        "np.full(start.size - own, float(pace))",
        "np.full(start.size - own, 1.0)",
        "tests/test_chapter_06.py::test_racers_come_out_again",
    ),
    Mutant(
        "the old problem's line is the new one's",
        "code/third_optimizer/experiments/watch_memory_and_learning_race.py",
        '("old", slope_of("one it practised"))',
        '("old", slope_of(which))',
        "tests/test_chapter_06.py::test_the_picture_shows_what_is_said_of_it",
    ),
    Mutant(
        "a dial stopped by hand skips a stop",
        f"{VIEW}/figures/explore.py",
        'bisect.bisect_right(stops, change["new"]) - 1',
        'bisect.bisect_right(stops, change["new"])',
        "tests/test_view.py::test_a_kernel_turns_the_dial_that_is_played_and_a_hand_stops_it",
    ),
    Mutant("a move is undone by itself", REWARD, "BACK = [1, 0, 3, 2]", "BACK = [0, 1, 2, 3]", GRADIENT),
    Mutant(
        "a walk's first step costs nothing",
        REWARD,
        "discount ** (step + 1)",
        "discount**step",
        "tests/test_planner.py::test_a_policy_without_doubt_earns_what_its_walks_earn",
    ),
    Mutant(
        "a way passes through a shut cell",
        "code/third_optimizer/world/mazes.py",
        "following[shut] = np.inf",
        "pass",
        "tests/test_mazes.py::test_distances_are_scipys_shortest_ways",
    ),
    Mutant(
        "the last pass's gradient has the wrong sign",
        "code/third_optimizer/mesa/attention.py",
        "d_p[:, -1] = d_u.ravel()",
        "d_p[:, -1] = -d_u.ravel()",
        "tests/test_mesa.py::test_hand_derived_gradient_is_autograds",
    ),
    Mutant(
        "the gradient forgets that G is on both sides",
        "code/third_optimizer/mesa/attention.py",
        "(d_g + d_g.transpose(0, 2, 1))",
        "d_g",
        "tests/test_mesa.py::test_hand_derived_gradient_is_autograds",
    ),
    Mutant(
        "the hand-built pass climbs",
        "code/third_optimizer/mesa/attention.py",
        "p[-1, -1] = -step",
        "p[-1, -1] = step",
        "tests/test_mesa.py::test_descent_parameters_make_every_pass_a_gradient_step",
    ),
    Mutant(
        "a notebook's rows add up wrongly",
        "code/third_optimizer/mesa/table.py",
        "np.add.at(rows, prompts.task, error",
        "np.add.at(rows, prompts.task, 2 * error",
        "tests/test_mesa.py::test_gradient_and_sensitivity_are_finite_differences",
    ),
    Mutant(
        "a new problem has no number",
        "code/third_optimizer/world/regression.py",
        "np.full(count, -1) if numbers is None else rng.integers(numbers, size=count)",
        "np.full(count, -1)",
        "tests/test_in_context.py::test_a_pool_gives_its_rules_and_numbers",
    ),
    Mutant(
        "the best single step miscounts",
        "code/third_optimizer/theory/in_context.py",
        "(examples + dimension - 2)",
        "(examples + dimension - 1)",
        "tests/test_in_context.py::test_the_figures_of_the_plan",
    ),
    Mutant(
        "warm-up spends nothing on few passes",
        "code/third_optimizer/meta/running.py",
        "if not design.warm_up:",
        "if True:",
        "tests/test_meta.py::test_warm_up_spends_half_the_time_on_fewer_passes",
    ),
    Mutant(
        "a climber keeps what is worse",
        "code/third_optimizer/meta/search.py",
        "if tries[-1].score < here.score:",
        "if tries[-1].score > here.score:",
        "tests/test_search.py::test_a_climber_turns_one_dial_keeps_what_improves_and_never_repeats",
    ),
    Mutant(
        "halving sends the worst on",
        "code/third_optimizer/meta/search.py",
        "key=lambda t: t.score)",
        "key=lambda t: -t.score)",
        "tests/test_search.py::test_halving_spends_its_budget_exactly_and_sends_the_best_half_on",
    ),
    Mutant(
        "halving pays a short run in full",
        "code/third_optimizer/meta/search.py",
        "evaluate(design), short / long)",
        "evaluate(design))",
        "tests/test_search.py::test_halving_spends_its_budget_exactly_and_sends_the_best_half_on",
    ),
    Mutant(
        "improvement is expected on the wrong side",
        "code/third_optimizer/meta/search.py",
        "(z * ndtr(z) +",
        "(z * ndtr(-z) +",
        "tests/test_search.py::test_expected_improvement_is_the_mean_of_what_lies_below",
    ),
    Mutant(
        "the Gaussian process pays twice",
        "code/third_optimizer/meta/search.py",
        "new[rows] = False",
        "new[rows] = True",
        "tests/test_search.py::test_no_search_repeats_or_exceeds_its_budget_and_a_start_comes_first",
    ),
    Mutant(
        "TPE is told the opposite",
        "code/third_optimizer/meta/search.py",
        "study.tell(trial, scores[design])",
        "study.tell(trial, -scores[design])",
        "tests/test_search.py::test_models_beat_dice_on_a_smooth_score",
    ),
    Mutant(
        "the start of players is taken from the budget",
        "code/third_optimizer/meta/search.py",
        "tries = search(space, evaluate, budget + given,",
        "tries = search(space, evaluate, budget,",
        "tests/test_search.py::test_players_are_searches_one_by_one",
    ),
    Mutant(
        "a wrong allele is learned away",
        "code/third_optimizer/meta/plasticity.py",
        "np.where((genomes == WRONG).any(axis=1), np.inf, needed)",
        "needed",
        "tests/test_plasticity.py::test_a_wrong_allele_is_never_learned_away",
    ),
    Mutant(
        "everybody has as many children",
        "code/third_optimizer/meta/plasticity.py",
        "size=(2, count), p=weights / weights.sum())",
        "size=(2, count))",
        "tests/test_plasticity.py::test_children_are_drawn_in_proportion_to_fitness",
    ),
    Mutant(
        "a blind draw is put back",
        "code/third_optimizer/theory/selection.py",
        "np.cumprod(np.maximum(left - good, 0) / left)",
        "np.cumprod(np.full(tries, (designs - good) / designs))",
        "tests/test_selection.py::test_the_chance_of_a_hit_is_what_counting_all_draws_gives",
    ),
    Mutant(
        "a winner reports on itself",
        "code/third_optimizer/experiments/be_the_meta_optimizer.py",
        "for other in SEEDS if other != seed]",
        "for other in SEEDS]",
        "tests/test_chapter_10.py::test_confirming_never_uses_the_seed_that_chose",
    ),
    Mutant(
        "players go by the fresh error whatever their score",
        "code/third_optimizer/experiments/be_the_meta_optimizer.py",
        'seen.columns = seen.columns | {"fresh": fresh}',
        "",
        "tests/test_chapter_10.py::test_players_of_another_score_play_for_it",
    ),
    Mutant(
        "an edit of bits changes nothing",
        "code/third_optimizer/experiments/change_the_odds.py",
        "rows = [(name, value) for name in SPACES[space] for value in lacking(bits)[name]]",
        "rows = [(name, value) for name in SPACES[space] for value in lacking()[name]]",
        "tests/test_chapter_12.py::test_an_edit_of_an_open_cell_is_seen",
    ),
    Mutant(
        "equals win by their place",
        "code/third_optimizer/experiments/change_the_odds.py",
        "mean = np.bincount(place, values) / ties",
        "mean = np.bincount(place, values)",
        "tests/test_chapter_12.py::test_claim_c16",
    ),
    Mutant(
        "a damaged grid is read all the same",
        "code/third_optimizer/meta/store.py",
        'if digest(about, columns) != about.get("sha256"):',
        "if False:",
        "tests/test_grid.py::test_a_damaged_or_older_grid_gets_a_clear_error",
    ),
    Mutant(
        "a grid starts from nothing after a kill",
        "code/third_optimizer/meta/store.py",
        "if self._journal.is_file():",
        "if False:",
        "tests/test_grid.py::test_only_what_is_missing_is_trained",
    ),
    Mutant(
        "a killed run's journal counts under other settings",
        "code/third_optimizer/meta/store.py",
        "if made == makers[name].about() and",
        "if",
        "tests/test_store.py::test_what_a_killed_run_left_is_gone_on_with",
    ),
    Mutant(
        "a maker gives what its columns cannot hold",
        "code/third_optimizer/meta/store.py",
        "if value.shape == tuple(shape) and",
        "if",
        "tests/test_store.py::test_what_is_made_must_fit_its_columns",
    ),
    Mutant(
        "the page's planner forgets its bias",
        f"{VIEW}/figures/planner.js",
        "logits[at + k] + machine.bias[k] > logits[at + best] + machine.bias[best]",
        "logits[at + k] > logits[at + best]",
        "tests/test_maze.py::test_the_page_thinks_as_python_does",
    ),
    Mutant(
        "lumps are written beside goals that are seen",
        f"{VIEW}/figures/planner.js",
        "(lumps ? [0, 0] : show(maze, i))",
        "show(maze, i)",
        "tests/test_maze.py::test_the_page_thinks_as_python_does",
    ),
    Mutant(
        "a walk through a loop ends at a goal",
        f"{VIEW}/figures/planner.js",
        "{ end: -1, steps: 0 }",
        "{ end: last, steps: 0 }",
        "tests/test_maze.py::test_walks_and_the_optimum_are_pythons",
    ),
    Mutant(
        "the flag sticks to the coin",
        f"{VIEW}/figures/marked.js",
        '["flag", "coin", "walker"].find',
        '["coin", "flag", "walker"].find',
        "tests/test_marked.py::test_the_flag_goes_with_the_finger_and_the_coin_stays",
    ),
    Mutant(
        "a goal is dragged into a wall",
        f"{VIEW}/figures/maze.js",
        "!what || this.maze.wall[to] ||",
        "!what ||",
        "tests/test_maze.py::test_a_goal_goes_with_the_finger",
    ),
    Mutant(
        "the wall that comes under the walker holds it",
        f"{VIEW}/figures/maze.js",
        "if (maze.wall[this.walker]) this.walker = this.far();",
        "",
        "tests/test_maze.py::test_a_tap_sets_walls",
    ),
    Mutant(
        "a maze's training cannot be stopped",
        f"{VIEW}/figures/maze.py",
        "raise Stopped\n",
        "pass\n",
        "tests/test_maze.py::test_a_teacher_stops_when_it_is_told_to_and_begins_again",
    ),
    Mutant(
        "a dial keeps its sentence to itself",
        f"{VIEW}/game/dials.js",
        'element.addEventListener("focusin", () => game.explain(about));',
        "",
        "tests/test_desk.py::test_a_dial_in_focus_is_told_and_the_last_try_comes_back",
    ),
    Mutant(
        "a kept machine forgets its lookup table",
        "code/third_optimizer/meta/machines.py",
        " + prompts.query @ row",
        "",
        "tests/test_machines.py::test_a_kept_machine_answers_as_the_trained_one_does",
    ),
    Mutant(
        "thoughts outlive their machines",
        "code/third_optimizer/meta/machines.py",
        '"key": KEY, "machines": made_by(machines)}',
        '"key": KEY, "machines": "any"}',
        "tests/test_machines.py::test_what_machines_said_hangs_on_them",
    ),
    Mutant(
        "a floor outlives its machines",
        "code/third_optimizer/meta/machines.py",
        '"key": FRESH, "machines": made_by(machines)}',
        '"key": FRESH, "machines": "any"}',
        "tests/test_machines.py::test_what_machines_said_hangs_on_them",
    ),
    Mutant(
        "a floor is looked for after too few passes",
        "code/third_optimizer/meta/machines.py",
        "passes=design.passes)",
        "passes=1)",
        "tests/test_machines.py::test_a_floor_is_what_a_machine_leaves_when_it_runs_on",
    ),
    Mutant(
        "the floor of machines that do not iterate",
        "code/third_optimizer/experiments/let_it_think_longer.py",
        'store.columns["errors"][inside, ',
        'store.columns["errors"][:, ',
        "tests/test_machines.py::test_the_floors_are_those_of_the_machines_that_iterate",
    ),
    Mutant(
        "a thought learns nothing from those that reread it",
        "code/third_optimizer/mesa/tokens.py",
        "d_u = d_look @ a.T\n            if self.rereads:",
        "d_u = d_look @ a.T\n            if False:",
        "tests/test_tokens.py::test_the_gradient_is_that_of_the_written_sequence",
    ),
    Mutant(
        "an edited training of loops is answered from the store",
        "code/third_optimizer/experiments/let_it_think_longer.py",
        "if unedited(learn, train_loops.learn):",
        "if True:",
        "tests/test_chapter_05.py::test_a_shorter_training_changes_what_the_page_shows",
    ),
    Mutant(
        "a confirming run counts as a try",
        "code/third_optimizer/meta/grid.py",
        '"confirm": seed in confirm}',
        '"confirm": False}',
        "tests/test_grid.py::test_a_larger_space_keeps_the_runs_there_are",
    ),
    Mutant(
        "a start of the day succeeds",
        "code/third_optimizer/meta/tournament.py",
        "fresh > 2 * par()",
        "fresh < 2 * par()",
        "tests/test_tournament.py::test_every_day_of_a_month_begins_with_another_design_that_fails",
    ),
    Mutant(
        "a locked dial stands elsewhere",
        "code/third_optimizer/meta/tournament.py",
        "{name: getattr(start, name)}), **",
        "{name: space.stops[name][0]}), **",
        "tests/test_tournament.py::test_a_locked_dial_never_turns",
    ),
    Mutant(
        "every day the players begin at the usual start",
        "code/third_optimizer/meta/tournament.py",
        '"start": grid.space.index[day]}',
        '"start": start}',
        "tests/test_tournament.py::test_the_variants_of_the_game_were_played",
    ),
    Mutant(
        "a finished run is trained again",
        "code/third_optimizer/meta/store.py",
        "if (maker.name, place) not in kept and",
        "if",
        "tests/test_grid.py::test_only_what_is_missing_is_trained",
    ),
    Mutant(
        "a code dies with the file's form",
        "code/third_optimizer/meta/grid.py",
        "FIRST.get(sha, int(sha[:4], 16))",
        "int(sha[:4], 16)",
        "tests/test_grid.py::test_a_readers_code_outlives_the_files_form",
    ),
    Mutant(
        "a new score keeps the old fingerprint",
        "code/third_optimizer/meta/grid.py",
        'for name in ("practice", "fresh", "at"):\n        sha',
        'for name in ("practice", "at"):\n        sha',
        "tests/test_grid.py::test_a_readers_code_outlives_the_files_form",
    ),
    Mutant(
        "other settings do not matter",
        "code/third_optimizer/meta/store.py",
        'about["makers"].get(maker.name) != maker.about()',
        "False",
        "tests/test_store.py::test_other_settings_make_it_anew",
    ),
    Mutant(
        "a new maker makes all anew",
        "code/third_optimizer/meta/store.py",
        'set(made["columns"]) <= set(arrays)',
        "len(makers) == 1",
        "tests/test_store.py::test_a_new_maker_costs_its_own_work_only_and_where_it_is_wanted",
    ),
    Mutant(
        "a stage forgets the optimizer's state",
        "code/third_optimizer/meta/recipe.py",
        "parameters, state = run.parameters, run.state",
        "parameters = run.parameters",
        "tests/test_chapter_04.py::test_stored_layers_come_out_again",
    ),
    Mutant(
        "an edited cell is answered from the store",
        "code/third_optimizer/experiments/__init__.py",
        "and words(function) == theirs",
        "and True",
        "tests/test_chapter_04.py::test_what_is_stored_stands_for_an_unedited_cell_only",
    ),
    Mutant(
        "a figure of chapter 2 ignores the open cell",
        "code/third_optimizer/experiments/walk_downhill.py",
        "walked = roll(eta, beta).path",
        'walked = globals()["roll"](eta, beta).path',
        "tests/test_chapter_02.py::test_an_edit_of_an_open_cell_is_seen",
    ),
    Mutant(
        "a range says its lowest twice",
        f"{VIEW}/figures/saying.py",
        "values.max().item()",
        "values.min().item()",
        "tests/test_view.py::test_a_text_says_its_numbers",
    ),
    Mutant(
        "formulas are filled like texts",
        f"{VIEW}/figures/saying.py",
        "parts = FORMULA.split(text)",
        "parts = [text]",
        "tests/test_view.py::test_a_text_says_its_numbers",
    ),
    Mutant(
        "confirming looks at the prompts that chose",
        "code/third_optimizer/meta/running.py",
        "3 if confirm else 2, EXAM",
        "2, EXAM",
        "tests/test_grid.py::test_a_confirming_seed_is_examined_on_other_prompts",
    ),
    Mutant(
        "swapped labels keep their answers",
        "code/third_optimizer/world/regression.py",
        "labels=labels, answer=(prompts.query * rules).sum(axis=1))",
        "labels=labels)",
        "tests/test_mesa.py::test_relabelled_prompts_change_only_the_rule",
    ),
    Mutant(
        "run longer is run as before",
        "code/third_optimizer/mesa/battery.py",
        "answers[np.array(times) * model.passes]",
        "answers[np.full(len(times), model.passes)]",
        "tests/test_mesa.py::test_run_longer_is_descent_run_longer",
    ),
    Mutant(
        "a page reads another score than Python",
        "code/third_optimizer/view/game/runs.py",
        "* 9000 + mantissa - 1000",
        "* 9000 + mantissa - 999",
        "tests/test_game.py::test_the_page_reads_the_very_numbers_that_are_stored",
    ),
    Mutant(
        "free mode forgets its tries",
        f"{VIEW}/game/free.py",
        "        self.entries = free.tries.entries()\n        trouble",
        "        self.entries = []\n        trouble",
        "tests/test_free.py::test_a_panel_shown_again_reads_its_tries_back",
    ),
    Mutant(
        "free mode's slider overrules its field",
        f"{VIEW}/game/free_dials.py",
        "if math.isclose(self.slider.value, self.place() or math.nan, rel_tol=1e-6):",
        "if False:",
        "tests/test_free.py::test_a_number_beyond_the_slider_or_finer_than_it_is_not_changed_by_it",
    ),
    Mutant(
        "free mode cannot be stopped",
        f"{VIEW}/game/free.py",
        "if self.stopping and share < 1:",
        "if False:",
        "tests/test_free.py::test_progress_moves_and_a_stopped_run_is_not_kept",
    ),
    Mutant(
        "free mode leaves idle dials on",
        f"{VIEW}/game/free.py",
        "part.disabled = bool(why)",
        "part.disabled = False",
        "tests/test_free.py::test_idle_dials_are_off_and_say_why",
    ),
    Mutant(
        "free mode counts its tries",
        f"{VIEW}/game/free_texts.py",
        'text.replace(" That cost a try.", "")',
        "text",
        "tests/test_free.py::test_an_explosion_is_a_result",
    ),
    Mutant(
        "free mode puts dead widgets on a page",
        f"{VIEW}/game/free.py",
        "if is_static():",
        "if False:",
        "tests/test_free.py::test_a_page_says_where_free_mode_is",
    ),
    Mutant(
        "the boss sees what is covered",
        f"{VIEW}/game/state.js",
        "(over(state, spec) ? [] : mode(state, spec).covers)",
        "[]",
        "tests/test_game.py::test_the_boss_of_training_error_sees_no_fresh_error_until_the_end",
    ),
    Mutant(
        "the boss is scored by fresh error",
        f"{VIEW}/game/modes.py",
        'goal="practice",',
        'goal="fresh",',
        "tests/test_game.py::test_the_boss_of_training_error_sees_no_fresh_error_until_the_end",
    ),
    Mutant(
        "an export tells what is covered",
        f"{VIEW}/game/log.js",
        "...Object.fromEntries(told.map(",
        "...Object.fromEntries(T.ERRORS.map(",
        "tests/test_game.py::test_the_boss_of_training_error_sees_no_fresh_error_until_the_end",
    ),
    Mutant(
        "the boss's start tells its fresh error",
        f"{VIEW}/game/log.js",
        '(mode.covers.includes("fresh") ? "" :',
        '(false ? "" :',
        "tests/test_game.py::test_the_boss_of_training_error_sees_no_fresh_error_until_the_end",
    ),
    Mutant(
        "a live boss watches the fresh error fall",
        f"{VIEW}/game/charts.js",
        "const names = told.map(",
        "const names = T.ERRORS.map(",
        "tests/test_game_live.py::test_a_live_boss_sees_no_fresh_error_while_a_try_trains",
    ),
    Mutant(
        "any repeat differs from the last try by chance only",
        f"{VIEW}/game/rules.py",
        'if again == "last":',
        "if again is not None:",
        "tests/test_rules.py::test_a_try_is_told_by_rule",
    ),
    Mutant(
        "par is told again and again",
        f"{VIEW}/game/rules.py",
        "reached > level(best, par)",
        "reached > 0",
        "tests/test_rules.py::test_a_try_is_told_by_rule",
    ),
    Mutant(
        "a game for practice error is told of par",
        f"{VIEW}/game/rules.py",
        'if goal == "fresh" and not gone else 0',
        "if not gone else 0",
        "tests/test_rules.py::test_a_try_is_told_by_rule",
    ),
    Mutant(
        "what was covered is told upside down",
        f"{VIEW}/game/rules.js",
        '{ worse: "rose", same: "hardly moved", better: "fell" }',
        '{ worse: "fell", same: "hardly moved", better: "rose" }',
        "tests/test_rules.py::test_page_and_kernel_tell_alike",
    ),
    Mutant(
        "a boss's line is the lowest it never saw",
        f"{VIEW}/game/pasted.js",
        'leading(runs, goal, "fresh")',
        'leading(runs, "fresh", "fresh")',
        "tests/test_board.py::test_games_for_practice_error_show_what_they_chose_and_are_counted_apart",
    ),
    Mutant(
        "bosses count among the others",
        f"{VIEW}/game/pasted.js",
        'fair: goal === "fresh",',
        "fair: true,",
        "tests/test_board.py::test_games_for_practice_error_show_what_they_chose_and_are_counted_apart",
    ),
    Mutant(
        "names stand on the class board before its veil is lifted",
        f"{VIEW}/game/class.js",
        "return (this.lifted && game.name) || `game ${game.number}`;",
        "return game.name || `game ${game.number}`;",
        "tests/test_board.py::test_no_name_is_told_before_the_veil_is_lifted",
    ),
    Mutant(
        "a file that is of no use stops the others",
        f"{VIEW}/game/files.js",
        "problems.push({ file: file.name, says: problem.message });\n      }",
        "problems.push({ file: file.name, says: problem.message });\n        break;\n      }",
        "tests/test_board.py::test_a_file_that_is_of_no_use_is_named_and_stops_no_other",
    ),
    Mutant(
        "a dial counts as often as it was turned",
        f"{VIEW}/game/class_parts.js",
        "games.filter((game) => game.touched.has(i)).length",
        "games.length",
        "tests/test_board.py::test_every_dial_says_how_many_turned_it",
    ),
    Mutant(
        "the dice of another start are drawn",
        f"{VIEW}/game/class.js",
        "one.mode === mode && one.start === start",
        "one.mode === mode",
        "tests/test_board.py::test_where_there_are_no_dice_the_board_says_so",
    ),
    Mutant(
        "the day begins in Greenwich",
        f"{VIEW}/game/state.js",
        "[date.getFullYear(), date.getMonth(), date.getDate()]",
        "[date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()]",
        "tests/test_game.py::test_the_start_of_the_day_is_one_that_machines_have_played",
    ),
    Mutant(
        "a locked dial borrows another's machines",
        f"{VIEW}/game/state.js",
        "(one) => one.mode === state.mode && ",
        "(one) => ",
        "tests/test_game.py::test_a_locked_dial_has_the_machines_that_played_it_or_none",
    ),
    Mutant(
        "a row opens on the latest curve",
        f"{VIEW}/game/charts.js",
        "i = opened === null ? lines.length - 1 : opened,",
        "i = lines.length - 1,",
        "tests/test_game.py::test_a_row_of_the_log_opens_by_keyboard",
    ),
    Mutant(
        "an opened row stays open",
        f"{VIEW}/game/log.js",
        "      if (this.detail) this.detail.remove();\n",
        "",
        "tests/test_game.py::test_a_row_of_the_log_opens_by_keyboard",
    ),
    Mutant(
        "a try that ends behind a closed page is lost",
        f"{VIEW}/game/game.js",
        "if (this.kernel) this.record.open().then(() => this.meet());",
        "",
        "tests/test_game_live.py::test_a_try_that_ended_while_the_page_was_closed_is_taken_in_once",
    ),
    Mutant(
        "a try does not wait for what the kernel had finished",
        f"{VIEW}/game/game.js",
        "      await this.record.asked; //",
        "      //",
        "tests/test_game_live.py::test_a_try_begun_before_the_kernel_has_answered_comes_after_what_it_had_finished",
    ),
    Mutant(
        "a second window writes over the first",
        f"{VIEW}/game/record.js",
        "if (!underWay) this.follow();",
        "if (!underWay && this.game.kernel) this.follow();",
        "tests/test_game.py::test_two_windows_play_one_game",
    ),
    Mutant(
        "a late window writes over what it has not seen",
        f"{VIEW}/game/record.js",
        "store.set(spec.id, entry, over)",
        "store.set(spec.id, entry)",
        "tests/test_windows.py::test_a_late_window_does_not_write_over_the_tries_of_another",
    ),
    Mutant(
        "a kernel writes over what it has not seen",
        f"{VIEW}/questions/answers.py",
        "if over is ... or ",
        "if True or ",
        "tests/test_windows.py::test_what_is_deleted_in_another_kernel_stays_deleted",
    ),
    Mutant(
        "what a restarted kernel has lost is not said",
        f"{VIEW}/notebook.js",
        "      say(this.line.note, this.line.host, `${T.capital(problem.message)}.`);\n",
        "",
        "tests/test_windows.py::test_an_answer_that_a_restarted_kernel_does_not_keep_is_not_called_kept",
    ),
    Mutant(
        "a try that the log does not take is thrown away",
        f"{VIEW}/game/training.py",
        "return kept + [Entry(first + i, *one) for i, one in enumerate(waiting)]",
        "return kept",
        "tests/test_unkept.py::test_a_try_is_trained_once_and_stays",
    ),
    Mutant(
        "who opens a fresh log beside others gives up",
        "code/third_optimizer/meta/log.py",
        "if not _collided(problem) or",
        "if True or",
        "tests/test_class_log.py::test_forty_who_open_a_fresh_log_at_once_lose_nothing",
    ),
    Mutant(
        "a log keeps its connections for as long as it lives",
        "code/third_optimizer/meta/log.py",
        '"poolclass": _one_connection()',
        '"pool_pre_ping": False',
        "tests/test_meta.py::test_a_log_opens_one_connection_at_a_time_and_keeps_none",
    ),
    Mutant(
        "a server that is full is not waited for",
        "code/third_optimizer/meta/log.py",
        "super().__init__(lambda: _together(creator),",
        "super().__init__(creator,",
        "tests/test_class_log.py::test_a_server_that_is_full_is_waited_for",
    ),
    Mutant(
        "a try under which the kernel is restarted trains for ever",
        f"{VIEW}/notebook.js",
        'model.on("comm_live_update", look);',
        "",
        "tests/test_windows.py::test_a_kernel_restarted_under_a_try_is_said",
    ),
    Mutant(
        "what comes with the address in the middle of a game is not said",
        f"{VIEW}/game/game.js",
        "if (this.greeting()) this.say(",
        "if (false) this.say(",
        "tests/test_game.py::test_what_came_with_the_address_is_said_in_the_middle_of_a_game_too",
    ),
    Mutant(
        "a link beside a code is part of the player's name",
        f"{VIEW}/game/received.js",
        '.replace(ADDRESS, "")',
        "",
        "tests/test_board.py::test_a_link_beside_a_code_is_no_name_and_hides_none",
    ),
    Mutant(
        "a second window of a kernel is not told",
        f"{VIEW}/game/record.js",
        "if (game.kernel && there.number === state.number) this.hear(",
        "if (false) this.hear(",
        "tests/test_game_live.py::test_another_window_of_the_kernel_follows",
    ),
    Mutant(
        "a deleted game comes back",
        f"{VIEW}/game/record.js",
        "if (!this.known && tries.length) {",
        "if (false) {",
        "tests/test_game_live.py::test_a_deleted_game_does_not_come_back_from_its_log",
    ),
    Mutant(
        "a new game shares the log of a try under way",
        f"{VIEW}/game/state.js",
        "Number(Boolean(state.training) || state.tries.length > 0)",
        "Number(state.tries.length > 0)",
        "tests/test_game_live.py::test_a_new_game_begun_during_a_try_has_a_log_of_its_own",
    ),
    Mutant(
        "a log is told before its last try has ended",
        f"{VIEW}/game/training.py",
        "            thread.join()\n",
        "            pass\n",
        "tests/test_game_live.py::test_what_was_logged_is_told_to_a_board_that_missed_it",
    ),
    Mutant(
        "a kernel trains another seed",
        f"{VIEW}/game/training.py",
        "run_alone(design, seed, progress",
        "run_alone(design, seed + 1, progress",
        "tests/test_tries.py::test_what_a_kernel_trains_is_what_the_page_reads",
    ),
    Mutant(
        "gradient descent climbs",
        OPTIMIZERS,
        "(-learning_rate * gradient, None)",
        "(learning_rate * gradient, None)",
        "tests/test_base.py::test_descent_steps_against_the_slope_by_the_learning_rate",
    ),
    Mutant(
        "momentum forgets the velocity",
        OPTIMIZERS,
        "momentum * velocity - learning_rate * gradient",
        "-learning_rate * gradient",
        "tests/test_base.py::test_descent_and_heavy_ball_walk_their_closed_forms",
    ),
    Mutant(
        "momentum averages instead of adding",
        OPTIMIZERS,
        "momentum * velocity - learning_rate * gradient",
        "momentum * velocity - (1 - momentum) * learning_rate * gradient",
        "tests/test_base.py::test_a_heavy_balls_step_is_the_fading_sum_of_all_slopes",
    ),
    Mutant(
        "momentum keeps its velocity in place",
        OPTIMIZERS,
        "        velocity = momentum * velocity - learning_rate * gradient\n",
        "        velocity *= momentum\n        velocity -= learning_rate * gradient\n",
        "tests/test_base.py::test_update_changes_neither_its_arguments_nor_anything_hidden",
    ),
    Mutant(
        "Adam without bias correction",
        OPTIMIZERS,
        "mean / (1 - b1**t), square / (1 - b2**t)",
        "mean, square",
        "tests/test_base.py::test_adam_is_adam",
    ),
    Mutant(
        "Adam corrects one step late",
        OPTIMIZERS,
        "t = state.t + 1",
        "t = state.t + 2",
        "tests/test_base.py::test_adams_first_step_is_the_learning_rate_in_every_direction",
    ),
    Mutant(
        "clipping dropped",
        OPTIMIZERS,
        "gradient * (max_norm / norm) if norm > max_norm else gradient",
        "gradient",
        "tests/test_base.py::test_clip_shortens_what_is_too_long_and_turns_nothing",
    ),
    Mutant(
        "clipping clips each coordinate",
        OPTIMIZERS,
        "gradient * (max_norm / norm) if norm > max_norm else gradient",
        "np.clip(gradient, -max_norm, max_norm)",
        "tests/test_base.py::test_clip_shortens_what_is_too_long_and_turns_nothing",
    ),
    Mutant(
        "clipping lengthens what is short",
        OPTIMIZERS,
        "if norm > max_norm else",
        "if norm else",
        "tests/test_base.py::test_clip_shortens_what_is_too_long_and_turns_nothing",
    ),
    Mutant(
        "divergence not caught",
        TRAINING,
        "if not (abs(loss) <= limit and np.abs(parameters).max(initial=0) <= limit):",
        "if False:",
        "tests/test_base.py::test_divergence_is_a_result",
    ),
    Mutant(
        "divergence to nan not caught",
        TRAINING,
        "if not (abs(loss) <= limit and np.abs(parameters).max(initial=0) <= limit):",
        "if abs(loss) > limit or np.abs(parameters).max(initial=0) > limit:",
        "tests/test_base.py::test_whatever_is_not_finite_ends_the_run_in_silence",
    ),
    Mutant(
        "a diverged run returns where it blew up",
        TRAINING,
        "_run(last, losses, path, keep_path, step",
        "_run(parameters, losses, path, keep_path, step",
        "tests/test_base.py::test_divergence_is_a_result",
    ),
    Mutant(
        "a diverging run warns",
        TRAINING,
        'over="ignore", ',
        "",
        "tests/test_base.py::test_whatever_is_not_finite_ends_the_run_in_silence",
    ),
    Mutant(
        "one step too many",
        TRAINING,
        "range(steps + 1)",
        "range(steps + 2)",
        "tests/test_base.py::test_train_counts_steps_losses_path_and_calls",
    ),
    Mutant(
        "a continued run forgets its state",
        TRAINING,
        "optimizer.init(parameters) if state is None else state",
        "optimizer.init(parameters)",
        "tests/test_base.py::test_a_run_in_two_parts_is_the_run_in_one",
    ),
    Mutant(
        "noise without the generator",
        LANDSCAPES,
        "rng.normal(size",
        "np.random.normal(size",
        "tests/test_world.py::test_noise_comes_from_the_generator_given_and_from_nowhere_else",
    ),
    Mutant(
        "noise scaled by the variance",
        LANDSCAPES,
        "self.noise * rng",
        "self.noise**2 * rng",
        "tests/test_world.py::test_noise_has_mean_zero_the_deviation_asked_for_and_no_memory",
    ),
    Mutant(
        "the bowl's slope by a factor",
        LANDSCAPES,
        "lambda x: hessian @ x",
        "lambda x: 0.5 * hessian @ x",
        "tests/test_world.py::test_gradients_are_what_autograd_makes_of_the_values",
    ),
    Mutant(
        "the valley's slope by a factor",
        LANDSCAPES,
        "200 * (p[1]",
        "100 * (p[1]",
        "tests/test_world.py::test_gradients_are_what_autograd_makes_of_the_values",
    ),
    Mutant(
        "the bowl turns the other way",
        LANDSCAPES,
        "turn @ hessian @ turn.T",
        "turn.T @ hessian @ turn",
        "tests/test_world.py::test_a_turned_bowl_is_the_bowl_over_turned_axes",
    ),
    Mutant(
        "the best step forgets the flat direction",
        DESCENT,
        "return 2 * (1 + momentum) / (low + high)",
        "return (1 + momentum) / high",
        "tests/test_theory.py::test_no_learning_rate_beats_the_best_step",
    ),
    Mutant(
        "the best heavy ball a little too heavy",
        DESCENT,
        "((root - 1) / (root + 1)) ** 2",
        "((root - 1) / (root + 1)) ** 1.9",
        "tests/test_theory.py::test_no_pair_of_numbers_beats_the_best_heavy_ball",
    ),
    Mutant(
        "heavy ball's radius without its velocity",
        DESCENT,
        "trace * trace - 4 * momentum",
        "trace * trace",
        "tests/test_theory.py::test_spectral_radius_is_the_largest_eigenvalue",
    ),
    Mutant(
        "the noise floor of short steps only",
        DESCENT,
        "(curvature * (2 - learning_rate * curvature))",
        "(2 * curvature)",
        "tests/test_theory.py::test_noise_floor_solves_the_lyapunov_equation",
    ),
    Mutant(
        "a page's key ignores what it read",
        f"{VIEW}/site/execution.py",
        "json.dumps([fixed, states], sort_keys=True)",
        "json.dumps([fixed, sorted(states)], sort_keys=True)",
        "tests/test_build.py::test_a_change_runs_the_pages_that_depend_on_it",
    ),
    Mutant(
        "a page's key ignores its text",
        f"{VIEW}/site/execution.py",
        "fixed = [name, text, ",
        "fixed = [name, ",
        "tests/test_build.py::test_a_change_runs_the_pages_that_depend_on_it",
    ),
    Mutant(
        "a change during a run counts as seen",
        f"{VIEW}/site/execution.py",
        "if began and changed_since(root / path, began)",
        "if False",
        "tests/test_build.py::test_what_changed_while_a_page_ran_was_not_seen",
    ),
    Mutant(
        "a module's bytecode hides its source",
        f"{VIEW}/site/execution.py",
        'if path.endswith(".pyc"):',
        "if False:",
        "tests/test_build.py::test_a_kernel_records_what_a_page_reads",
    ),
    Mutant(
        "a folder above the project hides all it read",
        f"{VIEW}/site/execution.py",
        "ignored(part) for part in Path(path).relative_to(above).parts",
        "ignored(part) for part in Path(path).parts",
        "tests/test_build.py::test_what_a_folder_above_the_project_is_called_changes_nothing",
    ),
    Mutant(
        "a reader's profile reaches the pages",
        f"{VIEW}/site/execution.py",
        'f"--ipython-dir={outside}",',
        "",
        "tests/test_build.py::test_nothing_of_the_readers_ipython_reaches_a_page",
    ),
    Mutant(
        "bytecode elsewhere hides what a page imports",
        f"{VIEW}/site/execution.py",
        'if name != "PYTHONPYCACHEPREFIX"',
        "if name",
        "tests/test_build.py::test_nothing_of_the_readers_ipython_reaches_a_page",
    ),
    Mutant(
        "Ctrl-C lets the kernels run",
        f"{VIEW}/site/execution.py",
        "loop.call_soon_threadsafe(task.cancel)",
        "pass",
        "tests/test_build.py::test_ctrl_c_ends_the_kernels_and_keeps_what_is_done",
    ),
    Mutant(
        "only the first fault of a page's file is said",
        f"{VIEW}/site/pages.py",
        "faults += faults_of(page, notebook, kernels)",
        "pass",
        "tests/test_build.py::test_every_fault_is_said_at_once_and_what_ran_well_is_kept",
    ),
    Mutant(
        "a page that is gone stays on the site",
        f"{VIEW}/site/extension.py",
        "            page.unlink()",
        "            pass",
        "tests/test_build.py::test_what_left_the_book_leaves_the_site",
    ),
    Mutant(
        "an old script stays on the site",
        f"{VIEW}/site/extension.py",
        'shutil.rmtree(Path(app.outdir) / "_static", ignore_errors=True)',
        "pass",
        "tests/test_build.py::test_what_left_the_book_leaves_the_site",
    ),
    Mutant(
        "a draft is on the line of chapters",
        f"{VIEW}/site/spine.py",
        " & named]",
        "]",
        "tests/test_view.py::test_the_line_of_chapters_is_that_of_the_contents",
    ),
    Mutant(
        "GitLab as if it were GitHub",
        f"{VIEW}/site/repository.py",
        "f\"gl/{quote(name, safe='')}\"",
        'f"gh/{quote(name)}"',
        "tests/test_papers.py::test_with_an_address_every_link_leads_to_the_page",
    ),
    Mutant(
        "an address keeps its .git",
        f"{VIEW}/site/repository.py",
        '.removesuffix(".git")',
        "",
        "tests/test_papers.py::test_with_an_address_every_link_leads_to_the_page",
    ),
    Mutant(
        "a port in use is an error of Python's",
        f"{VIEW}/site/serve.py",
        "except OSError as error",
        "except KeyError as error",
        "tests/test_make.py::test_a_port_in_use_is_said_and_no_address",
    ),
    Mutant(
        "an environment of another folder is used",
        "Makefile",
        "ifneq ($(OURS),yes)",
        "ifneq (yes,yes)",
        "tests/test_make.py::test_a_folder_that_was_copied_or_moved_gets_an_environment_of_its_own",
    ),
    Mutant(
        "the reader's modules reach the build",
        "Makefile",
        "unexport $(filter-out",
        "#",
        "tests/test_make.py::test_nothing_of_the_readers_own_python_reaches_the_build",
    ),
    Mutant(
        "two makes at once",
        "code/alone.py",
        "        try:\n            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)",
        "        try:\n            pass",
        "tests/test_make.py::test_a_second_make_waits_for_the_first",
    ),
    Mutant(
        "a folder's name is part of an address",
        "code/third_optimizer/meta/log.py",
        "{quote(str(Path(where).resolve()))}",
        "{Path(where).resolve()}",
        "tests/test_meta.py::test_a_folder_may_be_called_anything",
    ),
    Mutant(
        "a figure without a text alternative",
        f"{VIEW}/figures/figure.py",
        "if not isinstance(text, str) or not text.strip():",
        "if not isinstance(text, str):",
        "tests/test_view.py::test_figure_refuses_to_be_drawn_without_a_text_alternative",
    ),
    Mutant(
        "a slider that starts off its stops",
        f"{VIEW}/figures/explore.py",
        "if self.start not in self.stops:",
        "if False:",
        "tests/test_view.py::test_bad_dials_are_refused",
    ),
    Mutant(
        "a chart keeps nan",
        f"{VIEW}/figures/figure.py",
        "    if not math.isfinite(value):\n        return None\n",
        "",
        "tests/test_view.py::test_pack_rounds_and_drops_what_is_not_finite",
    ),
    Mutant(
        "a live figure shows a stale value",
        f"{VIEW}/figures/explore.py",
        "if wanted != self.wanted:",
        "if False:",
        "tests/test_view.py::test_slow_figure_shows_only_the_latest_value",
    ),
    Mutant(
        "a number is right only to the last digit",
        f"{VIEW}/questions/exercises.py",
        "abs(value - truth) <= tolerance * abs(truth)",
        "value == truth",
        "tests/test_exercises.py::test_a_number_is_right_within_its_tolerance_and_no_further",
    ),
    Mutant(
        "a tolerance is absolute",
        f"{VIEW}/questions/exercises.py",
        "<= tolerance * abs(truth)",
        "<= tolerance",
        "tests/test_exercises.py::test_a_number_is_right_within_its_tolerance_and_no_further",
    ),
    Mutant(
        "a question with two right options",
        f"{VIEW}/questions/chapter.py",
        'if sum(o["right"] for o in options) != 1:',
        'if not any(o["right"] for o in options):',
        "tests/test_view.py::test_a_question_has_exactly_one_right_option",
    ),
    Mutant(
        "a claim without a field",
        f"{VIEW}/questions/claims.py",
        "if not claim.get(field)]",
        "if False]",
        "tests/test_claims.py::test_a_claim_without_a_field_is_refused",
    ),
    Mutant(
        "damaged answers overwritten",
        f"{VIEW}/questions/answers.py",
        "                    path().replace(_aside())\n",
        "",
        "tests/test_view.py::test_a_damaged_file_is_set_aside_not_lost",
    ),
    Mutant(
        "a result typed in prose",
        "book/02_walk_downhill.md",
        "But the rule only walked.",
        "The rule walked for 14.5 steps.",
        "tests/test_notebooks.py::test_no_bare_decimal_in_prose",
    ),
    Mutant(
        "a quotation altered",
        "book/01_tell_an_optimizer.md",
        "is internally searching through a search space",
        "searches internally through a search space",
        "tests/test_chapter_01.py::test_quotations",
    ),
    Mutant(
        "a wall that stops nobody",
        "code/third_optimizer/experiments/tell_an_optimizer.py",
        "walls[shut] = True",
        "walls[shut] = False",
        "tests/test_chapter_01.py::test_a_walker_by_heart_goes_where_the_goal_was_and_bumps_into_a_new_wall",
    ),
    Mutant(
        "a push that only the question feels",
        "code/third_optimizer/mesa/attention.py",
        "q, g = (q[:, None] @ m)[:, 0], m.transpose(0, 2, 1) @ (g @ m)",
        "q = (q[:, None] @ m)[:, 0]",
        "tests/test_battery.py::test_a_pushed_descent_goes_on_from_there",
    ),
    Mutant(
        "whatever comes back has recovered",
        "code/third_optimizer/mesa/verdicts.py",
        " and first == sixth == PASSED",
        "",
        "tests/test_battery.py::test_the_controls_part_and_a_broken_machine_is_caught",
    ),
    Mutant(
        "a goal is read where any vector sets it",
        "code/third_optimizer/mesa/verdicts.py",
        " and not random >= line",
        "",
        "tests/test_battery.py::test_a_handle_must_be_small_and_set_the_goal",
    ),
    Mutant(
        "the battery counts those that fail",
        f"{VIEW}/figures/battery.js",
        'const passes = [...marks].filter((mark) => mark === "p").length;',
        'const passes = [...marks].filter((mark) => mark === "f").length;',
        "tests/test_battery_table.py::test_a_mark_for_every_seed",
    ),
    Mutant(
        "a page left out of the contents",
        "_toc.yml",
        "  - caption: Yours\n    chapters:\n      - file: book/my_answers\n",
        "",
        "tests/test_notebooks.py::test_no_page_is_left_out_of_the_contents",
    ),
    Mutant(
        "a solution its checker refuses",
        "book/02_walk_downhill.yml",
        "return 2 * (1 + beta) / max(curvatures)",
        "return 2 * beta / max(curvatures)",
        "tests/test_exercises.py::test_solution_passes",
    ),
    Mutant(
        "the world imports the view",
        LANDSCAPES,
        "import numpy as np\n",
        "import numpy as np\n\nfrom third_optimizer.view import figure\n",
        "tests/test_rooms.py::test_imports_follow_the_table",
    ),
]


def run_pytest(project, tests):
    """In a process of its own: pytest on the copy's tests, which import the copy's package."""
    import pytest
    from hypothesis import Phase, settings

    with open(project / "pytest.log", "w") as log:  # the descriptors too: pytest captures those
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    os.chdir(project)
    sys.path[:0] = [str(project), str(project / "code")]
    os.environ["PYTHONPATH"] = str(project / "code")  # for what a test starts
    sys.dont_write_bytecode = True  # stale bytecode would hide a mutant
    settings.register_profile(
        "mutants", phases=[Phase.explicit, Phase.generate], database=None
    )  # red is enough: no smallest example
    settings.load_profile("mutants")
    sys.exit(int(pytest.main(["-n", "0", "-q", "-x", "-p", "no:cacheprovider", *tests])))


def pytest_in(project, *tests, longest=LONGEST):
    """pytest's exit code; negative when it had to be ended."""
    process = PROCESSES.Process(target=run_pytest, args=(project, tests))
    process.start()
    process.join(longest)
    process.kill()
    process.join()
    return process.exitcode


def try_out(mutant, project):
    """Break the copy, run the test, mend the copy; (verdict, seconds)."""
    began, file = time.perf_counter(), project / mutant.file
    sound = file.read_bytes()
    text = sound.decode("utf8")
    if (found := text.count(mutant.old)) != 1:
        return f"BROKEN (its old text is found {found} times)", 0.0
    try:
        file.write_bytes(text.replace(mutant.old, mutant.new).encode("utf8"))
        code = pytest_in(project, mutant.test)
    finally:
        file.write_bytes(sound)
    return VERDICTS.get(code, f"BROKEN (pytest ended with {code})"), time.perf_counter() - began


def main(words):
    sys.path.insert(0, str(ROOT))  # run as a script, Python looks beside this file only
    from tests.test_contributing import copy_project

    chosen = [mutant for mutant in MUTANTS if all(word in mutant.name for word in words)]
    if not chosen:
        sys.exit(
            f"no mutant has {' and '.join(map(repr, words))} in its name; names: {', '.join(m.name for m in MUTANTS)}"
        )
    workers = min(os.cpu_count() or 1, len(chosen))
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(workers) as pool:
        copies = queue.SimpleQueue()
        for number in range(workers):
            copy_project(copy := Path(folder) / str(number))
            copies.put(copy)

        tests = list(dict.fromkeys(mutant.test for mutant in chosen))
        print(f"{len(tests)} tests on the unbroken code …", flush=True)
        code = pytest_in(copy, "tests/test_rooms.py::test_the_package_used_is_this_one", *tests, longest=600)
        if code:
            print((copy / "pytest.log").read_text("utf8")[-4000:])
            sys.exit(
                f"A named test is red without a mutant (pytest ended with {code}); nothing can be said of the mutants."
            )
        print("all green; now one mutant at a time", flush=True)

        def work(mutant):
            project = copies.get()
            try:
                return try_out(mutant, project)
            finally:
                copies.put(project)

        running = {pool.submit(work, mutant): mutant for mutant in chosen}
        alive = 0
        for done in tqdm(as_completed(running), "mutants", len(running), unit="mutant"):
            (verdict, seconds), mutant = done.result(), running[done]
            alive += verdict != "KILLED"
            tqdm.write(f"{verdict:8} {seconds:5.1f} s  {mutant.name:42} {mutant.test}")
    print(f"{len(chosen) - alive} of {len(chosen)} mutants killed", flush=True)
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
