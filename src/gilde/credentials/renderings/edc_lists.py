"""The code lists of the European Learning Model that a credential refers to: our codes to its addresses and back.

Languages and countries are those of the authority tables of the Publications Office of the EU, by ISO code; the rest
is of the model's own lists. A thing that is on no list gets an address of ours (`urn:gilde:…`), so that none is lost.
"""

from __future__ import annotations

import re
from typing import Any, Final

from gilde.credentials.facts import Kind, OutcomeKind

AUTHORITY: Final = "http://publications.europa.eu/resource/authority/"
SNB: Final = "http://data.europa.eu/snb/"
ESCO: Final = "http://data.europa.eu/esco/concept-scheme/skills"
OWN: Final = "urn:gilde:"
# What stands where the model demands a country and none is known ("provisional data" in the authority table).
NO_COUNTRY: Final = "OP_DATPRO"
# The subtag of BCP 47 for what is no language: the model demands a grade in a language, also where none was given.
NO_LANGUAGE: Final = "zxx"
NO_GRADE: Final = "–"
_LIST: Final = "25831c2"  # how the model calls the scheme of each of its lists
_PLAIN_ADDRESS: Final = re.compile(r"(?:https?://|urn:[a-z0-9-]+:)[!#-;=?-Z\[\]_a-z~]+")

_LANGUAGES: Final = """
    aa:AAR ab:ABK ae:AVE af:AFR ak:AKA am:AMH an:ARG ar:ARA as:ASM av:AVA ay:AYM az:AZE ba:BAK be:BEL
    bg:BUL bi:BIS bm:BAM bn:BEN bo:BOD br:BRE bs:BOS ca:CAT ce:CHE ch:CHA co:COS cr:CRE cs:CES cu:CHU
    cv:CHV cy:CYM da:DAN de:DEU dv:DIV dz:DZO ee:EWE el:ELL en:ENG eo:EPO es:SPA et:EST eu:EUS fa:FAS
    ff:FUL fi:FIN fj:FIJ fo:FAO fr:FRA fy:FRY ga:GLE gd:GLA gl:GLG gn:GRN gu:GUJ gv:GLV ha:HAU he:HEB
    hi:HIN ho:HMO hr:HRV ht:HAT hu:HUN hy:HYE hz:HER ia:INA id:IND ie:ILE ig:IBO ii:III ik:IPK io:IDO
    is:ISL it:ITA iu:IKU ja:JPN jv:JAV ka:KAT kg:KON ki:KIK kj:KUA kk:KAZ kl:KAL km:KHM kn:KAN ko:KOR
    kr:KAU ks:KAS ku:KUR kv:KOM kw:COR ky:KIR la:LAT lb:LTZ lg:LUG li:LIM ln:LIN lo:LAO lt:LIT lu:LUB
    lv:LAV mg:MLG mh:MAH mi:MRI mk:MKD ml:MAL mn:MON mr:MAR ms:MSA mt:MLT my:MYA na:NAU nb:NOB nd:NDE
    ne:NEP ng:NDO nl:NLD nn:NNO no:NOR nr:NBL nv:NAV ny:NYA oc:OCI oj:OJI om:ORM or:ORI os:OSS pa:PAN
    pi:PLI pl:POL ps:PUS pt:POR qu:QUE rm:ROH rn:RUN ro:RON ru:RUS rw:KIN sa:SAN sc:SRD sd:SND se:SME
    sg:SAG si:SIN sk:SLK sl:SLV sm:SMO sn:SNA so:SOM sq:SQI sr:SRP ss:SSW st:SOT su:SUN sv:SWE sw:SWA
    ta:TAM te:TEL tg:TGK th:THA ti:TIR tk:TUK tl:TGL tn:TSN to:TON tr:TUR ts:TSO tt:TAT tw:TWI ty:TAH
    ug:UIG uk:UKR ur:URD uz:UZB ve:VEN vi:VIE vo:VOL wa:WLN wo:WOL xh:XHO yi:YID yo:YOR za:ZHA zh:ZHO
    zu:ZUL
"""
_COUNTRIES: Final = """
    AD:AND AE:ARE AF:AFG AG:ATG AI:AIA AL:ALB AM:ARM AO:AGO AQ:ATA AR:ARG AS:ASM AT:AUT AU:AUS AW:ABW
    AX:ALA AZ:AZE BA:BIH BB:BRB BD:BGD BE:BEL BF:BFA BG:BGR BH:BHR BI:BDI BJ:BEN BL:BLM BM:BMU BN:BRN
    BO:BOL BQ:BES BR:BRA BS:BHS BT:BTN BV:BVT BW:BWA BY:BLR BZ:BLZ CA:CAN CC:CCK CD:COD CF:CAF CG:COG
    CH:CHE CI:CIV CK:COK CL:CHL CM:CMR CN:CHN CO:COL CR:CRI CU:CUB CV:CPV CW:CUW CX:CXR CY:CYP CZ:CZE
    DE:DEU DJ:DJI DK:DNK DM:DMA DO:DOM DZ:DZA EC:ECU EE:EST EG:EGY EH:ESH ER:ERI ES:ESP ET:ETH EU:EUR
    FI:FIN FJ:FJI FK:FLK FM:FSM FO:FRO FR:FRA GA:GAB GB:GBR GD:GRD GE:GEO GF:GUF GG:GGY GH:GHA GI:GIB
    GL:GRL GM:GMB GN:GIN GP:GLP GQ:GNQ GR:GRC GS:SGS GT:GTM GU:GUM GW:GNB GY:GUY HK:HKG HM:HMD HN:HND
    HR:HRV HT:HTI HU:HUN ID:IDN IE:IRL IL:ISR IM:IMN IN:IND IO:IOT IQ:IRQ IR:IRN IS:ISL IT:ITA JE:JEY
    JM:JAM JO:JOR JP:JPN KE:KEN KG:KGZ KH:KHM KI:KIR KM:COM KN:KNA KP:PRK KR:KOR KW:KWT KY:CYM KZ:KAZ
    LA:LAO LB:LBN LC:LCA LI:LIE LK:LKA LR:LBR LS:LSO LT:LTU LU:LUX LV:LVA LY:LBY MA:MAR MC:MCO MD:MDA
    ME:MNE MF:MAF MG:MDG MH:MHL MK:MKD ML:MLI MM:MMR MN:MNG MO:MAC MP:MNP MQ:MTQ MR:MRT MS:MSR MT:MLT
    MU:MUS MV:MDV MW:MWI MX:MEX MY:MYS MZ:MOZ NA:NAM NC:NCL NE:NER NF:NFK NG:NGA NI:NIC NL:NLD NO:NOR
    NP:NPL NR:NRU NU:NIU NZ:NZL OM:OMN PA:PAN PE:PER PF:PYF PG:PNG PH:PHL PK:PAK PL:POL PM:SPM PN:PCN
    PR:PRI PS:PSE PT:PRT PW:PLW PY:PRY QA:QAT RE:REU RO:ROU RS:SRB RU:RUS RW:RWA SA:SAU SB:SLB SC:SYC
    SD:SDN SE:SWE SG:SGP SH:SHN SI:SVN SJ:SJM SK:SVK SL:SLE SM:SMR SN:SEN SO:SOM SR:SUR SS:SSD ST:STP
    SV:SLV SX:SXM SY:SYR SZ:SWZ TC:TCA TD:TCD TF:FQ0 TG:TGO TH:THA TJ:TJK TK:TKL TL:TLS TM:TKM TN:TUN
    TO:TON TR:TUR TT:TTO TV:TUV TW:TWN TZ:TZA UA:UKR UG:UGA UM:UMI US:USA UY:URY UZ:UZB VA:VAT VC:VCT
    VE:VEN VG:VGB VI:VIR VN:VNM VU:VUT WF:WLF WS:WSM XK:1A0 YE:YEM YT:MYT ZA:ZAF ZM:ZMB ZW:ZWE
"""
_LETTERS: Final = dict(each.split(":") for each in _LANGUAGES.split())
_CODES: Final = {three: two for two, three in _LETTERS.items()}
_COUNTRY_LETTERS: Final = dict(each.split(":") for each in _COUNTRIES.split())
_COUNTRY_CODES: Final = {three: two for two, three in _COUNTRY_LETTERS.items()}

_CREDITS: Final = {
    "ects": (f"{SNB}education-credit/6fcec5c5af", "European Credit Transfer System"),
    "ecvet": (
        f"{SNB}education-credit/60b314e826",
        "European credit system for vocational education and training",
    ),
}
_CREDIT_CODES: Final = {address: code for code, (address, _name) in _CREDITS.items()}
_OUTCOMES: Final = {
    OutcomeKind.KNOWLEDGE: f"{SNB}skill-type/knowledge",
    OutcomeKind.SKILL: f"{SNB}skill-type/skill",
    OutcomeKind.AUTONOMY: f"{OWN}outcome:autonomy",  # the list of the model has no such kind
}
_OUTCOME_KINDS: Final = {address: kind for kind, address in _OUTCOMES.items()}
_OUTCOME_NAMES: Final = {
    OutcomeKind.KNOWLEDGE: "knowledge",
    OutcomeKind.SKILL: "skill",
    OutcomeKind.AUTONOMY: "responsibility and autonomy",
}
_KINDS: Final = {
    Kind.DIPLOMA: "Diploma",
    Kind.CERTIFICATE: "Certificate",
    Kind.PARTIAL: "Partial qualification",
    Kind.EXPERIENCE: "Certificate of experience",
    Kind.MICRO: "Micro-credential",
    Kind.SUPPLEMENT: "Supplement",
}
SUPPLEMENT_PROFILE: Final = f"{SNB}credential/6dff8a0f87"


def is_address(text: str) -> bool:
    """Whether this can be the address of a thing in a graph, without quoting."""
    return _PLAIN_ADDRESS.fullmatch(text) is not None


def concept(address: str, scheme: str, name: str = "") -> dict[str, Any]:
    """Return a coded value as the model writes one; `name` is in English."""
    told: dict[str, Any] = {
        "id": address,
        "type": "Concept",
        "inScheme": {"id": scheme, "type": "ConceptScheme"},
    }
    if name:
        told["prefLabel"] = {"en": name}
    return told


def generic_profile() -> dict[str, Any]:
    return concept(f"{SNB}credential/e34929035b", f"{SNB}credential/{_LIST}", "Generic")


def base64_encoding() -> dict[str, Any]:
    return concept(f"{SNB}encoding/6146cde7dd", f"{SNB}encoding/{_LIST}", "base64")


def file_type(name: str) -> dict[str, Any]:
    return concept(f"{AUTHORITY}file-type/{name}", f"{AUTHORITY}file-type", name)


def language(code: str) -> dict[str, Any]:
    """Return a language by its ISO 639-1 code; one that the table lacks gets an address of ours."""
    letters = _LETTERS.get(code)
    address = f"{AUTHORITY}language/{letters}" if letters else f"{OWN}language:{code}"
    return concept(address, f"{AUTHORITY}language")


def language_code(address: str) -> str:
    """Return the ISO 639-1 code of a language, "" when it has none."""
    if address.startswith(f"{OWN}language:"):
        return address.rpartition(":")[2]
    return _CODES.get(address.removeprefix(f"{AUTHORITY}language/"), "")


def country(code: str) -> dict[str, Any]:
    """Return a country by its ISO 3166-1 code of two letters; "" becomes "provisional data"."""
    letters = _COUNTRY_LETTERS.get(code) if code else NO_COUNTRY
    address = f"{AUTHORITY}country/{letters}" if letters else f"{OWN}country:{code}"
    return concept(address, f"{AUTHORITY}country")


def country_code(address: str) -> str:
    """Return the code of two letters of a country, "" when it is none."""
    if address.startswith(f"{OWN}country:"):
        return address.rpartition(":")[2]
    return _COUNTRY_CODES.get(address.removeprefix(f"{AUTHORITY}country/"), "")


def field_of_education(code: str) -> dict[str, Any]:
    """Return a field of education by its ISCED-F 2013 code."""
    return concept(f"{SNB}isced-f/{code}", f"{SNB}isced-f/{_LIST}", code)


def eqf_level(level: int) -> dict[str, Any]:
    return concept(f"{SNB}eqf/{level}", f"{SNB}eqf/{_LIST}", f"EQF level {level}")


def eqf_number(address: str) -> int | None:
    """Return the level, 1 to 8."""
    number = address.removeprefix(f"{SNB}eqf/")
    return int(number) if number in set("12345678") else None


def credit_system(code: str) -> dict[str, Any]:
    """Return a system of credit points; one that the model does not list has a name alone."""
    scheme = f"{SNB}education-credit/{_LIST}"
    if code in _CREDITS:
        return concept(_CREDITS[code][0], scheme, _CREDITS[code][1])
    return {"type": "Concept", "inScheme": {"id": f"{OWN}credit", "type": "ConceptScheme"}} | {
        "prefLabel": {"en": code}
    }


def credit_code(address: str) -> str:
    """Return "ects", "ecvet", or "" for another system."""
    return _CREDIT_CODES.get(address, "")


def outcome_kind(kind: OutcomeKind) -> dict[str, Any]:
    scheme = f"{SNB}skill-type/{_LIST}" if kind != OutcomeKind.AUTONOMY else f"{OWN}outcome"
    return concept(_OUTCOMES[kind], scheme, _OUTCOME_NAMES[kind])


def outcome_kind_of(address: str) -> OutcomeKind | None:
    return _OUTCOME_KINDS.get(address)


def skill(address: str) -> dict[str, Any]:
    """Return an ESCO skill."""
    return concept(address, ESCO)


def kind_of_award(kind: Kind) -> dict[str, Any]:
    return concept(f"{OWN}kind:{kind}", f"{OWN}kind", _KINDS[kind])


def award_kind_of(address: str) -> Kind | None:
    """Return the kind of an award that Gilde wrote."""
    code = address.removeprefix(f"{OWN}kind:")
    return Kind(code) if code in set(Kind) else None
