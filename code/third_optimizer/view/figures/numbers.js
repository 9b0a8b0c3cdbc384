/* Numbers as readers type them; numbers.py reads the same, and one table of cases holds both.
 *
 * Read are 0.5 and 0,5, 12 000 and 1,024.5, fractions, powers (10^-3, 10⁻³, 1e−3), roots, π and per cent. What people
 * in different countries read in different ways is asked for again, not guessed.
 */
(function (root) {
  "use strict";
  const T = (root.ThirdOptimizer = root.ThirdOptimizer || {});
  const LONGEST = 60, // characters
    RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹",
    VULGAR = "[¼-¾⅐-⅞]"; // half, quarter, ... as one character
  const TWO_WAYS = /(^|[^0-9.,])([1-9][0-9]{0,2}),([0-9]{3})(?![0-9.,])/;
  const TOKEN = / *(?:([0-9.,'’_]+(?:e[+-]?[0-9]+)?)|(sqrt|√)|(pi|π)|([-+*/^()]))/y;

  /* Minus, times, roots and spaces as one kind each; a raised number as a power. */
  function plain(text) {
    return text
      .replace(/[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+/g, (raised) =>
        [...raised].reduce((said, c) => said + ({ "⁺": "", "⁻": "-" }[c] ?? RAISED.indexOf(c)), "^"),
      )
      .replace(new RegExp(`([0-9])(${VULGAR})`, "g"), "$1 $2")
      .normalize("NFKC")
      .toLowerCase()
      .replace(/[−–‒—]/g, "-")
      .replace(/[⁄∕÷]/g, "/")
      .replace(/\*\*/g, "^")
      .replace(/[×·⋅∙]|x(?= ?10\^)/g, "*")
      .trim()
      .replace(/^[=≈~]\s*/, "");
  }

  /* A row of digits with its points, commas and signs between thousands. */
  function numeral(text) {
    const [digits, power] = text.split("e");
    let read = digits.replace(/^[0-9]{1,3}(?:['’_][0-9]{3})+(?![0-9'’_])/, (groups) => groups.replace(/['’_]/g, ""));
    if (/^[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]*)?$/.test(read)) read = read.replaceAll(",", "");
    else if (/^[1-9][0-9]{0,2}(\.[0-9]{3})+,[0-9]+$|^[1-9][0-9]{0,2}(\.[0-9]{3}){2,}$/.test(read))
      read = read.replaceAll(".", "").replace(",", ".");
    else if (/^[0-9]*,[0-9]*$/.test(read)) read = read.replace(",", ".");
    if (!/^([0-9]+\.?[0-9]*|\.[0-9]+)$/.test(read)) throw new Error(text);
    return Number(power === undefined ? read : `${read}e${power}`);
  }

  /* One stroke at most, and nothing after what is below it: 1/2/3 and 1/2·3 are read in two ways. 1 1/2 is mixed. */
  function formula(text) {
    const mixed = /^([+-]?)([0-9]+) ([0-9]+)\/([0-9]+)$/.exec(text);
    if (mixed) return Number(mixed[1] + 1) * (Number(mixed[2]) + mixed[3] / mixed[4]);
    const tokens = [];
    for (TOKEN.lastIndex = 0; TOKEN.lastIndex < text.length; ) {
      const found = TOKEN.exec(text);
      if (!found) throw new Error(text);
      tokens.push(found[1] ?? (found[2] ? "√" : found[3] ? "π" : found[4]));
    }
    const take = (...wanted) => (wanted.includes(tokens[0]) ? tokens.shift() : null);
    const sign = () => (take("-", "+") === "-" ? -1 : 1);
    function atom() {
      if (take("√")) return Math.sqrt(atom());
      if (take("π")) return Math.PI;
      if (take("(")) {
        const inside = signed();
        if (!take(")")) throw new Error(text);
        return inside;
      }
      return numeral(tokens.shift() ?? "");
    }
    function power() {
      const base = atom();
      return take("^") ? base ** (sign() * atom()) : base;
    }
    function signed() {
      const direction = sign();
      let value = power();
      while (take("*") || ["√", "π"].includes(tokens[0])) value *= power();
      return direction * (take("/") ? value / power() : value);
    }
    const value = signed();
    if (tokens.length) throw new Error(text);
    return value;
  }

  /* A reader's text as a number. inPercent: the answer is asked for in per cent, so 27% is 27 and not 0.27. An Error
   * says what to type instead. */
  function readNumber(text, inPercent = false) {
    let said = plain(text);
    const percent = /\s*(%|per ?cent)$/.exec(said);
    if (percent) said = said.slice(0, percent.index);
    const grouped = /(^|[^0-9.,])([0-9]{1,3}(?: [0-9]{3})+)(?![0-9])/g;
    said = said.replace(grouped, (groups) => groups.replace(/([0-9]) /g, "$1"));
    if (!said) throw new Error("Type a number first, such as 0.5 or 1/2.");
    const twoWays = TWO_WAYS.exec(said);
    if (twoWays) {
      const [typed, whole, part] = [",", "", "."].map((mark) => twoWays[2] + mark + twoWays[3]);
      throw new Error(`${typed} is ${whole} to some and ${part} to others: type ${whole} or ${part}.`);
    }
    let value = NaN;
    try {
      if (said.length <= LONGEST) value = formula(said);
    } catch (problem) {
      /* said below, with what can be typed */
    }
    if (!Number.isFinite(value))
      throw new Error(`“${text.trim()}” is not read as a number here: type one such as 0.5, 1/2, 10^-3, √2 or 27%.`);
    return percent && !inPercent ? value / 100 : value;
  }

  T.readNumber = readNumber;
})(globalThis);
