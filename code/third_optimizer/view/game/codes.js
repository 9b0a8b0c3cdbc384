/* A game as a short text to pass on, as a link and as a QR code. A code holds where the game began, how it was played
 * and its tries, designs and seeds but no scores, 5 bits a character, in Crockford's base 32 (no I, L, O, U; small
 * letters, spaces and hyphens do not matter):
 *
 *   version 5 bits, fingerprint of the atlas 16, mode 4   5 characters
 *   start and tries      start, then each try as 3 * design + seed - 1, filled up with zeros
 *   checksum 30          6 characters: that of Bitcoin's addresses (BIP 350), a BCH code over 32 symbols
 *
 * How many tries there are follows from the length. A try has ten bits or more: then a character too few or too many
 * never makes another count. Codes of version 1 ended in an older checksum (BIP 173), which let zeros in before a last
 * 1; they are read as they were. tests/codes.py does the same in Python; both pass the same test vectors.
 */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const VALUES = new Map(
    [...ALPHABET].flatMap((letter, i) => [
      [letter, i],
      [letter.toLowerCase(), i],
    ]),
  );
  for (const letter of "Oo") VALUES.set(letter, 0);
  for (const letter of "IiLl") VALUES.set(letter, 1);
  // text programs turn hyphens into their likes, mail and chat put in spaces that nobody sees
  const IGNORED = new Set("- \t\r\n\u00a0\u00ad\u200b\u2010\u2011\u2012\u2013\u2014\u2060\u2212\ufeff");
  const VERSION = 2,
    SEEDS = 3,
    MOST_TRIES = 60,
    MODES = 16,
    GROUP = 5;
  const HEAD = 5,
    CHECK = 6; // characters
  const OLDER = { 1: 1 }, // version -> what its checksum leaves, where that is not
    LEFT = 0x2bc830a3; // BIP 350
  const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
  const DAMAGED = "damaged: a character is wrong, missing, or in the place of another";

  const length = (number) => (number ? 32 - Math.clz32(number) : 0);
  const widths = (designs) => [Math.max(1, length(designs - 1)), Math.max(10, length(SEEDS * designs - 1))];
  const hex = (number) => number.toString(16).toUpperCase().padStart(4, "0");

  /* What the checksum leaves of values, one value later. */
  function next(rest, value) {
    const top = rest >> 25;
    return GENERATOR.reduce(
      (sum, generator, i) => ((top >> i) & 1 ? sum ^ generator : sum),
      ((rest & 0x1ffffff) << 5) ^ value,
    );
  }

  const remainder = (values) => values.reduce(next, 1);

  const left = (version) => OLDER[version] || LEFT;

  function checksum(values) {
    const rest = remainder([...values, ...Array(CHECK).fill(0)]) ^ left(values[0]);
    return Array.from({ length: CHECK }, (_, i) => (rest >> (5 * (CHECK - 1 - i))) & 31);
  }

  const undamaged = (values) => remainder(values) === left(values[0]);

  function demand(what, value, low, high) {
    if (!(Number.isInteger(value) && value >= low && value <= high)) {
      throw new Error(`${what} must be a whole number from ${low} to ${high}, got ${value}`);
    }
    return value;
  }

  /* game: {start, mode, tries: [[design, seed], ...]} -> "1ABCD-..." */
  function encode(game, designs, fingerprint) {
    const [forStart, forTry] = widths(demand("designs", designs, 1, 100000));
    const bits = [];
    const put = (value, width) => {
      for (let i = width - 1; i >= 0; i--) bits.push((value >> i) & 1);
    };
    put(VERSION, 5);
    put(demand("fingerprint", fingerprint, 0, 0xffff), 16);
    put(demand("mode", game.mode, 0, MODES - 1), 4);
    put(demand("start", game.start, 0, designs - 1), forStart);
    demand("the number of tries", game.tries.length, 0, MOST_TRIES);
    for (const [design, seed] of game.tries)
      put(SEEDS * demand("design", design, 0, designs - 1) + demand("seed", seed, 1, SEEDS) - 1, forTry);
    while (bits.length % 5) bits.push(0);
    const values = [];
    for (let i = 0; i < bits.length; i += 5) values.push(parseInt(bits.slice(i, i + 5).join(""), 2));
    const text = [...values, ...checksum(values)].map((value) => ALPHABET[value]).join("");
    return text.match(new RegExp(`.{1,${GROUP}}`, "g")).join("-");
  }

  function read(text) {
    const values = [];
    let place = 0;
    for (const character of text) {
      place++;
      if (IGNORED.has(character)) continue;
      if (!VALUES.has(character)) {
        const name = /^[!-~]$/.test(character) ? `"${character}"` : "U+" + hex(character.codePointAt(0));
        throw new Error(`character ${place} is ${name}; a code is made of digits and letters, without U`);
      }
      values.push(VALUES.get(character));
    }
    return values;
  }

  /* The game of a code; an Error says why if the text is none of this atlas. */
  function decode(text, designs, fingerprint) {
    const values = read(text);
    if (!values.length) throw new Error("empty: there is no code here");
    if (values.length < HEAD + 1 + CHECK)
      throw new Error(`too short: ${values.length} characters, a code has ${HEAD + 1 + CHECK} or more`);
    if (!undamaged(values)) throw new Error(DAMAGED);
    const bits = values.slice(0, -CHECK).flatMap((value) => [4, 3, 2, 1, 0].map((i) => (value >> i) & 1));
    let at = 0;
    const take = (width) => parseInt(bits.slice(at, (at += width)).join(""), 2);
    const version = take(5);
    if (version > VERSION)
      throw new Error(
        `made by a newer version of the game: the code's version is ${version}, this page reads ${VERSION}`,
      );
    if (version < 1) throw new Error(DAMAGED);
    const madeWith = take(16);
    if (madeWith !== fingerprint)
      throw new Error(`made with another atlas: the code's is ${hex(madeWith)}, this page's ${hex(fingerprint)}`);
    const mode = take(4);
    const [forStart, forTry] = widths(designs);
    const room = bits.length - at - forStart,
      count = Math.floor(room / forTry),
      over = room - count * forTry;
    if (count < 0 || count > MOST_TRIES || over >= 5 || bits.slice(bits.length - over).some(Boolean))
      throw new Error(DAMAGED);
    const start = take(forStart);
    const tries = Array.from({ length: count }, () => {
      const value = take(forTry);
      return [Math.floor(value / SEEDS), (value % SEEDS) + 1];
    });
    for (const design of [start, ...tries.map((one) => one[0])]) {
      if (design >= designs)
        throw new Error(`design ${design} is not in this atlas, which numbers them from 0 to ${designs - 1}`);
    }
    return { start, mode, tries };
  }

  /* Whether pieces of text, taken one after another, are a code by now, of whatever version and atlas: a function of
   * the next piece that says true or false, and null once they can be none. */
  function pieces() {
    let rest = 1,
      count = 0,
      version = null;
    return (piece) => {
      for (const character of piece) {
        if (IGNORED.has(character)) continue;
        const value = VALUES.get(character);
        if (value === undefined) return null;
        version ??= value;
        rest = next(rest, value);
        count++;
      }
      return count > HEAD + CHECK && rest === left(version);
    };
  }

  const isCode = (text) => Boolean(pieces()(text));

  // --- link and QR code --------------------------------------------------------------------------

  /* This page's address with the code, or null where an address would be of no use to a friend: a file, a notebook. */
  function link(code) {
    if (!/^https?:$/.test(location.protocol) || root.ThirdOptimizerInNotebook) return null;
    return location.origin + location.pathname + "#g=" + code;
  }

  /* The code in this page's address, as it stands there, or null. */
  function fromHash() {
    const found = /^#g(?:=|%3d)(.+)$/i.exec(location.hash); // chats write "=" in their own way
    if (!found) return null;
    try {
      return decodeURIComponent(found[1]);
    } catch (error) {
      return found[1];
    }
  }

  /* A QR code of a code or an address (ASCII) as an SVG element: always black on white, with the quiet zone that phones
   * need. Null where the library is not on the page (in a notebook it is asked for). Dark modules are one path, a row's
   * neighbours one rectangle. */
  function qr(text) {
    if (!root.qrcode) return null;
    const picture = root.qrcode(0, "M");
    picture.addData(text, /^[0-9A-Z $%*+\-./:]+$/.test(text) ? "Alphanumeric" : "Byte"); // a bare code in small modules
    try {
      picture.make();
    } catch (error) {
      throw new Error(`a QR code holds up to about 2,300 characters, got ${text.length}`);
    }
    const QUIET = 4,
      count = picture.getModuleCount(),
      size = count + 2 * QUIET;
    let path = "";
    for (let y = 0; y < count; y++) {
      for (let x = 0; x < count; x++) {
        if (!picture.isDark(y, x)) continue;
        const from = x;
        while (x + 1 < count && picture.isDark(y, x + 1)) x++;
        path += `M${from + QUIET} ${y + QUIET}h${x + 1 - from}v1H${from + QUIET}z`;
      }
    }
    const what = /^https?:/.test(text) ? "link" : "code";
    const code = T.svg("svg", {
      class: "t3-qr",
      role: "img",
      "aria-label": `QR code of the game's ${what}`,
      viewBox: `0 0 ${size} ${size}`,
      width: 4 * size,
      height: 4 * size,
      "shape-rendering": "crispEdges",
    });
    const paper = T.svg("rect", { width: size, height: size, fill: "#fff" });
    code.append(paper, T.svg("path", { d: path, fill: "#000" }));
    return code;
  }

  T.codes = { encode, decode, isCode, pieces, link, fromHash, qr };
})(globalThis);
