/* The sky: every design a star, at its practice error from left to right and its fresh error from top to bottom, both
 * on log axes. What the reader tried is lit, one try after another, with a thread between; dice sweep over it.
 *
 * All stars of a kind are one path of dots, so that style sheets colour them, on paper too. What is lit lies above in a
 * drawing of its own: lighting, hovering and walking by keyboard draw no star anew.
 */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const { el, svg } = T,
    S = T.state;
  const X = [0.05, 200],
    Y = [2, 230],
    TICKS = { x: [0.1, 1, 10, 100], y: [3, 10, 30, 100] },
    EDGE = { left: 40, right: 16, top: 22, bottom: 40 },
    UNSEEN = 640, // pixels of width while it has none, behind a veil; on paper it is seen all the same
    ROOM = 12, // pixels for stars around a place at an edge
    NEAR = 16, // pixels at which a pointer meets a star
    LISTED = 100, // lit stars in the table
    BEAT = { light: 320, dice: 45 }; // milliseconds between two lit tries, two dice
  const NAMES = ["above par", "at par or below", "iterates"];
  const MEANS = ["", "", ": better still when run longer than trained"]; // what the key adds
  const COLOURS = ["world", "base", "mesa"];

  /* 0 to 1 from a number, the same each time. */
  const noise = (n) => {
    const x = Math.sin(n * 12.9898) * 43758.5453;
    return x - Math.floor(x);
  };

  /* 0: above par; 1: reaches it; 2: goes on when it is run longer. limits: {par, near, blown} (sky.py). */
  function rank(run, { par, near, blown }) {
    if (!(T.finite(run.fresh) <= near * par)) return 0;
    const goes = run.longer && run.fresh <= par / 2 && T.finite(run.longer[2]) <= run.fresh / 4;
    return goes && run.blown[2] <= blown ? 2 : 1;
  }

  class Stars {
    /* runs: T.Runs; spec: {dials, index, designs, seeds} and limits, as of a game. */
    constructor(runs, spec, seed = spec.seeds[0]) {
      Object.assign(this, { runs, spec, seed });
      this.all = Array.from({ length: spec.designs }, (_, number) => this.star(number, seed));
      this.counts = [0, 1, 2].map((kind) => this.all.filter((star) => star.rank === kind).length);
      this.places = new Array(spec.designs);
      spec.index.forEach((number, at) => (this.places[number] ??= at));
    }

    star(number, seed) {
      const run = this.runs.run(number, seed);
      const errors = { practice: T.finite(run.practice), fresh: T.finite(run.fresh) };
      return { number, seed, ...errors, exploded: run.at !== null, rank: rank(run, this.spec) };
    }

    place(number) {
      return S.placeAt(this.places[number], this.spec);
    }

    /* A design in plain words; dials that make no difference are left out. */
    words(number) {
      const place = this.place(number);
      return this.spec.dials
        .map((dial, i) => !S.redundant(place, i, this.spec) && `${dial.label.toLowerCase()} ${dial.names[place[i]]}`)
        .filter(Boolean)
        .join(", ");
    }
  }

  class Sky {
    /* stars: Stars; shown: an error as text (rules.js); title: a sentence. */
    constructor(stars, shown, title) {
      Object.assign(this, { stars, shown });
      this.lit = [];
      this.out = null; // number -> true for what is left out
      this.base = svg("svg", { "aria-hidden": "true" });
      this.over = svg("svg", { class: "t3-sky-over", "aria-hidden": "true" });
      this.tip = el("p", { class: "t3-sky-tip", hidden: true });
      this.field = el(
        "div",
        {
          class: "t3-sky-field",
          tabindex: 0,
          role: "img",
          onpointermove: (event) => this.point(event),
          onpointerdown: (event) => this.point(event),
          onpointerleave: () => this.show(null),
          onkeydown: (event) => this.walk(event),
        },
        this.base,
        this.over,
        this.tip,
      );
      this.title = el("p", { class: "t3-figure-title" }, title);
      this.key = el(
        "p",
        { class: "t3-sky-key" },
        ...NAMES.map((name, kind) => {
          const dot = el("i", { class: "t3-sky-dot", style: `background: var(--t3-${COLOURS[kind]})` });
          return el("span", {}, dot, name + MEANS[kind]);
        }),
      );
      this.said = el("p", { class: "t3-reading", "aria-live": "polite" });
      this.table = el("div");
      this.fold = el("details", { class: "t3-sky-table", hidden: true }, el("summary", {}, "What is lit"), this.table);
      this.voice = T.announcer();
      this.element = el("figure", { class: "t3-figure t3-sky" }, this.title, this.field, this.key);
      this.element.append(this.said, this.fold, this.voice.region);
      new ResizeObserver(() => this.paint()).observe(this.field);
      this.paint();
      this.label();
    }

    // --- where things stand ------------------------------------------------------------------------

    at(star) {
      // many have one place, the more so at an edge: they stand around it
      const edge = star.practice <= X[0] || star.practice >= X[1] || star.fresh >= 199,
        far = (edge ? ROOM : 3) * Math.sqrt(noise(3 * star.number + 1)),
        turn = 2 * Math.PI * noise(3 * star.number + 2);
      const [x, y] = this.flat(star);
      return star.number === undefined ? [x, y] : [x + far * Math.cos(turn), y + far * Math.sin(turn)];
    }

    /* Where two errors stand exactly. */
    flat({ practice, fresh }) {
      const { width, height } = this,
        along = (value, [low, high]) => Math.log(T.clip(value, low, high) / low) / Math.log(high / low);
      return [
        EDGE.left + ROOM + along(practice, X) * (width - EDGE.left - EDGE.right - 2 * ROOM),
        EDGE.top + ROOM + (1 - along(fresh, Y)) * (height - EDGE.top - EDGE.bottom - 2 * ROOM),
      ];
    }

    paint() {
      const width = this.field.clientWidth || this.width || UNSEEN;
      this.width = width;
      this.height = Math.round(T.clip(0.66 * width, 250, 460));
      this.field.style.height = `${this.height}px`;
      this.spots = this.stars.all.map((star) => this.at(star));
      const size = T.clip(width / 520, 0.8, 1.4);
      const dots = (kind, out) => {
        const some = this.stars.all.filter((star) => star.rank === kind && this.leftOut(star) === out),
          d = some.map(({ number }) => `M${this.spots[number].map((at) => at.toFixed(1)).join(" ")}h0`).join("");
        return svg("path", {
          class: `t3-sky-star t3-sky-${COLOURS[kind]}${out ? " t3-sky-out" : ""}`,
          "stroke-width": (kind ? 4 : 2.6) * size,
          d,
        });
      };
      this.base.setAttribute("viewBox", `0 0 ${width} ${this.height}`);
      this.base.replaceChildren(...[true, false].flatMap((out) => [0, 1, 2].map((kind) => dots(kind, out))));
      this.draw();
    }

    axes() {
      const { width, height, stars } = this,
        flat = (practice, fresh) => this.flat({ practice, fresh });
      const text = (x, y, words, name = "") => svg("text", { x, y, class: "t3-sky-text " + name }, words);
      const [, par] = flat(1, stars.spec.par),
        end = height - EDGE.bottom;
      return [
        svg("line", { class: "t3-sky-axis", x1: EDGE.left, x2: width - EDGE.right, y1: end, y2: end }),
        svg("line", { class: "t3-sky-par", x1: EDGE.left, x2: width - EDGE.right, y1: par, y2: par }),
        text(EDGE.left + 4, par + 14, `par ${this.shown(stars.spec.par)}`, "t3-sky-strong"),
        ...TICKS.x.map((value) => text(flat(value, 10)[0], end + 16, String(value), "t3-sky-middle")),
        ...TICKS.y.map((value) => text(EDGE.left - 8, flat(1, value)[1] + 4, String(value), "t3-sky-end")),
        text(width - EDGE.right, end + 34, "error on practised problems, %", "t3-sky-end"),
        text(0, 12, "error on fresh problems, %"),
        text(width - EDGE.right, 12, "over 200, or exploded", "t3-sky-end"),
      ];
    }

    /* What lies over the stars: axes, the thread, lit stars, the one that is pointed at. */
    draw() {
      const { lit } = this,
        marks = lit.map((one) => this.at(one));
      const thread = marks.map(([x, y], i) => (i && lit[i].thread === lit[i - 1].thread ? "L" : "M") + `${x} ${y}`);
      this.over.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
      this.over.replaceChildren(
        ...this.axes(),
        svg("path", { class: "t3-sky-thread", d: thread.join(" ") }),
        ...lit.map((one, i) => {
          const [x, y] = marks[i];
          const mark = svg("g", { class: "t3-sky-lit " + (one.kind || ""), transform: `translate(${x} ${y})` });
          mark.append(svg("circle", { r: one.label ? 9 : 4 }));
          if (one.label) mark.append(svg("text", { y: 4 }, one.label));
          return mark;
        }),
      );
      if (this.here) {
        const [x, y] = this.at(this.here);
        this.over.append(svg("circle", { class: "t3-sky-here", cx: x, cy: y, r: 8 }));
      }
    }

    // --- the reader asks ---------------------------------------------------------------------------

    /* Show one star's dials, or none. */
    show(star) {
      if (star === this.here) return;
      this.here = star;
      this.draw();
      this.tip.hidden = !star;
      if (!star) return;
      this.tip.textContent = this.tell(star);
      const [x, y] = this.at(star),
        right = x > this.width / 2;
      this.tip.style.left = right ? "auto" : `${x + 12}px`;
      this.tip.style.right = right ? `${this.width - x + 12}px` : "auto";
      this.tip.style.top = y > this.height / 2 ? "auto" : `${y + 8}px`;
      this.tip.style.bottom = y > this.height / 2 ? `${this.height - y + 8}px` : "auto";
    }

    tell(star) {
      const names = this.lit.filter((one) => one.name && one.number === star.number).map((one) => one.name),
        who = names.length ? `${[...new Set(names)].join("; ")}: ` : "";
      const scores = `practice ${this.shown(star.practice)}, fresh ${this.shown(star.fresh)}`,
        errors = star.exploded ? "exploded, no score" : scores;
      return `${who}${errors}; ${NAMES[star.rank]}. ${this.stars.words(star.number)}.`;
    }

    point(event) {
      const box = this.field.getBoundingClientRect();
      this.show(this.nearest(event.clientX - box.left, event.clientY - box.top, NEAR));
    }

    nearest(x, y, reach) {
      let best = null,
        least = reach;
      const meet = (star, [a, b], bonus) => {
        const gap = Math.hypot(a - x, b - y) - bonus;
        if (gap < least) [best, least] = [star, gap];
      };
      this.stars.all.forEach((star) => {
        if (!this.leftOut(star)) meet(star, this.spots[star.number], 0);
      });
      this.lit.forEach((star) => meet(star, this.at(star), 6));
      return best;
    }

    /* By arrow keys to the nearest star on that side; Home: the lowest fresh error; Escape: away. */
    walk(event) {
      const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] },
        way = ways[event.key],
        all = this.stars.all.filter((star) => !this.leftOut(star));
      if (event.key === "Escape") return this.show(null);
      if (!way && event.key !== "Home") return;
      event.preventDefault();
      if (!way || !this.here) this.show(all.reduce((a, b) => (b.fresh < a.fresh ? b : a)));
      else {
        const [x, y] = this.at(this.here);
        let best = null,
          least = Infinity;
        for (const star of all) {
          const [a, b] = this.spots[star.number],
            ahead = (a - x) * way[0] + (b - y) * way[1],
            aside = Math.abs((a - x) * way[1] + (b - y) * way[0]);
          if (star === this.here || ahead <= 0.5 || ahead + 3 * aside >= least) continue;
          [best, least] = [star, ahead + 3 * aside];
        }
        if (best) this.show(best);
      }
      this.voice.say(this.tip.textContent);
    }

    // --- what is lit -------------------------------------------------------------------------------

    /* tries: [{number, seed, label, name, thread, kind}], lit at once. */
    lay(tries) {
      clearInterval(this.beat);
      this.lit = tries.map((one) => ({ ...this.stars.star(one.number, one.seed), ...one }));
      if (this.here) this.tip.textContent = this.tell(this.here);
      this.draw();
      this.label();
    }

    /* The same, lit one after another where things may move. */
    light(tries, then = () => {}) {
      clearInterval(this.beat);
      const end = () => {
        this.lay(tries);
        then();
      };
      if (T.still() || !tries.length) return end();
      const stars = tries.map((one) => ({ ...this.stars.star(one.number, one.seed), ...one }));
      this.lit = [];
      this.beat = setInterval(() => {
        this.lit = stars.slice(0, this.lit.length + 1);
        this.draw();
        if (this.lit.length < stars.length && this.field.isConnected) return;
        clearInterval(this.beat);
        end();
      }, tries.length > 20 ? BEAT.dice : BEAT.light);
    }

    leftOut(star) {
      return Boolean(this.out && this.out(star.number));
    }

    /* Leave out what `out` says of a design's number; null: nothing. */
    leave(out) {
      this.out = out;
      this.show(null);
      this.paint();
      this.label();
    }

    /* The sky in words, and a table of what is lit. */
    label() {
      const { counts, all } = this.stars,
        left = this.out ? all.filter((star) => !this.out(star.number)) : all,
        of = (kind) => left.filter((star) => star.rank === kind).length;
      const few = this.out ? `${T.grouped(left.length)} of ` : "";
      const many = `${few}${T.grouped(all.length)} designs`,
        goes = `${T.grouped(of(2))} of them iterate${this.out ? `, of ${T.grouped(counts[2])}` : ""}`;
      this.words =
        `${this.title.textContent}. ${many}, each a point at its error on practised and on fresh problems. ` +
        `${T.grouped(of(1) + of(2))} reach par, and ${goes}. Arrow keys walk from star to star.`;
      this.field.setAttribute("aria-label", this.words);
      this.fold.hidden = !this.lit.length;
      const row = (star) => {
        const score = star.exploded ? () => "×" : this.shown;
        return el(
          "tr",
          {},
          el("th", { scope: "row" }, star.name || star.label || ""),
          ...[score(star.practice), score(star.fresh), NAMES[star.rank], this.stars.words(star.number)].map(
            (text) => el("td", {}, text),
          ),
        );
      };
      const head = ["", "practice", "fresh", "", "dials"].map((text) => el("th", { scope: "col" }, text));
      const rows = this.lit.slice(0, LISTED).map(row),
        more = this.lit.length - rows.length;
      this.table.replaceChildren(el("table", {}, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...rows)));
      if (more > 0) this.table.append(el("p", {}, `${T.grouped(more)} more are lit.`));
    }

    say(text) {
      this.said.textContent = text;
    }

    /* So many blind draws from some stars, none twice; every throw falls otherwise. beside: lit stars that stay. */
    fall(count, from = this.stars.all, beside = []) {
      const order = [...from],
        drawn = [];
      this.throws = (this.throws || 0) + 1;
      while (drawn.length < Math.min(count, from.length)) {
        const at = Math.floor(noise(7919 * this.throws + drawn.length + 0.5) * order.length);
        drawn.push(...order.splice(at, 1));
      }
      const best = drawn.reduce((a, b) => (b.fresh < a.fresh ? b : a)),
        goes = drawn.filter((star) => star.rank === 2).length;
      const stay = beside.map((one) => ({ ...one, kind: "t3-sky-stay", thread: one.name }));
      const lit = drawn.map((star, i) => ({ ...star, kind: "t3-sky-die", thread: i, name: `die ${i + 1}` }));
      this.say("");
      this.light([...stay, ...lit], () =>
        this.say(
          `${drawn.length} dice: the best fresh error is ${this.shown(best.fresh)}; ` +
            `${goes ? T.counted(goes, "of them iterates", "of them iterate") : "none of them iterates"}.`,
        ),
      );
    }
  }

  Object.assign(T, { Stars, Sky });
})(globalThis);
