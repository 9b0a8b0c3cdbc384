/* The living maze with a coin and a flag, which the reader parts: what a machine walks to that never saw them apart. */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const TOOLS = { wall: "walls", coin: "the coin", flag: "the flag", walker: "the walker" },
    NAMES = { coin: 1, flag: 2, both: 3 }; // of the ends of walks: they have three hues

  class MarkedMaze extends T.Maze {
    /* spec: as of Maze, but machines: [{name, weights, channels, bits, loudness}], by loudness, then by the switch;
     * mazes: [{..., coin, flag, walker}]; loud: names of the dial's stops; parted: words of the switch; first: machine
     * at the start; after: the questions that are answered before dial and switch are on offer, or null (maze.py) */
    constructor(host, spec, store) {
      super(host, spec, null);
      const known = (k) => !spec.after || Boolean(store && store.get(spec.after[k]));
      const show = () => {
        const most = spec.loud.length,
          [loud, split] = [0, 1].map((k) => (known(k) ? this.machine : spec.first)),
          allowed = (loud % most) + (split < most ? 0 : most);
        this.kept.forEach((one, k) => (one.hidden = !known(k)));
        if (this.machine !== allowed) this.use(allowed);
      };
      if (store) store.listen(show);
      show();
    }

    tools() {
      return TOOLS;
    }

    controls() {
      const { spec } = this;
      this.machine = spec.first;
      this.loud = T.slider({
        id: `${spec.id}-loudness`,
        label: "Flag in its practice",
        max: spec.loud.length - 1,
        text: (at) => spec.loud[at],
        turn: () => this.other(),
      });
      this.split = this.toggle("split", spec.parted, () => this.other());
      this.kept = [this.loud.element, this.split.element];
      return this.kept;
    }

    offered() {
      return [];
    }

    other() {
      this.use(this.loud.input.valueAsNumber + (this.split.input.checked ? this.spec.loud.length : 0));
    }

    load(k) {
      const { coin, flag, walker } = this.spec.mazes[k];
      Object.assign(this, { coin, flag });
      super.load(k);
      this.walker = walker;
      this.changed();
    }

    apply(i, tool = this.tool) {
      const { maze, coin, flag } = this;
      if (tool === "wall") maze.wall[i] = !maze.wall[i] && i !== coin && i !== flag;
      else if (!maze.wall[i]) this[tool] = i;
      if (maze.wall[this.walker]) this.walker = this.far();
      this.changed();
    }

    remove() {}

    value() {}

    /* The flag is taken first, so that whoever drags parts the two. */
    holds(i) {
      return ["flag", "coin", "walker"].find((name) => this[name] === i) || null;
    }

    carry(what, here, to) {
      this[what] = to;
      return true;
    }

    thoughts(machine) {
      const { coin, flag, maze } = this,
        show = (_, i) => [i === flag ? machine.loudness : 0, i === coin ? 1 : 0];
      return new T.planner.Thought(machine, maze, null, show);
    }

    changed() {
      const { coin, flag, maze } = this;
      maze.worth.fill(0);
      maze.worth[coin] = maze.worth[flag] = 1;
      const apart = [
        [coin, NAMES.coin],
        [flag, NAMES.flag],
      ];
      this.names = new Map(coin === flag ? [[coin, NAMES.both]] : apart);
      this.emblems = coin === flag ? { [coin]: ["coin", "flag"] } : { [coin]: ["coin"], [flag]: ["flag"] };
      super.changed();
    }

    turned() {
      const most = this.spec.loud.length;
      this.loud.show(this.machine % most);
      this.split.input.checked = this.machine >= most;
    }

    /* What came of the thought. */
    tell(ends) {
      const { maze, coin, flag, walker, sweeps } = this,
        whole = coin === flag ? "coin and flag, on one cell" : "coin and flag, apart",
        told = { [coin]: "the coin", [flag]: coin === flag ? "the coin and the flag" : "the flag" },
        asked = ends.filter((_, i) => !maze.wall[i] && !maze.worth[i]),
        cells = asked.length,
        count = (cell) => asked.filter(({ end }) => end === cell).length;
      let own = `The walker stands on ${told[walker]}.`;
      if (!told[walker]) {
        const { end, steps } = ends[walker];
        own = `From the walker it goes to ${end < 0 ? "neither" : told[end]}`;
        own += end < 0 ? "." : ` in ${T.counted(steps, "step", "steps")}.`;
      }
      const all =
        coin === flag
          ? ` ${count(coin)} of ${cells} cells lead there.`
          : ` Of ${cells} cells ${count(coin)} lead to the coin, ${count(flag)} to the flag.`;
      this.said.textContent = own + all;
      const label =
        `A maze of ${maze.rows} by ${maze.columns} cells with ${whole}. ` +
        `Machine: ${this.machines[this.machine].name}. ` +
        `After ${T.counted(sweeps, "sweep", "sweeps")}: ${this.said.textContent}`;
      this.picture.setAttribute("aria-label", label);
      this.voice.say(label);
    }
  }

  T.MarkedMaze = MarkedMaze;
})(globalThis);
