"""What a machine accepts: checked on examples and against other machines."""

from automata_rnn.membership.validate import validate
from automata_rnn.membership.validation import (
    Check,
    Disagreement,
    Validation,
    record,
)

__all__ = ["Check", "Disagreement", "Validation", "record", "validate"]
