/* The reader's figure: a title, a chart, its text alternative, and on a page without kernel its dials.
 *
 * A *frame* is what one setting of the dials shows: {columns, text, title, caption}; the text is for the ear.
 * In a notebook the kernel sends frames. On a page every frame was computed when the book was built, and the dials pick
 * one.
 */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const { el, button } = T;
  const BEAT = 450; // milliseconds from stop to stop; shorter than what the voice waits (see T.announcer)

  /* A list with another value at i. */
  const changed = (list, i, value) => list.map((old, k) => (k === i ? value : old));

  /* The columns less the rows that come later. */
  function withoutLater(columns) {
    return Object.fromEntries(
      Object.entries(columns).map(([name, values]) => [name, values.filter((_, i) => !columns.later[i])]),
    );
  }

  /* Write `text` into an element that keeps the height of the longest text it ever held (see figures.css). */
  function write(element, text) {
    if (text.length > (element.longest || 0)) {
      element.longest = text.length;
      element.dataset.longest = text + "0".repeat(Math.ceil(text.length / 20)); // others may have wider letters
    }
    element.textContent = text;
  }

  class Figure {
    /* spec: {id, chart}, and `after`: the question that must be answered before rows marked "later" are shown. */
    constructor(host, spec, store) {
      this.spec = spec;
      this.store = store;
      this.title = el("p", { class: "t3-figure-title" });
      this.image = el("div", { class: "t3-chart", role: "img" });
      this.reading = el("p", { class: "t3-reading", "aria-hidden": "true" }); // the chart says it
      this.caption = el("p", { class: "t3-caption", hidden: true });
      this.note = el("p", { class: "t3-busy", hidden: true, role: "status" });
      const parts = [this.title, this.image, this.note, this.caption, this.reading];
      this.root = el("figure", { class: "t3-figure", id: spec.id }, ...parts);
      host.replaceChildren(this.root);
      this.chart = new T.Chart(this.image, spec.chart);
      if (spec.after) store.listen(() => this.shown && this.show(this.shown));
    }

    show(frame) {
      this.shown = frame;
      const open = !this.spec.after || Boolean(this.store.get(this.spec.after));
      const text = open ? frame.text : frame.before;
      write(this.title, frame.title);
      this.image.setAttribute("aria-label", frame.title + ". " + text);
      this.reading.textContent = text;
      this.caption.hidden = !frame.caption;
      write(this.caption, frame.caption || "");
      this.chart.show(open ? frame.columns : withoutLater(frame.columns));
    }
  }

  /* A button that runs a dial through its stops, a beat each, and goes on from where it was stopped. Where nothing may
   * move by itself, each press goes one stop on.
   */
  class Player {
    /* label: of the dial; stops: how many; go(index): turn it there. */
    constructor({ label, stops }, go) {
      Object.assign(this, { label, stops, go });
      this.button = button("", () => this.press(), "t3-primary");
      this.element = el("div", { class: "t3-figure-tools t3-player" }, this.button);
      this.halt(-1);
    }

    press() {
      if (this.beat) return this.halt(this.place);
      if (!T.still()) {
        this.beat = setInterval(() => this.step(), BEAT);
        this.name("Stop");
      }
      this.step();
    }

    step() {
      this.place = (this.place + 1) % this.stops;
      if (this.button.isConnected) this.go(this.place);
      if (this.place === this.stops - 1 || !this.button.isConnected) this.halt(this.place);
    }

    /* Stand still. place: the stop after which the next press goes on; -1: it begins with the first. */
    halt(place) {
      clearInterval(this.beat);
      this.beat = 0;
      this.place = place;
      this.name(T.still() ? "Next" : "Play");
    }

    name(word) {
      this.button.textContent = word;
      this.button.setAttribute("aria-label", `${word}: ${this.label}`);
    }
  }

  /* Dials over frames computed beforehand. spec adds:
   *   dials: [{name, label, kind: "slider" | "choice", stops: [text], start: index}]
   *   shared: {column: values}, slices: [{column: values}], texts: [text], titles: [title] or one, captions likewise
   *   or none
   *   play: {dial: name, label, stops: how many} or none
   * Slices run through the dials' stops with the last dial fastest.
   */
  class Explore extends Figure {
    constructor(host, spec, store) {
      super(host, spec, store);
      spec.titles.forEach((title) => write(this.title, title)); // so that no stop of a dial moves the page below
      (spec.captions || []).forEach((caption) => write(this.caption, caption));
      this.at = spec.dials.map((dial) => dial.start);
      this.voice = T.announcer();
      this.controls = spec.dials.map((dial, i) =>
        dial.kind === "choice" ? this.choice(dial, i) : this.slider(dial, i),
      );
      this.dials = el("div", { class: "t3-dials" }, ...this.controls.map((control) => control.element));
      this.status = el("span", { class: "t3-copied", role: "status" });
      this.tools = el(
        "div",
        { class: "t3-figure-tools" },
        button("Back to start", () => this.restart()),
        button("Copy this view", () => this.copy()),
        this.status,
      );
      this.image.after(this.dials);
      if (spec.play) this.play(spec.dials.findIndex((dial) => dial.name === spec.play.dial));
      this.root.append(this.tools, this.voice.region);
      this.readAddress();
      addEventListener("hashchange", () => this.readAddress());
    }

    play(i) {
      this.played = i;
      this.player = new Player(this.spec.play, (index) => this.set(changed(this.at, i, index)));
      this.dials.before(this.player.element);
    }

    restart() {
      if (this.player) this.player.halt(-1);
      this.set(this.spec.dials.map((dial) => dial.start));
    }

    slider(dial, i) {
      return T.slider({
        id: this.spec.id + "-" + dial.name,
        name: dial.name,
        label: dial.label,
        max: dial.stops.length - 1,
        dial: dial.name,
        text: (index) => dial.stops[index],
        turn: (index) => this.turn(i, index),
      });
    }

    choice(dial, i) {
      const inputs = dial.stops.map((stop, index) =>
        el("input", {
          type: "radio",
          name: this.spec.id + "-" + dial.name,
          value: index,
          "data-dial": dial.name,
          onchange: () => this.turn(i, index),
        }),
      );
      const element = el(
        "fieldset",
        { class: "t3-choice" },
        el("legend", {}, dial.label),
        ...inputs.map((input, index) => el("label", {}, input, el("span", {}, dial.stops[index]))),
      );
      return { element, show: (index) => inputs.forEach((input, k) => (input.checked = k === index)) };
    }

    frame() {
      const { dials, slices, shared, texts, titles, captions = [], befores } = this.spec;
      const index = dials.reduce((sum, dial, i) => sum * dial.stops.length + this.at[i], 0);
      return {
        columns: { ...shared, ...slices[index] },
        text: texts[index],
        before: befores && befores[index],
        title: titles.length > 1 ? titles[index] : titles[0],
        caption: captions.length > 1 ? captions[index] : captions[0],
      };
    }

    turn(i, index) {
      if (i === this.played) this.player.halt(index);
      this.set(changed(this.at, i, index));
    }

    set(at) {
      this.at = at;
      this.controls.forEach((control, i) => control.show(at[i]));
      this.show(this.frame());
      this.voice.say(this.reading.textContent);
      this.status.textContent = "";
      clearTimeout(this.timer);
      this.timer = setTimeout(() => history.replaceState(null, "", this.address()), 400);
    }

    address() {
      return (
        "#" +
        [
          this.spec.id,
          ...this.spec.dials.map((dial, i) => dial.name + "=" + encodeURIComponent(dial.stops[this.at[i]])),
        ].join("~")
      );
    }

    /* Set the dials from the page's address, where it names this figure; else as they stand. */
    readAddress() {
      const [id, ...parts] = location.hash.slice(1).split("~");
      const named = id === this.spec.id;
      const wanted = new Map(
        parts.map((part) =>
          part.split("=").map((text) => {
            try {
              return decodeURIComponent(text);
            } catch (error) {
              return text;
            }
          }),
        ),
      );
      if (named) {
        this.at = this.spec.dials.map((dial, i) => {
          const index = dial.stops.indexOf(wanted.get(dial.name));
          return index < 0 ? this.at[i] : index;
        });
        if (this.player) this.player.halt(this.at[this.played]);
      }
      this.controls.forEach((control, i) => control.show(this.at[i]));
      this.show(this.frame());
      if (named) this.root.scrollIntoView();
    }

    async copy() {
      history.replaceState(null, "", this.address());
      try {
        await navigator.clipboard.writeText(location.href);
        this.status.textContent = "Copied: the address now opens this view.";
      } catch (error) {
        this.status.textContent = "The page's address now opens this view; copy it from the address bar.";
      }
    }
  }

  T.Figure = Figure;
  T.Player = Player;
  T.Explore = Explore;
})(globalThis);
