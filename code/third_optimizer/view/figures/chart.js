/* One chart: a Vega-Lite specification drawn in the book's colours, its rows swapped in place.
 *
 * Colours in a specification are names ("$base", "$ink", ...) that become the style sheet's variables, so a drawing
 * follows the theme, the reader's own colours and the ink of a printer without being drawn again.
 * A chart is embedded once. A dial only swaps its rows.
 */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const NAMES = ["paper", "panel", "ink", "muted", "base", "mesa", "meta", "world", "rule"];

  /* Vega measures words before it draws them, so it must know the typeface itself. */
  const palette = (element) => ({
    ...Object.fromEntries(NAMES.map((name) => [name, `var(--t3-${name})`])),
    sans: getComputedStyle(element).getPropertyValue("--t3-sans").trim() || "sans-serif",
  });

  function config(c) {
    return {
      background: "transparent",
      aria: false, // the figure carries one text alternative; a thousand labelled marks would drown it
      font: c.sans,
      padding: 4,
      view: { stroke: null },
      axis: {
        labelColor: c.muted,
        titleColor: c.muted,
        labelFontSize: 12,
        titleFontSize: 12,
        titleFontWeight: "normal",
        domain: false,
        ticks: false,
        labelPadding: 6,
        gridColor: c.rule,
        gridWidth: 1,
        tickCount: 6,
        labelSeparation: 6,
      },
      axisX: {
        grid: false,
        labelFlush: true,
        domain: true,
        domainColor: c.muted,
        ticks: true,
        tickColor: c.muted,
        tickSize: 4,
      },
      axisY: {
        titleAlign: "left",
        titleAngle: 0,
        titleAnchor: "start",
        titleX: 0,
        titleY: -12,
        titleBaseline: "bottom",
      },
      line: { strokeWidth: 2.5, strokeCap: "round", strokeJoin: "round" },
      text: { fontSize: 12.5, color: c.ink },
      rule: { color: c.muted },
      legend: { labelColor: c.ink, titleColor: c.muted, labelFontSize: 12, titleFontSize: 12 },
      range: { category: [c.base, c.mesa, c.meta, c.world] },
    };
  }

  /* Vega makes code of its expressions. Where a page's content policy forbids that, its interpreter reads them. */
  const mayMakeCode = (() => {
    try {
      return Boolean(new Function(""));
    } catch (error) {
      return false;
    }
  })();

  function newView(compiled) {
    const { vega } = root,
      options = { renderer: "svg", logLevel: vega.Error };
    if (mayMakeCode) return new vega.View(vega.parse(compiled), options);
    const { expressionInterpreter } = root.vegaInterpreter;
    return new vega.View(vega.parse(compiled, null, { ast: true }), { ...options, expr: expressionInterpreter });
  }

  function rowsOf(columns) {
    const names = Object.keys(columns);
    const length = names.length ? columns[names[0]].length : 0;
    const rows = new Array(length);
    for (let i = 0; i < length; i++) {
      const row = {};
      for (const name of names) row[name] = columns[name][i];
      rows[i] = row;
    }
    return rows;
  }

  class Chart {
    /* element: where to draw; specification: Vega-Lite with data {name: "rows"}. */
    constructor(element, specification) {
      this.element = element;
      // Vega names and describes the element it draws into; the one outside carries the figure's own text alternative
      this.inner = element.appendChild(document.createElement("div"));
      this.inner.setAttribute("aria-hidden", "true");
      this.text = JSON.stringify(specification);
      this.rows = [];
      this.view = null;
      this.observer = new ResizeObserver(() => this.fit());
      this.observer.observe(element);
      this.resized = () => setTimeout(() => this.keep());
      addEventListener("resize", this.resized);
    }

    /* Vega takes the width of what is hidden, behind a veil, for 0 when the window changes; on paper it is seen. */
    keep() {
      if (this.view && this.seen && !this.element.clientWidth) this.view.signal("width", this.seen).run();
    }

    draw() {
      if (this.view) this.view.finalize();
      const colours = palette(this.element);
      const coloured = this.text.replace(/\$([a-z]+)\b/g, (name, key) => colours[key] || name);
      const compiled = root.vegaLite.compile(JSON.parse(coloured), { config: config(colours) }).spec;
      this.view = newView(compiled);
      this.view.initialize(this.inner).data("rows", this.rows).run();
      this.width = this.element.clientWidth;
      this.seen = this.width || this.view.signal("width"); // the last that was not 0
      // JupyterLab hides the page while it changes its theme: observed anew, the width is told again when there is one
      this.observer.unobserve(this.element);
      this.observer.observe(this.element);
    }

    /* The values {x, y} under a pointer, or null before anything is drawn. */
    under({ clientX, clientY }) {
      if (!this.view) return null;
      const { left, top } = this.inner.querySelector("svg").getBoundingClientRect(),
        [x0, y0] = this.view.origin(),
        padding = this.view.padding();
      return {
        x: this.view.scale("x").invert(clientX - left - padding.left - x0),
        y: this.view.scale("y").invert(clientY - top - padding.top - y0),
      };
    }

    /* Follow the element's width: in a notebook it has none until after the first drawing. */
    fit() {
      const width = this.element.clientWidth;
      if (!this.view || width === this.width) return;
      this.width = width; // 0 while it is hidden: Vega hears of the window only, and may have taken that for its width
      if (width) this.view.signal("width", (this.seen = width)).run();
    }

    /* Show these columns ({name: [values]}); draws at first, swaps afterwards. A picture that cannot be drawn takes
     * neither its dials nor its words along. */
    show(columns) {
      this.rows = rowsOf(columns);
      try {
        if (!this.view) this.draw();
        else this.view.data("rows", this.rows).run();
      } catch (problem) {
        console.error(problem);
        const said = document.createElement("p");
        said.className = "t3-fallback t3-no-picture";
        said.textContent =
          "The picture could not be drawn: a script did not run. Reload the page, or allow it its scripts.";
        this.inner.replaceChildren(said);
      }
    }

    stop() {
      this.observer.disconnect();
      removeEventListener("resize", this.resized);
      if (this.view) this.view.finalize();
    }
  }

  T.Chart = Chart;
})(globalThis);
