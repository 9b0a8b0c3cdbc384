/* The learner: dots of one problem, the lines that machines draw through them, and their errors, under one dial.
 * A machine is three numbers (learner.py); so whatever dots the reader makes are answered here.
 */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const { el, svg, button, fixed, middle } = T;
  const WIDTH = 360,
    HEIGHT = 190,
    REACH = 1.6, // of y, up and down
    SWEEP = 350, // milliseconds a stop, when the dial turns by itself
    REST = 300,
    KEYS = { ArrowUp: [0, 0.1], ArrowDown: [0, -0.1], ArrowLeft: [-0.05, 0], ArrowRight: [0.05, 0] };

  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

  /* The slope a machine [α, β, γ] infers from dots. */
  const inferred = ([alpha, beta, gamma], { x, y }) =>
    alpha * mean(x.map((v) => v * v)) + beta * mean(x.map((v, i) => v * y[i])) + gamma * mean(y.map((v) => v * v));

  /* The slope of the line through zero that lies closest to the dots: on one rule, the rule. */
  const closest = ({ x, y }) => mean(x.map((v, i) => v * y[i])) / Math.max(mean(x.map((v) => v * v)), 1e-9);

  const px = (x) => WIDTH / 2 + (x * (WIDTH - 24)) / 2;
  const py = (y) => HEIGHT / 2 - (y * (HEIGHT - 12)) / 2 / REACH;

  const line = (slope, name) =>
    svg("line", { class: name, x1: px(-1), x2: px(1), y1: py(-slope), y2: py(slope) });

  /* One row of bars a kind of problem: a bar to the median, a tick a run. */
  function errorBars(names, most) {
    const rows = names.map((name) => {
      const bar = el("span", { class: "t3-learner-bar" }),
        ticks = el("span", { class: "t3-learner-ticks" }),
        value = el("span", { class: "t3-learner-value" });
      const zero = el("span", { class: "t3-learner-zero", style: `left: ${(100 * 100) / most}%` });
      const row = el(
        "div",
        { class: "t3-learner-row" },
        el("span", { class: "t3-learner-name" }, name, value),
        el("span", { class: "t3-learner-track" }, bar, ticks, zero),
      );
      const show = (errors) => {
        row.hidden = !errors;
        if (!errors) return;
        const at = (error) => `${Math.min(100, (100 * error) / most)}%`;
        bar.style.width = at(middle(errors));
        ticks.replaceChildren(...errors.map((error) => el("i", { style: `left: ${at(error)}` })));
        value.textContent = `${middle(errors).toFixed(0)} %`;
      };
      return { row, show };
    });
    return { rows, element: el("div", { class: "t3-learner-bars", "aria-hidden": "true" }, ...rows.map((r) => r.row)) };
  }

  class Learner {
    constructor(host, spec, store, kernel) {
      Object.assign(this, { spec, store, kernel });
      this.names = Object.keys(spec.problems);
      this.at = spec.dial.start;
      this.kind = 0; // of names: which problems are drawn
      this.number = 0; // which of them
      this.dots = null; // the reader's own
      this.voice = T.announcer();
      this.picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "t3-learner-picture", role: "group" });
      this.reading = el("p", { class: "t3-reading t3-learner-reading" });
      this.bars = errorBars(this.names, 160);
      this.dial = T.slider({
        id: `${spec.id}-dial`,
        label: spec.dial.label,
        max: spec.dial.stops.length - 1,
        dial: "problems",
        text: (at) => spec.dial.stops[at],
        turn: (at) => this.turn(at),
      });
      this.tabs = el(
        "fieldset",
        { class: "t3-choice t3-learner-tabs", "aria-label": "What is drawn" },
        ...this.names.map((name, k) =>
          el(
            "label",
            {},
            el("input", { type: "radio", name: `${spec.id}-kind`, value: k, onchange: () => this.choose(k) }),
            el("span", {}, name),
          ),
        ),
      );
      this.another = button("Another problem", () => {
        this.number = (this.number + 1) % this.problems().length;
        this.dots = null;
        this.draw();
      });
      this.straight = button("Put the dots back", () => {
        this.dots = null;
        this.draw();
        this.another.focus();
      });
      this.root = el(
        "figure",
        { class: "t3-figure t3-learner", id: spec.id, "data-t3-after": spec.after },
        el("p", { class: "t3-figure-title" }, spec.title),
        el(
          "div",
          { class: "t3-learner-both" },
          this.picture,
          el("div", { class: "t3-learner-side" }, this.bars.element, this.dial.element),
        ),
        el("div", { class: "t3-figure-tools" }, this.tabs, this.another, this.straight),
        this.reading,
        el("p", { class: "t3-reading" }, spec.note),
        this.voice.region,
      );
      host.replaceChildren(this.root);
      T.waiting(this);
      if (this.open) this.kind = this.names.length - 1;
      this.draw();
    }

    /* The question was answered or forgotten. */
    opened() {
      this.kind = this.open ? this.names.length - 1 : 0;
      this.number = 0;
      this.dots = null;
      this.draw();
    }

    lead() {
      if (T.still()) return this.turn(this.spec.dial.stops.length - 1);
      this.turn(0);
      this.sweep = setInterval(() => {
        if (this.at === this.spec.dial.stops.length - 1 || !this.root.isConnected) clearInterval(this.sweep);
        else this.turn(this.at + 1, true);
      }, SWEEP);
    }

    choose(kind) {
      this.kind = kind;
      this.number = 0;
      this.dots = null;
      this.draw();
    }

    turn(at, itself = false) {
      if (!itself) clearInterval(this.sweep);
      this.at = at;
      this.fresh = null;
      this.draw();
      clearTimeout(this.resting);
      if (this.kernel && this.kernel.learn) this.resting = setTimeout(() => this.train(at), REST);
    }

    /* In a kernel the first machine of a stop is trained anew. */
    async train(at) {
      const learned = await this.kernel.learn(at).catch(() => null); // the kernel's line says what is wrong with it
      if (!learned || at !== this.at) return;
      this.fresh = learned;
      this.draw();
    }

    problems() {
      return this.spec.problems[this.names[this.kind]];
    }

    machines() {
      const all = this.spec.slopes[this.at];
      const first = this.fresh ? this.fresh.slope : all[0];
      return this.kind ? [first, ...all.slice(1)] : [first]; // a practised problem is the first machine's alone
    }

    errors(name) {
      const all = this.spec.errors[name][this.at];
      return this.fresh ? [this.fresh.errors[name], ...all.slice(1)] : all;
    }

    draw() {
      const problem = this.problems()[this.number],
        dots = this.dots || problem,
        slopes = this.machines().map((machine) => inferred(machine, dots)),
        rule = closest(dots),
        truth = rule * problem.query,
        given = slopes[0] * problem.query;
      this.dial.show(this.at);
      this.names.forEach((name, k) => this.bars.rows[k].show(k && !this.open ? null : this.errors(name)));
      this.tabs.hidden = !this.open;
      this.another.hidden = this.problems().length < 2;
      this.straight.hidden = !this.dots;
      [...this.tabs.querySelectorAll("input")].forEach((input, k) => (input.checked = k === this.kind));
      const area = (100 * (given - truth) ** 2) / Math.max(truth ** 2, 1e-9),
        share = area > 999 ? "over 999" : area.toFixed(0);
      const said =
        `Asked at ${fixed(problem.query)}, guessing zero misses by ${Math.abs(truth).toFixed(2)}, the machine by ` +
        `${Math.abs(given - truth).toFixed(2)}: its square has ${share}\u00a0% of the area.`;
      this.scene(dots, slopes, rule, problem.query, truth, given);
      this.reading.textContent = said;
      const answer =
        slopes.length > 1
          ? `the machines answer with slopes ${fixed(Math.min(...slopes))} to ${fixed(Math.max(...slopes))}`
          : `the machine answers with slope ${fixed(slopes[0])}`;
      const bars = this.names
        .filter((_, k) => !k || this.open)
        .map((name) => `On ${name} the error is ${middle(this.errors(name)).toFixed(0)} per cent.`);
      this.words =
        `${this.spec.dial.label} ${this.spec.dial.stops[this.at]}. Drawn: one of the ${this.names[this.kind]}. ` +
        `The dots lie on a line of slope ${fixed(rule)}; ${answer}. ` +
        `${said} ${bars.join(" ")}`;
      this.picture.setAttribute("aria-label", this.words);
      this.voice.say(this.words);
    }

    scene(dots, slopes, rule, query, truth, given) {
      const side = (value) => Math.abs(py(value) - py(0));
      const square = (from, to, name) => {
        const size = side(to - from);
        return svg("rect", {
          class: name,
          x: query > 0 ? px(query) - size : px(query), // towards the middle: there is room
          y: Math.min(py(from), py(to)),
          width: size,
          height: size,
        });
      };
      const held = this.picture.contains(document.activeElement) ? document.activeElement.dataset.dot : null;
      this.picture.replaceChildren(
        svg("line", { class: "t3-learner-axis", x1: px(-1), x2: px(1), y1: py(0), y2: py(0) }),
        square(0, truth, "t3-learner-guess"),
        square(given, truth, "t3-learner-miss"),
        line(rule, "t3-learner-rule"),
        ...slopes.slice(1).map((slope) => line(slope, "t3-learner-other")),
        line(slopes[0], "t3-learner-line"),
        svg("line", { class: "t3-learner-asked", x1: px(query), x2: px(query), y1: py(0), y2: py(truth) }),
        svg("circle", { class: "t3-learner-truth", cx: px(query), cy: py(truth), r: 5 }),
        ...dots.x.map((x, i) => this.dot(dots, i)),
      );
      if (held !== null) this.picture.querySelector(`[data-dot="${held}"]`).focus();
    }

    /* Before the guess a dot stands still: what a machine makes of dots that it never met is what is asked. */
    dot(dots, i) {
      const at = `translate(${px(dots.x[i])} ${py(dots.y[i])})`;
      if (!this.open) return svg("circle", { class: "t3-learner-still", transform: at, r: 7 });
      const mark = svg(
        "g",
        {
          class: "t3-learner-dot",
          transform: at,
          tabindex: 0,
          role: "slider",
          "data-dot": i,
          "aria-label": `Dot ${i + 1}, up and down`,
          "aria-valuemin": -REACH,
          "aria-valuemax": REACH,
          "aria-valuenow": dots.y[i].toFixed(2),
          "aria-valuetext": `answer ${fixed(dots.y[i])} at ${fixed(dots.x[i])}`,
        },
        svg("circle", { class: "t3-learner-hold", r: 22 }),
        svg("circle", { r: 7 }),
      );
      mark.addEventListener("pointerdown", (event) => this.drag(event, i));
      mark.addEventListener("keydown", (event) => {
        const [dx, dy] = KEYS[event.key] || [];
        if (dy === undefined) return;
        event.preventDefault();
        this.move(i, dots.x[i] + dx, dots.y[i] + dy);
      });
      return mark;
    }

    drag(event, i) {
      if (event.button) return;
      event.preventDefault();
      clearInterval(this.sweep);
      const frame = this.picture.getBoundingClientRect();
      T.drag(event, (move) => {
        const x = ((move.clientX - frame.left) / frame.width) * WIDTH,
          y = ((move.clientY - frame.top) / frame.height) * HEIGHT;
        this.move(i, ((x - WIDTH / 2) * 2) / (WIDTH - 24), ((HEIGHT / 2 - y) * 2 * REACH) / (HEIGHT - 12));
      });
    }

    move(i, x, y) {
      const dots = this.dots || this.problems()[this.number];
      const put = (values, value, most) => values.map((old, k) => (k === i ? T.clip(value, -most, most) : old));
      this.dots = { x: put(dots.x, x, 1), y: put(dots.y, y, REACH) };
      this.draw();
    }
  }

  Learner.inferred = inferred;
  T.Learner = Learner;
})(globalThis);
