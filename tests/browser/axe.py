"""What axe finds on a page: the rules of WCAG 2.2 A and AA and of good practice.

The rules of colour take three quarters of its time, for each text on the page. All are asked of all once, wide and
light; narrow or in the dark those of colour are asked of three of each look: same colours, size, and grounds below.
"""

from __future__ import annotations

import json
from typing import Any, Final

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page as Tab

TAGS: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
COLOURS: Final = ["color-contrast", "link-in-text-block"]
# Without paths to elements, which nobody reads.
_PLAIN: Final = {"resultTypes": ["violations"], "selectors": False}
# The texts of the page, three of each look.
_LOOKS: Final = """() => {
  const looks = new Map(), counted = new Map();
  const look = (e) => {
    if (!e) return "";
    if (!looks.has(e)) {
      const s = getComputedStyle(e);
      const own = [s.color, s.backgroundColor, s.backgroundImage, s.opacity, s.textDecorationLine];
      looks.set(e, own.join() + "|" + look(e.parentElement));
    }
    return looks.get(e);
  };
  const told = (e) => [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim());
  return [...document.body.querySelectorAll("*")].filter((e) => {
    const seen = e.checkVisibility({visibilityProperty: true});
    if (!seen || !(told(e) || e.matches("input, select, textarea"))) return false;
    const s = getComputedStyle(e), name = [e.tagName, s.fontSize, s.fontWeight, look(e)].join();
    counted.set(name, (counted.get(name) ?? 0) + 1);
    return counted.get(name) <= 3;
  });
}"""


def load(tab: Tab) -> None:
    """Bring axe into the page."""
    tab.evaluate(AXE_SCRIPT)


def everything(tab: Tab) -> list[dict[str, Any]]:
    """Return what all rules find on all of the page."""
    return _violations(tab, "document", {"runOnly": {"type": "tag", "values": TAGS}})


def but_colours(tab: Tab) -> list[dict[str, Any]]:
    """Return what the rules find that do not look at colours."""
    without = {name: {"enabled": False} for name in COLOURS}
    return _violations(tab, "document", {"runOnly": {"type": "tag", "values": TAGS}, "rules": without})


def colours(tab: Tab) -> list[dict[str, Any]]:
    """Return what the rules of colour find on texts of each look."""
    return _violations(tab, f"{{include: ({_LOOKS})()}}", {"runOnly": {"type": "rule", "values": COLOURS}})


def told(violations: list[dict[str, Any]]) -> str:
    """Return what axe found, for people."""
    return "\n".join(
        f"{found['id']}: {found['help']}\n    {node['html'][:200]}\n    {node.get('failureSummary', '')}"
        for found in violations
        for node in found["nodes"][:3]
    )


def _violations(tab: Tab, where: str, rules: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tab.evaluate(
        f"axe.run({where}, {json.dumps(rules | _PLAIN)}).then(r => r.violations)"
    )
    return found
