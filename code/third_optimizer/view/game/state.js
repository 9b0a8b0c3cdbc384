/* A game as one object that JSON can hold, and how it goes from one moment to the next. Nothing here draws.
 *
 * state: {version, number, mode, start, place: [stop of each dial], past: [places],
 *   tries: [{place, seed, bet, practice, fresh, at, practice_curve, fresh_curve, ...}], rule,
 *   older: [tries that an earlier edition's answers of a live game hold], bet, training: {place, seed, bet} or null,
 *   opened: line of the log that is open or null, rival: whose players the chart shows, screen: of the end}
 * spec: what game.py tells of a board. A run's errors are per cent of guessing zero, null where not finite.
 */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const BETS = ["better", "same", "worse"];
  const ANSWER = ["version", "number", "mode", "start", "place", "past", "rule"]; // what is kept, beside the tries
  const RUN = ["practice", "fresh", "at", "practice_curve", "fresh_curve", "longer", "follows", "tripled"]; // of a try
  const UNDO = 20; // places that can be gone back to

  // --- what may be believed ----------------------------------------------------------------------

  const natural = (value, from = 0) => Number.isSafeInteger(value) && value >= from;
  const isBet = (bet) => bet === null || BETS.includes(bet);

  /* Whether this is a position of the board's dials. */
  const fits = (place, spec) =>
    Array.isArray(place) &&
    place.length === spec.dials.length &&
    place.every((stop, i) => natural(stop) && stop < spec.dials[i].names.length);

  /* Whether a kept or logged try is one of this board's. JSON has null for what is not finite. */
  function sound(one, spec) {
    const number = (value) => value === null || value === undefined || Number.isFinite(value);
    return (
      Boolean(one) &&
      fits(one.place, spec) &&
      spec.seeds.includes(one.seed) &&
      [one.practice, one.fresh].every(number) &&
      (one.at === null || natural(one.at)) &&
      [one.practice_curve, one.fresh_curve].every((curve) => Array.isArray(curve) && curve.every(number))
    );
  }

  const offered = (mode, spec) => spec.modes.some((one) => one.number === mode);

  /* A new game. number: which of this reader's; mode: of spec.modes. */
  function begin(spec, number = 1, mode = 0, start = spec.start) {
    const kept = {
      version: 1,
      number,
      mode,
      start: start.slice(),
      place: start.slice(),
      past: [],
      tries: [],
      rule: "",
    };
    return { ...kept, older: [], bet: null, training: null, opened: null, rival: 0, screen: 0 };
  }

  // --- places and designs ------------------------------------------------------------------------

  /* Whether the machine at this place reads its problem as one list: the first stop of its dial. */
  const readsList = (place, spec) => spec.dials.some(({ field }, i) => field === "architecture" && place[i] === 0);

  /* Position of the dials -> number of the design; redundant dials do not matter. */
  const design = (place, spec) =>
    spec.index[place.reduce((sum, stop, i) => sum * spec.dials[i].names.length + stop, 0)];

  /* Position of the dials number `rest`, the last dial fastest. */
  function placeAt(rest, spec) {
    const place = [];
    for (let i = spec.dials.length - 1; i >= 0; i--) {
      const stops = spec.dials[i].names.length;
      place[i] = rest % stops;
      rest = Math.floor(rest / stops);
    }
    return place;
  }

  function placeOf(number, spec) {
    const at = spec.index.indexOf(number);
    if (at < 0) throw new Error("one of its designs is not on this board");
    return placeAt(at, spec);
  }

  const set = (place, i, stop) => place.map((one, k) => (k === i ? stop : one));

  /* True where turning dial i makes no difference at this position. */
  const redundant = (place, i, spec) =>
    spec.dials[i].names.every((_, stop) => design(set(place, i, stop), spec) === design(place, spec));

  /* The dials that stand differently and make a difference now. */
  const moved = (place, before, spec) =>
    place.map((_, i) => i).filter((i) => place[i] !== before[i] && !redundant(place, i, spec));

  // --- what follows from a state -----------------------------------------------------------------

  /* How this game is played; a mode that this board does not offer is played as the usual one. */
  const mode = (state, spec) => spec.modes.find((one) => one.number === state.mode) || spec.modes[0];

  const over = (state, spec) => state.tries.length >= spec.budget;

  /* The errors that must not be seen now. */
  const covered = (state, spec) => (over(state, spec) ? [] : mode(state, spec).covers);
  const told = (state, spec) => T.ERRORS.filter((kind) => !covered(state, spec).includes(kind));

  /* Whether this is the usual game from the usual start. */
  const plain = (state, spec) => !state.mode && design(state.start, spec) === design(spec.start, spec);

  /* The searches whose players began here by these rules; none, if nobody did. */
  function searchers(state, spec) {
    const start = design(state.start, spec);
    const other = spec.others.find((one) => one.mode === state.mode && design(one.place, spec) === start);
    return plain(state, spec) ? spec.searchers : other ? other.searchers : [];
  }

  /* A stored run as the rules want it: what is not finite is Infinity. */
  const decoded = (run) => ({ ...run, practice: T.finite(run.practice), fresh: T.finite(run.fresh) });
  const recorded = (place, seed, spec, runs) => decoded(runs.run(design(place, spec), seed));

  /* Line 0 is the start, recorded with the first seed; it costs nothing. */
  function lines(state, spec, runs) {
    const start = { place: state.start, seed: spec.seeds[0], bet: null };
    return [{ ...start, ...recorded(start.place, start.seed, spec, runs) }, ...state.tries.map(decoded)];
  }

  /* The lowest score among lines, and where it first came. */
  function best(lines, goal) {
    let at = 0;
    lines.forEach((line, i) => {
      if (T.score(line, goal) < T.score(lines[at], goal)) at = i;
    });
    return { at, score: T.score(lines[at], goal) };
  }

  /* For every line the best that there was by then, and of what led by then the error that `what` names. */
  function leading(lines, goal, what = goal) {
    let at = 0;
    return lines.map((line, i) => {
      if (T.score(line, goal) < T.score(lines[at], goal)) at = i;
      return T.score(lines[at], what);
    });
  }

  /* The line before line i that had its dials: "last", a number, or null. */
  function again(lines, i, spec) {
    let k = i - 1;
    while (k >= 0 && design(lines[k].place, spec) !== design(lines[i].place, spec)) k--;
    return k < 0 ? null : k === i - 1 ? "last" : k;
  }

  /* The try that the dials as they stand ask for: {place, seed, bet}; null if there is none, with `used` true where
   * these dials have run with every seed. */
  function wanted(state, spec) {
    const { place, start, tries, bet } = state,
      { locked } = mode(state, spec);
    if (over(state, spec) || (locked !== null && place[locked] !== start[locked])) return { one: null };
    const here = design(place, spec),
      earlier = [start, ...tries.map((one) => one.place)].filter((other) => design(other, spec) === here).length;
    if (earlier >= spec.seeds.length) return { one: null, used: true };
    return { one: { place: place.slice(), seed: spec.seeds[earlier], bet } };
  }

  function code(state, spec) {
    const tries = state.tries.map((one) => [design(one.place, spec), one.seed]);
    const game = { start: design(state.start, spec), mode: state.mode || 0, tries };
    return T.codes.encode(game, spec.designs, spec.fingerprint);
  }

  /* Where a game of a mode begins today: at its one start; at the next of several; or, without any, at a design drawn
   * from the date that fails on fresh problems. Days begin where the reader is. */
  function startOf(mode, date, spec, runs) {
    const [year, month, day] = [date.getFullYear(), date.getMonth(), date.getDate()];
    if (mode.starts.length) return mode.starts[(Date.UTC(year, month, day) / 86400000) % mode.starts.length];
    let seed = year * 10000 + (month + 1) * 100 + day;
    for (;;) {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      const place = placeAt(Math.floor((seed / 2 ** 32) * spec.index.length), spec);
      if (T.score(recorded(place, spec.seeds[0], spec, runs), "fresh") > 2 * spec.par) return place;
    }
  }

  /* A game in one line, as My answers lists it. */
  function summary(state, spec, runs, shown) {
    const { goal } = mode(state, spec),
      all = lines(state, spec, runs),
      first = best(all, goal),
      { length } = state.tries;
    const where = first.at ? `at try ${first.at}` : "at the start";
    const left = over(state, spec)
      ? mode(state, spec).covers.map(
          (kind) => `, which leaves ${shown(T.score(all[first.at], kind))} on ${kind} problems`,
        )
      : [];
    return (
      `${length} of ${spec.budget} tries` +
      (length ? `; best ${goal} error ${shown(first.score)} ${where}` : "") +
      left.join("") +
      (state.rule ? `; rule of thumb: ${state.rule}` : "")
    );
  }

  // --- from one moment to the next ---------------------------------------------------------------

  const move = (state, place) => ({
    ...state,
    place: place.slice(),
    past: [...state.past.slice(1 - UNDO), state.place],
  });
  const same = (one, other, spec) => one.seed === other.seed && design(one.place, spec) === design(other.place, spec);

  const STEPS = {
    turn: (state, { dial, stop }, spec) => {
      const place = set(state.place, dial, stop);
      const still = place.every((one, i) => one === state.place[i]);
      return still || !fits(place, spec) ? state : move(state, place);
    },
    move: (state, { place }, spec) => (fits(place, spec) ? move(state, place) : state),
    undo: (state) =>
      state.past.length ? { ...state, place: state.past[state.past.length - 1], past: state.past.slice(0, -1) } : state,
    bet: (state, { bet }) => (isBet(bet) ? { ...state, bet } : state),
    /* A try begins, if there is one and none is under way. */
    train: (state, action, spec) => {
      const { one } = wanted(state, spec);
      return one && !state.training ? { ...state, training: one, opened: null } : state;
    },
    /* The try that was under way has ended with this run. */
    trained: (state, { run }) => {
      if (!state.training) return state;
      const one = { ...state.training, ...Object.fromEntries(RUN.map((name) => [name, run[name]])) };
      return { ...state, tries: [...state.tries, one], training: null, bet: null, opened: null };
    },
    failed: (state) => ({ ...state, training: null }),
    /* A kernel's log, the record of its games. Tries that an earlier edition's answers hold stand as they are there. */
    logged: (state, { tries }, spec) => {
      const known = (one) => state.older.some((other) => same(one, other, spec));
      const more = (Array.isArray(tries) ? tries : []).filter((one) => sound(one, spec) && !known(one));
      return { ...state, tries: [...state.older, ...more].slice(0, spec.budget), opened: null };
    },
    ended: (state) => ({ ...state, training: null, bet: null }),
    open: (state, { line }) => ({ ...state, opened: line === state.opened ? null : line }),
    rival: (state, { rival }) => ({ ...state, rival }),
    screen: (state, { screen }) => ({ ...state, screen }),
    rule: (state, { rule }) => ({ ...state, rule: String(rule) }),
    /* A try under way belongs to the old game, whose number it keeps. */
    renew: (state, { mode, start }, spec) => {
      const number = state.number + Number(Boolean(state.training) || state.tries.length > 0);
      return begin(spec, number, offered(mode, spec) ? mode : 0, fits(start, spec) ? start : spec.start);
    },
  };

  /* The state after an action {type, ...}; the state given is left as it is, and returned where the action is none. */
  const step = (state, action, spec) =>
    Object.hasOwn(STEPS, action.type) ? STEPS[action.type](state, action, spec) : state;

  // --- what is kept ------------------------------------------------------------------------------

  /* What the reader's answers keep of a game. With a kernel (live) its log holds the tries. */
  function answer(state, live) {
    const tries = live ? state.older : state.tries;
    return {
      ...Object.fromEntries(ANSWER.map((name) => [name, state[name]])),
      ...(live && !tries.length ? {} : { tries }),
    };
  }

  /* A kept game, of this edition or an earlier one: {state}; {misfit: number} for one of a later edition, or whose
   * tries are none of this board's; {} for none. Whatever else is not valid falls back to that of a new game. */
  function restored(kept, spec) {
    if (!kept || typeof kept !== "object" || Array.isArray(kept)) return {};
    const fresh = begin(spec),
      { tries = [] } = kept,
      number = natural(kept.number, 1) ? kept.number : fresh.number;
    const whole = Array.isArray(tries) && tries.length <= spec.budget && tries.every((one) => sound(one, spec));
    if (kept.version !== 1 || !whole) return { misfit: number };
    const start = fits(kept.start, spec) ? kept.start : fresh.start;
    const state = {
      ...fresh,
      number,
      mode: offered(kept.mode, spec) ? kept.mode : fresh.mode,
      start: start.slice(),
      place: (fits(kept.place, spec) ? kept.place : start).slice(),
      past: Array.isArray(kept.past) ? kept.past.filter((place) => fits(place, spec)).slice(-UNDO) : fresh.past,
      rule: typeof kept.rule === "string" ? kept.rule : fresh.rule,
    };
    const sure = tries.map((one) => ({ ...one, bet: isBet(one.bet) ? one.bet : null }));
    return { state: { ...state, tries: sure, older: sure } };
  }

  T.state = {
    BETS,
    begin,
    step,
    answer,
    restored,
    design,
    placeAt,
    placeOf,
    readsList,
    redundant,
    moved,
    mode,
    over,
    covered,
    told,
    plain,
    searchers,
    recorded,
    lines,
    best,
    leading,
    again,
    wanted,
    code,
    startOf,
    summary,
  };
})(globalThis);
