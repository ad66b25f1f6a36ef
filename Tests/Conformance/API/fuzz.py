"""Fuzzes the running server by its own document: openapi-spec-validator, then Schemathesis.

The server and the fakes are processes on loopback. In the copy of the document that Schemathesis
reads, no answer may have a member that is not declared. Exit 1 on any finding.
"""

import argparse
import asyncio
import collections
import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "EndToEnd"))

from rig import CLIENT_KEY, OPERATOR_KEY, Rig, control  # noqa: E402


def strict(schema):
    """Forbids, in place, what a schema of an answer does not declare."""
    if isinstance(schema, dict):
        if "properties" in schema and "additionalProperties" not in schema:
            schema["additionalProperties"] = False
        for value in schema.values():
            strict(value)
    elif isinstance(schema, list):
        for value in schema:
            strict(value)


# What is sent; all other schemas are only answered.
REQUESTS = {"TripOption", "Traveler", "StrictTraveler", "BookRequest", "BillingDetails",
            "CancelRequest"}


def strict_copy(document):
    """A copy of the document whose answers are closed."""
    copy = json.loads(json.dumps(document))
    for name, schema in copy["components"]["schemas"].items():
        if name not in REQUESTS:
            strict(schema)
    return copy


def report(rig):
    """Prints what was asked how often, and how it was answered; returns the log's errors."""
    answers = collections.defaultdict(collections.Counter)
    errors = []
    for line in rig.log():
        if line["level"] in ("error", "critical"):
            errors.append(line)
        if line["message"] == "request":
            answers[line["operation"]][line["status"]] += 1
    for operation, statuses in sorted(answers.items()):
        told = ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items()))
        print(f"{operation:32} {sum(statuses.values()):6}   {told}")
    for name, count in sorted(rig.metrics().items()):
        if name.startswith("bookings{"):
            print(f"{name:32} {int(count):6}")
    print(f"errors in the server's log: {len(errors)}", *errors[:5], sep="\n")
    return errors


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="debug", help="debug, release or a folder")
    parser.add_argument("--examples", default="200", help="per operation")
    parser.add_argument("--document", help="this file instead of the server's document")
    parser.add_argument("rest", nargs="*", help="more arguments for schemathesis, after --")
    options = parser.parse_args()
    with Rig(options.build, log_level="info", answer_within="5s") as rig:
        asyncio.run(rig.start_server())
        url = f"http://127.0.0.1:{rig.port}"
        folder = pathlib.Path(rig.folder.name)
        if options.document:
            document = json.loads(pathlib.Path(options.document).read_text())
        else:
            document = control(url + "/openapi.json")
        served = folder / "openapi.json"
        served.write_text(json.dumps(document))
        bin = pathlib.Path(sys.executable).parent
        subprocess.run([bin / "openapi-spec-validator", str(served)], check=True)
        closed = folder / "strict.json"
        closed.write_text(json.dumps(strict_copy(document)))
        trips = [control(f"{rig.vendors['stripe']}/_catalogue?trip={n}") for n in range(1, 13)]
        environment = os.environ | {
            "CLIENT_KEY": CLIENT_KEY, "OPERATOR_KEY": OPERATOR_KEY, "TRIPS": json.dumps(trips),
            "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(HERE),
        }
        run = subprocess.run(
            [bin / "st", "--config-file", str(HERE / "schemathesis.toml"), "run", str(closed),
             "--url", url, "--max-examples", options.examples, "--checks", "all"]
            + options.rest, env=environment, cwd=folder)
        errors = report(rig)
        sys.exit(1 if run.returncode or errors else 0)


if __name__ == "__main__":
    main()
