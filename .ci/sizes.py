"""Print what has grown large: a guide for the reader, which never fails.

A bad split is worse than a long file, so these are figures to think about and no limits.
"""
# ruff: noqa: INP001  (a script, not a package)

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

MAX_LINES = 300
MAX_MODULES = 12
ENTRIES = ("__init__.py", "__main__.py")
PRODUCT = "activities cli intake local mail models register rules text_checks web workflows".split()


def list_modules() -> list[Path]:
    """List every module of product and tests, by its path from the root."""
    return sorted(
        module
        for folder in (*PRODUCT, "bench", "tests")
        for module in Path(folder).rglob("*.py")
        if "migrations" not in module.parts
    )


def find_long_files(modules: list[Path]) -> Iterator[str]:
    """Yield each file with more lines than the guide says, the longest first."""
    lengths = {module: len(module.read_text(encoding="utf-8").splitlines()) for module in modules}
    for module, length in sorted(lengths.items(), key=lambda found: -found[1]):
        if length > MAX_LINES:
            yield f"{module} has {length} lines"


def find_full_folders(modules: list[Path]) -> Iterator[str]:
    """Yield each folder with more modules than the guide says, the fullest first."""
    counts = Counter(module.parent for module in modules if module.name not in ENTRIES)
    for folder, count in counts.most_common():
        if count > MAX_MODULES:
            yield f"{folder}/ has {count} modules"


def find_odd_test_folders() -> Iterator[str]:
    """Yield each folder of test modules that mirrors no folder of the product."""
    folders = {test.parent for test in Path("tests").rglob("test_*.py")}
    for folder in sorted(folders - {Path("tests")}):
        if not Path(*folder.parts[1:]).is_dir():
            yield f"{folder}/ mirrors no folder of the product"


def main() -> int:
    """Print the guide's remarks and return 0, whatever they are."""
    modules = list_modules()
    remarks = [*find_long_files(modules), *find_full_folders(modules), *find_odd_test_folders()]
    guide = f"{MAX_LINES} lines a file, {MAX_MODULES} modules a folder, tests as the product"
    sys.stdout.write(f"Sizes ({guide}): {len(remarks)} to think about\n")
    sys.stdout.writelines(f"  {remark}\n" for remark in remarks)
    return 0


if __name__ == "__main__":
    sys.exit(main())
