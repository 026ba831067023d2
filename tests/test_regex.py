"""Patterns against `re.fullmatch` on all short words."""

import re
import string
from functools import lru_cache
from itertools import product
from time import process_time
from typing import Any

import pytest
from automata.fa.dfa import DFA
from automata.fa.nfa import NFA
from hypothesis import given
from hypothesis import strategies as st

from automata_rnn import BOOLEAN, INTEGER, MAX_PLUS, RATIONAL, REAL, Semiring, evaluate
from automata_rnn.automata import TooManyStates, dfa_from_table, table_from_dfa
from automata_rnn.automata.nfa import wfa_from_nfa
from automata_rnn.automata.regex import (
    dfa_from_regex,
    nfa_from_regex,
    wfa_from_regex,
)

# Alphabet, length of the longest word, patterns separated by white space.
TABLE = [
    (
        "ab",
        6,
        r"""a b ab a|b (a|b)* (a|b)*abb a*b* (ab)* (ab|ba)+ a? a?b?a? (a*)* (a*)+
        (a?)* (a+)? ((a|b)(a|b))* (?:a|b){3} a{0} a{0}b a{1} a{2} a{0,0} a{0,2}
        a{1,3}b a{2,} a{0,} a{,2} a{,} a{,0} (ab){2} (ab){1,2} (a?){3} (a?b?){2}
        (a?){2,} (a*b){2,3} (a|bb){1,2}a (a{2}){2} (a{1,2}){2} (a{0}){3} (a{2}|b)*
        (b|a{0,3})+ (ab?){2,} (a|b){2,4}b b+a+b+ (a+b+){,2} ((ab)+|b){2}""",
    ),
    ("ab", 5, r"a*? a+? a?? a{1,2}? a{2}? a{1,}? a{,1}? (a*?b)+? (a{0}?b)*?"),
    (
        "ab",
        5,
        r"""(?P<x>a)b (?P<x>a|b)(?P<y_2>b) (?:a|b)(?:b) (a(?#x)b)* a(?#(*)b a(?#x)*
        () ()* (){3} (|) |a a| a||b (|a)b (a|)b (|a)+ (|a|ab)* (a|ab)(b|) (((a)))
        ((a|b)|(a|b))* (a(b(a)?)?)? (a*b*)* (a*|b)* (b*a?)*b (?:) (?:|b)a""",
    ),
    (
        "ab",
        4,
        r"""^ $ ^$ $^ ^a ^a$ a$ ^^a$$ \Aab\Z ^a|b$ (^a|b) (a|b$) (^a$)|(^b$) ^(a|b)$
        ^(?:^a|b)b ((^)a) (a(b|$)) (a(?:)$) ^(?:(?:ab)$)""",
    ),
    (
        "ab",
        4,
        r"""[ab] [a] [^a] [^ab] [a-b] [^a-b]* [^b]a* . .* .b. a.{2} (.a)* [^b]{2}.
        [\x61] [\141b] [^\x61]+ \x61\x62 \u0061* \U00000062 \141\142 \w+ \W \d*
        [\d\w] [^\W] [^\Wa] [\Da] [\W\d] \S* [c-z] [c-z]*a a[0-9]? [^c-z]+""",
    ),
    (
        "01{},",
        3,
        r"""0{ 0{} 0{, 0{,1 0{1 0} } { {} 0\{1\} 0{1,0 0{1}{ [{}]+ 0{2}1 0{1}1
        0{1,2}[1,] 0{,}} 0{0}{""",
    ),
    (
        "a&^.|",
        4,
        r"""a&a & &* a\^a \^ [&^] [^&] [^^] [^^a]+ [a^]* \. \.\. [.] a\|a \| [|] .
        [^.]* a|& (a&)* \&""",
    ),
    ("a-]\\[", 3, r"[]] [^]] []a]+ [a-] [-a] [^-a] [a\-]* [\]] [\\] \\ \[ [a\]-] ] \-"),
    ("a1_ \n\v", 3, r"\d \D \w \W \s \S [\s\d]+ [^\s]* . .* [^a] \n [\n] a$ .$ [\W1]"),
    ("\0\1\b8\t", 3, r"\0 \01 \08 [\b] [\0-\x08] \t [\t8] [\1] \x00\x01 [\b8]* \0018?"),
    ("\a\f\v\r/", 2, r"\a \f \v \r \/ \s+ [\a-\r]* [^\f] /"),
    ("aé€😀", 3, r"é [é] [^é] [a-é] \xe9 \u20ac+ \U0001F600 [\u20ac-\U0001F600]* \W+"),
    (string.printable, 1, r". [^a] \w \W \d \D \s \S [!-/] [^!-/] [\w.-] [^\w\s]"),
    ("+,-.", 2, r"[+-\-] [^+-\-] [+-] [+-]- [,-]* .+"),
]  # fmt: skip
SPACED = [
    (" ", "a ", 4),
    ("a b", "ab ", 4),
    ("( |a)*", "a ", 4),
    ("a {2}", "a ", 4),
    (r"\ a", "a ", 3),
    ("# a", "a #", 3),
    ("[ ]\ta", "a \t", 3),
    ("\n|a", "a\n", 3),
    (r"\N{LATIN SMALL LETTER A}b", "ab", 3),
    (r"[\N{DIGIT ZERO}-\N{DIGIT TWO}]+", "013", 3),
]
CASES = SPACED + [
    (pattern, alphabet, length)
    for alphabet, length, patterns in TABLE
    for pattern in patterns.split()
]


@lru_cache(maxsize=32)
def words(alphabet: str, length: int) -> list[str]:
    """All words of at most this length."""
    return ["".join(w) for n in range(length + 1) for w in product(alphabet, repeat=n)]


def matches(pattern: str, alphabet: str, length: int) -> list[str]:
    compiled = re.compile(pattern, re.ASCII)
    return [w for w in words(alphabet, length) if compiled.fullmatch(w)]


def accepted(machine: NFA | DFA, alphabet: str, length: int) -> list[str]:
    return [w for w in words(alphabet, length) if machine.accepts_input(w)]


@pytest.mark.parametrize(("pattern", "alphabet", "length"), CASES)
def test_language_is_that_of_fullmatch(
    pattern: str, alphabet: str, length: int
) -> None:
    expected = matches(pattern, alphabet, length)
    for machine in nfa_from_regex(pattern, alphabet), dfa_from_regex(pattern, alphabet):
        assert machine.input_symbols == set(alphabet)
        assert accepted(machine, alphabet, length) == expected


@pytest.mark.parametrize(("pattern", "alphabet", "length"), CASES)
def test_dfa_is_complete_minimal_and_numbered_breadth_first(
    pattern: str, alphabet: str, length: int
) -> None:
    dfa = dfa_from_regex(pattern, alphabet)
    again = dfa_from_table(table_from_dfa(dfa, alphabet))
    assert dfa.states == set(range(len(again.states)))
    assert (dfa.transitions, dfa.initial_state, dfa.final_states) == (
        again.transitions,
        again.initial_state,
        again.final_states,
    )


LETTERS = ["a", "b", "c", "[ab]", "[^a]", "[b-c]", ".", r"\x62", "()", r"[^\Wc]"]
QUANTIFIERS = ["*", "+", "?", "{0}", "{1}", "{2}", "{1,}", "{,2}", "{1,3}", "*?", "??"]


def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(inner, min_size=2, max_size=3)
    return st.one_of(
        several.map("".join),
        several.map(lambda options: "(" + "|".join(options) + ")"),
        inner.map(lambda option: f"(?:{option}|)"),
        st.builds(lambda x, q: f"({x}){q}", inner, st.sampled_from(QUANTIFIERS)),
    )


@given(st.recursive(st.sampled_from(LETTERS), larger, max_leaves=8))
def test_random_patterns(pattern: str) -> None:
    expected = matches(pattern, "abc", 5)
    assert accepted(nfa_from_regex(pattern, "abc"), "abc", 5) == expected
    assert accepted(dfa_from_regex(pattern, "abc"), "abc", 5) == expected


@pytest.mark.parametrize("letter", string.printable)
def test_every_printable_letter_escaped_and_in_a_class(letter: str) -> None:
    bracketed = f"[{letter}]" if letter.isalnum() else f"[\\{letter}]"
    for pattern in (re.escape(letter), bracketed):
        dfa = dfa_from_regex(pattern, string.printable)
        assert accepted(dfa, string.printable, 1) == [letter]


def test_default_alphabet_is_what_the_pattern_mentions() -> None:
    def default(pattern: str) -> str:
        symbols = wfa_from_regex(pattern).alphabet.symbols
        assert nfa_from_regex(pattern).input_symbols == set(symbols)
        assert dfa_from_regex(pattern).input_symbols == set(symbols)
        return "".join(map(str, symbols))

    everything = "".join(sorted(string.printable))
    assert default("b(a|c)*b") == "abc"
    assert default("[x-z]|A") == "Axyz"
    assert default("(a|b){2}") == "ab"  # not the quantifier's digit
    assert default(r"[+-\-]") == "+,-"
    assert default(r"\d") == string.digits
    assert default(r"\s") == "\t\n\v\f\r "
    assert default(r"\w") == "".join(sorted(string.ascii_letters + string.digits + "_"))
    assert default(r"\x41\n\u00e9") == "\nAé"
    assert default(r"\u20ac[\u20ae-\u20b0]") == "€₮₯₰"
    assert default(r"\N{EURO SIGN}\U0001F600") == "€😀"
    assert default("") == default("()*") == default("^$") == ""
    assert default("a{0}") == "a"
    for pattern in (".", "[^a]", r"\D", r"\W", r"\S", r"a[\W]", r"[^\W_]", r"[^\s]"):
        assert default(pattern) == everything
    assert default("[^é]ü") == everything + "éü"
    assert default("[^α-γ]") == everything + "αβγ"
    assert default(".é") == everything + "é"
    assert default(r"[\W^é]") == everything + "é"


def test_classes_keep_what_they_share_with_the_alphabet() -> None:
    assert accepted(dfa_from_regex("[a-z]+", "b7"), "b7", 3) == ["b", "bb", "bbb"]
    assert accepted(dfa_from_regex("[abc]", "b7"), "b7", 2) == ["b"]
    assert accepted(dfa_from_regex(r"\d", "b7"), "b7", 2) == ["7"]


@pytest.mark.parametrize("pattern", ["[x]", r"\d", r"[^\w]b", "[^ab]+", "([x]|[y])a*"])
def test_class_without_symbols_matches_nothing(pattern: str) -> None:
    dfa = dfa_from_regex(pattern, "ab")
    assert dfa.states == {0}
    assert not dfa.final_states
    assert accepted(nfa_from_regex(pattern, "ab"), "ab", 4) == []
    assert [evaluate(wfa_from_regex(pattern, alphabet="ab"), w) for w in ("", "a")] == [
        0,
        0,
    ]


def test_empty_alphabet() -> None:
    assert accepted(dfa_from_regex(".*", ""), "a", 1) == [""]
    assert accepted(dfa_from_regex(".+", ""), "a", 1) == []
    assert evaluate(wfa_from_regex(""), "") == 1


OCTET = r"25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d"
DATE = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
COMMENT = r"/\*([^*]|\*+[^*/])*\*+/"


def test_ipv4_octet_on_all_strings_of_digits() -> None:
    dfa = dfa_from_regex(OCTET)
    assert set(accepted(dfa, string.digits, 4)) == {str(n) for n in range(256)}


def test_iso_date() -> None:
    dfa = dfa_from_regex(DATE)
    assert len(dfa) == 10_000 * 12 * 31
    assert dfa.accepts_input("2024-02-31")
    assert not dfa.accepts_input("2024-13-01")


def test_comments_of_c() -> None:
    def is_comment(w: str) -> bool:
        return w[:2] == "/*" and len(w) > 3 and w.find("*/", 2) == len(w) - 2

    expected = [w for w in words("/*a", 8) if is_comment(w)]
    assert accepted(dfa_from_regex(COMMENT, "/*a"), "/*a", 8) == expected


@pytest.mark.parametrize(
    "pattern",
    [OCTET, DATE, COMMENT, r"[!-~]{4}", r".{1,3}", rf"(({OCTET})\.){{3}}({OCTET})"],
)
def test_compiles_fast_over_printable(pattern: str) -> None:
    begin = process_time()
    nfa_from_regex(pattern, string.printable)
    wfa_from_regex(pattern, alphabet=string.printable)
    assert process_time() - begin < 0.5


def test_nfa_has_a_state_for_each_letter_and_no_moves_on_nothing() -> None:
    for pattern, letters in [("(ab|[cd])*", 3), ("a{3}b{1,4}", 7), ("(a{0}b)?", 1)]:
        nfa = nfa_from_regex(pattern)
        assert nfa.states == set(range(letters + 1))
        assert all("" not in moves for moves in nfa.transitions.values())


def test_nfa_counts_ways_to_match() -> None:
    paths = wfa_from_nfa(nfa_from_regex("(a|a)*|a"), INTEGER)
    assert [evaluate(paths, "a" * n) for n in range(4)] == [1, 3, 4, 8]


def test_bounded_repetition_has_few_moves() -> None:
    nfa = nfa_from_regex("a{0,500}")
    moves = sum(len(t) for row in nfa.transitions.values() for t in row.values())
    assert moves == 500


@pytest.mark.parametrize("semiring", [RATIONAL, REAL, BOOLEAN, MAX_PLUS, INTEGER])
def test_weights_are_the_indicator_of_the_language(semiring: Semiring) -> None:
    wfa = wfa_from_regex("(ab|c)*", semiring, alphabet="cba")
    assert wfa.alphabet.symbols == ("c", "b", "a")
    values = {w: evaluate(wfa, w) for w in words("abc", 4)}
    inside = set(matches("(ab|c)*", "abc", 4))
    assert {w for w, value in values.items() if value == semiring.one} == inside
    assert all(values[w] == semiring.zero for w in values.keys() - inside)


def test_numbering_follows_the_order_of_the_alphabet() -> None:
    for alphabet in ("ab", "ba"):
        moves: Any = dfa_from_regex("aa|b", alphabet).transitions
        assert moves[0] == {alphabet[0]: 1, alphabet[1]: 2}


IRREGULAR = "pattern: wanted constructs of regular languages, got "
ELSEWHERE = "pattern: wanted anchors at the ends only, got "
BROKEN = "pattern: wanted what re compiles, got "


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        (r"(a)\1", IRREGULAR + "a back-reference at position 3"),
        (r"(a)(?:b\1)", IRREGULAR + "a back-reference at position 7"),
        (r"(?P<x>a)(?P=x)", IRREGULAR + "a back-reference at position 8"),
        ("ab(?=c)", IRREGULAR + "a look-around at position 2"),
        ("(?!a)b", IRREGULAR + "a look-around at position 0"),
        ("a(?<=a)b", IRREGULAR + "a look-around at position 1"),
        ("(?<!a)b", IRREGULAR + "a look-around at position 0"),
        ("(a)?(?(1)b|c)", IRREGULAR + "a conditional at position 4"),
        ("a(?>b)", IRREGULAR + "an atomic group at position 1"),
        ("(?i)a", IRREGULAR + "an inline flag at position 0"),
        ("a(?s-i:b)", IRREGULAR + "an inline flag at position 1"),
        ("(?-i:b)", IRREGULAR + "an inline flag at position 0"),
        (r"a\b", IRREGULAR + "a word boundary at position 1"),
        (r"\Ba", IRREGULAR + "a word boundary at position 0"),
        ("ba*+", IRREGULAR + "a possessive quantifier at position 2"),
        ("a++", IRREGULAR + "a possessive quantifier at position 1"),
        ("a?+", IRREGULAR + "a possessive quantifier at position 1"),
        ("a{1,2}+b", IRREGULAR + "a possessive quantifier at position 1"),
        ("a^", ELSEWHERE + "^ at position 1"),
        ("$a", ELSEWHERE + "$ at position 0"),
        ("a(^b|c)", ELSEWHERE + "^ at position 2"),
        ("(a$|b)c", ELSEWHERE + "$ at position 2"),
        ("(^a)*", ELSEWHERE + "^ at position 1"),
        ("(a$){1}", ELSEWHERE + "$ at position 2"),
        (r"a\A", ELSEWHERE + r"\A at position 1"),
        (r"\Za", ELSEWHERE + r"\Z at position 0"),
        ("(a", BROKEN + "missing ), unterminated subpattern at position 0"),
        ("a)", BROKEN + "unbalanced parenthesis at position 1"),
        ("[a", BROKEN + "unterminated character set at position 0"),
        ("[b-a]", BROKEN + "bad character range b-a at position 1"),
        ("a**", BROKEN + "multiple repeat at position 2"),
        ("*a", BROKEN + "nothing to repeat at position 0"),
        ("{2}", BROKEN + "nothing to repeat at position 0"),
        ("a{3,2}", BROKEN + "min repeat greater than max repeat at position 2"),
        (r"\q", BROKEN + r"bad escape \q at position 0"),
        ("\\", BROKEN + "bad escape (end of pattern) at position 0"),
        ("a{99999999999}", BROKEN + "the repetition number is too large"),
        ("(" * 2000 + ")" * 2000, BROKEN + "maximum recursion depth exceeded"),
        ("(" * 101 + ")" * 101, "pattern: wanted at most 100 nested groups, got one "),
    ],
)
def test_refuses(pattern: str, message: str) -> None:
    for convert in (nfa_from_regex, dfa_from_regex, wfa_from_regex):
        with pytest.raises(ValueError, match=re.escape(message)):
            convert(pattern)


def test_nests_as_deep_as_it_says() -> None:
    pattern = "a"
    for _ in range(100):
        pattern = f"(b|{pattern}c)?"
    assert nfa_from_regex(pattern).accepts_input("a" + "c" * 100)
    assert not nfa_from_regex(pattern).accepts_input("a" + "c" * 101)


@pytest.mark.parametrize(
    ("pattern", "size"),
    [("a{10001}", 10001), ("((ab){65535}){65535}", 8589672450), ("a{9998,}bcd", 10001)],
)
def test_refuses_large_expansions_before_any_work(pattern: str, size: int) -> None:
    begin = process_time()
    with pytest.raises(ValueError, match=rf"wanted at most 10000 letters.*got {size}$"):
        nfa_from_regex(pattern)
    assert process_time() - begin < 0.1


def test_largest_expansions() -> None:
    assert len(nfa_from_regex("a{10000}").states) == 10_001
    assert nfa_from_regex("(){1000000000}(a{0}){1000000000}").states == {0}


def test_refuses_large_deterministic_automata() -> None:
    with pytest.raises(TooManyStates, match="more than 10000 distinct states"):
        dfa_from_regex("(a|b)*a(a|b){20}")
    for convert in (dfa_from_regex, wfa_from_regex):
        with pytest.raises(TooManyStates, match="more than 6 distinct states"):
            convert("a{5}", max_states=6)
    assert wfa_from_regex("a{5}", max_states=7).num_states == 7  # one is the sink


def test_refuses_letters_outside_the_alphabet() -> None:
    for pattern, letter, position in [
        ("a(b|c)", "c", 4),
        (r"a\x63", "c", 1),
        ("ab&", "&", 2),
        (r"[a-z]\.", ".", 5),
        ("a{2} ", " ", 4),
        ("c{0}", "c", 0),
        ("b(d|c)e", "d", 2),
    ]:
        message = f"letters of {{'a', 'b'}}, got {letter!r} at position {position}"
        with pytest.raises(ValueError, match=re.escape(message)):
            dfa_from_regex(pattern, "ab")


def test_refuses_what_is_not_an_alphabet_of_characters() -> None:
    with pytest.raises(ValueError, match="alphabet: wanted characters, got 'ab'"):
        nfa_from_regex("a", ["a", "ab"])
    with pytest.raises(ValueError, match="alphabet: wanted characters, got 1"):
        wfa_from_regex("a", alphabet=["a", 1])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="wanted distinct symbols, got 'a' 2 times"):
        dfa_from_regex("a", "aba")
    with pytest.raises(TypeError, match="pattern: wanted str, got bytes b'a'"):
        nfa_from_regex(b"a")  # type: ignore[arg-type]
