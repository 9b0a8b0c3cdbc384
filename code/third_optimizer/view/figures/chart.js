/* One chart: a Vega-Lite specification drawn in the book's colours, its rows swapped in place.
 *
 * Colours in a specification are names ("$base", "$ink", ...) that become the theme's colours when
 * the chart is drawn, so one specification serves both themes; a change of theme draws it again.
 * A chart is embedded once. A dial only swaps its rows.
 */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const NAMES = ["paper", "panel", "ink", "muted", "base", "mesa", "meta", "world", "rule"];
  const charts = (T.charts = T.charts || new Set()); // in a notebook this file runs once a widget

  function palette(element) {
    const style = getComputedStyle(element);
    const colours = {};
    for (const name of NAMES) colours[name] = style.getPropertyValue("--t3-" + name).trim();
    colours.sans = style.getPropertyValue("--t3-sans").trim() || "sans-serif";
    return colours;
  }

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
      charts.add(this);
      this.observer = new ResizeObserver(() => this.fit());
      this.observer.observe(element);
    }

    draw() {
      if (this.view) this.view.finalize();
      const colours = palette(this.element);
      const coloured = this.text.replace(/\$([a-z]+)\b/g, (name, key) => colours[key] || name);
      const compiled = root.vegaLite.compile(JSON.parse(coloured), { config: config(colours) }).spec;
      this.view = newView(compiled);
      this.view.initialize(this.inner).data("rows", this.rows).run();
      this.width = this.element.clientWidth;
      // JupyterLab hides the page while it changes its theme: observed anew, the width is told again when there is one
      this.observer.unobserve(this.element);
      this.observer.observe(this.element);
    }

    /* Follow the element's width: in a notebook it has none until after the first drawing. */
    fit() {
      const width = this.element.clientWidth;
      if (!this.view || !width || width === this.width) return;
      this.width = width;
      this.view.signal("width", width).run();
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
      charts.delete(this);
      this.observer.disconnect();
      if (this.view) this.view.finalize();
    }
  }

  function redrawAll() {
    for (const chart of charts) {
      if (!chart.element.isConnected) chart.stop();
      else if (chart.view) chart.draw();
    }
  }

  // The book's theme switch sets an attribute of <html>, JupyterLab's one of <body>.
  function watchTheme() {
    const observer = new MutationObserver(redrawAll);
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    observer.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
    addEventListener("beforeprint", redrawAll);
  }

  T.Chart = Chart;
  T.watchTheme = watchTheme;
})(globalThis);
