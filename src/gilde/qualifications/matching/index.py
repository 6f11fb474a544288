"""The index of labels that texts are matched with: built from terms, saved in a folder, loaded from it."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray
from scipy import sparse

from gilde.qualifications.errors import Unreadable
from gilde.qualifications.matching.embedding import Embedding
from gilde.qualifications.matching.vectors import Floats, Matrix, Space, counted, translation
from gilde.qualifications.matching.words import Compounds, normalised, without_brackets

FORM = 2  # of the saved files; another number is not read
BRIDGES = 4  # languages, those with the most labels, by way of which texts of the others are matched too
SHORTENED = 0.99  # what a label counts without what stood in brackets
# What a label counts that is a text which a person related to the concept (SKOS mapping relations).
WORTH = {"exact": 1.0, "close": 0.97}
RELATED = 0.85  # broad, narrow, related

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Term:
    """One label of one concept. `kind` is what kind of concept it is, as "skill" or "knowledge"."""

    uri: str
    text: str
    language: str
    preferred: bool
    kind: str = "skill"


@dataclass(frozen=True, order=True)
class Confirmed:
    """What a person said of a text: the relation of a concept to it, or "rejected"."""

    text: str
    language: str
    uri: str
    relation: str


@dataclass
class Shelf:
    """The labels of one language, those of one concept beside each other. Matrices are feature by label."""

    language: str
    texts: list[str]
    concepts: NDArray[np.int32]
    worth: Floats
    confirmed: NDArray[np.bool_]
    counts: dict[str, int]
    pieces: Space
    stems: Space
    by_piece: Matrix
    by_stem: Matrix

    def __post_init__(self) -> None:
        changes = np.flatnonzero(np.diff(self.concepts)) + 1
        self.starts = np.concatenate(([0], changes)).astype(np.int64)
        self.held = self.concepts[self.starts]  # the concepts that have a label here


@dataclass
class Index:
    """Labels of concepts in any number of languages, ready to be matched. Made by `build` or `load`."""

    uris: list[str]
    kinds: list[str]
    shelves: dict[str, Shelf]
    translations: dict[tuple[str, str], Matrix] = field(default_factory=dict)
    rejected: list[Confirmed] = field(default_factory=list)
    embedding: Embedding | None = None
    meanings: Floats | None = None  # concept by dimension, of the embedding
    documents: Matrix | None = (
        None  # stem by concept, in the first of the bridges: all labels and the description
    )

    def __post_init__(self) -> None:
        self.place = {uri: at for at, uri in enumerate(self.uris)}
        self.bridges = sorted(self.shelves, key=lambda code: (-len(self.shelves[code].texts), code))[:BRIDGES]

    def others(self, language: str) -> list[str]:
        """Return the languages by way of which a text of this language is matched too."""
        return [code for code in self.bridges if code != language][: BRIDGES - 1]

    def similarity(
        self, texts_a: Sequence[str], texts_b: Sequence[str], language: str, other: str = ""
    ) -> Floats:
        """Return how alike each text of the one list is to each of the other, 0 to 1.

        `other` is the language of the second list where it differs: then, and where the words differ, texts are
        alike when the same concepts match them.
        """
        from gilde.qualifications.matching.ranking import similarity

        return similarity(self, texts_a, texts_b, language, other or language)

    def save(self, folder: Path) -> Path:
        """Write the index in a folder of its own inside `folder`, named after its content; return that folder."""
        told, arrays = _told(self)
        text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        digest = hashlib.sha256(text.encode())
        for name in sorted(arrays):
            digest.update(name.encode() + np.ascontiguousarray(arrays[name]).tobytes())
        target = folder / digest.hexdigest()[:16]
        if target.exists():
            return target
        folder.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".new-", dir=folder))
        try:
            (draft / "index.json").write_text(text, encoding="utf-8")
            np.savez(draft / "arrays.npz", **arrays)  # type: ignore[arg-type]
            draft.chmod(0o755)
            draft.rename(target)
        except OSError:
            shutil.rmtree(draft, ignore_errors=True)
            if not target.exists():  # another worker may have been first
                raise
        return target


def build(
    terms: Iterable[Term],
    *,
    confirmed: Iterable[Confirmed] = (),
    descriptions: Iterable[Term] = (),
    embedding: Path | None = None,
    progress: Progress | None = None,
) -> Index:
    """Return an index of these labels; their order makes no difference.

    `descriptions` are longer texts about the concepts: those in the language with the most labels are used.
    What a person confirmed becomes a label of its concept; what one rejected is pushed down for similar texts.
    `embedding` is the folder of a table of word vectors. Raises Unreadable when that cannot be read.
    """
    known = sorted({Term(t.uri, t.text, code(t.language), t.preferred, t.kind) for t in terms}, key=_order)
    kinds = {term.uri: term.kind for term in known}
    uris = sorted(kinds)
    place = {uri: at for at, uri in enumerate(uris)}
    said = sorted(
        {Confirmed(c.text, code(c.language), c.uri, c.relation) for c in confirmed if c.uri in place}
    )
    languages = sorted(
        {term.language for term in known} | {c.language for c in said if c.relation != "rejected"}
    )
    index = Index(uris, [kinds[uri] for uri in uris], {})
    preferred: dict[str, Matrix] = {}
    for language in languages:
        if progress:
            progress(_("Labels in %(language)s") % {"language": language})
        mine = [term for term in known if term.language == language]
        shelf = _shelf(language, _lines(mine, said, language, place))
        if shelf is not None:
            index.shelves[language] = shelf
            preferred[language] = _preferred(shelf, mine, place)
    index = Index(uris, index.kinds, index.shelves, rejected=[c for c in said if c.relation == "rejected"])
    for mine_code, shelf in index.shelves.items():
        if (words := synonyms(shelf)) is not None:
            index.translations[mine_code, mine_code] = words
        for other in index.others(mine_code):
            if progress:
                progress(_("Words from %(mine)s to %(other)s") % {"mine": mine_code, "other": other})
            index.translations[mine_code, other] = translation(preferred[mine_code], preferred[other])
    longer = list(descriptions)
    main = index.bridges[0] if index.bridges else ""
    if (main, main) in index.translations or any(code(term.language) == main for term in longer):
        index.documents = _documents(index.shelves[main], [*known, *longer], place)
    if embedding is not None:
        index.embedding = Embedding(embedding)
        index.meanings = _meanings(index.embedding, known, place)
    return index


def load(folder: Path, *, embedding: Path | None = None) -> Index:
    """Return the index that was saved in this folder. Raises Unreadable when it is not whole or of another form."""
    try:
        told = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        if told["form"] != FORM:
            raise ValueError("form")
        with np.load(folder / "arrays.npz", allow_pickle=False) as arrays:
            index = _read(told, arrays)
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = _("The matching index in %(folder)s cannot be read. Build it again.") % {"folder": folder}
        raise Unreadable(message) from error
    if index.meanings is not None and embedding is not None:
        index.embedding = Embedding(embedding)
    return index


def code(language: str) -> str:
    """Return the code of a language without its country: "nl" for "nl-BE"."""
    return language.replace("_", "-").split("-")[0].casefold()


def _preferred_first(term: Term) -> tuple[str, bool, str]:
    return term.uri, not term.preferred, term.text


def _order(term: Term) -> tuple[str, str, str, bool, str]:
    return term.uri, term.text, term.language, term.preferred, term.kind


Line = tuple[int, str, float, bool]  # concept, text, what it counts, confirmed


def _lines(
    terms: Sequence[Term], said: Sequence[Confirmed], language: str, place: dict[str, int]
) -> list[Line]:
    """Return each label once; the preferred label of a concept comes first."""
    lines: dict[tuple[int, str], Line] = {}
    texts = [(place[t.uri], t.text, 1.0, False) for t in sorted(terms, key=_preferred_first)]
    texts += [
        (place[c.uri], c.text, WORTH.get(c.relation, RELATED), True)
        for c in said
        if c.language == language and c.relation != "rejected"
    ]
    texts += [(at, without_brackets(text), worth * SHORTENED, mark) for at, text, worth, mark in texts]
    for line in texts:
        if key := normalised(line[1]):
            lines.setdefault((line[0], key), line)
    return sorted(lines.values(), key=lambda line: line[0])


def _shelf(language: str, lines: Sequence[Line]) -> Shelf | None:
    if not lines:
        return None
    words, texts = counted([line[1] for line in lines], language)
    seen = np.bincount(texts.indices, minlength=len(words)).tolist()
    counts = dict(zip(words, seen, strict=True))
    compounds = Compounds(language, counts)
    pieces, stems = Space("pieces", language, compounds), Space("stems", language, compounds)
    return Shelf(
        language,
        [line[1] for line in lines],
        np.array([line[0] for line in lines], np.int32),
        np.array([line[2] for line in lines], np.float32),
        np.array([line[3] for line in lines], np.bool_),
        counts,
        pieces,
        stems,
        pieces.learn(words, texts).T.tocsr(),
        stems.learn(words, texts).T.tocsr(),
    )


def _preferred(shelf: Shelf, terms: Sequence[Term], place: dict[str, int]) -> Matrix:
    """Return concept by stem, of the preferred labels."""
    first = {term.uri: term.text for term in terms if term.preferred}
    words, texts = counted(first.values(), shelf.language)
    rows = shelf.stems.rows(words, texts)
    at = np.array([place[uri] for uri in first], np.int32)
    spread = sparse.csr_matrix(
        (np.ones(len(at), np.float32), (at, np.arange(len(at)))), shape=(len(place), len(at))
    )
    return sparse.csr_matrix(spread @ rows)


def synonyms(shelf: Shelf) -> Matrix | None:
    """Return how likely each stem stands for each other, learnt from the labels of one concept; None without any.

    The preferred label and each alternative are a small parallel text in one language; a label that was only
    shortened is no alternative.
    """
    first = np.repeat(shelf.starts, np.diff(np.append(shelf.starts, len(shelf.concepts))))
    rest = np.flatnonzero((first != np.arange(len(first))) & ~shelf.confirmed & (shelf.worth == 1))
    if not len(rest):
        return None
    labels = shelf.by_stem.T.tocsr()
    one, other = np.concatenate([first[rest], rest]), np.concatenate([rest, first[rest]])
    return translation(labels[one], labels[other])


def _documents(shelf: Shelf, terms: Iterable[Term], place: dict[str, int]) -> Matrix:
    """Return stem by concept: everything that is said of a concept in the language of the shelf, as one text."""
    said: list[list[str]] = [[] for _ in place]
    mine = {(t.uri, t.text) for t in terms if code(t.language) == shelf.language and t.uri in place}
    for uri, text in sorted(mine):
        said[place[uri]].append(text)
    words, texts = counted([" ".join(some) for some in said], shelf.language)
    return shelf.stems.rows(words, texts).T.tocsr()


def _meanings(embedding: Embedding, terms: Sequence[Term], place: dict[str, int]) -> Floats:
    labels = [term for term in terms if term.preferred]
    by_language: dict[str, list[Term]] = {}
    for term in labels:
        by_language.setdefault(term.language, []).append(term)
    total: Floats | None = None
    for language, mine in sorted(by_language.items()):
        rows = embedding.vectors([term.text for term in mine], language)
        total = np.zeros((len(place), rows.shape[1]), np.float32) if total is None else total
        np.add.at(total, [place[term.uri] for term in mine], rows)
    if total is None:
        return np.zeros((len(place), 1), np.float32)
    lengths = np.linalg.norm(total, axis=1, keepdims=True)
    lengths[lengths == 0] = 1
    return np.asarray(total / lengths, np.float32)


def _told(index: Index) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    arrays: dict[str, NDArray[Any]] = {}

    def keep(name: str, matrix: Matrix) -> None:
        matrix.sort_indices()
        arrays.update(
            {
                f"{name}.data": matrix.data,
                f"{name}.indices": matrix.indices.astype(np.int32),
                f"{name}.indptr": matrix.indptr.astype(np.int64),
                f"{name}.shape": np.array(matrix.shape, np.int64),
            }
        )

    shelves = []
    for language, shelf in sorted(index.shelves.items()):
        for name in ("concepts", "worth", "confirmed"):
            arrays[f"{language}.{name}"] = getattr(shelf, name)
        for kind, space, matrix in (
            ("pieces", shelf.pieces, shelf.by_piece),
            ("stems", shelf.stems, shelf.by_stem),
        ):
            arrays[f"{language}.{kind}.rarity"] = space.rarity
            keep(f"{language}.{kind}", matrix)
        shelves.append(
            {
                "language": language,
                "texts": shelf.texts,
                "counts": shelf.counts,
                "pieces": shelf.pieces.features,
                "stems": shelf.stems.features,
            }
        )
    for (mine, other), matrix in index.translations.items():
        keep(f"{mine}>{other}", matrix)
    if index.documents is not None:
        keep("documents", index.documents)
    if index.meanings is not None:
        arrays["meanings"] = index.meanings
    told = {
        "form": FORM,
        "uris": index.uris,
        "kinds": index.kinds,
        "shelves": shelves,
        "translations": sorted(index.translations),
        "rejected": [[c.text, c.language, c.uri, c.relation] for c in index.rejected],
    }
    return told, arrays


def _read(told: dict[str, Any], arrays: Any) -> Index:
    def matrix(name: str) -> Matrix:
        parts = tuple(arrays[f"{name}.{part}"] for part in ("data", "indices", "indptr"))
        return sparse.csr_matrix(parts, shape=tuple(arrays[f"{name}.shape"]))

    shelves = {}
    for shelf in told["shelves"]:
        language = shelf["language"]
        compounds = Compounds(language, shelf["counts"])
        pieces, stems = (
            Space(kind, language, compounds, shelf[kind], arrays[f"{language}.{kind}.rarity"])
            for kind in ("pieces", "stems")
        )
        shelves[language] = Shelf(
            language,
            shelf["texts"],
            arrays[f"{language}.concepts"],
            arrays[f"{language}.worth"],
            arrays[f"{language}.confirmed"],
            shelf["counts"],
            pieces,
            stems,
            matrix(f"{language}.pieces"),
            matrix(f"{language}.stems"),
        )
    return Index(
        told["uris"],
        told["kinds"],
        shelves,
        {(mine, other): matrix(f"{mine}>{other}") for mine, other in told["translations"]},
        [Confirmed(*said) for said in told["rejected"]],
        meanings=arrays.get("meanings"),
        documents=matrix("documents") if "documents.data" in arrays else None,
    )
