/* The end of a game, on four screens: you among the searchers, what you built, what more tries would buy, what this does not show. */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const el = T.el;
  const TITLES = ["You among the searchers", "What did you build?", "Keep trying", "What this does not show"];
  const percent = (share) =>
    share >= 0.995 ? "more than 99 %" : share > 0 && share < 0.005 ? "less than 1 %" : `${Math.round(100 * share)} %`;
  const range = (values, say) => {
    const [low, high] = [say(Math.min(...values)), say(Math.max(...values))];
    return low === high ? low : `${low.replace(/ %$/, "")} to ${high}`;
  };

  class Reveal {
    /* game: the board (game.js), finished. */
    constructor(game) {
      this.game = game;
      this.at = 0;
      this.root = el("section", {
        class: "t3-game-end",
        tabindex: "-1",
        hidden: true,
        "aria-label": "The end of this game",
      });
    }

    /* Draw anew; the reader stays on the screen where they are. */
    show() {
      const { game } = this;
      this.root.hidden = game.state.tries.length < game.spec.budget;
      if (this.root.hidden) return (this.at = 0);
      if (game.spec.then) return this.root.replaceChildren(...this.onwards());
      const titles = [game.boss ? "What the practice error chose" : TITLES[0], ...TITLES.slice(1)];
      const title = el("h3", { class: "t3-figure-title", tabindex: "-1" }, titles[this.at]);
      const step = (by, text, primary) =>
        el(
          "button",
          {
            type: "button",
            class: "t3-button" + (primary ? " t3-primary" : ""),
            onclick: () => {
              this.at += by;
              this.show();
              this.root.querySelector("h3").focus();
            },
          },
          text,
        );
      this.root.replaceChildren(
        el("p", { class: "t3-game-screen" }, `${this.at + 1} of ${titles.length}`),
        title,
        ...[
          () => (game.boss ? this.chosen() : this.searchers()),
          () => this.built(),
          () => this.trying(),
          () => this.limits(),
        ][this.at](),
        el(
          "div",
          { class: "t3-figure-tools" },
          ...(this.at ? [step(-1, "Back")] : []),
          ...(this.at < titles.length - 1 ? [step(1, "Next: " + titles[this.at + 1].toLowerCase(), true)] : []),
        ),
      );
    }

    /* The end of a short game: what came out, and where it goes on. */
    onwards() {
      const { game } = this,
        { spec, shown } = game,
        best = game.best();
      const against =
        T.game.LEVELS[T.game.level(best.score, spec.par)] ||
        `Par, the best single gradient step, is ${shown(spec.par)}.`;
      return [
        el("p", { class: "t3-figure-title" }, `Your ${spec.budget} blind tries`),
        el(
          "p",
          {},
          game.boss
            ? game.uncovered()
            : `Best fresh error ${shown(best.score)}, at the start ${shown(game.score(game.lines()[0]))}. ${against}`,
        ),
        el(
          "p",
          {},
          "There is more to turn, there are machines to play against, and there is what your search found although nobody asked for it: ",
          el("a", { href: spec.then.page }, spec.then.name),
          ".",
        ),
      ];
    }

    /* The first screen of a game for practice error: what was hidden. */
    chosen() {
      const { game } = this,
        { spec, shown } = game,
        lines = game.lines(),
        winner = lines[game.best(lines).at];
      const first = game.recorded(spec.start, spec.seeds[0]),
        again = spec.confirm
          .map((seed) => game.recorded(winner.place, seed))
          .map((run) => (run.at === null ? run : { practice: Infinity, fresh: Infinity }));
      const both = (kind) => again.map((run) => shown(run[kind])).join(" and ");
      return [
        el("p", {}, game.uncovered()),
        ...(again.length
          ? [
              el(
                "p",
                {},
                `With seeds that no try ever sees, ${winner === lines[0] ? "the start’s dials" : "the dials you chose"} get ${both("practice")} on practice problems and ${both("fresh")} on fresh ones.`,
              ),
            ]
          : []),
        el(
          "p",
          {},
          `The design with the lowest practice error of all, where the plain game starts, gets ${shown(first.practice)} on practice problems and ${shown(first.fresh)} on fresh ones.`,
        ),
        el(
          "p",
          {},
          "The machines have played for the error on fresh problems only, so there is nothing to lay your line on. The chart above now shows both errors of what you would have handed over, try by try.",
        ),
      ];
    }

    searchers() {
      const { game } = this,
        { spec, shown } = game,
        lines = game.lines(),
        best = game.best(lines),
        winner = lines[best.at],
        end = spec.budget,
        { searchers } = game;
      if (!searchers.length)
        return [
          el(
            "p",
            {},
            `Your best after ${end} tries is ${shown(best.score)}. The machines have not played from this start under these rules, so there is nothing to lay your line on.`,
          ),
        ];
      const dice = searchers[0];
      const said = [
        el(
          "p",
          {},
          T.game.ending({
            best: best.score,
            low: dice.low[end],
            median: dice.median[end],
            high: dice.high[end],
            tries: end,
          }),
        ),
      ];
      const choose = searchers.map((one, i) =>
        el("input", { type: "radio", name: game.name + "-rival", value: i, onchange: () => game.compareWith(i) }),
      );
      choose[game.rival].checked = true;
      said.push(
        el(
          "table",
          {},
          el(
            "caption",
            {},
            `The same start and budget for all; error on fresh problems after ${end} tries. Choose whose players the chart above shows.`,
          ),
          el(
            "thead",
            {},
            el(
              "tr",
              {},
              ...["Search", "Players", "Middle", "Eight in ten"].map((name) => el("th", { scope: "col" }, name)),
            ),
          ),
          el(
            "tbody",
            {},
            ...searchers.map((one, i) =>
              el(
                "tr",
                {},
                el(
                  "th",
                  { scope: "row" },
                  el("label", { class: "t3-game-rival" }, choose[i], el("span", {}, one.name)),
                ),
                el("td", { class: "t3-game-score" }, T.grouped(one.count)),
                el("td", { class: "t3-game-score" }, shown(one.median[end])),
                el("td", { class: "t3-game-score" }, `${shown(one.low[end])} to ${shown(one.high[end])}`),
              ),
            ),
            el(
              "tr",
              {},
              el("th", { scope: "row" }, "you"),
              el("td", { class: "t3-game-score" }, "1"),
              el("td", { class: "t3-game-score" }, shown(best.score)),
              el("td", {}),
            ),
          ),
        ),
      );
      const again = spec.confirm.map((seed) => shown(game.score(game.recorded(winner.place, seed))));
      if (again.length)
        said.push(
          el(
            "p",
            {},
            `You chose your winner by the score it got, ${shown(best.score)}. With seeds and problems that no try ever sees, the same dials get ${again.join(" and ")}.`,
          ),
        );
      if (spec.counter && game.plain) {
        const run = game.recorded(spec.counter.place, spec.seeds[0]),
          value = game.score(run);
        said.push(
          el(
            "p",
            {},
            `The start was a rule, the lowest practice error of all designs, and it is not the only place to begin. A machine that attends, with problems that never repeat and the step length you were given, gets ` +
              `${shown(value)} on its first try${value <= spec.near * spec.par ? ", and that is par" : ""}.`,
          ),
        );
      }
      return said;
    }

    built() {
      const { game } = this,
        { spec, shown } = game;
      const cell = (text) => el("td", { class: "t3-game-score" }, text),
        known = (values) => Array.isArray(values) && values.every((value) => value !== null && value !== undefined);
      const rows = game.lines().map((line, i) => {
        const gone = line.at !== null,
          loops = known(line.longer),
          passes = game.passes(line.place);
        return el(
          "tr",
          {},
          el("th", { scope: "row" }, i ? String(i) : "start"),
          cell(
            gone || line.follows === undefined
              ? "–"
              : line.follows <= -1
                ? "−100 or less"
                : `${Math.round(100 * line.follows)}`.replace("-", "−"),
          ),
          cell(gone || !loops ? "–" : line.longer.map(shown).join(" · ") + (passes === 1 ? " *" : "")),
          cell(gone || !line.practice ? "–" : `${shown(line.fresh)} : ${shown(line.practice)}`),
          cell(gone || line.tripled === undefined ? "–" : shown(line.tripled === null ? Infinity : line.tripled)),
        );
      });
      return [
        el(
          "p",
          {},
          "The score says how well, not how. Four questions say more. None of them is a verdict, and no line below passes or fails as a whole.",
        ),
        el(
          "div",
          { class: "t3-game-log" },
          el(
            "table",
            {},
            el("caption", {}, "Fresh problems; errors in per cent of guessing zero"),
            el(
              "thead",
              {},
              el(
                "tr",
                {},
                ...[
                  "Try",
                  "Follows other labels, %",
                  "Run on for 2 · 4 · 8 times its passes",
                  "New against practised",
                  "Rules three times as large",
                ].map((name) => el("th", { scope: "col" }, name)),
              ),
            ),
            el("tbody", {}, ...rows),
          ),
        ),
        el(
          "ul",
          {},
          el(
            "li",
            {},
            "Follows other labels: we swap the labels for those of another rule and keep everything else. 100: the answer moves with them exactly; 0: no better than staying where it was; below 0: worse than that.",
          ),
          el(
            "li",
            {},
            "Run on: the same passes, more often than it was trained for. An error that falls to a quarter is what an iterating procedure does. A machine of one pass is not built for it; its numbers (*) are shown and not counted.",
          ),
          el("li", {}, "New against practised: alike means that nothing was stored, or nothing learned."),
          el(
            "li",
            {},
            "Rules three times as large: a learner of linear rules would not notice, nor would a machine that always says zero.",
          ),
        ),
        el(
          "p",
          {},
          this.whose() +
            " What you built is at most a mesa-optimizer in the weak sense, if it improves an answer at all. Nothing here searches by a goal of its own.",
        ),
      ];
    }

    /* Whose choice the machine was. */
    whose() {
      const { spec, locked } = this.game,
        dial = spec.dials[locked];
      const offered =
        "We offered an architecture in which reading the prompt nearly is a gradient step; that was the first engineer’s choice.";
      if (!dial) return offered + " You made the others.";
      return `${dial.field === "architecture" ? "" : offered + " "}${dial.label} was locked, and that choice was not yours.`;
    }

    trying() {
      const { game } = this,
        { odds } = game.spec;
      if (!odds) return [el("p", {}, "How the odds grow with the tries has been computed for the atlas only.")];
      const text = el("p", { "aria-live": "polite" }),
        value = el("output", { class: "t3-dial-value" });
      const input = el("input", {
        type: "range",
        id: game.name + "-odds",
        min: 0,
        max: odds.tries.length - 1,
        step: 1,
        value: 0,
        oninput: () => show(),
      });
      const show = () => {
        const k = input.valueAsNumber,
          n = odds.tries[k];
        input.style.setProperty("--t3-fill", (100 * k) / (odds.tries.length - 1) + "%");
        input.setAttribute("aria-valuetext", `${n} tries`);
        value.textContent = String(n);
        text.textContent =
          `With ${n} tries, dice meet a machine that iterates in ${range(
            odds.dice.map((row) => row[k]),
            percent,
          )} of all games, and climbers in ${range(
            odds.climbing.map((row) => row[k]),
            percent,
          )}, with the runs of seeds 1 to ${odds.dice.length}. ` +
          `Choosing one of ${n} outcomes selects at most ${Math.log2(n).toFixed(1)} bits.`;
      };
      show();
      const usual = game.plain
        ? ""
        : "These are the odds of the usual game, from its start and with every dial free." +
          (game.locked < 0
            ? ""
            : " A locked dial changes them: where no machine attends, or none has a second pass, no design iterates, and no number of tries helps.");
      return [
        ...(usual ? [el("p", {}, usual)] : []),
        el(
          "p",
          {},
          `A machine iterates, in the words of this page, when its fresh error is at most half of par and falls to a quarter of that when it is run eight times as long. Of all designs ${range(odds.share, (v) => (100 * v).toFixed(1) + " %")} do.`,
        ),
        el(
          "div",
          { class: "t3-dial" },
          el("label", { for: input.id }, el("span", { class: "t3-dial-name" }, "Tries")),
          value,
          input,
        ),
        text,
        el(
          "p",
          {},
          "The control is a needle: one design in a million, and nothing about its neighbours that says where it is. " +
            `${odds.tries.map((n) => `${n} tries find it once in ${T.grouped(Math.round(1e6 / n))} games`).join("; ")}. A search of few bits finds what is common. That such machines are common here was settled by whoever chose the dials.`,
        ),
      ];
    }

    limits() {
      const { game } = this,
        { state } = game;
      const rule = el("input", {
        type: "text",
        id: game.name + "-rule",
        maxlength: 140,
        autocomplete: "off",
        value: state.rule,
        oninput: () => {
          state.rule = rule.value;
          game.keepSoon();
        },
      });
      return [
        el(
          "p",
          { class: "t3-game-not" },
          "One small world, one budget, dials that we chose. A low score does not say how the machine does it, an error that falls when run longer does not say why, and nothing here searches by a goal of its own. Whether the capable region of real systems contains optimizers is a separate question.",
        ),
        el(
          "label",
          { class: "t3-game-rule", for: rule.id },
          el("span", {}, "Write your rule of thumb in one line; it is kept with your answers."),
          rule,
        ),
        ...game.sharing(),
      ];
    }
  }

  T.Reveal = Reveal;
})(globalThis);
