/* What came in on the class board, read into games. Nothing here draws.
 *
 * A code holds designs and seeds; the scores are looked up in the atlas, `run(design, seed)` -> {practice, fresh, at}
 * (errors in per cent of guessing zero, null where not finite; at: the step at which the run exploded, or null).
 * A game is drawn by the best fresh error so far; one that was played for another error (not `fair`: its player never
 * saw the fresh one) by what it would have handed over, the fresh error of what led by then.
 */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const S = T.state;
  const SEED = 1; // the start is shown as it came out with the first seed
  const UNKNOWN = { goal: "fresh" }; // a mode of a later edition

  /* The stops of a design's dials, null where turning one makes no difference. */
  function stands(design, spec) {
    const place = S.placeOf(design, spec);
    return place.map((stop, i) => (S.redundant(place, i, spec) ? null : stop));
  }

  /* Which dials were turned for each try: arrays of their numbers. A dial that makes no difference stands where it last
   * made one. */
  function turned(designs, spec) {
    const last = stands(designs[0], spec);
    return designs.slice(1).map((design) =>
      stands(design, spec).flatMap((stop, i) => {
        if (stop === null) return [];
        const moved = last[i] !== null && last[i] !== stop;
        last[i] = stop;
        return moved ? [i] : [];
      }),
    );
  }

  const lines = (text) => text.split(/\r\n|[\n\r]/);

  function played(game, spec, atlas) {
    const tried = [[game.start, SEED], ...game.tries],
      runs = tried.map(([design, seed]) => atlas.run(design, seed)),
      { goal } = spec.modes[game.mode] || UNKNOWN,
      best = S.leading(runs, goal, "fresh"),
      moves = turned(
        tried.map((one) => one[0]),
        spec,
      ),
      reached = goal === "fresh" ? best.findIndex((one) => one <= spec.near * spec.par) : -1;
    return {
      ...game,
      tried,
      fair: goal === "fresh",
      scores: runs.map((run) => T.score(run, "fresh")),
      best,
      at: S.best(runs, goal).at,
      reached: reached < 0 ? null : reached,
      touched: new Set(moves.flat()),
      moves: moves.length ? moves.flat().length / moves.length : null,
    };
  }

  /* A text -> {games, problems: [{line, name, says}], without: [lines that hold no code]}, as the lines come. */
  function read(text, spec, atlas) {
    const { found, without } = T.received.codes(text),
      games = [],
      problems = [],
      seen = new Map();
    for (const { line, name, code, log } of found) {
      let game;
      try {
        game = T.codes.decode(code, spec.designs, spec.fingerprint);
      } catch (problem) {
        problems.push({ line, name, says: problem.message });
        continue;
      }
      const same = JSON.stringify(game),
        earlier = seen.get(same);
      if (!earlier) {
        seen.set(same, { line, log });
        games.push({ line, name, number: games.length + 1, ...played(game, spec, atlas) });
      } else if (!(log && earlier.log))
        problems.push({ line, name, says: `the same game as line ${earlier.line}, counted once` });
    }
    return { games, problems, without };
  }

  /* A text with the lines of another that it does not hold yet. */
  function added(text, more) {
    const there = new Set(lines(text)),
      fresh = lines(more).filter((line) => line.trim() && !there.has(line));
    return [text.trimEnd(), ...fresh].filter(Boolean).join("\n");
  }

  /* The texts of two windows as one. base: what both began with; mine: as it stands here; theirs: as it is kept by now,
   * with the lines added here and without those taken out here. */
  function merged(base, mine, theirs) {
    if (mine === base || mine === theirs) return theirs;
    const [was, here, there] = [base, mine, theirs].map(lines),
      mended = here.filter((line) => !was.includes(line) && !there.includes(line)),
      left = there.filter((line) => here.includes(line) || !was.includes(line)).join("\n");
    return mended.length ? [left.trimEnd(), ...mended].filter(Boolean).join("\n") : left;
  }

  /* The best of a game after n tries; a game that ended earlier keeps what it has. */
  const after = (game, n) => game.best[Math.min(n, game.best.length - 1)];

  T.pasted = { read, added, merged, turned, after };
})(globalThis);
