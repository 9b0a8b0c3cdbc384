/* The page "My answers": everything the book keeps of its reader, page by page, to see, take away and delete. */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const { el, button, counted } = T;
  const VERDICTS = { right: "✓ right", wrong: "✗ not yet", skipped: "– skipped" };
  const ASKED = ["predict", "quiz", "exercises"],
    LONG = 20; // answers that are listed without a fold

  /* The date where the reader is, "2026-05-17"; answers are kept with the moment in UTC. */
  function day(at) {
    const moment = new Date(at || NaN);
    if (Number.isNaN(moment.getTime())) return "";
    const [year, ...others] = [moment.getFullYear(), moment.getMonth() + 1, moment.getDate()];
    return [year, ...others.map((part) => String(part).padStart(2, "0"))].join("-");
  }

  /* Where an answer was given: the page, and the element's id there. A game that has ended lies under its number. */
  function place(id) {
    const [page, section, name] = id.split("/"),
      plain = (text) => text.replace(/[^\w-]/g, "-");
    if (ASKED.includes(section)) return [page, `ask-${plain(id)}`];
    if (section === "figure") return [page, name];
    return section ? [page, `game-${plain(`${page}/${section}`)}`] : [page, plain(id)];
  }

  /* What stands beside an answer, [name, words]. A prediction is neither right nor wrong: the truth stands below it,
   * or, where an earlier edition kept none, what is known of it. */
  function beside(id, { label, answer, truth, verdict }) {
    const said = String(answer ?? "");
    if (id.split("/")[1] !== "predict" && label !== "Predict")
      return [
        [verdict === "played" ? "Played" : "You said", said],
        ["Result", VERDICTS[verdict]],
      ];
    const known = truth ?? { right: said, wrong: "something else; the page shows it" }[verdict];
    return [
      ["You guessed", verdict === "skipped" ? "nothing, you skipped it" : said],
      ["It was", known ?? "what the page shows"],
    ];
  }

  class Answers {
    /* spec: {where: a sentence on where the answers are kept, pages: {page: title}}. */
    constructor(host, spec, store) {
      Object.assign(this, { store, spec });
      this.root = el("div", { class: "t3-answers" });
      host.replaceChildren(this.root);
      store.listen(() => this.show());
      this.show();
      root.addEventListener("beforeprint", () => this.unfold());
    }

    show() {
      // read off the page: the event that tells of a fold comes later, perhaps after the next answer
      const unfolded = [...this.root.querySelectorAll("details[open]")].map((fold) => fold.dataset.page);
      const rows = Object.entries(this.store.all()).filter(([, row]) => row && typeof row === "object");
      const said = el("p", { class: "t3-answers-where" }, this.spec.where);
      if (!rows.length) {
        this.root.replaceChildren(
          said,
          el(
            "p",
            { class: "t3-answers-none" },
            "Nothing yet. Predictions, quizzes and exercises you answer will be listed here.",
          ),
        );
        return;
      }
      const remove = button("Delete all", () => this.confirm(remove));
      this.root.replaceChildren(
        said,
        el(
          "div",
          { class: "t3-figure-tools" },
          button("Download", () => this.download()),
          button("Print", () => root.print()),
          remove,
        ),
        ...this.pages(rows).map(([page, some]) => this.page(page, some, rows.length > LONG, unfolded)),
      );
    }

    /* The answers by page, in the book's order; on a page the oldest first, as they were given. */
    pages(rows) {
      const known = Object.keys(this.spec.pages || {}),
        rank = (page) => (known.includes(page) ? known.indexOf(page) : known.length),
        date = ([, row]) => String(row.at || "");
      const pages = new Map();
      for (const row of rows.sort((a, b) => Number(date(a) > date(b)) - Number(date(a) < date(b)))) {
        const [page] = place(row[0]);
        pages.set(page, [...(pages.get(page) || []), row]);
      }
      return [...pages].sort(([a], [b]) => rank(a) - rank(b));
    }

    /* A link to a place on a page. The words alone in a notebook, and where a page is gone from the book. */
    link(page, at, words) {
      const there = page in (this.spec.pages || {}) && !root.ThirdOptimizerInNotebook;
      return there ? el("a", { href: `${page}.html${at && "#" + at}` }, words) : words;
    }

    page(page, rows, folds, unfolded) {
      const title = (this.spec.pages || {})[page] || page,
        list = el("ul", {}, ...rows.map(([id, row]) => this.answer(id, row)));
      const said = el("summary", {}, counted(rows.length, "answer", "answers")),
        fold = el("details", { "data-page": page, open: unfolded.includes(page) }, said, list);
      return el("section", {}, el("h2", {}, this.link(page, "", title)), folds ? fold : list);
    }

    answer(id, row) {
      const [page, at] = place(id),
        about = [row.label, day(row.at)].filter(Boolean).join(" · ");
      const pairs = beside(id, row).filter(([, words]) => words);
      return el(
        "li",
        {},
        el("p", { class: "t3-answers-about" }, about),
        el("p", {}, this.link(page, at, row.question || id)),
        el(
          "dl",
          {},
          ...pairs.map(([name, words]) => el("div", {}, el("dt", {}, name), el("dd", {}, String(words)))),
        ),
      );
    }

    /* Paper has no folds. */
    unfold() {
      for (const fold of this.root.querySelectorAll("details")) fold.open = true;
    }

    download() {
      const text = JSON.stringify({ version: 1, answers: this.store.all() }, null, 2);
      T.save("third-optimizer-answers.json", new Blob([text], { type: "application/json" }));
    }

    confirm(remove) {
      const yes = button("Yes, delete them", () => this.store.clear(), "t3-primary"),
        no = button("Keep them", () => this.show());
      remove.replaceWith(el("span", { class: "t3-confirm", role: "status" }, "This cannot be undone. "), yes, no);
      no.focus();
    }
  }

  T.Answers = Answers;
})(globalThis);
