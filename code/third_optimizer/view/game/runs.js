/* Recorded runs: what a board looks up where no kernel can train. Packed by runs.py; the numbers are the same there
 * and here.
 *
 * On a page the runs of the atlas come in a script of their own, asked for when a board is drawn; a small
 * grid, or a kernel, puts them into the board's specification.
 */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const NOTHING = 65535,
    LEAST = -3; // as in runs.py
  const here = root.document && root.document.currentScript && root.document.currentScript.src;
  let waiting = null,
    hear = null;

  /* Two bytes -> the error, exactly as Python has it: the decimal digits are read, nothing is multiplied. */
  function error(code) {
    if (code === NOTHING) return null;
    if (code === 0) return 0;
    return Number(`${((code - 1) % 9000) + 1000}e${Math.floor((code - 1) / 9000) + LEAST - 3}`);
  }

  const share = (code, parts) => (code === NOTHING ? null : code / parts);
  const point = (byte) => 0.01 * Math.pow(20000, byte / 254);

  const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

  class Runs {
    /* packed: {designs, seeds, confirm, data}, and {truth, passes, range, parts, thoughts} where machines were kept. */
    constructor({ designs, seeds, confirm, data, truth, passes, range, parts, thoughts }) {
      Object.assign(this, { designs, seeds, confirm, truth, passes });
      if (thoughts) this.thoughts = { range, parts, words: new DataView(bytesOf(thoughts).buffer) };
      const bytes = bytesOf(data);
      const words = new DataView(bytes.buffer),
        every = seeds.length + confirm.length;
      let at = 0;
      const column = (seedsHeld, width) => {
        const start = at;
        at += 2 * designs * seedsHeld * width;
        return (design, seed, k) => words.getUint16(start + 2 * ((design * seedsHeld + seed) * width + k), true);
      };
      const curve = () => {
        const start = at;
        at += designs * seeds.length * 12;
        return (design, seed) =>
          Array.from(
            bytes.subarray(
              start + (design * seeds.length + seed) * 12,
              start + (design * seeds.length + seed + 1) * 12,
            ),
          )
            .filter((byte) => byte < 255)
            .map(point);
      };
      Object.assign(this, {
        practice: column(every, 1),
        fresh: column(every, 1),
        at: column(every, 1),
        longer: column(seeds.length, 3),
        blown: column(seeds.length, 3),
        follows: column(seeds.length, 1),
        tripled: column(seeds.length, 1),
        practiceCurve: curve(),
        freshCurve: curve(),
      });
    }

    /* What a machine answered to one problem after each of `passes`, null where it has flown off; null without passes
     * or where no machine was kept. */
    thought(design, seed) {
      const k = this.seeds.indexOf(seed);
      if (!this.thoughts || k < 0) return null;
      const { words, parts, range } = this.thoughts,
        [low, high] = range;
      const answers = this.passes.map((_, i) => {
        const code = words.getUint16(2 * ((design * this.seeds.length + k) * this.passes.length + i), true);
        return code === NOTHING ? null : low + share(code, parts) * (high - low);
      });
      return answers.every((one) => one === null) ? null : answers;
    }

    /* One run: {practice, fresh, at}; errors null where not finite, at: the step of the blow-up or null. For a
     * seed of tries also the curves, and longer, blown (at 2, 4, 8 times the passes; null without passes), follows,
     * tripled. */
    run(design, seed) {
      const k = [...this.seeds, ...this.confirm].indexOf(seed),
        at = this.at(design, k, 0);
      const run = {
        practice: error(this.practice(design, k, 0)),
        fresh: error(this.fresh(design, k, 0)),
        at: at === NOTHING ? null : at,
      };
      if (k >= this.seeds.length) return run;
      const three = (column, read) =>
        column(design, k, 0) === NOTHING && column(design, k, 1) === NOTHING
          ? null
          : [0, 1, 2].map((i) => read(column(design, k, i)));
      return {
        ...run,
        practice_curve: this.practiceCurve(design, k),
        fresh_curve: this.freshCurve(design, k),
        longer: three(this.longer, error),
        blown: three(this.blown, (code) => share(code, 4000)),
        follows: (this.follows(design, k, 0) - 1000) / 1000,
        tripled: error(this.tripled(design, k, 0)),
      };
    }
  }

  /* The runs a specification names: packed in it, or in a script beside this one ({script: name}). A promise. */
  function load(where) {
    if (!where.script) return Promise.resolve(new Runs(where));
    waiting =
      waiting ||
      new Promise((resolve, reject) => {
        hear = (packed) => resolve(new Runs(packed));
        const script = document.createElement("script");
        script.src = new URL(where.script, here).href;
        script.onerror = () => reject(new Error("the recorded runs are missing beside this page"));
        document.head.append(script);
      });
    return waiting;
  }

  T.Runs = Runs;
  T.runs = { load, receive: (packed) => hear && hear(packed) };
})(globalThis);
