/* The game board: turn the dials, train, read one sentence, log it, compare with the machines.
 *
 * On a page a try is a run that was recorded when the book was made; in a notebook the kernel trains it
 * (see notebook.js). Everything a game is stands in one small object that the store keeps:
 *   {version, number, place: [stop of each dial], past: [places], tries: [{place, seed, bet, practice, fresh, at,
 *    practice_curve, fresh_curve}], rule}
 * A run's practice and fresh are per cent of guessing zero (null: not finite), at: the step at which it exploded.
 * The rules `shown`, `compare`, `sentence`, `ending` and `uncovered` stand here and in game.py; both pass the same vectors.
 */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const el = T.el;
  const MOST = 200,
    NEAR = 1.05;
  const DRAW = 1500; // milliseconds a recorded run takes to draw
  const BETS = ["better", "same", "worse"];
  const IDLE = "makes no difference here",
    LOCKED = "locked in this game";

  // --- the rules ---------------------------------------------------------------------------------

  const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ",");

  function shown(value) {
    if (!(value <= MOST)) return "over " + MOST;
    if (value >= 9.95) return String(Math.floor(value + 0.5));
    const text = (Math.floor(value * 10 + 0.5) / 10).toFixed(1);
    return text === "0.0" ? "0" : text;
  }

  function compare(now, before) {
    [now, before] = [Math.min(now, MOST), Math.min(before, MOST)];
    if (shown(now) === shown(before) || (before / NEAR <= now && now <= before * NEAR)) return "same";
    return now < before ? "better" : "worse";
  }

  const score = (run, goal = "fresh") => (run.at === null ? run[goal] : Infinity);

  const LEVELS = [
    "",
    "That is par: as good as the best single gradient step.",
    "That is below par: better than any single gradient step.",
  ];
  /* 0: above par, 1: par, 2: clearly below it. */
  const level = (fresh, par) => Number(fresh <= NEAR * par) + Number(fresh < par / NEAR);

  function practised(now, last) {
    const [practice, earlier, how] = [shown(now.practice), shown(last.practice), compare(now.practice, last.practice)];
    if (practice === earlier) return `Practice stayed at ${practice}.`;
    return how === "same"
      ? `Practice hardly moved (${earlier} to ${practice}).`
      : `Practice got ${how} (${earlier} to ${practice}).`;
  }

  function sentence({ now, last, best, par, seed = 1, again = null, moved = 1, bet = null, goal = "fresh" }) {
    const said = [],
      both = goal === "fresh",
      gone = now.at !== null;
    if (gone) said.push(`It exploded at step ${grouped(now.at)}. That cost a try.`);
    else {
      const [name, value, before] = [goal[0].toUpperCase() + goal.slice(1), shown(now[goal]), shown(last[goal])];
      if (last.at !== null)
        said.push(`${name} ${value}; the run before exploded.` + (both ? ` Practice ${shown(now.practice)}.` : ""));
      else {
        said.push(value === before ? `${name} ${value}, as before.` : `${name} ${value}, was ${before}.`);
        if (both) said.push(practised(now, last));
      }
    }
    const reached = both && !gone ? level(now.fresh, par) : 0,
      crossed = reached > level(best, par); // said once of each
    if (crossed) said.push(LEVELS[reached]);
    if (again === "last") said.push(`The same dials with seed ${seed}: only chance differs.`);
    else if (again !== null)
      said.push(
        `The dials of ${again ? "try " + again : "the start"} again, with seed ${seed}: between these two only chance differs.`,
      );
    else if (both && !gone && now.fresh > MOST && now.practice <= MOST / 4)
      said.push("It holds on its practice problems and runs away on fresh ones.");
    else if (moved > 1 && !crossed) {
      const still =
        !gone &&
        last.at === null &&
        (both ? ["practice", "fresh"] : [goal]).every((what) => compare(now[what], last[what]) === "same");
      said.push(
        `${moved} dials moved at once${still ? ", and no error moved with them" : ": this cannot say which one did it"}.`,
      );
    }
    if (bet) said.push(`You bet on “${bet}”; it came out “${compare(score(now, goal), score(last, goal))}”.`);
    return said.join(" ");
  }

  function uncovered({ start, winner }) {
    if (!winner)
      return `No try took practice below the ${shown(start.practice)} of the start. On fresh problems the start leaves ${shown(start.fresh)}.`;
    const took =
      compare(winner.practice, start.practice) === "better"
        ? `You took practice from ${shown(start.practice)} to ${shown(winner.practice)}.`
        : practised(winner, start);
    const hidden = { worse: "rose", same: "hardly moved", better: "fell" }[compare(winner.fresh, start.fresh)];
    return `${took} On fresh problems your winner leaves ${shown(winner.fresh)}, where the start left ${shown(start.fresh)}: the error you did not see ${hidden}.`;
  }

  function ending({ best, low, median, high, tries }) {
    if (shown(best) === shown(low) && shown(best) === shown(high))
      return `Your best after ${tries} tries is ${shown(best)}, and so is that of eight in ten of the dice: there was nothing here for a search to find.`;
    const yours = `Your best after ${tries} tries is ${shown(best)}; a random player's is ${shown(median)} in the middle, and eight in ten end between ${shown(low)} and ${shown(high)}.`;
    if (best < low) return `You did better than nine in ten of the dice. ${yours}`;
    if (best > high) return `Nine in ten of the dice did better. ${yours}`;
    return `You are among the dice: from the result alone nobody could tell you from a random draw. ${yours}`;
  }

  // --- small tools -------------------------------------------------------------------------------

  const finite = (value) => (value === null || value === undefined ? Infinity : value);
  const still = () => root.matchMedia && root.matchMedia("(prefers-reduced-motion: reduce)").matches;

  /* A run as the rules want it: what is not finite (null in JSON) is Infinity. */
  const decoded = (run) => ({ ...run, practice: finite(run.practice), fresh: finite(run.fresh) });
  const KEPT = ["practice", "fresh", "at", "practice_curve", "fresh_curve", "longer", "follows", "tripled"]; // of a run, in the reader's log

  function save(name, blob) {
    const link = el("a", { href: URL.createObjectURL(blob), download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  const quoted = (value) => (/[",\n]/.test(value) ? `"${String(value).replace(/"/g, '""')}"` : String(value));

  class Game {
    /* kernel: {train, logged, qr} in a notebook. */
    constructor(host, spec, store, kernel) {
      Object.assign(this, {
        spec,
        store,
        name: "game-" + spec.id.replace(/[^\w-]/g, "-"),
        busy: false,
        rival: 0,
        opened: null,
        shown,
      });
      this.kernel = spec.live && kernel;
      this.ready = T.runs.load(spec.runs).then(
        (runs) => {
          this.runs = runs;
          this.state = this.restored() || this.fresh(1);
          const given = T.codes.fromHash();
          if (given)
            try {
              this.meet(given);
            } catch (problem) {
              this.refused = problem.message;
            }
          // a friend's start is played as the friend played it, if no game of one's own is under way
          if (this.friend && !this.state.tries.length)
            this.state = this.fresh(this.state.number, this.friend.mode, this.friend.start);
          this.build(host);
          this.showAll();
          if (this.kernel) this.caught = this.catchUp();
          if (store.elsewhere) store.elsewhere(() => this.follow());
        },
        (problem) => host.append(el("p", { role: "alert" }, `This board cannot be drawn: ${problem.message}.`)),
      );
    }

    /* A new game. mode: 0 as it is, or one of codes.js. */
    fresh(number, mode = 0, start = this.spec.start) {
      return { version: 1, number, mode, start: start.slice(), place: start.slice(), past: [], tries: [], rule: "" };
    }

    /* The design a game begins with, and whether it is played as the machines played. */
    get start() {
      return this.state.start || this.spec.start;
    }
    get plain() {
      return !this.state.mode && this.design(this.start) === this.design(this.spec.start);
    }
    /* The machines that played from this start by these rules; none, if nobody did. */
    get searchers() {
      const { mode } = this.state,
        start = this.design(this.start);
      const other = this.spec.others.find((one) => one.mode === mode && this.design(one.place) === start);
      return this.plain ? this.spec.searchers : other ? other.searchers : [];
    }
    get boss() {
      return this.state.mode === T.codes.BOSS;
    }
    get goal() {
      return this.boss ? "practice" : "fresh";
    }
    /* True while the error on fresh problems must not be seen. */
    get covered() {
      return this.boss && this.state.tries.length < this.spec.budget;
    }
    get locked() {
      return this.state.mode >= T.codes.LOCKED ? this.state.mode - T.codes.LOCKED : -1;
    }

    /* Another start every day, the same for everybody: the next of those that machines have played, or else, drawn from the date, a design that fails on fresh problems. */
    ofTheDay(date = new Date()) {
      const played = this.spec.others.filter((one) => one.mode === T.codes.DAY),
        days = Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86400000;
      if (played.length) return played[days % played.length].place;
      let seed = date.getFullYear() * 10000 + (date.getMonth() + 1) * 100 + date.getDate();
      for (;;) {
        seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
        const place = this.placeAt(Math.floor((seed / 2 ** 32) * this.spec.index.length));
        if (score(this.recorded(place, this.spec.seeds[0])) > 2 * this.spec.par) return place;
      }
    }

    /* A friend's game that came with the page's address, or one pasted: its line is drawn dashed. */
    meet(text) {
      const code = T.codes.decode(text, this.runs.designs, this.spec.fingerprint);
      const lines = [[code.start, this.spec.seeds[0]], ...code.tries].map(([design, seed]) =>
        this.recorded(this.placeOf(design), seed),
      );
      this.friend = { lines, start: this.placeOf(code.start), mode: code.mode };
    }

    /* The best so far of every line, by the error that is played for. */
    bests(lines) {
      let best = Infinity;
      return lines.map((line) => (best = Math.min(best, this.score(line))));
    }

    /* What a game for practice error handed over: the fresh error of the line that led by then. */
    handed(lines) {
      return lines.map((_, i) => score(lines[this.best(lines.slice(0, i + 1)).at]));
    }

    placeOf(design) {
      const number = this.spec.index.indexOf(design);
      if (number < 0) throw new Error("one of its designs is not on this board");
      return this.placeAt(number);
    }

    /* Position of the dials number `rest`, the last dial fastest. */
    placeAt(rest) {
      const place = [];
      for (let i = this.spec.dials.length - 1; i >= 0; i--) {
        const stops = this.spec.dials[i].names.length;
        place[i] = rest % stops;
        rest = Math.floor(rest / stops);
      }
      return place;
    }

    code() {
      return T.codes.encode(
        {
          start: this.design(this.start),
          mode: this.state.mode || 0,
          tries: this.state.tries.map((one) => [this.design(one.place), one.seed]),
        },
        this.runs.designs,
        this.spec.fingerprint,
      );
    }

    /* The kept game, if it is one of this board's; a game of another board (its dials changed) is put aside. */
    restored() {
      const kept = this.store.get(this.spec.id);
      const state = kept && kept.value;
      if (!state || state.version !== 1 || !Array.isArray(state.tries)) return null;
      const fits = (place) =>
        Array.isArray(place) &&
        place.length === this.spec.dials.length &&
        place.every((stop, i) => Number.isInteger(stop) && stop >= 0 && stop < this.spec.dials[i].names.length);
      if (
        fits(state.place) &&
        (state.start === undefined || fits(state.start)) &&
        state.tries.length <= this.spec.budget &&
        state.tries.every((one) => fits(one.place)) &&
        state.past.every(fits)
      )
        return (this.known = state);
      this.store.set(`${this.spec.id}/${state.number || 1}`, kept);
      return this.fresh((state.number || 1) + 1);
    }

    /* Another window has played on: this one follows, or it would write over what was tried there. */
    follow() {
      const { number, tries } = this.state,
        there = this.restored();
      if (!there || (there.number === number && JSON.stringify(there.tries) === JSON.stringify(tries))) return;
      this.state = this.followed = there;
      this.opened = null;
      this.showAll();
    }

    keep() {
      const { tries, number, rule } = this.state,
        lines = this.lines(),
        best = this.best(lines);
      const answer =
        `${tries.length} of ${this.spec.budget} tries` +
        (tries.length
          ? `; best ${this.goal} error ${shown(best.score)} ${best.at ? "at try " + best.at : "at the start"}`
          : "") +
        (this.boss && !this.covered ? `, which leaves ${shown(score(lines[best.at]))} on fresh problems` : "") +
        (rule ? `; rule of thumb: ${rule}` : "");
      this.entry = { label: "Game " + number, question: this.aim(), answer, value: this.state, verdict: "played" };
      this.store.set(this.spec.id, this.entry);
    }

    aim() {
      return (
        `${grouped(this.spec.budget)} tries` +
        (this.boss
          ? " to get the error on practice problems down, the other one covered"
          : " to make a model that does well on problems it has never met")
      );
    }

    // --- designs and runs --------------------------------------------------------------------------

    /* Position of the dials -> number of the design; redundant dials do not matter. */
    design(place) {
      return this.spec.index[place.reduce((sum, stop, i) => sum * this.spec.dials[i].names.length + stop, 0)];
    }

    /* True where turning dial i makes no difference at this position. */
    redundant(place, i) {
      const numbers = this.spec.dials[i].names.map((_, stop) =>
        this.design(place.with ? place.with(i, stop) : Object.assign(place.slice(), { [i]: stop })),
      );
      return numbers.every((number) => number === numbers[0]);
    }

    recorded(place, seed) {
      return decoded(this.runs.run(this.design(place), seed));
    }

    /* Line 0 is the start, recorded with the first seed; it costs nothing. */
    lines() {
      const seed = this.spec.seeds[0];
      return [{ place: this.start, seed, bet: null, ...this.recorded(this.start, seed) }, ...this.state.tries].map(
        decoded,
      );
    }

    score(line) {
      return score(line, this.goal);
    }

    best(lines = this.lines()) {
      let at = 0;
      lines.forEach((line, i) => {
        if (this.score(line) < this.score(lines[at])) at = i;
      });
      return { at, score: this.score(lines[at]) };
    }

    /* The dials that stand differently and make a difference now. */
    moved(place, before) {
      return place.map((_, i) => i).filter((i) => place[i] !== before[i] && !this.redundant(place, i));
    }

    steps(place, run) {
      const looks = this.spec.looks[this.spec.look[this.design(place)]];
      return run.at === null
        ? looks.slice(0, run.fresh_curve.length)
        : [...looks.slice(0, run.fresh_curve.length - 1), run.at];
    }

    // --- the board ---------------------------------------------------------------------------------

    build(host) {
      const { spec } = this;
      const chart = (key, low) => {
        const image = el("div", { class: "t3-chart t3-game-" + key, role: "img" });
        const text = JSON.parse(JSON.stringify(spec[key]));
        if (root.matchMedia && root.matchMedia("(max-width: 44rem)").matches) text.height = low;
        return {
          image,
          text: JSON.stringify(text),
          chart: new T.Chart(image, text),
          reading: el("p", { class: "t3-reading" }),
        };
      };
      this.big = chart("chart", 125);
      this.small = chart("curve", 72);
      this.run = el("p", { class: "t3-game-run" });
      this.controls = spec.dials.map((dial, i) => (dial.switch ? this.toggle(dial, i) : this.slider(dial, i)));
      this.bets = ["none", ...BETS].map((bet, i) =>
        el("input", { type: "radio", name: this.name + "-bet", value: i ? bet : "", id: `${this.name}-bet-${i}` }),
      );
      this.bets[0].checked = true;
      this.button = el(
        "button",
        { type: "button", class: "t3-button t3-primary t3-game-train", onclick: () => this.play() },
        "Train this",
      );
      this.left = el("span", { class: "t3-game-left" });
      this.sentence = el("p", { class: "t3-game-sentence" });
      this.voice = el("div", { class: "t3-announce", role: "status", "aria-live": "polite" });
      this.undo = el("button", { type: "button", class: "t3-button", onclick: () => this.back() }, "Undo a dial");
      this.tools = el("div", { class: "t3-figure-tools" });
      this.caption = el("caption");
      this.head = el("tr");
      this.body = el("tbody");
      this.reveal = new T.Reveal(this);
      this.title = el("p", { class: "t3-figure-title" });
      const stage = el("div", { class: "t3-game-stage" }, this.big.image, this.run, this.small.image);
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
      const table = el("table", {}, this.caption, el("thead", {}, this.head), this.body);
      this.root = el(
        "section",
        { class: "t3-game", id: this.name, "aria-label": "The game" },
        this.title,
        el("div", { class: "t3-game-board" }, stage, desk, this.go),
        el("div", { class: "t3-game-readings" }, this.big.reading, this.small.reading),
        this.reveal.root,
        el("div", { class: "t3-game-log" }, table),
        this.tools,
        this.voice,
      );
      host.replaceChildren(this.root);
      this.showTools();
    }

    slider(dial, i) {
      const id = `${this.name}-${dial.field}`;
      const value = el("output", { class: "t3-dial-value", for: id });
      const term = el("span", { class: "t3-dial-term" });
      const input = el("input", {
        type: "range",
        id,
        min: 0,
        max: dial.names.length - 1,
        step: 1,
        "data-dial": dial.field,
        oninput: () => this.turn(i, input.valueAsNumber),
      });
      const element = el(
        "div",
        { class: "t3-dial" },
        el("label", { for: id }, el("span", { class: "t3-dial-name" }, dial.label), " ", term),
        value,
        input,
      );
      return {
        element,
        show(stop, why) {
          // why: the dial cannot be turned now, or false
          input.value = stop;
          input.disabled = Boolean(why);
          input.style.setProperty("--t3-fill", (100 * stop) / (dial.names.length - 1) + "%");
          term.textContent = why || dial.term;
          value.textContent = why === IDLE ? "–" : dial.names[stop];
          input.setAttribute("aria-valuetext", why === IDLE ? IDLE : dial.names[stop]);
        },
      };
    }

    toggle(dial, i) {
      const id = `${this.name}-${dial.field}`;
      const value = el("span", { class: "t3-dial-value", "aria-hidden": "true" }); // a switch says on and off itself
      const term = el("span", { class: "t3-dial-term" });
      const input = el("input", {
        type: "checkbox",
        role: "switch",
        id,
        "data-dial": dial.field,
        onchange: () => this.turn(i, Number(input.checked)),
      });
      const element = el(
        "div",
        { class: "t3-dial t3-dial-switch" },
        el("label", { for: id }, input, el("span", {}, el("span", { class: "t3-dial-name" }, dial.label), " ", term)),
        value,
      );
      return {
        element,
        show(stop, why) {
          input.checked = Boolean(stop);
          input.disabled = Boolean(why);
          term.textContent = why || dial.term;
          value.textContent = why === IDLE ? "–" : dial.names[stop];
        },
      };
    }

    // --- what the reader does ------------------------------------------------------------------------

    turn(i, stop) {
      if (stop === this.state.place[i]) return;
      const place = this.state.place.slice();
      place[i] = stop;
      this.move(place);
    }

    move(place) {
      this.state.past = [...this.state.past.slice(-19), this.state.place];
      this.state.place = place.slice();
      this.turned();
    }

    /* What was said of how the dials stand is no longer so. */
    turned() {
      this.sentence.textContent = this.verdict;
      this.showDials();
      this.keepSoon();
    }

    back() {
      if (!this.state.past.length) return;
      this.state.place = this.state.past.pop();
      this.turned();
      if (!this.state.past.length) this.button.focus();
    }

    keepSoon() {
      clearTimeout(this.soon);
      this.soon = setTimeout(() => this.keep(), 300);
    }

    async play() {
      if (this.busy) return;
      this.hold(true);
      await this.caught; // what the kernel had finished before comes first
      const began = this.state,
        kept = await this.attempt();
      this.hold(false);
      if (kept && this.state !== began && this.state === this.followed)
        this.say("Another window of this book has played on meanwhile. This try was not kept and cost nothing.");
      if (!kept || this.state !== began) return;
      began.tries.push(kept);
      this.bets[0].checked = true;
      clearTimeout(this.soon);
      this.keep();
      this.showAll();
      const over = began.tries.length === this.spec.budget;
      this.voice.textContent = `Try ${began.tries.length}. ${this.sentence.textContent} ${over ? `That was the last try. The ${this.spec.then ? "result" : this.boss ? "covered error" : "comparison"} follows.` : this.left.textContent + "."}`;
      if (over) this.reveal.root.focus({ preventScroll: false });
    }

    hold(busy) {
      this.busy = busy;
      if (busy) this.button.setAttribute("aria-disabled", "true");
      else this.button.removeAttribute("aria-disabled");
      this.button.textContent = busy ? "Training…" : "Train this";
    }

    /* One run of the dials as they stand, as the log keeps it; null if there is none. */
    async attempt() {
      const { spec, state, kernel } = this,
        place = state.place.slice(),
        lines = this.lines();
      if (state.tries.length >= spec.budget || place.some((stop, i) => i === this.locked && stop !== this.start[i]))
        return null;
      const earlier = lines.filter((line) => this.design(line.place) === this.design(place)).length;
      if (earlier >= spec.seeds.length) {
        this.say(
          `These dials have run with all ${spec.seeds.length} seeds; a run more would repeat one of them. Turn a dial. This cost nothing.`,
        );
        return null;
      }
      const seed = spec.seeds[earlier],
        bet = (this.bets.find((input) => input.checked) || {}).value || null;
      const wanted = { place, seed, bet, game: state.number },
        progress = (seen) => this.draw(place, seed, seen);
      this.open(null);
      if (kernel) this.keep(); // a page closed from now on finds its game again
      try {
        const run = await (kernel ? kernel.train(wanted, progress) : this.replay(wanted, progress));
        return { place, seed, bet, ...Object.fromEntries(KEPT.map((name) => [name, run[name]])) };
      } catch (problem) {
        this.say(`This could not be trained: ${problem.message}. It cost nothing.`);
        return null;
      }
    }

    /* Take in the tries that the kernel finished and wrote down while no page was open to hear of them, if those before them are ours. */
    async catchUp() {
      const { state } = this,
        { tries } = state;
      let logged;
      try {
        logged = await this.kernel.logged(state.number);
      } catch (problem) {
        return;
      }
      if (this.state !== state || !logged.length) return;
      if (!this.known) {
        // the log of a game that was deleted: this one is another
        state.number += 1;
        return this.catchUp();
      }
      if (
        !tries.every(
          (one, i) =>
            logged[i] && this.design(one.place) === this.design(logged[i].place) && one.seed === logged[i].seed,
        )
      )
        return;
      const more = logged.slice(tries.length, this.spec.budget);
      if (!more.length) return;
      tries.push(...more);
      this.keep();
      this.showAll();
      this.say(
        `${more.length === 1 ? "One try was" : `${more.length} tries were`} finished while this page was closed. ${this.sentence.textContent}`,
      );
    }

    /* A recorded run, drawn as if it trained now. */
    replay({ place, seed }, progress) {
      const run = this.recorded(place, seed),
        count = run.fresh_curve.length;
      if (still()) return Promise.resolve(run);
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
      const { dials } = this.spec,
        id = this.name + "-new";
      const modes = el(
        "select",
        { id },
        el("option", { value: 0 }, "the usual start, all dials free"),
        el("option", { value: T.codes.DAY }, "the start of the day, another one every day"),
        ...(this.spec.counter
          ? [
              el(
                "option",
                { value: T.codes.BOSS },
                "boss of practice error: another start; the practice error is the score, and all you see",
              ),
            ]
          : []),
        ...dials.map((dial, i) =>
          el("option", { value: T.codes.LOCKED + i }, `the usual start, with ${dial.label.toLowerCase()} locked`),
        ),
      );
      const yes = el(
        "button",
        { type: "button", class: "t3-button t3-primary", onclick: () => this.renew(Number(modes.value)) },
        "Yes, a new game",
      );
      const no = el(
        "button",
        {
          type: "button",
          class: "t3-button",
          onclick: () => {
            this.showTools();
            this.tools.lastChild.focus();
          },
        },
        "Go on with this one",
      );
      this.tools.replaceChildren(
        el("label", { for: id, class: "t3-game-new" }, el("span", {}, "A new game with"), modes),
        ...(this.state.tries.length
          ? [
              el(
                "span",
                { class: "t3-confirm", role: "status" },
                "This one stays in My answers; it cannot be played on. ",
              ),
            ]
          : []),
        yes,
        no,
      );
      modes.focus();
    }

    renew(mode = 0) {
      if (this.state.tries.length) {
        this.keep();
        this.store.set(`${this.spec.id}/${this.state.number}`, this.entry);
      }
      this.state = this.fresh(
        this.state.number + Number(this.busy || this.state.tries.length > 0),
        mode,
        mode === T.codes.DAY ? this.ofTheDay() : mode === T.codes.BOSS ? this.spec.counter.place : this.spec.start,
      );
      this.rival = 0;
      this.keep();
      this.showTools();
      this.showAll();
      this.voice.textContent = "A new game. " + this.left.textContent + ".";
      this.button.focus();
    }

    export() {
      const { dials } = this.spec,
        lines = this.lines(),
        bests = this.bests(lines),
        number = (value) => (Number.isFinite(value) ? value : "");
      const rows = lines.map((line, i) => ({
        try: i,
        seed: line.seed,
        ...Object.fromEntries(
          dials.map((dial, k) => [dial.label, this.redundant(line.place, k) ? "" : dial.names[line.place[k]]]),
        ),
        practice: number(line.practice),
        ...(this.covered ? {} : { fresh: number(line.fresh) }),
        "exploded at step": line.at === null ? "" : line.at,
        [this.boss ? "best practice so far" : "best so far"]: number(bests[i]),
        bet: line.bet || "",
      }));
      const text = [Object.keys(rows[0]), ...rows.map(Object.values)]
        .map((row) => row.map(quoted).join(","))
        .join("\r\n");
      save("third-optimizer-game.csv", new Blob([text + "\r\n"], { type: "text/csv" }));
    }

    // --- what the reader sees ------------------------------------------------------------------------

    showAll() {
      this.showDials();
      this.showLog();
      this.showCharts();
      this.showEnd();
    }

    showDials() {
      const { place, past } = this.state;
      this.controls.forEach((control, i) =>
        control.show(place[i], i === this.locked ? LOCKED : this.redundant(place, i) && IDLE),
      );
      this.undo.disabled = !past.length;
    }

    showTools() {
      this.tools.replaceChildren(
        el("button", { type: "button", class: "t3-button", onclick: () => this.export() }, "Export the log (CSV)"),
        el("button", { type: "button", class: "t3-button", onclick: () => this.ask() }, "New game"),
      );
    }

    changes(lines, i) {
      const { dials } = this.spec,
        line = lines[i];
      const words = (k) => `${dials[k].label} ${dials[k].names[line.place[k]]}`;
      if (!i)
        return (
          "the start: " +
          dials
            .map((_, k) => k)
            .filter((k) => !this.redundant(line.place, k))
            .map(words)
            .join(", ")
        );
      const moved = this.moved(line.place, lines[i - 1].place).map(words);
      const again = this.again(lines, i),
        said = moved.join(", ");
      if (again === null) return said;
      return again === "last"
        ? `same dials, seed ${line.seed}`
        : `${said}: the dials of ${again ? "try " + again : "the start"}, seed ${line.seed}`;
    }

    /* The line before line i that had its dials: "last", a number, or null. */
    again(lines, i) {
      let k = i - 1;
      while (k >= 0 && this.design(lines[k].place) !== this.design(lines[i].place)) k--;
      return k < 0 ? null : k === i - 1 ? "last" : k;
    }

    showLog() {
      const lines = this.lines(),
        last = lines.length - 1;
      const bests = this.bests(lines),
        errors = this.covered ? ["practice"] : ["practice", "fresh"];
      this.caption.textContent =
        "The log: errors in per cent of guessing zero" + (this.boss ? "; best: the lowest practice error so far" : "");
      this.head.replaceChildren(
        ...["Try", "Changed dials", "Practice", ...(this.covered ? [] : ["Fresh"]), "Best"].map((name) =>
          el("th", { scope: "col" }, name),
        ),
        el("th", { scope: "col" }, el("span", { class: "t3-announce" }, "Use again")),
      );
      const rows = lines.map((line, i) => {
        const scores = errors.map((kind, k) =>
          line.at === null ? shown(line[kind]) : k < errors.length - 1 ? "×" : `× step ${grouped(line.at)}`,
        );
        const number = el(
          "button",
          {
            type: "button",
            class: "t3-button t3-skip",
            "aria-expanded": "false",
            "aria-label": `Try ${i}`,
            onclick: () => this.open(i),
          },
          String(i),
        );
        return el(
          "tr",
          {},
          el("th", { scope: "row" }, number),
          el("td", {}, this.changes(lines, i)),
          ...[...scores, shown(bests[i])].map((text) => el("td", { class: "t3-game-score" }, text)),
          el(
            "td",
            {},
            el(
              "button",
              {
                type: "button",
                class: "t3-button t3-skip",
                "aria-label": `Use the dials of ${i ? "try " + i : "the start"} again`,
                onclick: () => {
                  this.move(line.place);
                  this.say(`The dials stand as ${i ? "in try " + i : "at the start"}.`);
                },
              },
              "again",
            ),
          ),
        );
      });
      this.rows = rows.slice();
      this.opened = null;
      this.body.replaceChildren(...rows.reverse());
      const tries = this.state.tries.length,
        left = this.spec.budget - tries;
      this.left.textContent = left ? `${left} ${left === 1 ? "try" : "tries"} left` : "No tries left";
      this.go.dataset.over = String(!left);
      this.button.hidden = !left;
      this.title.textContent = this.boss
        ? `${grouped(this.spec.budget)} tries. Get the error on practice problems as low as you can; the error on fresh ones is covered until the end.`
        : `${grouped(this.spec.budget)} tries. Make a model that does well on problems it has never met.`;
      this.verdict =
        this.words(lines, last) +
        (tries
          ? ""
          : (this.friend
              ? ` A friend’s line is dashed${this.design(this.friend.start) === this.design(this.start) ? ": they began here too" : "; they began elsewhere"}.`
              : "") + (this.refused ? ` The game in this page’s address could not be read (${this.refused}).` : ""));
      this.sentence.textContent = this.verdict;
    }

    /* Show all of try i below its row, and its curve; of the try that is open already, close it. One is open at a time; null: none. */
    open(i) {
      if (this.detail) this.detail.remove();
      this.opened = i === this.opened ? null : i;
      this.rows.forEach((row, k) =>
        row.querySelector("button").setAttribute("aria-expanded", String(k === this.opened)),
      );
      if (!this.busy) this.showRun();
      if (this.opened !== null) this.rows[i].after((this.detail = this.details(i)));
    }

    details(i) {
      const lines = this.lines(),
        { place } = lines[i],
        moved = i ? this.moved(place, lines[i - 1].place) : [];
      const dials = this.spec.dials.map((dial, k) =>
        el(
          "li",
          {},
          `${dial.label}: ${this.redundant(place, k) ? IDLE : dial.names[place[k]]}${moved.includes(k) ? " (changed)" : ""}`,
        ),
      );
      return el(
        "tr",
        { class: "t3-game-opened" },
        el(
          "td",
          { colspan: this.head.children.length },
          el("p", {}, this.words(lines, i)),
          el("ul", {}, ...dials),
          ...(this.busy ? [] : [el("p", {}, `${this.small.reading.textContent} The small chart shows it.`)]),
        ),
      );
    }

    words(lines, i) {
      const { practice, fresh } = lines[0];
      if (!i)
        return (
          `You take over a finished design. Practice ${shown(practice)}${practice < 0.5 ? ": it looks perfect" : practice < 5 ? ": it looks good" : ""}.` +
          (this.boss ? "" : ` Fresh ${shown(fresh)}${score(lines[0]) >= 95 ? ": it is useless where it counts" : ""}.`)
        );
      const line = lines[i];
      return sentence({
        now: line,
        last: lines[i - 1],
        best: this.best(lines.slice(0, i)).score,
        par: this.spec.par,
        goal: this.goal,
        seed: line.seed,
        bet: line.bet,
        again: this.again(lines, i),
        moved: this.moved(line.place, lines[i - 1].place).length,
      });
    }

    /* How a game for practice error came out. */
    uncovered() {
      const lines = this.lines(),
        { at } = this.best(lines);
      return uncovered({ start: lines[0], winner: at ? lines[at] : null });
    }

    clip(value) {
      return Math.min(MOST, Math.max(this.spec.low, value));
    }

    /* Names at line ends, pushed apart where they would cover one another, and off the bottom and a line across the chart at `avoid`. */
    labels(names, figure, avoid = 0) {
      const height = JSON.parse(figure.chart.text).height,
        place = (y) => Math.log(this.clip(y) / this.spec.low);
      const span = place(MOST),
        gap = (15 / height) * span;
      const sorted = names.map((name) => ({ ...name, at: place(name.y) })).sort((a, b) => a.at - b.at);
      for (const name of sorted)
        if (avoid && Math.abs(name.at - place(avoid)) < 0.6 * gap) name.at = place(avoid) + 0.65 * gap;
      sorted.forEach((name, i) => {
        name.at = Math.max(name.at, i ? sorted[i - 1].at + gap : 0.5 * gap);
      });
      for (let i = sorted.length - 1, top = span; i >= 0; i--, top -= gap) sorted[i].at = Math.min(sorted[i].at, top);
      return sorted.map(({ x, text, at, kind = "label" }) => ({ x, y: this.spec.low * Math.exp(at), kind, text }));
    }

    columns(rows) {
      const names = ["x", "y", "y2", "kind", "text"];
      return Object.fromEntries(
        names.map((name) => [name, rows.map((row) => (row[name] === undefined ? null : row[name]))]),
      );
    }

    /* What the big chart's axis counts. */
    get axis() {
      return this.boss ? (this.covered ? "error on practice problems, %" : "error, %") : "error on fresh problems, %";
    }

    showCharts() {
      const { spec, big } = this,
        lines = this.lines(),
        last = lines.length - 1,
        over = last === spec.budget,
        bests = this.bests(lines),
        names = [];
      const text = big.text.replaceAll("{axis}", this.axis);
      if (text !== big.chart.text) {
        big.chart.text = text;
        if (big.chart.view) big.chart.draw();
      }
      // par is about fresh problems
      const rows = this.covered
        ? []
        : [
            {
              kind: "par",
              y: spec.par,
              text: `par ${shown(spec.par)}${over ? "" : ": the best single gradient step"}`,
            },
          ];
      lines.forEach((line, i) =>
        rows.push(
          { kind: "best", x: i, y: this.clip(bests[i]) },
          { kind: this.score(line) > MOST ? "cross" : "try", x: i, y: this.clip(this.score(line)) },
        ),
      );
      names.push({
        x: last,
        y: bests[last],
        text: `${over && this.boss ? "practice" : last ? "you" : "start"} ${shown(bests[last])}`,
      });
      if (over && this.boss) {
        const handed = this.handed(lines);
        handed.forEach((y, i) => rows.push({ kind: "uncovered", x: i, y: this.clip(y) }));
        names.push({ x: last, y: handed[last], text: `fresh ${shown(handed[last])}` });
      }
      if (this.friend) {
        const line = this.bests(this.friend.lines),
          end = Math.min(line.length - 1, spec.budget);
        line.forEach((y, i) => rows.push({ kind: "friend", x: Math.min(i, spec.budget), y: this.clip(y) }));
        names.push({ x: end, y: line[end], text: `friend ${shown(line[end])}` });
      }
      const rival = over && this.searchers[this.rival];
      if (rival) {
        rival.median.forEach((y, i) =>
          rows.push(
            { kind: "band", x: i, y: this.clip(rival.low[i]), y2: this.clip(rival.high[i]) },
            { kind: "rival", x: i, y: this.clip(y) },
          ),
        );
        names.push({ x: last, y: rival.median[last], text: `${rival.name} ${shown(rival.median[last])}` });
      }
      this.tell(big, [...rows, ...this.labels(names, big, this.covered ? 0 : spec.par)], this.readBest(lines, over));
      this.showRun();
    }

    /* The curve of the try that is open in the log, or of the latest. */
    showRun() {
      const lines = this.lines(),
        i = this.opened === null ? lines.length - 1 : this.opened,
        run = lines[i];
      this.draw(run.place, run.seed, { points: run.fresh_curve.length, run }, i);
    }

    tell(figure, rows, text) {
      figure.image.setAttribute("aria-label", text);
      figure.reading.textContent = text;
      figure.chart.show(this.columns(rows));
    }

    readBest(lines, over) {
      const { spec } = this,
        best = this.best(lines),
        wild = lines.filter((line, i) => i && this.score(line) > MOST).length;
      let text =
        `${this.boss ? "Lowest practice error" : "Best"} so far, on a log scale: ${shown(this.score(lines[0]))} at the start` +
        (lines.length > 1
          ? `, ${shown(best.score)} after ${lines.length - 1} ${lines.length === 2 ? "try" : "tries"}${best.at ? `, found at try ${best.at}` : ""}`
          : "") +
        (this.boss ? "." : `; par is ${shown(spec.par)}.`);
      if (wild) text += ` ${wild === 1 ? "One try lies" : wild + " tries lie"} above the top edge, marked ×.`;
      if (over && this.boss)
        text += ` The second line is the fresh error of what led by then: ${this.handed(lines)
          .filter((_, i, all) => !i || i === all.length - 1)
          .map(shown)
          .join(" at the start, ")} at the end; par is ${shown(spec.par)}.`;
      const rival = over && this.searchers[this.rival],
        at = spec.budget;
      if (this.friend) text += ` A friend’s line, dashed, ends at ${shown(this.best(this.friend.lines).score)}.`;
      if (rival)
        text += ` ${grouped(rival.count)} players of ${rival.name}: ${shown(rival.median[at])} in the middle, eight in ten of them between ${shown(rival.low[at])} and ${shown(rival.high[at])}.`;
      return text;
    }

    /* The curve of one run: recorded ({points, run}) or under way in a kernel ({share, practice, fresh}). i: its line in the log, null while it runs. */
    draw(place, seed, seen, i = null) {
      const done = i !== null;
      const looks = this.spec.looks[this.spec.look[this.design(place)]],
        end = looks[looks.length - 1];
      let run;
      if (seen.run)
        run = {
          ...seen.run,
          practice_curve: seen.run.practice_curve.slice(0, seen.points),
          fresh_curve: seen.run.fresh_curve.slice(0, seen.points),
        };
      else {
        if (!this.growing || this.growing.place !== place)
          this.growing = { place, practice_curve: [], fresh_curve: [], at: null };
        this.growing.practice_curve.push(finite(seen.practice));
        this.growing.fresh_curve.push(finite(seen.fresh));
        run = this.growing;
      }
      const steps = this.steps(place, run),
        last = steps.length - 1;
      const exploded = run.at !== null && steps[last] === run.at;
      const rows = [
        { kind: "frame", x: 0, y: 100, text: "" },
        { kind: "frame", x: end, y: 100, text: "practice 100" },
      ];
      const kinds = this.covered ? ["practice"] : ["practice", "fresh"];
      for (const kind of kinds) {
        run[kind + "_curve"].forEach((y, i) => {
          if (!(exploded && i === last)) rows.push({ kind, x: steps[i], y: this.clip(finite(y)) });
        });
      }
      if (exploded) rows.push({ kind: "cross", x: steps[last], y: MOST });
      const at = exploded ? Math.max(0, last - 1) : last;
      // curves are kept cut off at the top edge; at the end the score itself is known
      const ended = done && !exploded;
      const value = (kind) => finite(ended ? seen.run[kind] : run[kind + "_curve"][at]);
      const names = kinds.map((kind) => ({
        x: steps[at],
        y: value(kind),
        kind: "name-" + kind,
        text: done || seen.share === 1 ? `${kind} ${shown(value(kind))}` : kind,
      }));
      this.run.textContent =
        `${this.opened === null ? "" : i ? `try ${i}: ` : "the start: "}${this.spec.live && i !== 0 ? "trained here" : "recorded run"}, seed ${seed}` +
        (seen.share !== undefined && seen.share < 1 ? `: ${Math.round(100 * seen.share)} %` : "");
      const first = (kind) => shown(finite(run[kind + "_curve"][0])),
        when = exploded ? "at the last look" : "at the end";
      const text =
        `This run, ${grouped(end)} steps of practice: ${kinds.map((kind) => `${kind} error ${first(kind)} at first, ${shown(value(kind))} ${when}`).join("; ")}.` +
        (exploded ? ` It exploded at step ${grouped(run.at)}.` : "");
      this.tell(this.small, [...rows, ...this.labels(names, this.small)], text);
    }

    showEnd() {
      this.reveal.show();
    }

    /* Whose players the chart lays your line on. */
    compareWith(i) {
      this.rival = i;
      this.showCharts();
    }

    passes(place) {
      const i = this.spec.dials.findIndex((dial) => dial.field === "passes");
      return i < 0 || this.redundant(place, i) ? 1 : Number(this.spec.dials[i].names[place[i]]);
    }

    /* What can be passed on: the code, a link, a QR code, a picture. */
    sharing() {
      const code = this.code(),
        link = T.codes.link(code),
        status = el("span", { class: "t3-copied", role: "status" });
      const copy = (text, what) => async () => {
        try {
          await navigator.clipboard.writeText(text);
          status.textContent = `Copied: ${what}.`;
        } catch (problem) {
          field.select();
          status.textContent = "The browser does not let a page copy: the code is marked, copy it yourself.";
        }
      };
      const field = el("input", {
        type: "text",
        id: this.name + "-code",
        readonly: true,
        value: code,
        class: "t3-game-code",
      });
      const qr = el("details", { class: "t3-game-qr" }, el("summary", {}, "Show as a QR code"));
      qr.addEventListener(
        "toggle",
        async () => {
          if (!root.qrcode) await this.kernel.qr();
          qr.append(T.codes.qr(link || code));
        },
        { once: true },
      );
      return [
        el(
          "label",
          { class: "t3-game-rule", for: field.id },
          el(
            "span",
            {},
            "Your game as a code. It holds the designs and no scores; whoever has this book can lay it on the class board.",
          ),
          field,
        ),
        el(
          "div",
          { class: "t3-figure-tools" },
          el("button", { type: "button", class: "t3-button", onclick: copy(code, "the code") }, "Copy the code"),
          ...(link
            ? [
                el(
                  "button",
                  {
                    type: "button",
                    class: "t3-button",
                    onclick: copy(link, "a link that lets a friend play the same start against your line"),
                  },
                  "Copy a link for a friend",
                ),
              ]
            : []),
          el("button", { type: "button", class: "t3-button", onclick: () => T.picture(this) }, "Save a picture (PNG)"),
          status,
        ),
        ...(root.qrcode || this.kernel ? [qr] : []),
      ];
    }
  }

  T.Game = Game;
  Object.assign(T, { grouped, save });
  T.game = { shown, compare, sentence, ending, uncovered, level, LEVELS };
})(globalThis);
