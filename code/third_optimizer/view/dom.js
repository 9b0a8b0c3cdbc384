/* Small things that the other scripts use: elements, buttons, a voice, numbers as text, a file to save. The lowest. */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});

  /* Make an element: el("p", {class: "x", onclick: f}, child, "text"). */
  function el(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (name === "html")
        element.innerHTML = value; // only ever text written by the book
      else element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children);
    return element;
  }

  /* The same of a drawing: svg("circle", {r: 3}). */
  function svg(tag, attributes, ...children) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  const button = (text, onclick, kind = "") =>
    el("button", { type: "button", class: "t3-button" + (kind && " " + kind), onclick }, text);

  /* A polite live region that speaks once the reader has come to rest. */
  function announcer() {
    const region = el("div", { class: "t3-announce", "aria-live": "polite" });
    let timer;
    return {
      region,
      say(text) {
        clearTimeout(timer);
        timer = setTimeout(() => (region.textContent = text), 600);
      },
    };
  }

  /* After a pointerdown: follow(move) until that pointer is lifted or lost, then done(last). */
  function drag(event, follow, done = () => {}) {
    const hear = (move) => move.pointerId === event.pointerId && follow(move);
    const end = (last) => {
      if (last.pointerId !== event.pointerId) return;
      removeEventListener("pointermove", hear);
      removeEventListener("pointerup", end);
      removeEventListener("pointercancel", end);
      done(last);
    };
    addEventListener("pointermove", hear);
    addEventListener("pointerup", end);
    addEventListener("pointercancel", end);
  }

  /* Hand the reader a file. */
  function save(name, blob) {
    const link = el("a", { href: URL.createObjectURL(blob), download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  /* JSON knows no infinity: null, or nothing, stands for what is not finite. */
  const finite = (value) => (value === null || value === undefined ? Infinity : value);

  /* A text as HTML. */
  const escaped = (text) => el("span", {}, text).innerHTML;

  /* -0.5 -> "−0.50", with so many places */
  const fixed = (value, places = 2) => value.toFixed(places).replace("-", "−");

  /* The median. */
  function middle(values) {
    const sorted = values.slice().sort((a, b) => a - b),
      half = sorted.length >> 1;
    return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  /* 12345 -> "12,345" */
  const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ",");

  /* counted(1, "game", "games") -> "1 game" */
  const counted = (number, one, many) => `${grouped(number)} ${number === 1 ? one : many}`;

  const narrow = () => Boolean(root.matchMedia && root.matchMedia("(max-width: 44rem), (max-height: 34rem)").matches);
  const still = () => Boolean(root.matchMedia && root.matchMedia("(prefers-reduced-motion: reduce)").matches);

  /* A figure that waits for a question: {spec: {after}, store, root, opened(), lead()}. Its `open` says whether that is
   * answered; opened() draws it so when it changes, and lead() moves it once the reader was brought to it. */
  function waiting(figure) {
    const answered = () => !figure.spec.after || Boolean(figure.store.get(figure.spec.after));
    figure.open = answered();
    figure.store.listen(() => {
      const open = answered();
      if (open === figure.open) return;
      figure.open = open;
      clearInterval(figure.sweep);
      figure.opened();
      if (!open || !document.hasFocus()) return; // answered in another window: only the reader there is led
      figure.root.scrollIntoView({ behavior: still() ? "auto" : "smooth", block: "start" });
      figure.lead();
    });
  }

  Object.assign(T, { el, svg, button, announcer, drag, save, narrow, still, waiting });
  Object.assign(T, { finite, escaped, fixed, middle, grouped, counted });
})(globalThis);
