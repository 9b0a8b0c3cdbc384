/* The battery's table: a row a machine, a column a test, a mark a seed. A cell opens below its row what its verdicts
 * rest on: every seed's raw numbers, the line they must keep, and two machines that are known to pass and to fail.
 */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const { el, svg, button } = T;
  const HEIGHT = 190,
    LEFT = 40,
    RIGHT = 10,
    TOP = 12,
    BOTTOM = 40,
    SIDE = 9, // between two marks of a cell
    WORDS = { p: "passes", f: "fails" };

  const say = (value) => {
    if (value === null) return "–";
    if (value === 0) return "0";
    const size = Math.abs(value);
    if (size >= 1000) return T.grouped(Math.round(value)).replace("-", "−");
    return T.fixed(value, size >= 10 ? 0 : size >= 1 ? 1 : size >= 0.1 ? 2 : 3);
  };

  /* "4 of 5 pass" */
  function counted(marks) {
    if (marks.includes("n")) return "not applicable";
    const passes = [...marks].filter((mark) => mark === "p").length;
    return `${passes} of ${marks.length} pass`;
  }

  /* One mark a seed: a full disc passes, an empty ring fails. */
  function drawn(marks) {
    if (marks.includes("n")) return el("span", { class: "t3-battery-none", "aria-hidden": "true" }, "–");
    const wide = SIDE * marks.length;
    return svg(
      "svg",
      { viewBox: `0 0 ${wide} ${SIDE}`, width: wide, height: SIDE, "aria-hidden": "true", class: "t3-battery-marks" },
      ...[...marks].map((mark, k) =>
        svg("circle", { class: `t3-battery-${mark}`, cx: SIDE * (k + 0.5), cy: SIDE / 2, r: mark === "p" ? 3.6 : 2.9 }),
      ),
    );
  }

  class Battery {
    /* spec: {id, title, note, words, frames, rows, start} (battery.py) */
    constructor(host, spec) {
      this.spec = spec;
      this.tests = Object.keys(spec.words);
      this.at = null; // [row, test] that is open
      this.voice = T.announcer();
      this.table = el("table", { class: "t3-battery-table" });
      this.detail = el("tr", { class: "t3-battery-detail", id: `${spec.id}-detail` });
      this.root = el(
        "figure",
        { class: "t3-figure t3-battery", id: spec.id },
        el("p", { class: "t3-figure-title" }, spec.title),
        this.table,
        el(
          "p",
          { class: "t3-caption t3-battery-key" },
          drawn("p"),
          " passes, ",
          drawn("f"),
          " fails, one mark a seed; – not applicable. ",
          spec.note,
        ),
        this.voice.region,
      );
      host.replaceChildren(this.root);
      this.build();
      this.table.addEventListener("keydown", (event) => this.key(event));
      this.hold(0, 0);
      if (spec.start) {
        const row = spec.rows.findIndex((one) => one.name === spec.start[0]);
        this.hold(row, this.tests.indexOf(spec.start[1]));
        this.open(row, spec.start[1], false);
      }
    }

    build() {
      const { words, rows } = this.spec,
        groups = [],
        bodies = [];
      for (const test of this.tests) {
        const last = groups[groups.length - 1];
        if (last && last.name === words[test].group) last.span += 1;
        else groups.push({ name: words[test].group, span: 1 });
      }
      this.starts = this.tests.map((test, k) => k === 0 || words[test].group !== words[this.tests[k - 1]].group);
      this.cells = rows.map((row, r) => this.tests.map((test) => this.cell(row, r, test)));
      rows.forEach((row, r) => {
        const last = rows[r - 1];
        if (!last || last.group !== row.group)
          bodies.push(
            el(
              "tbody",
              {},
              el(
                "tr",
                { class: "t3-battery-group" },
                el("th", { scope: "rowgroup", colspan: this.tests.length + 1 }, row.group),
              ),
            ),
          );
        bodies[bodies.length - 1].append(
          el(
            "tr",
            {},
            el("th", { scope: "row" }, el("i", {}, row.about), row.name),
            ...this.cells[r].map((cell, k) => el("td", { class: this.starts[k] ? "t3-battery-start" : null }, cell)),
          ),
        );
      });
      this.table.replaceChildren(
        el("caption", {}, "Choose a cell to see what it rests on."),
        el(
          "thead",
          {},
          el(
            "tr",
            { class: "t3-battery-groups" },
            el("td", {}),
            ...groups.map(({ name, span }) =>
              el("th", { scope: "colgroup", colspan: span, class: "t3-battery-start" }, name),
            ),
          ),
          el(
            "tr",
            {},
            el("td", {}),
            ...this.tests.map((test, k) =>
              el(
                "th",
                { scope: "col", class: this.starts[k] ? "t3-battery-start" : null, title: words[test].name },
                words[test].short,
              ),
            ),
          ),
        ),
        ...bodies,
      );
    }

    cell(row, r, test) {
      const { marks } = row.cells[test],
        one = button("", () => this.open(r, test), "t3-battery-cell" + (row.trained ? " t3-battery-trained" : ""));
      one.append(drawn(marks));
      one.setAttribute("aria-label", `${row.name}, ${this.spec.words[test].name}: ${counted(marks)}`);
      one.setAttribute("aria-expanded", "false");
      one.tabIndex = -1;
      return one;
    }

    /* The one cell that the tab key finds; arrows go on from there. */
    hold(row, column) {
      if (this.held) this.cells[this.held[0]][this.held[1]].tabIndex = -1;
      this.held = [row, column];
      this.cells[row][column].tabIndex = 0;
    }

    key(event) {
      const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
      if (!step || !event.target.closest(".t3-battery-cell")) return;
      event.preventDefault();
      const row = T.clip(this.held[0] + step[0], 0, this.cells.length - 1),
        column = T.clip(this.held[1] + step[1], 0, this.tests.length - 1);
      this.hold(row, column);
      this.cells[row][column].focus();
    }

    /* Open a cell, or close it if it is open. */
    open(r, test, aloud = true) {
      const again = this.at && this.at[0] === r && this.at[1] === test;
      if (this.at) this.mark(...this.at, false);
      this.at = again ? null : [r, test];
      this.hold(r, this.tests.indexOf(test));
      if (again) return this.detail.remove();
      this.mark(r, test, true);
      const row = this.spec.rows[r],
        words = this.spec.words[test],
        cell = row.cells[test],
        { controls, reason } = this.spec.frames[row.kind][test],
        seen = cell.values.some((one) => one.some((value) => value !== null)),
        said = `${row.name}: ${counted(cell.marks)}. ${cell.said || reason}`;
      this.detail.replaceChildren(
        el(
          "td",
          { colspan: this.tests.length + 1 },
          el("p", { class: "t3-battery-name" }, words.name),
          el("p", { class: "t3-battery-says" }, words.says),
          ...(seen ? [this.chart(row, test)] : []),
          ...(seen && controls.length ? [this.keyTo(controls, row)] : []),
          el("p", { class: "t3-battery-said" }, said),
        ),
      );
      this.cells[r][0].closest("tr").after(this.detail);
      if (aloud) this.voice.say(`${words.says} ${said}`);
    }

    mark(r, test, open) {
      const cell = this.cells[r][this.tests.indexOf(test)];
      cell.setAttribute("aria-expanded", String(open));
      if (open) cell.setAttribute("aria-controls", this.detail.id);
    }

    keyTo(controls, row) {
      const glyph = (k) => svg("svg", { viewBox: "-7 -7 14 14", width: 14, height: 14 }, this.glyph(0, 0, k));
      const parts = controls
        .map((name, k) => [name, k])
        .filter(([name]) => name !== row.name)
        .map(([name, k]) => el("span", {}, glyph(k), ` ${name}, which ${k ? "fails" : "passes"}`));
      const dots = el("span", {}, "Dots: one a seed.");
      return el("p", { class: "t3-battery-controls", "aria-hidden": "true" }, dots, ...parts);
    }

    /* Which way a control's mark points: up for the one that passes. */
    glyph(x, y, k) {
      return svg("path", { class: "t3-battery-control", d: `M${x - 5} ${y + (k ? -4 : 4)}h10l-5 ${k ? 9 : -9}z` });
    }

    chart(row, test) {
      const { at, scale, low, high, joined, controls } = this.spec.frames[row.kind][test],
        { values, lines } = row.cells[test],
        log = scale === "log",
        place = (value) => {
          const inside = T.clip(value, low, high);
          return log ? Math.log(inside / low) / Math.log(high / low) : (inside - low) / (high - low);
        },
        y = (value) => HEIGHT - BOTTOM - place(value) * (HEIGHT - TOP - BOTTOM),
        wide = this.root.clientWidth > 520 ? 560 : 340, // letters keep their size
        end = wide - RIGHT,
        step = (end - LEFT) / at.length,
        x = (k) => LEFT + step * (k + 0.5);
      const text = (a, b, words, kind) => svg("text", { x: a, y: b, class: `t3-battery-text ${kind}` }, words);
      const ticks = log
        ? [0.001, 0.01, 0.1, 1, 10, 100, 1000].filter((tick) => tick >= low && tick <= high)
        : [0, 0.5, 1].filter((tick) => tick >= low && tick <= high);
      const path = (one) =>
        one
          .map((value, k) => (value === null ? "" : `${k && one[k - 1] !== null ? "L" : "M"}${x(k)} ${y(value)}`))
          .join("");
      const middles = controls.map((name) => {
        const other = this.spec.rows.find((one) => one.name === name);
        if (!other || other === row) return null;
        return at.map((_, k) => {
          const all = other.cells[test].values.map((one) => one[k]).filter((value) => value !== null);
          return all.length ? T.middle(all) : null;
        });
      });
      const spread = joined ? 0 : Math.min(7, step / 9),
        aside = [-3 * spread - 6, 3 * spread + 6]; // where controls stand, beside the seeds
      return svg(
        "svg",
        {
          viewBox: `0 0 ${wide} ${HEIGHT}`,
          class: "t3-battery-chart" + (row.trained ? " t3-battery-trained" : ""),
          role: "img",
          "aria-label": this.heard(row, test),
        },
        ...ticks.flatMap((tick) => [
          svg("line", { class: "t3-battery-grid", x1: LEFT, x2: end, y1: y(tick), y2: y(tick) }),
          text(LEFT - 6, y(tick) + 4, say(tick), "t3-battery-end"),
        ]),
        ...lines.flatMap(([height, words, only]) => {
          const [from, to] = only === null ? [LEFT, end] : [x(only) - step / 2, x(only) + step / 2],
            up = y(height);
          return [
            svg("line", { class: "t3-battery-limit", x1: from, x2: to, y1: up, y2: up }),
            // a line for all stands free on the left, where no rule is near
            text(
              only === null ? from : to,
              up + (up < TOP + 12 ? 14 : -5),
              words,
              `${only === null ? "" : "t3-battery-end "}t3-battery-strong`,
            ),
          ];
        }),
        ...at.map((name, k) => this.under(x(k), name)),
        ...middles.flatMap((one, k) =>
          one
            ? [
                ...(joined ? [svg("path", { class: "t3-battery-way t3-battery-other", d: path(one) })] : []),
                ...one.flatMap((value, p) =>
                  value === null ? [] : [this.glyph(x(p) + (joined ? 0 : aside[k]), y(value), k)],
                ),
              ]
            : [],
        ),
        ...values.flatMap((one, seed) => [
          ...(joined ? [svg("path", { class: "t3-battery-way", d: path(one) })] : []),
          ...one.flatMap((value, k) =>
            value === null
              ? []
              : [
                  svg("circle", {
                    class: "t3-battery-dot",
                    cx: x(k) + spread * (seed - (values.length - 1) / 2),
                    cy: y(value),
                    r: joined ? 2.5 : 3.5,
                  }),
                ],
          ),
        ]),
      );
    }

    /* A name below its place, in two lines if it has two words. */
    under(x, name) {
      const words = name.split(" "),
        half = Math.ceil(words.length / 2),
        parts = words.length > 1 ? [words.slice(0, half).join(" "), words.slice(half).join(" ")] : [name];
      return svg(
        "text",
        { class: "t3-battery-text t3-battery-middle", y: HEIGHT - BOTTOM + 16 },
        ...parts.map((part, k) => svg("tspan", { x, dy: k ? 14 : 0 }, part)),
      );
    }

    heard(row, test) {
      const { at } = this.spec.frames[row.kind][test],
        { values } = row.cells[test];
      const told = at.flatMap((name, k) => {
        const all = values.map((one) => one[k]).filter((value) => value !== null);
        return all.length ? [`${name}: ${all.map(say).join(", ")}`] : [];
      });
      return `${row.name}, seed by seed. ${told.join(". ")}.`;
    }
  }

  Battery.counted = counted;
  T.Battery = Battery;
})(globalThis);
