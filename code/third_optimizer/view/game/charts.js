/* The two charts of a game: the best so far, try by try, and one run as it trained. */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const { el } = T,
    S = T.state;
  const COLUMNS = ["x", "y", "y2", "kind", "text"];

  class GameCharts {
    /* game: the board (game.js). */
    constructor(game) {
      this.game = game;
      this.big = this.figure("chart", 125);
      this.small = this.figure("curve", 72);
      this.run = el("p", { class: "t3-game-run" });
      this.stage = el("div", { class: "t3-game-stage" }, this.big.image, this.run, this.small.image);
      this.readings = [this.big.reading, this.small.reading];
    }

    /* low: height in pixels where the window is narrow; in a laptop's window all of the board's right side has room. */
    figure(key, low) {
      const image = el("div", { class: "t3-chart t3-game-" + key, role: "img" });
      const drawn = { ...this.game.spec[key] };
      if (T.narrow()) drawn.height = low;
      else if (root.innerHeight < 720) drawn.height = Math.round(0.8 * drawn.height);
      const chart = new T.Chart(image, drawn);
      return { image, chart, text: chart.text, height: drawn.height, reading: el("p", { class: "t3-reading" }) };
    }

    clip(value) {
      return T.clip(value, this.game.spec.low, this.game.spec.most);
    }

    tell(figure, rows, names, text, avoid = 0) {
      const { low, most } = this.game.spec;
      const apart = T.apart(names, { low, most, height: figure.height, floor: 0.5, avoid });
      figure.image.setAttribute("aria-label", text);
      figure.reading.textContent = text;
      const labels = apart.map(({ kind = "label", ...name }) => ({ kind, ...name }));
      figure.chart.show(T.columns([...rows, ...labels], COLUMNS));
    }

    /* What the big chart's axis counts. */
    get axis() {
      const { mode, covered } = this.game;
      return covered ? mode.axis[0] : mode.axis[1];
    }

    show() {
      const { game, big } = this,
        { spec, mode, over, covered, hidden, state } = game,
        { shown } = game.rules,
        lines = game.lines(),
        last = lines.length - 1,
        bests = S.leading(lines, mode.goal),
        rows = [],
        names = [];
      const text = big.text.replaceAll("{axis}", this.axis);
      if (text !== big.chart.text) {
        big.chart.text = text;
        if (big.chart.view) big.chart.draw();
      }
      const name = (y, who) => names.push({ x: last, y, text: `${who} ${shown(y)}` });
      // par is about fresh problems
      if (!covered) {
        const words = over ? "" : ": the best single gradient step";
        rows.push({ kind: "par", y: spec.par, text: `par ${shown(spec.par)}${words}` });
      }
      lines.forEach((line, i) => {
        const score = T.score(line, mode.goal);
        rows.push(
          { kind: "best", x: i, y: this.clip(bests[i]) },
          { kind: score > spec.most ? "cross" : "try", x: i, y: this.clip(score) },
        );
      });
      name(bests[last], over && hidden ? mode.goal : last ? "you" : "start");
      if (over && hidden) {
        const handed = S.leading(lines, mode.goal, hidden);
        handed.forEach((y, i) => rows.push({ kind: "uncovered", x: i, y: this.clip(y) }));
        name(handed[last], hidden);
      }
      if (game.friend) {
        const line = S.leading(game.friend.lines, mode.goal),
          end = Math.min(line.length - 1, spec.budget);
        line.forEach((y, i) => rows.push({ kind: "friend", x: Math.min(i, spec.budget), y: this.clip(y) }));
        names.push({ x: end, y: line[end], text: `friend ${shown(line[end])}` });
      }
      const rival = over && game.searchers[state.rival];
      if (rival) {
        rival.median.forEach((y, i) =>
          rows.push(
            { kind: "band", x: i, y: this.clip(rival.low[i]), y2: this.clip(rival.high[i]) },
            { kind: "rival", x: i, y: this.clip(y) },
          ),
        );
        name(rival.median[last], rival.name);
      }
      this.tell(big, rows, names, this.read(lines, rival), covered ? 0 : spec.par);
      this.showRun();
    }

    /* The big chart in words. */
    read(lines, rival) {
      const { game } = this,
        { spec, mode, over, hidden } = game,
        { shown } = game.rules,
        tries = lines.length - 1,
        best = game.best(lines),
        par = `; par is ${shown(spec.par)}.`;
      const wild = lines.filter((line, i) => i && T.score(line, mode.goal) > spec.most).length;
      const found = best.at ? `, found at try ${best.at}` : "";
      let text =
        `${mode.reading} so far, on a log scale: ${shown(T.score(lines[0], mode.goal))} at the start` +
        (tries ? `, ${shown(best.score)} after ${T.counted(tries, "try", "tries")}${found}` : "") +
        (hidden ? "." : par);
      if (wild) text += ` ${wild === 1 ? "One try lies" : wild + " tries lie"} above the top edge, marked ×.`;
      if (over && hidden) {
        const handed = S.leading(lines, mode.goal, hidden);
        const ends = `${shown(handed[0])} at the start, ${shown(handed[tries])} at the end`;
        text += ` The second line is the ${hidden} error of what led by then: ${ends}${par}`;
      }
      if (game.friend) text += ` A friend’s line, dashed, ends at ${shown(game.best(game.friend.lines).score)}.`;
      if (rival) {
        const [low, middle, high] = ["low", "median", "high"].map((what) => shown(rival[what][spec.budget]));
        text +=
          ` ${T.grouped(rival.count)} players of ${rival.name}: the middle one gets ${middle}, ` +
          `eight in ten of them between ${low} and ${high}.`;
      }
      return text;
    }

    /* The curve of the try that is open in the log, or of the latest. */
    showRun() {
      const { game } = this,
        { opened } = game.state,
        lines = game.lines(),
        i = opened === null ? lines.length - 1 : opened,
        run = lines[i];
      this.drawRun(run, { points: run.fresh_curve.length, run }, i);
    }

    /* Steps at which a run was looked at. */
    steps(looks, run) {
      return run.at === null
        ? looks.slice(0, run.fresh_curve.length)
        : [...looks.slice(0, run.fresh_curve.length - 1), run.at];
    }

    /* A run as far as it is known: recorded ({points, run}), or under way in a kernel ({share, practice, fresh}), told
     * one look after the other. */
    known(place, seen) {
      if (seen.run) {
        const { run, points } = seen,
          cut = (curve) => curve.slice(0, points);
        return { ...run, practice_curve: cut(run.practice_curve), fresh_curve: cut(run.fresh_curve) };
      }
      if (!this.growing || this.growing.place !== place)
        this.growing = { place, practice_curve: [], fresh_curve: [], at: null };
      for (const kind of T.ERRORS) this.growing[kind + "_curve"].push(T.finite(seen[kind]));
      return this.growing;
    }

    /* The curve of one run. i: its line in the log, null while it runs. */
    drawRun({ place, seed }, seen, i = null) {
      const { game } = this,
        { spec, told } = game,
        { shown } = game.rules,
        { finite } = T;
      const looks = spec.looks[spec.look[S.design(place, spec)]],
        end = looks[looks.length - 1],
        run = this.known(place, seen),
        steps = this.steps(looks, run),
        last = steps.length - 1,
        exploded = run.at !== null && steps[last] === run.at,
        at = exploded ? Math.max(0, last - 1) : last;
      const rows = [
        { kind: "frame", x: 0, y: 100, text: "" },
        { kind: "frame", x: end, y: 100, text: "practice 100" },
      ];
      for (const kind of told) {
        run[kind + "_curve"].forEach((y, k) => {
          if (!(exploded && k === last)) rows.push({ kind, x: steps[k], y: this.clip(finite(y)) });
        });
      }
      if (exploded) rows.push({ kind: "cross", x: steps[last], y: spec.most });
      // curves are kept cut off at the top edge; at the end the score itself is known
      const ended = i !== null && !exploded;
      const value = (kind) => finite(ended ? seen.run[kind] : run[kind + "_curve"][at]);
      const names = told.map((kind) => ({
        x: steps[at],
        y: value(kind),
        kind: "name-" + kind,
        text: i !== null || seen.share === 1 ? `${kind} ${shown(value(kind))}` : kind,
      }));
      const which = game.state.opened === null ? "" : i ? `try ${i}: ` : "the start: ",
        how = spec.live && i !== 0 ? "trained here" : "recorded run",
        share = seen.share !== undefined && seen.share < 1 ? `: ${Math.round(100 * seen.share)} %` : "";
      this.run.textContent = `${which}${how}, seed ${seed}${share}`;
      const first = (kind) => shown(finite(run[kind + "_curve"][0])),
        when = exploded ? "at the last look" : "at the end",
        errors = told.map((kind) => `${kind} error ${first(kind)} at first, ${shown(value(kind))} ${when}`);
      const text =
        `This run, ${T.grouped(end)} steps of practice: ${errors.join("; ")}.` +
        (exploded ? ` It exploded at step ${T.grouped(run.at)}.` : "");
      this.tell(this.small, rows, names, text);
    }
  }

  T.GameCharts = GameCharts;
})(globalThis);
