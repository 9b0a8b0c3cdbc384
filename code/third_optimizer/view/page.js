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
    if (kind === "battery") return new T.Battery(host, spec);
    if (kind === "learner") return new T.Learner(host, spec, store, kernel);
    if (kind === "levers") return new T.Levers(host, spec, store);
    if (kind === "longer") return new T.Longer(host, spec);
    if (kind === "maze") return spec.loud ? new T.MarkedMaze(host, spec, store) : new T.Maze(host, spec, kernel);
    if (kind === "probes") return new T.Probes(host, spec, store);
    if (kind === "rain") return new T.Rain(host, spec, store);
    if (kind === "ask") return new T.Ask(host, spec, store);
    if (kind === "answers") return new T.Answers(host, spec, store);
    if (kind === "game") return new T.Game(host, spec, store, kernel);
    if (kind === "sky") return new T.LoneSky(host, spec, store);
    if (kind === "board") return new T.Board(host, spec, T.runs.load(spec.runs), store);
    throw new Error(`component kind "${kind}" is none that this page can draw`);
  }

  /* What could not be drawn stands in words, as for readers without scripts; one sentence there says so. */
  function fallBack(host, words, problem) {
    console.error(problem);
    host.replaceChildren(...words);
    host.dataset.t3Failed = problem.message;
  }

  /* Whoever comes by an address to something that is drawn late goes there when it is drawn. */
  function come(host) {
    const target = document.getElementById(location.hash.slice(1));
    if (target && host.contains(target)) target.scrollIntoView();
  }

  /* Each component stands or falls alone, now or when what it waits for is there. asked: takes the questions, whose
   * veils fall when all is drawn. */
  function begin(host, asked) {
    const words = [...host.childNodes],
      data = host.querySelector("script[type='application/json']");
    if (!data) return;
    try {
      const spec = JSON.parse(data.textContent),
        drawn = mount(host, host.dataset.t3, spec, T.store);
      if (spec.id) host.dataset.t3Id = spec.id;
      if (host.dataset.t3 === "ask") asked.push([host, spec]);
      if (drawn && drawn.ready) drawn.ready.then(() => come(host)).catch((problem) => fallBack(host, words, problem));
    } catch (problem) {
      fallBack(host, words, problem);
    }
  }

  const BLOCKED =
    "This browser’s storage is blocked or full: what you answer on this page is kept until you close it, not longer.";
  let note = null;

  function tellOfStorage() {
    const main = document.querySelector("article, main");
    note = note || T.el("p", { class: "t3-blocked", role: "status" }, BLOCKED);
    if (!T.store.blocked) note.remove();
    else if (main && !note.isConnected) main.prepend(note);
  }

  function start() {
    // a script of ours that is missing takes along what needs it, and nothing else
    if (T.store) T.store.listen(tellOfStorage);
    const asked = [];
    document.querySelectorAll("[data-t3]").forEach((host) => begin(host, asked));
    if (T.veil) for (const [host, spec] of asked) T.veil(host, spec, T.store);
    document.documentElement.dataset.t3Ready = "true";
  }

  T.mount = mount;
  if (root.document && !root.ThirdOptimizerInNotebook) {
    if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
    else start();
  }
})(globalThis);
