"""Numbers as readers type them; numbers.js reads the same, and one table of cases holds both.

Read are 0.5 and 0,5, 12 000 and 1,024.5, fractions, powers (10^-3, 10⁻³, 1e−3), roots, π and per cent. What people in
different countries read in different ways is asked for again, not guessed.
"""

import math
import re
import unicodedata

LONGEST = 60  # characters
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-", "⁺")
VULGAR = "[¼-¾⅐-⅞]"  # half, quarter, ... as one character
TWO_WAYS = re.compile("(^|[^0-9.,])([1-9][0-9]{0,2}),([0-9]{3})(?![0-9.,])")
TOKEN = re.compile(r" *(?:([0-9.,'’_]+(?:e[+-]?[0-9]+)?)|(sqrt|√)|(pi|π)|([-+*/^()]))")


def _plain(text):
    """Minus, times, roots and spaces as one kind each; a raised number as a power."""
    text = re.sub("[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda raised: "^" + raised[0].translate(RAISED), text)
    text = unicodedata.normalize("NFKC", re.sub(f"([0-9])({VULGAR})", r"\1 \2", text)).lower()
    for likes, one in (("[−–‒—]", "-"), ("[⁄∕÷]", "/"), (r"\*\*", "^"), (r"[×·⋅∙]|x(?= ?10\^)", "*")):
        text = re.sub(likes, one, text)
    return re.sub(r"^[=≈~]\s*", "", text.strip())


def _numeral(text):
    """A row of digits with its points, commas and signs between thousands."""
    digits, e, power = text.partition("e")
    read = re.sub(r"^([0-9]{1,3}(?:['’_][0-9]{3})+)(?![0-9'’_])", lambda groups: re.sub("['’_]", "", groups[0]), digits)
    if re.fullmatch(r"[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]*)?", read):
        read = read.replace(",", "")
    elif re.fullmatch(r"[1-9][0-9]{0,2}(\.[0-9]{3})+,[0-9]+|[1-9][0-9]{0,2}(\.[0-9]{3}){2,}", read):
        read = read.replace(".", "").replace(",", ".")
    elif re.fullmatch("[0-9]*,[0-9]*", read):
        read = read.replace(",", ".")
    if not re.fullmatch(r"[0-9]+\.?[0-9]*|\.[0-9]+", read):
        raise ValueError(text)
    return float(read + e + power)


def _formula(text):
    """One stroke at most, and nothing after what is below it: 1/2/3 and 1/2·3 are read in two ways. 1 1/2 is mixed."""
    mixed = re.fullmatch(r"([+-]?)([0-9]+) ([0-9]+)/([0-9]+)", text)
    if mixed:
        sign, whole, above, below = mixed.groups()
        return float(sign + "1") * (float(whole) + float(above) / float(below))
    tokens, at = [], 0
    while at < len(text):
        found = TOKEN.match(text, at)
        if not found:
            raise ValueError(text)
        at = found.end()
        tokens.append(found[1] or (found[2] and "√") or (found[3] and "π") or found[4])

    def take(*wanted):
        return tokens.pop(0) if tokens and tokens[0] in wanted else None

    def sign():
        return -1 if take("-", "+") == "-" else 1

    def atom():
        if take("√"):
            return math.sqrt(atom())
        if take("π"):
            return math.pi
        if take("("):
            inside = signed()
            if not take(")"):
                raise ValueError(text)
            return inside
        return _numeral(tokens.pop(0) if tokens else "")

    def power():
        base = atom()
        return math.pow(base, sign() * atom()) if take("^") else base

    def signed():
        direction, value = sign(), power()
        while take("*") or tokens[:1] in (["√"], ["π"]):
            value *= power()
        return direction * (value / power() if take("/") else value)

    value = signed()
    if tokens:
        raise ValueError(text)
    return value


def read_number(text, in_percent=False):
    """A reader's text as a float. in_percent: the answer is asked for in per cent, so 27% is 27 and not 0.27.

    Raises ValueError with a sentence on what to type instead.
    """
    said = _plain(text)
    percent = re.search(r"\s*(%|per ?cent)$", said)
    if percent:
        said = said[: percent.start()]
    said = re.sub(
        "(^|[^0-9.,])([0-9]{1,3}(?: [0-9]{3})+)(?![0-9])", lambda groups: re.sub("([0-9]) ", r"\1", groups[0]), said
    )
    if not said:
        raise ValueError("Type a number first, such as 0.5 or 1/2.")
    two_ways = TWO_WAYS.search(said)
    if two_ways:
        whole, part = two_ways[2] + two_ways[3], f"{two_ways[2]}.{two_ways[3]}"
        raise ValueError(
            f"{two_ways[2]},{two_ways[3]} is {whole} to some and {part} to others: type {whole} or {part}."
        )
    value = math.nan
    try:
        if len(said) <= LONGEST:
            value = _formula(said)
    except (ValueError, ArithmeticError):
        pass
    if not math.isfinite(value):
        raise ValueError(f"“{text.strip()}” is not read as a number here: type one such as 0.5, 1/2, 10^-3, √2 or 27%.")
    return value / 100 if percent and not in_percent else value
