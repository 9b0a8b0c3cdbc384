/* The game board: turn the dials, train, read one sentence, log it, compare with simulated players.
 *
 * On a page a try is a run that was recorded when the book was made; in a notebook the kernel trains it (notebook.js).
 * What a game is and how it goes on stands in state.js, what is said of it in rules.js, where it is kept in record.js,
 * how it is played in the specification's modes. Here is the desk: what the reader does, and what is drawn again then.
 */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const { el, button } = T,
    S = T.state,
    { BETS } = S;
  const DRAW = 1500; // milliseconds a recorded run takes to draw

  class Game {
    /* kernel: {train, tries, qr} in a notebook. */
    constructor(host, spec, store, kernel) {
      Object.assign(this, { spec, store, name: "game-" + spec.id.replace(/[^\w-]/g, "-"), busy: false });
      this.kernel = spec.live && kernel;
      this.rules = T.rules(spec);
      this.record = new T.GameRecord(this);
      this.ready = T.runs.load(spec.runs).then(
        (runs) => this.begin(host, runs),
        (problem) => host.append(el("p", { role: "alert" }, `This board cannot be drawn: ${problem.message}.`)),
      );
    }

    begin(host, runs) {
      this.runs = runs;
      this.record.restore();
      this.readAddress();
      this.build(host);
      this.showAll();
      if (this.kernel) this.record.open().then(() => this.meet());
      else this.meet();
      this.record.listen();
      addEventListener("hashchange", () => {
        if (!this.readAddress()) return;
        this.showAll();
        this.meet();
      });
    }

    // --- what follows from the state ---------------------------------------------------------------

    step(action) {
      this.state = S.step(this.state, action, this.spec);
    }
    lines() {
      return S.lines(this.state, this.spec, this.runs);
    }
    best(lines = this.lines()) {
      return S.best(lines, this.mode.goal);
    }
    recorded(place, seed) {
      return S.recorded(place, seed, this.spec, this.runs);
    }
    get mode() {
      return S.mode(this.state, this.spec);
    }
    get over() {
      return S.over(this.state, this.spec);
    }
    get told() {
      return S.told(this.state, this.spec);
    }
    get covered() {
      return S.covered(this.state, this.spec).length > 0;
    }
    /* The error that this mode covers until the end, if any. */
    get hidden() {
      return this.mode.covers[0];
    }
    get searchers() {
      return S.searchers(this.state, this.spec);
    }

    // --- a friend's game -----------------------------------------------------------------------------

    /* A friend's game that came with the page's address: its line is drawn dashed. Says whether there was one. */
    readAddress() {
      const { spec, runs } = this,
        given = T.codes.fromHash();
      if (!given) return false;
      this.friend = this.refused = null;
      try {
        const { code } = T.received.find(given) || { code: given };
        const { start, mode, tries } = T.codes.decode(code, spec.designs, spec.fingerprint);
        const lines = [[start, spec.seeds[0]], ...tries].map(([design, seed]) =>
          S.recorded(S.placeOf(design, spec), seed, spec, runs),
        );
        this.friend = { lines, start: S.placeOf(start, spec), mode };
      } catch (problem) {
        this.refused = problem.message;
      }
      return true;
    }

    /* A friend's start is played as the friend played it, if no game of one's own is under way. What came with the
     * address is said when it comes, in the middle of a game too. */
    meet() {
      const { friend, state } = this;
      if (state.tries.length) {
        if (this.greeting()) this.say(this.sentence.textContent + this.greeting());
      } else if (friend) {
        this.state = S.begin(this.spec, state.number, friend.mode, friend.start);
        this.showAll();
      }
    }

    // --- the board ---------------------------------------------------------------------------------

    build(host) {
      const { spec } = this;
      this.charts = new T.GameCharts(this);
      this.log = new T.GameLog(this);
      this.reveal = new T.Reveal(this);
      this.controls = spec.dials.map((dial, i) => (dial.switch ? T.dials.toggle : T.dials.slider)(this, dial, i));
      this.bets = ["none", ...BETS].map((bet, i) =>
        el("input", {
          type: "radio",
          name: this.name + "-bet",
          value: i ? bet : "",
          id: `${this.name}-bet-${i}`,
          onchange: () => this.step({ type: "bet", bet: i ? bet : null }),
        }),
      );
      this.button = button("Train this", () => this.play(), "t3-primary t3-game-train");
      this.left = el("span", { class: "t3-game-left" });
      this.sentence = el("p", { class: "t3-game-sentence" });
      this.voice = el("div", { class: "t3-announce", role: "status", "aria-live": "polite" });
      this.undo = button("Undo a dial", () => this.back());
      this.tools = el("div", { class: "t3-figure-tools" });
      this.title = el("p", { class: "t3-figure-title" });
      this.go = el("div", { class: "t3-game-go" }, this.sentence, this.button, this.left);
      const desk = el(
        "div",
        { class: "t3-game-desk" },
        el("div", { class: "t3-dials" }, ...this.controls.map((control) => control.element)),
        el(
          "fieldset",
          { class: "t3-choice t3-game-bet" },
          el("legend", {}, "A bet, if you like: this try against the last"),
          ...this.bets.map((input, i) => el("label", {}, input, el("span", {}, i ? BETS[i - 1] : "none"))),
        ),
        el("div", { class: "t3-figure-tools" }, this.undo),
        ...(spec.fixed ? [el("p", { class: "t3-game-fixed" }, `Not in play here: ${spec.fixed}.`)] : []),
      );
      this.root = el(
        "section",
        { class: "t3-game", id: this.name, "aria-label": "The game" },
        this.title,
        el(
          "div",
          { class: "t3-game-board" },
          desk,
          el("div", { class: "t3-game-side" }, this.charts.stage, this.go),
        ),
        el("div", { class: "t3-game-readings" }, ...this.charts.readings),
        this.reveal.root,
        el("div", { class: "t3-game-log" }, this.log.table),
        this.tools,
        this.voice,
      );
      host.replaceChildren(this.root);
      this.showTools();
    }

    // --- what the reader does ------------------------------------------------------------------------

    /* Turn a dial, take the dials of a try, go back. What was said of how the dials stand is no longer so. */
    turn(action) {
      const before = this.state;
      this.step(action);
      if (this.state === before) return;
      this.sentence.textContent = this.about || this.verdict;
      this.showDials();
      this.record.keepSoon();
    }

    /* A dial's sentence stands in place of the last try's while somebody looks at the dial. */
    explain(about) {
      this.about = about;
      if (!this.busy) this.sentence.textContent = about || this.verdict;
      this.sentence.classList.toggle("t3-game-about", Boolean(about));
    }

    back() {
      this.turn({ type: "undo" });
      if (!this.state.past.length) this.button.focus();
    }

    async play() {
      if (this.busy) return;
      this.hold(true);
      await this.record.asked; // what the kernel had finished before comes first
      const done = await this.attempt();
      this.hold(false);
      if (done) done();
    }

    hold(busy) {
      this.busy = busy;
      if (busy) this.button.setAttribute("aria-disabled", "true");
      else this.button.removeAttribute("aria-disabled");
      this.button.textContent = busy ? "Training…" : "Train this";
    }

    /* One run of the dials as they stand. Returns what is to be done when the button is free again, or nothing. */
    async attempt() {
      const { spec, kernel } = this,
        { one, used } = S.wanted(this.state, spec);
      if (used)
        return () =>
          this.say(
            `These dials have run with all ${spec.seeds.length} seeds; another run would repeat one of them. ` +
              "Turn a dial. This cost nothing.",
          );
      if (!one) return null;
      this.open(null);
      this.step({ type: "train" });
      const { training, number } = this.state;
      this.record.followed = false;
      if (kernel) this.record.keep(); // a page closed from now on finds its game again
      const progress = (seen) => this.charts.drawRun(training, seen);
      let result;
      try {
        const wanted = { ...training, game: number };
        result = await (kernel ? kernel.train(wanted, progress) : this.replay(training, progress));
      } catch (problem) {
        if (this.state.training === training) this.step({ type: "failed" });
        return () => this.say(`This could not be trained: ${problem.message}. It cost nothing.`);
      }
      if (this.state.training === training) return () => this.take(result);
      return () => this.overtaken(); // or a new game has begun meanwhile
    }

    overtaken() {
      if (this.record.followed && !this.kernel)
        this.say("Another window of this book has played on meanwhile. This try was not kept and cost nothing.");
    }

    /* A try has ended. result: its run on a page; in a kernel the tries of this game that the log holds now. */
    take(result) {
      if (this.kernel) {
        this.step({ type: "logged", tries: result });
        this.step({ type: "ended" });
      } else this.step({ type: "trained", run: result });
      this.record.keep();
      if (this.record.followed) return this.overtaken();
      this.showAll();
      const { over, spec } = this,
        follows = spec.then ? "result" : this.mode.follows;
      this.voice.textContent =
        `Try ${this.state.tries.length}. ${this.sentence.textContent} ` +
        (over ? `That was the last try. The ${follows} follows.` : this.left.textContent + ".");
      if (over) this.reveal.root.focus({ preventScroll: false });
    }

    /* A recorded run, drawn as if it trained now. */
    replay({ place, seed }, progress) {
      const run = this.recorded(place, seed),
        count = run.fresh_curve.length;
      if (T.still()) return Promise.resolve(run);
      return new Promise((resolve) => {
        const began = performance.now();
        let last = 0;
        const tick = (time) => {
          const points = Math.min(count, 1 + Math.floor(((time - began) / DRAW) * count));
          if (points > last) progress({ points: (last = points), run });
          if (time - began < DRAW && this.root.isConnected) setTimeout(() => tick(performance.now()), 40);
          else resolve(run);
        };
        tick(began);
      });
    }

    say(text) {
      this.sentence.textContent = text;
      this.voice.textContent = "";
      this.voice.textContent = text;
    }

    /* "New game" asks which, and first of all whether; the old one stays among the reader's answers. */
    ask() {
      const id = this.name + "-new";
      const modes = el(
        "select",
        { id },
        ...this.spec.modes.map(({ number, option }) => el("option", { value: number }, option)),
      );
      const stays = "This one stays in My answers; it cannot be played on. ";
      const no = () => {
        this.showTools();
        this.tools.lastChild.focus();
      };
      this.tools.replaceChildren(
        el("label", { for: id, class: "t3-game-new" }, el("span", {}, "A new game with"), modes),
        ...(this.state.tries.length ? [el("span", { class: "t3-confirm", role: "status" }, stays)] : []),
        button("Yes, a new game", () => this.renew(Number(modes.value)), "t3-primary"),
        button("Go on with this one", no),
      );
      modes.focus();
    }

    async renew(number) {
      await this.record.asked;
      const { spec, runs } = this;
      this.record.cancel();
      this.record.archive();
      const mode = spec.modes.find((one) => one.number === number);
      this.step({ type: "renew", mode: number, start: S.startOf(mode, new Date(), spec, runs) });
      this.record.keep();
      this.showTools();
      this.showAll();
      this.voice.textContent = "A new game. " + this.left.textContent + ".";
      this.button.focus();
    }

    /* Show all of a line of the log below its row, and its curve; of the one that is open already, close it. */
    open(line) {
      this.step({ type: "open", line });
      this.log.showOpened();
    }

    // --- what the reader sees ------------------------------------------------------------------------

    showAll() {
      this.showDials();
      this.showGame();
      this.log.show();
      this.charts.show();
      this.reveal.show();
    }

    showDials() {
      const { state, spec } = this,
        { locked } = this.mode;
      this.controls.forEach((control, i) =>
        control.show(state.place[i], i === locked ? T.dials.LOCKED : S.redundant(state.place, i, spec) && T.dials.IDLE),
      );
      this.undo.disabled = !state.past.length;
    }

    showTools() {
      this.tools.replaceChildren(
        button("Export the log (CSV)", () => this.log.export()),
        button("New game", () => this.ask()),
      );
    }

    showGame() {
      const { spec, state } = this,
        left = spec.budget - state.tries.length;
      this.bets.forEach((input) => (input.checked = input.value === (state.bet || "")));
      this.left.textContent = left ? `${left} ${left === 1 ? "try" : "tries"} left` : "No tries left";
      this.go.dataset.over = String(!left);
      this.button.hidden = !left;
      this.title.textContent = this.mode.title;
      this.verdict = this.log.words(state.tries.length) + (state.tries.length ? "" : this.greeting());
      this.sentence.textContent = this.verdict;
    }

    greeting() {
      const { friend, spec, refused } = this;
      const here = friend && S.design(friend.start, spec) === S.design(this.state.start, spec);
      return (
        (friend ? ` A friend’s line is dashed${here ? ": they began here too" : "; they began elsewhere"}.` : "") +
        (refused ? ` The game in this page’s address could not be read (${refused}).` : "")
      );
    }
  }

  T.Game = Game;
})(globalThis);
