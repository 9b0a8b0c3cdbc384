"""What chapter 7 trains, and its stores: planners by both ways, a dial of practice mazes, and the second atlas.

planners: machines trained on exact and on sampled reward, at three discounts, kept as their weights, so that what is
asked of them later is evaluated and nothing is trained again. planner_controls: the same training with one thing
changed. planner_dial: what more practice mazes make of it. planner_atlas: every combination of the engineer's dials.
"""

import time
from functools import cache

import numpy as np

from third_optimizer.base import adam, clip, fade, train
from third_optimizer.mesa import Planner, practise_walking
from third_optimizer.meta import Maker, Store
from third_optimizer.world import RandomMazes

from . import DATA
from .judge_planners import choices, exam, implied, scores

WORLD, SWEEPS, DISCOUNT = RandomMazes(7, (1, 2)), 14, 0.9
TRAINED_AT, SEEDS = (0.8, 0.9, 0.95), tuple(range(5))
STEPS = {"exact": 1000, "sampled": 2000}  # of Adam; sampled reward is noisy, and its update cheaper
DIAL = (4, 16, 64, 256, 1024, 4096, None)  # practice mazes; None: always new ones
DIAL_SEEDS = tuple(range(3))
PLANNER = Planner()  # the usual one, as stored
MUCH = 1e4  # a state's largest number beyond which a machine counts as exploded; an alive one stays below a hundred


DIALS = {
    "mazes": (None, 1024, 256, 64, 16),
    "sweeps": (14, 7),
    "progressive": (True, False),
    "channels": (16, 8),
    "price": (0.0005, 0.0),
    "rate": (0.01, 0.003),
}  # of the second atlas; the first stop of each is the usual one


def learn(
    way="exact",
    discount=DISCOUNT,
    seed=0,
    *,
    mazes=None,
    sweeps=SWEEPS,
    progressive=True,
    channels=16,
    layers=1,
    price=0.0005,
    rate=0.01,
    steps=None,
    world=WORLD,
    shuffled=False,
    callback=None,
):
    """Train a planner on reward alone: (planner, Run of base.train, the Mazes practised on or None).

    way, discount, sweeps, progressive, price, shuffled: of mesa.practise_walking. channels, layers: of mesa.Planner.
    mazes: how many to practise on; None: always new ones. rate: Adam's, in its first half. steps: of Adam; None: STEPS.
    callback(step, parameters, loss): called at the start and after each step.
    """
    from threadpoolctl import threadpool_limits

    steps = STEPS[way] if steps is None else steps
    rng, planner = np.random.default_rng(seed), Planner(channels, layers=layers)
    pool = None if mazes is None else world.draw(rng, mazes)
    asked = {"way": way, "sweeps": sweeps, "progressive": progressive, "discount": discount}
    objective = practise_walking(planner, world, pool=pool, price=price, shuffled=shuffled, **asked)
    optimizer = clip(fade(adam(rate), max(steps, 1)), 1)
    with threadpool_limits(1):  # small matrices: more threads would wait for each other
        run = train(objective, planner.init(rng), optimizer, steps, rng=rng, callback=callback)
    return planner, run, pool


def train_machine(way, discount, seed):
    """weights (3,316,): what a training leaves."""
    return {"weights": learn(way, discount, seed)[1].parameters}


def judge(planner, parameters, sweeps, discount, pool=None):
    """A machine's columns in the dial and in the atlas, five digits.

    practice: share of the optimum on the mazes it practised on, or on new ones of their size if these never repeated;
    fresh, a, b, implied, sharpness: judge_planners.scores and implied on new, larger mazes; all after `sweeps` sweeps.
    longer: share there after four times as many. activity: the state's largest number by then; exploded: whether that
    is beyond MUCH, or no number at all.
    """
    practised = exam(WORLD) if pool is None else pool.pick(np.arange(min(len(pool), 500)))
    new = exam()
    with np.errstate(over="ignore", invalid="ignore"):  # a machine that exploded is a result
        moves = planner.moves(parameters, new, sweeps)
        found = scores(new, moves, discount)
        chosen = implied(choices(new, moves))
        logits, states = planner.think(parameters, new, 4 * sweeps, keep=0)
        activity = float(np.abs(states[-1]).max())
        columns = {
            "practice": scores(practised, planner.moves(parameters, practised, sweeps), discount)["share"],
            "fresh": found["share"],
            "a": found["a"],
            "b": found["b"],
            "implied": chosen["discount"],
            "sharpness": chosen["sharpness"],
            "longer": scores(new, logits.argmax(axis=1), discount)["share"],
            "activity": min(activity, 1e30) if activity == activity else 1e30,
        }
    columns = {name: float(f"{value:.5g}") for name, value in columns.items()}
    return columns | {"exploded": int(not columns["activity"] <= MUCH)}


JUDGED = dict.fromkeys(("practice", "fresh", "a", "b", "implied", "sharpness", "longer", "activity"), ((), "f4")) | {
    "exploded": ((), "i1")
}


def train_design(mazes, sweeps, progressive, channels, price, rate, seed):
    """Columns of `judge` for a setting of all dials, trained on exact reward; seconds: of processor time it took."""
    dials = {"mazes": mazes, "sweeps": sweeps, "progressive": progressive, "channels": channels, "price": price}
    began = time.process_time()
    planner, run, pool = learn(seed=seed, rate=rate, **dials)
    seconds = time.process_time() - began
    return judge(planner, run.parameters, sweeps, DISCOUNT, pool) | {"seconds": round(seconds, 1)}


def train_on(mazes, seed):
    """Columns of `judge` for the usual training, on sampled reward, on so many practice mazes."""
    planner, run, pool = learn("sampled", seed=seed, mazes=mazes)
    return judge(planner, run.parameters, SWEEPS, DISCOUNT, pool)


CONTROLS = {
    "as it is": {},
    "single goals in practice": {"world": RandomMazes(7, (1,))},
    "worth shuffled in practice": {"shuffled": True},
    "always as many sweeps": {"progressive": False},
    "a layer a sweep, as many numbers": {"progressive": False, "layers": SWEEPS, "channels": 5},
    "a layer a sweep, as many channels": {"progressive": False, "layers": SWEEPS},
    "no price on activity": {"price": 0.0},
}  # one thing changed each; layers that are not shared have no sweeps to spare


def train_control(control, seed):
    """Columns of `judge` for one of CONTROLS, trained on exact reward; size: numbers the machine has."""
    planner, run, pool = learn(seed=seed, **CONTROLS[control])
    return judge(planner, run.parameters, SWEEPS, DISCOUNT, pool) | {"size": planner.size}


@cache
def stores():
    """{file: Store} of everything above."""
    told, seconds = {"steps": STEPS, "sweeps": SWEEPS}, {"seconds": ((), "f4")}
    machines = {"way": tuple(STEPS), "discount": TRAINED_AT, "seed": SEEDS}
    made = {
        "planners": (machines, Maker(train_machine, {"weights": ((PLANNER.size,), "f4")}, told)),
        "planner_controls": (
            {"control": tuple(CONTROLS), "seed": SEEDS},
            Maker(train_control, JUDGED | {"size": ((), "i4")}, told),
        ),
        "planner_dial": ({"mazes": DIAL, "seed": DIAL_SEEDS}, Maker(train_on, JUDGED, told)),
        "planner_atlas": (DIALS | {"seed": DIAL_SEEDS}, Maker(train_design, JUDGED | seconds, told)),
    }
    return {f"{name}.npz": Store(DATA / f"{name}.npz", axes, [maker]) for name, (axes, maker) in made.items()}
