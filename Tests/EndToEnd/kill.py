#!/usr/bin/env python3
"""Kills the real server under load, starts it again, and reconciles its database with the vendors.

Exit code 1 when anything does not fit.
"""

import argparse
import asyncio
import random
import signal
import sys
import time
from collections import Counter

from load import drive, register
from reconcile import VendorLedgers, reconcile
from rig import Connection, Rig, Shop


class Clients:
    """Book, some cancel, insist with the same key when the server is gone, and remember.

    `told` has the states that a booking was told to be in, `asked` the bookings to be cancelled.
    """

    def __init__(self):
        self.told = {}
        self.asked = set()
        self.answered = 0
        self.retried = 0

    async def book(self, connection, shop, number):
        _, body = shop.order(number)
        rig = connection.rig
        starts = rig.starts
        status, answer = await connection.insist(
            "POST", "/booking/book", body, f"key-{number}")
        self.retried += rig.starts != starts
        if status not in (200, 202):
            raise SystemExit(f"booking {number} was refused: {status} {answer}")
        id = answer["bookingId"]
        self.told.setdefault(id, []).append(answer["state"])
        self.answered += 1
        if answer["state"] == "CONFIRMED" and shop.cancels(number):
            self.asked.add(id)
            status, answer = await connection.insist(
                "POST", "/booking/cancel", {"bookingId": id}, f"cancel-{number}")
            if status not in (200, 202):
                raise SystemExit(f"the cancellation of {id} was refused: {status} {answer}")
            self.told[id].append(answer["state"])


async def look(rig):
    before = VendorLedgers(rig.database)
    ledgers = await asyncio.to_thread(rig.ledgers)
    return VendorLedgers(rig.database, ledgers, before)


async def calm(rig, patience):
    """Waits until no booking has anything left to do but to wait for a vendor's proof.

    Returns the last look, the bookings that still wait, and those of them that should not.
    """
    end = time.monotonic() + patience
    while True:
        books = await look(rig)
        waiting = books.waiting()
        # What was looked up several times and not found can only be waited for.
        stuck = {id for id in waiting if books.unread[id]
                 or not any(step["status"] == "UNKNOWN" and step["looks"] >= 3
                            for step in books.steps[id])}
        if not stuck or time.monotonic() > end:
            return books, waiting, stuck
        await asyncio.sleep(0.25)


async def rounds(options):
    chance = random.Random(options.seed)
    clients = Clients()
    count = 0
    with Rig(options.build, options.latency, log_level="notice",
             answer_within="5s", mixed=True) as rig:
        await rig.start_server()
        shop = Shop(rig)
        for number in range(1, options.rounds + 1):
            start = time.monotonic()
            trips = range((number - 1) * options.bookings, number * options.bookings)
            await drive(rig, shop, trips, 16, register)
            answered, retried = clients.answered, clients.retried
            load = asyncio.create_task(drive(rig, shop, trips, options.clients, clients.book))
            # Somewhere in the load, not before some and not after all of it.
            least = answered + chance.randint(options.bookings // 20, options.bookings * 2 // 3)
            while clients.answered < least and not load.done():
                await asyncio.sleep(0.001)
            await asyncio.sleep(chance.random() * 0.5)
            done = clients.answered - answered
            rig.kill_server()
            await rig.start_server()
            back = time.monotonic()
            await asyncio.wait([load], timeout=options.patience + 60)
            books, waiting, stuck = await calm(rig, options.patience)
            if load.done():
                load.result()
            findings = reconcile(books, clients.told, waiting, clients.asked)
            if not load.done():
                findings.append("clients still wait for answers")
            findings += [f"{id} ({books.trips[id]['state']}) does not move" for id in stuck]
            count += len(findings)
            states = Counter(trip["state"] for trip in books.trips.values())
            parked = Counter(item["reason"] for items in books.parked.values() for item in items)
            print(f"round {number}: killed after {done} of {options.bookings} answers, "
                  f"{clients.retried - retried} clients asked again, calm "
                  f"{time.monotonic() - back:.1f} s after the start ({time.monotonic() - start:.1f}"
                  f" s); in all {dict(states)}, parked {dict(parked)}, {len(waiting)} wait for a "
                  f"vendor's proof; {len(findings)} findings", flush=True)
            for finding in findings[:20]:
                print("  " + finding, flush=True)
            if not load.done():
                load.cancel()
                break
        if options.until_proof and not count:
            count += await conclude(rig, clients)
    print(f"{count} findings")
    return 1 if count else 0


async def conclude(rig, clients):
    """Waits until the last doubt is over (a hotel's takes 20 minutes), and judges everything."""
    end = time.monotonic() + 25 * 60
    while (waiting := (books := await look(rig)).waiting()) and time.monotonic() < end:
        await asyncio.sleep(2)
    findings = reconcile(books, clients.told, set(), clients.asked)
    print(f"at the end: {len(books.trips)} bookings, {len(waiting)} still wait, "
          f"{dict(Counter(trip['state'] for trip in books.trips.values()))}; "
          f"{len(findings)} findings")
    for finding in findings[:20]:
        print("  " + finding)
    return len(findings) + len(waiting)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="debug", help="debug, release, or a folder of binaries")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--bookings", type=int, default=120, help="in each round")
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--latency", default="{ lognormal: { median: 40ms, p99: 250ms } }",
                        help="of every vendor call, as scenarios write it")
    parser.add_argument("--patience", type=float, default=90, help="seconds for one recovery")
    parser.add_argument("--seed", type=int, default=1, help="of the moments of the kills")
    parser.add_argument("--until-proof", action="store_true",
                        help="at the end wait for every doubt to be over, up to 25 minutes")
    options = parser.parse_args()
    # So that a time limit from outside leaves no child behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(asyncio.run(rounds(options)))


if __name__ == "__main__":
    main()
