/* What the reader has answered. One key in the browser's storage, nothing sent anywhere.
 *
 * The record is {version: 1, answers: {id: {question, answer, verdict, value, at}}}. What cannot be written, where
 * storage is blocked or full, lives in memory and follows with the next change that can; the page says so once. In a
 * notebook the same interface is backed by the kernel (see notebook.js), which keeps a JSON file.
 */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const KEY = "third-optimizer";
  const empty = () => ({ version: 1, answers: {} });

  /* The record in a text, or null. */
  function parsed(text) {
    try {
      const record = JSON.parse(text),
        { answers } = record;
      return answers && typeof answers === "object" && !Array.isArray(answers) ? record : null;
    } catch (error) {
      return null;
    }
  }

  /* A time that comes once in this window, whatever the clock does, to stamp an answer with; and an answer's stamp. */
  let last = 0;
  const moment = () => new Date((last = Math.max(Date.now(), last + 1))).toISOString();
  const stamp = (answer) => (answer && answer.at) || null;

  class BrowserStore {
    constructor(storage) {
      this.storage = storage;
      this.blocked = false;
      this.unwritten = []; // changes that are not in the storage yet, in their order: functions of a record
      this.listeners = new Set();
      // another window of this browser has written; no key: it has emptied its storage
      root.addEventListener("storage", (event) => {
        if (event.key === KEY || event.key === null) this.tell();
      });
    }

    /* The record with what could not be written. */
    read() {
      const record = this.look();
      this.block(!this.readable || this.unwritten.length > 0);
      return record;
    }

    look() {
      let record = empty();
      try {
        const text = this.storage().getItem(KEY),
          found = text === null ? record : parsed(text);
        if (!found) this.storage().setItem(KEY + ".damaged", text); // unreadable, not lost
        [record, this.readable] = [found || record, true];
      } catch (error) {
        this.readable = false; // blocked, or too full to set aside what cannot be read
      }
      for (const change of this.unwritten) change(record);
      return record;
    }

    /* Change the record in the storage, or in memory if that cannot be. Returns it. */
    change(change) {
      this.unwritten.push(change);
      const record = this.look();
      try {
        if (this.readable) {
          this.storage().setItem(KEY, JSON.stringify(record));
          this.unwritten = [];
        }
      } catch (error) {
        /* full: it stays in memory */
      }
      this.block(this.unwritten.length > 0);
      this.tell();
      return record;
    }

    block(blocked) {
      if (blocked === this.blocked) return;
      this.blocked = blocked;
      this.tell();
    }

    tell() {
      for (const listener of this.listeners) listener();
    }

    get(id) {
      return this.read().answers[id];
    }

    /* Keep an answer. over: the "at" of the one that it replaces, null if there was none; where another stands by now,
     * or none does, it stays so. Without `over` the last one counts. Returns {kept, at}, of what stands there now. */
    set(id, answer, over) {
      const mine = { at: moment(), ...answer };
      const { answers } = this.change((record) => {
        if (over === undefined || stamp(record.answers[id]) === over) record.answers[id] = mine;
      });
      return { kept: answers[id] === mine, at: stamp(answers[id]) };
    }

    all() {
      return this.read().answers;
    }

    clear() {
      this.change((record) => (record.answers = {}));
    }

    /* Call `listener` when the record has changed, here or in another window. */
    listen(listener) {
      this.listeners.add(listener);
    }
  }

  Object.assign(T, { stamp, moment });
  T.KEY = KEY;
  T.BrowserStore = BrowserStore;
  // Naming localStorage can itself throw where storage is blocked, hence the function.
  T.store = new BrowserStore(() => root.localStorage);
})(globalThis);
