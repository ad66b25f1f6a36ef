"""What makes generated requests book real trips of the fakes."""

import itertools
import json
import os

import schemathesis

TRIPS = json.loads(os.environ["TRIPS"])


numbers = itertools.count()


@schemathesis.hook
def before_call(context, case, kwargs):
    """Every other sound option that is put on sale is a trip that the fakes have, under a new id.

    All others name flights and hotels of nobody, whose bookings fail.
    """
    if case.operation.definition.raw.get("operationId") != "registerTripOption":
        return
    is_sound = case.meta is None or case.meta.generation.mode.is_positive
    if is_sound and (number := next(numbers)) % 2 == 0:
        case.body = TRIPS[number // 2 % len(TRIPS)] | {"tripOptionId": f"fuzz-{number}"}
