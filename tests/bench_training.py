"""Our training against PyTorch eager and JAX compiled: the same mathematics, in one process, on one thread.

Each side draws its own prompts, computes the same loss on second moments (mesa/attention.py), takes its gradient
(ours by hand, theirs by their own reverse mode), clips it to norm 1 and takes an Adam step, all in 64-bit floats.
JAX compiles the whole step, sampling included, and is timed warm: one compiled step called in a loop, and a whole
run as one compiled scan; the faster of the two counts. It computes the loss in two ways: on the tokens, as the layer is
usually written, and on second moments. The second hands it our algebra, and says what compiling alone is worth.
Rounds are interleaved, so a busy machine slows all alike.
Run by `make bench` with an environment that holds torch and jax; never by the tests.
"""

import os
import statistics
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import jax
import jax.numpy as jnp
import numpy as np
import torch

from third_optimizer import theory
from third_optimizer.base import adam, clip, train
from third_optimizer.mesa import LinearAttention, practice
from third_optimizer.world import Regression, error

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
jax.config.update("jax_enable_x64", True)

DIMENSION, PASSES, BATCH, STEPS, RATE, INIT, ROUNDS = 5, 4, 128, 1000, 1e-3, 0.05, 5


def start():
    return LinearAttention(DIMENSION, PASSES).init(np.random.default_rng(0), INIT)


def ours(examples):
    world, rng = Regression(DIMENSION, examples), np.random.default_rng(1)
    return train(
        practice(LinearAttention(DIMENSION, PASSES), world, BATCH), start(), clip(adam(RATE), 1.0), STEPS, rng=rng
    ).losses[-1]


def torch_loss(a, p, tokens, query, answer):
    g = tokens.transpose(1, 2) @ tokens / tokens.shape[1]
    q = torch.cat([query, torch.zeros(len(query), 1)], 1)[:, None]
    eye = torch.eye(g.shape[1])
    for depth in range(PASSES):
        m = eye + a @ g @ p
        q = q @ m
        if depth < PASSES - 1:
            g = m.transpose(1, 2) @ g @ m
    return 0.5 * ((-q[:, 0, -1] - answer) ** 2).mean()


def pytorch(examples):
    generator = torch.Generator().manual_seed(1)
    a, p = (torch.tensor(part, requires_grad=True) for part in start())
    optimizer = torch.optim.Adam([a, p], lr=RATE)
    for _ in range(STEPS):
        x = 2 * torch.rand(BATCH, examples + 1, DIMENSION, generator=generator) - 1
        y = (x @ torch.randn(BATCH, DIMENSION, 1, generator=generator))[..., 0]
        loss = torch_loss(a, p, torch.cat([x[:, :-1], y[:, :-1, None]], 2), x[:, -1], y[:, -1])
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_([a, p], 1.0)
        optimizer.step()
    return float(loss.detach())


def jax_loss(parameters, tokens, query, answer):
    a, p = parameters
    g = jnp.swapaxes(tokens, 1, 2) @ tokens / tokens.shape[1]
    q = jnp.concatenate([query, jnp.zeros((len(query), 1))], 1)[:, None]
    for depth in range(PASSES):
        m = jnp.eye(g.shape[1]) + a @ g @ p
        q = q @ m
        if depth < PASSES - 1:
            g = jnp.swapaxes(m, 1, 2) @ g @ m
    return 0.5 * ((-q[:, 0, -1] - answer) ** 2).mean()


def jax_loss_on_tokens(parameters, tokens, query, answer):
    """The same loss as the layer is usually written (von Oswald et al. 2022, section 2): every pass moves every token."""
    (a, p), count = parameters, tokens.shape[1]
    z = jnp.concatenate([tokens, jnp.concatenate([query, jnp.zeros((len(query), 1))], 1)[:, None]], 1)
    for _ in range(PASSES):
        examples = z[:, :count]
        z = z + (z @ a) @ (jnp.swapaxes(examples, 1, 2) @ examples / count) @ p
    return 0.5 * ((-z[:, -1, -1] - answer) ** 2).mean()


def jax_step(loss_of, examples):
    def step(carry, _):
        parameters, mean, square, t, key = carry
        key, one, two = jax.random.split(key, 3)
        x = jax.random.uniform(one, (BATCH, examples + 1, DIMENSION), minval=-1.0, maxval=1.0, dtype=jnp.float64)
        y = (x @ jax.random.normal(two, (BATCH, DIMENSION, 1), dtype=jnp.float64))[..., 0]
        tokens = jnp.concatenate([x[:, :-1], y[:, :-1, None]], 2)
        loss, gradient = jax.value_and_grad(loss_of)(parameters, tokens, x[:, -1], y[:, -1])
        gradient = gradient * jnp.minimum(1.0, 1.0 / jnp.linalg.norm(gradient))
        t = t + 1
        mean, square = 0.9 * mean + 0.1 * gradient, 0.999 * square + 0.001 * gradient**2
        parameters = parameters - RATE * (mean / (1 - 0.9**t)) / (jnp.sqrt(square / (1 - 0.999**t)) + 1e-8)
        return (parameters, mean, square, t, key), loss

    return step


def jax_runs(loss_of, examples):
    """(a run by a compiled step, a run as one compiled scan), both compiled already."""
    step = jax_step(loss_of, examples)
    one, whole = jax.jit(lambda carry: step(carry, None)), jax.jit(lambda carry: jax.lax.scan(step, carry, None, STEPS))

    def first():
        parameters = jnp.array(start())
        return parameters, jnp.zeros_like(parameters), jnp.zeros_like(parameters), 0, jax.random.key(1)

    def looped():
        carry = first()
        for _ in range(STEPS):
            carry, loss = one(carry)
        return float(loss)

    def scanned():
        return float(whole(first())[1][-1])

    looped(), scanned()
    return looped, scanned


def agree():
    """The gradients of the others on one batch of prompts: the largest relative differences from ours."""
    prompts, parameters = Regression(DIMENSION, 10).prompts(np.random.default_rng(2), BATCH), 4 * start()
    errors, gradient = LinearAttention(DIMENSION, PASSES).errors(parameters, prompts)
    tokens = np.concatenate([prompts.inputs, prompts.labels[:, :, None]], 2)
    a, p = (torch.tensor(part, requires_grad=True) for part in parameters)
    torch_loss(a, p, *(torch.tensor(part) for part in (tokens, prompts.query, prompts.answer))).backward()
    theirs = [np.stack([a.grad.numpy(), p.grad.numpy()])]
    theirs += [
        np.array(jax.grad(loss)(jnp.array(parameters), tokens, prompts.query, prompts.answer))
        for loss in (jax_loss, jax_loss_on_tokens)
    ]
    return [float(np.abs(other - gradient).max() / np.abs(gradient).max()) for other in theirs]


def one_pass():
    """(seconds, error over the optimum's on the same prompts) of the one-pass model, d = N = 10."""
    world, model, rng = Regression(10, 10), LinearAttention(10), np.random.default_rng(0)
    objective = practice(model, world, 256)
    began = time.perf_counter()
    run = train(objective, model.init(rng, 0.05), adam(0.02), 200, rng=rng)
    run = train(objective, run.parameters, adam(0.003), 400, rng=rng)
    seconds = time.perf_counter() - began
    prompts = world.prompts(np.random.default_rng(99), 40_000)
    best = model.descent(theory.best_single_step(10, 10, *world.moments))
    return seconds, error(model.answer(run.parameters, prompts), prompts) / error(model.answer(best, prompts), prompts)


def main():
    print(
        "gradients differ from ours by at most: PyTorch {:.0e}, JAX {:.0e}, JAX on tokens {:.0e} (relative)".format(
            *agree()
        )
    )
    print(
        f"{STEPS} Adam steps, K = {PASSES}, d = {DIMENSION}, B = {BATCH}, one thread, {ROUNDS} interleaved rounds: median seconds (range)"
    )
    for examples in (10, 100):
        sides = {"ours": lambda n=examples: ours(n), "PyTorch eager": lambda n=examples: pytorch(n)}
        for name, loss in (("JAX on tokens", jax_loss_on_tokens), ("JAX, our algebra", jax_loss)):
            sides[name + ", steps"], sides[name + ", scan"] = jax_runs(loss, examples)
        seconds = {name: [] for name in sides}
        for _ in range(ROUNDS):
            for name, side in sides.items():
                began = time.perf_counter()
                side()
                seconds[name].append(time.perf_counter() - began)
        middle = {name: statistics.median(values) for name, values in seconds.items()}
        ratio = {name: value / middle["ours"] for name, value in middle.items()}
        for name, values in seconds.items():
            print(
                f"  N = {examples:<4} {name:<24} {middle[name]:6.2f}  ({min(values):.2f} to {max(values):.2f})   {ratio[name]:.1f} times ours"
            )
        for name, target in (("PyTorch eager", 3), ("JAX on tokens", 2), ("JAX, our algebra", 2)):
            least = min(value for side, value in ratio.items() if side.startswith(name))
            print(
                f"  N = {examples:<4} target: {name} at least {target} times ours: {least:.1f}, {'met' if least >= target else 'NOT met'}"
            )
    rounds = [one_pass() for _ in range(ROUNDS)]
    took = statistics.median(seconds for seconds, _ in rounds)
    print(
        f"one pass, d = N = 10: {took:.2f} s to {100 * (rounds[0][1] - 1):.2f} % above the optimum (target: within 1 % in under 0.5 s, "
        f"{'met' if took < 0.5 and rounds[0][1] < 1.01 else 'NOT met'})"
    )


if __name__ == "__main__":
    main()
