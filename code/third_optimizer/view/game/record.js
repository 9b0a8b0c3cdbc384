/* The record of a game. On a page it is the browser's store. In a notebook it is the kernel's log: the board asks for
 * it, and the reader's answers keep which game is played and how its dials stand.
 */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const S = T.state;

  class Record {
    /* game: the board (game.js). known: the reader's answers hold its game; entry: as they do. */
    constructor(game) {
      Object.assign(this, { game, spec: game.spec, store: game.store, known: false, entry: null, asked: null });
      this.seen = new Set(); // what was kept, here or in another window, in a line each
    }

    /* Follow what other windows play. */
    listen() {
      const { kernel } = this.game;
      if (kernel) this.store.listen(() => this.hearOfLog());
      else if (this.store.elsewhere) this.store.elsewhere(() => this.follow());
    }

    /* The kept game, if it is one of this board's; a game of another board (its dials changed) is put aside. */
    restore() {
      const { spec, store } = this,
        kept = store.get(spec.id),
        { state, misfit } = S.restored(kept && kept.value, spec);
      if (misfit) store.set(`${spec.id}/${misfit}`, kept);
      this.known = Boolean(state);
      this.entry = this.known ? kept : null;
      if (this.known) this.seen.add(`${state.number}: ${kept.answer}`);
      this.game.state = state || S.begin(spec, (misfit || 0) + 1);
    }

    keep() {
      const { spec, game } = this,
        { state } = game;
      if (this.asking) return this.asked.then(() => this.keep()); // before the log has been heard nothing is known
      this.known = true;
      this.entry = {
        label: "Game " + state.number,
        question: game.mode.aim,
        answer: S.summary(state, spec, game.runs, game.rules.shown),
        value: S.answer(state, game.kernel),
        verdict: "played",
      };
      this.seen.add(`${state.number}: ${this.entry.answer}`);
      this.store.set(spec.id, this.entry);
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
      if (!tries.length) return;
      this.keep();
      this.store.set(`${this.spec.id}/${number}`, this.entry);
    }

    /* Another window has played on: this one follows, or it would write over what was tried there. */
    follow() {
      const { game, spec } = this,
        kept = this.store.get(spec.id),
        there = S.restored(kept && kept.value, spec).state,
        { number, tries } = game.state;
      if (!there || (there.number === number && JSON.stringify(there.tries) === JSON.stringify(tries))) return;
      [game.state, this.followed] = [there, true];
      game.showAll();
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
        tries = []; // a log of another board, or none that can be read: the board does without
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

    /* The answers have changed: if another window has played on, the log knows how. */
    hearOfLog() {
      const there = this.store.get(this.spec.id),
        { number } = this.game.state;
      if (!there || !there.value || this.asking || this.game.busy) return;
      const said = `${there.value.number}: ${there.answer}`;
      if (this.seen.has(said)) return; // an echo
      this.seen.add(said);
      if (there.value.number < number) return;
      if (there.value.number > number) {
        this.restore();
        this.game.showAll();
      }
      [this.entry, this.known] = [there, true];
      this.asked = this.ask();
    }
  }

  T.GameRecord = Record;
})(globalThis);
