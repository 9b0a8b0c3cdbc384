"""The planner's update against PyTorch's: the same mathematics on the same mazes, in one process, on one thread.

Both draw their mazes by `RandomMazes`, think the same numbers of sweeps and take the exact gradient of the same loss,
ours by hand, theirs by reverse mode, in 32-bit floats; both clip it to length 1 and take an Adam step. PyTorch runs the
convolution on whole maps, as it is usually written, in the layout of memory that is fastest for it. Rounds are
interleaved, so a busy machine slows both alike. Then ten planners are trained to the end.
Run by `make bench` with an environment that holds torch; never by the tests.
"""

import os
import statistics
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np
import torch
import torch.nn.functional as F

from third_optimizer.base import adam, clip, fade, train
from third_optimizer.mesa import Planner, practise_walking
from third_optimizer.world import RandomMazes, earned, optimum

torch.set_num_threads(1)

STEPS, ROUNDS, SEEDS, ENOUGH, SECONDS = 100, 7, 10, 0.99, 10
BATCH, SWEEPS, HEAD_START, SHARE, DISCOUNT, CALM, PRICE, RATE = 32, 14, 30, 0.6, 0.9, 0.01, 0.0005, 0.01
WORLD, PLANNER = RandomMazes(), Planner()
AROUND = ((0, 1), (2, 1), (1, 0), (1, 2))  # up, down, left, right on a map with a rim


def ours(steps, seed=0):
    rng = np.random.default_rng(seed)
    objective = practise_walking(PLANNER, WORLD)
    return train(objective, PLANNER.init(rng), clip(fade(adam(RATE), steps), 1), steps, rng=rng).parameters


class Net(torch.nn.Module):
    def __init__(self, parameters):
        super().__init__()
        parts = [np.asarray(part) for part in PLANNER.unpack(parameters)]
        for name, part in zip(("drive", "repeat", "read"), parts, strict=False):
            kernel = torch.tensor(part.reshape(3, 3, -1, part.shape[1]).transpose(3, 2, 0, 1).copy())
            setattr(self, name, torch.nn.Parameter(kernel.contiguous(memory_format=torch.channels_last)))
        self.bias = torch.nn.Parameter(torch.tensor(parts[3]))

    def forward(self, free, shown, before, sweeps):
        push, h = F.conv2d(shown, self.drive, padding=1), 0
        for k in range(before + sweeps):
            with torch.set_grad_enabled(k >= before):
                h = torch.relu(F.conv2d(h, self.repeat, padding=1) + push if k else push) * free
        return F.conv2d(h, self.read, self.bias, padding=1), h


def near(maps):
    rim = F.pad(maps, (1, 1, 1, 1))
    return torch.stack([rim[:, r : r + maps.shape[1], c : c + maps.shape[2]] for r, c in AROUND], 1)


def torch_loss(net, mazes, before, sweeps):
    free, worth = (torch.tensor(maps, dtype=torch.float32) for maps in (mazes.open, mazes.worths))
    shown = torch.stack([worth, (worth > 0).float(), free], 1).contiguous(memory_format=torch.channels_last)
    logits, h = net(free[:, None], shown, before, sweeps)
    log = torch.log_softmax(logits, 1)
    p, ask = log.exp(), free * (worth == 0)
    step = DISCOUNT * p * near(free) * ask[:, None]
    stay, value = DISCOUNT * ask - step.sum(1), worth
    for _ in range(2 * WORLD.size):
        value = worth + stay * value + (step * near(value)).sum(1)
    spread = -(p * log).sum(1)
    return -((value + CALM * spread) * ask).sum() / ask.sum() + PRICE * (h**2).sum() / free.sum()


def pytorch(steps, seed=0):
    rng = np.random.default_rng(seed)
    net = Net(PLANNER.init(rng))
    optimizer = torch.optim.Adam(net.parameters(), RATE)
    for step in range(steps + 1):  # as many losses and gradients as base.train takes
        mazes, keep = WORLD.draw(rng, BATCH), int(rng.integers((SWEEPS + 1) // 2, SWEEPS + 1))
        before = int(rng.integers(HEAD_START + 1)) if rng.random() < SHARE else 0
        optimizer.param_groups[0]["lr"] = RATE * min(1, 2 * (1 - step / steps))
        optimizer.zero_grad()
        torch_loss(net, mazes, before, keep).backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1)
        if step < steps:
            optimizer.step()
    return net


def agree():
    """The largest difference of PyTorch's gradient from ours, relative to the largest number in it."""

    class Fixed:
        def draw(self, rng, count):
            return mazes

    rng = np.random.default_rng(1)
    mazes, parameters = WORLD.draw(rng, BATCH), ours(50)
    _, gradient = practise_walking(PLANNER, Fixed(), progressive=False)(parameters, rng)
    net = Net(parameters)
    torch_loss(net, mazes, 0, SWEEPS).backward()
    kernels = [net.drive, net.repeat, net.read]
    theirs = [kernel.grad.numpy().transpose(2, 3, 1, 0).ravel() for kernel in kernels]
    theirs = np.concatenate([*theirs, net.bias.grad.numpy()])
    return float(np.abs(theirs - gradient).max() / np.abs(gradient).max())


def share(parameters):
    """Of the optimum on 500 new mazes of 9×9 with two goals."""
    mazes = RandomMazes(9, (2,)).draw(np.random.default_rng(5), 500)
    best = optimum(mazes, DISCOUNT)
    ask = ~mazes.goal & (best > 0)
    return earned(mazes, PLANNER.moves(parameters, mazes, SWEEPS), DISCOUNT)[ask].sum() / best[ask].sum()


def main():
    print(f"planner: PyTorch's gradient differs from ours by {agree():.0e} (relative)")
    sides, took = {"ours": ours, "PyTorch": pytorch}, {"ours": [], "PyTorch": []}
    for _ in range(ROUNDS):
        for name, side in sides.items():
            began = time.perf_counter()
            side(STEPS)
            took[name].append((time.perf_counter() - began) / STEPS * 1000)
    middle = {name: statistics.median(values) for name, values in took.items()}
    print(f"an update of the planner, one thread, {ROUNDS} interleaved rounds of {STEPS}: median milliseconds (range)")
    for name, values in took.items():
        print(f"  {name:<10}{middle[name]:6.2f}  ({min(values):.2f} to {max(values):.2f})")
    ratio = middle["PyTorch"] / middle["ours"]
    print(f"  target: PyTorch at least 1 time ours: {ratio:.2f}, {'met' if ratio >= 1 else 'NOT met'}")
    seconds, shares = [], []
    for seed in range(SEEDS):
        began = time.perf_counter()
        parameters = ours(1000, seed)
        seconds.append(time.perf_counter() - began)
        shares.append(share(parameters))
    met = statistics.median(seconds) <= SECONDS and min(shares) >= ENOUGH
    print(
        f"a planner in {statistics.median(seconds):.1f} s ({min(seconds):.1f} to {max(seconds):.1f}), "
        f"{min(shares):.2%} to {max(shares):.2%} of the optimum (target: {ENOUGH:.0%} by all of {SEEDS} seeds, "
        f"in {SECONDS} s in the median: {'met' if met else 'NOT met'})"
    )


if __name__ == "__main__":
    main()
