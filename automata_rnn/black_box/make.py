"""Black boxes of networks, modules, step functions and functions of words."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from automata_rnn.alphabet import Alphabet, Symbol
from automata_rnn.black_box.box import BlackBox, Codes
from automata_rnn.rnns.stacked import StackedRNN, output_all, step_all
from automata_rnn.semiring import Array
from automata_rnn.system import TransitionSystem, as_system, type_name

TORCH_MODULE = "torch.nn.modules.module.Module"


def black_box(
    network: Any,
    alphabet: Alphabet | Iterable[Symbol] | None = None,
    *,
    bos: Symbol | None = None,
    initial: Any = None,
    output: Callable[[Any], Any] | None = None,
    batched: bool = False,
    threshold: Any = 0,
    accepting: int | None = None,
) -> BlackBox:
    """A network as a box that is asked about words.

    Args:
        network: one of
            - a machine of this library, or an automaton with an adapter;
            - a PyTorch module that maps symbol codes (B, T) to outputs (B,) or (B, r)
              after the last symbol; `StackedRNN` is faster, see
              `automata_rnn.formats.torch_rnn`;
            - a step function (state, symbol) ↦ state, with `initial` and `output`;
            - a function of words, which are texts where all symbols are characters,
              else tuples.
        alphabet: the symbols, where the network does not have them itself.
        bos: a symbol that is read before every word; a function of words gets it as the
            first symbol.
        initial: the step function's first state.
        output: the step function's reading of a state.
        batched: whether functions take batches: states (B, ...) and codes (B,) for a
            step function, states for `output`, a list of words for a function of words.
        threshold, accepting: see `BlackBox`.

    Raises TypeError for other networks; ValueError for a missing alphabet, half a step
    function, options of functions beside a machine, and a module in training.

    >>> from automata_rnn.black_box import accepted
    >>> box = black_box(lambda word: word.count("a") % 2, "ab")
    >>> accepted(box, ["", "ab", "aba"]).tolist()
    [False, True, False]
    """
    options: dict[str, Any] = {"threshold": threshold, "accepting": accepting}
    functional = {
        "alphabet": alphabet is not None,
        "bos": bos is not None,
        "initial": initial is not None,
        "output": output is not None,
        "batched": batched,
    }
    if isinstance(network, BlackBox):
        reading = {"threshold": threshold != 0, "accepting": accepting is not None}
        _refuse(network, functional | reading)
        return network
    is_system = isinstance(network, TransitionSystem) or not callable(network)
    if is_system and not _is_module(network):
        system = as_system(network)
        _refuse(network, functional)
        if isinstance(system, StackedRNN):
            return _of_stacked(system, options)
        return _of_system(system, options)
    if alphabet is None:
        raise ValueError(
            f"alphabet: wanted one, since {type(network).__name__} has none"
        )
    sigma = alphabet if isinstance(alphabet, Alphabet) else Alphabet(alphabet, bos)
    if _is_module(network):
        return _of_words(sigma, _module_reader(network), options)
    if (initial is None) != (output is None):
        raise ValueError(
            "initial, output: wanted both for a step function, or none for a function "
            "of words"
        )
    if output is None:
        return _of_words(sigma, _word_reader(network, sigma, batched), options)
    return _of_step(network, sigma, initial, output, batched, options)


def _refuse(network: Any, given: dict[str, bool]) -> None:
    """Raise ValueError for options that a network has itself."""
    names = [name for name, yes in given.items() if yes]
    if names:
        raise ValueError(
            f"{', '.join(names)}: wanted none beside a {type(network).__name__}, which "
            "has its own"
        )


def _is_module(network: Any) -> bool:
    return any(type_name(kind) == TORCH_MODULE for kind in type(network).__mro__)


def _of_stacked(network: StackedRNN, options: dict[str, Any]) -> BlackBox:
    return BlackBox(
        network.alphabet,
        network.initial[None],
        lambda states, codes: step_all(network, states, codes),
        lambda states: output_all(network, states),
        vectors=lambda states: states,
        **options,
    )


def objects(items: Iterable[Any]) -> Array:
    """A batch of states of any type: an object array (B,), each item left whole."""
    listed = list(items)
    batch = np.empty(len(listed), dtype=object)
    for i, item in enumerate(listed):
        batch[i] = item
    return batch


def _of_system(system: TransitionSystem, options: dict[str, Any]) -> BlackBox:
    symbols = (*system.alphabet, system.alphabet.bos)

    def advance(states: Array, codes: Codes) -> Array:
        pairs = zip(states, codes.tolist(), strict=True)
        return objects(system.step(state, symbols[code]) for state, code in pairs)

    return BlackBox(
        system.alphabet,
        objects([system.initial]),
        advance,
        lambda states: np.array([system.output(state) for state in states]),
        vectors=_numbers if _is_vector(system.initial) else None,
        **options,
    )


def _is_vector(state: Any) -> bool:
    return isinstance(state, np.ndarray) and state.dtype.kind in "fiuO"


def _numbers(states: Array) -> Array:
    return np.array([np.asarray(state, dtype=float).ravel() for state in states])


def _of_step(
    step: Callable[..., Any],
    alphabet: Alphabet,
    initial: Any,
    output: Callable[[Any], Any],
    batched: bool,
    options: dict[str, Any],
) -> BlackBox:
    if batched:
        first = np.asarray(initial)[None]
        return BlackBox(
            alphabet,
            first,
            lambda states, codes: _moved(step(states, codes), states),
            lambda states: _whole(output(states), states),
            vectors=_flat,
            **options,
        )
    symbols = (*alphabet, alphabet.bos)

    def advance(states: Array, codes: Codes) -> Array:
        pairs = zip(states, codes.tolist(), strict=True)
        return objects(step(state, symbols[code]) for state, code in pairs)

    return BlackBox(
        alphabet,
        objects([initial]),
        advance,
        lambda states: np.array([output(state) for state in states]),
        vectors=_numbers if _is_vector(initial) else None,
        **options,
    )


def _moved(found: Any, states: Array) -> Array:
    """What a step function makes of states; ValueError where its shape is another."""
    after = np.asarray(found)
    if after.shape != states.shape:
        raise ValueError(
            f"network: wanted states of shape {states.shape}, as before the step, got "
            f"{after.shape}"
        )
    return after


def _flat(states: Array) -> Array:
    return np.asarray(states, dtype=float).reshape(len(states), -1)


def _of_words(
    alphabet: Alphabet, read: Callable[[Array], Array], options: dict[str, Any]
) -> BlackBox:
    """The state is the word itself, as a tuple of codes."""

    def advance(states: Array, codes: Codes) -> Array:
        pairs = zip(states, codes.tolist(), strict=True)
        return objects((*word, code) for word, code in pairs)

    first = () if alphabet.bos is None else (len(alphabet),)

    def after(words: Sequence[Codes]) -> Array:
        return objects((*first, *codes.tolist()) for codes in words)

    return BlackBox(alphabet, objects([()]), advance, read, after=after, **options)


def _word_reader(
    function: Callable[[Any], Any], alphabet: Alphabet, batched: bool
) -> Callable[[Array], Array]:
    symbols = (*alphabet, alphabet.bos)
    used = alphabet.symbols if alphabet.bos is None else symbols
    text = all(isinstance(s, str) and len(s) == 1 for s in used)

    def word(codes: tuple[int, ...]) -> Any:
        letters = tuple(symbols[code] for code in codes)
        return "".join(map(str, letters)) if text else letters

    def read(states: Array) -> Array:
        words = [word(codes) for codes in states]
        return _whole(
            function(words) if batched else [function(w) for w in words], words
        )

    return read


def _whole(outputs: Any, words: Sequence[Any]) -> Array:
    """Outputs (B,) or (B, r) of B words or states; ValueError where they are others."""
    wanted = f"network: wanted {len(words)} outputs, of one number or of r each, got "
    try:
        found = np.asarray(outputs)
    except ValueError as error:
        raise ValueError(f"{wanted}{error}") from error
    if found.ndim not in (1, 2) or len(found) != len(words):
        raise ValueError(f"{wanted}shape {found.shape}")
    return found


def _module_reader(module: Any) -> Callable[[Array], Array]:
    """Outputs of a PyTorch module, words of one length at a time."""
    import torch

    if any(part.training for part in module.modules()):
        raise ValueError(
            "module: wanted it in evaluation, module.eval(), since in training the "
            "answers may change from one question to the next"
        )

    def read(states: Array) -> Array:
        lengths = np.array([len(word) for word in states])
        rows: dict[int, Any] = {}
        with torch.no_grad():
            for length in np.unique(lengths):
                chosen = np.flatnonzero(lengths == length)
                codes = np.array([states[i] for i in chosen], dtype=np.int64)
                batch = torch.from_numpy(codes.reshape(len(chosen), int(length)))
                found = np.asarray(_forward(module, batch).detach().cpu().numpy())
                if len(found) != len(chosen) or found.ndim not in (1, 2):
                    raise ValueError(
                        f"module: wanted outputs of shape ({len(chosen)},) or "
                        f"({len(chosen)}, r) for {len(chosen)} words, got {found.shape}"
                    )
                found = found[:, 0] if found.shape[1:] == (1,) else found
                rows |= dict(zip(chosen.tolist(), found, strict=True))
        return np.array([rows[i] for i in range(len(states))])

    return read


def _forward(module: Any, batch: Any) -> Any:
    """The module's outputs; ValueError where it does not take the empty word."""
    try:
        return module(batch)
    except (RuntimeError, IndexError) as error:
        if batch.shape[1] > 0:
            raise
        raise ValueError(
            "module: wanted an answer for the empty word, shape (B, 0); give a symbol "
            "that begins every word as bos, or use network_from_torch of "
            "automata_rnn.formats.torch_rnn"
        ) from error
