/* A text inside a PNG: a chunk of type tEXt, a keyword and a text (PNG specification, 11.3.4). */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10],
    HEADER = 33, // bytes of the signature and the header, which comes first
    KEYWORD = "Game code"; // a reader takes the text under any other
  const letters = (text) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

  /* The cyclic redundancy check of a chunk's type and data. */
  function check(bytes) {
    let rest = -1;
    for (const byte of bytes) {
      rest ^= byte;
      for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
    }
    return ~rest >>> 0;
  }

  const is = (bytes) => SIGNATURE.every((byte, i) => bytes[i] === byte);

  /* The bytes of a PNG with a text (ASCII) in it. */
  function write(bytes, text) {
    const body = letters(`tEXt${KEYWORD}\0${text}`),
      chunk = new Uint8Array(body.length + 8),
      view = new DataView(chunk.buffer);
    view.setUint32(0, body.length - 4);
    chunk.set(body, 4);
    view.setUint32(4 + body.length, check(body));
    return new Blob([bytes.slice(0, HEADER), chunk, bytes.slice(HEADER)], { type: "image/png" });
  }

  /* All texts in a PNG, one under another; what is cut off ends them. */
  function read(bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset),
      said = [],
      word = new TextDecoder("latin1");
    for (let at = 8; at + 12 <= bytes.length; ) {
      const length = view.getUint32(at),
        type = word.decode(bytes.subarray(at + 4, at + 8));
      if (/^(tEXt|iTXt)$/.test(type)) said.push(word.decode(bytes.subarray(at + 8, at + 8 + length)));
      at += length + 12;
    }
    return said.map((text) => text.replace(/\0+/g, "\n")).join("\n");
  }

  T.png = { is, write, read };
})(globalThis);
