"""The events of a parser of SDMX-ML as series and observations; no tree is built, so memory stays constant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.translation import gettext as _

from gilde.indicators.errors import Unreadable
from gilde.indicators.formats import answers
from gilde.indicators.formats.concepts import concepts, dataflow_of
from gilde.indicators.formats.sdmx_observations import Observations, kept

_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_LONGEST = 10_000
_FLAT = "AllDimensions"
_TIME = "TIME_PERIOD"
_VALUE = "OBS_VALUE"
_HEADER_TEXTS = {"Prepared", "DataSetID", "Structure", "StructureUsage", "URN", "Name"}
_ANSWER_TEXTS = {"Text", "faultcode", "faultstring", "id", "status"}


@dataclass
class Header:
    """What the header of a message says."""

    kind: str = ""
    usage: str = ""  # the dataflow that the message uses
    dataset: str = ""
    structure: str = ""
    title: str = ""
    moment: datetime | None = None

    @property
    def dataflow(self) -> str:
        """Return the identifier of the dataset."""
        return self.usage or self.dataset or self.structure


class Target:
    """What lxml tells of a message: `root` is its element, `said` what the provider says beside or instead of figures.

    Raises Unreadable out of the parser for declarations of a document type: no message needs one, and they are how
    small files become large ones.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.root = ""
        self.header = Header()
        self.said: list[answers.Said] = []
        self.observations = Observations(name)
        self._kept = kept()
        self._generic = False
        self._locals: dict[str, str] = {}
        self._in_header = self._in_footer = False
        self._level = self._of = ""
        self._key: dict[str, str] = {}
        self._about: dict[str, str] = {}
        self._pending = False  # a series whose key is known and that has no observation yet
        self._flat = False  # whether an observation has its key itself
        self._own, self._obs, self._other = "", dict[str, str](), False
        self._value: str | None = None
        self._into: dict[str, str] | None = None
        self._component = ""
        self._parts: list[str] = []
        self._text: list[str] | None = None
        self._length = 0
        self._code, self._severity, self._texts = "", "", list[str]()
        self._queued: dict[str, str] = {}

    # What the parser calls

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        raise Unreadable(
            _("“%(name)s” declares a document type (DOCTYPE). A message of figures has none; it is not read.")
            % {"name": self.name}
        )

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        local = self._locals.get(tag)
        if local is None:
            local = tag.rsplit("}", 1)[-1]
            if len(self._locals) < 1000:
                self._locals[tag] = local
        if not self.root:
            self._begin(local)
        elif self._in_header:
            self._start_in_header(local, attributes)
        elif local == "Obs":
            self._start_observation(attributes)
        elif local == "Header":
            self._in_header = True
        elif self._in_footer or self.root in ("Error", "Fault", "Envelope"):
            self._start_in_answer(local, attributes)
        elif local == "Footer":
            self._in_footer = True
        elif self._generic:
            self._start_generic(local, attributes)
        else:
            self._start_specific(local, attributes)

    def end(self, tag: str) -> None:
        local = self._locals.get(tag) or tag.rsplit("}", 1)[-1]
        if self._in_header:
            self._end_in_header(local)
        elif local == "Obs":
            self._end_observation()
        elif self._in_footer or self.root in ("Error", "Fault", "Envelope"):
            self._end_in_answer(local)
        elif local in ("SeriesKey", "ObsKey", "GroupKey", "Attributes"):
            self._end_generic(local)
        elif local == "Group" and self._generic:
            self.observations.group(self._key, self._about)
            self._level = "dataset"
        elif local == "Series":
            self._level, self._pending = "dataset", False
        elif self._component:
            self._end_component(local)

    def data(self, data: str | bytes) -> None:
        if self._text is not None:
            self._length += len(data)
            if self._length <= _LONGEST:
                self._text.append(str(data))

    def comment(self, text: str | bytes) -> None:
        """Pass over a comment."""

    def pi(self, target: str | bytes, data: str | bytes | None = None) -> None:
        """Pass over an instruction."""

    def close(self) -> None:
        """End; what was found is in the attributes."""

    # The message

    def _begin(self, local: str) -> None:
        self.root = local
        self._generic = local.startswith("Generic")
        self._in_footer = local == "Footer"  # a footer that is read by itself
        self.observations.explicit = self._generic
        self.header.kind = "generic" if self._generic else "structure-specific"
        if local == "Fault":
            self._severity = "error"

    def _words(self) -> str:
        words, self._text, self._length = "".join(self._text or []).strip(), None, 0
        return words

    def _start_in_header(self, local: str, attributes: Mapping[str, str]) -> None:
        if local in _HEADER_TEXTS:
            self._text, self._length = [], 0
        if local == "Structure" and "dimensionAtObservation" in attributes:
            across = attributes["dimensionAtObservation"]
            self.observations.across = "" if across == _FLAT else across
        elif local in ("StructureUsage", "Structure"):
            self._of = local
        if local == "Ref" and "id" in attributes:
            self._name_dataset(attributes["id"])

    def _end_in_header(self, local: str) -> None:
        if local == "Header":
            self._in_header = False
        elif local == "Ref":
            return
        elif self._text is not None and local in _HEADER_TEXTS:
            words = self._words()
            if local == "Prepared":
                self.header.moment = _moment(words)
            elif local == "DataSetID":
                self.header.dataset = words[:200]
            elif local == "Name":
                pass  # of the sender
            elif words:
                self._name_dataset(dataflow_of(words))

    def _name_dataset(self, ident: str) -> None:
        if self._of == "StructureUsage":
            self.header.usage = self.header.usage or ident[:200]
        else:
            self.header.structure = self.header.structure or ident[:200]

    def _start_dataset(self, attributes: Mapping[str, str]) -> None:
        if any(
            ident.rsplit("}", 1)[-1] == "action" and word.lower() == "delete"
            for ident, word in attributes.items()
        ):
            raise Unreadable(
                _("“%(name)s” asks to delete figures. Only figures are taken; leave them out.")
                % {"name": self.name}
            )
        self._level = "dataset"
        own = {ident: word for ident, word in attributes.items() if "}" not in ident}
        self.observations.dataset({} if self._generic else _without_structure(own))

    # Series and observations

    def _start_generic(self, local: str, attributes: Mapping[str, str]) -> None:
        if local == "Value":
            if self._into is not None and "id" in attributes:
                self._into[attributes["id"]] = attributes.get("value", "")
        elif local == "ObsDimension":
            self._own = attributes.get("value", "")
        elif local == "ObsValue":
            self._value = attributes.get("value")
        elif local in ("SeriesKey", "ObsKey", "GroupKey", "Attributes"):
            self._into = {}
        elif local in ("Series", "Group"):
            self._level = local.lower()
            self._key, self._about, self._pending = {}, {}, local == "Series"
        elif local == "DataSet":
            self._start_dataset(attributes)

    def _end_generic(self, local: str) -> None:
        found, self._into = self._into or {}, None
        if local != "Attributes":
            self._key = found
        elif self._level == "obs":
            self._obs = {ident: word for ident, word in found.items() if ident in self._kept}
        elif self._level in ("series", "group"):
            self._about = found
        else:
            self.observations.dataset(found)

    def _start_specific(self, local: str, attributes: Mapping[str, str]) -> None:
        if local == "Series":
            self._level, self._pending = "series", True
            self._key, self._about = _apart(attributes)
        elif local in ("Group", "Atts"):
            key, about = _apart(attributes)
            units = {ident: key.pop(ident) for ident in concepts().unit if ident in key}
            if key:
                self.observations.group(key, {**about, **units})
            else:
                self.observations.dataset({**about, **units})
        elif local == "Comp":
            self._component, self._parts = attributes.get("id", ""), []
            self._text, self._length = [], 0
        elif local == "Value" and self._component:
            self._text, self._length = [], 0
        elif local == "DataSet":
            self._start_dataset(attributes)

    def _end_component(self, local: str) -> None:
        """Take an attribute that is written as an element (3.0), which may have several values."""
        if self._text is not None:
            words = self._words()
            if words:
                self._parts.append(words)
        if local == "Comp":
            ident, words = self._component, " ".join(self._parts[:20])
            self._component = ""
            if self._level == "obs" and ident == _VALUE:
                self._value = words
            elif ident in self._kept:
                (self._obs if self._level == "obs" else self._about)[ident] = words

    def _start_observation(self, attributes: Mapping[str, str]) -> None:
        flat = self._level != "series"
        self._level, self._obs, self._other = "obs", {}, False
        self._own, self._value = "", None
        if self._pending:
            self.observations.series(self._key, self._about)
            self._pending = False
        self._flat = flat
        if self._generic:
            self._key = {} if flat else self._key
        elif flat:
            key, self._obs = _apart(attributes)
            self._value = key.pop(_VALUE, None)
            self._key = key
        else:
            self._take_attributes(attributes)

    def _take_attributes(self, attributes: Mapping[str, str]) -> None:
        across = self.observations.across
        for ident, word in attributes.items():
            if ident == across:
                self._own = word
            elif ident == _VALUE:
                self._value = word
            elif ident == _TYPE:
                # Explicit measures: the type of the observation is the category of the dimension.
                self._own = self._own or word.rsplit(":", 1)[-1]
            elif ident in self._kept:
                self._obs[ident] = word
            else:
                self._other = True

    def _end_observation(self) -> None:
        if self._flat:
            self.observations.across = ""
            self.observations.series(self._key, {})
        self.observations.add(self._own, self._value, self._obs, self._other)
        self._level = "dataset" if self._flat else "series"

    # Answers of a provider

    def _start_in_answer(self, local: str, attributes: Mapping[str, str]) -> None:
        if local in ("Message", "ErrorMessage"):
            self._code = attributes.get("code", "")
            self._severity = attributes.get("severity", "error" if local == "ErrorMessage" else "")
            self._texts = []
        elif local in _ANSWER_TEXTS:
            self._text, self._length = [], 0

    def _end_in_answer(self, local: str) -> None:
        if local in _ANSWER_TEXTS and self._text is not None:
            words = self._words()
            if local in ("id", "status"):
                self._queued[local] = words
            elif local == "faultcode":
                self._code = words
            elif len(self._texts) < 20:
                self._texts.append(words)
        if local in ("Message", "ErrorMessage", "Fault") and len(self.said) < 20:
            self.said.append(answers.Said(self._code, self._severity or "", tuple(self._texts)))
        elif local == "Envelope" and "id" in self._queued:
            raise answers.queued(self._queued["id"], self._queued.get("status", ""))
        elif local == "Footer":
            self._in_footer = False


def _apart(attributes: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return what may be dimensions, a unit among them, and what is an attribute by its name."""
    table = concepts()
    key, about = dict[str, str](), dict[str, str]()
    for ident, word in attributes.items():
        if "}" in ident:
            continue
        (about if table.is_attribute(ident) else key)[ident] = word
    return key, about


def _without_structure(attributes: dict[str, str]) -> dict[str, str]:
    own = {"structureRef", "setID", "action", "dataScope", "validFromDate", "validToDate", "publicationYear"}
    return {ident: word for ident, word in attributes.items() if ident not in own}


def _moment(words: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(words)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
