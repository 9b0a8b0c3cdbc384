/* Codes as they arrive: by mail, in a chat, in a table, in a link that a mail program has wrapped into its own, several
 * in one text, with names beside them.
 */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  // "#g=" and a code, its signs perhaps written as %23 and %3D, as %2523 where a link was wrapped twice, or # as *;
  // or all signs as -23, -3D
  const LINK = /(?:(?:#|%(?:25)*23|\*)g(?:=|%(?:25)*3d)|(-23g-3D))([0-9a-z%\u2010-\u2015\u2212-]+)(?:(?!https?:)\S)*/i;
  const PIECE = /[^\s\\:=&|<>()[\]{}‹›«»"“”„‘’'`*_,;.!?…~]+/g; // what stands around a code never stands in one
  const HYPHENS = "-\u2010-\u2015\u2212";
  const GROUPS = new RegExp(`(?<![0-9a-z])[0-9a-z]{5}[${HYPHENS}][0-9a-z]{5}(?![0-9a-z])`, "i"); // so a code begins
  const LOG = /^\W*(?:try\W+seed\W|\d+"?[,;\t]"?\d+"?[,;\t])/i; // a row of the log that a game exports
  const MOMENT = "\\d{1,2}:\\d{2}(?::\\d{2})?(?:\\s?[ap]\\.?m\\.?)?",
    DAY = "\\d{1,4}[./-]\\d{1,2}[./-]\\d{1,4}";
  const WHEN = `(?:${DAY},?\\s+${MOMENT}|${MOMENT},?\\s+${DAY})`,
    STAMP = new RegExp(`^\\s*\\[?${WHEN}\\]?\\s*(?:[-–]\\s)?`, "i"); // before a chat's lines
  const ADDRESS = /[<([]?https?:\/\/[^\s<>()[\]]*[>)\]]?/gi,
    UNFINISHED = /.{40}$/, // a line so long that a mail program may have broken it
    FIRST = /^[\s>|]*(\S+)/, // a quotation's mark may begin a line
    GOES_ON = /^(?!https?:)(?=\S*(?:[/%&#?=]|\w[._-]\w))\S*[^:,;\s]$/i; // so the rest of an address looks
  const LONGEST = 250, // letters of a code, and more
    LONGEST_NAME = 40,
    BROKEN = 6; // lines over which a mail program may have broken a code or an address

  function plain(text) {
    let said = text;
    for (let i = 0; i < 3; i++)
      said = said.replace(/%([0-7][0-9a-f])/gi, (all, hex) => String.fromCharCode(parseInt(hex, 16)));
    return said;
  }

  /* The code in a link and the text around it, {before, code, after}, or null. */
  function linked(text) {
    const found = LINK.exec(text);
    if (!found) return null;
    let from = found.index;
    while (from && /\S/.test(text[from - 1])) from--;
    const address = text.slice(from, found.index),
      scheme = address.search(/(?:https?|file):\/\//i);
    return {
      before: text.slice(0, from) + address.slice(0, Math.max(scheme, 0)),
      code: plain(found[1] ? found[2].replace(/-2D/gi, "-") : found[2]),
      after: text.slice(found.index + found[0].length),
    };
  }

  /* A code of a text, whole and of whatever atlas, and the text around it; null if there is none. A code may be in
   * several pieces, and small letters, a name among them, are letters of a code too: the checksum tells. */
  function find(text) {
    const link = linked(text);
    if (link && T.codes.isCode(link.code)) return link;
    const pieces = [...text.matchAll(PIECE)];
    for (let from = 0; from < pieces.length; from++) {
      if (!/[0-9a-z]/i.test(pieces[from][0])) continue; // a dash before a code
      const whole = T.codes.pieces();
      let code = "";
      for (let to = from; to < pieces.length && code.length <= LONGEST; to++) {
        const [piece] = pieces[to],
          said = whole(piece);
        if (said === null) break;
        code += piece;
        if (!said) continue;
        const end = pieces[to].index + piece.length;
        return { before: text.slice(0, pieces[from].index), code, after: text.slice(end) };
      }
    }
    return null;
  }

  /* A text as [text, code, text, code, ..., text]. */
  function parts(text) {
    const found = find(text);
    return found ? [...parts(found.before), found.code, ...parts(found.after)] : [text];
  }

  // --- names -------------------------------------------------------------------------------------

  /* A name as it may be shown: one line, no control characters, nothing that turns the text around it. */
  function clean(name) {
    const letters = [
      ...name
        .replace(
          /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]/gu,
          "",
        )
        .trim(),
    ];
    if (!/[\p{L}\p{N}\p{P}\p{S}]/u.test(letters.join(""))) return ""; // nothing to be seen
    return letters.length > LONGEST_NAME ? letters.slice(0, LONGEST_NAME).join("") + "…" : letters.join("");
  }

  /* The text beside a code as a name. An address is none. What stands before a colon is one as it is, less a list's or
   * a quotation's mark; else what mail and chat put around a name and a code falls off at both ends. */
  function beside(text) {
    const said = text.replace(STAMP, "").replace(ADDRESS, ""),
      named = /^(.*):[^\p{L}\p{N}]*$/u.exec(said);
    if (named) return clean(named[1].replace(/^[\s>•*`,;-]+|[\s*`]+$/g, ""));
    return clean(said.replace(/^[\s\p{P}=<>`~|]+|[\s\p{P}=<>`~|]+$/gu, ""));
  }

  // --- a whole text --------------------------------------------------------------------------------

  /* What looks like a code in a line without a whole one, {name, code}, or null: what follows a link's sign or the last
   * colon, or what begins as a code does. */
  function damaged(line) {
    const link = linked(line);
    if (link) return { name: beside(link.before) || beside(link.after), code: link.code };
    const groups = GROUPS.exec(line);
    if (!groups) return null;
    const colon = line.lastIndexOf(":");
    if (colon >= 0 && colon < groups.index)
      return { name: clean(line.slice(0, colon)), code: line.slice(colon + 1).trim() };
    return { name: beside(line.slice(0, groups.index)), code: line.slice(groups.index).trim() };
  }

  /* The codes of parts with the names beside them: before each, or after each where none stands before the first. */
  function named(split) {
    const codes = split.filter((_, i) => i % 2),
      texts = split.filter((_, i) => !(i % 2));
    if (codes.every((code) => code === codes[0]))
      return [{ name: texts.map(beside).find(Boolean) || "", code: codes[0] }];
    const behind = beside(texts[0]) ? 0 : 1;
    return codes.map((code, i) => ({ name: beside(texts[i + behind]), code }));
  }

  /* Lines as one. "=" ends those that the source of a mail has wrapped; a quotation's mark may begin the next. */
  const joined = ([first, ...others]) =>
    others.reduce((one, next) => one.trimEnd().replace(/([^g])=$/i, "$1") + next.replace(/^[\s>|]+/, ""), first);

  /* A line that is a code only together with the next ones, which a mail program has broken off it: its parts, and over
   * how many lines; null if they are no code. */
  function broken(lines, i) {
    for (let over = 2; over <= BROKEN && i + over <= lines.length; over++) {
      if (!lines[i + over - 1].trim() || find(lines[i + over - 1])) return null;
      const found = find(joined(lines.slice(i, i + over)));
      if (found) return { split: [found.before, found.code, found.after], over };
    }
    return null;
  }

  /* A line with the rest of an address that a mail program has broken at its end: {text, over: how many lines}. */
  function whole(lines, i) {
    let text = lines[i],
      over = 1;
    for (; over < BROKEN && i + over < lines.length; over++) {
      const cut = /https?:\/\/\S*$/i.test(text.trimEnd()) && UNFINISHED.test(lines[i + over - 1].trimEnd()),
        next = FIRST.exec(lines[i + over]);
      if (!cut || find(text) || !next || !GOES_ON.test(next[1])) break;
      text = joined([text, lines[i + over]]);
    }
    return { text, over };
  }

  /* {found: [{line, name, code, log}], without: [lines that hold no code]} of a text. Codes may be damaged. log: the
   * line is a row of an exported log, which holds its code in every row and no name. */
  function codes(text) {
    const lines = text.split(/\r\n|[\n\r]/),
      found = [],
      without = [];
    for (let i = 0; i < lines.length; i++) {
      if (!lines[i].trim()) continue;
      const line = i + 1,
        log = LOG.test(lines[i]),
        { text, over } = log ? { text: lines[i], over: 1 } : whole(lines, i);
      let split = parts(text);
      if (split.length > 1) i += over - 1;
      else if (!log) {
        const mended = broken(lines, i);
        if (mended) [split, i] = [mended.split, i + mended.over - 1];
      }
      const some = split.length > 1 ? named(split) : [damaged(lines[i])].filter(Boolean);
      found.push(...some.map(({ name, code }) => ({ line, name: log ? "" : name, code, log })));
      if (!some.length) without.push(line);
    }
    return { found, without };
  }

  T.received = { find, codes, clean, LOG };
})(globalThis);
