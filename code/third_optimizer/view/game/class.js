/* What the games of a class look like beside one another: who got how far, beside the dice; which dials were turned;
 * the tries in the sky. A game is called by its number until names may be seen.
 */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const { el, grouped, counted, middle } = T;
  const IN_READING = 40,
    NAMED = 3; // lines of dice with a name at their end
  const COLUMNS = ["kind", "x", "y", "y2", "game", "text"];
  const final = (game) => game.best[game.best.length - 1];
  const isolated = (name) => `\u2068${name}\u2069`; // it may run right to left
  const listed = (words) =>
    words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`;

  class ClassResults {
    /* spec: of the board; runs: T.Runs; name: what ids begin with. */
    constructor(spec, runs, name) {
      Object.assign(this, { spec, games: [], chosen: null, shown: T.rules(spec).shown });
      this.title = el("p", { class: "t3-figure-title" });
      this.image = el("div", { class: "t3-chart", role: "img" });
      this.choice = el("select", { id: `${name}-game`, onchange: () => this.choose(this.choice.selectedIndex - 1) });
      this.summary = el("p", { class: "t3-board-summary" });
      this.table = el("table", { class: "t3-board-games" });
      this.stars = new T.Stars(runs, spec);
      this.dials = new T.ClassDials(spec.dials);
      this.sky = new T.ClassSky(this.stars, this.shown);
      this.root = el(
        "div",
        { class: "t3-board-results" },
        this.title,
        this.summary,
        this.image,
        el("label", { class: "t3-board-choice", for: this.choice.id }, el("span", {}, "Show apart"), this.choice),
        this.sky.root,
        this.dials.root,
        this.table,
      );
    }

    /* Once it stands in the page. */
    begin() {
      this.chart = new T.Chart(this.image, this.spec.chart);
    }

    /* lifted: whether names may be seen. */
    show(games, lifted) {
      const chosen = this.chosen !== null && JSON.stringify(this.games[this.chosen].tried);
      const still = games.findIndex((game) => JSON.stringify(game.tried) === chosen);
      Object.assign(this, { games, lifted, chosen: still < 0 ? null : still });
      this.root.hidden = !games.length;
      if (!games.length) return;
      this.fair = games.filter((game) => game.fair);
      this.dice = this.thrown();
      this.showSummary();
      this.showTable();
      this.showChoice();
      this.showChart();
      this.dials.show(games);
      this.showSky();
    }

    showSky() {
      this.sky.show(this.games, this.games[this.chosen], (game) => this.label(game));
    }

    label(game) {
      return (this.lifted && game.name) || `game ${game.number}`;
    }

    /* The dice of every start and way to play among the fair games: {thrown: those there are, missing: how many have
     * none}. */
    thrown() {
      const ways = new Map(this.fair.map((game) => [`${game.mode} ${game.start}`, game]));
      const found = [...ways.values()].map(({ mode, start }) =>
        this.spec.dice.find((one) => one.mode === mode && one.start === start),
      );
      const thrown = found.filter(Boolean);
      return { thrown, missing: found.length - thrown.length };
    }

    // --- in words ----------------------------------------------------------------------------------

    /* All starts were seen, and all tries. */
    untried() {
      return this.spec.designs - new Set(this.games.flatMap((game) => game.tried.map((one) => one[0]))).size;
    }

    showSummary() {
      const { games, fair, spec } = this;
      const what = fair.length ? "best" : "choice";
      this.title.textContent = `${counted(games.length, "game", "games")}: the ${what} so far, try by try`;
      const said = [...this.sayFair(fair), ...this.sayOthers(games.filter((game) => !game.fair)), ...this.sayDice()];
      said.push(`Nobody tried ${grouped(this.untried())} of the ${grouped(spec.designs)} designs.`);
      this.summary.replaceChildren(said.join(" "));
      const winner = fair.length && fair.reduce((a, b) => (final(b) < final(a) ? b : a));
      if (!winner || !Number.isFinite(final(winner))) return;
      const [design] = winner.tried[winner.at];
      this.summary.append(
        " The lowest error came from ",
        el("bdi", {}, this.label(winner)),
        winner.at ? `, try ${winner.at}: ` : ", at the start: ",
        this.stars.words(design),
        ".",
      );
    }

    between(games) {
      const ends = games.map(final),
        [low, high] = [this.shown(Math.min(...ends)), this.shown(Math.max(...ends))];
      return games.length === 1 ? low : `between ${low} and ${high}`;
    }

    sayFair(fair) {
      if (!fair.length) return [];
      const { spec, shown } = this,
        starts = new Set(fair.map((game) => game.start)).size,
        reached = fair.filter((game) => game.reached !== null).length,
        all = fair.length === 1 ? "It" : "All",
        par = `reached par (${shown(spec.par)}).`;
      const half = shown(middle(fair.map((game) => Math.min(final(game), spec.most))));
      const many = `${grouped(fair.length)} games${starts > 1 ? ` from ${starts} starts` : ""}`;
      return [
        fair.length === 1
          ? `One game: its best is ${shown(final(fair[0]))}.`
          : `${many}: the best lie ${this.between(fair)}, half of them below ${half}.`,
        reached ? `${reached === fair.length ? all : grouped(reached)} ${par}` : `None ${par}`,
      ];
    }

    sayOthers(others) {
      if (!others.length) return [];
      const played = `${counted(others.length, "game was", "games were")} played for practice error, dashed here`;
      const they = others.length === 1 ? "it" : "they";
      return [`${played}; what ${they} chose leaves ${this.between(others)} on fresh problems.`];
    }

    sayDice() {
      const { shown, spec, fair } = this,
        { thrown, missing } = this.dice;
      if (!fair.length) return ["The dice were thrown for the error on fresh problems: they have no line here."];
      const said = [],
        ends = thrown.map((one) => shown(Math.min(one.median[one.median.length - 1], spec.most)));
      if (thrown.length === 1) {
        const [{ count, low, high, median }] = thrown,
          end = median.length - 1;
        said.push(
          `${grouped(count)} players threw dice from the same start: after ${end} tries half of them are below ` +
            `${ends[0]}, eight in ten between ${shown(low[end])} and ${shown(high[end])}.`,
        );
      } else if (thrown.length) said.push(`Of the dice from these starts, half end below ${listed(ends)}.`);
      const whence = thrown.length ? counted(missing, "other start", "other starts") : "here";
      if (missing) said.push(`No dice were thrown from ${whence}, so there is no line of theirs.`);
      return said;
    }

    // --- the games ---------------------------------------------------------------------------------

    showTable() {
      const { games, spec, shown } = this;
      const starts = new Set(games.map((game) => game.start)).size > 1;
      const modes = games.some((game) => game.mode !== games[0].mode || game.mode !== 0);
      const columns = [
        ["Tries", (game) => String(game.tries.length)],
        ["Best", (game) => shown(final(game))],
        ["Dials a try", (game) => (game.moves === null ? "–" : game.moves.toFixed(1))],
        ["Par at try", (game) => (game.reached === null ? "–" : game.reached ? String(game.reached) : "start")],
      ];
      const named = (number) => (spec.modes[number] ? spec.modes[number].name : `mode ${number}`);
      const apart = (game) =>
        [
          starts && `started at ${shown(game.scores[0])}`,
          modes && named(game.mode),
          !game.fair && "here the fresh error of what had the lowest practice error",
        ]
          .filter(Boolean)
          .join(", ");
      const rows = games.map((game) =>
        el(
          "tr",
          {},
          el(
            "th",
            { scope: "row" },
            el("bdi", {}, this.label(game)),
            ...(starts || modes ? [el("span", { class: "t3-board-apart" }, apart(game))] : []),
          ),
          ...columns.map(([, cell]) => el("td", {}, cell(game))),
        ),
      );
      const caption =
        "Errors on fresh problems in per cent of guessing zero. Dials a try: how many dials were turned from one try " +
        "to the next, on average.";
      const heads = ["Game", ...columns.map(([name]) => name)].map((name) => el("th", { scope: "col" }, name));
      this.table.replaceChildren(
        el("caption", {}, caption),
        el("thead", {}, el("tr", {}, ...heads)),
        el("tbody", {}, ...rows),
      );
    }

    showChoice() {
      const option = (text) => el("option", { dir: "auto" }, text);
      this.choice.replaceChildren(option("no game"), ...this.games.map((game) => option(this.label(game))));
      this.choice.selectedIndex = this.chosen === null ? 0 : this.chosen + 1;
    }

    /* Draw one game's line and stars apart from the others, or none (-1). */
    choose(i) {
      this.chosen = i < 0 ? null : i;
      this.showChart();
      this.showSky();
    }

    // --- the chart -----------------------------------------------------------------------------------

    clip(value) {
      return T.clip(value, this.spec.low, this.spec.most);
    }

    showChart() {
      const { games, spec, shown, fair } = this,
        { thrown } = this.dice,
        { after } = T.pasted;
      const last = Math.max(...games.map((game) => game.tries.length)),
        end = Math.max(last, spec.budget);
      const median =
        fair.length > 1 &&
        Array.from({ length: last + 1 }, (_, n) => middle(fair.map((game) => this.clip(after(game, n)))));
      const rows = [
        { kind: "par", x: 0, y: spec.par },
        { kind: "par", x: end, y: spec.par },
      ];
      const names = [{ x: end, y: spec.par, text: `par ${shown(spec.par)}` }];
      thrown.forEach((one, i) => {
        one.median.forEach((y, x) => {
          if (thrown.length === 1) rows.push({ kind: "band", x, y: this.clip(one.low[x]), y2: this.clip(one.high[x]) });
          rows.push({ kind: "dice", x, y: this.clip(y), game: `dice ${i}` });
        });
        const at = one.median.length - 1;
        if (i < NAMED) names.push({ x: end, y: one.median[at], text: `dice ${shown(one.median[at])}` });
      });
      games.forEach((game, i) => {
        const kind = i === this.chosen ? "chosen" : game.fair ? "game" : "boss";
        game.best.forEach((y, x) => rows.push({ kind, x, y: this.clip(y), game: i }));
        if (!game.tries.length) rows.push({ kind: "point", x: 0, y: this.clip(game.best[0]) });
      });
      if (median) {
        median.forEach((y, x) => rows.push({ kind: "median", x, y }));
        names.push({ x: end, y: median[last], text: `median ${shown(median[last])}` });
      }
      const chosen = games[this.chosen];
      if (chosen) {
        const letters = [...this.label(chosen)],
          most = this.image.clientWidth < 480 ? 8 : 16, // the picture needs the room
          cut =
            letters
              .slice(0, most - 1)
              .join("")
              .trim() + "…",
          short = letters.length > most ? cut : letters.join("");
        const text = `${isolated(short)} ${shown(final(chosen))}`;
        names.push({ kind: "name-chosen", x: end, y: final(chosen), text });
      }
      this.tell(median, last, chosen);
      const { low, most } = spec,
        apart = T.apart(names, { low, most, height: spec.chart.height });
      this.chart.show(T.columns([...rows, ...apart.map((one) => ({ kind: "name", ...one }))], COLUMNS));
    }

    /* What the picture shows, in words. */
    tell(median, last, chosen) {
      const { games, spec, shown } = this,
        { thrown } = this.dice,
        others = games.length - this.fair.length;
      const parts = [
        "Error on fresh problems, the best so far, per cent of guessing zero, on a log scale, ",
        `over ${counted(last, "try", "tries")}; par is ${shown(spec.par)}. `,
      ];
      if (games.length > 1) parts.push(`${grouped(games.length)} lines. `);
      if (others) {
        const which = games.length === 1 ? "The line is" : others === 1 ? "One is" : grouped(others) + " are";
        const drawn = "played for practice error, and drawn by the fresh error of what led by then. ";
        parts.push(`${which} dashed: ${drawn}`);
      }
      if (median) {
        const whose = others ? "The median of the others" : "Their median";
        const ends = `goes from ${shown(median[0])} at the start to ${shown(median[last])}`;
        parts.push(`${whose} ${ends}; a game with fewer tries keeps its best. `);
      }
      const ends = thrown.map((one) => shown(one.median[one.median.length - 1]));
      if (ends.length) parts.push(`In grey the middle of the dice, to ${listed(ends)}. `);
      if (chosen) parts.push(`Drawn apart: ${this.label(chosen)}. `);
      const bests = games.slice(0, IN_READING).map((game) => `${this.label(game)}: ${shown(final(game))}`),
        more = games.length - bests.length;
      parts.push(`At the end of each: ${bests.join(", ")}${more ? `; ${grouped(more)} more in the table` : ""}.`);
      this.image.setAttribute("aria-label", parts.join(""));
    }
  }

  T.ClassResults = ClassResults;
})(globalThis);
