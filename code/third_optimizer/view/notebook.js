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

const PATIENCE = 10000, // milliseconds without a word from the kernel
  OF_A_LOG = 60000; // it is told when the tries under way have ended
const AGAIN = "run this cell again, then what you did last";
const RESTARTED = `the kernel was restarted, and this was not kept: ${AGAIN}`;
const SILENT =
  "The kernel has not answered for a while. If it is busy, this goes on when it is done; if it was restarted or has " +
  `stopped, ${AGAIN}. Until it answers nothing is kept.`;

const notice = () => T.el("p", { class: "t3-blocked", role: "status" });
const notKept = notice(); // of answers and tries that the kernel has in its memory alone: one for the whole page

function say(note, host, text) {
  if (note.textContent !== text) note.textContent = text;
  if (!text) note.remove();
  else if (note.parentElement !== host) host.append(note);
}

/* Ask the kernel something; it may tell how far it is, then it answers. host: where the reader is told of silence. */
function ask({ model, host, note }, question, patience = PATIENCE, progress = () => {}) {
  return new Promise((resolve, reject) => {
    const number = `${Date.now()}-${Math.random()}`;
    let silence = null;
    const wait = () => {
      clearTimeout(silence);
      silence = setTimeout(() => say(note, host, SILENT), patience);
    };
    const end = () => {
      clearTimeout(silence);
      model.off("msg:custom", hear);
      model.off("comm_live_update", look);
    };
    const hear = (message) => {
      if (message.number !== number) return;
      say(note, host, "");
      if (message.type === "progress") {
        wait();
        return progress(message);
      }
      end();
      if (message.type === "failed") return reject(new Error(message.says));
      say(notKept, host, message.says || "");
      resolve(message);
    };
    const lose = () => {
      end();
      reject(new Error(RESTARTED));
    };
    const send = (message) => {
      try {
        model.send(message);
      } catch (error) {
        lose(); // the line is closed: that of a kernel that is no more is, that of one which is out of reach is not
      }
    };
    const look = () => send({ type: "here" });
    model.on("msg:custom", hear);
    model.on("comm_live_update", look);
    wait();
    send({ ...question, number });
  });
}

/* The store of store.js, kept by the kernel. What it has not confirmed is not called kept. */
class KernelStore {
  constructor(line) {
    this.line = line;
  }
  get(id) {
    return this.all()[id];
  }
  all() {
    return this.line.model.get("answers");
  }
  set(id, answer, over) {
    const mine = { at: T.moment(), ...answer };
    return this.tell({ type: "answer", id, answer: mine, ...(over === undefined ? {} : { over }) });
  }
  clear() {
    return this.tell({ type: "forget" });
  }
  /* {kept, at} as store.js has it; kept is not there if the kernel is gone. */
  async tell(change) {
    try {
      return await ask(this.line, change);
    } catch (problem) {
      say(this.line.note, this.line.host, `${T.capital(problem.message)}.`);
      return {};
    }
  }
  listen(listener) {
    this.line.model.on("change:answers", listener);
  }
}

/* What a game wants of its kernel: a try trained, the tries that its log holds (both are answered with these), the
 * library for QR codes; what a learner or a maze wants: a machine trained, and not to wait for it any longer. */
const kernel = (line) => ({
  train: (wanted, progress) =>
    ask(line, { type: "train", ...wanted }, PATIENCE, progress).then((answer) => answer.tries),
  tries: (game) => ask(line, { type: "tries", game }, OF_A_LOG).then((answer) => answer.tries),
  qr: () => loadQR(line.model),
  learn: (stop, progress) => ask(line, { type: "learn", stop }, PATIENCE, progress),
  stop: () => line.model.send({ type: "stop" }),
});

async function render({ model, el, load }) {
  T.load = load;
  const kind = model.get("kind"),
    spec = model.get("spec");
  // without Vega a chart says that it is missing; all else is drawn
  if (spec.chart || (spec.input && spec.input.chart)) await loadVega(model).catch((problem) => console.error(problem));
  const line = { model, host: el, note: notice() };
  const drawn = T.mount(el, kind, spec, new KernelStore(line), kernel(line));
  if (kind !== "figure") return;
  if (spec.play) {
    const player = new T.Player(spec.play, (at) => model.send({ type: "turn", at }));
    drawn.image.after(player.element);
    model.on("msg:custom", (message) => message.type === "halt" && player.halt(message.at));
  }
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
