"""The words of the code and of what people read: CONTRIBUTING.md says why, this holds them."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path, PurePath

import click

from cli.main import build_root

ROOT = Path(__file__).resolve().parent.parent
SKIPPED_FOLDERS = {".venv", ".git", ".afterword", "build", "dist", "node_modules"}
GLOSSARY = ROOT / "docs" / "glossary.md"
MAX_GLOSSARY_WORDS = 25

ENTRY_MODULES = set("__init__ __main__ main app base errors conftest".split())
TOPICS = set(
    "review reviews documents causes actions meetings decisions ownership verification roles "
    "people tokens mail hand_over audit".split()
)
MAX_TOPICS = 15

MAX_MODULES = 12
TOPIC_FOLDERS = {
    PurePath(folder)
    for folder in ("cli/commands", "register/migrations/versions", "rules/commands", "web/api")
}
"""Folders that are plainly a list of topics or steps, one module for each; they may hold more."""

ENTRIES = {"__init__", "__main__"}
"""What Python itself calls when a folder is imported or run; they are no modules of a room."""

WORDS_IN_ED = set("bed bleed bleeding breed embed exceed feed heed need proceed seed shed".split())
WORDS_IN_ED |= set("speed succeed weed wed".split())
IRREGULAR_PARTICIPLES = set(
    """
    asked become been begun bent bitten born borne bought bound broken brought built caught chosen
    come_back dealt done drawn driven eaten fallen felt found forgotten forgiven frozen given gone
    gotten grown had heard held hidden hung kept known laid lain led left lent lost made meant met
    paid ridden risen said seen sent shown shaken slept sold sought spent spoken spun stolen stood
    struck stuck sung sunk swept sworn taken taught thought thrown told torn understood woken won
    worn wound written
    began broke came chose drew fell gave grew knew ran saw spoke stole threw took went woke wore
    wrote
    """.split()
)

DOCSTRING_VERBS = set(
    """
    Return Yield Parse Build Find List Format Check Read Write Send Count Open Load Render Convert
    Split Join Run Start Serve Apply Validate Record Fetch Wait Choose Add Show Compare Translate
    Answer Store Connect Import Export Draw Decide Print Create Archive Upgrade Hand
    """.split()
)
NOTHING_RETURNED = {"None", "NoReturn", "Never"}

QUAINT = {
    "letter (say email)": r"\bletters?\b(?! and digits|, digits)",
    "desk (say coordinator)": r"\bdesks?\b",
    "taken down (say recorded)": r"\btaken down\b",
    "so-manieth (say every N)": r"manieth",
    "Look (say Search)": r">\s*Look\s*<|value=\"Look\"",
    "To the content (say Skip to content)": r"\bTo the content\b",
    "beforehand (say before, in advance)": r"\bbeforehand\b",
    "whither, whence, hither, thither": r"\b(?:whither|whence|hither|thither)\b",
    "hitherto, heretofore, henceforth": r"\b(?:hitherto|heretofore|henceforth|forthwith)\b",
    "therein, thereof, wherein, herewith": r"\b(?:therein|thereof|wherein|whereof|herewith)\b",
    "anew (say again)": r"\banew\b",
    "lest, nought, betimes": r"\b(?:lest|nought|betimes)\b",
    "languish": r"\blanguish\w*",
    "nudge (say reminder)": r"\bnudges?\b",
    "likeness (say similarity)": r"\blikeness\b",
    "mend (say fix, correct)": r"\bmend(?:s|ed|ing)?\b",
    "order (say command)": r"\b(?:this|an|every|repeated) order\b",
    "by which way (say channel)": r"\bby which way\b",
    "hear of (say be notified of)": r"\bhears? of\b",
    "doorkeeper (say mail handler)": r"\bdoorkeeper\b",
    "at the door (say at SMTP time, when it arrives)": r"\bat the door\b",
    "stands in (say is in)": r"\bstands? in (?:the|its|it)\b",
}

ABOUT_OLD_DATA = (Path("register/migrations"), Path("local/upgrade"))
PAGE_SUFFIXES = {".md", ".txt", ".html"}

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
Node = FunctionNode | ast.ClassDef | ast.Constant
Nodes = dict[PurePath, list[Node]]


@cache
def parse_repository() -> Nodes:
    """Parse every Python file of the repository, by its path from the root."""
    return {
        path.relative_to(ROOT): parse_nodes(path.read_text(encoding="utf-8"))
        for path in sorted(ROOT.rglob("*.py"))
        if not SKIPPED_FOLDERS.intersection(path.relative_to(ROOT).parts)
    }


def parse_example(text: str, path: str = "example.py") -> Nodes:
    return {PurePath(path): parse_nodes(text)}


def parse_nodes(text: str) -> list[Node]:
    """Parse the classes, functions and constants of a file: walking through all takes seconds."""
    return [node for node in ast.walk(ast.parse(text)) if isinstance(node, Node)]


def iter_functions(files: Nodes) -> Iterator[tuple[PurePath, FunctionNode]]:
    for path, nodes in files.items():
        yield from ((path, node) for node in nodes if isinstance(node, FunctionNode))


def list_repeats(places: Iterable[tuple[str, object]]) -> list[str]:
    """List each name that has more than one place, with its places."""
    by_name = defaultdict(list)
    for name, place in places:
        by_name[name].append(str(place))
    return [f"{name}: {', '.join(found)}" for name, found in by_name.items() if len(found) > 1]


def list_repeated_classes(files: Nodes) -> list[str]:
    return list_repeats(
        (node.name, f"{path}:{node.lineno}")
        for path, nodes in files.items()
        for node in nodes
        if isinstance(node, ast.ClassDef)
    )


def list_repeated_modules(paths: Iterable[PurePath]) -> list[str]:
    exempt = ENTRY_MODULES | TOPICS
    return list_repeats((path.stem, path) for path in paths if path.stem not in exempt)


def list_full_folders(paths: Iterable[PurePath]) -> list[str]:
    """List the folders of the product with more modules than a reader finds their way in."""
    counts = Counter(path.parent for path in paths if path.stem not in ENTRIES)
    return [
        f"{folder.as_posix()}: {count} modules"
        for folder, count in counts.items()
        if count > MAX_MODULES and folder not in TOPIC_FOLDERS and folder.parts[:1] != ("tests",)
    ]


def is_participle(word: str) -> bool:
    if word in IRREGULAR_PARTICIPLES:
        return True
    return word.endswith("ed") and len(word) > len("need") - 1 and word not in WORDS_IN_ED


def is_thing(node: FunctionNode) -> bool:
    """Return whether a function is used as a thing: a fixture, or a property."""
    decorators = " ".join(map(ast.unparse, node.decorator_list))
    return "fixture" in decorators or "property" in decorators


def list_participles(files: Nodes) -> list[str]:
    """List the functions whose name begins with a past participle; a thing’s may."""
    return [
        f"{path}:{node.lineno} {node.name}"
        for path, node in iter_functions(files)
        if is_participle(node.name.strip("_").split("_")[0]) and not is_thing(node)
    ]


def returns_something(node: FunctionNode) -> bool:
    return node.returns is not None and ast.unparse(node.returns) not in NOTHING_RETURNED


def list_unclear_docstrings(files: Nodes) -> list[str]:
    """List the functions that return something and whose docstring begins with no agreed verb."""
    docstrings = (
        (path, node, (ast.get_docstring(node) or "").strip())
        for path, node in iter_functions(files)
        if returns_something(node)
    )
    return [
        f"{path}:{node.lineno} {node.name}: {docstring.splitlines()[0]}"
        for path, node, docstring in docstrings
        if docstring and docstring.split()[0].rstrip(",.:;") not in DOCSTRING_VERBS
    ]


def list_glossary_words(text: str) -> list[str]:
    """List the words of the glossary: the first cell of each row of its table, in bold."""
    return re.findall(r"^\| \*\*(.+?)\*\*", text, re.MULTILINE)


def list_quaint_words(texts: dict[str, str]) -> list[str]:
    """List quaint words by their place; what stands as code in a text is not read."""
    return [
        f"{place}: {reason}: {' '.join(found.group().split())}"
        for place, text in texts.items()
        for reason, pattern in QUAINT.items()
        for found in re.finditer(
            pattern, re.sub(r"`[^`]*`", "", text), 0 if "Look" in pattern else re.IGNORECASE
        )
    ]


def iter_help_texts(command: click.Command, name: str = "afterword") -> Iterator[tuple[str, str]]:
    helps = [getattr(parameter, "help", None) for parameter in command.params]
    yield f"{name} --help", "\n".join(filter(None, [command.help, command.epilog, *helps]))
    if isinstance(command, click.Group):
        context = click.Context(command)
        for sub in command.list_commands(context):
            found = command.get_command(context, sub)
            assert found is not None
            yield from iter_help_texts(found, f"{name} {sub}")


def read_templates_and_docs() -> dict[str, str]:
    folders = ("docs", "mail", "web", "local", "text_checks", "rules", "cli")
    found = [path for folder in folders for path in (ROOT / folder).rglob("*")]
    pages = [
        *ROOT.glob("*.md"),
        ROOT / "Makefile",
        *(path for path in found if path.suffix in PAGE_SUFFIXES),
    ]
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in pages}


def iter_sentences(files: Nodes) -> Iterator[tuple[str, str]]:
    """Yield every string of the code that may be a sentence (no pattern), by file and line."""
    for path, nodes in files.items():
        for node in nodes:
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
                continue
            if " " in node.value and not re.search(r"\\[bsw]|\(\?", node.value):
                yield f"{path}:{node.lineno}:{node.col_offset}", node.value


def test_no_class_name_occurs_twice() -> None:
    assert list_repeated_classes(parse_repository()) == []


def test_a_repeated_class_name_is_noticed() -> None:
    assert list_repeated_classes(parse_example("class A: ...\nclass B:\n    class A: ..."))


def test_no_module_name_occurs_twice_but_those_of_entries_and_topics() -> None:
    assert list_repeated_modules(parse_repository()) == []


def test_topics_are_few_and_each_runs_through_more_than_one_floor() -> None:
    floors = {topic: {path.parts[0] for path in find_modules(topic)} for topic in TOPICS}

    assert len(TOPICS) <= MAX_TOPICS
    assert [topic for topic, found in floors.items() if len(found) == 1] == []


def find_modules(name: str) -> list[PurePath]:
    return [path for path in parse_repository() if path.stem == name]


def test_a_repeated_module_name_is_noticed() -> None:
    paths = ["rules/dates.py", "mail/dates.py", "rules/people.py", "web/people.py"]

    assert list_repeated_modules(map(PurePath, paths)) == ["dates: rules/dates.py, mail/dates.py"]


def test_a_folder_holds_at_most_twelve_modules_unless_it_is_a_list_of_topics() -> None:
    assert list_full_folders(parse_repository()) == []


def test_a_full_folder_is_noticed() -> None:
    numbers = range(MAX_MODULES + 1)
    full = [f"{folder}/m{number}.py" for folder in ("rules/odd", "web/api") for number in numbers]
    entries = [f"rules/{folder}/__init__.py" for folder in ("odd", "even")]
    even = [f"rules/even/m{number}.py" for number in range(MAX_MODULES)]

    assert list_full_folders(map(PurePath, full + entries + even)) == ["rules/odd: 13 modules"]


def test_each_folder_of_topics_needs_its_exception() -> None:
    counts = Counter(path.parent for path in parse_repository() if path.stem not in ENTRIES)

    assert [folder for folder in TOPIC_FOLDERS if counts[folder] <= MAX_MODULES] == []


def test_no_function_is_named_by_a_participle() -> None:
    assert list_participles(parse_repository()) == []


def test_a_function_named_by_a_participle_is_noticed() -> None:
    bad = (
        "def said(): ...\nclass A:\n  async def _written(self): ...\n  def quoted_lines(self): ..."
    )
    good = "def embed(): ...\ndef find_closed(): ...\ndef is_closed(): ...\ndef need_of(): ..."

    assert len(list_participles(parse_example(bad))) == bad.count("def ")
    assert list_participles(parse_example(good)) == []


def test_docstrings_begin_with_what_a_function_does() -> None:
    assert list_unclear_docstrings(parse_repository()) == []


def test_a_docstring_that_begins_otherwise_is_noticed() -> None:
    bad = 'def find_it() -> int:\n    """The number of it."""'
    good = 'def find_it() -> int:\n    """Return it."""\ndef close_it() -> None:\n    """Shut."""'

    assert list_unclear_docstrings(parse_example(bad))
    assert list_unclear_docstrings(parse_example(good)) == []


def test_the_glossary_is_short_and_in_order() -> None:
    words = list_glossary_words(GLOSSARY.read_text(encoding="utf-8"))

    assert 0 < len(words) <= MAX_GLOSSARY_WORDS
    assert words == sorted(words, key=str.lower)


def test_words_of_a_glossary_are_counted() -> None:
    assert list_glossary_words("| word | what |\n|---|---|\n| **gate** | a step |\n") == ["gate"]


def test_templates_help_texts_and_docs_are_in_plain_english() -> None:
    texts = read_templates_and_docs() | dict(iter_help_texts(build_root()))

    assert list_quaint_words(texts) == []


def test_docstrings_and_sentences_in_the_code_are_in_plain_english() -> None:
    exempt = (Path("tests"), *ABOUT_OLD_DATA)
    product = {
        path: nodes
        for path, nodes in parse_repository().items()
        if not any(path.is_relative_to(folder) for folder in exempt)
    }

    assert list_quaint_words(dict(iter_sentences(product))) == []


def test_quaint_words_are_noticed() -> None:
    bad = "Each so-manieth letter goes to the desk, taken\ndown beforehand. <b>Look</b>"
    good = "Look at the third email, which the coordinator recorded."

    assert list_quaint_words({"a page": bad})
    assert list_quaint_words({"a page": good}) == []
    assert any("Look" in found for found in list_quaint_words({"a page": bad}))
    assert list_quaint_words(dict(iter_sentences(parse_example('A = f"{b} to the desk"'))))
    assert list(iter_sentences(parse_example(r'A = r"\bthe desk\b"'))) == []


def test_sizes_are_printed_and_never_fail(tmp_path: Path) -> None:
    for number in range(13):
        (tmp_path / "rules" / "odd").mkdir(parents=True, exist_ok=True)
        (tmp_path / "rules" / "odd" / f"m{number}.py").write_text("\n" * 301 * (number == 1))
    (tmp_path / "tests" / "lost").mkdir(parents=True)
    (tmp_path / "tests" / "lost" / "test_it.py").write_text("")

    ran = subprocess.run(
        [sys.executable, ROOT / ".ci" / "sizes.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )

    assert ran.stdout.splitlines()[1:] == [
        "  rules/odd/m1.py has 301 lines",
        "  rules/odd/ has 13 modules",
        "  tests/lost/ mirrors no folder of the product",
    ]
