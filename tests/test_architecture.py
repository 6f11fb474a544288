"""The layers of the house hold: in imports, in foreign keys, and in the database."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.test.utils import isolate_apps

from gilde.core.audit import triggers

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
CONTRACTS = {contract["id"]: contract for contract in PROJECT["tool"]["importlinter"]["contracts"]}


def ranks(layers: Iterable[str]) -> dict[str, int]:
    """Return how high each context stands; neighbours, written "a | b", stand equally high."""
    return {
        context.strip(" ()"): height
        for height, layer in enumerate(reversed(list(layers)))
        for context in layer.replace(":", "|").split("|")
    }


RANKS = ranks(CONTRACTS["layers"]["layers"])


def relations_upward(all_models: Iterable[type[models.Model]], ranks: dict[str, int]) -> list[str]:
    """Return the relations of our models that point up, sideways, or to a context that stands in no layer."""
    found = []
    for model in all_models:
        context = model._meta.app_label
        if context not in ranks:
            continue
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
            other: Any = field.related_model
            if other is None:
                continue
            target = context if other == "self" else other._meta.app_label
            ours = target in ranks or other.__module__.startswith("gilde.")
            if ours and target != context and ranks.get(target, len(ranks)) >= ranks[context]:
                found.append(f"{model._meta.label}.{field.name} points to {target}")
    return found


def lint(configuration: str, folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "setup.toml").write_text(configuration)
    program = "import sys; sys.path[:0] = sys.argv[1:3]; from importlinter.cli import lint_imports; "
    program += "sys.exit(lint_imports(config_filename=sys.argv[3], no_cache=True))"
    return subprocess.run(
        [sys.executable, "-c", program, str(folder), str(ROOT / "src"), str(folder / "setup.toml")],
        capture_output=True,
        text=True,
        cwd=folder,
    )


# --- relations
# ------------------------------------------------------------------------------------------------


def test_the_layers_are_those_of_the_applications() -> None:
    ours = {app.label for app in apps.get_app_configs() if app.name.startswith("gilde.")}
    assert ours <= set(RANKS)
    assert RANKS["core"] == 0
    assert RANKS["config"] == max(RANKS.values())


def test_no_relation_points_up_or_sideways() -> None:
    assert relations_upward(apps.get_models(include_auto_created=True), RANKS) == []


def test_a_relation_up_sideways_or_out_of_the_layers_is_found() -> None:
    with isolate_apps("gilde.core", "gilde.organisations", "gilde.plans"):

        class Upper(models.Model):
            class Meta:
                app_label = "plans"

        class Beside(models.Model):
            class Meta:
                app_label = "organisations"

        class Lower(models.Model):
            up = models.ForeignKey(Upper, on_delete=models.CASCADE)
            own = models.ForeignKey("self", on_delete=models.CASCADE)

            class Meta:
                app_label = "core"

        class Middle(models.Model):
            down = models.ForeignKey(Lower, on_delete=models.CASCADE)
            up = models.OneToOneField(Upper, on_delete=models.CASCADE)
            many = models.ManyToManyField(Upper)

            class Meta:
                app_label = "organisations"

        class Neighbour(models.Model):
            side = models.ForeignKey(Beside, on_delete=models.CASCADE)

            class Meta:
                app_label = "plans"

        Upper.__module__ = "gilde.plans.models"
        found = [Upper, Beside, Lower, Middle]
        assert relations_upward(found, ranks(["plans", "organisations", "core"])) == [
            "core.Lower.up points to plans",
            "organisations.Middle.up points to plans",
            "organisations.Middle.many points to plans",
        ]
        assert relations_upward([Neighbour], ranks(["plans | organisations", "core"])) == [
            "plans.Neighbour.side points to organisations"
        ]
        assert relations_upward([Lower], ranks(["core"])) == ["core.Lower.up points to plans"]


# --- imports
# --------------------------------------------------------------------------------------------------


def test_imports_keep_to_the_contracts() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; sys.path.insert(0, 'src'); from importlinter.cli import lint_imports; "
            "sys.exit(lint_imports(no_cache=True))",
        ],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout


def test_every_context_above_core_and_below_config_has_its_public_module_protected() -> None:
    for context in set(RANKS) - {"config", "demo", "core"}:
        contract = CONTRACTS[f"public-{context}"]
        assert contract["type"] == "protected"
        assert contract["protected_modules"] == [f"gilde.{context}"]


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Return a folder with a small house of two contexts, the lower of which may be given a fault."""
    for name in ("house", "house/upper", "house/lower"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    (tmp_path / "house/upper/views.py").write_text("import house.lower.public\n")
    (tmp_path / "house/lower/public.py").write_text("import house.lower.models\n")
    (tmp_path / "house/lower/models.py").touch()
    return tmp_path


HOUSE = """
[tool.importlinter]
root_package = "house"
[[tool.importlinter.contracts]]
name = "layers"
type = "layers"
containers = ["house"]
exhaustive = true
layers = ["upper", "lower"]
[[tool.importlinter.contracts]]
name = "public"
type = "protected"
protected_modules = ["house.lower"]
allowed_importers = ["house.lower"]
ignore_imports = ["** -> house.lower.public"]
unmatched_ignore_imports_alerting = "none"
as_packages = true
"""


def test_the_contracts_let_a_sound_house_pass(house: Path) -> None:
    done = lint(HOUSE, house)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("file", "words", "broken"),
    [
        ("house/lower/models.py", "import house.upper.views\n", "layers BROKEN"),
        ("house/upper/views.py", "import house.lower.models\n", "public BROKEN"),
        ("house/other.py", "", "layers BROKEN"),
    ],
)
def test_the_contracts_find_an_import_up_past_the_public_module_or_from_no_layer(
    house: Path, file: str, words: str, broken: str
) -> None:
    (house / file).write_text(words)
    done = lint(HOUSE, house)
    assert done.returncode == 1
    assert broken in done.stdout


# --- tables that only grow
# ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_every_append_only_table_has_its_triggers() -> None:
    tables = triggers.append_only_tables()
    assert "core_auditevent" in tables
    assert [table for table in tables if not triggers.installed(connection, table)] == []


@pytest.mark.django_db
def test_a_table_without_its_triggers_is_found() -> None:
    assert not triggers.installed(connection, "core_fetchlog")
    triggers.remove(connection, "core_auditevent")
    assert not triggers.installed(connection, "core_auditevent")
    triggers.install(connection, "core_auditevent")
    assert triggers.installed(connection, "core_auditevent")


def test_a_model_marked_append_only_is_among_the_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    from gilde.core.models import FetchLog

    monkeypatch.setattr(FetchLog, "append_only", True, raising=False)
    assert "core_fetchlog" in triggers.append_only_tables()
