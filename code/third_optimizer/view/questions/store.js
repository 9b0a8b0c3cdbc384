/* What the reader has answered. One key in the browser's storage, nothing sent anywhere.
 *
 * The record is {version: 1, answers: {id: {question, answer, verdict, value, at}}}. Where storage
 * is blocked the answers live in memory, and the page says so once. In a notebook the same
 * interface is backed by the kernel (see component.py), which keeps a JSON file.
 */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const KEY = "third-optimizer";
  const empty = () => ({ version: 1, answers: {} });

  class BrowserStore {
    constructor(storage) {
      this.storage = storage;
      this.blocked = false;
      this.memory = empty();
      this.listeners = new Set();
    }

    read() {
      if (this.blocked) return this.memory;
      let text;
      try {
        text = this.storage().getItem(KEY);
      } catch (error) {
        return this.block();
      }
      if (text === null) return empty();
      try {
        const record = JSON.parse(text);
        if (record && typeof record.answers === "object" && record.answers !== null) return record;
      } catch (error) {
        /* handled below: unreadable, not lost */
      }
      try {
        this.storage().setItem(KEY + ".damaged", text);
      } catch (error) {
        return this.block();
      }
      return empty();
    }

    write(record) {
      this.memory = record;
      if (!this.blocked) {
        try {
          this.storage().setItem(KEY, JSON.stringify(record));
        } catch (error) {
          this.block();
        }
      }
      for (const listener of this.listeners) listener();
    }

    block() {
      if (!this.blocked) {
        this.blocked = true;
        for (const listener of this.listeners) listener();
      }
      return this.memory;
    }

    get(id) {
      return this.read().answers[id];
    }

    set(id, answer) {
      const record = this.read();
      record.answers[id] = { ...answer, at: new Date().toISOString() };
      this.write(record);
    }

    all() {
      return this.read().answers;
    }

    clear() {
      this.write(empty());
    }

    listen(listener) {
      this.listeners.add(listener);
    }

    /* Call `listener` when another window of this browser has written. */
    elsewhere(listener) {
      root.addEventListener("storage", (event) => {
        if (event.key === KEY) listener();
      });
    }
  }

  T.KEY = KEY;
  T.BrowserStore = BrowserStore;
  // Naming localStorage can itself throw where storage is blocked, hence the function.
  T.store = new BrowserStore(() => root.localStorage);
})(globalThis);
