"""Small ESCO packages that the tests write themselves."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

ESCO = "http://data.europa.eu/esco/"
NAIL, SAW, WOOD = (f"{ESCO}skill/{name}" for name in ("nail", "saw", "wood"))
GROUP = f"{ESCO}skill/a-group"
JOINER = f"{ESCO}occupation/joiner"
ISCO_7, ISCO_71 = f"{ESCO}isco/C7", f"{ESCO}isco/C71"

SKILL = ("conceptType", "conceptUri", "skillType", "reuseLevel", "preferredLabel", "altLabels", "hiddenLabels",
         "status", "modifiedDate", "inScheme", "description")  # fmt: skip


def table(columns: Sequence[str], *rows: Sequence[str]) -> str:
    """The text of a CSV file."""
    out = io.StringIO()
    csv.writer(out).writerows([columns, *rows])
    return out.getvalue()


def skill(uri: str, label: str, **told: str) -> list[str]:
    row = {
        "conceptUri": uri,
        "preferredLabel": label,
        "skillType": "skill/competence",
        "status": "released",
        **told,
    }
    return [row.get(name, "") for name in SKILL]


def small() -> dict[str, str]:
    """A whole package in English: two levels of ISCO, an occupation, a skill group and three skills."""
    english = table(
        SKILL,
        skill(
            NAIL, "drive nails", altLabels="hammer\nnail wood", hiddenLabels="hammer", description="Drives nails.",
            reuseLevel="sector-specific", inScheme=f"{ESCO}concept-scheme/skills,\n{ESCO}concept-scheme/green",
        ),
        skill(SAW, "saw wood", altLabels="cut wood | use a saw", modifiedDate="2022-07-05T14:34:33.959Z"),
        skill(WOOD, "types of wood", skillType="knowledge"),
    )  # fmt: skip
    joiner = [JOINER, "joiner", "carpenter", "7115.1", f"{ESCO}regulated-professions/regulated"]
    return {
        "ISCOGroups_en.csv": table(
            ("conceptUri", "code", "preferredLabel"), (ISCO_7, "7", "Craft"), (ISCO_71, "71", "Building")
        ),
        "skillGroups_en.csv": table(
            ("conceptUri", "preferredLabel", "code"), (GROUP, "work with wood", "S1")
        ),
        "occupations_en.csv": table(
            ("conceptUri", "preferredLabel", "altLabels", "code", "regulatedProfessionNote"), joiner
        ),
        "skills_en.csv": english,
        "broaderRelationsOccPillar.csv": table(
            ("conceptUri", "broaderUri"), (ISCO_71, ISCO_7), (JOINER, ISCO_71)
        ),
        "broaderRelationsSkillPillar.csv": table(
            ("conceptUri", "broaderUri"), (NAIL, GROUP), (SAW, GROUP), (WOOD, GROUP)
        ),
        "occupationSkillRelations.csv": table(
            ("occupationUri", "relationType", "skillType", "skillUri"),
            (JOINER, "essential", "", NAIL),
            (JOINER, "optional", "", SAW),
        ),
        "skillSkillRelations.csv": table(
            ("originalSkillUri", "relationType", "relatedSkillUri"), (SAW, "optional", WOOD)
        ),
    }


def dutch() -> dict[str, str]:
    """The skills of `small` in Dutch, in another order."""
    rows = (
        skill(WOOD, "houtsoorten", skillType="knowledge"),
        skill(NAIL, "spijkeren"),
        skill(SAW, "hout zagen"),
    )
    return {"skills_nl.csv": table(SKILL, *rows)}


def folder(path: Path, files: Mapping[str, str]) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (path / name).write_text(text, encoding="utf-8", newline="")
    return path


def archive(path: Path, files: Mapping[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, text in files.items():
            zipped.writestr(name, text)
    return path
