/* The end of a game, on five screens (screens.js, sky.js); or, of a short game, what came out and where it goes on. */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const { el, button } = T;
  const LIMITS =
    "One small world, one budget, dials that we chose. A low score does not say how the machine does it, an error " +
    "that falls when run longer does not say why, and nothing here searches by a goal of its own. Whether the " +
    "capable region of real systems contains optimizers is a separate question.";
  const RULE = "Write your rule of thumb in one line; it is kept with your answers.";

  function limits(game) {
    const rule = el("input", {
      type: "text",
      id: game.name + "-rule",
      maxlength: 140,
      autocomplete: "off",
      value: game.state.rule,
      oninput: () => {
        game.step({ type: "rule", rule: rule.value });
        game.record.keepSoon();
      },
    });
    return [
      el("p", { class: "t3-game-not" }, LIMITS),
      el("label", { class: "t3-game-rule", for: rule.id }, el("span", {}, RULE), rule),
      ...T.sharing(game),
    ];
  }

  class Reveal {
    /* game: the board (game.js). */
    constructor(game) {
      this.game = game;
      const label = "The end of this game";
      this.root = el("section", { class: "t3-game-end", tabindex: "-1", hidden: true, "aria-label": label });
    }

    /* The screens of this game: [title, function of the board that gives elements]. */
    get screens() {
      const { title, kind } = this.game.mode.end;
      return [
        [title, T.screens[kind]],
        ["Find your tries in the sky", T.screens.sky],
        ["What did you build?", T.screens.built],
        ["Keep trying", T.screens.trying],
        ["What this does not show", limits],
      ];
    }

    /* Draw anew; the reader stays on the screen where they are. */
    show() {
      const { game } = this,
        { screen } = game.state;
      this.root.hidden = !game.over;
      if (this.root.hidden) return;
      if (game.spec.then) return this.root.replaceChildren(...this.onwards());
      const { screens } = this,
        [title, draw] = screens[screen];
      const step = (by, text, kind) => button(text, () => this.turn(screen + by), kind);
      const next = screen < screens.length - 1 && "Next: " + screens[screen + 1][0].toLowerCase();
      this.root.replaceChildren(
        el("p", { class: "t3-game-screen" }, `${screen + 1} of ${screens.length}`),
        el("h3", { class: "t3-figure-title", tabindex: "-1" }, title),
        ...draw(game),
        el(
          "div",
          { class: "t3-figure-tools" },
          ...(screen ? [step(-1, "Back")] : []),
          ...(next ? [step(1, next, "t3-primary")] : []),
        ),
      );
    }

    turn(screen) {
      this.game.step({ type: "screen", screen });
      this.show();
      const title = this.root.querySelector("h3");
      title.focus({ preventScroll: true });
      title.scrollIntoView({ behavior: T.still() ? "auto" : "smooth", block: "start" });
    }

    /* The end of a short game. */
    onwards() {
      const { game } = this,
        { spec, mode, rules } = game,
        { shown } = rules,
        best = game.best();
      const against = T.LEVELS[rules.level(best.score)] || `Par, the best single gradient step, is ${shown(spec.par)}.`;
      const start = T.score(game.lines()[0], mode.goal);
      const result = `Best ${mode.goal} error ${shown(best.score)}, at the start ${shown(start)}. ${against}`;
      return [
        el("p", { class: "t3-figure-title" }, `Your ${spec.budget} blind tries`),
        el("p", {}, game.hidden ? T.screens.outcome(game) : result),
        el(
          "p",
          {},
          "There is more to turn, there are simulated players to play against, and there is what your search found " +
            "although nobody asked for it: ",
          el("a", { href: spec.then.page }, spec.then.name),
          ".",
        ),
      ];
    }
  }

  T.Reveal = Reveal;
})(globalThis);
