/* What each widget of a notebook carries; component.py puts CORE before it, the digest of the core. What is the same
 * for all of them comes through the kernel, not from the network, and once for the whole page.
 */
const PATIENCE = 10000; // milliseconds; a kernel that runs a page answers when its cells are done

/* A promise of what `use` makes of the kernel's answer to `type`. name: under what the page keeps it. */
function load(model, type, name, use) {
  const page = (globalThis.ThirdOptimizerLoads ??= {});
  const wanted = (page[name] ??= { asked: -Infinity });
  wanted.here ??= new Promise((resolve) => (wanted.arrived = resolve));
  const hear = (message) => {
    if (message.type === type && !wanted.used) wanted.arrived((wanted.used = use(message)));
  };
  // The widget that asked may be gone before the answer is here, its kernel too: then another that waits asks.
  let patience = null;
  const ask = () => {
    if (wanted.used || performance.now() - wanted.asked < PATIENCE) return;
    wanted.asked = performance.now(); // a clock that no one sets back
    clearInterval(patience);
    patience = null;
    model.send({ type });
  };
  model.on("msg:custom", hear);
  patience = setInterval(ask, PATIENCE);
  ask();
  return wanted.here.finally(() => {
    clearInterval(patience);
    model.off("msg:custom", hear);
  });
}

async function core({ code, style }) {
  const sheet = document.createElement("style");
  sheet.dataset.t3Core = CORE;
  sheet.textContent = style;
  document.head.append(sheet);
  const address = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  try {
    return (await import(address)).default;
  } finally {
    URL.revokeObjectURL(address);
  }
}

async function render({ model, el }) {
  const drawing = await load(model, "core", CORE, core);
  return drawing.render({ model, el, load });
}

export default { render };
