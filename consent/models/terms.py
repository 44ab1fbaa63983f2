"""How long what belongs together is kept."""

from ledger.retention import Keep

PROOF = Keep("until 2 years after leaving, or until the last item is offline", "E3; AVG 7(1)")
SETTINGS = Keep("as long as an answer rests on it", "AVG 7(1): the wording belongs to the proof")
