"""Matching texts with ESCO: how often the right concept is among the first ten, how fast, how large."""

from __future__ import annotations

import csv
import io
import os
import resource
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import Timing, timed
from gilde.qualifications.matching import Confirmed, Index, Term, build, load, match
from gilde.qualifications.matching.words import words_of

# Milliseconds (issue 4, "Measures"): for one text, and for building an index of 100,000 labels.
QUERY, BUILD = 50.0, 30_000.0
ABSENT = ("LABEL NOT PRESENT", "UNDERSPECIFIED")
LANGUAGES = ("nl", "fr", "de")


@dataclass(frozen=True)
class Asked:
    """A text with the concept that experts gave it ("" for none)."""

    text: str
    language: str
    uri: str


def folder() -> Path:
    """The folder of the ESCO reference files, which are never part of the project."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    return Path(os.environ.get("GILDE_REFERENCE_DATA") or beside) / "esco"


def run() -> tuple[str, Sequence[Timing]]:
    """Return a table of hits in the title, and how long building, loading and asking take."""
    if not folder().exists():
        return "Matching: the ESCO reference files are not there", [Timing("nothing measured", [0.0], [0.0])]
    terms = reference_terms(folder())
    made: list[Index] = []
    told = descriptions(folder())
    building = timed(lambda: made.append(build(terms, descriptions=told)))
    share = 100_000 / len(terms)
    with tempfile.TemporaryDirectory() as place:
        saved = made[0].save(Path(place))
        megabytes = sum(file.stat().st_size for file in saved.iterdir()) / 1e6
        loading = timed(lambda: load(saved))
    timings = [
        Timing("build, for 100,000 labels", [building[0] * share], [building[1] * share], limit=BUILD),
        Timing("load", [loading[0]], [loading[1]]),
    ]
    known: dict[Asked, list[str]] = {}
    lines = [f"{'':44}   texts  hit@1  hit@10"]
    for name, asked in kinds_of_text(folder(), terms):
        first, tenth, times = hits(made[0], asked, known)
        lines.append(f"{name:44}  {len(asked):6}  {first:5.2f}  {tenth:6.2f}")
        if times and ":" not in name:
            wall = [wall for wall, _ in times]
            timings.append(Timing(f"a text: {name}", wall, [cpu for _, cpu in times], limit=QUERY))
            timings.append(Timing("   99 of 100 within", [sorted(wall)[int(len(wall) * 0.99) - 1]], [0.0]))
    for name, found in no_match(made[0], folder()):
        lines.append(f"{name:44}  {'':6}  {found:5.2f}")
    lines += confirming(terms, folder())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    title = f"Matching: {len(terms):,} labels of ESCO; {memory:.0f} MB in memory at most, {megabytes:.0f} MB on disk"
    return "\n".join([title, *lines]), timings


def hits(
    index: Index, asked: Sequence[Asked], known: dict[Asked, list[str]] | None = None
) -> tuple[float, float, list[tuple[float, float]]]:
    """Return the share with the right concept first, that with it among ten, and the times in milliseconds.

    `known` keeps what was found, so that no text is asked twice; times are of the texts that were asked.
    """
    known = {} if known is None else known
    first = tenth = 0
    times = []
    for one in asked:
        if one not in known:
            found: list[str] = []
            times.append(timed(lambda one=one, to=found: to.extend(_uris(index, one))))  # type: ignore[misc]
            known[one] = found
        found = known[one]
        first += one.uri in found[:1]
        tenth += one.uri in found
    return first / max(1, len(asked)), tenth / max(1, len(asked)), times


def reference_terms(esco: Path) -> list[Term]:
    """The labels of the reference files: English with alternatives, and Dutch, French and German."""
    terms: list[Term] = []
    kinds: dict[str, str] = {}
    for row in _english(esco):
        uri = row["conceptUri"]
        kinds[uri] = "knowledge" if row["skillType"] == "knowledge" else "skill"
        terms.append(Term(uri, row["preferredLabel"], "en", True, kinds[uri]))
        others = f"{row['altLabels']}\n{row['hiddenLabels']}".split("\n")
        terms += [Term(uri, text, "en", False, kinds[uri]) for text in others if text.strip()]
    for language in LANGUAGES:
        terms += labels(esco, language, kinds)
    return terms


def labels(esco: Path, language: str, kinds: Mapping[str, str]) -> list[Term]:
    """The labels of one language of the reference files; `kinds` tells of what kind each concept is."""
    terms = []
    for row in _rows(esco / f"skill-labels-{language}.csv"):
        uri = row["conceptUri"]
        kind = kinds.get(uri, "skill")
        terms.append(Term(uri, row["preferredLabel"], language, True, kind))
        others = (row.get("altLabels") or "").replace("|", "\n").split("\n")
        terms += [Term(uri, text, language, False, kind) for text in others if text.strip()]
    return terms


def descriptions(esco: Path) -> list[Term]:
    """The English descriptions of the reference files."""
    return [Term(row["conceptUri"], row["description"], "en", False) for row in _english(esco)]


def pairs(esco: Path, language: str) -> list[Asked]:
    """The competences of "Competent" in Dutch or French, with what experts call an exact match."""
    rows = _rows(esco / "dev-pairs-nl-fr.csv")
    return [Asked(row[f"label_{language}"], language, row["esco_uri"]) for row in rows]


def spans(esco: Path, name: str) -> list[Asked]:
    """The spans of job advertisements (Decorte et al. 2022), "tech" or "house"."""
    named = {row["preferredLabel"].casefold().strip(): row["conceptUri"] for row in _english(esco)}
    rows = _rows(esco / f"{name}_validation_annotations.csv")
    return [
        Asked(row["sub_span"] or row["span"], "en", named.get(row["label"].casefold().strip(), ""))
        for row in rows
    ]


def kinds_of_text(esco: Path, terms: Sequence[Term]) -> Iterator[tuple[str, list[Asked]]]:
    """Yield the texts to ask, by language and by kind; a name with ":" is a part of the row above."""
    kinds = {term.uri: term.kind for term in terms}
    sets = [("Dutch competences", pairs(esco, "nl")), ("French competences", pairs(esco, "fr"))]
    sets.append(
        ("English spans", [one for name in ("tech", "house") for one in spans(esco, name) if one.uri])
    )
    for name, asked in sets:
        yield name, asked
        parts: list[tuple[str, Callable[[Asked], bool]]] = [
            ("skill", lambda one: kinds.get(one.uri) == "skill"),
            ("knowledge", lambda one: kinds.get(one.uri) == "knowledge"),
            ("one word", lambda one: len(words_of(one.text)) == 1),
            ("a phrase", lambda one: len(words_of(one.text)) > 1),
        ]
        for part, belongs in parts:
            yield f"   : {part}", [one for one in asked if belongs(one)]
    for name in ("tech", "house"):
        yield f"   : {name}", [one for one in spans(esco, name) if one.uri]
    yield "   : the whole sentence in place of the span", _sentences(esco)
    yield "German labels reworded by rule (no pairs exist)", reworded_german(esco)


def reworded_german(esco: Path) -> list[Asked]:
    """Every 30th German label with its verb as a noun in front: a stand-in, because there are no German pairs."""
    asked = []
    for row in _rows(esco / "skill-labels-de.csv")[::30]:
        *things, verb = row["preferredLabel"].split()
        if things and verb.islower() and verb.endswith("en"):
            asked.append(
                Asked(f"{verb[:-2].capitalize()}ung von {' '.join(things)}", "de", row["conceptUri"])
            )
    return asked


def no_match(index: Index, esco: Path) -> list[tuple[str, float]]:
    """Return how often spans for which annotators found no concept have no match, and those for which they did."""
    asked = [one for name in ("tech", "house") for one in spans(esco, name)]
    without, having = [a for a in asked if not a.uri], [a for a in asked if a.uri]
    return [
        ("no match, where annotators found none", sum(not _uris(index, a) for a in without) / len(without)),
        ("no match, where annotators found one", sum(not _uris(index, a) for a in having) / len(having)),
    ]


def confirming(terms: Sequence[Term], esco: Path) -> list[str]:
    """Return lines on what confirming four fifths of the Dutch pairs does (one fold, Dutch labels alone)."""
    dutch = [term for term in terms if term.language == "nl"]
    asked = pairs(esco, "nl")
    held = asked[::5]
    told = [one for at, one in enumerate(asked) if at % 5]
    again = [Asked(_reworded(one.text), "nl", one.uri) for one in told]
    taught = build(dutch, confirmed=[Confirmed(o.text, "nl", o.uri, "exact") for o in told])
    plain = build(dutch)
    names = ("Dutch pairs, others confirmed: before, after", "Dutch confirmed pairs, reworded: before, after")
    return [
        f"{name:44}  {len(some):6}  {hits(plain, some)[1]:5.2f}  {hits(taught, some)[1]:6.2f}"
        for name, some in zip(names, (held, again), strict=True)
    ]


def _reworded(text: str) -> str:
    """Return the words from the last to the first after "kennis van": other words around the same subject."""
    return "kennis van " + " ".join(reversed(words_of(text)))


def _sentences(esco: Path) -> list[Asked]:
    found = []
    for name in ("tech", "house"):
        rows = _rows(esco / f"{name}_validation_annotations.csv")
        told = spans(esco, name)
        found += [Asked(row["sentence"], "en", a.uri) for row, a in zip(rows, told, strict=True) if a.uri]
    return found


def _uris(index: Index, one: Asked) -> list[str]:
    return [candidate.uri for candidate in match(index, one.text, one.language)]


def _english(esco: Path) -> list[dict[str, str]]:
    with zipfile.ZipFile(esco / "esco-v1.1.1-classification-en-csv.zip") as archive:
        return list(csv.DictReader(io.StringIO(archive.read("skills_en.csv").decode("utf-8"))))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
