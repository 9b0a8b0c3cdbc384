/* Questions: predict, check yourself, and the exercises that need no kernel.
 *
 * One component for all. spec: {id, label, question (text), prompt (HTML), input: {...}, after (HTML)}
 * and input.kind is
 *   choose  {options: [{html, right, feedback}], order: places in options as they are shown}
 *   place   {low, high, scale: "linear" | "log", start, truth, digits, unit}
 *   draw    {low, high, scale, digits, handles: [{label, x, start, truth}], truth: {x, y}, chart}
 *   number  {truth, tolerance, percent, right, other, misconceptions: [{value, tolerance, says}]}
 *   dial    {label, start, stops: [{value, text, right, feedback}]}
 * A prediction is committed (or skipped), then the truth is shown beside it and the gap is named.
 */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const { el, button } = T;
  const MARKS = { right: ["✓", "Right."], wrong: ["✗", "Not yet."], info: ["→", ""] };

  const close = (value, truth, tolerance) => Math.abs(value - truth) <= tolerance * Math.abs(truth);

  /* What the checker says of a number; the same rule as judge_number in exercises.py. */
  function judgeNumber(value, input) {
    if (close(value, input.truth, input.tolerance)) return ["right", input.right];
    for (const slip of input.misconceptions) if (close(value, slip.value, slip.tolerance)) return ["wrong", slip.says];
    return ["wrong", input.other];
  }

  function tidy(value, digits) {
    const text =
      Math.abs(value) >= 10 ** digits
        ? Math.round(value).toLocaleString("en-US")
        : Number(value.toPrecision(digits)).toString();
    return text.replace("-", "−");
  }

  /* How far a guess was from the truth, in words: a factor on a log scale, else a difference. */
  function nameGap(guess, truth, input) {
    const points = { "per cent": "points" }[input.unit] || input.unit; // two percentages differ by points
    if (input.scale === "log") {
      const factor = guess > truth ? guess / truth : truth / guess;
      if (factor < 1.1) return "within a tenth of it";
      return tidy(factor, 2) + " times too " + (guess > truth ? "high" : "low");
    }
    const gap = Math.abs(guess - truth);
    if (gap <= 0.02 * (input.high - input.low)) return "all but exact";
    return tidy(gap, 2) + (points ? " " + points : "") + " too " + (guess > truth ? "high" : "low");
  }

  // A range input runs over 0 ... 240 (so that whole decades fall on stops); these turn its position into a value and
  // back.
  const STEPS = 240;
  const toValue = (at, { low, high, scale }) =>
    scale === "log" ? low * (high / low) ** (at / STEPS) : low + ((high - low) * at) / STEPS;
  const toPosition = (value, { low, high, scale }) =>
    STEPS * (scale === "log" ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low));

  const placed = (value, input) => Number.isFinite(value) && Number.isFinite(toPosition(value, input));

  /* A dial over input's range. change: called when the reader has moved it. */
  function range(id, label, input, start, change = () => {}) {
    const unit = input.unit ? " " + input.unit : "";
    const {
      element,
      input: control,
      show,
    } = T.slider({
      id,
      label,
      max: STEPS,
      text: (at) => tidy(toValue(at, input), input.digits) + unit,
      turn: (at) => {
        show(at);
        change();
      },
    });
    const set = (value) => show(Math.round(toPosition(value, input)));
    set(start);
    const value = () => Number(toValue(control.valueAsNumber, input).toPrecision(input.digits));
    return { element, control, set, value };
  }

  class Ask {
    constructor(host, spec, store) {
      Object.assign(this, { spec, store, name: "ask-" + spec.id.replace(/[^\w-]/g, "-") });
      this.feedback = el("div", { class: "t3-feedback", role: "status", hidden: true });
      this.fields = el("div", { class: "t3-fields" });
      this.buttons = el("div", { class: "t3-ask-buttons" });
      const legend = el("legend", { html: spec.prompt });
      this.root = el(
        "form",
        { class: "t3-ask", id: this.name, novalidate: true, onsubmit: (event) => this.submit(event) },
        el("p", { class: "t3-ask-kind" }, spec.label),
        el("fieldset", {}, legend, this.fields),
        this.buttons,
        this.feedback,
      );
      host.replaceChildren(this.root);
      this.input = this[spec.input.kind](spec.input);
      this.fields.append(...this.input.elements);
      this.predicting = spec.predicting;
      this.buttons.append(
        el(
          "button",
          { type: "submit", class: "t3-button t3-primary" },
          this.predicting ? "Commit, then show me" : "Check",
        ),
      );
      if (this.predicting) this.buttons.append(button("Skip, just show me", () => this.skip(), "t3-skip"));
      this.again = button("Answer again", () => {
        this.reopen();
        this.fields.querySelector("input").focus();
      });
      this.again.hidden = true;
      this.buttons.append(this.again);
      this.follow();
      store.listen(() => this.follow());
    }

    /* Show what is kept, here or by another window. */
    follow() {
      const there = this.store.get(this.spec.id),
        told = JSON.stringify(there ? [there.value, there.verdict] : null);
      if (told === (this.told || "null")) return;
      this.told = told;
      if (!there) this.reopen();
      else this.restore(there);
    }

    /* Keep this question's answer. */
    keep(value, answer, verdict) {
      this.told = JSON.stringify([value, verdict]);
      const { id, label, question } = this.spec;
      this.store.set(id, { label, question, value, answer, verdict, ...(this.predicting && { truth: this.truth }) });
    }

    /* What a prediction's figure shows, in words: My answers lists it beside the guess. */
    get truth() {
      const { kind, options, handles, truth } = this.spec.input;
      if (kind === "choose") return this.input.words(options.findIndex((option) => option.right));
      return this.input.words(kind === "draw" ? handles.map((handle) => handle.truth) : truth);
    }

    // --- the kinds: {elements, read() -> value, or an Error that asks for one, takes(value) -> may be an answer,
    // write(value), judge(value) -> [verdict, html]}

    choose(input) {
      const many = input.options.map((option, i) =>
        el("input", { type: "radio", name: this.name, value: i, id: this.name + "-" + i }),
      );
      const labels = input.options.map((option, i) =>
        el("label", { for: this.name + "-" + i }, many[i], el("span", { html: option.html })),
      );
      const list = el("div", { class: "t3-options" }, ...input.order.map((i) => labels[i]));
      return {
        elements: [list],
        takes: (i) => Number.isInteger(i) && i >= 0 && i < many.length,
        read: () => {
          const i = many.findIndex((radio) => radio.checked);
          if (i < 0) throw new Error("Choose one first.");
          return i;
        },
        write: (i) => {
          if (many[i]) many[i].checked = true;
        },
        words: (i) => labels[i].textContent.trim(),
        judge: (i) => [input.options[i].right ? "right" : "wrong", input.options[i].feedback],
      };
    }

    number(input) {
      const { readNumber } = T;
      if (!readNumber) throw new Error("the script that reads numbers is missing");
      const field = el("input", {
        type: "text",
        autocomplete: "off",
        id: this.name + "-number",
        class: "t3-number-field",
      });
      return {
        elements: [el("label", { class: "t3-number", for: field.id }, el("span", {}, "Your number"), field)],
        takes: Number.isFinite,
        read: () => readNumber(field.value, input.percent),
        write: (value) => {
          field.value = value;
        },
        words: (value) => String(value),
        judge: (value) => judgeNumber(value, input),
      };
    }

    dial(input) {
      const { stops } = input,
        at = (value) => stops.findIndex((stop) => stop.value === value);
      const { element, input: control, show } = T.slider({
        id: this.name + "-range",
        label: input.label,
        max: stops.length - 1,
        text: (i) => stops[i].text,
        turn: (i) => show(i),
      });
      show(at(input.start));
      return {
        elements: [element],
        takes: (value) => at(value) >= 0,
        read: () => stops[control.valueAsNumber].value,
        write: (value) => show(at(value)),
        words: (value) => stops[at(value)].text,
        judge: (value) => [stops[at(value)].right ? "right" : "wrong", stops[at(value)].feedback],
      };
    }

    place(input) {
      const dial = range(this.name + "-range", "Your guess", input, input.start);
      const marks = el("div", { class: "t3-scale", "aria-hidden": "true", hidden: true });
      const mark = (value, kind, text) =>
        el(
          "span",
          {
            class: "t3-mark t3-mark-" + kind,
            style: `left:${Math.min(100, Math.max(0, (100 * toPosition(value, input)) / STEPS))}%`,
          },
          text,
        );
      return {
        elements: [dial.element, marks],
        takes: (value) => placed(value, input),
        read: dial.value,
        write: dial.set,
        words: (value) => tidy(value, input.digits) + (input.unit ? " " + input.unit : ""),
        show: (value) => {
          marks.hidden = false;
          dial.element.classList.toggle("t3-skipped", value === null);
          marks.replaceChildren(
            ...(value === null ? [] : [mark(value, "guess", "you")]),
            mark(input.truth, "truth", "measured"),
          );
        },
        hide: () => {
          marks.hidden = true;
          dial.element.classList.remove("t3-skipped");
        },
        judge: (value) => [
          "info",
          `You said ${this.input.words(value)}; measured: ${this.input.words(input.truth)}. ` +
            `Your guess was ${nameGap(value, input.truth, input)}.`,
        ],
      };
    }

    draw(input) {
      const image = el("div", { class: "t3-chart", role: "img" });
      const chart = new T.Chart(image, input.chart);
      let revealed = false;
      const draw = () => {
        const guess = dials.map((dial) => dial.value());
        const truth = revealed ? input.truth : { x: [], y: [] };
        chart.show({
          x: [...input.handles.map((handle) => handle.x), ...truth.x],
          y: [...guess, ...truth.y],
          who: [...guess.map(() => "guess"), ...truth.x.map(() => "measured")],
        });
        image.setAttribute(
          "aria-label",
          "Your line: " +
            guess.map((value, i) => input.handles[i].label + " " + tidy(value, input.digits)).join(", ") +
            (revealed
              ? ". Measured: " +
                input.handles.map((handle) => handle.label + " " + tidy(handle.truth, input.digits)).join(", ")
              : ""),
        );
      };
      const dials = input.handles.map((handle, i) =>
        range(`${this.name}-${i}`, handle.label, input, handle.start, draw),
      );
      queueMicrotask(draw); // after the chart's element is in the page and has a width
      image.classList.add("t3-ask-line");
      image.addEventListener("pointerdown", (event) => {
        const from = chart.under(event);
        if (!from || event.button || dials[0].control.disabled) return;
        event.preventDefault();
        const away = input.handles.map((handle) => Math.abs(handle.x - from.x)),
          held = dials[away.indexOf(Math.min(...away))]; // the point nearest to the finger comes along
        const follow = (move) => {
          held.set(T.clip(chart.under(move).y, input.low, input.high));
          draw();
        };
        T.drag(event, follow);
        follow(event);
      });
      const show = (on) => {
        revealed = on;
        draw();
      };
      return {
        elements: [image, el("div", { class: "t3-dials" }, ...dials.map((dial) => dial.element))],
        takes: (values) =>
          Array.isArray(values) && values.length === dials.length && values.every((value) => placed(value, input)),
        read: () => dials.map((dial) => dial.value()),
        write: (values) => {
          dials.forEach((dial, i) => dial.set(values[i]));
        },
        words: (values) => values.map((value) => tidy(value, input.digits)).join(", "),
        show: () => show(true),
        hide: () => show(false),
        judge: (values) => {
          const gaps = values.map(
            (value, i) => input.handles[i].label + ": " + nameGap(value, input.handles[i].truth, input),
          );
          return ["info", "Your line (dashed) against the measured one (solid). " + gaps.join("; ") + "."];
        },
      };
    }

    // --- the life of a question

    submit(event) {
      event.preventDefault();
      let value;
      try {
        value = this.input.read();
      } catch (problem) {
        return this.say("info", T.escaped(problem.message));
      }
      const verdict = this.answer(value);
      this.keep(value, this.input.words(value), verdict);
    }

    answer(value) {
      let [verdict, html] = this.input.judge(value);
      if (this.predicting && this.spec.input.kind === "choose") {
        html = `You said: ${this.input.words(value)} ${html}`;
      }
      this.reveal(value, verdict, html);
      return this.predicting && verdict === "info" ? "committed" : verdict;
    }

    reveal(value, verdict, html) {
      if (this.input.show) this.input.show(value);
      this.say(
        verdict,
        html + (this.spec.after && (this.predicting || verdict === "right") ? " " + this.spec.after : ""),
      );
      if (this.predicting) this.lock(true);
    }

    skip() {
      this.keep(null, "skipped", "skipped");
      this.showTruth();
    }

    showTruth() {
      const { kind, options } = this.spec.input;
      const right = kind === "choose" ? options.findIndex((option) => option.right) : -1;
      this.reveal(
        null,
        "info",
        right < 0
          ? kind === "place"
            ? `Measured: ${this.input.words(this.spec.input.truth)}.`
            : ""
          : `${this.input.words(right)} ${options[right].feedback}`,
      );
    }

    /* A committed prediction stays as it was made until the reader asks to answer again. */
    lock(on) {
      for (const control of this.fields.querySelectorAll("input")) control.disabled = on;
      for (const button of this.buttons.children) button.hidden = (button === this.again) !== on;
    }

    reopen() {
      this.lock(false);
      this.feedback.hidden = true;
      if (this.input.hide) this.input.hide();
    }

    /* A kept answer that this question cannot have had, of another edition or damaged, is none. */
    restore({ value, verdict }) {
      if (verdict === "skipped") return this.showTruth();
      if (!this.input.takes(value)) return;
      this.input.write(value);
      this.answer(value);
    }

    say(verdict, html) {
      const [mark, word] = MARKS[verdict];
      this.feedback.hidden = false;
      this.feedback.dataset.verdict = verdict;
      this.feedback.replaceChildren(
        el("span", { class: "t3-feedback-mark", "aria-hidden": "true" }, mark),
        el("div", { html: (word ? `<strong>${word}</strong> ` : "") + html }),
      );
    }
  }

  T.Ask = Ask;
  T.judgeNumber = judgeNumber;
  T.nameGap = nameGap;
})(globalThis);
