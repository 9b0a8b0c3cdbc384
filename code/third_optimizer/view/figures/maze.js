/* The living maze: walls, goals and a walker that the reader sets, and what a machine makes of them, sweep by sweep. */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const { el, button } = T,
    P = () => T.planner;
  const BEAT = 160, // milliseconds between two sweeps
    STEP = 0.05, // of worth
    LEAST = 0.1,
    NEARLY = 0.97, // of the best: what counts as as good
    MOST = 9, // goals: each has a digit
    TOOLS = { wall: "walls", goal: "goals", walker: "the walker" };
  const KEYS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

  class Maze {
    /* spec: {id, title, note, machines: [{name, weights, channels, lumps}], discount, sweeps, start,
     * mazes: [{name, rows, columns, wall, worth}]} (maze.py) */
    constructor(host, spec, kernel) {
      Object.assign(this, { spec, kernel });
      this.machines = spec.machines.map((one) => this.unpacked(one));
      this.machine = 0;
      this.sweeps = spec.start;
      this.tool = "wall";
      this.lumpy = false;
      this.voice = T.announcer();
      this.ground = new T.Ground();
      this.picture = this.ground.picture;
      this.picture.addEventListener("pointerdown", (event) => this.press(event));
      this.picture.addEventListener("keydown", (event) => this.key(event));
      // a finger on a goal or the walker drags it and not the page; touch-action says so of a whole picture only
      const hold = (event) => event.target.closest(".t3-maze-movable") && event.preventDefault();
      this.picture.addEventListener("touchstart", hold, { passive: false });
      this.said = el("p", { class: "t3-maze-said" });
      this.dial = T.slider({
        id: `${spec.id}-sweeps`,
        label: "Sweeps of thought",
        max: spec.sweeps,
        text: String,
        turn: (at) => this.think(at),
      });
      this.go = button("Let it think", () => this.run(), "t3-primary");
      const tools = el(
        "fieldset",
        { class: "t3-choice" },
        el("legend", {}, "A tap sets"),
        ...Object.entries(this.tools()).map(([tool, name]) =>
          el(
            "label",
            {},
            el("input", {
              type: "radio",
              name: `${spec.id}-tool`,
              value: tool,
              checked: tool === this.tool,
              onchange: () => (this.tool = tool),
            }),
            el("span", {}, name),
          ),
        ),
      );
      this.others = el("div", { class: "t3-figure-tools" });
      this.status = el("p", { class: "t3-busy", role: "status", hidden: true });
      this.root = el(
        "figure",
        { class: "t3-figure t3-maze", id: spec.id },
        el("p", { class: "t3-figure-title" }, spec.title),
        el(
          "div",
          { class: "t3-beside" },
          this.picture,
          el(
            "div",
            { class: "t3-maze-side" },
            this.dial.element,
            this.go,
            this.said,
            tools,
            ...this.controls(),
          ),
        ),
        this.others,
        this.status,
        el("p", { class: "t3-caption" }, spec.note),
        this.voice.region,
      );
      host.replaceChildren(this.root);
      this.showOthers();
      this.load(0);
    }

    unpacked(one) {
      return { ...one, ...P().unpack(one.weights, one.channels, one.bits) };
    }

    tools() {
      return TOOLS;
    }

    /* What stands below the tools: the worth of the goal in hand, lumps instead of goals. */
    controls() {
      const { spec } = this;
      this.worth = T.slider({
        id: `${spec.id}-worth`,
        label: "Worth",
        max: Math.round((1 - LEAST) / STEP),
        text: (at) => (LEAST + at * STEP).toFixed(2),
        turn: (at) => this.value(LEAST + at * STEP),
      });
      this.gone = button("", () => this.remove(this.held));
      const { input, element } = this.toggle("lumps", "Show it no goals, raise lumps in its head instead", () =>
        this.turn(),
      );
      this.lumps = input;
      return [this.worth.element, this.gone, element];
    }

    toggle(name, words, onchange) {
      const id = `${this.spec.id}-${name}`,
        input = el("input", { type: "checkbox", role: "switch", id, onchange }),
        label = el("label", { for: id }, input, el("span", {}, words));
      return { input, element: el("div", { class: "t3-dial t3-dial-switch" }, label) };
    }

    /* Of which machines a reader picks one by name. */
    offered() {
      return this.machines;
    }

    showOthers() {
      const { spec, kernel } = this,
        pick = (label, options, chosen) => {
          const id = `${spec.id}-${label.toLowerCase()}`;
          const select = el(
            "select",
            { id, onchange: () => chosen(Number(select.value)) },
            ...options.map(({ name }, k) => el("option", { value: k }, name)),
          );
          return el("label", { class: "t3-maze-pick", for: id }, `${label} `, select);
        };
      this.others.replaceChildren(
        pick("Maze", spec.mazes, (k) => this.load(k)),
        button("Back to start", () => this.load(this.number)),
        ...(this.offered().length > 1 ? [pick("Machine", this.offered(), (k) => this.use(k))] : []),
        ...(kernel && kernel.learn ? [(this.train = button("Train one here", () => this.teach()))] : []),
      );
    }

    // --- what the reader does ------------------------------------------------------------------------

    /* One of the mazes that are offered, as it came. */
    load(k) {
      const { rows, columns, wall, worth } = this.spec.mazes[k];
      this.number = k;
      clearInterval(this.beat);
      this.maze = { rows, columns, wall: wall.map(Boolean), worth: worth.slice() };
      const goals = worth.flatMap((value, i) => (value > 0 ? [i] : []));
      this.names = new Map(goals.map((i, n) => [i, n + 1])); // cell of a goal -> its name, which it keeps
      this.held = goals.length ? goals[0] : -1; // the goal whose worth the dial sets; −1: none
      this.focus = 0;
      this.walker = this.far();
      this.ground.build(this.maze);
      this.changed();
    }

    use(k) {
      this.machine = k;
      this.changed();
    }

    turn() {
      this.lumpy = this.lumps.checked;
      this.changed();
    }

    think(sweeps, itself = false) {
      if (!itself) clearInterval(this.beat);
      this.sweeps = sweeps;
      this.draw();
    }

    run() {
      clearInterval(this.beat);
      if (T.still()) return this.think(this.spec.start);
      this.think(0);
      this.beat = setInterval(() => {
        if (this.sweeps >= this.spec.start || !this.root.isConnected) clearInterval(this.beat);
        else this.think(this.sweeps + 1, true);
      }, BEAT);
    }

    value(worth) {
      if (this.held < 0) return;
      this.maze.worth[this.held] = Math.round(worth / STEP) * STEP;
      this.changed();
    }

    /* The tool at a cell: a wall comes or goes, a goal comes, the walker stands there. A goal is only taken in hand. */
    apply(i, tool = this.tool) {
      const { maze, names } = this;
      if (maze.worth[i]) this.held = i;
      else if (tool === "wall") maze.wall[i] = !maze.wall[i];
      else if (tool === "walker") this.walker = maze.wall[i] ? this.walker : i;
      else {
        if (names.size === MOST) return;
        const taken = [...names.values()];
        names.set(i, [...Array(MOST).keys()].find((n) => !taken.includes(n + 1)) + 1);
        maze.wall[i] = false;
        maze.worth[i] = 0.6;
        this.held = i;
      }
      if (maze.wall[this.walker]) this.walker = this.far();
      this.changed();
    }

    remove(goal) {
      if (!this.names.delete(goal)) return;
      this.maze.worth[goal] = 0;
      this.held = this.goals().length ? this.goals()[0] : -1;
      this.changed();
      this.ground.cells[this.focus].focus({ preventScroll: true }); // the button may be gone
    }

    /* A goal or the walker goes with the finger; a tap is the tool's. */
    press(event) {
      const from = this.ground.at(event);
      if (event.button || from < 0) return;
      event.preventDefault();
      this.focus = from;
      this.ground.cells[from].focus({ preventScroll: true });
      const what = this.holds(from);
      let here = from;
      const follow = (move) => {
        const to = this.ground.at(move);
        if (to < 0 || to === here || !what || this.maze.wall[to] || !this.carry(what, here, to)) return;
        here = to;
        this.changed();
      };
      T.drag(event, follow, (last) => {
        if (last.type === "pointerup" && here === from && this.ground.at(last) === from) this.apply(from);
      });
    }

    /* What can be dragged from a cell, null where nothing can. */
    holds(i) {
      return this.maze.worth[i] > 0 ? "goal" : i === this.walker ? "walker" : null;
    }

    /* Takes it from one open cell to another; false where it cannot stand. */
    carry(what, here, to) {
      const { worth } = this.maze;
      if (what === "walker") return (this.walker = to), true;
      if (worth[to]) return false;
      worth[to] = worth[here];
      worth[here] = 0;
      this.names.set(to, this.names.get(here)).delete(here);
      this.held = to;
      return true;
    }

    key(event) {
      const { maze, focus } = this;
      if (event.key in KEYS) {
        const row = Math.floor(focus / maze.columns),
          column = focus % maze.columns,
          [down, right] = KEYS[event.key];
        this.focus =
          T.clip(row + down, 0, maze.rows - 1) * maze.columns + T.clip(column + right, 0, maze.columns - 1);
        this.draw();
        this.ground.cells[this.focus].focus();
      } else if (event.key === "Enter" || event.key === " ") this.apply(focus);
      else if (event.key === "Delete" || event.key === "Backspace") this.remove(focus);
      else if ("+-".includes(event.key) && maze.worth[focus]) {
        this.held = focus;
        this.value(T.clip(maze.worth[focus] + (event.key === "+" ? STEP : -STEP), LEAST, 1));
      } else return;
      event.preventDefault();
    }

    /* In a kernel: another machine, which walks here while it learns. */
    async teach() {
      if (this.learning) return this.kernel.stop();
      this.learning = true;
      this.train.textContent = "Stop";
      const name = `trained here ${this.machines.length - this.spec.machines.length + 1}`,
        made = { ...this.machines[0], name },
        last = this.machine;
      this.machines.push(made);
      this.machine = this.machines.length - 1;
      const take = ({ weights, lumps = made.lumps, channels = made.channels }) => {
        Object.assign(made, { lumps, ...P().unpack(weights, channels) });
        this.changed();
      };
      try {
        take(
          await this.kernel.learn(0, (message) => {
            this.status.hidden = false;
            this.status.textContent = `Training… ${Math.round(100 * message.done)} %`;
            take(message);
          }),
        );
        this.status.textContent = "Trained. It is the machine that walks now.";
      } catch (problem) {
        this.machines.pop();
        this.machine = last;
        this.status.textContent = `No machine was made: ${problem.message}.`;
        this.changed();
      }
      this.status.hidden = false;
      this.learning = false;
      this.showOthers();
      const select = this.others.querySelector(`[id="${this.spec.id}-machine"]`);
      if (select) select.value = this.machine;
    }

    // --- what is known -------------------------------------------------------------------------------

    /* Cells of the goals, in the order of their names. */
    goals() {
      return [...this.names.keys()].sort((a, b) => this.names.get(a) - this.names.get(b));
    }

    /* The cell from which the way to a goal is longest, any open one without goals. */
    far() {
      const { maze } = this,
        steps = P().optimum({ ...maze, worth: maze.worth.map((worth) => (worth > 0 ? 1 : 0)) }, 0.5);
      const reach = steps.map((value, i) => (maze.wall[i] || value === 0 ? Infinity : value));
      const far = reach.indexOf(Math.min(...reach));
      return reach[far] < Infinity ? far : Math.max(0, maze.wall.indexOf(false));
    }

    changed() {
      this.thought = this.thoughts(this.machines[this.machine]);
      this.best = this.spec.discount && P().optimum(this.maze, this.spec.discount);
      this.draw();
    }

    thoughts(machine) {
      return new (P().Thought)(machine, this.maze, this.lumpy ? machine.lumps : null);
    }

    // --- what the reader sees ------------------------------------------------------------------------

    draw() {
      const { maze, thought, sweeps, best, held, walker, focus, lumpy, names } = this,
        moves = thought.moves(sweeps),
        loud = thought.loud(sweeps),
        ends = P().ends(maze, moves),
        goals = this.goals(),
        passed = P().walk(maze, moves, walker);
      this.dial.show(sweeps);
      this.turned();
      const { emblems } = this;
      this.ground.draw({ maze, held, walker, focus, lumpy, names, moves, loud, ends, passed, emblems });
      this.tell(ends, best, goals);
    }

    /* The controls as they stand. */
    turned() {
      const { maze, held, lumpy, names } = this;
      this.worth.element.hidden = this.gone.hidden = held < 0;
      this.gone.textContent = `Remove goal ${names.get(held)}`;
      if (held < 0) return;
      const what = `${lumpy ? "Height of lump" : "Worth of goal"} ${names.get(held)}`;
      this.worth.element.querySelector(".t3-dial-name").textContent = what;
      this.worth.show(Math.round((maze.worth[held] - LEAST) / STEP));
    }

    /* What came of the thought, in two sentences. */
    tell(ends, best, goals) {
      const { maze, spec, sweeps, walker } = this,
        worth = (i) => (ends[i].end < 0 ? 0 : maze.worth[ends[i].end] * spec.discount ** ends[i].steps);
      const asked = best.flatMap((value, i) => (maze.wall[i] || maze.worth[i] || value === 0 ? [] : [i])),
        good = asked.filter((i) => worth(i) > NEARLY * best[i]).length;
      let own = "No goal can be reached from where the walker stands.";
      if (maze.worth[walker]) own = "The walker stands on a goal.";
      else if (best[walker] > 0) {
        const { end, steps } = ends[walker],
          fine = worth(walker) > NEARLY * best[walker];
        own =
          end < 0
            ? "From the walker its moves lead to no goal."
            : `From the walker it goes to goal ${this.names.get(end)} in ${T.counted(steps, "step", "steps")}; ` +
              (fine ? "no walk is clearly better." : "another walk is worth more.");
      }
      const all = asked.length ? ` In ${good} of ${asked.length} cells its walk is as good as the best.` : "";
      this.said.textContent = own + all;
      const list = goals.map((i) => `${this.names.get(i)} worth ${maze.worth[i].toFixed(2)}`).join(", ");
      const label = `A maze of ${maze.rows} by ${maze.columns} cells, goals: ${list || "none"}. After ${T.counted(
        sweeps,
        "sweep",
        "sweeps",
      )}: ${this.said.textContent}`;
      this.picture.setAttribute("aria-label", label);
      this.voice.say(label);
    }
  }

  T.Maze = Maze;
})(globalThis);
