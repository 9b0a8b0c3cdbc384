/* One switch a page shows the code that is folded away, each piece above what it makes. */
(function () {
  "use strict";

  document.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-t3-code]");
    if (!chosen) return;
    const shown = chosen.getAttribute("aria-pressed") !== "true";
    chosen.setAttribute("aria-pressed", String(shown));
    for (const fold of document.querySelectorAll("div.cell > details.hide")) fold.open = shown;
    chosen.closest("[popover]")?.hidePopover?.();
  });
})();
