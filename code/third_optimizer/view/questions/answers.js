/* The page "My answers": everything the book keeps of its reader, to see, take away and delete. */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const { el, button } = T;
  const VERDICTS = {
    right: "✓ right",
    wrong: "✗ not yet",
    committed: "→ predicted",
    skipped: "– skipped",
    played: "→ played",
  };

  /* The date where the reader is, "2026-05-17"; answers are kept with the moment in UTC. */
  function day(at) {
    const moment = new Date(at || NaN);
    if (Number.isNaN(moment.getTime())) return "";
    const [year, ...others] = [moment.getFullYear(), moment.getMonth() + 1, moment.getDate()];
    return [year, ...others.map((part) => String(part).padStart(2, "0"))].join("-");
  }

  class Answers {
    /* spec: {where: a sentence on where the answers are kept}. */
    constructor(host, spec, store) {
      this.store = store;
      this.where = spec.where;
      this.root = el("div", { class: "t3-answers" });
      host.replaceChildren(this.root);
      store.listen(() => this.show());
      this.show();
    }

    show() {
      const rows = Object.entries(this.store.all()).filter(([, row]) => row && typeof row === "object");
      const date = (row) => String(row.at || "");
      rows.sort(([, a], [, b]) => Number(date(a) > date(b)) - Number(date(a) < date(b)));
      const said = el("p", { class: "t3-answers-where" }, this.where);
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
      const cells = ([id, row]) =>
        [
          [row.label || "", id.split("/")[0]].filter(Boolean).join(" · "),
          row.question || id,
          row.answer ?? "",
          VERDICTS[row.verdict] || "",
          day(row.at),
        ].map((text) => el("td", {}, String(text)));
      const table = el(
        "table",
        {},
        el("caption", {}, rows.length === 1 ? "One answer" : rows.length + " answers"),
        el(
          "thead",
          {},
          el(
            "tr",
            {},
            ...["Where", "Question", "You said", "Result", "Date"].map((name) => el("th", { scope: "col" }, name)),
          ),
        ),
        el("tbody", {}, ...rows.map((row) => el("tr", {}, ...cells(row)))),
      );
      const remove = button("Delete all", () => this.confirm(remove));
      this.root.replaceChildren(
        said,
        el("div", { class: "t3-answers-table", tabindex: "0", role: "region", "aria-label": "Your answers" }, table),
        el(
          "div",
          { class: "t3-figure-tools" },
          button("Download", () => this.download()),
          button("Print", () => root.print()),
          remove,
        ),
      );
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
