/* Parts of figures that stand alone: a dial that slides, names at line ends, rows as a chart takes them. */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const { el } = T;

  /* A dial with whole positions 0 ... max. text(at): what stands beside it; turn(at): called when the reader moves it.
   * more: elements after its name. Returns {element, input, show(at, text, said)}; said: what is read out. */
  function slider({ id, label, max, text, turn, name = null, dial = null, more = [] }) {
    const value = el("output", { class: "t3-dial-value", for: id });
    const input = el("input", {
      type: "range",
      id,
      name,
      min: 0,
      max,
      step: 1,
      "data-dial": dial,
      oninput: () => turn(input.valueAsNumber),
    });
    const element = el(
      "div",
      { class: "t3-dial" },
      el("label", { for: id }, el("span", { class: "t3-dial-name" }, label), ...more),
      value,
      input,
    );
    function show(at, words = text(at), said = words) {
      input.value = at;
      input.style.setProperty("--t3-fill", (100 * at) / max + "%");
      value.textContent = words;
      input.setAttribute("aria-valuetext", said);
    }
    return { element, input, show };
  }

  const clip = (value, low, most) => Math.min(most, Math.max(low, value));

  /* Names at line ends on a log scale from low to most, [{y, ...}] -> the same, sorted, pushed apart where they would
   * cover one another. height: of the chart in pixels; floor: room below the lowest, in lines of text; avoid: a line
   * across the chart that no name may stand on. */
  function apart(names, { low, most, height, floor = 0, avoid = 0 }) {
    const place = (y) => Math.log(clip(y, low, most) / low);
    const span = place(most),
      gap = (15 / height) * span;
    const sorted = names.map((name) => ({ ...name, at: place(name.y) })).sort((a, b) => a.at - b.at);
    for (const name of sorted)
      if (avoid && Math.abs(name.at - place(avoid)) < 0.6 * gap) name.at = place(avoid) + 0.65 * gap;
    sorted.forEach((name, i) => {
      name.at = Math.max(name.at, i ? sorted[i - 1].at + gap : floor * gap);
    });
    for (let i = sorted.length - 1, top = span; i >= 0; i--, top -= gap) sorted[i].at = Math.min(sorted[i].at, top);
    return sorted.map(({ at, ...name }) => ({ ...name, y: low * Math.exp(at) }));
  }

  /* [{name: value}] -> {name: [value]}, null where a row has none. */
  const columns = (rows, names) =>
    Object.fromEntries(names.map((name) => [name, rows.map((row) => (row[name] === undefined ? null : row[name]))]));

  Object.assign(T, { slider, clip, apart, columns });
})(globalThis);
