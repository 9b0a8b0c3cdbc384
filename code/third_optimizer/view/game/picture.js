/* A picture of a finished game to share, 1200 by 630: your line among the players', your rule of thumb, and one
 * sentence that is true of the log and says nothing more. Drawn in the page; nothing is sent anywhere.
 */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const WIDTH = 1200,
    HEIGHT = 630;

  function sentence(game) {
    const { shown } = game.rules,
      { mode, hidden } = game,
      lines = game.lines(),
      best = game.best(lines),
      start = T.score(lines[0], mode.goal);
    return (
      `${lines.length - 1} tries took the error on ${mode.goal} problems ` +
      `from ${shown(start)} to ${shown(best.score)} per cent of guessing zero` +
      (best.at ? `, found at try ${best.at}` : "") +
      (hidden
        ? `; on ${hidden} problems that leaves ${shown(T.score(lines[best.at], hidden))}, ` +
          `where the start left ${shown(lines[0][hidden])}.`
        : ".")
    );
  }

  /* The text in lines of at most `width` pixels. */
  function wrapped(pen, text, width) {
    const lines = [""];
    for (const word of text.split(/\s+/)) {
      const longer = lines[lines.length - 1] ? lines[lines.length - 1] + " " + word : word;
      if (pen.measureText(longer).width <= width) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    return lines.filter(Boolean);
  }

  function draw(game) {
    const canvas = document.createElement("canvas"),
      pen = canvas.getContext("2d"),
      { spec, mode, hidden, state } = game,
      { shown } = game.rules;
    [canvas.width, canvas.height] = [WIDTH, HEIGHT];
    const style = getComputedStyle(game.root),
      colour = (name) => style.getPropertyValue("--t3-" + name).trim(),
      sans = style.fontFamily;
    const left = 90,
      right = 250,
      top = 140,
      bottom = 190,
      w = WIDTH - left - right,
      h = HEIGHT - top - bottom;
    const x = (i) => left + (w * i) / spec.budget,
      y = (v) => top + h * (1 - Math.log(T.clip(v, spec.low, spec.most) / spec.low) / Math.log(spec.most / spec.low));
    const text = (words, px, py, size, ink = "ink", weight = 400) => {
      pen.font = `${weight} ${size}px ${sans}`;
      pen.fillStyle = colour(ink);
      pen.fillText(words, px, py);
    };
    const path = (values, ink, width, steps, dash = []) => {
      pen.beginPath();
      values.forEach((value, i) => {
        if (i && steps) pen.lineTo(x(i), y(values[i - 1]));
        pen[i ? "lineTo" : "moveTo"](x(i), y(value));
      });
      Object.assign(pen, { strokeStyle: colour(ink), lineWidth: width });
      pen.setLineDash(dash);
      pen.stroke();
      pen.setLineDash([]);
    };
    pen.fillStyle = colour("paper");
    pen.fillRect(0, 0, WIDTH, HEIGHT);
    text("The Third Optimizer", left, 62, 34, "ink", 600);
    text("I turned the dials; gradient descent trained the machines.", left, 102, 24, "muted");
    for (const v of [1, 10, 100]) {
      path(Array(spec.budget + 1).fill(v), "rule", 1);
      text(String(v), left - 44, y(v) + 7, 20, "muted");
    }
    const rival = game.searchers[state.rival],
      labels = [];
    if (rival) {
      pen.beginPath();
      rival.low.forEach((v, i) => pen[i ? "lineTo" : "moveTo"](x(i), y(v)));
      [...rival.high].reverse().forEach((v, i) => pen.lineTo(x(spec.budget - i), y(v)));
      pen.closePath();
      Object.assign(pen, { fillStyle: colour("world"), globalAlpha: 0.28 });
      pen.fill();
      pen.globalAlpha = 1;
      path(rival.median, "world", 3);
      labels.push({
        at: y(rival.median[spec.budget]),
        words: `${rival.name} ${shown(rival.median[spec.budget])}`,
        ink: "ink",
      });
    }
    path(Array(spec.budget + 1).fill(spec.par), "ink", 2, false, [8, 6]);
    const lines = game.lines(),
      mine = T.state.leading(lines, mode.goal),
      best = mine[mine.length - 1];
    if (hidden) {
      const handed = T.state.leading(lines, mode.goal, hidden),
        end = handed[handed.length - 1];
      path(handed, "mesa", 4, true);
      labels.push({ at: y(end), words: `${hidden} ${shown(end)}`, ink: "mesa" });
    }
    path(mine, "meta", 5, true);
    labels.push(
      { at: y(best), words: `${hidden ? mode.goal : "me"} ${shown(best)}`, ink: "meta" },
      { at: y(spec.par), words: `par ${shown(spec.par)}`, ink: "ink" },
    );
    labels
      .sort((a, b) => a.at - b.at)
      .forEach((label, i) => {
        if (i) label.at = Math.max(label.at, labels[i - 1].at + 28);
        text(label.words, left + w + 14, label.at + 8, 24, label.ink, 600);
      });
    text(`${game.charts.axis}, over ${spec.budget} tries`, left, top + h + 40, 20, "muted");
    pen.font = `600 26px ${sans}`;
    const said = wrapped(pen, sentence(game), WIDTH - 2 * left).slice(0, 2);
    said.forEach((line, i) => text(line, left, top + h + 86 + 34 * i, 26, "ink", 600));
    if (state.rule) {
      pen.font = `400 24px ${sans}`;
      wrapped(pen, `Rule of thumb: ${state.rule}`, WIDTH - 2 * left)
        .slice(0, 2)
        .forEach((line, i) => text(line, left, top + h + 86 + 34 * (said.length + i), 24, "muted"));
    }
    return canvas;
  }

  /* Save the picture as a PNG that carries the game's code. */
  T.picture = (game) =>
    draw(game).toBlob(async (blob) => {
      const bytes = new Uint8Array(await blob.arrayBuffer());
      T.save("third-optimizer.png", T.png.write(bytes, T.state.code(game.state, game.spec)));
    });
  T.picture.draw = draw;
  T.picture.sentence = sentence;
})(globalThis);
