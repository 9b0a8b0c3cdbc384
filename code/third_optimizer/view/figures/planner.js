/* A stored planner run on the page, as mesa/planner.py runs it, and what can be known of a maze exactly.
 *
 * A maze is {rows, columns, wall: [bool], worth: [number, 0 where no goal is]}, cell by cell, row by row. Each array
 * over its cells has as many entries; walls hold zeros.
 */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const SEEN = 3, // numbers a cell shows: worth, mark of a goal, one
    STEPS = [
      [-1, 0],
      [1, 0],
      [0, -1],
      [0, 1],
    ]; // up, down, left, right

  /* A 16-bit float. */
  function half(bits) {
    const size = bits & 0x7fff,
      fraction = size & 0x3ff,
      value = size < 0x400 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** ((size >> 10) - 15);
    return bits & 0x8000 ? -value : value;
  }

  /* {channels, drive, repeat, read, bias} of the machine's numbers as floats of so many bits in base64. */
  function unpack(text, channels, bits = 32) {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)),
      numbers = bits === 16 ? Float32Array.from(new Uint16Array(bytes.buffer), half) : new Float32Array(bytes.buffer),
      ends = [9 * SEEN * channels, 9 * channels * channels, 9 * channels * 4, 4].reduce(
        (sums, size) => [...sums, sums[sums.length - 1] + size],
        [0],
      ),
      [drive, repeat, read, bias] = [0, 1, 2, 3].map((k) => numbers.subarray(ends[k], ends[k + 1]));
    return { channels, drive, repeat, read, bias };
  }

  /* The nine cells around each, within a rim of nowhere: places in arrays of (rows + 2) × (columns + 2). */
  function around({ columns }) {
    const width = columns + 2;
    return [-1, 0, 1].flatMap((down) => [-1, 0, 1].map((right) => down * width + right));
  }

  const place = (i, { columns }) => (Math.floor(i / columns) + 1) * (columns + 2) + (i % columns) + 1;

  /* Adds patch(i) @ weight to the `outputs` numbers of each open cell in `sum`; cells: (places, inputs), with a rim. */
  function convolve(maze, cells, inputs, weight, outputs, sum) {
    const near = around(maze);
    for (let i = 0; i < maze.wall.length; i++) {
      if (maze.wall[i]) continue;
      const here = place(i, maze),
        out = here * outputs;
      for (let k = 0; k < 9; k++) {
        const from = (here + near[k]) * inputs,
          row = k * inputs;
        for (let c = 0; c < inputs; c++) {
          const value = cells[from + c];
          if (value === 0) continue;
          const w = (row + c) * outputs;
          for (let o = 0; o < outputs; o++) sum[out + o] += value * weight[w + o];
        }
      }
    }
    return sum;
  }

  /* What a cell shows of a goal: its worth and a mark. */
  const goal = (maze, i) => [maze.worth[i], maze.worth[i] > 0 ? 1 : 0];

  /* A machine that thinks about a maze, sweep by sweep, as far as it is asked. show(maze, i): what a cell shows, beside
   * a one.
   * lumps: null, or {base, slope}, (channels) each: the goals are not shown to it; at their cells base + worth · slope
   * is written into its state after each sweep, zero where that is less. */
  class Thought {
    constructor(machine, maze, lumps = null, show = goal) {
      Object.assign(this, { machine, maze, lumps });
      const { channels, drive } = machine,
        places = (maze.rows + 2) * (maze.columns + 2),
        shown = new Float32Array(places * SEEN);
      this.places = places;
      maze.wall.forEach((wall, i) => {
        if (wall) return;
        shown.set([...(lumps ? [0, 0] : show(maze, i)), 1], place(i, maze) * SEEN);
      });
      this.push = convolve(maze, shown, SEEN, drive, channels, new Float32Array(places * channels));
      this.states = [new Float32Array(places * channels)];
    }

    state(sweeps) {
      const { machine, maze, lumps, push, states } = this,
        { channels, repeat } = machine;
      while (states.length <= sweeps) {
        const next = convolve(maze, states[states.length - 1], channels, repeat, channels, push.slice());
        for (let j = 0; j < next.length; j++) if (!(next[j] > 0)) next[j] = 0;
        if (lumps)
          maze.worth.forEach((worth, i) => {
            if (worth > 0)
              for (let c = 0; c < channels; c++)
                next[place(i, maze) * channels + c] = Math.max(0, lumps.base[c] + worth * lumps.slope[c]);
          });
        states.push(next);
      }
      return states[sweeps];
    }

    /* The preferred move of each cell, a number of 0 to 3, after so many sweeps. */
    moves(sweeps) {
      const { machine, maze, places } = this,
        logits = convolve(maze, this.state(sweeps), machine.channels, machine.read, 4, new Float32Array(places * 4));
      return maze.wall.map((wall, i) => {
        if (wall) return 0;
        const at = place(i, maze) * 4;
        let best = 0;
        for (let k = 1; k < 4; k++)
          if (logits[at + k] + machine.bias[k] > logits[at + best] + machine.bias[best]) best = k;
        return best;
      });
    }

    /* Length of each cell's state after so many sweeps. */
    loud(sweeps) {
      const { machine, maze } = this,
        state = this.state(sweeps);
      return maze.wall.map((wall, i) => {
        const at = place(i, maze) * machine.channels;
        return wall ? 0 : Math.hypot(...state.subarray(at, at + machine.channels));
      });
    }
  }

  /* Where a move from a cell ends; against a wall or the edge it ends where it began. */
  function target(maze, i, move) {
    const row = Math.floor(i / maze.columns) + STEPS[move][0],
      column = (i % maze.columns) + STEPS[move][1];
    if (row < 0 || row >= maze.rows || column < 0 || column >= maze.columns) return i;
    const to = row * maze.columns + column;
    return maze.wall[to] ? i : to;
  }

  /* The cells that a walk from cell i passes, itself first, to a goal or to the first cell it comes back to. */
  function walk(maze, moves, i) {
    const passed = [i];
    while (!maze.worth[i]) {
      i = target(maze, i, moves[i]);
      if (passed.includes(i)) return [...passed, i];
      passed.push(i);
    }
    return passed;
  }

  /* Of each cell the goal its walk ends at and the steps there, {end, steps}; end −1 where it meets none. */
  function ends(maze, moves) {
    const found = new Array(maze.wall.length).fill(null);
    maze.wall.forEach((wall, i) => {
      if (wall || found[i]) return;
      const passed = walk(maze, moves, i),
        last = passed[passed.length - 1],
        goal = maze.worth[last] > 0;
      passed.forEach((cell, k) => {
        found[cell] = found[cell] || (goal ? { end: last, steps: passed.length - 1 - k } : { end: -1, steps: 0 });
      });
    });
    return found;
  }

  /* Worth of the best walk from every cell, by value iteration until nothing changes; 0 where no goal is in reach. */
  function optimum(maze, discount) {
    let values = maze.worth.slice();
    for (;;) {
      const next = values.map((value, i) =>
        maze.wall[i] || maze.worth[i]
          ? value
          : discount * Math.max(...STEPS.map((_, move) => values[target(maze, i, move)])),
      );
      if (next.every((value, i) => value === values[i])) return values;
      values = next;
    }
  }

  T.planner = { unpack, Thought, target, walk, ends, optimum };
})(globalThis);
