/* The rules that turn scores into sentences. Pure; rules.py does the same, and both pass the same vectors.
 *
 * A run is {practice, fresh, at}: errors in per cent of guessing zero; at: the step at which it exploded, or null.
 */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const ERRORS = ["practice", "fresh"];
  const LEVELS = [
    "",
    "That is par: as good as the best single gradient step.",
    "That is below par: better than any single gradient step.",
  ];
  // why a machine that reads one list stays at 100
  const UNREAD = " Read as one list, problems take far more practice.";
  const capital = (word) => word[0].toUpperCase() + word.slice(1);

  /* The error of a run that `goal` names; what exploded has none. */
  const score = (run, goal) => (run.at === null ? T.finite(run[goal]) : Infinity);

  /* The rules with the constants of a board's specification: what is above `most` reads alike, as does what differs by
   * less than the factor `near`; par: the best single gradient step. */
  function rules({ most, near, par }) {
    /* A score as the board shows it, in per cent: "0", "3.1", "33", "over 200". */
    function shown(value) {
      if (!(value <= most)) return "over " + most;
      if (value >= 9.95) return String(Math.floor(value + 0.5));
      const text = (Math.floor(value * 10 + 0.5) / 10).toFixed(1);
      return text === "0.0" ? "0" : text;
    }

    /* "better", "same" or "worse": two scores, the lower the better. */
    function compare(now, before) {
      [now, before] = [Math.min(now, most), Math.min(before, most)];
      if (shown(now) === shown(before) || (before / near <= now && now <= before * near)) return "same";
      return now < before ? "better" : "worse";
    }

    /* 0: above par, 1: par, 2: clearly below it. */
    const level = (fresh) => Number(fresh <= near * par) + Number(fresh < par / near);

    function went(kind, now, last) {
      const [name, value, earlier] = [capital(kind), shown(now[kind]), shown(last[kind])],
        how = compare(now[kind], last[kind]);
      if (value === earlier) return `${name} stayed at ${value}.`;
      const fell = `(${earlier} to ${value}).`;
      return how === "same" ? `${name} hardly moved ${fell}` : `${name} got ${how} ${fell}`;
    }

    /* What the board says of a try. now, last: this run and the one before it. best: the lowest score before it.
     * again: "last" if the dials are those of the try before; the number of an earlier try (0: the start) if that
     * one's; else null. moved: dials moved since. goal: the error that is played for; covers: errors not spoken of.
     * tames: words for what makes explosions rarer here. listed: the machine reads its problem as one list. */
    function sentence({ now, last, best, seed = 1, again = null, moved = 1, bet = null, goal = "fresh", ...more }) {
      const { covers = [], tames = "", listed = false } = more;
      const said = [],
        told = ERRORS.filter((kind) => !covers.includes(kind)),
        others = told.filter((kind) => kind !== goal),
        gone = now.at !== null;
      if (gone) {
        said.push(`It exploded at step ${T.grouped(now.at)}. That cost a try.`);
        if (last.at !== null && tames) said.push(`Two in a row: explosions are rarer with ${tames}.`);
      } else if (last.at !== null) {
        said.push(`${capital(goal)} ${shown(now[goal])}; the run before exploded.`);
        said.push(...others.map((kind) => `${capital(kind)} ${shown(now[kind])}.`));
      } else {
        const [name, value, before] = [capital(goal), shown(now[goal]), shown(last[goal])];
        said.push(value === before ? `${name} ${value}, as before.` : `${name} ${value}, was ${before}.`);
        said.push(...others.map((kind) => went(kind, now, last)));
      }
      const reached = goal === "fresh" && !gone ? level(now.fresh) : 0, // par is about fresh problems
        crossed = reached > level(best); // said once of each
      if (crossed) said.push(LEVELS[reached]);
      const whose = again ? `try ${again}` : "the start";
      if (again === "last") said.push(`The same dials with seed ${seed}: only chance differs.`);
      else if (again !== null)
        said.push(`The dials of ${whose} again, with seed ${seed}: between these two only chance differs.`);
      else if (told.length > 1 && !gone && told.every((kind) => compare(now[kind], 100) === "same"))
        said.push("It has learned nothing, not even what it practised." + (listed ? UNREAD : ""));
      else if (told.length > 1 && !gone && now.fresh > most && now.practice <= most / 4)
        said.push("It holds on its practice problems and runs away on fresh ones.");
      else if (moved > 1 && !crossed) {
        const still = !gone && last.at === null && told.every((kind) => compare(now[kind], last[kind]) === "same");
        const what = still ? ", and no error moved with them" : ": this cannot say which one did it";
        said.push(`${moved} dials moved at once${what}.`);
      }
      if (bet) said.push(`You bet on “${bet}”; it came out “${compare(score(now, goal), score(last, goal))}”.`);
      return said.join(" ");
    }

    /* What a game chose, told when the covered error is uncovered. winner: the run that scored best, or null if no try
     * went below the start's. */
    function uncovered({ start, winner, goal = "practice", hidden = "fresh" }) {
      const left = shown(start[hidden]);
      if (!winner)
        return (
          `No try took ${goal} below the ${shown(start[goal])} of the start. ` +
          `On ${hidden} problems the start leaves ${left}.`
        );
      const took =
        compare(winner[goal], start[goal]) === "better"
          ? `You took ${goal} from ${shown(start[goal])} to ${shown(winner[goal])}.`
          : went(goal, winner, start);
      const unseen = { worse: "rose", same: "hardly moved", better: "fell" }[compare(winner[hidden], start[hidden])];
      return (
        `${took} On ${hidden} problems your winner leaves ${shown(winner[hidden])}, ` +
        `where the start left ${left}: the error you did not see ${unseen}.`
      );
    }

    /* How a finished game compares with dice: 10th, 50th and 90th per cent of random players after as many tries. */
    function ending({ best, low, median, high, tries }) {
      const mine = `Your best after ${tries} tries is ${shown(best)}`;
      if (shown(best) === shown(low) && shown(best) === shown(high))
        return `${mine}, and so is that of eight in ten of the dice: there was nothing here for a search to find.`;
      const both =
        `${mine}; the middle one of the random players gets ${shown(median)}, ` +
        `and eight in ten end between ${shown(low)} and ${shown(high)}.`;
      if (best < low) return `You did better than nine in ten of the dice. ${both}`;
      if (best > high) return `Nine in ten of the dice did better. ${both}`;
      return `You are among the dice: from the result alone nobody could tell you from a random draw. ${both}`;
    }

    return { shown, compare, level, sentence, uncovered, ending };
  }

  Object.assign(T, { rules, score, ERRORS, LEVELS, capital });
})(globalThis);
