"""An optional local table of word vectors, read from a folder; nothing is ever downloaded.

The folder holds `vocabulary.txt`, one word a line in UTF-8, and `vectors.npy`, one row of numbers for each line.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from django.utils.translation import gettext as _

from gilde.qualifications.errors import Unreadable
from gilde.qualifications.matching.vectors import Floats
from gilde.qualifications.matching.words import normalised, weight, words_of


class Embedding:
    """Texts as the mean of the vectors of their words; the languages share one space if the table does."""

    def __init__(self, folder: Path) -> None:
        """Read the table. Raises Unreadable when a file is absent, or the two do not fit each other."""
        self.folder = folder
        try:
            lines = (folder / "vocabulary.txt").read_text(encoding="utf-8").split("\n")
            self._vectors = np.load(folder / "vectors.npy", mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError) as error:
            raise Unreadable(
                _(
                    "The word vectors in %(folder)s cannot be read. "
                    "The folder must hold vocabulary.txt (one word a line) and vectors.npy (one row a word)."
                )
                % {"folder": folder}
            ) from error
        words = lines[:-1] if lines[-1] == "" else lines
        if self._vectors.ndim != 2 or len(words) != len(self._vectors) or self._vectors.dtype.kind != "f":
            raise Unreadable(
                _(
                    "vocabulary.txt in %(folder)s has %(words)s words and vectors.npy has the shape %(shape)s. "
                    "Make them with one row of decimal numbers for each word."
                )
                % {"folder": folder, "words": len(words), "shape": self._vectors.shape}
            )
        self._rows: dict[str, int] = {}
        for row, word in enumerate(words):
            self._rows.setdefault(normalised(word), row)

    def vectors(self, texts: Sequence[str], language: str) -> Floats:
        """Return a row of length 1 for each text; a row of zeros when none of its words is in the table."""
        found = np.zeros((len(texts), self._vectors.shape[1]), np.float32)
        for at, text in enumerate(texts):
            for word in words_of(text):
                if (row := self._rows.get(word)) is not None:
                    found[at] += weight(word, language) * np.asarray(self._vectors[row], np.float32)
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        lengths[lengths == 0] = 1
        return np.asarray(found / lengths, np.float32)
