/* The dials of a board: a slider where there are stops, a switch where there is on and off. */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const { el } = T;
  const IDLE = "makes no difference here",
    LOCKED = "locked in this game";

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
    return {
      element,
      show(stop, why) {
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
    return {
      element: el("div", { class: "t3-dial t3-dial-switch" }, el("label", { for: id }, input, name), value),
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
