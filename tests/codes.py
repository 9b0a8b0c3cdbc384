"""A game's code as view/game/codes.js describes it, again in Python: both pass the same test vectors."""

from dataclasses import dataclass

from third_optimizer.meta.codes import MODES

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
VALUES = (
    {c: i for i, letter in enumerate(ALPHABET) for c in (letter, letter.lower())}
    | dict.fromkeys("Oo", 0)
    | dict.fromkeys("IiLl", 1)
)
# text programs turn hyphens into their likes, mail and chat put in spaces that nobody sees
IGNORED = set("- \t\r\n\u00a0\u00ad\u200b\u2010\u2011\u2012\u2013\u2014\u2060\u2212\ufeff")
VERSION, SEEDS, MOST_TRIES, GROUP = 2, 3, 60, 5
HEAD, CHECK = 5, 6  # characters
# The checksum of Bitcoin's addresses (BIP 350), a BCH code over 32 symbols. It notices every change of up to three
# characters, so also any two that change places; other damage passes once in 2^30 times. What it leaves was 1 in the
# first version (BIP 173), and zeros before a last 1 were not noticed.
OLDER, LEFT = {1: 1}, 0x2BC830A3
GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
DAMAGED = "damaged: a character is wrong, missing, or in the place of another"


@dataclass(frozen=True)
class GameCode:
    """start: number of a design. mode: how the game was played, 0 to 15. tries: ((design, seed), ...)."""

    start: int
    mode: int
    tries: tuple


def widths(designs):
    """Bits of a start and of a try. Ten or more for a try: then a character too few or too many never makes another count."""
    return max(1, (designs - 1).bit_length()), max(10, (SEEDS * designs - 1).bit_length())


def remainder(values):
    """What the BCH code leaves of values from 0 to 31: 30 bits."""
    rest = 1
    for value in values:
        top = rest >> 25
        rest = (rest & 0x1FFFFFF) << 5 ^ value
        for i, generator in enumerate(GENERATOR):
            if top >> i & 1:
                rest ^= generator
    return rest


def left(version):
    """What a whole code of a version leaves."""
    return OLDER.get(version, LEFT)


def checksum(values):
    """Six values from 0 to 31; the first of `values` is the version."""
    rest = remainder((*values, *[0] * CHECK)) ^ left(values[0])
    return [rest >> 5 * (CHECK - 1 - i) & 31 for i in range(CHECK)]


def encode(game, designs, fingerprint):
    """The code of a GameCode over an atlas of `designs` designs; ValueError names what is out of range."""

    def demand(what, value, low, high):
        if not (isinstance(value, int) and low <= value <= high):
            raise ValueError(f"{what} must be a whole number from {low} to {high}, got {value}")
        return value

    for_start, for_try = widths(demand("designs", designs, 1, 100_000))
    bits = []

    def put(value, width):
        bits.extend(value >> i & 1 for i in reversed(range(width)))

    put(VERSION, 5)
    put(demand("fingerprint", fingerprint, 0, 0xFFFF), 16)
    put(demand("mode", game.mode, 0, MODES - 1), 4)
    put(demand("start", game.start, 0, designs - 1), for_start)
    demand("the number of tries", len(game.tries), 0, MOST_TRIES)
    for design, seed in game.tries:
        put(SEEDS * demand("design", design, 0, designs - 1) + demand("seed", seed, 1, SEEDS) - 1, for_try)
    put(0, -len(bits) % 5)
    values = [int("".join(map(str, bits[i : i + 5])), 2) for i in range(0, len(bits), 5)]
    text = "".join(ALPHABET[value] for value in values + checksum(values))
    return "-".join(text[i : i + GROUP] for i in range(0, len(text), GROUP))


def read(text):
    """The characters of a code as values from 0 to 31."""
    values = []
    for place, character in enumerate(text, 1):
        if character in IGNORED:
            continue
        if character not in VALUES:
            name = f'"{character}"' if "!" <= character <= "~" else f"U+{ord(character):04X}"
            raise ValueError(f"character {place} is {name}; a code is made of digits and letters, without U")
        values.append(VALUES[character])
    return values


def decode(text, designs, fingerprint):
    """The GameCode of a text; ValueError says why if it is none of this atlas."""
    values = read(text)
    if not values:
        raise ValueError("empty: there is no code here")
    if len(values) < HEAD + 1 + CHECK:
        raise ValueError(f"too short: {len(values)} characters, a code has {HEAD + 1 + CHECK} or more")
    if remainder(values) != left(values[0]):
        raise ValueError(DAMAGED)
    bits = [value >> i & 1 for value in values[:-CHECK] for i in reversed(range(5))]
    at = 0

    def take(width):
        nonlocal at
        at += width
        return int("".join(map(str, bits[at - width : at])), 2)

    version = take(5)
    if version > VERSION:
        raise ValueError(
            f"made by a newer version of the game: the code's version is {version}, this page reads {VERSION}"
        )
    if version < 1:
        raise ValueError(DAMAGED)
    made_with = take(16)
    if made_with != fingerprint:
        raise ValueError(f"made with another atlas: the code's is {made_with:04X}, this page's {fingerprint:04X}")
    mode = take(4)
    for_start, for_try = widths(designs)
    count, over = divmod(len(bits) - at - for_start, for_try)
    if not 0 <= count <= MOST_TRIES or over >= 5 or any(bits[len(bits) - over :]):
        raise ValueError(DAMAGED)
    start, tries = take(for_start), [divmod(take(for_try), SEEDS) for _ in range(count)]
    for design in (start, *(design for design, _ in tries)):
        if design >= designs:
            raise ValueError(f"design {design} is not in this atlas, which numbers them from 0 to {designs - 1}")
    return GameCode(start, mode, tuple((design, seed + 1) for design, seed in tries))
