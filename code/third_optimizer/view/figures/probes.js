/* Push and watch: the reader takes a thing and a probe, guesses what follows, and sees it; a profile fills up.
 *
 * Every run was made by Python: for each thing and probe there are stops, and a stop has its states. The profile counts
 * over all of them once one has been tried. What has been tried is kept with the reader's answers.
 */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const { el, svg, button } = T,
    BEAT = 55; // milliseconds between two states

  const same = (one, other) => String(one) === String(other);

  class Probes {
    /* spec: {id, kept: under what the store keeps it, title, note, probes: {key: name}, inside: {key: name}, things:
     * [{name, scene, usual, low, high, runs, words}]} (probes.py) */
    constructor(host, spec, store) {
      Object.assign(this, { spec, store });
      this.columns = [...Object.keys(spec.probes), ...Object.keys(spec.inside)];
      this.all = this.columns.flatMap((column) => spec.things.map((_, t) => [t, column]));
      this.forget();
      this.voice = T.announcer();
      this.picture = svg("svg", {
        viewBox: `0 0 ${T.scenes.WIDTH} ${T.scenes.HEIGHT}`,
        class: "t3-probes-picture",
        role: "img",
      });
      this.picture.addEventListener("pointerdown", (event) => this.press(event));
      const hold = (event) => event.target.closest(".t3-probes-handle") && event.preventDefault();
      this.picture.addEventListener("touchstart", hold, { passive: false });
      this.name = el("p", { class: "t3-probes-name" });
      this.rests = el("p", { class: "t3-probes-rests" });
      this.said = el("p", { class: "t3-probes-said" });
      this.dialled = el("div", {});
      this.guess = el("div", { class: "t3-probes-guess" });
      this.tally = el("p", { class: "t3-probes-tally" });
      this.table = el("table", { class: "t3-probes-table" });
      this.rest = button("Fill in the rest", () => this.fill());
      this.root = el(
        "figure",
        { class: "t3-figure t3-probes", id: spec.id },
        el("p", { class: "t3-figure-title" }, spec.title),
        el(
          "div",
          { class: "t3-beside" },
          this.picture,
          el("div", { class: "t3-probes-side" }, this.name, this.rests, this.dialled, this.said, this.guess),
        ),
        this.table,
        el("div", { class: "t3-figure-tools" }, this.rest, this.tally),
        el("p", { class: "t3-caption" }, spec.note),
        this.voice.region,
      );
      host.replaceChildren(this.root);
      this.build();
      this.restore();
      this.take(0, "push");
      store.listen(() => {
        this.restore();
        this.showTable();
      });
    }

    // --- what is kept ------------------------------------------------------------------------------------

    forget() {
      this.tried = new Set(); // of what named() gives
      this.score = { right: 0, guesses: 0 };
      this.kept = false;
    }

    /* A cell of the profile, "raindrop/push". */
    named(t, column) {
      return `${this.spec.things[t].name}/${column}`;
    }

    /* Add what the store has. Where it had some and has none any more, the reader deleted it. */
    restore() {
      const answer = this.store.get(this.spec.kept),
        { tried, right, guesses } = (answer && answer.value) || {};
      if (!answer && this.kept) this.forget();
      if (!Array.isArray(tried)) return;
      this.kept = true;
      const known = this.all.map((cell) => this.named(...cell));
      for (const one of tried) if (known.includes(one)) this.tried.add(one);
      if (guesses > this.score.guesses) this.score = { right: Number(right), guesses };
    }

    keep() {
      const { tried, score, all, spec } = this,
        told = [`${tried.size} of ${all.length} cells.`, this.guessed()];
      this.store.set(spec.kept, {
        label: "Profile",
        question: spec.title,
        value: { tried: [...tried], ...score },
        answer: told.join(" ").trim(),
        verdict: "played",
      });
    }

    guessed() {
      const { right, guesses } = this.score;
      return guesses ? `You guessed right ${right} of ${T.counted(guesses, "time", "times")}.` : "";
    }

    // --- the profile, from which a thing and a probe are taken -------------------------------------------

    build() {
      const { probes, inside, things } = this.spec;
      const cell = (t, column) => button("?", () => this.take(t, column, true), "t3-probes-cell");
      this.cells = things.map((_, t) => Object.fromEntries(this.columns.map((column) => [column, cell(t, column)])));
      const heads = Object.values({ ...probes, ...inside }).map((name) => el("th", { scope: "col" }, name));
      this.table.replaceChildren(
        el("caption", {}, "The profile. Take a cell to try it."),
        el(
          "thead",
          {},
          el("tr", {}, el("td", {}), ...heads),
        ),
        el(
          "tbody",
          {},
          ...things.map((thing, t) =>
            el(
              "tr",
              {},
              el("th", { scope: "row" }, thing.name),
              ...this.columns.map((column) => el("td", {}, this.cells[t][column])),
            ),
          ),
        ),
      );
    }

    /* What a cell of the profile says, once it has been tried: {text, share}. */
    found(t, column) {
      const { runs, words } = this.spec.things[t];
      if (column in this.spec.inside) return { text: words[column], share: words[column] === "none" ? 0 : 1 };
      if (!runs[column]) return { text: "none", share: 0 };
      const near = runs[column].filter((run) => run.near).length;
      return { text: `${near} of ${runs[column].length}`, share: near / runs[column].length };
    }

    showTable() {
      const named = { ...this.spec.probes, ...this.spec.inside };
      this.cells.forEach((row, t) =>
        this.columns.forEach((column) => {
          const cell = row[column],
            known = this.tried.has(this.named(t, column)),
            { text, share } = known ? this.found(t, column) : { text: "?", share: 0 },
            here = t === this.t && (column === this.column || (this.inside && column in this.spec.inside));
          cell.textContent = text;
          cell.style.setProperty("--share", `${100 * share}%`);
          cell.classList.toggle("t3-probes-known", known);
          cell.setAttribute("aria-pressed", here);
          const of = `${this.spec.things[t].name}, ${named[column]}`;
          cell.setAttribute("aria-label", `${of}: ${known ? text : "not tried yet"}`);
        }),
      );
      this.tally.textContent = this.guessed();
      this.rest.hidden = this.tried.size === this.all.length;
    }

    /* These cells, [thing, column], have been tried. */
    add(...cells) {
      for (const cell of cells) this.tried.add(this.named(...cell));
      this.keep();
      this.showTable();
    }

    fill() {
      this.add(...this.all);
      this.cells[this.t][this.column].focus();
    }

    // --- one probe ------------------------------------------------------------------------------------------

    get thing() {
      return this.spec.things[this.t];
    }
    get runs() {
      return this.thing.runs[this.column] || [];
    }
    get inside() {
      return this.column in this.spec.inside;
    }

    /* A thing and a column of the profile; shown: the reader is taken to where it is drawn. */
    take(t, column, shown = false) {
      clearInterval(this.beat);
      Object.assign(this, { t, column, frame: 0, ran: false });
      const words = this.thing.words[column],
        named = { ...this.spec.probes, ...this.spec.inside }[column];
      this.name.textContent = `${this.thing.name}: ${this.inside ? "look inside" : named}`;
      this.rests.textContent = this.thing.words.at_rest;
      this.dialled.replaceChildren();
      this.at = 0;
      if (this.runs.length) {
        this.dial = T.slider({
          id: `${this.spec.id}-dial`,
          label: words.label,
          max: this.runs.length - 1,
          text: (at) => this.runs[at].text,
          turn: (at) => this.set(at),
        });
        this.dialled.append(this.dial.element);
        this.set(this.first());
      } else {
        this.add(...(this.inside ? Object.keys(this.spec.inside) : [column]).map((one) => [t, one]));
        this.tell(this.inside ? this.thing.words.inside : words.none);
        this.draw();
        this.guess.replaceChildren(...this.next());
      }
      this.showTable();
      if (shown && this.picture.getBoundingClientRect().top < 0)
        this.root.scrollIntoView({ block: "start", behavior: T.still() ? "auto" : "smooth" });
    }

    /* A button that leads to the next cell not tried yet, column by column; none when all are. */
    next() {
      const { things, probes } = this.spec,
        { all } = this,
        here = all.findIndex(([t, column]) => t === this.t && column === this.column),
        left = [...all.slice(here + 1), ...all.slice(0, here)].find((cell) => !this.tried.has(this.named(...cell)));
      if (!left) return [];
      const [t, column] = left;
      const go = () => {
        this.take(t, column);
        const first = this.guess.querySelector("button");
        if (first) first.focus({ preventScroll: true });
      };
      const then = column === this.column ? "" : `, ${probes[column] || "look inside"}`; // what it goes on with
      return [button(`Next: ${things[t].name}${then}`, go)];
    }

    /* Where the dial stands at first: the usual world, else in the middle. */
    first() {
      const usual = this.runs.findIndex((run) => this.column === "world" && same(run.stop, this.thing.usual.world));
      return usual < 0 ? Math.floor(this.runs.length / 2) : usual;
    }

    set(at) {
      clearInterval(this.beat);
      Object.assign(this, { at, frame: 0, ran: false });
      this.dial.show(at);
      const { ask } = this.thing.words[this.column];
      this.tell(ask, false);
      this.guess.replaceChildren(
        button("It will", () => this.run(true), "t3-primary"),
        button("It will not", () => this.run(false), "t3-primary"),
      );
      this.draw();
    }

    run(guessed) {
      const { near, states } = this.runs[this.at],
        right = guessed === near;
      this.score.guesses += 1;
      this.score.right += right ? 1 : 0;
      const again = button("Again", () => {
        this.set(this.at);
        this.guess.firstChild.focus({ preventScroll: true });
      });
      this.guess.replaceChildren(again);
      again.focus({ preventScroll: true });
      this.tell("", false);
      const end = () => {
        clearInterval(this.beat);
        this.ran = true;
        this.frame = states.length - 1;
        this.add([this.t, this.column]);
        const verdict = right ? "✓ As you guessed." : "✗ Not as you guessed.";
        this.tell(`${verdict} ${this.thing.words[this.column][near ? "yes" : "no"]}`);
        this.draw();
        again.after(...this.next()); // which keeps the focus where it is
      };
      if (T.still()) return end();
      this.beat = setInterval(() => {
        if (!this.root.isConnected) return clearInterval(this.beat);
        this.frame += 1;
        if (this.frame >= states.length - 1) end();
        else this.draw();
      }, BEAT);
    }

    tell(words, aloud = true) {
      this.said.textContent = words;
      if (aloud) this.voice.say(words);
    }

    // --- the picture --------------------------------------------------------------------------------------------

    view() {
      const { thing, column } = this,
        run = this.runs[this.at],
        usual = { ...thing.usual };
      if (run) usual[{ push: "start", goal: "wanted", world: "world" }[column]] = run.stop;
      const states = run ? run.states.slice(0, this.frame + 1) : [thing.usual.start];
      return {
        thing,
        usual,
        states,
        curve: (run && run.curve) || thing.scene.curve,
        most: run ? run.states.length - 1 : 1,
        world: run && column === "world" ? run.text : thing.scene.world,
      };
    }

    draw() {
      const view = this.view(),
        scene = T.scenes[this.thing.scene.kind],
        run = this.runs[this.at],
        spot = run && !this.ran && this.frame === 0 ? scene.spot(this.column, run.stop, view) : null;
      this.picture.replaceChildren(
        ...scene.draw(view),
        ...(spot ? [svg("circle", { class: "t3-probes-handle", cx: spot[0], cy: spot[1], r: 20 })] : []),
      );
      const where = run ? `${this.thing.words[this.column].label} ${run.text}. ` : "";
      const then = this.ran ? this.thing.words[this.column][run.near ? "yes" : "no"] : "";
      this.picture.setAttribute("aria-label", `${this.thing.name}: ${this.thing.words.at_rest} ${where}${then}`);
    }

    /* A finger takes the nearest stop, and goes on taking it. */
    press(event) {
      const scene = T.scenes[this.thing.scene.kind];
      if (event.button || !this.runs.length || !scene.spot(this.column, this.runs[0].stop, this.view())) return;
      const take = (move) => {
        const { left, top, width } = this.picture.getBoundingClientRect(),
          scale = T.scenes.WIDTH / width,
          [x, y] = [(move.clientX - left) * scale, (move.clientY - top) * scale];
        let best = 0,
          least = Infinity;
        this.runs.forEach((run, k) => {
          const view = { ...this.view(), curve: run.curve || this.thing.scene.curve },
            [a, b] = scene.spot(this.column, run.stop, view),
            away = this.thing.scene.kind === "hill" ? Math.abs(a - x) : Math.hypot(a - x, b - y);
          if (away < least) [best, least] = [k, away];
        });
        if (best !== this.at || this.ran || this.frame) this.set(best);
      };
      event.preventDefault();
      take(event);
      T.drag(event, take);
    }
  }

  T.Probes = Probes;
})(globalThis);
