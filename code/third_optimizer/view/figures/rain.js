/* The rain: a thousand starts fall on a round mountain with a crater, run downhill, and end in the crater or in the
 * moat around the mountain. Seen from the side, and from above.
 *
 * The mountain is round in any number of dimensions (world.volcano), so a start only moves along the line through the
 * middle: its distance is all that must be computed. From above each start is drawn at its true distance from the
 * crater, in the direction of its first two coordinates.
 */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const { el, svg, button } = T;
  const WIDTH = 360,
    SIDE = 128, // height of the view from the side
    ABOVE = 288,
    REACH = 6.4, // of the picture, from the crater to its left and right edge
    SKY = 8, // height from which drops fall
    LOW = -3.6,
    STEPS = 30,
    DEEP = -0.5, // who ends lower has landed
    FALL = 500, // milliseconds
    BEAT = 55,
    SWEEP = 600; // milliseconds a stop, when the dial turns by itself

  const height = (r, { rim, moat, curvature }) => {
    const away = Math.abs(r);
    if (away >= rim) return (away - moat) ** 2 / 2;
    return (curvature * (away * away - rim * rim) + (moat - rim) ** 2) / 2;
  };

  /* A step of descent along the line through the middle; r: the distance, its sign the side. */
  const step = (r, rate, { rim, moat, curvature }) =>
    r - rate * r * (Math.abs(r) < rim ? curvature : 1 - moat / Math.abs(r));

  /* Where a start is after so many steps. */
  function settle(r, rate, hill, steps = STEPS) {
    for (let t = 0; t < steps; t++) r = step(r, rate, hill);
    return r;
  }

  /* Normal numbers, the same for the same seed. */
  function normals(count, seed) {
    let state = seed >>> 0;
    const uniform = () => {
      state = (state + 0x6d2b79f5) | 0; // mulberry32
      let t = Math.imul(state ^ (state >>> 15), 1 | state);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
    return Float64Array.from(
      { length: count },
      () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    );
  }

  const px = (x) => WIDTH / 2 + (x * WIDTH) / 2 / REACH;
  const py = (y) => SIDE + 14 + ABOVE / 2 - (y * WIDTH) / 2 / REACH;
  const up = (h) => SIDE - 6 - ((h - LOW) * (SIDE - 10)) / (SKY - LOW);

  /* One in so many, as a reader says it. */
  function oneIn(per_cent) {
    const many = 100 / per_cent;
    if (many < 3) return `${per_cent.toFixed(0)} in a hundred`;
    if (many < 1e6) return `one in ${T.grouped(many < 20 ? Number(many.toFixed(0)) : Number(many.toPrecision(2)))}`;
    if (many < 1e9) return `one in ${T.grouped(Number((many / 1e6).toPrecision(2)))} million`;
    return `one in ${T.grouped(Number((many / 1e9).toPrecision(2)))} billion`;
  }

  class Rain {
    constructor(host, spec, store) {
      Object.assign(this, { spec, store });
      this.at = Object.fromEntries(spec.dials.map((dial) => [dial.name, dial.start]));
      this.number = 1; // of the rain
      this.voice = T.announcer();
      this.picture = this.ground();
      this.said = el("p", { class: "t3-reading t3-said" });
      this.go = button("Let it rain", () => this.fall(), "t3-primary");
      this.dials = spec.dials.map((dial) =>
        T.slider({
          id: `${spec.id}-${dial.name}`,
          label: dial.label,
          max: dial.stops.length - 1,
          text: (at) => dial.texts[at],
          turn: (at) => this.turn(dial.name, at),
        }),
      );
      this.root = el(
        "figure",
        { class: "t3-figure t3-rain", id: spec.id, "data-t3-after": spec.after },
        el("p", { class: "t3-figure-title" }, spec.title),
        el(
          "div",
          { class: "t3-beside" },
          this.picture,
          el("div", { class: "t3-side" }, this.said, this.go, ...this.dials.map((dial) => dial.element)),
        ),
        el("p", { class: "t3-caption" }, spec.note),
        this.voice.region,
      );
      host.replaceChildren(this.root);
      this.rain();
      T.waiting(this);
      this.dials[0].element.hidden = !this.open;
      this.settled();
    }

    /* What stands still: the mountain from the side and from above. */
    ground() {
      const { rim, moat } = this.spec,
        xs = Array.from({ length: 257 }, (_, i) => REACH * (i / 128 - 1)),
        spot = (x) => `${px(x).toFixed(1)} ${up(this.height(x)).toFixed(1)}`,
        line = (points) => points.map((x, i) => (i ? "L" : "M") + spot(x)).join(""),
        word = (x, y, text, name = "") => svg("text", { x, y, class: `t3-rain-word ${name}` }, text);
      this.drops = { off: [svg("path", {}), svg("path", {})], in: [svg("path", {}), svg("path", {})] };
      for (const [kind, paths] of Object.entries(this.drops))
        for (const path of paths) path.setAttribute("class", `t3-rain-drops t3-rain-${kind}`);
      return svg(
        "svg",
        { viewBox: `0 0 ${WIDTH} ${SIDE + 14 + ABOVE}`, class: "t3-rain-picture", role: "img" },
        svg("path", { class: "t3-rain-rock", d: `${line(xs)}L${WIDTH} ${SIDE}L0 ${SIDE}Z` }),
        svg("path", { class: "t3-rain-basin-line", d: line(xs.filter((x) => Math.abs(x) <= rim)) }),
        svg("circle", { class: "t3-rain-moat", cx: px(0), cy: py(0), r: px(moat) - px(0) }),
        svg("circle", { class: "t3-rain-basin", cx: px(0), cy: py(0), r: px(rim) - px(0) }),
        ...this.drops.off,
        ...this.drops.in,
        word(2, 11, "from the side"),
        word(2, SIDE + 24, "from above"),
        word(px(0), SIDE - 5, "crater", "t3-rain-middle"),
        word(px(-moat), SIDE - 5, "moat", "t3-rain-middle"),
        word(px(moat), SIDE - 5, "moat", "t3-rain-middle"),
      );
    }

    height(r) {
      return height(r, this.spec);
    }

    value(name) {
      return this.spec.dials.find((dial) => dial.name === name).stops[this.at[name]];
    }

    /* The question was answered or forgotten. */
    opened() {
      const [first] = this.spec.dials;
      this.dials[0].element.hidden = !this.open;
      this.turn(first.name, first.start);
    }

    /* Let the dimensions grow. */
    lead() {
      const [first] = this.spec.dials,
        last = first.stops.indexOf(10);
      if (T.still()) return this.turn(first.name, last);
      this.sweep = setInterval(() => {
        if (this.at[first.name] >= last || !this.root.isConnected) clearInterval(this.sweep);
        else this.turn(first.name, this.at[first.name] + 1, true);
      }, SWEEP);
    }

    turn(name, at, itself = false) {
      if (!itself) clearInterval(this.sweep);
      this.at[name] = at;
      this.settled();
    }

    /* Other drops. */
    rain() {
      const { count, dials } = this.spec;
      this.most = Math.max(...dials[0].stops);
      this.numbers = normals(count * this.most, this.number);
    }

    /* Where each of them starts: its distance from the crater and its direction. */
    starts() {
      const { numbers, most, spec } = this,
        n = this.value("dimensions"),
        spread = this.value("spread"),
        away = this.value("away");
      return Array.from({ length: spec.count }, (_, i) => {
        const at = i * most,
          x = away + spread * numbers[at],
          y = n > 1 ? spread * numbers[at + 1] : 0;
        let square = x * x + y * y;
        for (let k = 2; k < n; k++) square += (spread * numbers[at + k]) ** 2;
        const flat = Math.hypot(x, y) || 1;
        return { r: Math.sqrt(square), x: x / flat, y: y / flat };
      });
    }

    /* A new rain, which falls and then runs. At once where nothing may move. */
    fall() {
      cancelAnimationFrame(this.moving);
      clearInterval(this.sweep);
      this.number += 1;
      this.rain();
      if (T.still()) return this.settled();
      const drops = this.starts(),
        ends = this.ends(drops),
        rate = this.value("rate");
      let began = null,
        taken = 0,
        now = drops.map(({ r }) => r);
      this.said.textContent = "It rains.";
      const frame = (time) => {
        if (!this.root.isConnected) return;
        began ??= time;
        const gone = time - began;
        if (gone < FALL) this.draw(drops, now, ends, 1 - gone / FALL);
        else {
          const due = Math.min(STEPS, Math.floor((gone - FALL) / BEAT));
          for (; taken < due; taken++) now = now.map((r) => step(r, rate, this.spec));
          this.draw(drops, now, ends, 0);
          if (taken === STEPS) return this.tell(ends);
        }
        this.moving = requestAnimationFrame(frame);
      };
      this.moving = requestAnimationFrame(frame);
    }

    ends(drops) {
      const rate = this.value("rate");
      return drops.map(({ r }) => this.height(settle(r, rate, this.spec)) < DEEP);
    }

    /* The drops where they fell, each in the colour of its end. */
    settled() {
      cancelAnimationFrame(this.moving);
      const drops = this.starts(),
        ends = this.ends(drops);
      this.spec.dials.forEach((dial, i) => this.dials[i].show(this.at[dial.name]));
      this.draw(
        drops,
        drops.map(({ r }) => r),
        ends,
        0,
      );
      this.tell(ends);
    }

    /* now: where each drop is on its line; above: how far up in the sky it still is, 0 to 1. */
    draw(drops, now, ends, above) {
      const side = { in: [], off: [] },
        map = { in: [], off: [] };
      drops.forEach(({ x, y }, i) => {
        const kind = ends[i] ? "in" : "off",
          r = T.clip(now[i], -REACH - 1, REACH + 1),
          across = px((x < 0 ? -1 : 1) * r).toFixed(1),
          high = Math.min(SKY, this.height(r)) + above * (SKY - this.height(r)) * (0.4 + 0.6 * ((i % 17) / 16));
        side[kind].push(`M${across} ${(up(high) - 2).toFixed(1)}h0`);
        map[kind].push(`M${px(r * x).toFixed(1)} ${py(r * y).toFixed(1)}h0`);
      });
      for (const kind of ["in", "off"]) {
        this.drops[kind][0].setAttribute("d", side[kind].join(""));
        this.drops[kind][1].setAttribute("d", map[kind].join(""));
        this.drops[kind][1].style.opacity = 1 - 0.8 * above;
      }
    }

    tell(ends) {
      const { count, chances, curvature, dials } = this.spec,
        landed = ends.filter(Boolean).length,
        { dimensions, spread, away } = this.at,
        chance = chances[dimensions][spread][away],
        n = this.value("dimensions"),
        where = n === 1 ? "On a line" : `In ${n} dimensions`,
        long = this.value("rate") * curvature > 2;
      const formula = long
        ? "At this learning rate the crater lets go: each step leaps over its middle and lands higher up."
        : `By formula it is ${oneIn(chance)}.`;
      const ended = `${T.grouped(landed)} of ${T.grouped(count)} starts end in the crater`;
      this.said.textContent = `${where} ${ended}. ${formula}`;
      const settings = dials.map((dial) => `${dial.label} ${dial.texts[this.at[dial.name]]}`).join(", ");
      const label = `A round mountain with a crater. ${settings}. ${this.said.textContent}`;
      this.picture.setAttribute("aria-label", label);
      this.voice.say(this.said.textContent);
    }
  }

  Object.assign(Rain, { settle, height, normals, DEEP, STEPS });
  T.Rain = Rain;
})(globalThis);
