/* The class board: paste the codes of many games, see all of them beside one another. No server: what is pasted stays
 * in this reader's storage, under the id "board".
 *
 * A code holds designs and seeds; the scores are looked up in the atlas, `run(design, seed)` -> {practice, fresh, at}
 * (errors in per cent of guessing zero, null where not finite; at: the step at which the run exploded, or null).
 * A game for practice error (mode BOSS) is drawn by what it would have handed over: the fresh error of what led by then.
 * Its player never saw that error, so such games are told apart and counted apart.
 * spec: {id, designs, fingerprint, par, near, most, low, budget, chart, modes: {number: name},
 *   dials: [{label, names}], places: [[stop of every dial, null where that dial makes no difference]] by design}
 */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const el = (...all) => T.el(...all);
  const LONGEST_NAME = 40,
    LONGEST_TEXT = 200000,
    IN_READING = 40;
  const SEED = 1; // the start is shown as it came out with the first seed

  // --- what is pasted ----------------------------------------------------------------------------

  /* A name as it may be shown: one line, no control characters, nothing that turns the direction of the text around it. */
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

  /* "Ada: 1MZ1G-…", a code alone, or a link with a code -> [name, code]. */
  function split(line) {
    const link = /^(.*?)(?:https?|file):\/\/\S*#g=(.*)$/i.exec(line);
    if (link) return [clean(link[1].trim().replace(/:$/, "")), link[2].trim()];
    const colon = line.lastIndexOf(":"); // a code has none, a name may
    return [clean(line.slice(0, Math.max(colon, 0))), line.slice(colon + 1).trim()];
  }

  const finite = (value) => (value === null || value === undefined ? Infinity : value);
  const score = (run, what = "fresh") => (run.at === null ? finite(run[what]) : Infinity);

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
    text.split(/\r\n|[\n\r]/).forEach((content, i) => {
      if (!content.trim()) return;
      const line = i + 1,
        [name, code] = split(content);
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
        boss = game.mode === T.codes.BOSS;
      let at = 0; // what leads so far
      const led = runs.map((run, i) =>
        score(run, boss ? "practice" : "fresh") < score(runs[at], boss ? "practice" : "fresh") ? (at = i) : at,
      );
      const best = led.map((i) => score(runs[i]));
      const moves = turned([game.start, ...game.tries.map((one) => one[0])], spec.places);
      const reached = boss ? -1 : best.findIndex((one) => one <= spec.near * spec.par);
      games.push({
        line,
        name: name || `line ${line}`,
        ...game,
        boss,
        scores: runs.map((run) => score(run)),
        best,
        at,
        reached: reached < 0 ? null : reached,
        moves: moves.length ? moves.reduce((a, b) => a + b) / moves.length : null,
      });
    });
    return { games, problems };
  }

  function middle(values) {
    const sorted = values.slice().sort((a, b) => a - b),
      half = sorted.length >> 1;
    return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  /* The best of a game after n tries; a game that ended earlier keeps what it has. */
  const after = (game, n) => game.best[Math.min(n, game.best.length - 1)];

  // --- the board ---------------------------------------------------------------------------------

  const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ",");
  const counted = (number, one, many) => `${grouped(number)} ${number === 1 ? one : many}`;

  class Board {
    /* atlas: an object with `run`, or a promise of one. */
    constructor(host, spec, atlas, store = T.store) {
      Object.assign(this, { spec, store, chosen: null, text: "" });
      this.ready = Promise.resolve(atlas).then(
        (runs) => {
          this.atlas = runs;
          const kept = store.get(spec.id),
            text = kept && kept.value && kept.value.text;
          this.build(host, typeof text === "string" ? text : "");
          this.show();
        },
        (problem) => host.append(el("p", { role: "alert" }, `This board cannot be drawn: ${problem.message}.`)),
      );
    }

    build(host, text) {
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
      this.input.value = text;
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
        el("label", { for: id }, "Codes, one a line. A name and a colon may stand before a code."),
        this.input,
        el(
          "p",
          { class: "t3-board-note", id: id + "-note" },
          "What you paste here stays on this machine. Links to a game will do as well.",
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
      const { games, problems } = this;
      this.store.set(this.spec.id, {
        label: "Class board",
        question: "Codes pasted on the class board",
        answer: games.length ? this.title.textContent : "none",
        value: { version: 1, text: this.text },
      });
      this.voice.say(
        [
          games.length ? this.summary.textContent : "No games.",
          problems.length ? `${counted(problems.length, "line does", "lines do")} not count.` : "",
        ]
          .join(" ")
          .trim(),
      );
    }

    /* What was pasted may be the only copy: clearing asks first. */
    showTools() {
      this.tools.replaceChildren(
        el("button", { type: "button", class: "t3-button", onclick: () => this.ask() }, "Clear"),
      );
      this.tools.hidden = !this.input.value;
    }

    ask() {
      const yes = el(
        "button",
        { type: "button", class: "t3-button t3-primary", onclick: () => this.clear() },
        "Yes, clear it",
      );
      const no = el(
        "button",
        {
          type: "button",
          class: "t3-button",
          onclick: () => {
            this.showTools();
            this.tools.lastChild.focus();
          },
        },
        "Keep it",
      );
      this.tools.replaceChildren(
        el("span", { class: "t3-confirm", role: "status" }, "All codes go; this cannot be undone. "),
        yes,
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
      Object.assign(this, read(this.text, this.spec, this.atlas));
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
        shown = T.game.shown,
        final = (game) => game.best[game.best.length - 1];
      const fair = games.filter((game) => !game.boss),
        bosses = games.filter((game) => game.boss);
      const starts = new Set(fair.map((game) => game.start)).size,
        left = this.untried(),
        said = [];
      const between = (some) =>
        some.length === 1
          ? shown(final(some[0]))
          : `between ${shown(Math.min(...some.map(final)))} and ${shown(Math.max(...some.map(final)))}`;
      this.title.textContent = `${counted(games.length, "game", "games")}: the ${fair.length ? "best so far" : "choice so far"}, try by try`;
      if (fair.length) {
        const reached = fair.filter((game) => game.reached !== null).length;
        said.push(
          fair.length === 1
            ? `One game: its best is ${shown(final(fair[0]))}.`
            : `${grouped(fair.length)} games${starts > 1 ? ` from ${starts} starts` : ""}: the best of each lies ${between(fair)}, in the middle ${shown(middle(fair.map((game) => Math.min(final(game), spec.most))))}.`,
        );
        said.push(
          reached
            ? ` ${reached === fair.length ? (fair.length === 1 ? "It" : "All") : grouped(reached)} reached par (${shown(spec.par)}).`
            : ` None reached par (${shown(spec.par)}).`,
        );
      }
      if (bosses.length)
        said.push(
          ` ${counted(bosses.length, "game was", "games were")} played for practice error, dashed here; what ${bosses.length === 1 ? "it" : "they"} chose leaves ${between(bosses)} on fresh problems.`,
        );
      said.push(
        ` ${grouped(left)} of ${grouped(spec.designs)} designs (${Math.floor((1000 * left) / spec.designs) / 10} per cent) were tried by nobody.`,
      );
      this.summary.replaceChildren(said.join("").trim());
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

    showTable() {
      const { games, spec } = this,
        shown = T.game.shown;
      const starts = new Set(games.map((game) => game.start)).size > 1;
      const modes = games.some((game) => game.mode !== games[0].mode || game.mode !== 0);
      const columns = [
        ["Tries", (game) => String(game.tries.length)],
        ["Best", (game) => shown(game.best[game.best.length - 1])],
        ["Dials a try", (game) => (game.moves === null ? "–" : game.moves.toFixed(1))],
        ["Par at try", (game) => (game.reached === null ? "–" : game.reached ? String(game.reached) : "start")],
      ];
      const apart = (game) =>
        [
          starts && `started at ${shown(game.scores[0])}`,
          modes && (spec.modes[game.mode] || `mode ${game.mode}`),
          game.boss && "here the fresh error of what had the lowest practice error",
        ]
          .filter(Boolean)
          .join(", ");
      const heads = [el("th", { scope: "col" }, "Game"), ...columns.map(([name]) => el("th", { scope: "col" }, name))];
      this.buttons = games.map((game, i) =>
        el(
          "button",
          { type: "button", class: "t3-button t3-skip", "aria-pressed": "false", onclick: () => this.choose(i) },
          el("bdi", {}, game.name),
        ),
      );
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
      this.table.replaceChildren(
        el(
          "caption",
          {},
          "Errors on fresh problems in per cent of guessing zero. Dials a try: how many dials were turned from one try to the next, on average. Choose a game to see its line.",
        ),
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
      return Math.min(this.spec.most, Math.max(this.spec.low, value));
    }

    /* Names at the right edge, pushed apart where they would cover one another. */
    labels(names) {
      const { low, most, chart } = this.spec,
        span = Math.log(most / low),
        gap = (15 / chart.height) * span;
      const sorted = names
        .map((name) => ({ ...name, at: Math.log(this.clip(name.y) / low) }))
        .sort((a, b) => a.at - b.at);
      sorted.forEach((name, i) => {
        if (i) name.at = Math.max(name.at, sorted[i - 1].at + gap);
      });
      for (let i = sorted.length - 1, top = span; i >= 0; i--, top -= gap) sorted[i].at = Math.min(sorted[i].at, top);
      return sorted.map(({ at, ...name }) => ({ ...name, y: low * Math.exp(at) }));
    }

    showChart() {
      const { games, spec } = this,
        shown = T.game.shown;
      const last = Math.max(...games.map((game) => game.tries.length)),
        end = Math.max(last, spec.budget);
      const fair = games.filter((game) => !game.boss);
      const median =
        fair.length > 1 &&
        Array.from({ length: last + 1 }, (_, n) => middle(fair.map((game) => this.clip(after(game, n)))));
      const rows = [
        { kind: "par", x: 0, y: spec.par },
        { kind: "par", x: end, y: spec.par },
      ];
      games.forEach((game, i) => {
        const kind = i === this.chosen ? "chosen" : game.boss ? "boss" : "game";
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
          most = this.image.clientWidth < 480 ? 8 : 16; // the picture needs the room
        const short =
          letters.length > most
            ? letters
                .slice(0, most - 1)
                .join("")
                .trim() + "…"
            : chosen.name;
        const best = chosen.best[chosen.best.length - 1];
        names.push({ kind: "name-chosen", x: end, y: best, text: `\u2068${short}\u2069 ${shown(best)}` }); // isolated: a name may run right to left
      }
      const columns = ["kind", "x", "y", "game", "text"];
      const all = [...rows, ...this.labels(names)];
      this.tell(median, last, chosen);
      this.chart.show(
        Object.fromEntries(
          columns.map((name) => [name, all.map((row) => (row[name] === undefined ? null : row[name]))]),
        ),
      );
    }

    /* What the picture shows, in words; beside the picture the names stand apart from the text's direction. */
    tell(median, last, chosen) {
      const { games, spec } = this,
        shown = T.game.shown,
        bests = games.map((game) => game.best[game.best.length - 1]);
      const parts = [
        `Error on fresh problems, the best so far, per cent of guessing zero, on a log scale, over ${counted(last, "try", "tries")}; par is ${shown(spec.par)}. `,
      ];
      const bosses = games.filter((game) => game.boss).length;
      if (games.length > 1) parts.push(`${grouped(games.length)} lines. `);
      if (bosses)
        parts.push(
          `${games.length === 1 ? "The line is" : bosses === 1 ? "One is" : grouped(bosses) + " are"} dashed: played for practice error, and drawn by the fresh error of what led by then. `,
        );
      if (median)
        parts.push(
          `${bosses ? "The median of the others" : "Their median"} goes from ${shown(median[0])} at the start to ${shown(median[last])}; a game with fewer tries keeps its best. `,
        );
      if (chosen) parts.push("Drawn apart: ", { name: chosen.name }, ". ");
      parts.push("At the end of each: ");
      games
        .slice(0, IN_READING)
        .forEach((game, i) => parts.push(i ? ", " : "", { name: game.name }, `: ${shown(bests[i])}`));
      parts.push(games.length > IN_READING ? `; ${grouped(games.length - IN_READING)} more in the table.` : ".");
      this.image.setAttribute("aria-label", parts.map((part) => part.name || part).join(""));
      this.reading.replaceChildren(...parts.map((part) => (part.name ? el("bdi", {}, part.name) : part)));
    }
  }

  T.Board = Board;
  T.board = { clean, split, read, turned, middle };
})(globalThis);
