#!/usr/bin/env python3
"""Checks that reconciliation finds what it is for: books some trips, tampers with what was read."""

import argparse
import asyncio
import copy
import sys

from kill import Clients, calm
from load import drive, register
from reconcile import reconcile
from rig import Rig, Shop


def first(groups, id):
    return groups[id][0]


def lose(books, id):
    del books.trips[id]


def charge_twice(books, id):
    books.intents[id].append(dict(first(books.intents, id), id="pi_second"))


def charge_more(books, id):
    first(books.intents, id)["captured_minor"] += 1


def other_currency(books, id):
    first(books.intents, id)["currency"] = "chf"


def never_captured(books, id):
    first(books.intents, id).update(captured_minor=0, status="requires_confirmation")


def refund_unknown(books, id):
    intent = first(books.intents, id)
    books.refunds[id].append({"id": "re_x", "payment_intent": intent["id"], "amount_minor": 1,
                              "status": "succeeded", "currency": intent["currency"]})


def refund_too_much(books, id):
    refund_unknown(books, id)
    first(books.refunds, id)["amount_minor"] = first(books.intents, id)["captured_minor"] + 1


def flight_gone(books, id):
    for item in books.reservations[id]:
        if item["origin"]["slot"] == "flight":
            item["status"] = "cancelled"


def hotel_twice(books, id):
    books.reservations[id] += [dict(item, reference="twin") for item in books.reservations[id]
                               if item["origin"]["slot"] == "hotel"]


def orphan(books, id):
    books.reservations["bk_nobody"] = [first(books.reservations, id)]


def failed_with_everything(books, id):
    books.trips[id]["state"] = "FAILED"


def told_otherwise(books, id):
    books.trips[id]["state"] = "PROCESSING"


def unbalanced(books, id):
    first(books.ledger, id)["debit_minor"] += 1


def ledger_empty(books, id):
    books.ledger[id] = []


def event_gap(books, id):
    del books.events[id][1]


def event_missing_at_the_end(books, id):
    del books.events[id][-1]


def step_open(books, id):
    first(books.steps, id)["status"] = "UNKNOWN"


def item_unseen(books, id):
    books.trips[id]["needs_attention"] = 1


def cancellation_ignored(books, id):
    return {id}


def damaged(books, id):
    books.integrity = "row missing from index"


TAMPERINGS = [lose, charge_twice, charge_more, other_currency, never_captured, refund_unknown,
              refund_too_much, flight_gone, hotel_twice, orphan, failed_with_everything,
              told_otherwise, unbalanced, ledger_empty, event_gap, event_missing_at_the_end,
              step_open, item_unseen, cancellation_ignored, damaged]


async def check(build):
    clients = Clients()
    with Rig(build, log_level="notice") as rig:
        await rig.start_server()
        shop = Shop(rig)
        await drive(rig, shop, range(12), 4, register)
        await drive(rig, shop, range(12), 4, clients.book)
        books, waiting, _ = await calm(rig, 30)
    found = reconcile(books, clients.told, waiting)
    if found or waiting or len(books.trips) != 12:
        print(f"untouched: {len(books.trips)} trips, {len(waiting)} wait, {found}")
        return 1
    missed = 0
    for tamper in TAMPERINGS:
        copied = copy.deepcopy(books)
        # One that returns something says which bookings were to be cancelled.
        asked = tamper(copied, next(iter(copied.trips))) or set()
        found = reconcile(copied, clients.told, set(), asked)
        print(f"{tamper.__name__:26} {found[0] if found else 'NOT FOUND'}")
        missed += not found
    print(f"{missed} of {len(TAMPERINGS)} tamperings missed")
    return 1 if missed else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="debug", help="debug, release, or a folder of binaries")
    sys.exit(asyncio.run(check(parser.parse_args().build)))
