/* Predict, veil, reveal: what follows a prediction, up to the next heading, is not shown before the reader has guessed
 * or skipped. Then the page goes to the figure that answers. Readers without scripts, and printed pages, see it all.
 */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});

  /* What a name stands for: the text of a section, an exercise with its folds, one question of several, a card. */
  function named(element) {
    if (element.matches("section")) return [...element.children].filter((one) => !one.matches("section, h1, h2, h3"));
    const cell = element.closest(".cell");
    return [cell.querySelectorAll(".t3-ask").length > 1 ? element.closest("[data-t3]") : cell];
  }

  /* host: where the question stands. On a page its cell has the answer's figure and text for neighbours. */
  function veil(host, spec, store) {
    const cell = spec.predicting && host.closest(".cell"),
      behind = [];
    if (!cell) return;
    for (let next = cell.nextElementSibling; next; next = next.nextElementSibling) {
      if (next.matches("section, h1, h2, h3")) break;
      behind.push(next);
    }
    const notes = []; // what to do, in the place of what is hidden further down
    for (const id of spec.veils) {
      const place = document.getElementById(id);
      if (!place) continue; // what could not be drawn gives nothing away
      const hidden = named(place),
        back = T.el("a", { href: `#ask-${spec.id.replace(/[^\w-]/g, "-")}` }, "Guess, or skip.");
      notes.push(T.el("p", { class: "t3-veil" }, "This gives a guess away. ", back));
      hidden[0].before(notes.at(-1));
      behind.push(...hidden);
    }
    if (!behind.length) return;

    /* Whoever comes by an address to something behind the veil sees it. It may name a figure that is drawn later. */
    const called = () => {
      const [wanted] = location.hash.slice(1).split("~"),
        there = `[data-t3-id="${CSS.escape(wanted)}"], [id="${CSS.escape(wanted)}"]`;
      return Boolean(wanted) && behind.some((one) => one.matches(there) || one.querySelector(there));
    };
    const note = T.el("p", { class: "t3-veil" }, "What comes next gives it away. Guess, or skip.");
    cell.after(note);
    notes.push(note);
    let open,
      came = called();
    const show = () => {
      const before = open;
      open = came || Boolean(store.get(spec.id));
      if (open === before) return;
      for (const one of notes) one.hidden = open;
      for (const one of behind) {
        one.veils = (one.veils || new Set()).add(spec.id); // two questions may hide one paragraph
        if (open) one.veils.delete(spec.id);
        one.classList.toggle("t3-veiled", one.veils.size > 0);
      }
      if (open) dispatchEvent(new Event("resize")); // whoever measured what was hidden, measures again
      const led = document.querySelector(`[data-t3-after="${CSS.escape(spec.id)}"]`); // by a figure above
      if (!open || before === undefined || led || !document.hasFocus()) return; // or answered in another window
      const figure = behind.find((one) => one.querySelector(".t3-figure")) || behind[0];
      // what was said of the guess and the figure, if a window holds both
      const said = cell.querySelector(".t3-feedback") || cell;
      const [above, below] = [said, figure].map((one) => one.getBoundingClientRect());
      const both = below.bottom - above.top < 0.85 * innerHeight;
      const behavior = T.still() ? "auto" : "smooth";
      (both ? said : figure).scrollIntoView({ behavior, block: both ? "start" : "center" });
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
