"""Write deploy/images.yml: the digests of the images that docker-compose.yml names by version.

It asks `docker`, which asks the registry that it is set up for. Where there is no docker, or no
registry can be reached, it says so and writes nothing.
"""
# ruff: noqa: INP001  (a script, not a package)

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

COMPOSE, DOCKERFILE = Path("docker-compose.yml"), Path("Dockerfile")
PINNED = Path("deploy/images.yml")
SERVICE = re.compile(r"^  (?P<name>[\w-]+):$")
IMAGE = re.compile(r"^(?:  )+image: (?P<image>[\w./-]+:\S+)$")
ANCHOR = re.compile(r"^x-(?P<name>[\w-]+): &")
MERGED = re.compile(r"^    <<: \*(?P<name>[\w-]+)$")
VARIABLE = re.compile(r"\$\{\w+:-([^}]*)\}")
BASE = re.compile(r"^ARG PYTHON_IMAGE=(\S+)$", re.MULTILINE)
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
OURS = "afterword"
TIMEOUT = 60
HEAD = (
    "# Written by `make pin-images`: docker compose -f docker-compose.yml -f deploy/images.yml up\n"
)


def list_images(compose: str) -> dict[str, str]:
    """Return the image of each service that is not our own, with its default version."""
    images: dict[str, str] = {}
    name = ""
    for line in compose.splitlines():
        if found := SERVICE.match(line) or ANCHOR.match(line):
            name = found["name"]
        elif found := IMAGE.match(line):
            images[name] = VARIABLE.sub(r"\1", found["image"])
        elif (found := MERGED.match(line)) and found["name"] in images:
            images[name] = images[found["name"]]
    return {name: image for name, image in images.items() if name in _list_services(compose)}


def _list_services(compose: str) -> list[str]:
    section = compose.partition("\nservices:\n")[2].partition("\nvolumes:\n")[0]
    services = [found["name"] for line in section.splitlines() if (found := SERVICE.match(line))]
    return [name for name in services if not re.search(rf"  {name}:\n    <<: \*{OURS}", section)]


def find_digest(image: str) -> str:
    """Return the digest of an image; raises LookupError that says why there is none."""
    command = ("docker", "buildx", "imagetools", "inspect", image)
    try:
        ran = subprocess.run(  # noqa: S603  (docker, with a name from our own file)
            command, capture_output=True, text=True, check=False, timeout=TIMEOUT
        )
    except FileNotFoundError:
        raise LookupError("there is no docker here") from None
    except subprocess.TimeoutExpired:
        raise LookupError("docker got no answer") from None
    digest = DIGEST.search(ran.stdout)
    if ran.returncode or digest is None:
        raise LookupError((ran.stderr.strip().splitlines() or ["docker named no digest"])[0])
    return digest[0]


def format_pins(pins: dict[str, str], base: str) -> str:
    """Format the Compose file that pins images, and what our own is built on."""
    lines = [HEAD.rstrip("\n"), "services:"]
    for service, image in pins.items():
        lines += [f"  {service}:", f"    image: {image}"]
    for service in ("worker", "web", "intake"):
        lines += [f"  {service}:", "    build:", "      context: ."]
        lines += ["      args:", f"        PYTHON_IMAGE: {base}"]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the digests; return 1 where one cannot be found."""
    images = list_images(COMPOSE.read_text(encoding="utf-8"))
    base = BASE.findall(DOCKERFILE.read_text(encoding="utf-8"))[0]
    digests: dict[str, str] = {}
    for image in dict.fromkeys((*images.values(), base)):
        try:
            digests[image] = f"{image}@{find_digest(image)}"
        except LookupError as error:
            sys.stderr.write(f"{image}: {error}. {PINNED} was not written.\n")
            return 1
    pins = {service: digests[image] for service, image in images.items()}
    PINNED.write_text(format_pins(pins, digests[base]), encoding="utf-8")
    sys.stdout.write(f"{PINNED} has {len(digests)} digests.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
