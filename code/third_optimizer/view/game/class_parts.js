/* Two parts of what a class looks like (class.js): in how many games a dial was turned, and the tries in the sky. */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const { el, grouped, counted } = T;
  const TOLD = 3; // games named at one star

  class ClassDials {
    constructor(dials) {
      this.dials = dials;
      this.said = el("p", { class: "t3-board-summary" });
      this.table = el("table", { class: "t3-board-dials" });
      this.root = el(
        "div",
        {},
        el("p", { class: "t3-figure-title" }, "Which dials were turned"),
        this.said,
        this.table,
      );
    }

    show(games) {
      const rows = this.dials
        .map(({ label }, i) => ({ label, count: games.filter((game) => game.touched.has(i)).length }))
        .sort((a, b) => b.count - a.count);
      const those = (count) => rows.filter((row) => row.count === count).map((row) => row.label.toLowerCase()),
        [all, none] = [those(games.length), those(0)];
      this.said.textContent = [
        all.length ? `Turned in every game: ${all.join(", ")}.` : "No dial was turned in every game.",
        none.length ? `Turned in none: ${none.join(", ")}.` : "Every dial was turned by somebody.",
      ].join(" ");
      const bar = (count) => el("i", { style: `width: ${(100 * count) / games.length}%` });
      const row = ({ label, count }) =>
        el(
          "tr",
          {},
          el("th", { scope: "row" }, label),
          el("td", {}, el("span", { class: "t3-board-bar", "aria-hidden": "true" }, bar(count)), grouped(count)),
        );
      const heads = ["Dial", "Games"].map((name) => el("th", { scope: "col" }, name));
      this.table.replaceChildren(
        el("caption", {}, `In how many of ${counted(games.length, "game", "games")} a dial was turned at least once.`),
        el("thead", {}, el("tr", {}, ...heads)),
        el("tbody", {}, ...rows.map(row)),
      );
    }
  }

  /* The tries of all games as stars to light, those that most games have tried first; a chosen game's apart, with a
   * thread. label: what a game is called. */
  function tried(games, chosen, label) {
    const runs = new Map(),
      at = (i) => (i ? `try ${i}` : "the start");
    for (const game of games)
      game.tried.forEach(([number, seed], i) => {
        const key = `${number} ${seed}`,
          run = runs.get(key) || { number, seed, by: [] };
        run.by.push([game, i]);
        runs.set(key, run);
      });
    const whose = ({ by }) => {
      const many = new Set(by.map(([game]) => game)).size;
      return many > TOLD ? `${grouped(many)} games` : by.map(([game, i]) => `${label(game)}, ${at(i)}`).join("; ");
    };
    const all = [...runs.values()].sort((a, b) => b.by.length - a.by.length);
    return [
      ...all.map((run, thread) => ({ number: run.number, seed: run.seed, thread, name: whose(run) })),
      ...(chosen ? chosen.tried : []).map(([number, seed], i) => ({
        number,
        seed,
        thread: "chosen",
        label: i ? String(i) : "S",
        name: `${label(chosen)}, ${at(i)}`,
      })),
    ];
  }

  class ClassSky {
    /* stars: T.Stars; shown: an error as text (rules.js). */
    constructor(stars, shown) {
      this.sky = new T.Sky(stars, shown, "");
      this.root = this.sky.element;
    }

    show(games, chosen, label) {
      const { sky } = this,
        tries = games.reduce((sum, game) => sum + game.tries.length, 0);
      sky.title.textContent = `${counted(tries, "try", "tries")} of the class among all designs`;
      sky.lay(tried(games, chosen, label));
      const ranks = [...new Map(sky.lit.map((star) => [`${star.number} ${star.seed}`, star.rank])).values()],
        [reach, goes] = [1, 2].map((rank) => ranks.filter((one) => one >= rank).length);
      sky.say(
        `${counted(ranks.length, "run", "different runs")}, with the start: ${grouped(reach)} at par or below; ` +
          `${goes ? counted(goes, "of them iterates", "of them iterate") : "none of them iterates"}.`,
      );
    }
  }

  Object.assign(T, { ClassDials, ClassSky });
})(globalThis);
