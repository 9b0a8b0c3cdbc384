"""Every machine of the book, as the battery wants it: trained in the book's own settings, or rules written by hand.

`MACHINES` names them all in the order of the table. Each is built from a seed: of its training and, for what is
written by hand, of the rules that it knows.
"""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np

from third_optimizer import theory
from third_optimizer.mesa import MLP, LinearAttention, TokenAttention, Transformer, walkers
from third_optimizer.meta import DIAL_SPACE, WORLD, Grid
from third_optimizer.meta.running import practise
from third_optimizer.world import Regression

from . import (
    DATA,
    examine_players,
    examine_walkers,
    train_layers,
    train_loops,
    train_on_luck,
    train_planners,
    train_racers,
)
from .examine import Machine
from .examine_walkers import Walker

SEEDS = tuple(range(5))
KNOWN, LOOPED, SAFE, EVENED = 64, 4, 1.2, (1.2, 0.2)  # rules known by heart; passes; steps of what is written by hand
RELAX = 0.5  # share of the way that a loop written by hand goes in a pass


class Entry(NamedTuple):
    """A row of the table. build(seed) -> Machine, Walker, Player or Predictor, by kind; chapter: that trains it, 0 the
    landing page, None for what is written by hand; passes: K, of a loop; slow: its training takes minutes.
    """

    build: Callable
    chapter: int | None
    kind: str = "prompts"
    passes: int | None = None
    slow: bool = False


# --- machines that read prompts --------------------------------------------------------------------------


def trained(model, parameters, world, *, loops=None, **about):
    """The Machine of a trained model; loops: that it has passes to run on."""
    loops = model.passes if loops is None else loops
    if not loops:
        return Machine(lambda prompts: model.answer(parameters, prompts), world, **about)
    return Machine(
        lambda prompts: model.answer(parameters, prompts),
        world,
        loops,
        lambda prompts, passes, push: model.answers(parameters, prompts, passes, push),
        **about,
    )


def layer(seed):
    """Chapter 4: one layer of attention."""
    world = Regression(10, 10)
    model = LinearAttention(world.dimension)
    return trained(model, train_layers.learn(model, world, seed)[-1].parameters, world)


def rival(seed):
    """Chapter 4: the MLP on the flattened prompt."""
    settings = train_layers.RIVAL
    world = Regression(10, settings["examples"])
    model = MLP(world.dimension, world.examples, settings["widths"])
    runs = train_layers.learn(model, world, seed, settings["batch"], settings["rates"], settings["steps"])
    return trained(model, runs[-1].parameters, world, loops=0, fixed=True)


def loop(seed, passes, warm_up):
    """Chapter 5: a layer used several times, from its store."""
    kept = train_loops.stores()["loops.npz"].at(passes=passes, warm_up=warm_up, steps=5000, seed=seed)
    model = LinearAttention(train_loops.WORLD.dimension, passes)
    return trained(model, kept["weights"].astype(float), train_loops.WORLD)


def tokens(seed, passes, rereads):
    """Chapter 5: attention that writes its estimate as the next token, from its store."""
    kept = train_loops.stores()["tokens.npz"].at(passes=passes, rereads=rereads, seed=seed)
    model = TokenAttention(train_loops.GAUSS.dimension, passes, rereads)
    return trained(model, kept["weights"].astype(float), train_loops.GAUSS)


def racer(seed, problems, pace):
    """Chapter 6: attention beside a lookup table."""
    kept = []
    train_racers.race(problems, pace, seed, look=lambda step, inner, table: kept.append((inner, table)))
    inner, table = (part.copy() for part in kept[-1])
    model = LinearAttention(WORLD.dimension)

    def answer(prompts):
        return model.answer(inner, prompts) + (table[prompts.task] * prompts.query).sum(axis=1)

    pool = WORLD.pool(train_racers.rng_of(seed, 1), problems)
    return Machine(answer, WORLD, pool=pool, numbered=True)


def transformer(seed, tasks):
    """Chapter 6: a small softmax transformer."""
    return reading(train_racers.transform(tasks, seed), train_racers.tasks_of(tasks, seed))


def reading(parameters, pool):
    """The Machine of a transformer's parameters: it reads as many examples as there are."""
    like = train_racers.TRANSFORMER

    def answer(prompts):
        model = Transformer(like.dimension, prompts.inputs.shape[1], like.layers, like.width, like.heads)
        return model.answer(parameters, prompts)

    return Machine(answer, train_racers.NOISY, pool=pool)


def game(seed, design):
    """The game's machines: a design trained with the seeds of the atlas, which begin at 1."""
    model, parameters, pool, _ = practise(design, seed + 1)
    attends = design.architecture == "attention"
    about = {"pool": pool, "numbered": design.table, "fixed": not attends}
    return trained(model, parameters, WORLD, loops=design.passes if attends else 0, **about)


@cache
def designs():
    """{"start", "best": Design} of the game: where it begins, and the lowest mean error on new problems."""
    grid = Grid.load(DATA / "atlas.npz")
    return {"start": grid.start(), "best": grid.space.designs[int(grid.means().argmin())]}


# --- written by hand ------------------------------------------------------------------------------------


def solving(rules, world=train_loops.WORLD, **about):
    """The Machine of rules(prompts) -> (B, d)."""
    return Machine(lambda prompts: (rules(prompts) * prompts.query).sum(axis=1), world, **about)


def known(seed, world=train_loops.WORLD):
    """The rules that what is written by hand has by heart."""
    return world.pool(np.random.default_rng([8, 6, seed]), KNOWN)


def installed(parameters, world=train_loops.WORLD):
    """A loop of attention whose parameters are written by hand."""
    return trained(LinearAttention(world.dimension, LOOPED), parameters, world)


def drawn_to(target, **about):
    """A loop that goes RELAX of the way to target(prompts) -> (B,) in each pass, whatever it held."""

    def answers(prompts, passes, push):
        aim, said = target(prompts), [np.zeros(len(prompts.query))]
        for done in range(1, passes + 1):
            said.append(said[-1] + RELAX * (aim - said[-1]))
            if push is not None and done == push[0]:
                said[-1] = said[-1] + (push[1] * prompts.query).sum(axis=1)
        return np.array(said)

    return Machine(lambda prompts: answers(prompts, LOOPED, None)[-1], train_loops.WORLD, LOOPED, answers, **about)


def one_step(prompts):
    """The best single step's answers."""
    step = train_layers.best_step(train_loops.WORLD)
    return (theory.descent_rules(prompts.inputs, prompts.labels, step)[-1] * prompts.query).sum(axis=1)


def by_number(pool):
    """answer(prompts): the rule that stands under a prompt's number."""
    return lambda prompts: (pool[prompts.task] * prompts.query).sum(axis=1)


# --- walkers ------------------------------------------------------------------------------------------------


def planner(seed, way="sampled"):
    """Chapter 7: the planner, from its store."""
    store = train_planners.stores()["planners.npz"]
    return examine_walkers.machine(store.at(way=way, discount=train_planners.DISCOUNT, seed=seed)["weights"])


def few_mazes(seed, mazes=16):
    """Chapter 7: the same on few practice mazes."""
    machine, run, pool = train_planners.learn(seed=seed, mazes=mazes)
    return examine_walkers.machine(run.parameters, machine, pool=pool)


def glance(seed, sweeps=2):
    """The same machine, trained to move after two sweeps: a reflex."""
    machine, run, _ = train_planners.learn(seed=seed, sweeps=sweeps, progressive=False)
    return examine_walkers.machine(run.parameters, machine, sweeps)


# --- what plays and what foretells ----------------------------------------------------------------------


def player(seed):
    """Chapter 8: the bandit player, from its store."""
    return examine_players.player(train_on_luck.stores()["bandits.npz"].at(seed=seed)["weights"])


def predictor(seed):
    """Chapter 8: the coin predictor, from its store."""
    return examine_players.predictor(train_on_luck.stores()["coins.npz"].at(seed=seed)["weights"])


# --- the table ----------------------------------------------------------------------------------------------

MODEL = LinearAttention(train_loops.WORLD.dimension)
MACHINES = {
    "a layer, one problem practised": Entry(lambda seed: game(seed, DIAL_SPACE.designs[0]), 0, passes=1),
    "a layer": Entry(layer, 4, passes=1),
    "an MLP": Entry(rival, 4, slow=True),
    "a loop of 4": Entry(lambda seed: loop(seed, 4, False), 5, passes=4),
    "a loop of 2, warmed up": Entry(lambda seed: loop(seed, 2, True), 5, passes=2),
    "a loop of 4, warmed up": Entry(lambda seed: loop(seed, 4, True), 5, passes=4),
    "tokens, read again": Entry(lambda seed: tokens(seed, 4, True), 5, passes=4),
    "tokens, not read again": Entry(lambda seed: tokens(seed, 4, False), 5, passes=4),
    "a layer beside a fast table": Entry(lambda seed: racer(seed, 16, 1.0), 6),
    "a layer beside a slow table": Entry(lambda seed: racer(seed, 16, 0.01), 6),
    "a transformer, 4 problems": Entry(lambda seed: transformer(seed, 4), 6, slow=True),
    "a transformer, endless problems": Entry(lambda seed: transformer(seed, None), 6, slow=True),
    "a planner": Entry(planner, 7, "walker", train_planners.SWEEPS),
    "a planner, 16 mazes practised": Entry(few_mazes, 7, "walker", train_planners.SWEEPS),
    "a planner of 2 sweeps": Entry(glance, 7, "walker", 2),
    "a bandit player": Entry(player, 8, "player"),
    "a coin predictor": Entry(predictor, 8, "predictor"),
    "the game’s start": Entry(lambda seed: game(seed, designs()["start"]), 10),
    "the game’s best": Entry(lambda seed: game(seed, designs()["best"]), 10, passes=4),
    "least squares": Entry(lambda seed: solving(lambda p: theory.ridge_rules(p.inputs, p.labels, 1e-6)), None),
    "discrete Bayes": Entry(
        lambda seed: solving(
            lambda p: theory.discrete_bayes_rules(p.inputs, p.labels, known(seed), 0.1), pool=known(seed)
        ),
        None,
    ),
    "a table": Entry(
        lambda seed: Machine(by_number(known(seed)), train_loops.WORLD, pool=known(seed), numbered=True), None
    ),
    "gradient descent": Entry(lambda seed: installed(MODEL.descent(SAFE)), None, passes=LOOPED),
    "GD++": Entry(lambda seed: installed(MODEL.descent(*EVENED)), None, passes=LOOPED),
    "a loop drawn to one step": Entry(lambda seed: drawn_to(one_step), None, passes=LOOPED),
    "a loop drawn to a table": Entry(
        lambda seed: drawn_to(by_number(known(seed)), pool=known(seed), numbered=True), None, passes=LOOPED
    ),
    "value iteration": Entry(lambda seed: examine_walkers.value_iteration(), None, "walker", train_planners.SWEEPS),
    "a walker to the nearest goal": Entry(
        lambda seed: Walker(lambda mazes, sweeps: walkers.nearest(mazes)), None, "walker"
    ),
    "the best bandit player": Entry(lambda seed: examine_players.RULES["the optimum"], None, "player"),
    "a player without foresight": Entry(lambda seed: examine_players.RULES["likelier lever"], None, "player"),
    "Laplace’s rule": Entry(lambda seed: examine_players.Predictor(examine_players.laplace), None, "predictor"),
}
