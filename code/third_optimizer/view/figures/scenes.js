/* The scenes of push and watch: a tank, a room's thermometer, a hillside and a maze, each with a thing in it.
 *
 * A scene is {draw(view), spot(probe, stop, view)}. view: {thing, probe, stop, states (as far as they are shown), usual
 * (start, wanted, world as they are now), curve, most (steps of a run)}. draw returns elements; spot says where on the
 * picture a stop of a probe is taken hold of, null where only the dial sets it.
 */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const { svg } = T,
    WIDTH = 360,
    HEIGHT = 240,
    RIM = 16;

  const text = (x, y, words, kind = "") => svg("text", { x, y, class: "t3-probes-text " + kind }, words);
  const last = (list) => list[list.length - 1];
  const through = (points) => points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L");
  const path = (points, kind) => svg("path", { class: kind, d: `M${through(points)}` });
  const up = (share) => HEIGHT - RIM - share * (HEIGHT - 2 * RIM);
  const across = (share) => RIM + share * (WIDTH - 2 * RIM);
  const flag = (x, y) =>
    svg("path", { class: "t3-probes-goal", d: `M${x} ${y}v-30l18 7l-18 7`, "stroke-linejoin": "round" });

  const barrel = (x, y) =>
    svg("path", { class: "t3-probes-barrel", d: `M${x - 13} ${y - 20}q-5 11 0 22h26q5 -11 0 -22` });

  const tank = {
    draw({ thing, states, usual, world }) {
      const { surface, cap } = thing.scene,
        here = up(last(states)),
        level = up(surface),
        left = 90,
        wide = 180;
      return [
        svg("rect", {
          class: "t3-probes-liquid",
          x: left,
          y: level,
          width: wide,
          height: HEIGHT - RIM / 2 - level,
          style: `fill-opacity: ${(0.12 + 0.9 * Math.max(0, usual.world - 0.7)).toFixed(2)}`,
        }),
        svg("path", {
          class: "t3-probes-wall",
          d: `M${left} ${RIM / 2}V${HEIGHT - RIM / 2}H${left + wide}V${RIM / 2}`,
        }),
        text(left + wide + 8, level + 4, "surface"),
        text(left + wide + 8, HEIGHT - 24, world),
        ...states.map((at) => svg("circle", { class: "t3-probes-trace", cx: left + wide / 2, cy: up(at), r: 2 })),
        svg("path", {
          class: "t3-probes-thing",
          d: `M${left + wide / 2 - 24} ${here + 7}v-12q0 -5 5 -5h38q5 0 5 5v12z`,
        }),
        ...[-14, -5, 4, 13].map((x) =>
          svg("path", { class: "t3-probes-ribs", d: `M${left + wide / 2 + x} ${here - 8}v13` }),
        ),
        text(RIM, HEIGHT - 24, `density ${usual.world}`),
        text(RIM, HEIGHT - 8, `the cap’s ${cap}`),
      ];
    },
    spot: (probe, stop) => (probe === "push" ? [180, up(stop)] : null),
  };

  const room = {
    draw({ thing, states, usual, most }) {
      const share = (value) => (value - thing.low) / (thing.high - thing.low),
        x = (k) => 52 + (k / most) * (WIDTH - 52 - 60),
        y = (value) => up(T.clip(share(value), -0.04, 1.04)),
        wanted = y(usual.wanted),
        now = y(last(states)),
        at = x(states.length - 1);
      return [
        ...[-10, 0, 10, 20, 30, 40].flatMap((value) => [
          path([[52, y(value)], [WIDTH - 60, y(value)]], "t3-probes-line"),
          text(44, y(value) + 4, `${T.fixed(value, 0)} °C`, "t3-probes-end"),
        ]),
        path([[52, wanted], [WIDTH - 60, wanted]], "t3-probes-wanted"),
        svg("path", { class: "t3-probes-goal", d: `M${WIDTH - 58} ${wanted}l12 -8v16z` }),
        text(WIDTH - 42, wanted + 4, "set to"),
        path([[52, y(usual.world)], [WIDTH - 60, y(usual.world)]], "t3-probes-outside"),
        ...(Math.abs(y(usual.world) - wanted) > 14 ? [text(WIDTH - 56, y(usual.world) + 4, "outside")] : []),
        path(states.map((value, k) => [x(k), y(value)]), "t3-probes-way"),
        svg("circle", { class: "t3-probes-thing", cx: at, cy: now, r: 8 }),
      ];
    },
    spot: (probe, stop, { thing }) => {
      const y = up((stop - thing.low) / (thing.high - thing.low));
      return probe === "push" ? [52, y] : probe === "goal" ? [WIDTH - 50, y] : null;
    },
  };

  const height = (curve, share) => {
    const at = T.clip(share, 0, 1) * (curve.length - 1),
      k = Math.min(curve.length - 2, Math.floor(at));
    return curve[k] + (at - k) * (curve[k + 1] - curve[k]);
  };
  const rise = (scene, value) => up(T.clip((value / scene.top) * 0.9 + 0.04, 0, 1.02));

  const hill = {
    draw({ thing, states, usual, curve }) {
      const { scene } = thing,
        spot = (x) => [across(x), rise(scene, height(curve, x))],
        [x, y] = spot(last(states)),
        line = curve.map((value, k) => [across(k / (curve.length - 1)), rise(scene, value)]);
      const thing_ =
        scene.mark === "drop"
          ? svg("path", { class: "t3-probes-thing", d: `M${x} ${y - 24}q10 13 10 16a10 10 0 0 1 -20 0q0 -3 10 -16z` })
          : svg("circle", { class: "t3-probes-thing", cx: x, cy: y - 9, r: 9 });
      return [
        svg("path", {
          class: scene.mark === "drop" ? "t3-probes-earth" : "t3-probes-sheet",
          d: `M${through(line)}V${HEIGHT}H${RIM}z`,
        }),
        path(line, scene.mark === "drop" ? "t3-probes-ridge" : "t3-probes-loss"),
        scene.mark === "drop" ? barrel(...spot(usual.wanted)) : flag(...spot(usual.wanted)),
        ...states.map((at) => svg("circle", { class: "t3-probes-trace", cx: spot(at)[0], cy: spot(at)[1] - 4, r: 2 })),
        thing_,
        text(RIM, 16, scene.axis),
      ];
    },
    spot: (probe, stop, { thing, curve }) =>
      probe === "world" ? null : [across(stop), rise(thing.scene, height(curve, stop)) - (probe === "goal" ? 18 : 9)],
  };

  const CELL = 32,
    LEFT = (WIDTH - 7 * CELL) / 2,
    TOP = (HEIGHT - 7 * CELL) / 2;
  const cell = ([row, column]) => [LEFT + (column + 0.5) * CELL, TOP + (row + 0.5) * CELL];

  const maze = {
    draw({ thing, states, usual }) {
      const same = (one, other) => one && one[0] === other[0] && one[1] === other[1],
        here = last(states),
        [gx, gy] = cell(usual.wanted);
      let [x, y] = cell(here),
        stays = 0; // so many steps
      while (same(states[states.length - 2 - stays], here)) stays += 1;
      if (usual.world && stays && stays % 2 === 0) {
        x += 7 * (usual.world[1] - here[1]); // it bumps into the new wall
        y += 7 * (usual.world[0] - here[0]);
      }
      return [
        ...thing.scene.walls.flatMap((row, r) =>
          [...row].map((sign, c) =>
            svg("rect", {
              class:
                sign === "#" ? "t3-probes-block" : same(usual.world, [r, c]) ? "t3-probes-shut" : "t3-probes-floor",
              x: LEFT + c * CELL,
              y: TOP + r * CELL,
              width: CELL,
              height: CELL,
            }),
          ),
        ),
        svg("path", { class: "t3-probes-goal", d: `M${gx} ${gy - 12}l12 12l-12 12l-12 -12z` }),
        path(states.map(cell), "t3-probes-way"),
        svg("circle", { class: "t3-probes-thing", cx: x, cy: y, r: 9 }),
      ];
    },
    spot: (probe, stop) => cell(stop),
  };

  T.scenes = { tank, room, hill, maze, WIDTH, HEIGHT };
})(globalThis);
