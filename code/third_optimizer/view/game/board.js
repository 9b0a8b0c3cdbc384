/* The class board: what comes in, by paste, drop or choice of files, is read into games and laid beside one another
 * (class.js). No server: all of it stays in this reader's storage, under the id "board", as lines of text.
 *
 * Names are veiled whenever the board is opened: until the veil is lifted no name stands on the page, nor in what is
 * read out. spec: see board.py.
 */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const { el, button, grouped, counted } = T;
  const LONGEST_TEXT = 200000,
    LISTED = 6; // numbers of lines in a sentence
  const NOTE =
    "Lines of a mail or a chat will do, and links; a name may stand beside a code. Files: the log (CSV) or the " +
    "picture (PNG) that the game saves, or any text. All of it stays on this computer.";

  class Board {
    /* atlas: a promise of T.Runs. */
    constructor(host, spec, atlas, store = T.store) {
      Object.assign(this, { spec, store, text: "", lifted: false, refused: [] });
      this.ready = Promise.resolve(atlas).then(
        (runs) => {
          this.atlas = runs;
          Object.assign(this, { base: "", at: null, sending: null }); // what was kept when this window last looked
          this.build(host);
          this.show();
          this.follow();
          store.listen(() => this.follow());
        },
        (problem) => host.append(el("p", { role: "alert" }, `This board cannot be drawn: ${problem.message}.`)),
      );
    }

    build(host) {
      this.name = "board-" + this.spec.id.replace(/[^\w-]/g, "-");
      const area = (id, more) =>
        el("textarea", {
          id,
          maxlength: LONGEST_TEXT,
          spellcheck: "false",
          autocapitalize: "off",
          autocomplete: "off",
          wrap: "off",
          ...more,
        });
      this.input = area(this.name, {
        rows: 3,
        "aria-describedby": this.name + "-note",
        onpaste: () => setTimeout(() => this.add()), // once the text stands there
        onchange: () => this.add(),
      });
      this.chosen = el("input", {
        type: "file",
        multiple: true,
        hidden: true,
        onchange: () => this.takeFiles(this.chosen.files),
      });
      const choose = button("Choose files", () => this.chosen.click()),
        add = button("Add", () => this.add(), "t3-primary");
      this.heard = el("p", { class: "t3-board-note" });
      this.desk = el(
        "div",
        { class: "t3-board-desk" },
        el("label", { for: this.name }, "Paste codes here, or drop files"),
        this.input,
        el("p", { class: "t3-board-note", id: this.name + "-note" }, NOTE),
        el("div", { class: "t3-figure-tools" }, add, choose, this.chosen),
      );
      this.tools = el("div", { class: "t3-figure-tools" });
      this.wrong = el("div", { class: "t3-board-problems" });
      this.results = new T.ClassResults(this.spec, this.atlas, this.name);
      this.lines = area(this.name + "-lines", { rows: 6, onchange: () => this.mend() });
      this.fold = el(
        "details",
        { class: "t3-board-lines" },
        el("summary", {}, "All that came in, line by line, to mend"),
        el("label", { for: this.lines.id }, "One game a line"),
        this.lines,
      );
      this.voice = T.announcer();
      this.root = el(
        "section",
        { class: "t3-board", id: this.spec.id, "aria-label": "The class board" },
        this.desk,
        this.heard,
        this.wrong,
        this.buildVeil(),
        this.results.root,
        this.fold,
        this.tools,
        this.voice.region,
      );
      host.replaceChildren(this.root);
      this.results.begin();
      this.hearDrops();
    }

    buildVeil() {
      this.switch = el("input", {
        type: "checkbox",
        role: "switch",
        id: this.name + "-veil",
        onchange: () => this.lift(this.switch.checked),
      });
      const label = el("label", { for: this.switch.id }, this.switch, el("span", {}, "Show the names"));
      this.veil = el("div", { class: "t3-dial t3-dial-switch t3-board-veil" }, label);
      return this.veil;
    }

    /* Files that miss the field would take the place of the page: on a page of its own the board takes all of them. */
    hearDrops() {
      const where = root.ThirdOptimizerInNotebook ? this.root : document,
        brings = (event) => [...((event.dataTransfer && event.dataTransfer.types) || [])].includes("Files");
      const over = (on) => this.desk.classList.toggle("t3-board-over", on);
      where.addEventListener("dragover", (event) => {
        if (!brings(event)) return;
        event.preventDefault();
        over(true);
      });
      where.addEventListener("dragleave", (event) => event.relatedTarget || over(false));
      where.addEventListener("drop", (event) => {
        over(false);
        if (!brings(event)) return;
        event.preventDefault();
        this.takeFiles(event.dataTransfer.files);
      });
      this.input.addEventListener("paste", (event) => {
        const { files } = event.clipboardData || {};
        if (!files || !files.length) return;
        event.preventDefault();
        this.takeFiles(files);
      });
    }

    // --- what comes in -----------------------------------------------------------------------------

    /* Take what stands in the field. */
    add() {
      const { value } = this.input;
      if (!value.trim()) return;
      this.refused = [];
      if (this.take(value)) this.input.value = "";
    }

    async takeFiles(files) {
      const some = [...files]; // the list is emptied with the field
      this.chosen.value = "";
      if (!some.length) return;
      this.hear(`Reading ${counted(some.length, "file", "files")}…`);
      const { lines, problems } = await T.files.all(some, this.spec);
      this.refused = problems;
      this.take(lines.join("\n"));
    }

    /* Lay lines beside those that are there. False where they are too many. */
    take(more) {
      const text = T.pasted.added(this.text, more),
        before = this.games.length;
      if (text.length > LONGEST_TEXT) {
        this.hear(`This is too much: the board holds ${grouped(LONGEST_TEXT)} characters. Nothing was added.`);
        return false;
      }
      this.change(text);
      const came = this.games.length - before;
      this.hear(
        came
          ? `${counted(came, "game", "games")} came in; ${grouped(this.games.length)} on the board.`
          : `No new game came in; ${grouped(this.games.length)} on the board.`,
      );
      return true;
    }

    hear(words) {
      this.heard.textContent = words;
      const bad = this.problems.length + this.refused.length,
        told = this.games.length ? this.results.summary.textContent : "";
      const said = [words, bad && `${counted(bad, "thing does", "things do")} not count.`, told];
      this.voice.say(said.filter(Boolean).join(" "));
    }

    /* What was mended by hand, line by line. */
    mend() {
      this.change(this.lines.value);
      this.hear(`${counted(this.games.length, "game", "games")} on the board.`);
    }

    change(text) {
      this.text = text;
      this.show();
      this.keep();
    }

    // --- what is kept ------------------------------------------------------------------------------

    /* Keep what came in, beside what other windows have kept meanwhile. */
    async keep() {
      while (this.sending) await this.sending; // a kernel answers later
      const { games, text, store, spec } = this;
      this.sending = store.set(
        spec.id,
        {
          label: "Class board",
          question: "Codes on the class board",
          answer: games.length ? this.results.title.textContent : "none",
          value: { version: 1, text },
        },
        this.at,
      );
      const { kept, at } = await this.sending;
      this.sending = null;
      if (kept) Object.assign(this, { at, base: text });
      this.follow();
    }

    /* Take what another window has kept, beside what came in here since. */
    follow() {
      const kept = this.store.get(this.spec.id);
      if (this.sending || T.stamp(kept) === this.at) return;
      const text = (kept && kept.value && kept.value.text) || "",
        theirs = typeof text === "string" ? text : "",
        both = T.pasted.merged(this.base, this.text, theirs);
      Object.assign(this, { at: T.stamp(kept), base: theirs });
      if (both !== this.text) {
        this.text = both;
        this.show();
      }
      if (both !== theirs) this.keep();
    }

    /* What came in may be the only copy: clearing asks first. */
    showTools() {
      this.tools.replaceChildren(button("Clear the board", () => this.ask()));
      this.tools.hidden = !this.text.trim();
    }

    ask() {
      const no = button("Keep it", () => {
        this.showTools();
        this.tools.lastChild.focus();
      });
      this.tools.replaceChildren(
        el("span", { class: "t3-confirm", role: "status" }, "All games go; this cannot be undone. "),
        button("Yes, clear it", () => this.clear(), "t3-primary"),
        no,
      );
      no.focus();
    }

    clear() {
      this.refused = [];
      this.change("");
      this.hear("The board is empty.");
      this.input.focus();
    }

    // --- what is seen ------------------------------------------------------------------------------

    lift(lifted) {
      this.lifted = lifted;
      this.show();
      this.voice.say(lifted ? "The names are shown." : "The names are veiled.");
    }

    show() {
      Object.assign(this, T.pasted.read(this.text, this.spec, this.atlas));
      this.switch.checked = this.lifted;
      this.veil.hidden = ![...this.games, ...this.problems].some((one) => one.name);
      this.fold.hidden = !this.lifted || !this.text.trim();
      this.lines.value = this.fold.hidden ? "" : this.text;
      this.showTools();
      this.showProblems();
      this.results.show(this.games, this.lifted);
    }

    /* What does not count. A file that cannot be used is named, veil or not: nobody's game can be told by it. */
    showProblems() {
      const { problems, refused, without } = this,
        whose = (name) => (this.lifted && name ? [" (", el("bdi", {}, name), ")"] : []);
      const items = [
        ...refused.map(({ file, says }) => el("li", {}, el("bdi", {}, file), `: ${says}.`)),
        ...problems.map(({ line, name, says }) => el("li", {}, `Line ${line}`, ...whose(name), `: ${says}.`)),
      ];
      this.wrong.hidden = !items.length && !without.length;
      const list = el("ul", {}, ...items),
        scrolls = { class: "t3-board-long", tabindex: "0", role: "region", "aria-label": "What does not count" },
        few = without.length > LISTED ? "" : `: ${without.join(", ")}`;
      const parts = [
        items.length && el("p", {}, `${counted(items.length, "thing does", "things do")} not count:`),
        items.length && (items.length > 8 ? el("div", scrolls, list) : list),
        without.length && el("p", {}, `${counted(without.length, "line holds", "lines hold")} no code${few}.`),
        (problems.length || without.length) && this.forgetting(),
      ];
      this.wrong.replaceChildren(...parts.filter(Boolean));
    }

    /* Lines that do not count may go; a code broken over two lines is one that does. */
    forgetting() {
      const gone = new Set([...this.problems.map((one) => one.line), ...this.without]);
      const forget = () => {
        this.change(this.text.split(/\r\n|[\n\r]/).filter((_, i) => !gone.has(i + 1)).join("\n"));
        this.hear("They are gone.");
        this.input.focus();
      };
      return el("div", { class: "t3-figure-tools" }, button("Take these lines out", forget));
    }
  }

  T.Board = Board;
})(globalThis);
