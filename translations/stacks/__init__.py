"""What a ReLU network does on Cantor-coded stacks, read off its weights.

Samples suggest which linear functionals of the hidden vector are codes of stacks. The
network is then followed on sets of hidden vectors that are affine in the codes, with
the signs of all ReLUs decided for all contents of the stacks below a few known symbols.
The closed table of these sets is a proof for all words.
"""

from translations.stacks.codes import Code, NotStacks, content, read_code
from translations.stacks.guess import Guess, guess
from translations.stacks.moves import EMPTY, Reading
from translations.stacks.samples import Samples, sample
from translations.stacks.search import Closure, TooManyStates, close
from translations.stacks.states import Key, State, covers

__all__ = [
    "EMPTY",
    "Closure",
    "Code",
    "Guess",
    "Key",
    "NotStacks",
    "Reading",
    "Samples",
    "State",
    "TooManyStates",
    "close",
    "content",
    "covers",
    "guess",
    "read_code",
    "sample",
]
