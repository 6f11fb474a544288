"""Every sentence of a report that is not the plan's own; the snapshot keeps them as they were said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from gilde.indicators.public import Status
from gilde.plans.models import Action, Evidence, FundingLine, Milestone, Tick
from gilde.plans.report import judged


def words() -> dict[str, str]:
    """Return the labels of a report in the language that is active, by key, some with `%(name)s` in them."""
    found = {
        "report": _("Progress report"),
        "as_of": _("As of"),
        "made_on": _("Made on"),
        "made_from": _(
            "Made from the data of Gilde as they were on that day; it does not change afterwards."
        ),
        "for": _("For"),
        "owners": _("Owners"),
        "instruments": _("Answers to"),
        "area": _("Covers"),
        "document": _("Document of the plan"),
        "edition": _("Edition"),
        "edition_of": _("%(number)s, in Gilde since %(date)s"),
        "address": _("Address"),
        "hash": _("SHA-256 of the content"),
        "contents": _("Contents"),
        "page_of": _("Page %(page)s of %(total)s"),
        "plan_synthetic": _("This plan is invented. It is here to show how Gilde works."),
        "progress_synthetic": _(
            "The progress in this report is invented. It is here to show how Gilde works."
        ),
        "in_short": _("In short"),
        "measures": _("Measures"),
        "measure": _("Measure"),
        "actions": _("Actions"),
        "action": _("Action"),
        "milestones": _("Milestones"),
        "milestone": _("Milestone"),
        "evidence": _("Evidence"),
        "money": _("Money"),
        "updates": _("What was reported"),
        "ticks": _("Tick boxes"),
        "bodies": _("Bodies"),
        "notes": _("What changed since the plan was adopted"),
        "dropped": _("no longer in the plan"),
        "signal": _("Signal"),
        "state": _("State"),
        "due": _("Due"),
        "start": _("Start"),
        "date": _("Date"),
        "finished": _("Finished"),
        "responsible": _("Responsible"),
        "figure": _("Figure"),
        "number": _("Number"),
        "late": _("late"),
        "stale": _("no news"),
        "overdue": _("overdue"),
        "undated": _("no date"),
        "from": _("from %(date)s"),
        "unknown": _("unknown"),
        "none": _("none"),
        "indicators": _("Indicators"),
        "indicator": _("Indicator"),
        "latest": _("Latest figure"),
        "target": _("Target"),
        "status": _("Status"),
        "no_figures": _("no figures by this day"),
        "no_target": _("no target"),
        "figures_of": _("Figures of: %(area)s"),
        "benchmark": _("benchmark, issued for %(area)s"),
        "signed": _("judged by a person"),
        "aim": _("%(comparison)s %(value)s by %(year)s"),
        "issued_by": _("%(instrument)s (%(year)s)"),
        "breaks": _("Break in the series in %(periods)s: figures before and after cannot be compared."),
        "source_of": _("Source: %(source)s"),
        "source_retrieved": _("Source: %(source)s, retrieved on %(date)s"),
        "chart:indicator": _("%(name)s, %(area)s"),
        "what:status": _("status"),
        "what:latest": _("latest figure"),
        "no_actions": _("No action is known for this measure."),
        "no_evidence": _("No evidence was approved by this day."),
        "planned": _("Planned"),
        "committed": _("Committed"),
        "spent": _("Spent"),
        "line": _("Funding line"),
        "period": _("Period"),
        "lines": _("Funding lines"),
        "without_amount": _("Without an amount"),
        "period:year": _("each year"),
        "period:total": _("in all"),
        "period:": _("period not said"),
        "about": _("about %(amount)s"),
        "at_most": _("at most %(amount)s"),
        "invented": _("invented"),
        "every": _("every %(interval)s"),
        "changes": _("What changed since the last report"),
        "changes_first": _("This is the first report of this plan, so there is nothing to compare it with."),
        "changes_none": _("Nothing changed since the report as of %(date)s."),
        "changes_since": _("Compared with the report as of %(date)s."),
        "change": _("Change"),
        "before": _("Before"),
        "after": _("Now"),
        "what": _("What"),
        "what:added": _("new"),
        "what:removed": _("no longer there"),
        "what:state": _("state"),
        "what:late": _("late"),
        "what:due": _("due date"),
        "what:start": _("start date"),
        "what:finished_on": _("finished on"),
        "what:met_on": _("met on"),
        "what:amount": _("amount planned"),
        "what:planned": _("planned"),
        "what:committed": _("committed"),
        "what:spent": _("spent"),
        "what:evidence": _("new evidence"),
        "what:update": _("new report of progress"),
        "what:tick": _("tick box"),
        "new_measures": _("New measures"),
        "dropped_measures": _("Measures that are no longer in the plan"),
        "progress": _("Progress by measure"),
        "no_block": _("Measures outside the building blocks"),
        "coverage": _("What the plan answers to"),
        "provision": _("Provision"),
        "ticked": pgettext("tick box", "ticked"),
        "not_ticked": pgettext("tick box", "not ticked"),
        "answered_by": _("Measures that tick it"),
        "unknown_in": _("Unknown in"),
        "gaps": _("What is missing"),
        "gap": _("Gap"),
        "where": _("Where"),
        "of": _("%(n)s of %(total)s"),
        "group": _("Group"),
        "how": _("How this report was made"),
        "definitions": _("Words as they are used here"),
        "limits": _("What could not be rebuilt for this day"),
        "no_limits": _("The report was made on the day that it is about, so nothing had to be rebuilt."),
        "sources": _("Sources"),
        "documents": _("Documents"),
        "citations": _("Places in the plan"),
        "citations_note": _(
            "%(count)s values of this report come with their exact place in the document. The table gives "
            "those of titles, actions, milestones and money; the JSON form of this report gives them all."
        ),
        "place": _("Place"),
        "quote": _("Words found there"),
        "value": _("Value"),
        "page": _("page %(number)s"),
        "characters": _("characters %(start)s–%(end)s"),
        "role:plan": _("the plan"),
        "role:evidence": _("evidence"),
        "file": _("File"),
        "use": _("Used as"),
        "size": _("Bytes"),
        "retrieved": _("retrieved on %(date)s"),
        "chart:states": _("Actions by state"),
        "chart:timeline": _("When actions are due"),
        "chart:money": _("Money planned, committed and spent"),
        "chart:coverage": _("Tick boxes"),
        "chart_source": _("Gilde, as of %(date)s"),
        "count": _("Count"),
        "year": _("Year"),
        "building_block": _("Building block"),
        "interval:Y": _("%(n)s years"),
        "interval:M": _("%(n)s months"),
        "interval:W": _("%(n)s weeks"),
        "interval:D": _("%(n)s days"),
        "interval:1Y": _("year"),
        "interval:1M": _("month"),
        "interval:1W": _("week"),
        "interval:1D": _("day"),
        "precision:quarter": _("quarter %(number)s of %(year)s"),
        "precision:half-year": _("half %(number)s of %(year)s"),
        "precision:school-year": _("school year %(first)s–%(last)s"),
        "precision:approximate": _("about %(date)s"),
    }
    for prefix, choices in (
        ("action", Action.State.choices),
        ("milestone", Milestone.State.choices),
        ("evidence", Evidence.Kind.choices),
        ("tick", Tick.Group.choices),
        ("period", FundingLine.Period.choices),
        ("status", Status.choices),
    ):
        found.update({f"{prefix}:{code}": str(label) for code, label in choices})
    return found


def limit_sentences(limits: Mapping[str, int], as_of: date, made_on: date) -> list[str]:
    """Return a sentence for each thing that could not be rebuilt; none for a report made on its own day."""
    if as_of >= made_on:
        return []
    found = [
        _(
            "Titles, texts, planned dates, bodies, tick boxes and funding lines are those of %(date)s; "
            "they carry no date of their own, so an earlier wording is not shown."
        )
        % {"date": date_format(made_on, "DATE_FORMAT")},
        _("What was done and undone again before the report was made leaves no date, so it is not shown."),
    ]
    found += [_limit(code, limits[code]) for code in sorted(limits) if limits[code]]
    return found


def _limit(code: str, n: int) -> str:
    patterns: dict[str, str] = {
        "done-later-start-unknown": ngettext(
            "%(n)s action was finished later and has no starting date, so it is shown as planned.",
            "%(n)s actions were finished later and have no starting date, so they are shown as planned.",
            n,
        ),
        "start-unknown": ngettext(
            "%(n)s action is under way without a starting date, so it is shown so on this day too.",
            "%(n)s actions are under way without a starting date, so they are shown so on this day too.",
            n,
        ),
        "drop-undated": ngettext(
            "%(n)s action was dropped on a day that nobody recorded, so it is shown so on this day too.",
            "%(n)s actions were dropped on days that nobody recorded, so they are shown so on this day too.",
            n,
        ),
        "miss-undated": ngettext(
            "%(n)s milestone was missed on a day that nobody recorded; its due date counts.",
            "%(n)s milestones were missed on days that nobody recorded; their due dates count.",
            n,
        ),
        "approved-later": ngettext(
            "%(n)s report of progress or piece of evidence was approved after this day and is left out.",
            "%(n)s reports of progress or pieces of evidence were approved after this day and are left out.",
            n,
        ),
        "indicators": ngettext(
            "%(n)s indicator is shown as it is linked now, with the targets of now and the figures of this day.",
            "%(n)s indicators are shown as they are linked now, with the targets of now and the figures of this "
            "day.",
            n,
        ),
        "money-later": ngettext(
            "%(n)s amount was committed or spent after this day and is left out.",
            "%(n)s amounts were committed or spent after this day and are left out.",
            n,
        ),
    }
    return patterns[code] % {"n": n}


def definitions(day: date) -> list[dict[str, Any]]:
    """Return the words of the report with what they mean here."""
    return [
        {
            "term": _("As of"),
            "text": _("What held at the end of that day, by the dates on what was recorded."),
        },
        *judged.definitions(day),
        {
            "term": _("Evidence"),
            "text": _(
                "A file with its hash, a link with the day it was retrieved, or a figure; "
                "it counts once a second person has approved it."
            ),
        },
        {
            "term": _("Unknown tick box"),
            "text": _("The document no longer shows whether the box was ticked. It is never guessed."),
        },
        {
            "term": _("Money"),
            "text": _(
                "Planned is what the plan promises. Unknown is not nought: the plan, or the owner, gives no "
                "amount. Amounts each year and amounts in all are never added up."
            ),
        },
    ]
