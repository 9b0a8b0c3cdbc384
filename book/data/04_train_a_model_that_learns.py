"""Trains what chapter 4 is too impatient for, with the chapter's own functions, and stores the results beside this file.

    python book/data/04_train_a_model_that_learns.py     (half an hour on one core; finished runs are not repeated)

The grid: one linear attention layer for each world of GRID and each seed of SEEDS (the page draws every one).
Starts: at some settings of STARTS not every random start arrives, so twenty are tried; what has not arrived is trained
again from the same start for four times as long.
The rival: an MLP on the flattened prompt, trained on 15 times as many prompts.
"""

import itertools
import json
import os
import sys
import time
from pathlib import Path

import jupytext
import numpy as np

HERE = Path(__file__).resolve()
STORE = HERE.with_suffix(".json")
GRID = {"dimension": [2, 3, 5, 10, 20], "examples": [5, 10, 20, 40], "noise": [0, 0.5, 1], "scale": [0.5, 1, 2]}
SEEDS = range(3)
JUDGED_ON = {"seed": 4000, "prompts": 20000}
RIVAL = {"widths": [256, 256], "rates": [0.001, 0.0001], "steps": 7500, "batch": 256, "every": 500, "examples": 10}
STARTS = {"dimension": [2, 3, 4, 5, 7, 10], "examples": [10, 40], "seeds": 20, "arrived_below": 0.2, "longer": 4}
PENALTIES = np.logspace(-2, 2, 9)


def experiments():
    """The page's cells that are tagged `experiment`, run: its functions."""
    os.chdir(HERE.parents[1])
    os.environ["THIRD_OPTIMIZER_STATIC"] = "1"
    names = {}
    for cell in jupytext.read(f"{HERE.stem}.md").cells:
        if "experiment" in cell.metadata.get("tags", []):
            exec(cell.source, names)
    return names


def trained(page, dimension, examples, noise, scale, seed, longer=1):
    """[step length, excess error over the best step, cosine with it] of one run, trained `longer` times the usual 1,000 steps."""
    world = page["Regression"](dimension, examples, noise=noise, scale=scale)
    model = page["LinearAttention"](dimension)
    parameters = page["learn"](model, world, seed, steps=500 * longer)[-1].parameters
    prompts = world.prompts(np.random.default_rng(JUDGED_ON["seed"]), JUDGED_ON["prompts"])
    judged = page["beside_one_step"](model, parameters, world, prompts)
    return [float(f"{judged[name]:.5g}") for name in ("step", "excess", "cosine")]


def rival(page, dimension, seed, steps=None):
    """An MLP's error every 500 steps and, at the end, what it does and which ridge it resembles most."""
    from third_optimizer import theory

    world = page["Regression"](dimension, RIVAL["examples"])
    model = page["MLP"](dimension, RIVAL["examples"], RIVAL["widths"])
    prompts = world.prompts(np.random.default_rng(JUDGED_ON["seed"]), JUDGED_ON["prompts"])
    curve, rates = [], RIVAL["rates"] if steps is None else RIVAL["rates"][:1]

    def look(step, parameters, loss):
        if step % RIVAL["every"] == 0:
            curve.append(float(f"{page['error'](model.answer(parameters, prompts), prompts):.5g}"))

    run = page["learn"](model, world, seed, RIVAL["batch"], rates, steps or RIVAL["steps"], callback=look)[-1]
    if steps is not None:
        return {"curve": curve}

    def answer(p):
        return model.answer(run.parameters, p)

    # Which ridge is nearest, allowing for a factor: share of the answers' square that b · ridge does not explain
    given, far = answer(prompts), {}
    for penalty in PENALTIES:
        ridge = (theory.ridge_rules(prompts.inputs, prompts.labels, penalty) * prompts.query).sum(axis=1)
        far[float(f"{penalty:.3g}")] = float(1 - (given * ridge).mean() ** 2 / (given**2).mean() / (ridge**2).mean())
    step = (page["one_step_rules"](prompts) * prompts.query).sum(axis=1)
    order = np.random.default_rng(1).permutation(RIVAL["examples"])
    shuffled = prompts._replace(inputs=prompts.inputs[:, order], labels=prompts.labels[:, order])
    nearest = min(far, key=far.get)
    return {
        "curve": curve,
        **page["profile"](answer, lambda p: model.sensitivity(run.parameters, p), prompts),
        "parameters": int(run.parameters.size),
        "nearest_ridge": nearest,
        "unlike_nearest_ridge": far[nearest],
        "unlike_one_step": float(1 - (given * step).mean() ** 2 / (given**2).mean() / (step**2).mean()),
        "moved_by_order": float(np.mean((answer(shuffled) - given) ** 2) / np.mean(given**2)),
    }


def save(store):
    STORE.write_text(
        json.dumps(store, indent=None, separators=(",", ":")).replace('],"', '],\n"').replace('},"', '},\n"') + "\n",
        "utf8",
    )


def main():
    page = experiments()
    settings = {
        "grid": GRID,
        "seeds": list(SEEDS),
        "judged_on": JUDGED_ON,
        "starts": STARTS,
        "rival": RIVAL,
        "made_by": f"book/data/{HERE.name}",
    }
    store = json.loads(STORE.read_text("utf8")) if STORE.exists() else {}
    if store.get("settings") != settings:
        store = {
            "settings": settings,
            "columns": "key: dimension examples noise scale seed; step length, excess over the best step, cosine with it",
            "runs": {},
            "starts": {},
            "rival": {},
        }
    began = time.time()
    for setting in itertools.product(*GRID.values(), SEEDS):
        key = " ".join(f"{value:g}" for value in setting)
        if key not in store["runs"]:
            store["runs"][key] = trained(page, *setting)
            if setting[-1] == SEEDS[-1]:
                save(store)
                print(f"{time.time() - began:5.0f} s  {key}  {store['runs'][key]}", file=sys.stderr, flush=True)
    for dimension, examples, seed in itertools.product(STARTS["dimension"], STARTS["examples"], range(STARTS["seeds"])):
        key = f"{dimension} {examples} {seed}"
        if key not in store["starts"]:
            excess = [trained(page, dimension, examples, 0, 1, seed)[1]]
            if excess[0] >= STARTS["arrived_below"]:
                excess.append(trained(page, dimension, examples, 0, 1, seed, STARTS["longer"])[1])
            store["starts"][key] = excess
            if seed == STARTS["seeds"] - 1:
                save(store)
                print(f"{time.time() - began:5.0f} s  {key}", file=sys.stderr, flush=True)
    for dimension, seed in itertools.product((10, 5), SEEDS):
        key = f"{dimension} {seed}"
        if key not in store["rival"]:
            store["rival"][key] = rival(page, dimension, seed)
            save(store)
            print(f"{time.time() - began:5.0f} s  rival {key}  {store['rival'][key]}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
