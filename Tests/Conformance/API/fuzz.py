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
import urllib.error
import urllib.parse
import urllib.request
from random import Random

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
REQUESTS = {"TripOption", "Stop", "Segment", "Traveler", "StrictTraveler", "BookRequest",
            "BillingDetails", "CancelRequest", "ModifyRequest", "ShareRequest"}


class FuzzedRig(Rig):
    """A server that believes whom a proxy names: hooks.py opens each link from another address."""

    def environment(self):
        return super().environment() | {"TRUST_FORWARDED": "true"}


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
    trip must be confirmed and then cancelled, and each answer be as its schema says. Between the
    two it is printed and shared. Returns the tokens of links that work: only the first is revoked.
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

    def evaluated(value, answer, parameters):
        if isinstance(value, dict):
            return {name: evaluated(member, answer, parameters) for name, member in value.items()}
        if isinstance(value, str) and value.startswith("$response.body#/"):
            return answer[value.removeprefix("$response.body#/")]
        if isinstance(value, str) and value.startswith("$request.path."):
            return parameters[value.removeprefix("$request.path.")]
        return value

    def checked(reply, operation):
        """The declared response of an answer, and what the answer holds: bytes, if not JSON."""
        response = resolved(operation["responses"][str(reply.status)])
        for name in response.get("headers", {}):
            assert reply.headers[name], f"{reply.url} has no {name}"
        body, content = reply.read(), response.get("content", {})
        if not content:
            assert not body, f"{reply.url} has a body"
            return response, None
        kind = reply.headers.get_content_type()
        schema = content[kind]["schema"]
        if not kind.endswith("json"):
            return response, body
        answer = json.loads(body)
        OAS31Validator(schema | {"components": document["components"]}).validate(answer)
        return response, answer

    def send(name, body=None, parameters=None, key=None, expected="2", address=None):
        method, path, operation = operations[name]
        parameters = parameters or {}
        for parameter, value in parameters.items():
            path = path.replace("{" + parameter + "}", value)
        request = urllib.request.Request(
            url + path, None if body is None else json.dumps(body).encode(), method=method)
        if operation.get("security") != []:
            request.add_header("Authorization", "Bearer " + CLIENT_KEY)
        if body is not None:
            request.add_header("Content-Type", "application/json")
        if key:
            request.add_header("Idempotency-Key", key)
        if address:
            request.add_header("X-Forwarded-For", address)
        while True:
            try:
                reply = urllib.request.urlopen(request, timeout=60)
            except urllib.error.HTTPError as error:
                reply = error
            with reply:
                response, answer = checked(reply, operation)
            assert str(reply.status).startswith(expected), f"{reply.status} {answer}"
            # On its way: the same request again is the same booking.
            if reply.status != 202:
                return (response.get("links", {}), parameters), answer
            time.sleep(0.2)

    def follow(links, name, answer, key=None):
        links, parameters = links
        link = resolved(links[name])
        return send(link["operationId"], evaluated(link.get("requestBody"), answer, parameters),
                    evaluated(link.get("parameters", {}), answer, parameters), key)

    def shown(token, expected="200"):
        """What a link shows: its page, its document and its events."""
        return [send(name, parameters={"token": token}, expected=expected)[1]
                for name in ["showShared", "sharedDocument", "sharedCalendar"]]

    def share(links, answer):
        """Prints a booking and opens a link to it; returns the link's token, and how to end it."""
        document = follow(links, "document", answer)[1]
        calendar = follow(links, "calendar", answer)[1]
        assert document.startswith(b"%PDF-") and calendar.startswith(b"BEGIN:VCALENDAR\r\n")
        made, link = follow(links, "share", answer)
        token = link["url"].rsplit("/", 1)[1]
        page, document, calendar = shown(token)
        assert answer["bookingReference"].encode() in page and document.startswith(b"%PDF-")
        assert calendar.startswith(b"BEGIN:VCALENDAR\r\n")
        listed = follow(made, "list", link)[1]["links"]
        assert [one["views"] for one in listed] == [3], listed
        return token, lambda: follow(made, "revoke", link)

    tokens = []
    for number, trip in enumerate(trips):
        links, answer = send("registerTripOption", trip | {"tripOptionId": f"walk-{number}"})
        links, answer = follow(links, "book", answer, key=f"walk-{number}")
        assert answer["state"] == "CONFIRMED", answer
        links, answer = follow(links, "show", answer)
        assert answer["state"] == "CONFIRMED", answer
        token, revoke = share(links, answer)
        if number == 0:
            revoke()
            shown(token, expected="404")
        else:
            tokens.append(token)
        links, answer = follow(links, "cancel", answer)
        assert answer["state"] == "CANCELLED", answer
        links, answer = follow(links, "show", answer)
        assert answer["state"] == "CANCELLED", answer
    # Whoever opens links without end is stopped: a problem, no page.
    looks = (send("showShared", parameters={"token": "no-such"}, expected="4", address="192.0.2.1")
             for _ in range(200))
    problem = next(answer for _, answer in looks if isinstance(answer, dict))
    assert problem["code"] == "too-often", problem
    print(f"walked along the links with {len(trips)} trips")
    return tokens


def top_up(document, url, counts, examples, tokens):
    """Asks operations on until each was asked often enough; returns what was wrong.

    Schemathesis has nothing to make up for an operation without parameters, and sends it a handful of
    times. Here it is asked with queries, header fields and keys that its document does not name, and with
    parameters out of the air: always the same ones. Each answer must be a documented one.
    """
    wrong = []
    texts = ["", "0", "-1", "null", "true", "a" * 300, "%00", "../..", "'\";--", "\u00e9\u4e2d", "*/*", "gzip",
             "text/html;q=0.1", "application/xml", "W/\"1\"", "bytes=0-9", "100-continue "]
    fields = ["Accept", "Accept-Encoding", "Accept-Language", "If-None-Match", "If-Modified-Since", "Range",
              "Origin", "Cookie", "User-Agent", "X-Request-Id", "Traceparent", "Forwarded", "Referer"]
    for path, item in document["paths"].items():
        for method, operation in item.items():
            name = operation["operationId"]
            random = Random(f"top-up {name}")
            for number in range(counts.get(name, 0), examples):
                def word():
                    return random.choice(texts) or random.randbytes(6).hex()

                target = path
                while "{" in target:
                    before, after = target.split("{", 1)
                    token = random.choice(tokens) if "token" in after[:6] and number % 2 else word()
                    target = before + urllib.parse.quote(token, safe="") + after.split("}", 1)[1]
                query = [(word(), word()) for _ in range(random.randrange(4))]
                if query:
                    target += "?" + urllib.parse.urlencode(query)
                body = None
                if "requestBody" in operation:
                    body = random.choice([b"", b"{}", b"[]", b"{", word().encode()])
                request = urllib.request.Request(url + target, body, method=method.upper())
                request.add_header("X-Forwarded-For", f"198.51.{number // 200}.{number % 200 + 1}")
                for field in random.sample(fields, random.randrange(4)):
                    request.add_header(field, word().encode("ascii", "replace").decode())
                keys = operation.get("security", [{"clientKey": []}])
                right = OPERATOR_KEY if any("operatorKey" in key for key in keys) else CLIENT_KEY
                # A sound key as often as none, a wrong one, or what is no key at all.
                key = random.choice([right, right, right, None, "wrong", word()])
                if keys and key is not None:
                    request.add_header(
                        "Authorization", "Bearer " + key.encode("ascii", "replace").decode())
                if body is not None:
                    request.add_header("Content-Type", random.choice(["application/json", "text/plain"]))
                try:
                    reply = urllib.request.urlopen(request, timeout=60)
                except urllib.error.HTTPError as error:
                    reply = error
                with reply:
                    why = undocumented(document, operation, reply)
                if why:
                    wrong.append(f"{method.upper()} {target} {dict(request.header_items())}: {why}")
    return wrong


def undocumented(document, operation, reply):
    """Why an answer is none that its operation's document tells of; None when it is."""
    if reply.status >= 500:
        return f"{reply.status} {reply.read(300)}"
    response = operation["responses"].get(str(reply.status))
    if response is None:
        return f"{reply.status} is not documented"
    if "$ref" in response:
        response = document["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
    missing = [name for name in response.get("headers", {}) if reply.headers[name] is None]
    if missing:
        return f"{reply.status} without {missing}"
    body, content = reply.read(), response.get("content", {})
    if not content:
        return f"{reply.status} with a body" if body else None
    kind = reply.headers.get_content_type()
    if kind not in content:
        return f"{reply.status} is {kind}, documented {list(content)}"
    if kind.endswith("json"):
        schema = content[kind]["schema"] | {"components": document["components"]}
        for error in OAS31Validator(schema).iter_errors(json.loads(body)):
            return f"{reply.status}: {error.message}"
    return None


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
    with FuzzedRig(options.build, log_level="info", answer_within="5s") as rig:
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
        tokens = walk(strict_copy(document), url, trips)
        environment = os.environ | {
            "CLIENT_KEY": CLIENT_KEY, "OPERATOR_KEY": OPERATOR_KEY, "TRIPS": json.dumps(trips),
            "TOKENS": json.dumps(tokens), "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(HERE),
        }
        counted = folder / "asked.json"
        environment["ASKED"] = str(counted)
        run = subprocess.run(
            [bin / "st", "--config-file", str(HERE / "schemathesis.toml"), "run", str(closed),
             "--url", url, "--max-examples", options.examples, "--checks", "all"]
            + options.rest, env=environment, cwd=folder)
        counts = json.loads(counted.read_text())
        wrong = [] if options.rest else top_up(
            strict_copy(document), url, counts, int(options.examples), tokens)
        errors = report(rig)
        print("asked by Schemathesis, the rest to", options.examples, "by ourselves:",
              ", ".join(f"{name} {count}" for name, count in sorted(counts.items())))
        print(f"answers that are not documented: {len(wrong)}", *wrong[:20], sep="\n")
        sys.exit(1 if run.returncode or errors or wrong else 0)


if __name__ == "__main__":
    main()
