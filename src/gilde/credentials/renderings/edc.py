"""European Digital Credentials: the European Learning Model 3 in its EDC profile, as JSON-LD.

The official sample refers to the W3C context of data model 1.1 and to that of the profile, and so do we: the context of
data model 2.0 protects `description`, which that of the profile defines anew, so that no processor reads both together;
and it lacks `issued`, which the shapes demand.

Where each fact stands, when it is not where its name says:

| fact | in the model |
|---|---|
| kind | `dcType` of the achievement, a concept of ours; the profile is always "Generic" |
| criteria | description of the assessment that the specification says proves it (`specifiedBy.provenBy`) |
| qualification | `qualificationCode` of the specification, which then is a Qualification |
| level | `eqfLevel`, and `nqfLevel` in the scheme of the framework: its address, or its name when it has none |
| credit | `creditReceived` of the achievement, and `creditPoint` of the specification |
| method of an assessment | its description; who assessed: `assessedBy`, an Agent |
| language | `primaryLanguage` of the display |
| place | `geographicName` of the location of the awarding |
| legal number | `registration`, and `eIDASIdentifier` where the sealing certificate gives no other |
| replaces | `dc:replaces`, of the Dublin Core that the context names; the model has no word for it |
| status | `credentialStatus`, the address of the token status list with the index as its fragment |

All facts are held, so there is no extension of ours. The shapes are open, the schemes of concepts are not prescribed.

The shapes demand more than awards have: a country of the issuer (else "provisional data"), a legal identifier of it
(else its DID, with that scheme), a grade of every assessment (else "–" in no language), a picture (else one point).

Where the published shapes (EDC-generic-no-cv, 1.1.0) and the official sample or the W3C data model disagree:
- `credentialStatus` must be one xsd:anyURI, where the data model has nodes with a type: we follow the shapes;
- `proof` and `termsOfUse` must be xsd:anyURI too, which no Data Integrity proof is: an EDC is sealed from outside;
- the unsigned sample lacks `issued` and `eIDASIdentifier`, which sealing adds: only the sealed one conforms;
- the shapes call properties `nationalId` and `clv:`… that the context writes `nationalID` and without a slash, and
  `resultDistribution` that it misspells: those are never checked;
- they ask for no `inScheme`, which the lists of the full profile need: `edc_shapes` does.
"""

from gilde.credentials.renderings.edc_document import render
from gilde.credentials.renderings.edc_reading import facts, place

__all__ = ["facts", "place", "render"]
