/* The class board: paste the codes of many games, see all of them beside one another. No server: what is pasted stays
 * in this reader's storage, under the id "board". What it means is read in pasted.js.
 *
 * spec: {id, designs, fingerprint, par, near, most, low, budget, chart, modes: {number: {name, goal}},
 *   dials: [{label, names}], places: [[stop of every dial, null where that dial makes no difference]] by design}
 */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const { el, button, grouped, counted } = T;
  const LONGEST_TEXT = 200000,
    IN_READING = 40;
  const COLUMNS = ["kind", "x", "y", "game", "text"];
  const final = (game) => game.best[game.best.length - 1];

  class Board {
    /* atlas: an object with `run`, or a promise of one. */
    constructor(host, spec, atlas, store = T.store) {
      Object.assign(this, { spec, store, chosen: null, text: "", shown: T.rules(spec).shown });
      this.ready = Promise.resolve(atlas).then(
        (runs) => {
          this.atlas = runs;
          Object.assign(this, { base: "", at: null, sending: null }); // what was kept when this window last looked
          this.build(host);
          this.show();
          this.follow();
          store.listen(() => this.follow());
        },
        (problem) => host.append(el("p", { role: "alert" }, `This board cannot be drawn: ${problem.message}.`)),
      );
    }

    build(host) {
      const id = "board-" + this.spec.id.replace(/[^\w-]/g, "-");
      this.input = el("textarea", {
        id,
        rows: 6,
        maxlength: LONGEST_TEXT,
        spellcheck: "false",
        autocapitalize: "off",
        autocomplete: "off",
        wrap: "off",
        "aria-describedby": id + "-note",
        oninput: () => this.soon(),
        onchange: () => this.now(),
      });
      this.tools = el("div", { class: "t3-figure-tools" });
      this.wrong = el("div", { class: "t3-board-problems" });
      this.title = el("p", { class: "t3-figure-title" });
      this.image = el("div", { class: "t3-chart", role: "img" });
      this.reading = el("p", { class: "t3-reading" });
      this.summary = el("p", { class: "t3-board-summary" });
      this.table = el("table");
      this.results = el(
        "div",
        { class: "t3-board-results" },
        this.title,
        this.summary,
        this.image,
        this.reading,
        this.table,
      );
      this.voice = T.announcer();
      this.root = el(
        "section",
        { class: "t3-board", "aria-label": "The class board" },
        el("label", { for: id }, "Codes, one a line. A name may stand before a code."),
        this.input,
        el(
          "p",
          { class: "t3-board-note", id: id + "-note" },
          "What you paste here stays on this computer. Links to a game will do as well.",
        ),
        this.tools,
        this.wrong,
        this.results,
        this.voice.region,
      );
      host.replaceChildren(this.root);
      this.chart = new T.Chart(this.image, this.spec.chart);
      this.showTools();
    }

    soon() {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.now(), 300);
    }

    /* Read what stands in the field, keep it, show it, say it. */
    now() {
      clearTimeout(this.timer);
      if (this.input.value === this.text) return;
      this.chosen = null;
      this.show();
      this.keep();
      const { games, problems } = this;
      this.voice.say(
        [
          games.length ? this.summary.textContent : "No games.",
          problems.length ? `${counted(problems.length, "line does", "lines do")} not count.` : "",
        ]
          .join(" ")
          .trim(),
      );
    }

    /* Keep what was read, beside what other windows have kept meanwhile. */
    async keep() {
      while (this.sending) await this.sending; // a kernel answers later
      const { games, text, store, spec } = this;
      this.sending = store.set(
        spec.id,
        {
          label: "Class board",
          question: "Codes pasted on the class board",
          answer: games.length ? this.title.textContent : "none",
          value: { version: 1, text },
        },
        this.at,
      );
      const { kept, at } = await this.sending;
      this.sending = null;
      if (kept) Object.assign(this, { at, base: text });
      this.follow();
    }

    /* Take what another window has kept, beside what was typed here since. */
    follow() {
      const kept = this.store.get(this.spec.id);
      if (this.sending || T.stamp(kept) === this.at) return;
      const text = (kept && kept.value && kept.value.text) || "",
        theirs = typeof text === "string" ? text : "",
        both = T.pasted.merged(this.base, this.input.value, theirs);
      Object.assign(this, { at: T.stamp(kept), base: theirs });
      if (both !== this.input.value) {
        this.input.value = both;
        this.chosen = null;
        this.show();
      }
      if (both !== theirs) this.keep();
    }

    /* What was pasted may be the only copy: clearing asks first. */
    showTools() {
      this.tools.replaceChildren(button("Clear", () => this.ask()));
      this.tools.hidden = !this.input.value;
    }

    ask() {
      const no = button("Keep it", () => {
        this.showTools();
        this.tools.lastChild.focus();
      });
      this.tools.replaceChildren(
        el("span", { class: "t3-confirm", role: "status" }, "All codes go; this cannot be undone. "),
        button("Yes, clear it", () => this.clear(), "t3-primary"),
        no,
      );
      no.focus();
    }

    clear() {
      this.input.value = "";
      this.now();
      this.input.focus();
    }

    show() {
      this.text = this.input.value;
      Object.assign(this, T.pasted.read(this.text, this.spec, this.atlas));
      this.showTools();
      this.showProblems();
      this.results.hidden = !this.games.length;
      if (!this.games.length) return;
      this.showSummary();
      this.showTable();
      this.showChart();
    }

    showProblems() {
      const { problems } = this;
      this.wrong.hidden = !problems.length;
      const items = problems.map(({ line, name, says }) =>
        el("li", {}, `Line ${line}`, ...(name ? [" (", el("bdi", {}, name), ")"] : []), `: ${says}.`),
      );
      const list = el("ul", {}, ...items);
      const box =
        problems.length > 8
          ? el(
              "div",
              { class: "t3-board-long", tabindex: "0", role: "region", "aria-label": "Lines that do not count" },
              list,
            )
          : list;
      this.wrong.replaceChildren(el("p", {}, `${counted(problems.length, "line does", "lines do")} not count:`), box);
    }

    /* All starts were seen, and all tries. */
    untried() {
      return (
        this.spec.designs - new Set(this.games.flatMap((game) => [game.start, ...game.tries.map((one) => one[0])])).size
      );
    }

    showSummary() {
      const { games, spec } = this,
        fair = games.filter((game) => game.fair),
        left = this.untried(),
        share = Math.floor((1000 * left) / spec.designs) / 10;
      const what = fair.length ? "best" : "choice";
      this.title.textContent = `${counted(games.length, "game", "games")}: the ${what} so far, try by try`;
      const said = [...this.sayFair(fair), ...this.sayOthers(games.filter((game) => !game.fair))];
      said.push(`${grouped(left)} of ${grouped(spec.designs)} designs (${share} per cent) were tried by nobody.`);
      this.summary.replaceChildren(said.join(" "));
      const winner = fair.length && fair.reduce((a, b) => (final(b) < final(a) ? b : a));
      if (!winner || !Number.isFinite(final(winner))) return;
      const design = winner.at ? winner.tries[winner.at - 1][0] : winner.start;
      const words = spec.dials
        .map((dial, i) => [dial.label, dial.names[spec.places[design][i]]])
        .filter(([, stop]) => stop !== undefined);
      this.summary.append(
        " The lowest error came from ",
        el("bdi", {}, winner.name),
        winner.at ? `, try ${winner.at}: ` : ", at the start: ",
        words.map((pair) => pair.join(" ")).join(", ") + ".",
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
      const middle = shown(T.middle(fair.map((game) => Math.min(final(game), spec.most))));
      const many = `${grouped(fair.length)} games${starts > 1 ? ` from ${starts} starts` : ""}`;
      return [
        fair.length === 1
          ? `One game: its best is ${shown(final(fair[0]))}.`
          : `${many}: the best of each lies ${this.between(fair)}, in the middle ${middle}.`,
        reached ? `${reached === fair.length ? all : grouped(reached)} ${par}` : `None ${par}`,
      ];
    }

    sayOthers(others) {
      if (!others.length) return [];
      const played = `${counted(others.length, "game was", "games were")} played for practice error, dashed here`;
      const they = others.length === 1 ? "it" : "they";
      return [`${played}; what ${they} chose leaves ${this.between(others)} on fresh problems.`];
    }

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
      const heads = ["Game", ...columns.map(([name]) => name)].map((name) => el("th", { scope: "col" }, name));
      this.buttons = games.map((game, i) => {
        const one = button(el("bdi", {}, game.name), () => this.choose(i), "t3-skip");
        one.setAttribute("aria-pressed", "false");
        return one;
      });
      const rows = games.map((game, i) =>
        el(
          "tr",
          {},
          el(
            "th",
            { scope: "row" },
            this.buttons[i],
            ...(starts || modes ? [el("span", { class: "t3-board-apart" }, apart(game))] : []),
          ),
          ...columns.map(([, cell]) => el("td", {}, cell(game))),
        ),
      );
      const caption =
        "Errors on fresh problems in per cent of guessing zero. Dials a try: how many dials were turned from one try " +
        "to the next, on average. Choose a game to see its line.";
      this.table.replaceChildren(
        el("caption", {}, caption),
        el("thead", {}, el("tr", {}, ...heads)),
        el("tbody", {}, ...rows),
      );
    }

    /* Draw one game's line apart from the others, or none. */
    choose(i) {
      this.chosen = this.chosen === i ? null : i;
      this.buttons.forEach((button, k) => button.setAttribute("aria-pressed", String(k === this.chosen)));
      this.showChart();
    }

    clip(value) {
      return T.clip(value, this.spec.low, this.spec.most);
    }

    showChart() {
      const { games, spec, shown } = this,
        { middle } = T,
        { after } = T.pasted;
      const last = Math.max(...games.map((game) => game.tries.length)),
        end = Math.max(last, spec.budget);
      const fair = games.filter((game) => game.fair);
      const median =
        fair.length > 1 &&
        Array.from({ length: last + 1 }, (_, n) => middle(fair.map((game) => this.clip(after(game, n)))));
      const rows = [
        { kind: "par", x: 0, y: spec.par },
        { kind: "par", x: end, y: spec.par },
      ];
      games.forEach((game, i) => {
        const kind = i === this.chosen ? "chosen" : game.fair ? "game" : "boss";
        game.best.forEach((y, x) => rows.push({ kind, x, y: this.clip(y), game: i }));
        if (!game.tries.length) rows.push({ kind: "point", x: 0, y: this.clip(game.best[0]) });
      });
      const names = [{ kind: "name", x: end, y: spec.par, text: `par ${shown(spec.par)}` }];
      if (median) {
        median.forEach((y, x) => rows.push({ kind: "median", x, y }));
        names.push({ kind: "name", x: end, y: median[last], text: `median ${shown(median[last])}` });
      }
      const chosen = games[this.chosen];
      if (chosen) {
        const letters = [...chosen.name],
          most = this.image.clientWidth < 480 ? 8 : 16, // the picture needs the room
          cut =
            letters
              .slice(0, most - 1)
              .join("")
              .trim() + "…",
          short = letters.length > most ? cut : chosen.name;
        // isolated: a name may run right to left
        const text = `\u2068${short}\u2069 ${shown(final(chosen))}`;
        names.push({ kind: "name-chosen", x: end, y: final(chosen), text });
      }
      this.tell(median, last, chosen);
      const { low, most } = spec;
      const apart = T.apart(names, { low, most, height: spec.chart.height });
      this.chart.show(T.columns([...rows, ...apart], COLUMNS));
    }

    /* What the picture shows, in words; beside the picture the names stand apart from the text's direction. */
    tell(median, last, chosen) {
      const { games, spec, shown } = this,
        others = games.filter((game) => !game.fair).length;
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
      if (chosen) parts.push("Drawn apart: ", { name: chosen.name }, ". ");
      parts.push("At the end of each: ");
      games
        .slice(0, IN_READING)
        .forEach((game, i) => parts.push(i ? ", " : "", { name: game.name }, `: ${shown(final(game))}`));
      parts.push(games.length > IN_READING ? `; ${grouped(games.length - IN_READING)} more in the table.` : ".");
      this.image.setAttribute("aria-label", parts.map((part) => part.name || part).join(""));
      this.reading.replaceChildren(...parts.map((part) => (part.name ? el("bdi", {}, part.name) : part)));
    }
  }

  T.Board = Board;
})(globalThis);
