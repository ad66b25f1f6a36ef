"""What makes generated requests book real trips of the fakes, and open real links."""

import atexit
import collections
import ipaddress
import itertools
import json
import os

import schemathesis

TRIPS = json.loads(os.environ["TRIPS"])
TOKENS = json.loads(os.environ["TOKENS"])


numbers = itertools.count()


@schemathesis.hook
def before_call(context, case, kwargs):
    """Every other sound option that is put on sale is a trip that the fakes have, under a new id.

    All others name flights and hotels of nobody, whose bookings fail. Every other sound token is
    one that shows a trip. Each link is opened from a new address: one may not open so many.
    """
    is_sound = case.meta is None or case.meta.generation.mode.is_positive
    if case.path.startswith("/share/"):
        number = next(numbers)
        case.headers["X-Forwarded-For"] = str(ipaddress.IPv4Address(0x0A000000 + number))
        if is_sound and number % 2 == 0:
            case.path_parameters["token"] = TOKENS[number // 2 % len(TOKENS)]
    if case.operation.definition.raw.get("operationId") != "registerTripOption":
        return
    if is_sound and (number := next(numbers)) % 2 == 0:
        case.body = TRIPS[number // 2 % len(TRIPS)] | {"tripOptionId": f"fuzz-{number}"}


asked = collections.Counter()


@schemathesis.hook
def after_call(context, case, response):
    """Counts how often each operation was asked; written down when all are done."""
    asked[case.operation.definition.raw.get("operationId")] += 1


@atexit.register
def tell():
    with open(os.environ["ASKED"], "w") as file:
        json.dump(asked, file)


@schemathesis.deserializer("application/pdf")
def pdf(context, response):
    """A document is one by how it begins (ISO 32000-1, section 7.5.2)."""
    if not response.content.startswith(b"%PDF-"):
        raise ValueError("no PDF document")
    return "%PDF-"
