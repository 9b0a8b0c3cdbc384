/* The same components inside a notebook: an anywidget whose kernel sends frames and keeps answers.
 * Appended to the other files as an ES module (component.py).
 */
const T = globalThis.ThirdOptimizer;

/* The bundles arrive through the kernel, not from the network, and once for the whole page: every
 * widget is a module of its own, so the promise is kept where all of them see it. run(code): a bundle. */
function load(model, type, run) {
  T.loading ??= {};
  T.loading[type] ??= new Promise((resolve) => {
    model.on("msg:custom", (message) => {
      if (message.type !== type) return;
      message.code.forEach(run);
      resolve();
    });
    model.send({ type });
  });
  return T.loading[type];
}

const bundle = (code, ...system) => new Function("define", "exports", "module", code).call(globalThis, ...system);
// without a module system the bundles of Vega define globals; the QR library would define a variable of the function
const loadVega = (model) => load(model, "vega", (code) => bundle(code));
const loadQR = (model) =>
  load(model, "qr", (code) => {
    const module = {};
    bundle(code, undefined, {}, module);
    globalThis.qrcode = module.exports;
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
});

async function render({ model, el }) {
  const kind = model.get("kind"),
    spec = model.get("spec");
  if (!T.watching) {
    T.watching = true;
    T.watchTheme();
  }
  if (spec.chart || (spec.input && spec.input.chart)) await loadVega(model);
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
