/* Where the sky stands: at the end of a game, and as a component of its own. */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const { el, button } = T,
    S = T.state;

  /* The sky at the end of a game: the reader's tries, then as many dice. */
  function tried(game) {
    const { spec, runs } = game,
      sky = new T.Sky(new T.Stars(runs, spec), game.rules.shown, "Your tries among all designs");
    const tries = game.lines().map(({ place, seed }, i) => ({
      number: S.design(place, spec),
      seed,
      thread: 0,
      label: i ? String(i) : "S",
      name: i ? `try ${i}` : "the start",
    }));
    const light = () => {
      sky.say("");
      sky.light(tries);
    };
    const again = button("Light your tries again", light),
      dice = button(`Let ${spec.budget} dice fall`, () => sky.fall(spec.budget, undefined, tries));
    sky.key.after(el("div", { class: "t3-figure-tools" }, again, dice));
    light();
    return [sky.element];
  }

  /* The sky as a component of its own: what may be left out, and dice. */
  class LoneSky {
    constructor(host, spec, store) {
      Object.assign(this, { spec, store });
      this.ready = T.runs.load(spec.runs).then(
        (runs) => this.build(host, runs),
        (problem) => host.append(el("p", { role: "alert" }, `The sky cannot be drawn: ${problem.message}.`)),
      );
    }

    build(host, runs) {
      const { spec } = this;
      this.shown = T.rules(spec).shown;
      this.sky = new T.Sky(new T.Stars(runs, spec), this.shown, spec.title);
      this.sky.element.id = spec.id;
      const dice = button(`Let ${spec.dice} dice fall`, () => this.sky.fall(spec.dice, this.inside)),
        tools = el("div", { class: "t3-figure-tools" }, dice);
      const names = Object.keys(spec.spaces);
      if (names.length > 1) {
        const choose = el(
          "select",
          { id: `${spec.id}-space`, onchange: () => this.offer(names[choose.selectedIndex]) },
          ...names.map((name) => el("option", {}, name)),
        );
        tools.prepend(el("label", { class: "t3-sky-space", for: choose.id }, el("span", {}, spec.offer), choose));
      }
      this.sky.key.after(tools);
      host.replaceChildren(this.sky.element);
      this.offer(names[0]);
    }

    /* Only the designs of a space: {dial: [stops]}, indices both. */
    offer(name) {
      const space = Object.entries(this.spec.spaces[name]);
      const out = (number) => {
        const place = this.sky.stars.place(number);
        return space.some(([dial, stops]) => !stops.includes(place[dial]));
      };
      this.inside = this.sky.stars.all.filter((star) => !out(star.number));
      this.sky.light([]); // dice that are falling fall no longer
      this.sky.leave(space.length ? out : null);
      const goes = this.inside.filter((star) => star.rank === 2).length;
      const how = goes ? T.counted(goes, "of them iterates", "of them iterate") : "none of them iterates";
      this.sky.say(`${T.grouped(this.inside.length)} designs, run with seed ${this.sky.stars.seed}; ${how}.`);
    }
  }

  T.screens.sky = tried;
  T.LoneSky = LoneSky;
})(globalThis);
