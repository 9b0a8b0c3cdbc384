/* Run it longer: one problem, the hidden number as a line, and what machines answer after 1, 2, 4, ... passes, drawn
 * pass by pass at the press of a button. A machine that goes on creeps to the line; another stalls, or flies off.
 */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const { el, svg, button, fixed } = T;
  const WIDTH = 360,
    HEIGHT = 200,
    LEFT = 34,
    RIGHT = 66, // room for names
    LINE = 14, // between two names
    TOP = 22,
    BOTTOM = 34,
    BEAT = 650, // milliseconds between two answers
    FAR = 1.9; // of the hidden number: where the picture ends, above it and below zero

  /* What became of a machine's answers, in words. The miss after the passes it was trained with is the measure. */
  function fate({ passes, answers }, { truth, steps }) {
    const miss = answers.map((value) => Math.abs(T.finite(value) - truth)),
      before = miss[steps.indexOf(passes)],
      after = miss[steps.length - 1];
    if (!(after <= 2 * Math.abs(truth))) return "flies off";
    if (after <= before / 2) return "goes on";
    return after <= 1.5 * before ? "stalls" : "drifts away";
  }

  class Longer {
    /* spec: {id, title, note, truth, steps, machines: [{name, passes, answers, role}]} */
    constructor(host, spec) {
      this.spec = spec;
      this.until = -1; // of steps: as far as answers are shown; -1: those of the passes trained with
      this.picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "t3-longer-picture", role: "img" });
      this.button = button("Run them longer", () => this.run(), "t3-primary");
      this.reading = el("ul", { class: "t3-longer-said", "aria-live": "polite" });
      this.element = el(
        "figure",
        { class: "t3-figure t3-longer", id: spec.id },
        el("p", { class: "t3-figure-title" }, spec.title),
        this.picture,
        el("div", { class: "t3-figure-tools" }, this.button),
        this.reading,
        ...(spec.note ? [el("p", { class: "t3-reading" }, spec.note)] : []),
      );
      host.replaceChildren(this.element);
      this.draw();
      root.addEventListener("beforeprint", () => this.finish()); // paper does not move
    }

    finish() {
      clearInterval(this.beat);
      this.until = this.spec.steps.length - 1;
      this.draw();
    }

    /* Pass by pass; at once where nothing may move. */
    run() {
      if (T.still()) return this.finish();
      clearInterval(this.beat);
      this.until = 0;
      this.draw();
      this.beat = setInterval(() => {
        this.until += 1;
        this.draw();
        if (this.until === this.spec.steps.length - 1 || !this.element.isConnected) clearInterval(this.beat);
      }, BEAT);
    }

    /* A machine's answers that are shown now: [step, value]; null where it has flown off. */
    seen({ passes, answers }) {
      const all = answers.map((value, k) => [k, value]);
      return this.until < 0 ? all.filter(([k]) => this.spec.steps[k] === passes) : all.slice(0, this.until + 1);
    }

    draw() {
      const { truth, steps, machines } = this.spec,
        end = this.until === steps.length - 1,
        [low, high] = truth > 0 ? [-FAR * truth * 0.4, FAR * truth] : [FAR * truth, -FAR * truth * 0.4],
        x = (k) => LEFT + (k * (WIDTH - LEFT - RIGHT)) / (steps.length - 1),
        y = (value) => HEIGHT - BOTTOM - ((T.clip(value, low, high) - low) * (HEIGHT - TOP - BOTTOM)) / (high - low);
      const text = (at, up, words, name = "") => svg("text", { x: at, y: up, class: "t3-longer-text " + name }, words);
      this.names = []; // where names stand
      this.picture.replaceChildren(
        svg("line", { class: "t3-longer-zero", x1: LEFT, x2: WIDTH - RIGHT, y1: y(0), y2: y(0) }),
        text(LEFT - 6, y(0) + 4, "0", "t3-longer-end"),
        svg("line", { class: "t3-longer-truth", x1: LEFT, x2: WIDTH - RIGHT, y1: y(truth), y2: y(truth) }),
        text(LEFT - 6, y(truth) + 4, fixed(truth), "t3-longer-end t3-longer-strong"),
        text(0, 10, "dashed: the hidden number; ringed: as in training"),
        ...steps.map((step, k) => text(x(k), HEIGHT - BOTTOM + 18, String(step), "t3-longer-middle")),
        text(WIDTH - RIGHT, HEIGHT - 2, "passes", "t3-longer-end"),
        ...machines.map((one) => this.path(one, x, y, [low, high])),
      );
      this.reading.replaceChildren(...machines.map((one) => el("li", {}, this.tell(one, end))));
      const words = machines.map((one) => this.tell(one, end)).join(" ");
      this.picture.setAttribute("aria-label", `The hidden number is ${fixed(truth)}. ${words}`);
      this.button.textContent = this.until < 0 ? "Run them longer" : "Again";
    }

    path(one, x, y, [low, high]) {
      const group = svg("g", { class: `t3-longer-machine t3-longer-${one.role}` }),
        seen = this.seen(one),
        inside = (value) => value !== null && value >= low && value <= high;
      const back = seen.findLastIndex(([, value]) => inside(value)), // what comes back has not flown off
        kept = seen.slice(0, back + 2);
      let down = 0;
      const spot = ([k, value]) => [x(k), y(value === null ? (kept[0][1] > 0 ? high : low) : value)];
      group.append(
        svg("path", { d: kept.map((at, k) => (k ? "L" : "M") + spot(at).join(" ")).join(" ") }),
        ...kept.map((at) => {
          const [a, b] = spot(at);
          if (!inside(at[1]) && at[0] > back) return svg("path", { d: `M${a - 5} ${b - 5}l10 10m0 -10l-10 10` });
          const trained = this.spec.steps[at[0]] === one.passes;
          return svg("circle", { cx: a, cy: b, r: trained ? 6 : 3.5, class: trained ? "t3-longer-trained" : "" });
        }),
      );
      if (kept.length) {
        const [a, b] = spot(kept[kept.length - 1]);
        const width = 12 + 8 * one.name.length, // about
          hit = ([c, d, other]) => a < c + other && c < a + width && Math.abs(b + down - d) < LINE;
        while (this.names.some(hit)) down += LINE / 2;
        this.names.push([a, b + down, width]);
        group.append(svg("text", { x: a + 10, y: b + down + 4, class: "t3-longer-name" }, one.name));
      }
      return group;
    }

    tell(one, end) {
      const { steps } = this.spec,
        at = steps.indexOf(one.passes),
        say = (value) => (value === null || Math.abs(value) > 1000 ? "something beyond all bounds" : fixed(value)),
        last = one.answers[steps.length - 1],
        first = `trained with ${T.counted(one.passes, "pass", "passes")}, it answers ${say(one.answers[at])}`,
        then = `; after ${steps[steps.length - 1]} passes ${say(last)}. It ${fate(one, this.spec)}`;
      return `${one.name}: ${first}${end ? then : ""}.`;
    }
  }

  Longer.fate = fate;
  T.Longer = Longer;
})(globalThis);
