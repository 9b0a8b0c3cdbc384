/* What can be passed on of a finished game: the code, a link, a QR code, a picture. */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const { el, button } = T;
  const CODE =
    "Your game as a code. It holds the designs and no scores; whoever has this book can lay it on the class board.";

  /* Elements, for the board `game` (game.js). */
  T.sharing = function (game) {
    const code = T.state.code(game.state, game.spec),
      link = T.codes.link(code),
      status = el("span", { class: "t3-copied", role: "status" });
    const copy = (text, what) => async () => {
      try {
        await navigator.clipboard.writeText(text);
        status.textContent = `Copied: ${what}.`;
      } catch (problem) {
        field.select();
        status.textContent = "The browser does not let a page copy: the code is marked, copy it yourself.";
      }
    };
    const id = game.name + "-code",
      field = el("textarea", { id, readonly: true, rows: 2, class: "t3-game-code" }, code);
    const qr = el("details", { class: "t3-game-qr" }, el("summary", {}, "Show as a QR code"));
    const draw = async () => {
      try {
        if (!root.qrcode && game.kernel) await game.kernel.qr();
        qr.append(T.codes.qr(link || code) || "The QR code could not be drawn: a script did not run.");
      } catch (problem) {
        qr.append(el("p", { role: "alert" }, `The QR code could not be drawn: ${problem.message}.`));
      }
    };
    qr.addEventListener("toggle", draw, { once: true });
    const friend = copy(link, "a link that lets a friend play the same start against your line");
    return [
      el("label", { class: "t3-game-rule", for: id }, el("span", {}, CODE), field),
      el(
        "div",
        { class: "t3-figure-tools" },
        button("Copy the code", copy(code, "the code")),
        ...(link ? [button("Copy a link for a friend", friend)] : []),
        button("Save a picture (PNG)", () => T.picture(game)),
        status,
      ),
      qr,
    ];
  };
})(globalThis);
