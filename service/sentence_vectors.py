"""Vectors of sentences looked at lately, so that a page asked for often is encoded once."""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

import numpy as np

from index.encoder import Encoder
from index.weights_file import Floats

# 14 MB with the default encoders; our own pages have fewer sentences.
MOST = 4096


class SentenceVectors:
    """A bounded memory of one generation's sentences; safe to share between threads."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: OrderedDict[str, Floats] = OrderedDict()
        self._lock = Lock()

    def __call__(self, sentences: Sequence[str]) -> Floats:
        """Return (n, dimension) float32, a row a sentence; at least one."""
        with self._lock:
            found = {text: self._known[text] for text in sentences if text in self._known}
        missing = [text for text in dict.fromkeys(sentences) if text not in found]
        if missing:
            found |= zip(missing, self._encoder.encode_passages(missing), strict=True)
        with self._lock:
            for text in sentences:
                self._known[text] = found[text]
                self._known.move_to_end(text)
            while len(self._known) > MOST:
                self._known.popitem(last=False)
        return np.stack([found[text] for text in sentences])
