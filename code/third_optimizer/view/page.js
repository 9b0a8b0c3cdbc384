/* Bring a page's components to life. In a notebook, component.py calls `mount` instead. */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});

  /* Draw one component into `host`. Returns the object that draws it, or null for plain HTML.
   * kernel: in a notebook, what a game may ask of it (see notebook.js). */
  function mount(host, kind, spec, store, kernel) {
    if (kind === "html") {
      host.innerHTML = spec.html;
      return null;
    }
    if (kind === "figure") {
      const figure = new T.Figure(host, spec, store);
      if (spec.frame) figure.show(spec.frame);
      return figure;
    }
    if (kind === "explore") return new T.Explore(host, spec, store);
    if (kind === "ask") return new T.Ask(host, spec, store);
    if (kind === "answers") return new T.Answers(host, spec, store);
    if (kind === "game") return new T.Game(host, spec, store, kernel);
    if (kind === "board") return new T.Board(host, spec, T.runs.load(spec.runs), store);
    throw new Error(`component kind "${kind}" is not one of html, figure, explore, ask, answers, game`);
  }

  const note = T.el(
    "p",
    { class: "t3-blocked", role: "status" },
    "This browser’s storage is blocked or full: what you answer on this page is kept until you close it, not longer.",
  );

  function tellOfStorage() {
    const main = document.querySelector("article, main");
    if (!T.store.blocked) note.remove();
    else if (main && !note.isConnected) main.prepend(note);
  }

  function start() {
    T.watchTheme();
    T.store.listen(tellOfStorage);
    for (const element of document.querySelectorAll("[data-t3]")) {
      const data = element.querySelector("script[type='application/json']");
      if (!data) continue;
      try {
        mount(element, element.dataset.t3, JSON.parse(data.textContent), T.store);
      } catch (error) {
        reportError(error); // the others are drawn all the same
      }
    }
    document.documentElement.dataset.t3Ready = "true";
  }

  T.mount = mount;
  if (root.document && !root.ThirdOptimizerInNotebook) {
    if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
    else start();
  }
})(globalThis);
