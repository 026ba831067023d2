"""PyTorch's own cells beside ours, step by step; checkpoints; trained networks."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from automata_rnn import Alphabet, accepts
from automata_rnn.black_box import accepted, black_box, values
from automata_rnn.formats import FormatError
from automata_rnn.formats.torch_rnn import (
    network_from_state_dict,
    network_from_torch,
    read_torch_checkpoint,
)
from automata_rnn.rnns.stacked import StackedRNN, with_precision
from automata_rnn.system import trace
from tests.trained import counter, dyck, tomita, train
from translations.extraction import extract

torch: Any = pytest.importorskip("torch", reason="torch is not installed")
nn = torch.nn
ABC = Alphabet("abc")
CELLS = ["tanh", "relu", "GRU", "LSTM"]


def recurrent(kind: str, *sizes: int, **options: Any) -> Any:
    """Relu or tanh RNN, GRU or LSTM, with weights drawn anew."""
    if kind in ("tanh", "relu"):
        return nn.RNN(*sizes, nonlinearity=kind, **options)
    return getattr(nn, kind)(*sizes, **options)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("kind", CELLS)
def test_states_are_pytorchs_at_every_step(
    kind: str, layers: int, bias: bool, dtype: Any
) -> None:
    torch.manual_seed(0)
    rnn = recurrent(kind, 4, 5, num_layers=layers, bias=bias).to(dtype)
    embedding, head = nn.Embedding(3, 4).to(dtype), nn.Linear(5, 1, bias=bias).to(dtype)
    network = network_from_torch(rnn, head, ABC, embedding=embedding)
    word = "abcacbbca"
    codes = torch.tensor([ABC.code(letter) for letter in word])
    state, tolerance = None, 1e-5 if dtype == torch.float32 else 1e-12
    ours = list(trace(network, word))
    assert ours[-1].dtype == np.dtype(str(dtype).removeprefix("torch."))
    with torch.no_grad():
        for t, code in enumerate(codes):
            top, state = rnn(embedding(code)[None], state)
            parts = state if kind == "LSTM" else (state,)
            flat = torch.stack([p.reshape(layers, 5) for p in parts], 1).flatten()
            np.testing.assert_allclose(ours[t + 1], flat.numpy(), atol=tolerance)
            value = head(top)[0, 0]
            np.testing.assert_allclose(
                network.output(ours[t + 1]), value.numpy(), atol=tolerance
            )


def test_heads_of_several_layers_and_outputs() -> None:
    torch.manual_seed(1)
    rnn = nn.GRU(3, 6, batch_first=True)
    head = nn.Sequential(
        nn.Dropout(0.5), nn.Linear(6, 4), nn.Tanh(), nn.Linear(4, 3), nn.Sigmoid()
    ).eval()
    network = network_from_torch(rnn, head, ABC)
    words = ["abc", "ccb", "bab"]
    codes = torch.tensor([[ABC.code(letter) for letter in word] for word in words])
    with torch.no_grad():
        expected = head(rnn(torch.eye(3)[codes])[0][:, -1]).numpy()
    np.testing.assert_allclose(values(black_box(network), words), expected, atol=1e-6)
    winners = accepted(black_box(network, accepting=2), words)
    assert winners.tolist() == (expected.argmax(axis=1) == 2).tolist()


class Acceptor(nn.Module):  # type: ignore[misc, name-defined]
    """An embedding, an LSTM and two dense layers, as users write them."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(3, 4)
        self.rnn = nn.LSTM(4, 5, num_layers=2, batch_first=True)
        self.fc1, self.fc2 = nn.Linear(5, 6), nn.Linear(6, 1)

    def forward(self, codes: Any) -> Any:
        hidden, _ = self.rnn(self.embedding(codes))
        return self.fc2(torch.relu(self.fc1(hidden[:, -1])))


def test_checkpoints_and_modules_give_the_same_values(tmp_path: Path) -> None:
    torch.manual_seed(2)
    module = Acceptor().eval()
    path = tmp_path / "model.safetensors"
    save_file({n: t.numpy() for n, t in module.state_dict().items()}, path)
    words = ["a", "abc", "cb", "bbacb", "cc"]
    by_module = values(black_box(module, ABC), words)
    by_file = values(black_box(read_torch_checkpoint(path, ABC)), words)
    np.testing.assert_allclose(by_file, by_module, atol=1e-6)
    half = {n: t.to(torch.bfloat16) for n, t in module.state_dict().items()}
    by_half = values(black_box(network_from_state_dict(half, ABC)), words)
    np.testing.assert_allclose(by_half, by_module, atol=0.05)
    named = network_from_state_dict(
        module.state_dict(), ABC, embedding="embedding.weight", head=("fc1", "fc2")
    )
    np.testing.assert_array_equal(values(black_box(named), words), by_file)
    with pytest.raises(ValueError, match="module: wanted outputs of shape"):
        values(black_box(module.embedding, ABC), ["ab"])


def test_what_is_no_such_network_is_refused(tmp_path: Path) -> None:
    head = nn.Linear(5, 1)
    both = nn.GRU(3, 5, bidirectional=True)
    with pytest.raises(ValueError, match="bidirectional network: its value"):
        network_from_torch(both, head, ABC)
    with pytest.raises(ValueError, match="proj_size=0"):
        network_from_torch(nn.LSTM(3, 5, proj_size=2), nn.Linear(2, 1), ABC)
    with pytest.raises(TypeError, match=r"rnn: wanted torch\.nn\.RNN, GRU or LSTM"):
        network_from_torch(nn.Linear(3, 5), head, ABC)
    with pytest.raises(TypeError, match="head: wanted Linear, or a Sequential"):
        network_from_torch(nn.GRU(3, 5), nn.LayerNorm(5), ABC)
    with pytest.raises(ValueError, match=r"head\[0\]: wanted 5 inputs"):
        network_from_torch(nn.GRU(3, 5), nn.Linear(4, 1), ABC)
    with pytest.raises(ValueError, match="embedding: wanted shape"):
        network_from_torch(nn.GRU(3, 5), head, ABC, embedding=np.zeros((4, 3)))
    state = nn.GRU(3, 5).state_dict()
    with pytest.raises(ValueError, match="wanted one layer or more"):
        network_from_state_dict(state, ABC)
    with pytest.raises(ValueError, match=r"head: wanted out\.weight"):
        network_from_state_dict(state, ABC, head=("out",))
    with pytest.raises(ValueError, match="wanted no others, got"):
        network_from_state_dict({**state, "norm": torch.ones(3)}, ABC, head=())
    for name in ("rnn.weight_hr_l1", "rnn.weight_hh_l1_reverse"):
        with pytest.raises(ValueError, match=r"proj_size=0|bidirectional"):
            network_from_state_dict({**state, name: torch.ones(1, 1)}, ABC, head=())
    with pytest.raises(ValueError, match="nonlinearity: wanted none for GRU"):
        network_from_state_dict(state, ABC, nonlinearity="relu")
    with pytest.raises(TypeError, match="alphabet: wanted Alphabet"):
        network_from_torch(nn.GRU(3, 5), head, "abc")
    path = tmp_path / "x.safetensors"
    save_file({"weight": np.ones(3)}, path)
    with pytest.raises(FormatError, match=r"x\.safetensors: tensors: wanted one rec"):
        read_torch_checkpoint(path, ABC)
    path.write_bytes(b"nothing")
    with pytest.raises(FormatError, match=r"x\.safetensors"):
        read_torch_checkpoint(path, ABC)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rnn.weight_ih_l1": None}, r"wanted no others, got .*_l1"),
        ({"rnn.bias_hh_l2": None}, r"wanted rnn\.bias_hh_l2"),
        ({"rnn.weight_hh_l0": np.ones(())}, r"weight_hh_l0: .* got shape \(\)"),
        ({"head.weight": np.ones(())}, r"head\.weight: wanted shape \(r, n\)"),
        ({"emb.weight": np.ones(())}, r"embedding and head: .* got shape \(\)"),
        ({"head.weight": np.ones((0, 5)), "head.bias": np.ones(0)}, "and 0 outputs"),
    ],
)
def test_damaged_state_dicts_are_refused(changes: Any, message: str) -> None:
    """A layer that is missing must not make a network of the others."""
    parts = {"rnn": nn.GRU(3, 5, num_layers=3), "head": nn.Linear(5, 1)}
    tensors = {
        f"{part}.{name}": tensor.numpy()
        for part, module in parts.items()
        for name, tensor in module.state_dict().items()
    }
    assert len(network_from_state_dict(tensors, ABC).cells) == 3
    damaged = {n: t for n, t in {**tensors, **changes}.items() if t is not None}
    with pytest.raises(ValueError, match=message):
        network_from_state_dict(damaged, ABC)


def test_half_precisions_in_files(tmp_path: Path) -> None:
    save = pytest.importorskip(
        "safetensors.torch", reason="torch is not installed"
    ).save_file
    module = Acceptor()
    path = tmp_path / "half.safetensors"
    for dtype in (torch.bfloat16, torch.float16):
        half = {n: t.to(dtype) for n, t in module.state_dict().items()}
        save(half, path)
        ours = network_from_state_dict(half, ABC)
        read = read_torch_checkpoint(path, ABC)
        np.testing.assert_array_equal(read.cells[1].inputs, ours.cells[1].inputs)
        assert read.embedding.dtype == np.float32
    save({n: t.to(torch.float8_e4m3fn) for n, t in half.items()}, path)
    with pytest.raises(FormatError, match=r"half\.safetensors: .* got F8_E4M3"):
        read_torch_checkpoint(path, ABC)


def test_modules_are_asked_in_evaluation_and_for_the_empty_word() -> None:
    module = Acceptor()
    with pytest.raises(ValueError, match=r"in evaluation, module\.eval"):
        black_box(module, ABC)
    with pytest.raises(ValueError, match="an answer for the empty word"):
        values(black_box(module.eval(), ABC), [""])


LEARNED = {
    "GRU, Dyck of depth 3": (lambda n, m: n.GRU(m, 12), dyck(3), {}),
    "LSTM, Dyck of depth 3": (lambda n, m: n.LSTM(m, 12), dyck(3), {}),
    "RNN, Dyck of depth 3": (lambda n, m: n.RNN(m, 16), dyck(3), {}),
    "GRU, Tomita 4": (lambda n, m: n.GRU(m, 12), tomita(4), {}),
    "LSTM, Tomita 6": (lambda n, m: n.LSTM(m, 12), tomita(6), {}),
    "ReLU RNN, Tomita 4": (
        lambda n, m: n.RNN(m, 20, nonlinearity="relu"),
        tomita(4),
        {},
    ),
    "RNN, a's modulo 5": (
        lambda n, m: n.RNN(m, 24),
        counter(5),
        {"steps": 500, "length": 40},
    ),
}


@pytest.mark.parametrize("name", LEARNED)
def test_trained_networks_are_extracted(name: str) -> None:
    make, dfa, options = LEARNED[name]
    rnn, head, alphabet = train(make, dfa, **options)  # type: ignore[arg-type]
    network: StackedRNN = with_precision(
        network_from_torch(rnn, head, alphabet), "float64"
    )
    found = extract(network, max_words=8000, epsilon=0.005, max_states=50)
    assert found.automaton == dfa  # both minimal, states numbered breadth-first
    assert found.guarantee.kind in ("pac", "proof")
    assert found.disagreement is None
    rng = np.random.default_rng(1)
    for length in (3, 17, 40):
        letters = rng.choice([str(s) for s in network.alphabet], length)
        word = "".join(letters)
        assert accepts(network, word) == dfa.accepts_input(word)
