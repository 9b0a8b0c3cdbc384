"""The rules of the game, in Python and on the page; how a game goes on, one pure step after the other."""

import itertools
import json
import math

import numpy as np
import pytest

from tests.games import (
    GRID,
    RULES,
    board_,  # noqa: F401
    ending,
    page_script_,  # noqa: F401 (fixtures)
    state,
    uncovered,
)
from third_optimizer.meta import ATLAS_SPACE, DIALS
from third_optimizer.view.game.rules import compare, sentence, shown

# --- the rules, in Python and on the page ------------------------------------------------------------


START, WILD = state(0.0, 186.4), state(4.0, 1e30)
SAID = [
    (dict(now=state(12.4, 48.2), last=state(0.01, 99.0), best=99.0), "Fresh 48, was 99. Practice got worse (0 to 12)."),
    (dict(now=state(33.0, 33.9), last=state(33.2, 34.4), best=34.4), "Fresh 34, as before. Practice stayed at 33."),
    (
        dict(now=state(33.6, 36.0), last=state(33.4, 37.0), best=34.0),
        "Fresh 36, was 37. Practice hardly moved (33 to 34).",
    ),
    (dict(now=state(math.inf, math.inf, 2178), last=START, best=186.4), "It exploded at step 2,178. That cost a try."),
    (
        dict(now=state(math.inf, math.inf, 90), last=state(math.inf, math.inf, 140), best=186.4, tames="the brake"),
        "It exploded at step 90. That cost a try. Two in a row: explosions are rarer with the brake.",
    ),
    (
        dict(now=state(99.9, 100.2), last=START, best=186.4, listed=True),
        "Fresh 100, was 186. Practice got worse (0 to 100). It has learned nothing, not even what it practised. Read as "
        "one list, problems take far more practice.",
    ),
    (
        dict(now=state(99.9, 100.2), last=state(33.0, 33.0), best=33.0, moved=2),
        "Fresh 100, was 33. Practice got worse (33 to 100). It has learned nothing, not even what it practised.",
    ),
    (
        dict(now=state(33.0, 33.0), last=state(math.inf, math.inf, 140), best=186.4),
        "Fresh 33; the run before exploded. Practice 33. That is par: as good as the best single gradient step.",
    ),
    (
        dict(now=state(3.0, 3.1), last=START, best=186.4),
        "Fresh 3.1, was 186. Practice got worse (0 to 3.0). That is below par: better than any single gradient step.",
    ),
    (
        dict(now=state(3.0, 3.1), last=state(33.0, 33.0), best=33.0, moved=2),
        "Fresh 3.1, was 33. Practice got better (33 to 3.0). That is below par: better than any single gradient step.",
    ),
    (
        dict(now=WILD, last=state(33.0, 33.0), best=33.0),
        "Fresh over 200, was 33. Practice got better (33 to 4.0). It holds on its practice problems and runs away on fresh ones.",
    ),
    (
        dict(now=state(5.0, 7.0), last=state(33.0, 90.0), best=6.0, moved=2),
        "Fresh 7.0, was 90. Practice got better (33 to 5.0). 2 dials moved at once: this cannot say which one did it.",
    ),
    (
        dict(now=state(99.7, 100.2), last=state(100.0, 100.3), best=100.0, moved=3),
        "Fresh 100, as before. Practice stayed at 100. It has learned nothing, not even what it practised.",
    ),
    (
        dict(now=state(107.0, 300.0), last=state(0.0, 300.0), best=100.0),
        "Fresh over 200, as before. Practice got worse (0 to 107).",
    ),
    (
        dict(now=state(5.0, 6.0), last=state(5.0, 5.0), best=5.0, again="last", seed=2),
        "Fresh 6.0, was 5.0. Practice stayed at 5.0. The same dials with seed 2: only chance differs.",
    ),
    (
        dict(now=state(3.9, 3.8), last=state(0.2, 184.0), best=3.6, again=4, seed=2, moved=6),
        "Fresh 3.8, was 184. Practice got worse (0.2 to 3.9). The dials of try 4 again, with seed 2: between these two only chance differs.",
    ),
    (
        dict(now=state(30.0, 30.0), last=state(0.2, 184.0), best=184.0, again=0, seed=2),
        "Fresh 30, was 184. Practice got worse (0.2 to 30). That is below par: better than any single gradient step. The dials of the start again, with seed 2: between these two only chance differs.",
    ),
    (
        dict(now=state(5.0, 60.0), last=state(5.0, 50.0), best=5.0, bet="better"),
        "Fresh 60, was 50. Practice stayed at 5.0. You bet on “better”; it came out “worse”.",
    ),
    # played for practice error: of the other nothing is said, and a bet is on practice
    (
        dict(now=state(12.4, 48.2), last=state(33.4, 33.5), best=33.4, goal="practice", bet="better"),
        "Practice 12, was 33. You bet on “better”; it came out “better”.",
    ),
    (
        dict(now=state(33.2, 20.0), last=state(33.4, 33.5), best=60.0, goal="practice", moved=2),
        "Practice 33, as before. 2 dials moved at once, and no error moved with them.",
    ),
    (
        dict(now=WILD, last=state(math.inf, math.inf, 7), best=33.4, goal="practice"),
        "Practice 4.0; the run before exploded.",
    ),
    (
        dict(now=state(math.inf, math.inf, 9), last=WILD, best=50.0, bet="worse"),
        "It exploded at step 9. That cost a try. You bet on “worse”; it came out “same”.",
    ),
]


def told(case):
    rest = {key: value for key, value in covering(case).items() if key not in {"now", "last", "best"}}
    return sentence(case["now"], case["last"], case["best"], 32.8, **rest)


def covering(case):
    """Who plays for practice error does not see the other."""
    return case | {"covers": ["fresh"] if case.get("goal") == "practice" else []}


@pytest.mark.parametrize(("case", "expected"), SAID, ids=[expected[:40] for _, expected in SAID])
def test_a_try_is_told_by_rule(case, expected):
    assert told(case) == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.049, "0"),
        (0.051, "0.1"),
        (0.95, "1.0"),
        (3.14, "3.1"),
        (9.94, "9.9"),
        (9.95, "10"),
        (33.5, "34"),
        (34.5, "35"),
        (200, "200"),
        (200.01, "over 200"),
        (1e45, "over 200"),
        (math.inf, "over 200"),
    ],
)
def test_scores_read_like_this(value, text):
    assert shown(value) == text


def test_alike_is_the_same_and_so_is_a_twentieth():
    assert [
        compare(*pair)
        for pair in ((100, 105), (105, 100), (100, 105.1), (105.1, 100), (0.01, 0.04), (1e9, math.inf), (3, 200))
    ] == ["same", "same", "better", "worse", "same", "same", "better"]


@pytest.mark.parametrize(
    ("best", "begins"),
    [
        (2.0, "You did better than nine in ten"),
        (3.8, "You are among the dice"),
        (18.0, "You are among the dice"),
        (18.1, "Nine in ten of the dice did better"),
    ],
)
def test_a_game_ends_with_a_true_comparison(best, begins):
    assert ending(best, 3.8, 5.9, 18.0, 12).startswith(begins)


def test_where_all_end_alike_nobody_did_better():
    assert (
        ending(99.7, 99.9, 100.0, 100.1, 12)
        == "Your best after 12 tries is 100, and so is that of eight in ten of the dice: there was nothing here for a search to find."
    )


CHOSEN = [
    (
        state(33.4, 33.4),
        state(0.3, 150.2),
        "You took practice from 33 to 0.3. On fresh problems your winner leaves 150, where the start left 33: the error you did not see rose.",
    ),
    (
        state(33.4, 33.4),
        state(3.1, 3.2),
        "You took practice from 33 to 3.1. On fresh problems your winner leaves 3.2, where the start left 33: the error you did not see fell.",
    ),
    (
        state(33.4, 33.4),
        state(0.0, 33.6),
        "You took practice from 33 to 0. On fresh problems your winner leaves 34, where the start left 33: the error you did not see hardly moved.",
    ),
    (
        state(33.6, 33.4),
        state(33.4, math.inf),
        "Practice hardly moved (34 to 33). On fresh problems your winner leaves over 200, where the start left 33: the error you did not see rose.",
    ),
    (
        state(33.4, 33.4),
        state(33.3, 20.0),
        "Practice stayed at 33. On fresh problems your winner leaves 20, where the start left 33: the error you did not see fell.",
    ),
    (state(33.4, 33.6), None, "No try took practice below the 33 of the start. On fresh problems the start leaves 34."),
]


@pytest.mark.parametrize(("start", "winner", "expected"), CHOSEN, ids=[expected[:40] for *_, expected in CHOSEN])
def test_a_game_for_practice_error_is_uncovered_by_rule(start, winner, expected):
    assert uncovered(start, winner) == expected


def test_page_and_kernel_tell_alike(page_script):
    """On the vectors above, and on stored runs after one another, with every note and bet."""
    picked = np.random.default_rng(4).choice(len(ATLAS_SPACE.designs), 500, replace=False)
    rows = [
        state(o.practice, o.fresh, o.diverged_at)
        for o in (GRID.outcome(ATLAS_SPACE.designs[i], seed) for i in picked for seed in GRID.seeds)
    ]
    rng, cases = np.random.default_rng(5), [case for case, _ in SAID]
    for now in rows:
        cases.append(
            dict(
                now=now,
                last=rows[rng.integers(len(rows))],
                best=float(rng.choice([3.0, 33.0, 34.5, 186.0])),
                seed=int(rng.integers(1, 4)),
                again=[None, None, "last", 0, 5][rng.integers(5)],
                goal=["fresh", "practice"][rng.integers(2)],
                moved=int(rng.integers(1, 4)),
                bet=[None, "better", "same", "worse"][rng.integers(4)],
            )
        )

    # JSON knows no infinity: those are put in on the other side
    def on_the_page(rule, cases):
        return page_script.evaluate(
            f"([rule, text]) => JSON.parse(text, (_, value) => (value === 'inf' ? Infinity : value)).map({RULES}[rule])",
            [rule, json.dumps(cases).replace("Infinity", '"inf"')],
        )

    assert on_the_page("sentence", [covering(case) for case in cases]) == [told(case) for case in cases]
    chosen = [(start, winner) for start, winner, _ in CHOSEN] + [
        (start, winner)
        for start in rows[:40]
        if start["at"] is None
        for winner in rows
        if winner["practice"] < start["practice"]
    ]
    assert on_the_page("uncovered", [dict(start=start, winner=winner) for start, winner in chosen]) == [
        uncovered(*pair) for pair in chosen
    ]
    values = [*np.concatenate([np.arange(0, 10.5, 0.05), np.arange(9.5, 201, 0.5)]).tolist(), 1e45]
    assert page_script.evaluate(f"values => values.map({RULES}.shown)", values) == [shown(v) for v in values]
    pairs = [list(pair) for pair in itertools.product([0.01, 1, 33, 34.6, 34.7, 190, 201, 1e9], repeat=2)]
    assert page_script.evaluate(f"pairs => pairs.map(([a, b]) => {RULES}.compare(a, b))", pairs) == [
        compare(*pair) for pair in pairs
    ]
    ends = [
        (2.0, 3.8, 5.9, 18.0, 12),
        (3.8, 3.8, 5.9, 18.0, 12),
        (18.1, 3.8, 5.9, 18.0, 12),
        (500.0, 3.8, 5.9, 18.0, 3),
        (99.7, 99.9, 100.0, 100.1, 12),
    ]
    assert on_the_page(
        "ending", [dict(zip(("best", "low", "median", "high", "tries"), e, strict=True)) for e in ends]
    ) == [ending(*e) for e in ends]


# --- a game, one step after the other --------------------------------------------------------------------


@pytest.fixture
def going(page_script, board):
    """going(actions, state) -> every state on the way, without a page: the step is pure and its states are JSON."""

    spec = {key: value for key, value in board.spec(True).items() if key != "runs"}

    def go(actions):
        return page_script.evaluate(
            """([spec, actions]) => { const freeze = (one) => (Object.values(one || {}).forEach((v) => typeof v === 'object' && freeze(v)), Object.freeze(one));
              const states = [freeze(ThirdOptimizer.state.begin(spec))];
              for (const action of actions) states.push(freeze(JSON.parse(JSON.stringify(ThirdOptimizer.state.step(states.at(-1), action, spec)))));
              return states; }""",
            [spec, actions],
        )

    return go


RUN = {"practice": 3.0, "fresh": 4.0, "at": None, "practice_curve": [3.0], "fresh_curve": [4.0]}


def test_a_dial_turned_can_be_turned_back(going):
    turn = {"type": "turn", "dial": 0, "stop": 3}
    first, turned, again, back, beyond = going([turn, turn, {"type": "undo"}, {"type": "undo"}])
    assert turned["place"][0] == 3 != first["place"][0] and turned["past"] == [first["place"]]
    assert again == turned and back == beyond == first
    many = going([{"type": "turn", "dial": 0, "stop": k % 2 + 1} for k in range(50)])
    assert len(many[-1]["past"]) == 20


def test_a_try_is_begun_ends_and_is_the_next_seed_when_repeated(going):
    once = [{"type": "bet", "bet": "better"}, {"type": "train"}, {"type": "trained", "run": RUN}]
    states = going(once * 3)
    assert states[2]["training"] == {"place": states[0]["place"], "seed": 2, "bet": "better"}  # the start had seed 1
    assert [one["seed"] for one in states[6]["tries"]] == [2, 3] and states[6]["tries"][0]["fresh"] == 4.0
    assert (states[3]["training"], states[3]["bet"]) == (None, None)
    assert states[8]["training"] is None  # a fourth run would repeat a seed
    failed = going([{"type": "train"}, {"type": "failed"}])[-1]
    assert failed["tries"] == [] and failed["training"] is None


def test_a_new_game_leaves_a_try_under_way_to_the_old_one(going, board):
    place = board.spec(True)["start"]
    renew = {"type": "renew", "mode": 2, "start": place}
    assert [going([*before, renew])[-1]["number"] for before in ([], [{"type": "train"}])] == [1, 2]
    assert going([renew])[-1]["mode"] == 2


def test_a_locked_dial_cannot_be_trained_elsewhere(going, board):
    place = board.spec(True)["start"]
    states = going(
        [{"type": "renew", "mode": 4, "start": place}, {"type": "turn", "dial": 0, "stop": 2}, {"type": "train"}]
    )
    assert states[-1]["training"] is None


def test_the_log_is_taken_as_it_is_and_never_beyond_the_budget(going, board):
    tries = [{"place": place, "seed": 1, "bet": None} | RUN for place in board.places[:13]]
    assert going([{"type": "logged", "tries": tries}])[-1]["tries"] == [
        {**one, "place": list(one["place"])} for one in tries[:12]
    ]


NO_STEPS = [
    {"type": "toString"},
    {"type": "nothing"},
    {"type": "turn", "dial": 0, "stop": 4},
    {"type": "turn", "dial": 99, "stop": 0},
    {"type": "turn", "dial": 0, "stop": 0.5},
    {"type": "move", "place": [0]},
    {"type": "move", "place": None},
    {"type": "bet", "bet": "perhaps"},
    {"type": "trained", "run": RUN},  # nothing is under way
]


def test_what_is_no_step_changes_nothing(going):
    for no_step in NO_STEPS:
        before, after = going([no_step])
        assert after == before, no_step
    one, first, _, second = going([{"type": "train"}, {"type": "bet", "bet": "same"}, {"type": "train"}])
    assert second["training"] == first["training"] != one["training"]  # one at a time
    other = going([{"type": "renew", "mode": 99, "start": [7]}])[-1]
    assert (other["mode"], other["start"], other["number"]) == (0, one["start"], 1)


def test_a_log_holds_what_it_likes_and_the_board_takes_what_is_its_own(going, board):
    good = {"place": list(board.places[5]), "seed": 1, "bet": None} | RUN
    bad = [None, 7, {}, good | {"seed": 9}, good | {"seed": "1"}, good | {"place": [0]}, good | {"at": -1}]
    bad += [good | {"fresh": "low"}, good | {"fresh_curve": None}]
    assert going([{"type": "logged", "tries": [*bad, good]}])[-1]["tries"] == [good]
    assert going([{"type": "logged", "tries": None}])[-1]["tries"] == []


@pytest.fixture
def restored(page_script, board):
    """restored(kept) -> what the board makes of a kept game."""
    spec = {key: value for key, value in board.spec(True).items() if key != "runs"}
    return lambda kept: page_script.evaluate(
        "([kept, spec]) => ThirdOptimizer.state.restored(kept, spec)", [kept, spec]
    )


def test_what_is_not_valid_in_a_kept_game_falls_back(restored, board):
    start, other = board.spec(True)["start"], list(board.places[7])
    one = {"place": other, "seed": 1, "bet": None} | RUN
    kept = {"version": 1, "number": 3, "mode": 2, "start": other, "place": other, "past": [start], "rule": "r"}
    whole = restored(kept | {"tries": [one]})["state"]
    assert {name: whole[name] for name in kept} == kept and whole["tries"] == [one]
    for name, bad, default in [
        ("mode", 99, 0),
        ("mode", "2", 0),
        ("mode", None, 0),
        ("number", 0, 1),
        ("number", "many", 1),
        ("start", [0], start),
        ("start", None, start),
        ("place", [99] * len(start), other),
        ("past", [[0], start, None], [start]),
        ("past", "none", []),
        ("rule", {"a": 1}, ""),
        ("rule", None, ""),
    ]:
        assert restored(kept | {name: bad, "tries": [one]})["state"] == whole | {name: default}, (name, bad)
    extra = {"training": {"place": [1]}, "screen": "toString", "bet": 7, "rival": -1, "opened": 3, "older": 1}
    assert restored(kept | extra | {"tries": [one]})["state"] == whole
    assert restored(kept | {"tries": [one | {"bet": "perhaps"}]})["state"]["tries"] == [one]


def test_a_game_that_is_none_of_this_boards_is_put_aside_and_not_lost(restored, board):
    one = {"place": list(board.places[7]), "seed": 1, "bet": None} | RUN
    kept = {"version": 1, "number": 3, "mode": 0, "place": one["place"], "past": [], "tries": [one]}
    for bad in ({"seed": 9}, {"place": [0]}, {"practice": "low"}, {"fresh_curve": 3}, {"at": "never"}):
        assert restored(kept | {"tries": [one | bad]}) == {"misfit": 3}, bad
    for bad in ({"version": 2}, {"tries": [one] * 13}, {"tries": "many"}):
        assert restored(kept | bad) == {"misfit": 3}, bad
    assert restored({"version": 2, "number": []}) == {"misfit": 1}
    for nothing in (None, 7, "game", [], False):
        assert restored(nothing) == {}, nothing


def test_what_is_said_to_tame_explosions_does():
    """In the atlas fewer designs explode at the stop that a dial names than at the others."""
    exploded = GRID.columns["at"][:, : len(GRID.seeds)] >= 0
    gentle = {"passes": 1, "step_length": 0.001, "step_rule": "adaptive", "brake": True}
    assert {name for name, dial in DIALS.items() if dial.tames} == set(gentle)
    for name, stop in gentle.items():
        there = np.array([getattr(design, name) == stop for design in GRID.space.designs])
        assert (exploded[there].mean(axis=0) < 0.75 * exploded[~there].mean(axis=0)).all(), name
