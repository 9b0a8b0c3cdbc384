/* The dials of a board: a slider where there are stops, a switch where there is on and off. */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const { el } = T;
  const IDLE = "makes no difference here",
    LOCKED = "locked in this game";

  /* Whether a dial's words need two lines in a narrow column at some stop; then they have two at each, or the dials
   * below would jump. */
  const long = (dial) => (dial.label + dial.term).length + Math.max(...dial.names.map((name) => name.length)) > 42;

  /* The two machines as pictures: examples read off one after another, and a question that looks at every example. */
  function machines() {
    const dots = [8, 22, 36, 50],
      dot = (x, y, r = 3.5) => T.svg("circle", { cx: x, cy: y, r }),
      line = (x1, y1, x2, y2) => T.svg("line", { x1, y1, x2, y2 });
    const list = [...dots.map((x) => dot(x, 15)), line(2, 15, 56, 15), dot(68, 15, 5), line(56, 15, 62, 15)];
    const above = (x) => (x % 4 ? 6 : 24),
      looks = dots.map((x) => line(68, 15, x, above(x)));
    const attends = [...looks, ...dots.map((x) => dot(x, above(x))), dot(68, 15, 5)];
    const pictures = [list, attends].map((parts) =>
      T.svg("svg", { viewBox: "0 0 76 30", width: 76, height: 30, "aria-hidden": "true" }, ...parts),
    );
    return {
      element: el("div", { class: "t3-dial-machines" }, ...pictures),
      show: (stop) => pictures.forEach((picture, k) => picture.classList.toggle("t3-dial-chosen", k === stop)),
    };
  }

  /* Who looks at a dial, or holds it, reads where the board speaks what it does; who hears the dial hears it after. */
  function explained(game, dial, { element, input }) {
    const id = input.id + "-about";
    element.append(el("span", { class: "t3-announce", id }, dial.about));
    input.setAttribute("aria-describedby", id);
    const about = `${dial.label}: ${dial.about}`;
    element.addEventListener("pointerenter", () => game.explain(about));
    element.addEventListener("focusin", () => game.explain(about));
    element.addEventListener("pointerleave", () => element.contains(document.activeElement) || game.explain(null));
    element.addEventListener("focusout", () => game.explain(null));
  }

  /* A dial: {element, show(stop, why)}; why: it cannot be turned now, or false. */
  function slider(game, dial, i) {
    const term = el("span", { class: "t3-dial-term" });
    const { element, input, show } = T.slider({
      id: `${game.name}-${dial.field}`,
      label: dial.label,
      max: dial.names.length - 1,
      dial: dial.field,
      more: [" ", term],
      turn: (stop) => game.turn({ type: "turn", dial: i, stop }),
    });
    element.classList.toggle("t3-dial-long", long(dial));
    const drawn = dial.field === "architecture" && dial.names.length === 2 && machines();
    if (drawn) element.append(drawn.element);
    explained(game, dial, { element, input });
    return {
      element,
      show(stop, why) {
        if (drawn) drawn.show(stop);
        input.disabled = Boolean(why);
        term.textContent = why || dial.term;
        if (why === IDLE) show(stop, "–", IDLE);
        else show(stop, dial.names[stop]);
      },
    };
  }

  function toggle(game, dial, i) {
    const id = `${game.name}-${dial.field}`;
    const value = el("span", { class: "t3-dial-value", "aria-hidden": "true" }); // a switch says on and off itself
    const term = el("span", { class: "t3-dial-term" });
    const input = el("input", {
      type: "checkbox",
      role: "switch",
      id,
      "data-dial": dial.field,
      onchange: () => game.turn({ type: "turn", dial: i, stop: Number(input.checked) }),
    });
    const name = el("span", {}, el("span", { class: "t3-dial-name" }, dial.label), " ", term);
    const element = el("div", { class: "t3-dial t3-dial-switch" }, el("label", { for: id }, input, name), value);
    explained(game, dial, { element, input });
    return {
      element,
      show(stop, why) {
        input.checked = Boolean(stop);
        input.disabled = Boolean(why);
        term.textContent = why || dial.term;
        value.textContent = why === IDLE ? "–" : dial.names[stop];
      },
    };
  }

  T.dials = { slider, toggle, IDLE, LOCKED };
})(globalThis);
