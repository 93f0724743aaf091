"""Documents as tools export them: plain words, real owners and dates, every row an action."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from models.document import Section
from text_checks.check_document import check_document
from text_checks.parsing import parse_document
from text_checks.timeline.entry_times import parse_timeline

ENDED = datetime(2026, 7, 2, 18, 0, tzinfo=UTC)


def list_actions(markdown: str) -> list[tuple[str, str, str]]:
    """Return the actions below a heading as text, owner and due."""
    reading = parse_document(f"# T\n\n## Actions\n\n{markdown}\n")
    return [(a.text, a.owner, a.due) for a in reading.actions if a.line]


def list_times(markdown: str) -> list[str]:
    """Return the times of a document's timeline in UTC."""
    reading = parse_document(markdown)
    entries = parse_timeline(reading.timeline, ENDED, reading.timeline_heading)
    return [f"{entry.at:%H:%M}" for entry in entries if entry.at]


@pytest.mark.parametrize(
    "front",
    [
        "---\ntitle: Search was stale\nauthors:\n  - Bea Kurz\n  - Tarek Said\n---\n",
        "\ufeff---\ntitle: 'Search was stale'\nauthors: [Bea Kurz, Tarek Said]\n...\n",
        '+++\ntitle = "Search was stale"\nauthors = ["Bea Kurz", "Tarek Said"]\n+++\n',
        '+++\ntitle = "Search was stale"\nauthors = [\n"Bea Kurz",\n"Tarek Said"\n]\n[a]\n+++\n',
        "\n---  \ntitle: >-\n  Search\n  was stale\n# a\nauthors:\n- Bea Kurz\n- Tarek Said\n---\n",
    ],
)
def test_front_matter_is_metadata_and_gives_the_title_where_there_is_none(front: str) -> None:
    reading = parse_document(f"{front}\n## Summary\n\nThe index stood still.\n")

    assert reading.title == "Search was stale"
    assert reading.metadata["authors"] == ("Bea Kurz", "Tarek Said")
    assert reading.headings == ("Summary",)
    assert reading.unplaced == ()


@pytest.mark.parametrize(
    "front",
    [
        "---toml\ntitle = 'Search was stale'\n---\n",
        "---\n title: Search was stale\n---\n",
        "---\ntitle:Search was stale\n----\n",
        "<!-- exported -->\n---\nTitle: Search was stale # v3\n---\n---\n",
        "\ufeff\ufeff---\ntitle: [Search was stale]\n---\n",
        '{\n  "title": "Search was stale"\n}\n',
        "% Search was stale\n% Bea Kurz\n",
    ],
)
def test_front_matter_of_other_tools_is_read_too(front: str) -> None:
    reading = parse_document(f"{front}\n## Summary\n\nThe index stood still.\n")

    assert (reading.title, reading.headings) == ("Search was stale", ("Summary",))
    assert reading.unplaced == ()


def test_a_line_may_say_the_title() -> None:
    assert parse_document("**Title:** Search was stale\n\n## Summary\n").title == "Search was stale"


def test_a_heading_is_the_title_whatever_the_front_matter_says() -> None:
    reading = parse_document("---\ntitle: Draft 3\n---\n\n# Search was stale\n")

    assert (reading.title, reading.headings) == ("Search was stale", ("Search was stale",))


@pytest.mark.parametrize(
    "text",
    [
        "---\n\n## Summary\n\nIt broke.\n\n---\n",
        "---\nIt broke at noon, and nobody saw it.\n---\n",
        "## Summary\n\nIt broke.\n\n---\ntitle: no metadata\n---\n",
    ],
)
def test_what_stands_between_two_rules_is_no_metadata(text: str) -> None:
    reading = parse_document(text)

    pieces = (*reading.headings, *reading.unplaced, *reading.section_texts.values())
    assert not reading.metadata
    assert "broke" in str(pieces)


def test_escapes_ids_and_marks_of_an_export_are_gone() -> None:
    reading = parse_document(
        "# **Post-mortem: search** {#post-mortem:-search}\n\n## **Summary** {#summary}\n\n"
        "The index\\_writer stood still\\. 40 % of queries \\(all regions\\) were stale\\!\n\n"
        "## **Timeline (CEST)** {#timeline-(cest)}\n\n* 9:58 AM \\- lag at \\~3 min\n\n"
        "## Root causes\n\n1. **Nobody** set `max_lag`\n   1. The [template](https://w.example/t)"
        " lacks it\n\n![][image1]\n\n[image1]: <data:image/png;base64,iVBORw0KGgoAAAANSUhEUg==>\n"
    )

    assert reading.title == "Post-mortem: search"
    assert reading.section_texts[Section.SUMMARY] == (
        "The index_writer stood still. 40 % of queries (all regions) were stale!",
    )
    assert reading.timeline == ("9:58 AM - lag at ~3 min",)
    assert [(c.symptom, c.whys) for c in reading.chains] == [
        ("Nobody set `max_lag`", ("The template lacks it",))
    ]
    assert "base64" not in str(reading)


@pytest.mark.parametrize(
    ("item", "owner", "due"),
    [
        ("Page on lag ([b@w.io](mailto:b@w.io)) due 11\\.1\\.27", "b@w.io", "11.1.27"),
        ("Page on lag, owner: [Bea Kurz](mailto:bea@w.example)", "Bea Kurz", ""),
        ("Page on lag \\- Bea Kurz \\- 2027\\-01\\-11", "Bea Kurz", "2027-01-11"),
        ("Page on lag. Owner: <bea@w.example>. Due: 11 Jan 2027", "bea@w.example", "11 Jan 2027"),
        ("Page on lag – Owner: @Bea Kurz, due Jan 11", "Bea Kurz", "Jan 11"),
        ("Page on lag @Bea Kurz @January 11, 2027", "Bea Kurz", "January 11, 2027"),
        ("Page on lag @January 11, 2027 @Bea Kurz", "Bea Kurz", "January 11, 2027"),
        ("Page on lag \\[bea@w.example\\]", "bea@w.example", ""),
        ("[Page on lag](https://tickets.w.example/7) @bea", "bea", ""),
        ("Page on lag and mail it to oncall@w.example", "", ""),
        ("@Bea Page on lag", "Bea", ""),
        ("Page on lag ([Bea Kurz](mailto:bea@w.example))", "Bea Kurz", ""),
        ("Page on lag \\| Bea Kurz \\| Jan 11, 2027", "Bea Kurz", "Jan 11, 2027"),
        ("Page on lag @bea.kurz@w.example", "bea.kurz@w.example", ""),
        ("Page on lag → Bea Kurz, 2027-01-11", "Bea Kurz", "2027-01-11"),
        ("Page on lag *(Bea Kurz, 1/11/2027)*", "Bea Kurz", "1/11/2027"),
        ("Page on lag [Bea] [2027-01-11]", "Bea", "2027-01-11"),
        ("Page on lag @Žofia Nová due @Next Friday", "Žofia Nová", "Next Friday"),
        ("Page on lag @Bea Kurz @January 11, 2027 5:00 PM", "Bea Kurz", "January 11, 2027"),
        ("Owner: Bea Kurz. Page on lag", "Bea Kurz", ""),
        ("Page on lag \\(Bea Kurz\\)", "Bea Kurz", ""),
        ("Page on lag \\[Bea Kurz\\]", "Bea Kurz", ""),
        ("Page on lag @Bea Kurz 2027-01-11", "Bea Kurz", "2027-01-11"),
        ("Page on lag @Bea Kurz 11 Jan 2027", "Bea Kurz", "11 Jan 2027"),
        ("Page on lag -- Bea Kurz, due 11 Jan 2027", "Bea Kurz", "11 Jan 2027"),
        ("Page on lag -- Bea Kurz -- 2027-01-11", "Bea Kurz", "2027-01-11"),
        ("Page on lag -- [Bea Kurz]{.mark}", "Bea Kurz", ""),
        ("[@Bea Kurz](https://w.example/5b) Page on lag 11 Jan 2027", "Bea Kurz", "11 Jan 2027"),
        ("@Bea Kurz&nbsp;Page on lag&nbsp;Jan 11, 2027", "Bea Kurz", "Jan 11, 2027"),
        ("Page on lag [@Bea Kurz](https://w.example/people/5b1)", "Bea Kurz", ""),
        ("[@Bea Kurz](https://w.example/p/1) Page on lag as on 11 Jan 2027", "Bea Kurz", ""),
    ],
)  # fmt: skip
def test_owner_and_due_date_are_found_as_tools_write_them(item: str, owner: str, due: str) -> None:
    ((text, found_owner, found_due),) = list_actions(f"- [ ]  {item}")

    assert "Page on lag" in text
    assert not {"\\", "[Page", "mailto"} & set(text.replace("(", " ").split())
    assert (found_owner, found_due) == (owner, due)


@pytest.mark.parametrize("mark", ["☐", "☑", "☒", "◦"])
def test_items_may_have_boxes_that_are_characters(mark: str) -> None:
    lines = f"{mark} Page on lag (Owner: Bea Kurz, Due: Jan 11, 2027)\n{mark} Cap the lag at 3 s"

    assert list_actions(lines) == [
        ("Page on lag", "Bea Kurz", "Jan 11, 2027"),
        ("Cap the lag at 3 s", "", ""),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "Owner: Bea Kurz \\| Due: Jan 11, 2027",
        "**Owner:** Bea Kurz, **Due:** Jan 11, 2027",
        "Due: Jan 11, 2027; Owner: Bea Kurz",
    ],
)
def test_a_line_of_fields_below_a_bold_one_belongs_to_it(line: str) -> None:
    assert list_actions(f"**Page on lag**  \n{line}\n\n**Cap the lag at 3 s**  \n{line}") == [
        ("Page on lag", "Bea Kurz", "Jan 11, 2027"),
        ("Cap the lag at 3 s", "Bea Kurz", "Jan 11, 2027"),
    ]


def test_the_name_of_a_column_is_no_action() -> None:
    assert list_actions("| Action: | Owner: |\n| --- | --- |\n| Page on lag | Bea Kurz |") == [
        ("Page on lag", "Bea Kurz", "")
    ]


def test_a_person_mentioned_before_an_action_is_none_of_its_words() -> None:
    items = (
        "- [ ] [@Bea Kurz](https://wiki.w.example/people/5b1) Page on lag 11 Jan 2027\n"
        "- [ ] [@Bea Kurz](https://w.example/p/1) and [@Omar Diaz](https://w.example/p/2) meet\n"
    )

    assert list_actions(items) == [
        ("Page on lag", "Bea Kurz", "11 Jan 2027"),
        ("@Bea Kurz and @Omar Diaz meet", "Bea", ""),
    ]


def test_the_anchors_of_pandoc_are_no_words() -> None:
    reading = parse_document(
        "# []{#_Toc1 .anchor}Search was stale {.unnumbered}\n\n"
        "## []{#_Toc2 .anchor}Summary {#summary .unnumbered}\n\n"
        "The [index]{.underline} stood still.\n"
    )

    assert reading.title == "Search was stale"
    assert reading.section_texts[Section.SUMMARY] == ("The index stood still.",)


def test_mentions_links_and_marks_in_cells_are_names_and_dates() -> None:
    assert list_actions(
        "| **Action** | **Owner** | **Due** |\n| :---- | :---- | :---- |\n"
        "| Page on lag\\_max | [Bea Kurz](mailto:bea@w.example) | Jan 11, 2027 |\n"
        "| **Cap** the lag | @Tarek Said | @January 12, 2027 |\n| Pin it | Bea<br>Tarek | *soon* |"
    ) == [
        ("Page on lag_max", "Bea Kurz", "Jan 11, 2027"),
        ("Cap the lag", "Tarek Said", "January 12, 2027"),
        ("Pin it", "Bea, Tarek", "soon"),
    ]


@pytest.mark.parametrize(
    "table",
    [
        "Action | Owner\n--- | ---\nPage on lag | Bea\nCap the lag | Tarek",
        "|Action|Owner|\n|---|---|\nPage on lag|Bea\nCap the lag|Tarek",
        "Action|Owner\n|---|---|\nPage on lag|Bea\nCap the lag|Tarek",
        "| Action | Owner |\n|---|---|\n| Page on lag | Bea |\n\n| Cap the lag | Tarek |",
        "| | |\n|---|---|\n| **Action** | **Owner** |\n| Page on lag | Bea |\n|Cap the lag|Tarek|",
        "| Action | Owner |\n|---|---|\n| Page on<br>lag | Bea |\n| Cap the<br/> lag | Tarek |",
        "| Action | Owner |\n|---|---|\n| Page on\nlag | Bea |\n| Cap\n\nthe lag | Tarek |",
        "| Action | Owner |\n|---|---|\n| Page on | Bea |\n| lag | |\n| Cap the lag | Tarek |",
        "| Action | Owner |\n|---|---|\n| Page on lag | |\n| | Bea |\n| Cap the lag | Tarek |",
        "+--+--+\n|Action|Owner|\n+==+==+\n|Page on|Bea|\n|lag||\n+--+--+\n|Cap the lag|Tarek|",
        "| Action | Owner |\n|---|---|\n| - [ ] Page on lag | Bea |\n| - [x] Cap the lag | Tarek |",
        "**Action 1**: Page on lag\nOwner: Bea\n\n**Action 2**: Cap the lag\nOwner: Tarek",
        "### Page on lag\n\n- Owner: Bea\n\n### Cap the lag\n\n- **Owner:** Tarek",
        "|Action|Owner|\n|---|---|\n|Page on lag|\n:::info\nBea\n\n:::\n |\n|Cap the lag|Tarek|",
    ],
)  # fmt: skip
def test_header_and_ruler_decide_what_is_a_row(table: str) -> None:
    assert list_actions(table) == [("Page on lag", "Bea", ""), ("Cap the lag", "Tarek", "")]


def test_a_row_of_several_lines_has_all_of_them() -> None:
    (first, second) = parse_document(
        "## Actions\n|Action|Owner|\n|---|---|\n| Cap the lag\nat 3 s | Bea |\n| Pin it | Bea |\n"
    ).actions

    assert [(first.line, first.end), (second.line, second.end)] == [(4, 5), (6, 6)]


def test_pipes_in_code_divide_no_cells_where_the_header_says_so() -> None:
    assert list_actions(
        "| Action | Owner | Due |\n|---|---|---|\n| Page on `lag > 3 || down` | Bea | 2027-01-11 |"
    ) == [("Page on `lag > 3 || down`", "Bea", "2027-01-11")]


@pytest.mark.parametrize(
    "cell",
    [
        "Pin it<ul><li>eu-west</li><li>us-east</li></ul>",
        "<p>Pin it</p><ul><li>eu-west</li> <li>us-east</li></ul>",
        '<span style="color: red">Pin</span> it<br>* eu-west<br>* us-east',
    ],
)
def test_tags_in_a_cell_leave_its_words(cell: str) -> None:
    table = f"| Action | Owner |\n|---|---|\n| {cell} | <p>Bea</p> |"

    assert list_actions(table) == [("Pin it, eu-west, us-east", "Bea", "")]


def test_a_list_in_a_cell_is_part_of_it() -> None:
    assert list_actions(
        "| Action | Owner |\n|---|---|\n| Pin it \n\n* EU\n* US\n | Bea |\n| Cap the lag | Tarek |"
    ) == [("Pin it, EU, US", "Bea", ""), ("Cap the lag", "Tarek", "")]


def test_breaks_before_a_list_or_a_name_become_commas() -> None:
    assert list_actions("| Action | Owner |\n|---|---|\n| Pin it<br>- EU<br>- US | Bea |") == [
        ("Pin it, EU, US", "Bea", "")
    ]


@pytest.mark.parametrize(
    "prefix", ["", "## Summary\n\nIt broke.\n\n", "## Lessons\n\nMuch.\n\n", "## Appendix\n\n"]
)
def test_a_table_of_actions_and_owners_is_one_wherever_it_stands(prefix: str) -> None:
    reading = parse_document(
        f"# T\n\n{prefix}| Task | Assignee |\n|---|---|\n| Page on lag | Bea |\n"
    )

    assert [(a.text, a.owner) for a in reading.actions] == [("Page on lag", "Bea")]


def test_fields_below_an_item_are_the_items() -> None:
    assert list_actions(
        "- Page on lag\n  - Owner: Bea Kurz\n  - Due: 2027-01-11\n- Cap the lag\n  - in all regions"
    ) == [
        ("Page on lag", "Bea Kurz", "2027-01-11"),
        ("Cap the lag", "", ""),
        ("in all regions", "", ""),
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("| Action | Owner |\n|---|---|\n| | Bea |\n", 7),
        ("| Owner | Status |\n|---|---|\n| Bea | open |\n", 7),
        ("<table>\n<tr><td>Page on lag</td></tr>\n</table>\n", 5),
        ("We will page on lag from now on.\n", 5),
    ],
)
def test_actions_that_cannot_be_read_are_said(text: str, line: int) -> None:
    markdown = f"# T\n\n## Actions\n\n{text}"

    (part,) = parse_document(markdown).unread
    findings = [finding for finding in check_document(markdown).findings if finding.line == line]

    assert part.line == line
    assert "No action was read" in part.problem
    assert "no-action" in {finding.code for finding in findings}


@pytest.mark.parametrize(
    "text",
    ["- Page on lag\n\nWe will look again.", "None yet.", "| Action | By |\n|---|---|\n| TBD | |"],
)
def test_nothing_is_said_of_actions_that_are_read_or_promise_nothing(text: str) -> None:
    assert parse_document(f"## Actions\n\n{text}\n").unread == ()


def test_a_folded_list_of_notion_is_a_section() -> None:
    reading = parse_document(
        "# T\n\n## Summary\n\nIt was stale.\n\n- Timeline (all times CEST)\n    \n"
        "    2026-07-02 10:12 lag at 3 min\n    \n    2026-07-02 10:52 writer restarted\n    \n"
        "- Impact\n    - 40 % of queries\n\nAnd so on.\n"
    )

    assert reading.section_texts[Section.IMPACT] == ("40 % of queries",)
    assert reading.section_texts[Section.SUMMARY] == ("It was stale.", "And so on.")
    assert list_times(
        "- Timeline (all times CEST)\n    \n    2026-07-02 10:12 lag\n\n    10:52 restarted\n"
    ) == ["08:12", "08:52"]


def test_a_table_of_two_columns_names_the_sections_of_its_rows() -> None:
    reading = parse_document(
        "# T\n\n| **Date** | 2 Jul 2026 |\n|---|---|\n| **Impact** | 40 % of queries |\n"
        "| **Root cause** | The writer stood still |\n\n## Summary\n\nIt was stale.\n"
    )

    assert "40 % of queries" in reading.section_texts[Section.IMPACT][0]
    assert "The writer stood still" in reading.section_texts[Section.CAUSES][0]


@pytest.mark.parametrize(
    ("markdown", "times"),
    [
        ("## Timeline\n| Time (PDT) | Event |\n|---|---|\n| 10:12 | lag |", ["17:12"]),
        ("## Timeline\n| Timestamp (UTC+2) | What |\n|---|---|\n| 10:12 | lag |", ["08:12"]),
        ("## Timeline\n| Time | Zone | What |\n|---|---|---|\n| 10:12 | CEST | lag |", ["08:12"]),
        ("## Timeline\n\n_All times are in CEST._\n\n- 10:12 lag", ["08:12"]),
        ("## Timeline\n\n*(CEST)*\n\n- 10:12 lag", ["08:12"]),
        ("## Timeline\n\n- 10:12 lag\n- 10:15 call\n\nTimes are Berlin time.", ["08:12", "08:15"]),
        ("All times in this document are UTC+2.\n\n## Timeline\n\n- 10:12 lag", ["08:12"]),
        ("**All times are CEST.**\n\n## Timeline\n\n- 10:12 lag", ["08:12"]),
        ("## Timeline\n|Time (CEST)|What|\n|---|---|\n|1012|lag|\n|10.15|x|", ["08:12", "08:15"]),
        ("## Timeline (CET/CEST)\n- 10.12 Uhr lag\n- 10 Uhr 5 Server", ["08:12", "08:00"]),
        ("## Timeline\n- 10.12–10.15 Uhr MESZ lag", ["08:12"]),
        ("## Timeline (CET)\n- kl. 10.12 lag\n- klo 10.31 call", ["09:12", "09:31"]),
        ("## Timeline\n- 10 h 12 : lag\n- à 10h52 : restart", ["10:12", "10:52"]),
        ("## Timeline\n- 1300 hrs lag\n- 1305 hours EDT call", ["13:00", "17:05"]),
        ("## Timeline\n- 1310Z lag\n- 1315 UTC done", ["13:10", "13:15"]),
        ("## Timeline\n- 10.12 a.m. lag\n- 1.05 pm done", ["10:12", "13:05"]),
        ("## Timeline\n- 10:12 lag\n\nThe CET team took over.", ["10:12"]),
        ("## Timeline\n- 2000 hours of work were lost\n- 1300 users called", []),
    ],
)  # fmt: skip
def test_times_are_read_in_the_zone_that_the_document_names(
    markdown: str, times: list[str]
) -> None:
    assert list_times(f"# T\n\n{markdown}\n") == times


def test_a_finding_quotes_plain_words_and_points_at_where_they_are_written() -> None:
    text = "# T\n\n## Summary\n\nIt broke\\. The **engineer** should have known \\(better\\)\\.\n"

    finding = next(f for f in check_document(text).findings if f.line)

    assert "\\" not in finding.passage
    assert text.split("\n")[finding.line - 1][finding.column - 1 :].startswith("The **engineer**")


@pytest.mark.parametrize(
    ("heading", "line", "count"),
    [
        ("Causes", "- Action: Cap the lag at 3 s", 1),
        ("Odds and ends", "Action: Cap the lag at 3 s", 1),
        ("Timeline", "- Action: restarted the writer", 0),
        ("Timeline", "- Action: Cap the lag at 3 s. Owner: Bea", 1),
        ("Summary", "Action: the writer was restarted", 0),
    ],
)
def test_an_action_is_a_promise_where_people_promise_or_name_who(
    heading: str, line: str, count: int
) -> None:
    reading = parse_document(f"# T\n\n## {heading}\n\n{line}\n")

    assert len(reading.actions) == count
