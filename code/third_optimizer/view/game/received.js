/* A code as it arrives: by mail, in a chat, in a link that a mail program has wrapped into its own. */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  // "#g=" and a code, its signs perhaps written as %23 and %3D, as %2523 where a link was wrapped twice, or # as *;
  // or all signs as -23, -3D
  const LINK = /(\S*?)(?:(?:#|%(?:25)*23|\*)g(?:=|%(?:25)*3d)|(-23g-3D))([0-9a-z%\u2010-\u2015\u2212-]+)\S*/i;
  const PIECE = /[^\s\\:=&|<>()[\]{}‹›«»"“”„‘’'`*_,;.!?…~]+/g; // what stands around a code never stands in one
  const LONGEST = 250, // letters of a code, and more
    MOST_PIECES = 200,
    MOST_WRAPS = 3; // of a code over several lines

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
    const [all, address, dashed, code] = found,
      scheme = address.search(/(?:https?|file):\/\//i);
    return {
      before: text.slice(0, found.index) + address.slice(0, Math.max(scheme, 0)),
      code: plain(dashed ? code.replace(/-2D/gi, "-") : code),
      after: text.slice(found.index + all.length),
    };
  }

  /* The first code of a text, whole and of whatever atlas, and the text around it; null if there is none. A code may be
   * in several pieces, and small letters, a name among them, are letters of a code too: the checksum tells. */
  function find(text) {
    const link = linked(text);
    if (link && T.codes.isCode(link.code)) return link;
    const pieces = [...text.matchAll(PIECE)];
    if (pieces.length > MOST_PIECES) return null;
    for (let from = 0; from < pieces.length; from++) {
      let code = "";
      for (let to = from; to < pieces.length && code.length <= LONGEST; to++) {
        const [piece] = pieces[to];
        code += piece;
        if (!T.codes.isCode(code)) continue;
        return { before: text.slice(0, pieces[from].index), code, after: text.slice(pieces[to].index + piece.length) };
      }
    }
    return null;
  }

  const lines = (text) => text.split(/\r\n|[\n\r]/);

  /* The lines of a text, [{line, content}]. What is a code only together with the next lines, as mail wraps it, is one
   * line. Between them may stand a quotation's mark, and "=" where the mail's source was copied. */
  function unwrapped(text) {
    const all = lines(text),
      found = [];
    for (let i = 0; i < all.length; i++) {
      const line = i + 1;
      let content = all[i];
      if (content.trim() && !find(content)) {
        let joined = content;
        for (let to = i + 1; to <= i + MOST_WRAPS && to < all.length && all[to].trim() && !find(all[to]); to++) {
          joined = joined.trimEnd().replace(/([^g])=$/i, "$1") + all[to].replace(/^[\s>|]+/, "");
          if (!find(joined)) continue;
          [content, i] = [joined, to];
          break;
        }
      }
      found.push({ line, content });
    }
    return found;
  }

  T.received = { linked, find, lines, unwrapped };
})(globalThis);
