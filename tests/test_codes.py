"""A game's code: the same in Python and on the page, whole games back, damage rejected; the link and the QR code."""

import itertools
import re
import shutil
import subprocess

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.codes import (
    ALPHABET,
    CHECK,
    DAMAGED,
    LEFT,
    MOST_TRIES,
    OLDER,
    VERSION,
    GameCode,
    checksum,
    decode,
    encode,
    left,
    remainder,
    widths,
)
from tests.conftest import ROOT

VIEW = ROOT / "code/third_optimizer/view"
ATLAS, MARK = 2688, 0xA7C3  # designs and fingerprint of the vectors


def game_of(tries, start=1342, mode=0):
    rng = np.random.default_rng([tries, start])
    return GameCode(
        start,
        mode,
        tuple(
            (int(d), int(s))
            for d, s in zip(rng.integers(ATLAS, size=tries), rng.integers(1, 4, size=tries), strict=True)
        ),
    )


# (game, designs, fingerprint, code): once written, these never change, or the codes that people keep stop working
VECTORS = [
    (GameCode(0, 0, ()), ATLAS, MARK, "2MZ1G-000QE-SF5Z"),
    (GameCode(2687, 15, ((0, 1), (2687, 3), (2687, 1))), ATLAS, MARK, "2MZ1Z-MZR00-ZFZXY-G674V-NS"),
    (game_of(12), ATLAS, MARK, "2MZ1G-AFHGK-FWYQA-BABPM-JR3K5-TMFM5-WBXG5-XBF8F-04V8D"),
    (
        game_of(60, start=7, mode=3),
        ATLAS,
        MARK,
        "2MZ1K-01Y5F-SJ2YB-G3D3D-EBMN8-8ZZQ3-71SM8-8HMXF-4Y1MG-ZNWV6-C1XDR-F5XKV-B9MSV-BE14W-QNV8Z-MVFVX-5TPCH-"
        "V54KQ-1DN83-DE6T2-NJ1KB-QBW3E-TQRVN-QS5WA-J7PZ2-NX6FN-R5VDJ-EMRNP-HZ831-WPVKB-AXSYT-HTY3R-D3B8F-H10GZ",
    ),
    (GameCode(49, 2, ((0, 1), (49, 3))), 50, 0, "20002-RG02A-GK7BR-D9"),
    (GameCode(0, 0, ((0, 2),)), 1, 0xFFFF, "2ZZZG-00GRQ-2SKE"),
]
# The same games as the first version wrote them: readers hold such codes.
FIRST = [
    "1MZ1G-000CT-9SR3",
    "1MZ1Z-MZR00-ZFZXY-GK0Y5-72",
    "1MZ1G-AFHGK-FWYQA-BABPM-JR3K5-TMFM5-WBXG5-XBF8Z-QJDPQ",
    "1MZ1K-01Y5F-SJ2YB-G3D3D-EBMN8-8ZZQ3-71SM8-8HMXF-4Y1MG-ZNWV6-C1XDR-F5XKV-B9MSV-BE14W-QNV8Z-MVFVX-5TPCH-"
    "V54KQ-1DN83-DE6T2-NJ1KB-QBW3E-TQRVN-QS5WA-J7PZ2-NX6FN-R5VDJ-EMRNP-HZ831-WPVKB-AXSYT-HTY3R-D3B8B-F0WTN",
    "10002-RG02A-G313E-HF",
    "1ZZZG-00G33-JFEJ",
]


def letters(text):
    return text.replace("-", "")


def refused(text, designs=ATLAS, mark=MARK):
    """Why a text is none, or None."""
    try:
        decode(text, designs, mark)
    except ValueError as problem:
        return str(problem)
    return None


@pytest.fixture(scope="module")
def script(browser):
    """The page's script, without a page."""
    page = browser.new_page()
    page.add_script_tag(path=VIEW / "dom.js")
    page.add_script_tag(path=VIEW / "vendor/qrcode/qrcode.js")
    page.add_script_tag(path=VIEW / "game/codes.js")
    yield page
    page.close()


PUT = """cases => cases.map(([start, mode, tries, designs, mark]) => {
  try { return ThirdOptimizer.codes.encode({ start, mode, tries }, designs, mark); } catch (error) { return "Error: " + error.message; } })"""
GET = """cases => cases.map(([text, designs, mark]) => {
  try { const { start, mode, tries } = ThirdOptimizer.codes.decode(text, designs, mark); return [start, mode, tries]; } catch (error) { return error.message; } })"""


def plain(game):
    return [game.start, game.mode, [list(one) for one in game.tries]]


# --- the code ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("game", "designs", "mark", "text"), VECTORS)
def test_a_game_comes_back_from_its_code(game, designs, mark, text):
    made = encode(game, designs, mark)
    assert made == text
    assert decode(made, designs, mark) == game
    assert all(1 <= len(group) <= 5 for group in made.split("-")) and set(made) <= set(ALPHABET + "-")


def test_codes_of_the_first_version_are_read_for_ever(script):
    cases = [(text, designs, mark) for (_, designs, mark, _), text in zip(VECTORS, FIRST, strict=True)]
    assert [decode(*case) for case in cases] == [game for game, *_ in VECTORS]
    assert script.evaluate(GET, cases) == [plain(game) for game, *_ in VECTORS]


def test_the_page_makes_and_reads_the_same_codes(script):
    rng = np.random.default_rng(2)
    cases = [(game, designs, mark) for game, designs, mark, _ in VECTORS]
    for designs in (1, 2, 50, 168, 341, 342, 1000, 1366, 2688, 4096, 4097, 100_000):
        for tries in (0, 1, 2, 3, 12, 59, 60):
            game = GameCode(
                int(rng.integers(designs)),
                int(rng.integers(16)),
                tuple((int(rng.integers(designs)), int(rng.integers(1, 4))) for _ in range(tries)),
            )
            cases.append((game, designs, int(rng.integers(1 << 16))))
    made = [encode(*case) for case in cases]
    assert script.evaluate(PUT, [[*plain(game), designs, mark] for game, designs, mark in cases]) == made
    assert script.evaluate(
        GET, [[text, designs, mark] for text, (_, designs, mark) in zip(made, cases, strict=True)]
    ) == [plain(game) for game, _, _ in cases]


def test_a_code_of_twelve_tries_has_45_characters():
    assert [len(letters(encode(game_of(n), ATLAS, MARK))) for n in (0, 1, 12, 60)] == [14, 16, 45, 170]


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_game_comes_back(data):
    designs = data.draw(st.integers(1, 100_000))
    number = st.integers(0, designs - 1)
    game = GameCode(
        data.draw(number),
        data.draw(st.integers(0, 15)),
        tuple(data.draw(st.lists(st.tuples(number, st.integers(1, 3)), max_size=MOST_TRIES))),
    )
    mark = data.draw(st.integers(0, 0xFFFF))
    assert decode(encode(game, designs, mark), designs, mark) == game


def test_a_code_may_be_written_as_people_write():
    game = next(g for g in map(game_of, range(1, 60)) if {"0", "1"} <= set(letters(encode(g, ATLAS, MARK))[1:]))
    text = encode(game, ATLAS, MARK)
    for written in (
        text.lower(),
        text.replace("-", ""),
        text.replace("-", " "),
        f"  {text}\r\n",
        text.replace("-", "\u2011"),
        text.replace("-", " \u2013 "),
        text.replace("0", "O"),
        text.replace("0", "o").replace("1", "I"),
        text.replace("1", "l"),
        text.replace("1", "L"),
        text.replace("1", "i"),
    ):
        assert decode(written, ATLAS, MARK) == game


def of_values(values):
    return "".join(ALPHABET[v] for v in (*values, *checksum(values)))


def values_of(text):
    return [ALPHABET.index(c) for c in letters(text)][:-CHECK]


TWELVE = encode(game_of(12), ATLAS, MARK)
HEAD = values_of(TWELVE)[:5]
REFUSED = [
    ("", "empty: there is no code here"),
    (" - \n", "empty: there is no code here"),
    ("1MY6U", 'character 5 is "U"; a code is made of digits and letters, without U'),
    ("ab-c!", 'character 5 is "!"; a code is made of digits and letters, without U'),
    ("<script>", 'character 1 is "<"; a code is made of digits and letters, without U'),
    ("1M\u00dc", "character 3 is U+00DC; a code is made of digits and letters, without U"),
    ("1M\u202e60", "character 3 is U+202E; a code is made of digits and letters, without U"),
    ("1M\U0001f600", "character 3 is U+1F600; a code is made of digits and letters, without U"),
    (
        "1\u0131\u017f",
        "character 2 is U+0131; a code is made of digits and letters, without U",
    ),  # what upper() would make I and S
    ("1MY6", "too short: 4 characters, a code has 12 or more"),
    (TWELVE[:-9], DAMAGED),
    (TWELVE + "0", DAMAGED),
    (TWELVE + TWELVE, DAMAGED),
    (encode(game_of(12), ATLAS, 0x0012), "made with another atlas: the code's is 0012, this page's A7C3"),
    (encode(GameCode(4, 0, ()), 50, 0x0012), "made with another atlas: the code's is 0012, this page's A7C3"),
    (
        of_values([3, *values_of(TWELVE)[1:]]),
        "made by a newer version of the game: the code's version is 3, this page reads 2",
    ),
    (of_values([31] * 300), "made by a newer version of the game: the code's version is 31, this page reads 2"),
    (of_values([0, *values_of(TWELVE)[1:]]), DAMAGED),
    (of_values([*HEAD, 31, 31, 0]), "design 4092 is not in this atlas, which numbers them from 0 to 2687"),
    (of_values([*HEAD, 0, 0, 7, 31, 31, 24]), DAMAGED),  # no whole number of characters for one try
    (of_values([*HEAD, 0, 0, 7, 31, 31]), "design 2730 is not in this atlas, which numbers them from 0 to 2687"),
    (of_values([*HEAD, 0, 0, 1]), DAMAGED),  # what fills the last character up is not zero
    (of_values([*HEAD, *[0] * 161]), DAMAGED),  # 61 tries
    (of_values([*HEAD, 0]), DAMAGED),
]


@pytest.mark.parametrize(("text", "why"), REFUSED)
def test_what_is_no_code_is_refused_with_the_reason(text, why):
    assert refused(text) == why


def test_the_page_refuses_with_the_same_words(script):
    assert script.evaluate(GET, [[text, ATLAS, MARK] for text, _ in REFUSED]) == [why for _, why in REFUSED]


@pytest.mark.parametrize(
    ("game", "designs", "mark", "why"),
    [
        (GameCode(2688, 0, ()), ATLAS, MARK, "start must be a whole number from 0 to 2687, got 2688"),
        (GameCode(0, 16, ()), ATLAS, MARK, "mode must be a whole number from 0 to 15, got 16"),
        (GameCode(0, 0, ((0, 4),)), ATLAS, MARK, "seed must be a whole number from 1 to 3, got 4"),
        (GameCode(0, 0, ((-1, 1),)), ATLAS, MARK, "design must be a whole number from 0 to 2687, got -1"),
        (
            GameCode(0, 0, ((0, 1),) * 61),
            ATLAS,
            MARK,
            "the number of tries must be a whole number from 0 to 60, got 61",
        ),
        (GameCode(0, 0, ()), ATLAS, 65536, "fingerprint must be a whole number from 0 to 65535, got 65536"),
        (GameCode(0, 0, ()), 0, MARK, "designs must be a whole number from 1 to 100000, got 0"),
        (GameCode(1.5, 0, ()), ATLAS, MARK, "start must be a whole number from 0 to 2687, got 1.5"),
    ],
)
def test_a_game_outside_the_ranges_gets_no_code(script, game, designs, mark, why):
    with pytest.raises(ValueError, match=f"^{re.escape(why)}$"):
        encode(game, designs, mark)
    assert script.evaluate(PUT, [[*plain(game), designs, mark]]) == ["Error: " + why]


# --- damage: what is guaranteed ------------------------------------------------------------------------


def syndromes(length):
    """(places, 31) integers: what changing the character at a place by XOR 1..31 does to what the whole code leaves."""
    length += CHECK
    zero = remainder([0] * length)
    return np.array(
        [
            [remainder([change if at == place else 0 for at in range(length)]) ^ zero for change in range(1, 32)]
            for place in range(length)
        ]
    )


def test_the_checksum_is_that_of_bip_350():
    letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"  # its first test vector, and that of BIP 173 before it
    assert remainder([3, 0, 1, *map(letters.index, "lqfn3a")]) == LEFT == left(VERSION)  # A1LQFN3A
    assert remainder([3, 0, 1, *map(letters.index, "2uel5l")]) == left(1) == 1  # A12UEL5L


def test_no_three_changes_anywhere_pass_the_checksum():
    """For every length up to the longest code, whatever its text: the checksum is linear, so a change passes if its syndromes cancel.

    One and two changes are part of it (so is a swap of any two characters, which is two changes).
    """
    single = syndromes(164)
    assert len(set(single.ravel())) == single.size and (single != 0).all()  # one change, two changes
    known = np.sort(single.ravel())
    for i, j in itertools.combinations(
        range(len(single)), 2
    ):  # three: two of them look like one. Scaled so that the first is 1
        pair = single[i, 0] ^ single[j]
        at = np.searchsorted(known, pair).clip(max=len(known) - 1)
        assert not (known[at] == pair).any(), (i, j)
    # a version read as the older one, whose codes leave another number, and none, one or two changes more
    as_older = single[0][(VERSION ^ 1) - 1] ^ LEFT ^ OLDER[1]
    others = np.unique(single[1:])
    assert as_older and as_older not in others and not np.isin(others ^ as_older, others).any()


def test_zeros_before_the_last_character_are_noticed(script):
    """As many as make another count of tries. The checksum of the first version let them pass after a last 1 (BIP 350)."""
    texts = [letters(encode(game_of(3, start=start), ATLAS, MARK)) for start in range(400)]
    assert any(text.endswith("1") for text in texts)
    longer = [text[:-1] + "0" * zeros + text[-1] for text in texts for zeros in range(1, 30)]
    assert [text for text in longer if not refused(text)] == []
    assert (
        script.evaluate(
            "texts => texts.some((text) => ThirdOptimizer.codes.isCode(text))", [t for t in longer if t.endswith("01")]
        )
        is False
    )


DAMAGE = [encode(game, designs, mark) for game, designs, mark, _ in VECTORS[:4]]


@pytest.mark.parametrize("text", DAMAGE, ids=["none", "3 tries", "12 tries", "60 tries"])
def test_damage_of_one_character_is_always_rejected(text):
    """Guaranteed: one changed, any two swapped (the checksum), one missing or one too many (no count of tries has that length)."""
    text = letters(text)
    for i, character in enumerate(text):
        for other in ALPHABET:
            if other != character:
                assert refused(text[:i] + other + text[i + 1 :])
            assert refused(text[:i] + other + text[i:])
        assert refused(text[:i] + text[i + 1 :])
    for i, j in itertools.combinations(range(len(text)), 2):
        if text[i] != text[j] and (j == i + 1 or len(text) < 60):
            assert refused(text[:i] + text[j] + text[i + 1 : j] + text[i] + text[j + 1 :])


def test_one_missing_character_never_makes_another_count():
    for designs in range(1, 5000):
        start, one = widths(designs)
        assert one >= 10 and 1 << one >= 3 * designs and 1 << start >= designs
    for designs in (1, 50, 341, 342, 2688, 100_000):
        lengths = {-(-(widths(designs)[0] + n * widths(designs)[1]) // 5) for n in range(61)}
        assert len(lengths) == 61 and not lengths & {length + 1 for length in lengths}


def test_damage_on_the_page_is_rejected_too(script):
    text = letters(TWELVE)
    damaged = [text[:i] + other + text[i + 1 :] for i in range(len(text)) for other in ALPHABET if other != text[i]]
    damaged += [
        text[:i] + text[i + 1] + text[i] + text[i + 2 :] for i in range(len(text) - 1) if text[i] != text[i + 1]
    ]
    damaged += [text[:i] + text[i + 1 :] for i in range(len(text))]
    said = script.evaluate(GET, [[one, ATLAS, MARK] for one in damaged])
    assert said == [refused(one) for one in damaged] and all(isinstance(one, str) for one in said)


# --- damage: what is only likely -----------------------------------------------------------------------


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=ALPHABET, min_size=14, max_size=180))
@example("0" * 45)
@example("Z" * 45)
def test_random_characters_are_rejected(text):
    """Likely, not certain: of texts of the right length one in 2^30 has a checksum that fits, and of those one in 2^21 this version and atlas."""
    assert refused(text)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80))
@example("\ud800")
def test_any_text_is_rejected_without_another_error(text):
    assert refused(text)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_heavy_damage_is_rejected(data):
    """Likely: four characters and more, parts that change places. Once in 2^30 the checksum fits all the same."""
    text = letters(TWELVE)
    a, b, c = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=3, max_size=3)))
    moved = text[:a] + text[b:c] + text[a:b] + text[c:]
    junk = data.draw(st.text(alphabet=ALPHABET, min_size=4, max_size=20))
    replaced = text[:a] + junk + text[a + len(junk) :]
    for other in {moved, replaced} - {text}:
        assert refused(other)


# --- link --------------------------------------------------------------------------------------------


def test_a_link_leads_back_to_the_code(browser):
    page = browser.new_page()
    page.route(
        "http://class.example/**", lambda route: route.fulfill(body="<!doctype html><p>game", content_type="text/html")
    )
    page.goto("http://class.example/book/game.html?token=secret#old")
    page.add_script_tag(path=VIEW / "game/codes.js")
    link = page.evaluate("code => ThirdOptimizer.codes.link(code)", TWELVE)
    assert link == f"http://class.example/book/game.html#g={TWELVE}"  # not what else the address held
    for fragment, found in (
        (f"#g={TWELVE}", TWELVE),
        ("#g=AB%20C", "AB C"),
        ("#g=%", "%"),
        ("#g=", None),
        ("", None),
        ("#chart~g=1", None),
    ):
        page.evaluate("hash => { location.hash = hash; }", fragment)
        assert page.evaluate("ThirdOptimizer.codes.fromHash()") == found
    page.evaluate("globalThis.ThirdOptimizerInNotebook = true")
    assert page.evaluate("ThirdOptimizer.codes.link('1')") is None
    page.close()


def test_a_file_has_no_link(browser, tmp_path):
    (tmp_path / "game.html").write_text("<!doctype html><p>game")
    page = browser.new_page()
    page.goto((tmp_path / "game.html").as_uri() + f"#g={TWELVE}")
    page.add_script_tag(path=VIEW / "game/codes.js")
    assert page.evaluate("ThirdOptimizer.codes.link('1')") is None
    assert page.evaluate("ThirdOptimizer.codes.fromHash()") == TWELVE
    assert page.evaluate("ThirdOptimizer.codes.qr('1')") is None  # the library is not there
    page.close()


# --- QR code -------------------------------------------------------------------------------------------

FINDER = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"]
LINK = f"https://class.example/book/10_be_the_meta_optimizer.html#g={TWELVE}"


def modules(script, text):
    """The rows of a QR code, read back from its path."""
    size, path = script.evaluate(
        """text => { const svg = ThirdOptimizer.codes.qr(text);
      return [svg.viewBox.baseVal.width, svg.querySelector("path").getAttribute("d")]; }""",
        text,
    )
    rows = np.zeros((size, size), int)
    for x, y, across, back in re.findall(r"M(\d+) (\d+)h(\d+)v1H(\d+)z", path):
        assert x == back
        rows[int(y), int(x) : int(x) + int(across)] += 1
    assert (
        rows.max() == 1
        and not rows[:4].any()
        and not rows[-4:].any()
        and not rows[:, :4].any()
        and not rows[:, -4:].any()
    )
    return ["".join(map(str, row)) for row in rows[4:-4, 4:-4].tolist()]


@pytest.mark.parametrize("text", [TWELVE, LINK])
def test_a_qr_code_has_its_three_corners_and_its_rulers(script, text):
    rows = modules(script, text)
    assert [row[:7] for row in rows[:7]] == [row[-7:] for row in rows[:7]] == [row[:7] for row in rows[-7:]] == FINDER
    ruler = "".join("10"[i % 2] for i in range(8, len(rows) - 8))
    assert rows[6][8:-8] == "".join(row[6] for row in rows[8:-8]) == ruler


def test_a_code_alone_takes_the_small_alphabet(script):
    assert len(modules(script, TWELVE)) == 29 and len(modules(script, TWELVE.lower())) > 29
    assert modules(script, TWELVE) != modules(script, TWELVE[:-1] + ("0" if TWELVE[-1] != "0" else "1"))
    assert modules(script, TWELVE) == modules(script, TWELVE)


def test_a_qr_code_is_a_labelled_picture_black_on_white(script):
    told = script.evaluate(
        """texts => texts.map((text) => { const svg = ThirdOptimizer.codes.qr(text);
      return [svg.getAttribute("role"), svg.getAttribute("aria-label"), [...svg.children].map((e) => [e.tagName, e.getAttribute("fill")])]; })""",
        [TWELVE, LINK],
    )
    drawn = [["rect", "#fff"], ["path", "#000"]]
    assert told == [["img", "QR code of the game's code", drawn], ["img", "QR code of the game's link", drawn]]
    with pytest.raises(Exception, match=re.escape("a QR code holds up to about 2,300 characters, got 4000")):
        script.evaluate("ThirdOptimizer.codes.qr('a'.repeat(4000))")


@pytest.mark.skipif(not shutil.which("zbarimg"), reason="no reader of QR codes here (Debian: zbar-tools)")
@pytest.mark.parametrize("text", [TWELVE, LINK, encode(game_of(60), ATLAS, MARK)])
def test_a_reader_reads_it(script, tmp_path, text):
    script.evaluate("text => document.body.replaceChildren(ThirdOptimizer.codes.qr(text))", text)
    script.locator("svg.t3-qr").screenshot(path=tmp_path / "qr.png")
    read = subprocess.run(
        ["zbarimg", "--quiet", "--raw", tmp_path / "qr.png"], capture_output=True, text=True, check=True
    )
    assert read.stdout.rstrip("\n") == text
