/* The record of a game. On a page it is the browser's store. In a notebook it is the kernel's log: the board asks for
 * it, and the reader's answers keep which game is played and how its dials stand.
 */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const S = T.state;

  class Record {
    /* game: the board (game.js). known: the reader's answers hold its game; entry: as they do; at: the stamp of what
     * stood there when this window last looked; sending: how much a kernel has not yet confirmed. */
    constructor(game) {
      const nothing = { known: false, entry: null, at: null, asked: null, asking: false, sending: 0 };
      Object.assign(this, { game, spec: game.spec, store: game.store, ...nothing });
      this.seen = new Set(); // what was kept, here or in another window, in a line each
    }

    /* Follow what other windows play. */
    listen() {
      this.store.listen(() => {
        const underWay = this.sending || this.asking || (this.game.kernel && this.game.busy);
        if (!underWay) this.follow(); // what is under way looks by itself
      });
    }

    /* The kept game, if it is one of this board's; one that is not (its dials changed) is put aside. */
    restore() {
      const { spec, store } = this,
        kept = store.get(spec.id),
        { state, misfit } = S.restored(kept && kept.value, spec);
      this.at = T.stamp(kept);
      let number = misfit || 0;
      if (misfit) {
        const other = (there) => there && JSON.stringify(there.value) !== JSON.stringify(kept.value);
        while (other(store.get(`${spec.id}/${number}`))) number++; // no game that lies aside is written over
        if (!store.get(`${spec.id}/${number}`)) store.set(`${spec.id}/${number}`, kept);
      }
      this.known = Boolean(state);
      this.entry = this.known ? kept : null;
      if (this.known) this.seen.add(`${state.number}: ${kept.answer}`);
      this.game.state = state || S.begin(spec, number + 1);
    }

    /* The game as the reader's answers keep it. */
    answer() {
      const { spec, game } = this,
        { state } = game;
      return {
        label: "Game " + state.number,
        question: game.mode.aim,
        answer: S.summary(state, spec, game.runs, game.rules.shown),
        value: S.answer(state, game.kernel),
        verdict: "played",
      };
    }

    /* Keep the game as it stands. Where another window has kept something meanwhile, that is looked at first. A kernel
     * confirms later: the next is sent before, or a page closed now would lose it. */
    async keep() {
      this.cancel();
      while (this.asking) await this.asked;
      const { store, spec, at: over } = this,
        entry = { ...this.answer(), at: T.moment() };
      this.seen.add(`${this.game.state.number}: ${entry.answer}`);
      Object.assign(this, { known: true, entry, at: entry.at });
      this.sending++;
      const told = store.set(spec.id, entry, over),
        { kept } = this.game.kernel ? await told : told;
      this.sending--;
      if (kept === false && this.follow()) await this.keep();
    }

    keepSoon() {
      this.cancel();
      this.soon = setTimeout(() => this.keep(), 300);
    }

    cancel() {
      clearTimeout(this.soon);
    }

    /* A game that ends for a new one stays among the answers under its number. */
    archive() {
      const { tries, number } = this.game.state;
      if (tries.length) this.store.set(`${this.spec.id}/${number}`, this.answer());
    }

    /* Look at what another window has kept. True if that is this very game, which then goes on here too; else this
     * window takes up what it finds, or it would write over what was tried, or bring back what was deleted there. */
    follow() {
      const { game, spec } = this,
        kept = this.store.get(spec.id),
        { state } = game;
      if (T.stamp(kept) === this.at) return true;
      const there = S.restored(kept && kept.value, spec).state;
      const known = game.kernel || (there && JSON.stringify(there.tries) === JSON.stringify(state.tries));
      if (there && known && there.number <= state.number) {
        const before = (this.entry && this.entry.value.rule) || "",
          written = there.number === state.number && state.rule === before && there.rule !== before;
        Object.assign(this, { at: T.stamp(kept), entry: kept, known: true });
        if (written) {
          game.step({ type: "rule", rule: there.rule });
          game.showAll();
        }
        if (game.kernel && there.number === state.number) this.hear(`${there.number}: ${kept.answer}`);
        return true;
      }
      this.cancel();
      this.restore();
      this.followed = true;
      game.showAll();
      if (game.kernel) this.asked = this.ask();
      return false;
    }

    /* Ask the log how another window has played on; what was kept here comes back as an echo. */
    hear(said) {
      if (this.seen.has(said)) return;
      this.seen.add(said);
      this.asked = this.ask();
    }

    /* Take what the log holds of the kept game, as the page is opened. */
    async open() {
      const { game } = this,
        before = this.entry ? parseInt(this.entry.answer) : 0; // "3 of 12 tries", when it was last kept
      this.asked = this.ask();
      await this.asked;
      const more = game.state.tries.length - before;
      if (!this.known || !(more > 0)) return;
      this.keep();
      const which = more === 1 ? "One try was" : `${more} tries were`;
      game.say(`${which} finished while this page was closed. ${game.sentence.textContent}`);
    }

    /* Take what the log holds of this game. */
    async ask() {
      const { game } = this,
        { number } = game.state;
      this.asking = true;
      let tries;
      try {
        tries = await game.kernel.tries(number);
      } catch (problem) {
        tries = []; // a log that cannot be read: the board does without
      }
      this.asking = false;
      if (game.state.number !== number) return;
      if (!this.known && tries.length) {
        // the log of a game whose answers were deleted: this one is another
        game.state = { ...game.state, number: number + 1 };
        return this.ask();
      }
      const known = JSON.stringify(game.state.tries);
      game.step({ type: "logged", tries });
      if (JSON.stringify(game.state.tries) !== known) game.showAll();
    }
  }

  T.GameRecord = Record;
})(globalThis);
