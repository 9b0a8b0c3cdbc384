/* A stored machine that plays bandits, run on the page as mesa/bandit_player.py runs it, and the best play, exactly.
 *
 * Levers are 0 and 1. Counts are [paid, not paid] of the first lever and of the second: four numbers.
 */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const SEEN = 6,
    SAID = 3;

  /* {units, seen, state, read, bias} of the machine's numbers as 32-bit floats in base64. */
  function unpack(text, units) {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)),
      numbers = new Float32Array(bytes.buffer),
      sizes = [3 * units * SEEN, 3 * units * units, SAID * units, SAID];
    let at = 0;
    const [seen, state, read, bias] = sizes.map((size) => numbers.subarray(at, (at += size)));
    return { units, seen, state, read, bias };
  }

  /* matrix (rows × inputs.length) times inputs */
  const times = (matrix, inputs) =>
    Array.from({ length: matrix.length / inputs.length }, (_, row) =>
      inputs.reduce((sum, value, k) => sum + matrix[row * inputs.length + k] * value, 0),
    );

  const sigmoid = (a) => 1 / (1 + Math.exp(-a));

  /* A game that a machine plays: second() is its logit for the second lever, see(lever, paid) tells it what came. */
  class Hand {
    constructor(machine, pulls) {
      Object.assign(this, { machine, left: pulls, state: Array(machine.units).fill(0) });
      this.think([0, 0, 0, 0]);
    }

    see(lever, paid) {
      const last = [0, 0, 0, 0];
      last[2 * lever + (paid ? 0 : 1)] = 1;
      this.left -= 1;
      this.think(last);
    }

    think(last) {
      const { machine, state } = this,
        n = machine.units,
        fresh = times(machine.seen, [...last, this.left / 10, 1]),
        old = times(machine.state, state);
      this.state = state.map((value, i) => {
        const reset = sigmoid(fresh[i] + old[i]),
          keep = sigmoid(fresh[n + i] + old[n + i]),
          next = Math.tanh(fresh[2 * n + i] + reset * old[2 * n + i]);
        return next + keep * (value - next);
      });
    }

    second() {
      const { read, bias } = this.machine,
        said = times(read, this.state);
      return said[1] + bias[1] - said[0] - bias[0];
    }
  }

  /* The chance that a lever pays next (theory.next_chance). */
  const next = (paid, failed) => (paid + 1) / (paid + failed + 2);

  /* worths(counts) -> what each lever's pull and the best play after it bring, with what is left of so many pulls. */
  function best(pulls) {
    const known = new Map();
    function worths(counts) {
      const key = counts.join();
      if (!known.has(key)) {
        const left = pulls - counts.reduce((sum, count) => sum + count);
        const after = (place) => (left > 1 ? Math.max(...worths(counts.map((count, i) => count + (i === place)))) : 0);
        known.set(
          key,
          [0, 2].map((at) => {
            const chance = next(counts[at], counts[at + 1]);
            return chance * (1 + after(at)) + (1 - chance) * after(at + 1);
          }),
        );
      }
      return known.get(key);
    }
    return worths;
  }

  /* What a row of pulls [{lever, paid}] looks like to one who knows the best play: for each pull other (the best play
   * pulls the other lever), against (it took the lever that looked less likely to pay), lost: worth given away. */
  function judged(row, worths) {
    const counts = [0, 0, 0, 0];
    return row.map(({ lever, paid }) => {
      const then = worths(counts.slice()),
        now = [next(counts[0], counts[1]), next(counts[2], counts[3])];
      counts[2 * lever + (paid ? 0 : 1)] += 1;
      const lost = then[1 - lever] - then[lever];
      return { other: lost > 1e-9, against: now[lever] < now[1 - lever] - 1e-9, lost: Math.max(0, lost) };
    });
  }

  T.bandit = { unpack, Hand, best, judged };
})(globalThis);
