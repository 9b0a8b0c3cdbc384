/* The screens at the end of a game: you among the searchers, or what was covered; what you built; what more tries would
 * buy. Each is a function of the board (game.js) that gives elements.
 */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const { el } = T,
    S = T.state;
  const p = (...text) => el("p", {}, ...text);
  const head = (...names) => el("thead", {}, el("tr", {}, ...names.map((name) => el("th", { scope: "col" }, name))));
  const cell = (text) => el("td", { class: "t3-game-score" }, text);

  const percent = (share) =>
    share >= 0.995 ? "more than 99 %" : share > 0 && share < 0.005 ? "less than 1 %" : `${Math.round(100 * share)} %`;
  function range(values, say) {
    const [low, high] = [say(Math.min(...values)), say(Math.max(...values))];
    return low === high ? low : `${low.replace(/ %$/, "")} to ${high}`;
  }

  /* What a game with a covered error chose. */
  function uncovered(game) {
    const { spec, mode, hidden } = game,
      { shown } = game.rules,
      lines = game.lines(),
      { at } = game.best(lines),
      first = game.recorded(spec.start, spec.seeds[0]),
      again = spec.confirm.map((seed) => game.recorded(lines[at].place, seed));
    const both = (kind) => again.map((run) => shown(T.score(run, kind))).join(" and ");
    const errors = (say) => `${say(mode.goal)} on ${mode.goal} problems and ${say(hidden)} on ${hidden} ones.`;
    const whose = at ? "the dials you chose" : "the start’s dials";
    return [
      p(outcome(game)),
      ...(again.length ? [p(`With seeds that no try ever sees, ${whose} get ${errors(both)}`)] : []),
      p(
        `The design with the lowest ${mode.goal} error of all, where the plain game starts, gets ` +
          errors((kind) => shown(first[kind])),
      ),
      p(
        "The simulated players have played for the error on fresh problems only, so there is nothing to lay your " +
          "line on. The chart above now shows both errors of what you would have handed over, try by try.",
      ),
    ];
  }

  /* How a game with a covered error came out, in a sentence. */
  function outcome(game) {
    const lines = game.lines(),
      { at } = game.best(lines);
    const { goal } = game.mode,
      winner = at ? lines[at] : null;
    return game.rules.uncovered({ start: lines[0], winner, goal, hidden: game.hidden });
  }

  /* The searches beside one another, and you; a choice of whose players the chart shows. */
  function comparison(game, searchers, best) {
    const { shown } = game.rules,
      end = game.spec.budget;
    const row = (first, ...cells) => el("tr", {}, el("th", { scope: "row" }, first), ...cells);
    const choose = searchers.map((one, i) => {
      const onchange = () => {
        game.step({ type: "rival", rival: i });
        game.charts.show();
      };
      return el("input", { type: "radio", name: game.name + "-rival", value: i, onchange });
    });
    choose[game.state.rival].checked = true;
    const named = (name) => el("span", {}, name, el("small", {}, game.spec.means[name] || ""));
    const rows = searchers.map((one, i) =>
      row(
        el("label", { class: "t3-game-rival" }, choose[i], named(one.name)),
        cell(T.grouped(one.count)),
        cell(shown(one.median[end])),
        cell(`${shown(one.low[end])} to ${shown(one.high[end])}`),
      ),
    );
    const caption =
      `The same start and budget for all; error on fresh problems after ${end} tries. ` +
      "Choose whose players the chart above shows.";
    return el(
      "table",
      {},
      el("caption", {}, caption),
      head("Search", "Players", "Middle", "Eight in ten"),
      el("tbody", {}, ...rows, row("you", cell("1"), cell(shown(best)), el("td", {}))),
    );
  }

  function players(game) {
    const { spec, searchers, mode } = game,
      { shown } = game.rules,
      lines = game.lines(),
      best = game.best(lines),
      end = spec.budget;
    if (!searchers.length)
      return [
        p(
          `Your best after ${end} tries is ${shown(best.score)}. No simulated player has played from this start ` +
            "under these rules, so there is nothing to lay your line on.",
        ),
      ];
    const [low, median, high] = ["low", "median", "high"].map((what) => searchers[0][what][end]);
    const said = [
      p(game.rules.ending({ best: best.score, low, median, high, tries: end })),
      comparison(game, searchers, best.score),
    ];
    const score = (place, seed) => T.score(game.recorded(place, seed), mode.goal);
    const again = spec.confirm.map((seed) => shown(score(lines[best.at].place, seed)));
    const winner = best.at
      ? `You chose your winner by the score it got, ${shown(best.score)}.`
      : `No try came below the start’s ${shown(best.score)}.`;
    if (again.length)
      said.push(
        p(`${winner} With seeds and problems that no try ever sees, the same dials get ${again.join(" and ")}.`),
      );
    if (spec.counter && S.plain(game.state, spec)) {
      const value = score(spec.counter.place, spec.seeds[0]);
      const too = value <= spec.near * spec.par ? ", as good as par" : "";
      said.push(
        p(
          "The start was a rule, the lowest practice error of all designs, and it is not the only place to begin. " +
            "A machine that attends, with problems that never repeat and the step length you were given, gets " +
            `${shown(value)} on its first try${too}.`,
        ),
      );
    }
    return said;
  }

  const QUESTIONS = [
    "Follows other labels, %",
    "Run on for 2 · 4 · 8 times its passes",
    "New against practised",
    "Rules three times as large",
  ];
  const MEANINGS = [
    "Follows other labels: we swap the labels for those of another rule and keep everything else. 100: the answer " +
      "moves with them exactly; 0: no better than staying where it was; below 0: worse than that.",
    "Run on: the same passes, more often than it was trained for. An error that falls to a quarter is what an " +
      "iterating procedure does. A machine of one pass is not built for it; its numbers (*) are shown and not counted.",
    "New against practised: alike means that nothing was stored, or nothing learned.",
    "Rules three times as large: a learner of linear rules would not notice, nor would a machine that always " +
      "says zero.",
  ];

  /* How many passes a machine at these dials makes. */
  function passes(game, place) {
    const i = game.spec.dials.findIndex((dial) => dial.field === "passes");
    return i < 0 || S.redundant(place, i, game.spec) ? 1 : Number(game.spec.dials[i].names[place[i]]);
  }

  /* What four questions say of a line of the log. */
  function answers(game, line) {
    const { shown } = game.rules,
      { longer, follows, tripled } = line;
    if (line.at !== null) return QUESTIONS.map(() => "–");
    const known = Array.isArray(longer) && longer.every((value) => value !== null && value !== undefined);
    const swapped = follows <= -1 ? "−100 or less" : `${Math.round(100 * follows)}`.replace("-", "−");
    return [
      follows === undefined ? "–" : swapped,
      known ? longer.map(shown).join(" · ") + (passes(game, line.place) === 1 ? " *" : "") : "–",
      `${shown(line.fresh)} : ${shown(line.practice)}`,
      tripled === undefined ? "–" : shown(T.finite(tripled)),
    ];
  }

  /* The best try beside the start, run longer on one problem. */
  function thinking(game) {
    const { runs } = game,
      lines = game.lines(),
      { at } = game.best(lines);
    const machines = [...new Set([0, at])]
      .map((i) => ({
        name: i ? `your try ${i}` : "the start",
        role: i ? "mesa" : "world",
        passes: passes(game, lines[i].place),
        answers: runs.thought(S.design(lines[i].place, game.spec), lines[i].seed),
      }))
      .filter((one) => one.answers);
    if (!machines.length) return [];
    const host = el("div");
    new T.Longer(host, {
      id: game.name + "-longer",
      title: "Let it think longer: the same machine, the same problem, more passes",
      note: machines.length < 2 && at ? "What reads a prompt as one list has no passes to repeat." : "",
      truth: runs.truth,
      steps: runs.passes,
      machines,
    });
    return [host];
  }

  function built(game) {
    const rows = game
      .lines()
      .map((line, i) =>
        el("tr", {}, el("th", { scope: "row" }, i ? String(i) : "start"), ...answers(game, line).map(cell)),
      );
    const caption = el("caption", {}, "Fresh problems; errors in per cent of guessing zero");
    return [
      ...thinking(game),
      p(
        "The score says how well, not how. Four questions say more. " +
          "None of them is a verdict, and no line below passes or fails as a whole.",
      ),
      el(
        "div",
        { class: "t3-game-log" },
        el("table", {}, caption, head("Try", ...QUESTIONS), el("tbody", {}, ...rows)),
      ),
      el("ul", {}, ...MEANINGS.map((text) => el("li", {}, text))),
      p(
        whose(game) +
          " What you built is at most a mesa-optimizer in the weak sense, if it improves an answer at all. " +
          "Nothing here searches by a goal of its own.",
      ),
    ];
  }

  /* Whose choice the machine was. */
  function whose(game) {
    const dial = game.spec.dials[game.mode.locked];
    const offered =
      "We offered an architecture in which reading the prompt nearly is a gradient step; " +
      "that was the first engineer’s choice.";
    if (!dial) return offered + " You made the others.";
    const first = dial.field === "architecture" ? "" : offered + " ";
    return `${first}${dial.label} was locked, and that choice was not yours.`;
  }

  function trying(game) {
    const { odds } = game.spec;
    if (!odds) return [p("How the odds grow with the tries has been computed for the atlas only.")];
    const text = el("p", { "aria-live": "polite" });
    const share = (rows, k) =>
      range(
        rows.map((row) => row[k]),
        percent,
      );
    const dial = T.slider({
      id: game.name + "-odds",
      label: "Tries",
      max: odds.tries.length - 1,
      turn: (k) => show(k),
    });
    function show(k) {
      const n = odds.tries[k];
      dial.show(k, String(n), `${n} tries`);
      text.textContent =
        `With ${n} tries, dice meet a machine that iterates in ${share(odds.dice, k)} of all games, and climbers in ` +
        `${share(odds.climbing, k)}, with the runs of seeds 1 to ${odds.dice.length}.`;
    }
    show(0);
    const usual = "These are the odds of the usual game, from its start and with every dial free.";
    const locked =
      " A locked dial changes them: where no machine attends, or none has a second pass, no design iterates, " +
      "and no number of tries helps.";
    const found = odds.tries.map((n) => `${n} tries find it once in ${T.grouped(Math.round(1e6 / n))} games`);
    return [
      ...(S.plain(game.state, game.spec) ? [] : [p(usual + (game.mode.locked === null ? "" : locked))]),
      p(
        "A machine iterates, in the words of this page, when its fresh error is at most half of par and falls to a " +
          "quarter of that when it is run eight times as long, flying off on at most one problem in a thousand. " +
          "How rare that is, and how much a number of tries can choose, you may guess in chapter 12.",
      ),
      dial.element,
      text,
      p(
        "The control is a needle: one design in a million, and nothing about its neighbours that says where it is. " +
          `${found.join("; ")}. A short search finds what is common. ` +
          "That such machines are common here was settled by whoever chose the dials.",
      ),
    ];
  }

  T.screens = { players, uncovered, outcome, built, trying };
})(globalThis);
