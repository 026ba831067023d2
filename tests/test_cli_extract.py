"""`automata-rnn extract` on networks that nobody compiled."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from safetensors.numpy import load_file, save_file

from automata_rnn import RATIONAL, Alphabet
from automata_rnn.automata import dfa_from_regex, table_from_dfa
from automata_rnn.cli import main
from automata_rnn.formats import load, save
from automata_rnn.rnns import PDRNN, LinearRNN
from tests.saturated_gru import saturated_gru
from tests.trained import counter
from translations import compare, translate


def automata_rnn(*arguments: Any) -> Result:
    return CliRunner().invoke(main, ["extract", *map(str, arguments)])


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    """A GRU that counts a's modulo 3, as PyTorch would store it."""
    network = saturated_gru(table_from_dfa(counter(3)))  # type: ignore[arg-type]
    cell, head = network.cells[0], network.head[0]
    path = tmp_path / "gru.safetensors"
    tensors = {
        "rnn.weight_ih_l0": cell.inputs,
        "rnn.weight_hh_l0": cell.recurrent,
        "rnn.bias_ih_l0": cell.input_bias,
        "rnn.bias_hh_l0": cell.recurrent_bias,
        "head.weight": head.weights,
        "head.bias": head.bias,
    }
    save_file({name: np.array(array) for name, array in tensors.items()}, path)
    return path


def test_a_linear_network_is_read_exactly(tmp_path: Path) -> None:
    model, back = tmp_path / "net.safetensors", tmp_path / "back.json"
    dfa = dfa_from_regex("(ab|c)*")
    save(translate(dfa, PDRNN).rnn, model)
    done = automata_rnn(model, "-o", back)
    assert done.exit_code == 0, done.output
    assert "exact was chosen, since the weights of a PDRNN determine an" in done.output
    assert "guarantee: proof" in done.output
    assert compare(load(back), dfa).equal


def test_values_that_are_no_language_stay_weights(tmp_path: Path) -> None:
    model = tmp_path / "net.safetensors"
    count = [[[1, 0], [1, 1]], [[1, 0], [0, 1]]]
    save(LinearRNN(RATIONAL, Alphabet("ab"), [0, 1], count, [1, 0]), model)
    done = automata_rnn(model, "--method", "exact", "-o", tmp_path / "w.json")
    assert done.exit_code == 0, done.output
    assert "WFA over rational, 2 states" in done.output


@pytest.mark.parametrize("method", ["auto", "kv"])
def test_a_checkpoint_is_asked(checkpoint: Path, method: str, tmp_path: Path) -> None:
    back = tmp_path / "back.json"
    limits = ("--alphabet", "ab", "--bos", "^", "--max-length", "6")
    done = automata_rnn(checkpoint, *limits, "--method", method, "-o", back)
    assert done.exit_code == 0, done.output
    assert "guarantee: proof" in done.output
    if method == "auto":
        assert "lstar was chosen" in done.output
    assert load(back) == counter(3)


def test_all_methods_make_a_table(checkpoint: Path) -> None:
    done = automata_rnn(checkpoint, "--alphabet", "ab", "--bos", "^", "--method", "all")
    assert done.exit_code == 0, done.output
    for name in ("exact", "lstar", "kv", "quantise"):
        assert name in done.output


def test_quantised_states_and_their_length(checkpoint: Path) -> None:
    limits = ("--method", "quantise", "--max-length", "5")
    done = automata_rnn(checkpoint, "--alphabet", "ab", "--bos", "^", *limits)
    assert done.exit_code == 0, done.output
    assert "all words up to length 5" in done.output


def test_nothing_found_within_the_budget(checkpoint: Path) -> None:
    done = automata_rnn(
        checkpoint, "--alphabet", "ab", "--bos", "^", "--max-states", "2",
        "--threshold", "-0.5",
    )  # fmt: skip
    assert done.exit_code == 3, done.output
    assert "guarantee: none" in done.output
    assert "differs from the network on a" in done.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "wanted --alphabet"),
        (("--alphabet", "abcd"), "alphabet: wanted 3 symbols, bos included"),
        (("--alphabet", "ab", "--bos", "^", "--semiring", "real"), "semiring: wanted"),
        (("--alphabet", "ab", "--bos", "^", "--threshold", "nan"), "wanted a number"),
        (
            (
                "--alphabet",
                "ab",
                "--bos",
                "^",
                "--method",
                "exact",
                "--max-rounds",
                "1",
            ),
            "max_rounds: wanted no such option of exact",
        ),
        (
            ("--alphabet", "ab", "--bos", "^", "--nonlinearity", "relu"),
            "nonlinearity: wanted none for GRU",
        ),
        (("--to", "dfa"), "--to needs -o"),
        (("--to", "dfa", "--method", "kv", "-o", "x.json"), "--to reads weights"),
        (("--to", "dfa", "--seconds", "1", "-o", "x.json"), "--to reads weights"),
    ],
)
def test_bad_input(checkpoint: Path, arguments: Any, message: str) -> None:
    done = automata_rnn(checkpoint, *arguments)
    assert done.exit_code == 2
    assert message in done.output


def test_a_nonlinearity_of_a_gru_is_refused() -> None:
    done = automata_rnn("x.rnn", "--alphabet", "ab", "--nonlinearity", "relu")
    assert done.exit_code == 2
    assert "nonlinearity: wanted none for x.rnn" in done.output


def test_the_accepting_one_of_several_outputs(checkpoint: Path, tmp_path: Path) -> None:
    """Two outputs, as networks trained with cross-entropy have: reject and accept."""
    tensors = load_file(checkpoint)
    weights, bias = tensors["head.weight"], tensors["head.bias"]
    tensors["head.weight"] = np.concatenate([-weights, weights])
    tensors["head.bias"] = np.concatenate([-bias, bias])
    path, back = tmp_path / "two.safetensors", tmp_path / "back.json"
    save_file(tensors, path)
    letters = ("--alphabet", "ab", "--bos", "^")
    unclear = automata_rnn(path, *letters)
    assert unclear.exit_code == 2
    assert "accepting: wanted one of the outputs 0 to 1" in unclear.output
    done = automata_rnn(path, *letters, "--accepting", "1", "-o", back)
    assert done.exit_code == 0, done.output
    assert load(back) == counter(3)


def test_symbols_beside_a_file_that_names_them_are_refused(tmp_path: Path) -> None:
    model = tmp_path / "net.safetensors"
    save(translate(dfa_from_regex("(ab|c)*"), PDRNN).rnn, model)
    for option in (("--alphabet", "xyz"), ("--bos", "^"), ("--nonlinearity", "relu")):
        done = automata_rnn(model, *option)
        assert done.exit_code == 2
        assert f"{option[0][2:]}: wanted none beside" in done.output


def test_files_of_other_kinds_are_one_line_and_never_unpickled(tmp_path: Path) -> None:
    mark = tmp_path / "ran"

    class Unpickled:
        def __reduce__(self) -> Any:
            return Path.touch, (mark,)

    evil = pickle.dumps(Unpickled())
    for name in ("x.pt", "x.pth", "x.bin", "x.pkl", "x.safetensors", "x.rnn", "x.json"):
        for content in (evil, b"", bytes(range(256))):
            path = tmp_path / name
            path.write_bytes(content)
            done = automata_rnn(path, "--alphabet", "ab")
            assert done.exit_code == 2
            assert isinstance(done.exception, SystemExit)
            assert "x." in done.output
    assert not mark.exists()
