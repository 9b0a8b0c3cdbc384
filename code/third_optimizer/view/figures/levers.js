/* Two levers of hidden chances, and ten pulls. The reader plays, and a machine plays the same two.
 *
 * Luck is paired: what the k-th pull of a lever brings is settled before the game, for both. What the machine did is
 * uncovered when the reader is done, for it would tell what the levers bring.
 */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const { el, svg, button } = T,
    B = () => T.bandit;
  const WIDTH = 360,
    LEFT = 76, // where the pulls begin
    ROWS = { mine: [30, 56], theirs: [108, 134] }, // of the two levers
    BEAT = 140, // milliseconds between two pulls that are uncovered
    DOWN = 260; // that a lever stays down
  const KEYS = { 1: 0, 2: 1, ArrowLeft: 0, ArrowRight: 1 };
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const got = (row) => row.filter(({ paid }) => paid).length;
  const per_cent = (chance) => T.clip(Math.round(100 * chance), 1, 99); // none is sure
  const listed = (places) =>
    places.length > 1
      ? `pulls ${places.slice(0, -1).join(", ")} and ${places[places.length - 1]}`
      : `pull ${places[0]}`;

  class Levers {
    /* spec: {id, title, note, pulls, machine: {weights, units}, worths: {whose: reward}, after} (levers.py) */
    constructor(host, spec, store) {
      Object.assign(this, { spec, store, random: Math.random, games: [] });
      this.machine = B().unpack(spec.machine.weights, spec.machine.units);
      this.best = B().best(spec.pulls);
      this.voice = T.announcer();
      this.hands = [0, 1].map((lever) => this.hand(lever));
      this.picture = svg("svg", { viewBox: `0 0 ${WIDTH} 150`, class: "t3-levers-picture", role: "img" });
      this.said = el("p", { class: "t3-reading t3-said" });
      this.next = button("Next game", () => this.begin(true), "t3-primary");
      this.score = el("table", { class: "t3-levers-score" });
      this.exact = el("p", { class: "t3-caption t3-levers-exact" });
      this.root = el(
        "figure",
        { class: "t3-figure t3-levers", id: spec.id },
        el("p", { class: "t3-figure-title" }, spec.title),
        el(
          "div",
          { class: "t3-beside" },
          el(
            "div",
            {},
            el("div", { class: "t3-levers-hands" }, ...this.hands.map(({ element }) => element)),
            this.picture,
          ),
          el("div", { class: "t3-side" }, this.said, this.next, this.score),
        ),
        this.exact,
        el("p", { class: "t3-caption" }, spec.note),
        this.voice.region,
      );
      this.root.addEventListener("keydown", (event) => this.key(event));
      host.replaceChildren(this.root);
      T.waiting(this);
      this.begin();
    }

    /* A lever to pull: a button with a lamp and an arm. */
    hand(lever) {
      const arm = svg(
        "g",
        { class: "t3-lever-arm" },
        svg("path", { d: "M60 44V14" }),
        svg("circle", { cx: 60, cy: 10, r: 8 }),
      );
      const lamp = svg("circle", { class: "t3-lever-lamp", cx: 26, cy: 34, r: 11 });
      const tally = el("span", { class: "t3-lever-tally" });
      const element = el(
        "button",
        {
          type: "button",
          class: "t3-lever",
          "aria-keyshortcuts": `${lever + 1} ${lever ? "ArrowRight" : "ArrowLeft"}`,
          onclick: () => this.pull(lever),
        },
        svg(
          "svg",
          { viewBox: "0 0 84 72", "aria-hidden": "true" },
          svg("rect", { class: "t3-lever-body", x: 4, y: 14, width: 44, height: 52, rx: 6 }),
          svg("path", { class: "t3-lever-slot", d: "M14 56h24" }),
          lamp,
          svg("path", { class: "t3-lever-joint", d: "M48 44h12" }),
          arm,
        ),
        el("span", { class: "t3-lever-name" }, `Lever ${lever + 1}`),
        tally,
      );
      return { element, tally };
    }

    /* Two new levers; the machine plays them at once, and covers what it did. led: by the reader, who stays there. */
    begin(led = false) {
      const { spec } = this;
      clearInterval(this.beat);
      this.chances = [this.random(), this.random()];
      this.luck = this.chances.map((chance) => Array.from({ length: spec.pulls }, () => this.random() < chance));
      this.mine = [];
      this.theirs = this.played();
      this.shown = 0; // of the machine's pulls
      for (const { element } of this.hands) element.classList.remove("t3-lever-paid", "t3-lever-failed");
      this.draw();
      if (led) this.hands[0].element.focus({ preventScroll: true });
    }

    played() {
      const hand = new (B().Hand)(this.machine, this.spec.pulls),
        row = [];
      while (row.length < this.spec.pulls) {
        const lever = hand.second() > 0 ? 1 : 0,
          paid = this.brings(lever, row);
        row.push({ lever, paid });
        hand.see(lever, paid);
      }
      return row;
    }

    /* What the next pull of a lever brings after these. */
    brings(lever, row) {
      return this.luck[lever][row.filter((pull) => pull.lever === lever).length];
    }

    get over() {
      return this.mine.length === this.spec.pulls;
    }

    pull(lever) {
      if (this.over) return;
      const paid = this.brings(lever, this.mine);
      this.mine.push({ lever, paid });
      this.move(lever, paid);
      if (this.over) this.finish();
      this.draw();
    }

    /* The arm goes down and comes back; the lamp says what the last pull brought. */
    move(lever, paid) {
      this.hands.forEach(({ element }, i) => {
        element.classList.toggle("t3-lever-paid", i === lever && paid);
        element.classList.toggle("t3-lever-failed", i === lever && !paid);
      });
      const { classList } = this.hands[lever].element;
      classList.add("t3-lever-down");
      setTimeout(() => classList.remove("t3-lever-down"), DOWN);
    }

    finish() {
      const judge = (row) => B().judged(row, this.best);
      this.marks = { mine: judge(this.mine), theirs: judge(this.theirs) };
      const lost = (marks) => marks.reduce((sum, pull) => sum + pull.lost, 0);
      this.games.push({
        mine: got(this.mine),
        theirs: got(this.theirs),
        lost: { mine: lost(this.marks.mine), theirs: lost(this.marks.theirs) },
      });
      if (T.still()) this.shown = this.spec.pulls;
      else
        this.beat = setInterval(() => {
          this.shown += 1;
          if (this.shown >= this.spec.pulls || !this.root.isConnected) clearInterval(this.beat);
          this.draw(false);
        }, BEAT);
    }

    key(event) {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      if (!(event.key in KEYS) || this.over) return;
      event.preventDefault();
      this.hands[KEYS[event.key]].element.focus({ preventScroll: true });
      this.pull(KEYS[event.key]);
    }

    /* The question was answered or forgotten. */
    opened() {
      this.draw(false);
    }

    lead() {}

    // --- what the reader sees ------------------------------------------------------------------------

    draw(speak = true) {
      const { over, mine } = this;
      this.hands.forEach(({ element, tally }, lever) => {
        const row = mine.filter((pull) => pull.lever === lever);
        tally.textContent = over
          ? `pays in ${per_cent(this.chances[lever])} %`
          : row.length
            ? `paid ${got(row)} of ${row.length}`
            : "not pulled yet";
        element.setAttribute("aria-disabled", over);
      });
      this.next.hidden = !over;
      this.picture.replaceChildren(...this.track("mine", "you", mine), ...this.track("theirs", "machine", this.theirs));
      this.tell(speak);
      this.tally();
      const list = Object.entries(this.spec.worths).map(([whose, worth]) => `${whose} ${worth.toFixed(3)}`);
      this.exact.hidden = !this.open;
      this.exact.textContent = `Over all games, exactly: ${list.join(", ")}.`;
    }

    /* Pulls from left to right, the first lever's above the second's. Filled: it paid. */
    track(who, name, row) {
      const [up, low] = ROWS[who],
        { pulls } = this.spec,
        px = (k) => LEFT + ((WIDTH - LEFT - 12) * (k + 0.5)) / pulls,
        py = (lever) => ROWS[who][lever],
        shown = who === "mine" ? row.length : this.shown,
        word = (y, text, kind) => svg("text", { x: 2, y, class: `t3-levers-word ${kind}` }, text);
      const parts = [
        word(up - 14, name, `t3-levers-${who}`),
        word(up + 5, "lever 1", ""),
        word(low + 5, "lever 2", ""),
        svg("path", { class: "t3-levers-line", d: `M${LEFT} ${up}H${WIDTH - 8}M${LEFT} ${low}H${WIDTH - 8}` }),
      ];
      row.slice(0, shown).forEach(({ lever, paid }, k) => {
        const mark = this.over ? this.marks[who][k] : {};
        if (mark.against) parts.push(svg("circle", { class: "t3-levers-against", cx: px(k), cy: py(lever), r: 12 }));
        parts.push(
          svg("circle", {
            class: `t3-levers-pull t3-levers-${who}`,
            "data-paid": paid,
            cx: px(k),
            cy: py(lever),
            r: 7,
          }),
        );
        if (mark.other) {
          const [x, y] = [px(k), py(1 - lever)];
          parts.push(svg("path", { class: "t3-levers-other", d: `M${x - 4} ${y - 4}l8 8m0 -8l-8 8` }));
        }
      });
      if (who === "theirs" && !shown)
        parts.push(
          svg(
            "text",
            { x: (LEFT + WIDTH) / 2, y: (up + low) / 2 + 5, class: "t3-levers-covered" },
            "uncovered after your last pull",
          ),
        );
      return parts;
    }

    tell(speak) {
      const { spec, mine, theirs, over, chances } = this;
      let text = `${T.counted(spec.pulls - mine.length, "pull", "pulls")} left. The chances stay as they are.`;
      if (mine.length && !over) {
        const { lever, paid } = mine[mine.length - 1];
        text = `Pull ${mine.length}: lever ${lever + 1} ${paid ? "paid" : "paid nothing"}. You have ${got(mine)}.`;
      }
      if (over) {
        const places = (who, what) => this.marks[who].flatMap((pull, k) => (pull[what] ? [k + 1] : [])),
          dared = places("theirs", "against"),
          other = places("mine", "other");
        text = `You got ${got(mine)}, the machine ${got(theirs)}.`;
        text += dared.length
          ? ` At ${listed(dared)} the machine took the lever that looked worse.`
          : " The machine always took the lever that looked better, or one of two that looked alike.";
        text += other.length
          ? ` The best play would have taken the other lever at your ${listed(other)}.`
          : " The best play would have pulled as you did.";
      }
      this.said.textContent = text;
      const told = (row) => row.map(({ lever, paid }) => `${lever + 1} ${paid ? "paid" : "nothing"}`).join(", ");
      const open = over ? ` The machine: ${told(theirs)}.` : " The machine’s pulls are covered.";
      const hidden = over ? ` The levers pay in ${chances.map(per_cent).join(" and ")} %.` : "";
      const label = `Your pulls, lever and outcome: ${told(mine) || "none"}.${open}${hidden}`;
      this.picture.setAttribute("aria-label", label);
      if (speak) this.voice.say(text + hidden);
    }

    /* What came of all games so far, and how much of it may be luck. */
    tally() {
      const { games } = this,
        n = games.length;
      this.score.hidden = !n;
      if (!n) return;
      const last = games[n - 1],
        row = (name, who) =>
          el(
            "tr",
            {},
            el("th", { scope: "row", class: `t3-levers-${who}` }, name),
            el("td", {}, String(last[who])),
            el("td", {}, mean(games.map((game) => game[who])).toFixed(2)),
            el("td", {}, mean(games.map((game) => game.lost[who])).toFixed(2)),
          );
      const gaps = games.map((game) => game.mine - game.theirs),
        spread = n > 1 ? Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean(gaps)) ** 2, 0) / (n - 1) / n) : 0;
      const luck =
        n < 3
          ? "One game is mostly luck. Given away: what the pulls cost by the odds, luck aside."
          : `Luck alone moves the gap of ${T.fixed(mean(gaps))} a game by about ${T.fixed(spread)}. ` +
            "Given away: by the odds, luck aside.";
      this.score.replaceChildren(
        el("caption", {}, luck),
        el(
          "thead",
          {},
          el(
            "tr",
            {},
            el("td", {}),
            ...["last game", n === 1 ? "of 1 game" : `mean of ${n}`, "given away"].map((name) =>
              el("th", { scope: "col" }, name),
            ),
          ),
        ),
        el("tbody", {}, row("you", "mine"), row("machine", "theirs")),
      );
    }
  }

  T.Levers = Levers;
})(globalThis);
