/* The log of a game: one row a try, newest first; a row opens; all of it can be taken away as CSV. */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const { el, button } = T,
    S = T.state;
  const quoted = (value) => (/[",\n]/.test(value) ? `"${String(value).replace(/"/g, '""')}"` : String(value));
  const named = (i) => (i ? "try " + i : "the start");
  const score = (text) => el("td", { class: "t3-game-score" }, text);

  class GameLog {
    /* game: the board (game.js). */
    constructor(game) {
      this.game = game;
      this.caption = el("caption");
      this.head = el("tr");
      this.body = el("tbody");
      this.table = el("table", {}, this.caption, el("thead", {}, this.head), this.body);
      this.rows = [];
    }

    show() {
      const { game } = this,
        { told, mode } = game,
        lines = game.lines(),
        bests = S.leading(lines, mode.goal);
      this.caption.textContent = "The log: errors in per cent of guessing zero" + mode.caption;
      this.head.replaceChildren(
        ...["Try", "Changed dials", ...told.map(T.capital), "Best"].map((name) => el("th", { scope: "col" }, name)),
        el("th", { scope: "col" }, el("span", { class: "t3-announce" }, "Use again")),
      );
      this.rows = lines.map((line, i) => this.row(lines, i, bests[i]));
      this.body.replaceChildren(...this.rows.slice().reverse());
      this.showOpened(false);
    }

    row(lines, i, best) {
      const { game } = this,
        { told } = game,
        { shown } = game.rules,
        line = lines[i];
      const errors = told.map((kind, k) => {
        if (line.at === null) return shown(line[kind]);
        return k < told.length - 1 ? "×" : `× step ${T.grouped(line.at)}`;
      });
      const number = button(String(i), () => game.open(i), "t3-skip");
      number.setAttribute("aria-expanded", "false");
      number.setAttribute("aria-label", `Try ${i}`);
      const again = button("again", () => this.use(line, i), "t3-skip");
      again.setAttribute("aria-label", `Use the dials of ${named(i)} again`);
      return el(
        "tr",
        {},
        el("th", { scope: "row" }, number),
        el("td", {}, this.changes(lines, i)),
        ...[...errors, shown(best)].map(score),
        el("td", {}, again),
      );
    }

    use(line, i) {
      this.game.turn({ type: "move", place: line.place });
      this.game.say(`The dials stand as ${i ? "in try " + i : "at the start"}.`);
    }

    /* What was turned for try i. */
    changes(lines, i) {
      const { spec } = this.game,
        { dials } = spec,
        line = lines[i];
      const words = (k) => `${dials[k].label} ${dials[k].names[line.place[k]]}`;
      if (!i) {
        const used = dials.map((_, k) => k).filter((k) => !S.redundant(line.place, k, spec));
        return "the start: " + used.map(words).join(", ");
      }
      const said = S.moved(line.place, lines[i - 1].place, spec)
          .map(words)
          .join(", "),
        again = S.again(lines, i, spec);
      if (again === null) return said;
      return again === "last"
        ? `same dials, seed ${line.seed}`
        : `${said}: the dials of ${named(again)}, seed ${line.seed}`;
    }

    /* What the board says of line i. */
    words(i) {
      const { game } = this,
        { spec, mode, rules } = game,
        lines = game.lines(),
        line = lines[i],
        { goal, covers } = mode;
      if (!i) return this.begins(line);
      return rules.sentence({
        now: line,
        last: lines[i - 1],
        best: game.best(lines.slice(0, i)).score,
        goal,
        covers,
        seed: line.seed,
        bet: line.bet,
        again: S.again(lines, i, spec),
        moved: S.moved(line.place, lines[i - 1].place, spec).length,
        tames: spec.tames,
        listed: S.readsList(line.place, spec),
      });
    }

    begins(start) {
      const { mode, rules } = this.game,
        { practice, fresh } = start;
      const looks = practice < 0.5 ? ": it looks perfect" : practice < 5 ? ": it looks good" : "";
      const counts = T.score(start, "fresh") >= 95 ? ": it is useless where it counts" : "";
      return (
        `You take over a finished design. Practice ${rules.shown(practice)}${looks}.` +
        (mode.covers.includes("fresh") ? "" : ` Fresh ${rules.shown(fresh)}${counts}.`)
      );
    }

    /* One line is open at a time, or none. curve: draw its curve, too. */
    showOpened(curve = true) {
      const { game } = this,
        { opened } = game.state;
      if (this.detail) this.detail.remove();
      this.rows.forEach((row, i) => row.querySelector("button").setAttribute("aria-expanded", String(i === opened)));
      if (curve && !game.busy) game.charts.showRun();
      if (opened !== null) this.rows[opened].after((this.detail = this.details(opened)));
    }

    details(i) {
      const { game } = this,
        { spec } = game,
        lines = game.lines(),
        { place } = lines[i],
        moved = i ? S.moved(place, lines[i - 1].place, spec) : [];
      const dials = spec.dials.map((dial, k) => {
        const stop = S.redundant(place, k, spec) ? T.dials.IDLE : dial.names[place[k]];
        return el("li", {}, `${dial.label}: ${stop}${moved.includes(k) ? " (changed)" : ""}`);
      });
      const curve = `${game.charts.small.reading.textContent} The small chart shows it.`;
      return el(
        "tr",
        { class: "t3-game-opened" },
        el(
          "td",
          { colspan: this.head.children.length },
          el("p", {}, this.words(i)),
          el("ul", {}, ...dials),
          ...(game.busy ? [] : [el("p", {}, curve)]),
        ),
      );
    }

    export() {
      const { game } = this,
        { spec, told, mode } = game,
        lines = game.lines(),
        bests = S.leading(lines, mode.goal),
        code = S.code(game.state, spec),
        number = (value) => (Number.isFinite(value) ? value : "");
      const rows = lines.map((line, i) => {
        const stops = spec.dials.map((dial, k) => [
          dial.label,
          S.redundant(line.place, k, spec) ? "" : dial.names[line.place[k]],
        ]);
        return {
          try: i,
          seed: line.seed,
          ...Object.fromEntries(stops),
          ...Object.fromEntries(told.map((kind) => [kind, number(line[kind])])),
          "exploded at step": line.at === null ? "" : line.at,
          [mode.column]: number(bests[i]),
          bet: line.bet || "",
          code, // in every row: the class board finds it, and logs laid together stay apart
        };
      });
      const text = [Object.keys(rows[0]), ...rows.map(Object.values)].map((row) => row.map(quoted).join(",") + "\r\n");
      T.save("third-optimizer-game.csv", new Blob(text, { type: "text/csv" }));
    }
  }

  T.GameLog = GameLog;
})(globalThis);
