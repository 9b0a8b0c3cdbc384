/* The page "My answers": everything the book keeps of its reader, to see, take away and delete. */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const el = T.el;
  const VERDICTS = {
    right: "✓ right",
    wrong: "✗ not yet",
    committed: "→ predicted",
    skipped: "– skipped",
    played: "→ played",
  };

  class Answers {
    /* spec: {where: a sentence on where the answers are kept}. */
    constructor(host, spec, store) {
      this.store = store;
      this.where = spec.where;
      this.root = el("div", { class: "t3-answers" });
      host.replaceChildren(this.root);
      store.listen(() => this.show());
      if (store.elsewhere) store.elsewhere(() => this.show());
      this.show();
    }

    show() {
      const rows = Object.entries(this.store.all()).sort(([, a], [, b]) => (a.at < b.at ? -1 : 1));
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
          (row.at || "").slice(0, 10),
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
      const remove = el(
        "button",
        { type: "button", class: "t3-button", onclick: () => this.confirm(remove) },
        "Delete all",
      );
      this.root.replaceChildren(
        said,
        el("div", { class: "t3-answers-table", tabindex: "0", role: "region", "aria-label": "Your answers" }, table),
        el(
          "div",
          { class: "t3-figure-tools" },
          el("button", { type: "button", class: "t3-button", onclick: () => this.download() }, "Download"),
          el("button", { type: "button", class: "t3-button", onclick: () => root.print() }, "Print"),
          remove,
        ),
      );
    }

    download() {
      const text = JSON.stringify({ version: 1, answers: this.store.all() }, null, 2);
      const link = el("a", {
        href: URL.createObjectURL(new Blob([text], { type: "application/json" })),
        download: "third-optimizer-answers.json",
      });
      document.body.append(link);
      link.click();
      link.remove();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    }

    confirm(button) {
      const yes = el(
        "button",
        { type: "button", class: "t3-button t3-primary", onclick: () => this.store.clear() },
        "Yes, delete them",
      );
      const no = el("button", { type: "button", class: "t3-button", onclick: () => this.show() }, "Keep them");
      button.replaceWith(el("span", { class: "t3-confirm", role: "status" }, "This cannot be undone. "), yes, no);
      no.focus();
    }
  }

  T.Answers = Answers;
})(globalThis);
