/* The ground of a maze, drawn: walls, goals, the walker, and of each open cell the move that is preferred there.
 *
 * Where a cell's walk ends is its colour; how loud its state is, the strength of it.
 */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const { svg } = T,
    CELL = 40,
    RIM = 2,
    MOVES = ["up", "down", "left", "right"],
    TURN = [0, 180, 270, 90]; // degrees, of an arrow that points up

  /* A coin is round, a flag flies from a pole; told apart by their shapes. shared: they stand on one cell. */
  const EMBLEMS = {
    coin: (shared) => {
      const at = { cx: shared ? 14 : CELL / 2, cy: shared ? 27 : CELL / 2 };
      const disc = svg("circle", { ...at, r: shared ? 10 : 13, class: "t3-maze-goal" });
      const ring = svg("circle", { ...at, r: shared ? 5.5 : 8, class: "t3-maze-ring" });
      return svg("g", { class: "t3-maze-coin" }, disc, ring);
    },
    flag: (shared) =>
      svg(
        "g",
        { class: "t3-maze-flag", transform: `translate(${shared ? 20 : 11} 4)` },
        svg("path", { d: "M3 2L20 9L3 16Z", class: "t3-maze-goal" }),
        svg("path", { d: "M2 0V32", class: "t3-maze-pole" }),
      ),
  };
  const both = (names) => names.map((name) => `the ${name}`).join(" and ");

  class Ground {
    constructor() {
      this.picture = svg("svg", { class: "t3-maze-picture", role: "group" });
    }

    /* The cell under a pointer, −1 outside. */
    at({ clientX, clientY }) {
      const { left, top, width, height } = this.picture.getBoundingClientRect(),
        { rows, columns } = this,
        column = Math.floor((((clientX - left) / width) * (columns * CELL + 2 * RIM) - RIM) / CELL),
        row = Math.floor((((clientY - top) / height) * (rows * CELL + 2 * RIM) - RIM) / CELL);
      return row < 0 || row >= rows || column < 0 || column >= columns ? -1 : row * columns + column;
    }

    /* The cells of this size of maze; each keeps its element, so that focus stays. */
    build({ rows, columns, wall }) {
      Object.assign(this, { rows, columns });
      const box = [-RIM, -RIM, columns * CELL + 2 * RIM, rows * CELL + 2 * RIM];
      this.picture.setAttribute("viewBox", box.join(" "));
      this.way = svg("path", { class: "t3-maze-way" });
      this.cells = wall.map((_, i) => {
        const ground = svg("rect", { x: 0, y: 0, width: CELL, height: CELL }),
          thought = svg("rect", { x: 0, y: 0, width: CELL, height: CELL, class: "t3-maze-thought" }),
          arrow = svg("path", { d: "M0 9V-8M-5 -3L0 -8L5 -3", class: "t3-maze-arrow" }),
          mark = svg("g", {}),
          x = (i % columns) * CELL,
          y = Math.floor(i / columns) * CELL;
        const cell = svg(
          "g",
          { class: "t3-maze-cell", transform: `translate(${x} ${y})`, role: "button", "data-cell": i },
          ground,
          thought,
          arrow,
          mark,
          svg("rect", { x: 1, y: 1, width: CELL - 2, height: CELL - 2, class: "t3-maze-focus" }),
        );
        Object.assign(cell, { thought, arrow, mark });
        return cell;
      });
      this.picture.replaceChildren(...this.cells, this.way);
    }

    /* shown: {maze, walker, held (the goal whose worth a dial sets), focus (cell), lumpy}, and of each cell its move,
     * loudness and end; names: of goals, by their cells; passed: the walker's way; emblems: of marked mazes what stands
     * at the goals, {cell: ["coin", "flag"]}. */
    draw(shown) {
      const { maze, walker, focus, moves, loud, ends, names, passed } = shown,
        most = Math.max(...loud, 1e-9);
      this.cells.forEach((cell, i) => {
        const wall = maze.wall[i],
          goal = maze.worth[i] > 0,
          end = wall ? -1 : ends[i].end;
        cell.setAttribute("tabindex", i === focus ? 0 : -1);
        cell.dataset.hue = end < 0 ? "none" : String((names.get(end) - 1) % 3);
        cell.classList.toggle("t3-maze-wall", wall);
        cell.classList.toggle("t3-maze-movable", goal || i === walker); // a finger drags it, and elsewhere the page
        cell.thought.style.opacity = wall ? 0 : (0.55 * loud[i]) / most;
        cell.arrow.style.display = wall || goal ? "none" : "";
        cell.arrow.setAttribute("transform", `translate(${CELL / 2} ${CELL / 2}) rotate(${TURN[moves[i]]})`);
        cell.mark.replaceChildren(...this.marks(i, shown));
        cell.setAttribute("aria-label", this.words(i, end, shown));
      });
      const spot = (i) => [(i % maze.columns) * CELL + CELL / 2, Math.floor(i / maze.columns) * CELL + CELL / 2];
      this.way.setAttribute("d", passed.map((i, k) => (k ? "L" : "M") + spot(i).join(" ")).join(""));
    }

    marks(i, { maze, names, held, lumpy, walker, emblems }) {
      const drawn = [],
        middle = CELL / 2;
      if (emblems && emblems[i]) drawn.push(...emblems[i].map((name) => EMBLEMS[name](emblems[i].length > 1)));
      else if (maze.worth[i] > 0) {
        const size = 6 + 10 * maze.worth[i];
        const shape = lumpy
          ? svg("circle", { cx: middle, cy: middle, r: size, class: "t3-maze-goal t3-maze-lump" })
          : svg("path", {
              d: `M${middle} ${middle - size}l${size} ${size}l${-size} ${size}l${-size} ${-size}z`,
              class: "t3-maze-goal",
            });
        shape.classList.toggle("t3-maze-held", i === held);
        drawn.push(shape, svg("text", { x: middle, y: middle + 5, class: "t3-maze-name" }, String(names.get(i))));
      }
      if (i === walker) drawn.push(svg("circle", { cx: middle, cy: middle, r: 8, class: "t3-maze-walker" }));
      return drawn;
    }

    /* A cell in words. */
    words(i, end, { maze, names, moves, walker, emblems }) {
      const where = `row ${Math.floor(i / maze.columns) + 1}, column ${(i % maze.columns) + 1}: `;
      if (maze.wall[i]) return where + "wall";
      const here = i === walker ? "the walker; " : "";
      const move = `${where}${here}${MOVES[moves[i]]}, to `;
      if (emblems && emblems[i]) return where + here + both(emblems[i]);
      if (emblems) return move + (end < 0 ? "neither" : both(emblems[end]));
      if (maze.worth[i]) return `${where}${here}goal ${names.get(i)}, worth ${maze.worth[i].toFixed(2)}`;
      return move + (end < 0 ? "no goal" : `goal ${names.get(end)}`);
    }
  }

  T.Ground = Ground;
})(globalThis);
