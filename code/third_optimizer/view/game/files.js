/* Files for the class board: a game's exported log, its picture, or any text with codes in it. */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const LARGEST = 10e6; // bytes
  const OURS = /^third-optimizer\b/i; // as the game names its files: nobody's name
  const KINDS = [
    [[0xff, 0xd8, 0xff], "a JPEG, and only the PNG that the game saves holds its code: ask for that file or the code"],
    [[0x50, 0x4b], "an archive or a workbook: unpack it, or save it as CSV"],
    [[0x25, 0x50, 0x44, 0x46], "a PDF: ask for the code, the log or the picture"],
  ];

  /* The text of a file's bytes, as Windows and spreadsheets write it too; null if it is none. */
  function text(bytes) {
    const marks = { "255,254": "utf-16le", "254,255": "utf-16be" },
      marked = marks[bytes.subarray(0, 2).join()];
    let said;
    try {
      said = new TextDecoder(marked || "utf-8", { fatal: true }).decode(bytes);
    } catch (problem) {
      said = new TextDecoder("windows-1252").decode(bytes);
    }
    return said.includes("\0") ? null : said;
  }

  /* What a file holds, as text. An Error says why it holds nothing of use. */
  async function opened(file) {
    if (file.size > LARGEST) throw new Error("larger than 10 MB, and no game is");
    let bytes;
    try {
      bytes = new Uint8Array(await file.arrayBuffer());
    } catch (problem) {
      throw new Error("could not be read; a folder must be opened and its files dropped");
    }
    if (T.png.is(bytes)) return { said: T.png.read(bytes), picture: true };
    const kind = KINDS.find(([begins]) => begins.every((byte, i) => bytes[i] === byte)),
      said = kind ? null : text(bytes);
    if (said === null) throw new Error(kind ? kind[1] : "neither a text nor a picture of a game");
    return { said, picture: false };
  }

  /* The games of a file as lines "name: code": {lines, problems: [says]}. The name is the one beside the code; else,
   * where the file holds one game, the file's. */
  async function read(file, spec) {
    const { said, picture } = await opened(file),
      { found } = T.received.codes(said),
      named = new Map(), // code -> name
      problems = new Set();
    for (const { name, code } of found) {
      try {
        T.codes.decode(code, spec.designs, spec.fingerprint);
        named.set(code, named.get(code) || (picture ? "" : name));
      } catch (problem) {
        problems.add(problem.message);
      }
    }
    if (!found.length)
      throw new Error(
        picture
          ? "a picture without a code; mail and chat may have taken it out: ask for the code itself"
          : T.received.LOG.test(said)
            ? "a log without its code: export it again from the game"
            : "holds no code",
      );
    const stem = file.name.replace(/\.[^.]*$/, ""),
      whose = named.size === 1 && !OURS.test(stem) ? T.received.clean(stem) : "";
    const lines = [...named].map(([code, name]) => (name || whose ? `${name || whose}: ${code}` : code));
    return { lines, problems: [...problems] };
  }

  /* Many files -> {lines, problems: [{file, says}]}, in their order. */
  async function all(files, spec) {
    const lines = [],
      problems = [];
    for (const file of files) {
      try {
        const one = await read(file, spec);
        lines.push(...one.lines);
        problems.push(...one.problems.map((says) => ({ file: file.name, says })));
      } catch (problem) {
        problems.push({ file: file.name, says: problem.message });
      }
    }
    return { lines, problems };
  }

  T.files = { all };
})(globalThis);
