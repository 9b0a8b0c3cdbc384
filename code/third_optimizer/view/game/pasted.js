/* What is pasted on the class board: names and codes, one a line, read into games. Nothing here draws.
 *
 * A code holds designs and seeds; the scores are looked up in the atlas, `run(design, seed)` -> {practice, fresh, at}
 * (errors in per cent of guessing zero, null where not finite; at: the step at which the run exploded, or null).
 * A game is drawn by the best fresh error so far; one that was played for another error (not `fair`: its player never
 * saw the fresh one) by what it would have handed over, the fresh error of what led by then.
 */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const LONGEST_NAME = 40;
  const SEED = 1; // the start is shown as it came out with the first seed
  const UNKNOWN = { goal: "fresh" }; // a mode of a later edition

  /* A name as it may be shown: one line, no control characters, nothing that turns the text around it. */
  function clean(name) {
    const letters = [
      ...name
        .replace(
          /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]/gu,
          "",
        )
        .trim(),
    ];
    if (!/[\p{L}\p{N}\p{P}\p{S}]/u.test(letters.join(""))) return ""; // nothing to be seen
    return letters.length > LONGEST_NAME ? letters.slice(0, LONGEST_NAME).join("") + "…" : letters.join("");
  }

  /* The text beside a code as a name. What stands before a colon is one as it is, less a list's or a quotation's mark;
   * else what mail and chat put around a name and a code falls off at both ends. */
  function beside(text) {
    const named = /^(.*):[^\p{L}\p{N}]*$/u.exec(text);
    if (named) return clean(named[1].replace(/^[\s>•*`-]+|[\s*`]+$/g, ""));
    return clean(text.replace(/^[\s\p{P}=<>`~|]+|[\s\p{P}=<>`~|]+$/gu, ""));
  }

  /* A line -> [name, code]: "Ada: 2MZ1G-…", "Ada 2MZ1G-…", a code alone, a link with a code. Where no code is whole,
   * what should be one follows the last colon (a code has none, a name may), or begins where it looks like one. */
  function split(line) {
    const found = T.received.find(line) || T.received.linked(line);
    if (found) return [beside(found.before) || beside(found.after), found.code];
    const colon = line.lastIndexOf(":");
    if (colon >= 0) return [clean(line.slice(0, colon)), line.slice(colon + 1).trim()];
    const word = /\s[0-9a-z]{5}-[0-9a-z]{5}(?![0-9a-z])/i.exec(line);
    return word ? [beside(line.slice(0, word.index)), line.slice(word.index).trim()] : ["", line.trim()];
  }

  /* How many dials were turned for each try. A dial that makes no difference stands where it last made one. */
  function turned(designs, places) {
    const stands = places[designs[0]].slice();
    return designs.slice(1).map(
      (design) =>
        places[design].filter((stop, i) => {
          if (stop === null) return false;
          const moved = stands[i] !== null && stands[i] !== stop;
          stands[i] = stop;
          return moved;
        }).length,
    );
  }

  /* All lines of a text -> {games, problems: [{line, says}]}, in the order of the lines. */
  function read(text, spec, atlas) {
    const games = [],
      problems = [],
      seen = new Map();
    T.received.unwrapped(text).forEach(({ line, content }) => {
      if (!content.trim()) return;
      const [name, code] = split(content);
      let game;
      try {
        game = T.codes.decode(code, spec.designs, spec.fingerprint);
      } catch (problem) {
        problems.push({ line, name, says: problem.message });
        return;
      }
      const same = JSON.stringify(game);
      if (seen.has(same)) {
        problems.push({ line, name, says: `the same game as line ${seen.get(same)}, counted once` });
        return;
      }
      seen.set(same, line);
      const runs = [[game.start, SEED], ...game.tries].map(([design, seed]) => atlas.run(design, seed)),
        { goal } = spec.modes[game.mode] || UNKNOWN,
        best = T.state.leading(runs, goal, "fresh"),
        moves = turned([game.start, ...game.tries.map((one) => one[0])], spec.places);
      const reached = goal === "fresh" ? best.findIndex((one) => one <= spec.near * spec.par) : -1;
      games.push({
        line,
        name: name || `line ${line}`,
        ...game,
        fair: goal === "fresh",
        scores: runs.map((run) => T.score(run, "fresh")),
        best,
        at: T.state.best(runs, goal).at,
        reached: reached < 0 ? null : reached,
        moves: moves.length ? moves.reduce((a, b) => a + b) / moves.length : null,
      });
    });
    return { games, problems };
  }

  /* The texts of two windows as one. base: what both began with; mine: as it stands here; theirs: as it is kept by now,
   * with the lines added here and without those taken out here. */
  function merged(base, mine, theirs) {
    if (mine === base || mine === theirs) return theirs;
    const [was, here, there] = [base, mine, theirs].map(T.received.lines),
      added = here.filter((line) => !was.includes(line) && !there.includes(line)),
      left = there.filter((line) => here.includes(line) || !was.includes(line)).join("\n");
    return added.length ? [left.trimEnd(), ...added].filter(Boolean).join("\n") : left;
  }

  /* The best of a game after n tries; a game that ended earlier keeps what it has. */
  const after = (game, n) => game.best[Math.min(n, game.best.length - 1)];

  T.pasted = { clean, split, read, merged, turned, after };
})(globalThis);
