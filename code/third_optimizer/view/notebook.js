/* The same components inside a notebook: an anywidget whose kernel sends frames and keeps answers.
 * The end of the core, an ES module, which widget.js loads once for the page (component.py puts it together).
 */
const T = globalThis.ThirdOptimizer;

const bundle = (code, ...system) => new Function("define", "exports", "module", code).call(globalThis, ...system);
// without a module system the bundles of Vega define globals; the QR library would define a variable of the function
const loadVega = (model) => T.load(model, "vega", "vega", ({ code }) => code.map((part) => bundle(part)));
const loadQR = (model) =>
  T.load(model, "qr", "qr", ({ code }) => {
    const module = {};
    bundle(code[0], undefined, {}, module);
    globalThis.qrcode = module.exports;
    return true;
  });

/* The store of store.js, kept by the kernel. */
class KernelStore {
  constructor(model) {
    this.model = model;
  }
  get(id) {
    return this.model.get("answers")[id];
  }
  all() {
    return this.model.get("answers");
  }
  set(id, answer) {
    this.model.send({ type: "answer", id, answer });
  }
  clear() {
    this.model.send({ type: "forget" });
  }
  listen(listener) {
    this.model.on("change:answers", listener);
  }
}

/* Ask the kernel something; it may tell how far it is, then it answers. */
function ask(model, question, progress) {
  return new Promise((resolve, reject) => {
    const number = `${Date.now()}-${Math.random()}`;
    const hear = (message) => {
      if (message.number !== number) return;
      if (message.type === "progress") return progress(message);
      model.off("msg:custom", hear);
      if (message.type === "failed") reject(new Error(message.says));
      else resolve(message);
    };
    model.on("msg:custom", hear);
    model.send({ ...question, number });
  });
}

/* What a game wants of its kernel: a try trained, the tries that its log holds (both are answered with these), the
 * library for QR codes. */
const kernel = (model) => ({
  train: (wanted, progress) => ask(model, { type: "train", ...wanted }, progress).then((answer) => answer.tries),
  tries: (game) => ask(model, { type: "tries", game }).then((answer) => answer.tries),
  qr: () => loadQR(model),
  learn: (stop) => ask(model, { type: "learn", stop }),
});

async function render({ model, el, load }) {
  T.load = load;
  const kind = model.get("kind"),
    spec = model.get("spec");
  // without Vega a chart says that it is missing; all else is drawn
  if (spec.chart || (spec.input && spec.input.chart)) await loadVega(model).catch((problem) => console.error(problem));
  const drawn = T.mount(el, kind, spec, new KernelStore(model), kernel(model));
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
