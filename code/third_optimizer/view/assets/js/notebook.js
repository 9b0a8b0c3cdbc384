/* The same components inside a notebook: an anywidget whose kernel sends frames and keeps answers.
 * Appended to the other files as an ES module (component.py).
 */
const T = globalThis.ThirdOptimizer;

/* The bundles arrive through the kernel, not from the network, and once for the whole page: every
 * widget is a module of its own, so the promise is kept where all of them see it. */
function loadVega(model) {
  T.vega ??= new Promise((resolve) => {
    model.on("msg:custom", (message) => {
      if (message.type !== "vega") return;
      // Undefined module systems, so that the bundles define globals.
      for (const code of message.code) new Function("define", "exports", "module", code).call(globalThis);
      resolve();
    });
    model.send({ type: "vega" });
  });
  return T.vega;
}

/* The store of store.js, kept by the kernel. */
class KernelStore {
  constructor(model) { this.model = model; }
  get(id) { return this.model.get("answers")[id]; }
  all() { return this.model.get("answers"); }
  set(id, answer) { this.model.send({ type: "answer", id, answer }); }
  clear() { this.model.send({ type: "forget" }); }
  listen(listener) { this.model.on("change:answers", listener); }
}

/* How a game trains: the kernel is asked for one run, tells how far it is, and sends the result. */
function trainer(model) {
  return (wanted, progress) => new Promise((resolve, reject) => {
    const number = `${Date.now()}-${Math.random()}`;
    const hear = (message) => {
      if (message.number !== number) return;
      if (message.type === "progress") return progress(message);
      model.off("msg:custom", hear);
      if (message.type === "trained") resolve(message);
      else reject(new Error(message.says));
    };
    model.on("msg:custom", hear);
    model.send({ type: "train", number, ...wanted });
  });
}

async function render({ model, el }) {
  const kind = model.get("kind"), spec = model.get("spec");
  if (!T.watching) {
    T.watching = true;
    T.watchTheme();
  }
  if (spec.chart || (spec.input && spec.input.chart)) await loadVega(model);
  const drawn = T.mount(el, kind, spec, new KernelStore(model), trainer(model));
  if (kind !== "figure") return;
  const show = () => {
    const frame = model.get("frame");
    if (frame.columns) drawn.show(frame);
  };
  const busy = () => {
    drawn.note.textContent = model.get("busy");
    drawn.note.hidden = !model.get("busy");
    drawn.root.setAttribute("aria-busy", String(Boolean(model.get("busy"))));
  };
  model.on("change:frame", show);
  model.on("change:busy", busy);
  show();
  busy();
  return () => {
    model.off("change:frame", show);
    model.off("change:busy", busy);
    drawn.chart.stop();
  };
}

export default { render };
