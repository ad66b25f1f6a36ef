#!/usr/bin/env python3
"""Closed-loop load on the real server: bookings/s, latencies, commits."""

import argparse
import asyncio
import signal
import sys
import time
from datetime import datetime

from rig import Connection, Rig, Shop


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


async def drive(rig, shop, numbers, clients, work):
    """Lets that many clients take numbers and work on each, one after the other."""
    line = iter(numbers)

    async def client():
        connection = Connection(rig)
        for number in line:
            await work(connection, shop, number)
        connection.close()

    await asyncio.gather(*(client() for _ in range(clients)))


async def register(connection, shop, number):
    option, _ = shop.order(number)
    status, answer = await connection.insist("POST", "/trip/options", option)
    # 409: an earlier try of this very request was carried out, and its answer lost.
    if status not in (200, 201, 409):
        raise SystemExit(f"option {number} was refused: {status} {answer}")


def at_vendors(calls):
    """How long at least one of a booking's calls was under way, in milliseconds.

    The log tells when a call ended and how many whole milliseconds it took.
    """
    spans = sorted((end - call["ms"], end) for call in calls
                   for end in [datetime.fromisoformat(call["time"]).timestamp() * 1000])
    total, reached = 0.0, float("-inf")
    for start, end in spans:
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return total


async def measure(options):
    with Rig(options.build, options.latency, mixed=options.mixed) as rig:
        await rig.start_server()
        shop = Shop(rig)
        total = options.warm_up + options.bookings
        await drive(rig, shop, range(total), 16, register)
        latencies, states, cancelled, bookings = [], {}, {}, {}

        async def book(connection, shop, number):
            _, body = shop.order(number)
            start = time.perf_counter()
            status, answer = await connection.send("POST", "/booking/book", body, f"key-{number}")
            latency = (time.perf_counter() - start) * 1000
            state = answer.get("state") if status in (200, 202) else str(status)
            states[state] = states.get(state, 0) + 1
            latencies.append(latency)
            bookings[answer.get("bookingId")] = latency
            if state == "CONFIRMED" and shop.cancels(number):
                _, answer = await connection.send(
                    "POST", "/booking/cancel", {"bookingId": answer["bookingId"]},
                    f"cancel-{number}")
                cancelled[answer.get("state")] = cancelled.get(answer.get("state"), 0) + 1

        await drive(rig, shop, range(options.warm_up), options.clients, book)
        latencies.clear(), states.clear(), cancelled.clear(), bookings.clear()
        before = rig.metrics()
        start = time.perf_counter()
        await drive(rig, shop, range(options.warm_up, total), options.clients, book)
        took = time.perf_counter() - start
        after = rig.metrics()

        calls = {}
        for line in rig.log():
            if line.get("message") == "vendor call" and line.get("slot") != "mail":
                calls.setdefault(line.get("booking_id"), []).append(line)
        added = [latency - at_vendors(calls.get(id, [])) for id, latency in bookings.items()]
        outward = sum(len(calls.get(id, [])) for id in bookings) / len(bookings)

        def grown(name):
            return after.get(name, 0) - before.get(name, 0)

        print(f"build {options.build}, vendors' latency {options.latency or '0'}, "
              f"{options.clients} clients, {options.bookings} bookings")
        print(f"states          {states}"
              + (f", of the confirmed then cancelled {cancelled}" if cancelled else ""))
        print(f"throughput      {options.bookings / took:.1f} bookings/s in {took:.1f} s, "
              f"{outward:.1f} calls to vendors each")
        for name, values in [("POST /booking/book", latencies), ("of it not vendors'", added)]:
            print(f"{name:19} p50 {percentile(values, 0.5):.1f} ms  p99 "
                  f"{percentile(values, 0.99):.1f} ms")
        count = grown("db_commit_bodies_count")
        if count:
            print(f"commits         {count:.0f}, {count / options.bookings:.2f} per booking, "
                  f"{grown('db_commit_bodies_sum') / count:.2f} bodies each, "
                  f"{grown('db_commit_duration_seconds_sum') / count * 1000:.2f} ms each")
        else:
            print("commits         " + str([name for name in after if "commit" in name][:8]))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="debug", help="debug, release, or a folder of binaries")
    parser.add_argument("--bookings", type=int, default=500)
    parser.add_argument("--warm-up", type=int, default=50)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--latency", help="of every vendor call, such as 5ms; 0 without it")
    parser.add_argument("--mixed", action="store_true",
                        help="with declined cards, hotels and activities that are gone, and "
                        "cancellations (kill.py always has them)")
    options = parser.parse_args()
    # So that a time limit from outside leaves no child behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    asyncio.run(measure(options))


if __name__ == "__main__":
    main()
