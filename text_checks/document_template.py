"""Build an empty document: every section with a question to answer."""

from __future__ import annotations

CAUSES = (
    "For each contributing cause a heading (### What was seen) and its whys as a numbered list,"
    " down to something to change."
    " What made that possible? What usually prevents it?"
)
ACTIONS = (
    "One change each, as a table: Action, Owner, Verifier, Due, Measure, Priority, Causes."
    " “Alert when replication lag"
    " is above 30 s for 5 min; page the database rota” is one."
)
SECTION_PROMPTS = (
    ("Summary", "What happened, to whom, for how long, in three sentences?"),
    ("Impact", "Who could not do what, from when to when? Which figures show it?"),
    ("Timeline", "A line each: 10:12 UTC – what was seen or done, and how it looked then."),
    ("Causes", CAUSES),
    ("What went well", "What helped, and should stay as it is?"),
    ("What went poorly", "Where did tools, alerts or procedures let people down?"),
    ("Where we got lucky", "What would have made it worse, and was not in our hands?"),
    ("Actions", ACTIONS),
    ("Lessons", "What do we know now that others should know as well?"),
    ("Participants", "Who was there, in which role?"),
)
"""All sections as models.document.Section lists them, each with its question."""


def build_document_template(title: str = "What happened, in one line") -> str:
    """Return an empty document; its prompts are comments, so no section holds text yet."""
    sections = (f"## {name}\n\n<!-- {prompt} -->\n" for name, prompt in SECTION_PROMPTS)
    return f"# {title}\n\n" + "\n".join(sections)
