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
import time
import urllib.request

from openapi_schema_validator import OAS31Validator

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


def walk(document, url, trips):
    """Follows the document's links from an option to a booking that is shown, cancelled and shown.

    Schemathesis follows links too, but what it makes up is rarely a trip that anybody sells. Each
    trip must be confirmed and then cancelled, and each answer be as its schema says.
    """
    operations = {operation["operationId"]: (method.upper(), path, operation)
                  for path, item in document["paths"].items()
                  for method, operation in item.items()}

    def resolved(value):
        while "$ref" in value:
            target = document
            for part in value["$ref"][2:].split("/"):
                target = target[part]
            value = target
        return value

    def evaluated(value, answer):
        if isinstance(value, dict):
            return {name: evaluated(member, answer) for name, member in value.items()}
        if isinstance(value, str) and value.startswith("$response.body#/"):
            return answer[value.removeprefix("$response.body#/")]
        return value

    def send(name, body=None, parameters=None, key=None):
        method, path, operation = operations[name]
        for parameter, value in (parameters or {}).items():
            path = path.replace("{" + parameter + "}", value)
        request = urllib.request.Request(
            url + path, None if body is None else json.dumps(body).encode(), method=method)
        request.add_header("Authorization", "Bearer " + CLIENT_KEY)
        request.add_header("Content-Type", "application/json")
        if key:
            request.add_header("Idempotency-Key", key)
        while True:
            with urllib.request.urlopen(request, timeout=60) as reply:
                answer = json.load(reply)
            response = resolved(operation["responses"][str(reply.status)])
            schema = response["content"]["application/json"]["schema"]
            OAS31Validator(schema | {"components": document["components"]}).validate(answer)
            # On its way: the same request again is the same booking.
            if reply.status != 202:
                return response.get("links", {}), answer
            time.sleep(0.2)

    def follow(links, name, answer, key=None):
        link = resolved(links[name])
        return send(link["operationId"], evaluated(link.get("requestBody"), answer),
                    evaluated(link.get("parameters", {}), answer), key)

    for number, trip in enumerate(trips):
        links, answer = send("registerTripOption", trip | {"tripOptionId": f"walk-{number}"})
        links, answer = follow(links, "book", answer, key=f"walk-{number}")
        assert answer["state"] == "CONFIRMED", answer
        links, answer = follow(links, "show", answer)
        assert answer["state"] == "CONFIRMED", answer
        links, answer = follow(links, "cancel", answer)
        assert answer["state"] == "CANCELLED", answer
        links, answer = follow(links, "show", answer)
        assert answer["state"] == "CANCELLED", answer
    print(f"walked along the links with {len(trips)} trips")


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
        walk(strict_copy(document), url, trips)
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
