/* The two ways to print a page from its menu: as it is read, or with the solutions of its exercises at the end. What
 * prints and what does not is in paper.css. */
(function (root) {
  "use strict";

  /* The solutions of the page's exercises, each under what it answers. */
  function solutions() {
    const section = document.createElement("section");
    section.className = "t3-solutions";
    section.append(Object.assign(document.createElement("h2"), { textContent: "Solutions" }));
    for (const folds of document.querySelectorAll("article .t3-folds")) {
      const asked = folds.previousElementSibling.querySelector("legend, .t3-ask-kind + p"),
        fold = [...folds.querySelectorAll("details")].find((one) => one.firstElementChild.textContent === "Solution");
      const one = document.createElement("div"),
        question = Object.assign(document.createElement("p"), { innerHTML: asked.innerHTML });
      one.append(question, ...[...fold.children].slice(1).map((part) => part.cloneNode(true)));
      section.append(one);
    }
    return section;
  }

  document.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-t3-print]");
    if (!chosen) return;
    chosen.closest("[popover]")?.hidePopover?.();
    if (chosen.dataset.t3Print === "solutions") {
      const end = solutions();
      document.querySelector("article").append(end);
      root.addEventListener("afterprint", () => end.remove(), { once: true });
    }
    root.print();
  });
})(globalThis);
