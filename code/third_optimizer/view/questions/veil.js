/* Predict, veil, reveal: what follows a prediction, up to the next heading, is not shown before the reader has guessed
 * or skipped. Then the page goes to the figure that answers. Readers without scripts, and printed pages, see it all.
 */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});

  /* host: where the question stands. On a page its cell has the answer's figure and text for neighbours. */
  function veil(host, spec, store) {
    const cell = spec.predicting && host.closest(".cell"),
      behind = [];
    if (!cell) return;
    for (let next = cell.nextElementSibling; next; next = next.nextElementSibling) {
      if (next.matches("section, h1, h2, h3")) break;
      behind.push(next);
    }
    for (const id of spec.veils) {
      const { children } = document.getElementById(id);
      behind.push(...[...children].filter((one) => !one.matches("section, h1, h2, h3")));
    }
    if (!behind.length) return;

    /* Whoever comes by an address to something behind the veil sees it. It may name a figure that is drawn later. */
    const called = () => {
      const [wanted] = location.hash.slice(1).split("~"),
        named = `[data-t3-id="${CSS.escape(wanted)}"], [id="${CSS.escape(wanted)}"]`;
      return Boolean(wanted) && behind.some((one) => one.matches(named) || one.querySelector(named));
    };
    const note = T.el("p", { class: "t3-veil" }, "What comes next gives it away. Guess, or skip.");
    cell.after(note);
    let open,
      came = called();
    const show = () => {
      const before = open;
      open = came || Boolean(store.get(spec.id));
      if (open === before) return;
      note.hidden = open;
      for (const one of behind) {
        one.veils = (one.veils || new Set()).add(spec.id); // two questions may hide one paragraph
        if (open) one.veils.delete(spec.id);
        one.classList.toggle("t3-veiled", one.veils.size > 0);
      }
      if (open) dispatchEvent(new Event("resize")); // whoever measured what was hidden, measures again
      const led = document.querySelector(`[data-t3-after="${CSS.escape(spec.id)}"]`); // by a figure above
      if (!open || before === undefined || led || !document.hasFocus()) return; // or answered in another window
      const figure = behind.find((one) => one.querySelector(".t3-figure")) || behind[0];
      figure.scrollIntoView({ behavior: T.still() ? "auto" : "smooth", block: "center" });
    };
    store.listen(show);
    addEventListener("hashchange", () => {
      came = came || called();
      show();
      const target = document.getElementById(location.hash.slice(1).split("~")[0]);
      if (came && target) target.scrollIntoView(); // it was not there to go to
    });
    show();
  }

  T.veil = veil;
})(globalThis);
