#!/usr/bin/env python3
"""Judges a report folder from the outside.

    python3 Tests/IndependentAudit/audit.py reports/example [more folders]

Reads only the CSV files, as reports/README.md documents them, and computes by itself what every trip must have
cost. It shares no code with the harness, whose own auditor it is there to contradict. Prints one line per finding,
`folder: kind: who: what`; exit code 1 when there is one, 2 when a folder cannot be read.
"""

import argparse
import csv
import json
import pathlib
import re
import sys
from collections import Counter, defaultdict

README = pathlib.Path(__file__).resolve().parents[2] / "reports" / "README.md"
TERMINAL = {"CONFIRMED", "FAILED", "CANCELLED"}
LIVE = {"processing", "held", "confirmed", "cancelling"}
STANDING = {"pending", "requires_action", "succeeded"}
VENDORS = {"flight": "amadeus", "hotel": "bookingcom"}
# Warnings about what is booked all the same.
MERELY = ("schedule", "reference")
MAY_STAND = {"flight-order-lost", "outcome-unknown", "undo-refused"}
# What the traveller must be told of what somebody cancelled at its vendor.
GONE = {
    ("flight", "vendor"): "flight-cancelled-by-airline",
    ("hotel", "vendor"): "hotel-cancelled-by-property",
    ("hotel", "traveller"): "hotel-cancelled-by-traveller",
    ("activity", "vendor"): "activity-cancelled-by-supplier",
    ("activity", "traveller"): "activity-cancelled-by-supplier",
}
ELSEWHERE = ("vendor", "traveller")
# Source: docs.stripe.com/currencies, "Three-decimal currencies" and "Special cases".
STEPS = {"BHD": 10, "JOD": 10, "KWD": 10, "OMR": 10, "TND": 10, "ISK": 100, "UGX": 100}


def documented(readme):
    """The columns of each file, as the documentation lists them."""
    parts = re.split(r"^## `([a-z]+\.csv)`$", readme.read_text(encoding="utf-8"), flags=re.M)
    return {
        name: re.findall(r"^\| `([a-z0-9_]+)` \|", text.split("\n## ")[0], flags=re.M)
        for name, text in zip(parts[1::2], parts[2::2])
    }


class Audit:
    """One report folder, and what is wrong with it."""

    def __init__(self, folder, columns):
        self.folder = pathlib.Path(folder)
        self.findings = []
        self.files = {name: self.read(name, wanted) for name, wanted in columns.items()}
        if self.findings:
            return  # Columns that are not where they should be tell nothing.
        self.trips = {row["booking_id"]: row for row in self.files["bookings.csv"]}
        # Another program may write anything into its payments and their refunds, but it has none of our keys.
        self.another_programs = {
            row["payment_intent_id"] for row in self.files["payments.csv"] if not row["idempotency_key"]
        }
        # Whoever creates without a key cannot say that what has none is another's.
        creations = ("payment_intents.create", "refunds.create")
        if any(c["operation"] in creations and not c["idempotency_key"] for c in self.files["calls.csv"]):
            self.another_programs = set()
        self.payments = self.by_trip("payments.csv")
        self.refunds = self.by_trip("refunds.csv")
        self.reservations = self.by_trip("reservations.csv")
        self.attention = self.by_trip("attention.csv")
        self.calls = self.by_trip("calls.csv")
        self.faults = self.by_trip("faults.csv")
        self.read_changes()
        self.check_summary()
        self.check_calls()
        self.check_latency()
        self.check_stripe()
        for name, trip in self.trips.items():
            self.check_trip(name, trip)

    def read(self, name, wanted):
        with open(self.folder / name, encoding="utf-8", newline="") as file:
            reader = csv.reader(file)
            header = next(reader, [])
            if header != wanted:
                self.say("columns", name, f"has {header}, documented are {wanted}")
                return []
            rows = []
            for number, fields in enumerate(reader, start=2):
                if len(fields) != len(header):
                    self.say("columns", f"{name}:{number}", f"{len(fields)} fields")
                    continue
                row = dict(zip(header, fields))
                for key, value in row.items():
                    is_whole = key.endswith(("_minor", "_us")) and key != "offered_minor"
                    if is_whole and value and not re.fullmatch(r"-?\d+", value):
                        self.say("columns", f"{name}:{number}", f"{key} is {value!r}")
                        value = "0"
                    row[key] = int(value or 0) if is_whole else value
                    if is_whole and not value:
                        row[key] = None
                rows.append(row)
            return rows

    def by_trip(self, name):
        groups = defaultdict(list)
        for row in self.files[name]:
            # What gives another program's payment back is not the trip's, whatever is written on it.
            if row.get("payment_intent_id") not in self.another_programs:
                groups[row["booking_id"]].append(row)
        for booking in groups:
            if booking and booking not in self.trips and name not in ("calls.csv", "faults.csv"):
                self.say("stranger", booking, f"is in {name} and not in bookings.csv")
        return groups

    def say(self, kind, who, what):
        self.findings.append((kind, who, what))

    def equal(self, kind, who, what, told, found):
        if told != found:
            self.say(kind, who, f"{what} is told as {told}, found is {found}")

    # Totals and the traffic

    def check_summary(self):
        rows = self.files["summary.csv"]
        if len(rows) != 1:
            return self.say("summary", "summary.csv", f"has {len(rows)} rows")
        told = rows[0]
        # A modification is no booking of its own.
        bookings = [trip for trip in self.trips.values() if not trip["changes"]]
        states = Counter(trip["state"] for trip in bookings)
        for state in sorted(TERMINAL):
            self.equal("summary", state, "number", int(told[state.lower()]), states[state])
        if len(bookings) > int(told["bookings"]):
            self.say("summary", "bookings", "more were accepted than asked for")
        if len(self.trips) != len(self.files["bookings.csv"]):
            self.say("summary", "bookings.csv", "has a booking twice")
        parked = sum(1 for rows in self.attention.values() if rows)
        self.equal("summary", "needs_attention", "number", int(told["needs_attention"]), parked)
        broken = sum(int(row["violations"]) for row in self.files["invariants.csv"])
        self.equal("summary", "violations", "number", int(told["violations"]), broken)
        per_invariant = Counter(row["invariant"] for row in self.files["violations.csv"])
        for row in self.files["invariants.csv"]:
            count, shown = int(row["violations"]), per_invariant.pop(row["id"], 0)
            if shown > count or (count > 0) != (shown > 0) or int(row["exercised"]) > int(row["checked"]):
                self.say("summary", row["id"], f"{count} violations, {shown} of them shown")
        for name in per_invariant:
            self.say("summary", name, "was violated and is no invariant")
        self.equal("summary", "calls", "number", int(told["calls"]), len(self.files["calls.csv"]))
        self.equal("summary", "faults", "number", int(told["faults"]), len(self.files["faults.csv"]))

    def check_calls(self):
        keys, last = {}, 0
        for number, call in enumerate(self.files["calls.csv"], start=1):
            who = f"call {call['seq']}"
            self.equal("calls", who, "its number", int(call["seq"]), number)
            if call["time_us"] < last or call["latency_us"] < 0:
                self.say("calls", who, "was sent before the one before it, or ended before it was sent")
            last = call["time_us"]
            status = int(call["http_status"])
            right = "unknown" if status == 0 else "ok" if 200 <= status < 300 else "fail"
            self.equal("calls", who, f"the outcome of {status}", call["outcome"], right)
            if key := call["idempotency_key"]:
                # The party that asks is part of what a key means. Clients of several names, which are not
                # in the report, use the same keys for bookings of their own.
                place = (call["node"].split("-")[0], call["service"], key)
                what = (call["operation"], "" if call["node"] == "clients" else call["booking_id"])
                if keys.setdefault(place, what) != what:
                    self.say("calls", who, f"the key {key} was used for {keys[place]} and for {what}")
        self.keys = {(service, key): what for (_, service, key), what in keys.items()}

    def check_latency(self):
        groups = defaultdict(list)
        for call in self.files["calls.csv"]:
            groups[call["service"], call["operation"]].append(call)
        told = {(row["service"], row["operation"]): row for row in self.files["latency.csv"]}
        for group in sorted(groups.keys() | told.keys()):
            who, row, calls = " ".join(group), told.get(group), groups[group]
            if row is None or not calls:
                self.say("latency", who, "is in one file only")
                continue
            times = sorted(call["latency_us"] for call in calls)
            self.equal("latency", who, "count", int(row["count"]), len(times))
            errors = sum(1 for call in calls if call["outcome"] != "ok")
            self.equal("latency", who, "errors", int(row["errors"]), errors)
            self.equal("latency", who, "mean", row["mean_us"], sum(times) // len(times))
            for column, per_mille in [("p50_us", 500), ("p90_us", 900), ("p99_us", 990), ("p999_us", 999)]:
                rank = -(-per_mille * len(times) // 1000)
                self.equal("latency", who, column, row[column], times[max(rank, 1) - 1])
            self.equal("latency", who, "max_us", row["max_us"], times[-1])

    # Stripe

    def check_stripe(self):
        payments = {row["payment_intent_id"]: row for row in self.files["payments.csv"]}
        refunds = defaultdict(list)
        for row in self.files["refunds.csv"]:
            refunds[row["payment_intent_id"]].append(row)
        seen = set()
        for row in [*payments.values(), *self.files["refunds.csv"]]:
            name = row.get("refund_id", row["payment_intent_id"])
            step = STEPS.get(row["currency"], 1)
            if row["amount_minor"] <= 0 or row["amount_minor"] % step:
                self.say("steps", name, f"Stripe takes no {row['amount_minor']} {row['currency']}")
            operation = "refunds.create" if "refund_id" in row else "payment_intents.create"
            key = row["idempotency_key"]
            if row.get("made_by") == "desk":
                if key:
                    self.say("refunds", name, f"is the desk's and has the key {key}")
                continue
            if row["payment_intent_id"] in self.another_programs and not key:
                continue
            if self.keys.get(("stripe", key)) != (operation, row["booking_id"]):
                self.say("calls", name, f"no {operation} of {row['booking_id']} with the key {key} was sent")
            if (operation, key) in seen:
                self.say("twice", name, f"its key {key} has made another one")
            seen.add((operation, key))
        for name, row in payments.items():
            captured = row["captured_minor"]
            taken_back = row["charged_back_minor"]
            if taken_back < 0:
                self.say("payments", name, f"{taken_back} of it was taken back")
            # Of what the card held first a part may be taken, once.
            held = row["held_minor"]
            whole = captured <= row["amount_minor"] if held else captured in (0, row["amount_minor"])
            if not whole or (captured > 0) != (row["status"] == "succeeded"):
                self.say("payments", name, f"is {row['status']} with {captured} captured")
            if held not in (0, row["amount_minor"]):
                self.say("payments", name, f"{held} of {row['amount_minor']} was held")
            if row["status"] == "requires_capture" and self.is_over(row["booking_id"]):
                self.say("holds", name, f"{held} is still held")
            paid_back = sum(r["amount_minor"] for r in refunds[name] if r["status"] == "succeeded")
            self.equal("refunds", name, "refunded_minor", row["refunded_minor"], paid_back)
            standing = sum(r["amount_minor"] for r in refunds[name] if r["status"] in STANDING)
            # What a bank took back is not paid back as well.
            if standing + taken_back > captured:
                self.say("refunds", name, f"{standing} is refunded and {taken_back} charged back of {captured}")
        for row in self.files["refunds.csv"]:
            payment = payments.get(row["payment_intent_id"])
            theirs = row["payment_intent_id"] in self.another_programs and not row["idempotency_key"]
            if payment is None or (payment["booking_id"] != row["booking_id"] and not theirs):
                self.say("refunds", row["refund_id"], "refunds no payment of its trip")
            elif payment["currency"] != row["currency"]:
                self.say("currency", row["refund_id"], f"{row['currency']} of a payment in {payment['currency']}")
            elif row["created_us"] < payment["created_us"]:
                self.say("refunds", row["refund_id"], "is older than its payment")

    def is_over(self, booking):
        return booking in self.trips and self.trips[booking]["state"] in TERMINAL

    # One trip

    @staticmethod
    def offered(trip):
        return {slot: int(price) for slot, price in (pair.split("=") for pair in trip["offered_minor"].split())}

    @staticmethod
    def warned(trip, code=None):
        warned = [pair.split("=") for pair in trip["warned"].split()]
        return warned if code is None else [slot for slot, other in warned if other == code]

    def check_trip(self, name, trip):
        offered = self.offered(trip)
        warned = self.warned(trip)
        failed = self.warned(trip, "activity-failed")
        gone = self.warned(trip, "activity-unavailable")
        state = trip["state"]
        self.equal("totals", name, "warnings", int(trip["warnings"]), len(warned))
        self.check_row(name, trip, offered, gone, failed)
        if state not in TERMINAL:
            return self.say("unfinished", name, f"is {state}")
        if not offered:
            return self.say("stranger", name, "was never offered")
        self.check_atomicity(name, state, offered, failed, warned)
        self.check_causes(name, state, failed)
        self.check_parked(name)
        if any(row["status"] in ("pending", "requires_action") for row in self.refunds[name]):
            return self.say("unfinished", name, "a refund is still pending")
        low, high = self.with_disputes(name, trip, *self.expected_net(name, trip, offered, failed, gone))
        if not low <= trip["net_minor"] <= high:
            right = f"{low}" if low == high else f"{low} to {high}"
            self.say("money", name, f"{state}, net {trip['net_minor']}, right is {right} {trip['currency']}-minor")
        if not low <= trip["expected_net_minor"] <= high:
            self.say("expected", name, f"the harness expects {trip['expected_net_minor']}, right is {low} to {high}")

    def check_row(self, name, trip, offered, gone, failed):
        captured = sum(row["captured_minor"] for row in self.payments[name])
        refunded = sum(row["amount_minor"] for row in self.refunds[name] if row["status"] == "succeeded")
        self.equal("totals", name, "charged", trip["charged_minor"], captured)
        self.equal("totals", name, "refunded", trip["refunded_minor"], refunded)
        taken_back = sum(row["charged_back_minor"] for row in self.payments[name])
        self.equal("totals", name, "charged back", trip["charged_back_minor"], taken_back)
        self.equal("totals", name, "net", trip["net_minor"], captured - refunded - taken_back)
        # A modification costs what its parts cost more than those that they replace.
        total = max(0, sum(offered.values()) - self.worth(name))
        self.equal("totals", name, "total", trip["total_minor"], total)
        self.equal("totals", name, "faults", int(trip["faults"]), len(self.faults[name]))
        self.equal("parked", name, "needs_attention", trip["needs_attention"], str(bool(self.attention[name])).lower())
        # What was gone before the charge is left out of it.
        # Of what was held nothing is taken for what had failed, either.
        is_held = any(row["held_minor"] for row in self.payments[name])
        left_out = sum(offered.get(slot, 0) for slot in gone + (failed if is_held else []))
        price = max(0, sum(offered.values()) - left_out - self.worth(name))
        # What people captured of a hold is theirs to say; a trip is not confirmed on less than it costs.
        by_hand = is_held and any(row["kind"] == "captured-by-hand" for row in self.faults[name])
        is_right = captured == price or by_hand and (captured > price or trip["state"] != "CONFIRMED")
        if not is_right and (captured or trip["state"] == "CONFIRMED"):
            self.say("money", name, f"was charged {captured}, its price is {price}")
        for row in [*self.payments[name], *self.refunds[name], *self.reservations[name]]:
            if row["currency"] != trip["currency"]:
                self.say("currency", name, f"something of it is in {row['currency']}, not {trip['currency']}")
        live = [row for row in self.own(name) if row["status"] in LIVE]
        booked = {row["slot"] for row in live if row["slot"].startswith("activity-")} - self.out(name)
        self.equal("totals", name, "activities_booked", int(trip["activities_booked"]), len(booked))
        for slot in ("flight", "hotel"):
            references = [row["vendor_ref"] for row in live if row["slot"] == slot]
            if references and trip[f"{slot}_ref"] not in references:
                self.say("totals", name, f"its {slot} is {references}, not {trip[f'{slot}_ref']}")

    def check_atomicity(self, name, state, offered, failed, warned):
        live = defaultdict(list)
        for row in self.reservations[name]:
            who, slot = row["vendor_ref"], row["slot"]
            self.equal("vendors", who, "its vendor", row["vendor"], VENDORS.get(slot, "viator"))
            self.equal("vendors", who, "its price", row["price_minor"], offered.get(slot))
            if row["party"] and row["party"] != self.trips[name]["travelers"]:
                self.say("party", who, f"is for {row['party']}, the trip for {self.trips[name]['travelers']}")
            if row["client_ref"] and not row["client_ref"].startswith(f"{name}:{slot}:"):
                self.say("vendors", who, f"carries {row['client_ref']}, is {slot} of {name}")
            if (row["cancelled_us"] is not None) != (row["status"] == "cancelled"):
                self.say("vendors", who, f"is {row['status']}, cancelled at {row['cancelled_us']}")
            # What a vendor cancels by itself costs nothing.
            if not 0 <= row["penalty_minor"] <= row["price_minor"] or row["penalty_minor"] > 0 and (
                row["status"] != "cancelled" or row["cancelled_by"] == "vendor"
            ):
                self.say("vendors", who, f"{row['status']} keeps {row['penalty_minor']} of {row['price_minor']}")
            by, call = row["cancelled_by"], row["cancelled_for"]
            if (by != "") != (row["status"] == "cancelled") or by not in ("", "caller", *ELSEWHERE):
                self.say("vendors", who, f"is {row['status']}, cancelled by {by!r}")
            if by == "traveller" and slot == "flight":
                self.say("vendors", who, "is a flight, which no traveller can cancel at its vendor")
            if call != (f"{name}:{slot}" if by == "caller" else ""):
                self.say("vendors", who, f"was cancelled by {by!r} with the call {call!r}")
            if row["status"] in LIVE:
                live[slot].append(who)
        parked = {row["slot"] for row in self.attention[name] if row["reason"] in MAY_STAND}
        if self.is_flight_doubled(name):
            parked.add("flight")
        for slot, references in live.items():
            wanted = 1 if state == "CONFIRMED" and slot not in failed and slot not in self.out(name) else 0
            if len(references) > wanted and slot not in parked:
                self.say("atomicity", name, f"{state}, and {slot} stands: {', '.join(references)}")
        if state != "CONFIRMED":
            return
        gone = self.warned(self.trips[name], "activity-unavailable") + failed
        is_paid = sum(price for slot, price in offered.items() if slot not in gone) <= self.worth(name)
        if not any(row["captured_minor"] for row in self.payments[name]) and not is_paid:
            self.say("atomicity", name, "CONFIRMED, and nothing was charged")
        confirmed = {row["slot"] for row in self.reservations[name] if row["status"] == "confirmed"}
        for slot in offered:
            if slot in confirmed or slot in self.out(name):
                continue
            rows = [row for row in self.reservations[name] if row["slot"] == slot]
            told = [code for where, code in warned if where == slot and not code.startswith(MERELY)]
            elsewhere = [row["cancelled_by"] for row in rows if row["cancelled_by"] in ELSEWHERE]
            if elsewhere and slot not in failed:
                is_told = any(GONE.get((slot.split("-")[0], by)) in told for by in elsewhere)
            else:
                is_told = slot.startswith("activity-") and told
            if not is_told:
                self.say("atomicity", name, f"CONFIRMED without its {slot}, and told is {told}")

    def is_flight_doubled(self, name):
        """Whether the network may have made a copy of a flight order, which is nobody's to know of."""
        return any(row["kind"] == "delivered-twice" and row["service"] == "flight" for row in self.faults[name])

    def own(self, name):
        """What was reserved, less the copy of a flight order that stands when the airline cancelled the order."""
        rows = self.reservations[name]
        is_gone = any(row["slot"] == "flight" and row["cancelled_by"] == "vendor" for row in rows)
        if not self.is_flight_doubled(name) or not is_gone or GONE["flight", "vendor"] not in self.trips[name]["warned"]:
            return rows
        return [row for row in rows if row["slot"] != "flight" or row["status"] not in LIVE]

    def check_causes(self, name, state, failed):
        causes = Counter()
        for row in self.refunds[name]:
            cause = row["cause"]
            if row["made_by"] == "desk":
                continue
            if row["status"] in STANDING:
                causes[cause] += 1
            elsewhere = {item["slot"]: item["cancelled_by"] for item in self.reservations[name]
                         if item["cancelled_by"] in ELSEWHERE}
            is_real = {
                "rollback": state == "FAILED",
                "cancel": state == "CANCELLED",
                "vendor-cancel": elsewhere.get("hotel") in ELSEWHERE,
                "vendor-cancel-flight": elsewhere.get("flight") == "vendor",
            }
            is_part = cause.startswith("activity-") and (cause in failed or cause in elsewhere)
            is_part = is_part or cause.startswith("change-") and bool(self.replaced_by(name))
            if not is_real.get(cause, is_part):
                self.say("cause", row["refund_id"], f"{state} trip {name}, refunded for {cause!r}")
        for cause, count in causes.items():
            if count > 1:
                self.say("twice", name, f"{count} refunds for {cause}")

    def check_parked(self, name):
        """What is parked is so: refunds that failed, items that stand, payments that are disputed."""
        live = {row["slot"] for row in self.reservations[name] if row["status"] in LIVE}
        failed = {row["refund_id"] for row in self.refunds[name] if row["status"] in ("failed", "canceled")}
        taken_back = self.trips[name]["charged_back_minor"]
        for item in self.attention[name]:
            slot, reason, reference = item["slot"], item["reason"], item["reference"]
            if reason == "refund-failed":
                is_so = reference != "" and set(reference.split()) <= failed
            elif reason == "undo-refused" and self.is_refund(slot):
                # Stripe refuses to refund what is disputed, and what a lost dispute left of it.
                is_so = self.disputed(name) > 0 or taken_back > 0 and bool(failed)
            elif reason == "undo-refused":
                is_so = slot in live
            elif reason == "payment-mismatch":
                is_so = sum(1 for row in self.files["payments.csv"] if row["booking_id"] == name and row["captured_minor"]) > 1
            elif reason == "payment-disputed":
                is_so = self.disputed(name) > 0 and taken_back == 0
            else:
                is_so = reason == "flight-order-lost" and slot == "flight"
            if not is_so:
                self.say("parked", name, f"{slot} is parked as {reason}, {reference}, and that is not so")

    @staticmethod
    def is_refund(slot):
        return slot == "charge" or slot.startswith("refund-")

    def disputed(self, name):
        """What banks have withdrawn of a trip and not decided about."""
        return sum(
            int(json.loads(item["known"])["amount"].split()[0])
            for item in self.attention[name]
            if item["reason"] == "payment-disputed"
        )

    def with_disputes(self, name, trip, low, high):
        """What banks took back cannot be had again, and while they decide nothing can be refunded."""
        refused = any(
            row["reason"] == "undo-refused" and self.is_refund(row["slot"]) for row in self.attention[name]
        )
        high += self.disputed(name)
        if refused and trip["charged_back_minor"]:
            high += sum(row["amount_minor"] for row in self.refunds[name] if row["status"] in ("failed", "canceled"))
        return low - trip["charged_back_minor"], high

    def expected_net(self, name, trip, offered, failed, gone):
        """The least and the most that the trip may have cost; one figure but for refunds by hand."""
        state = trip["state"]
        # What a later change replaced is that change's matter, and what it still needs of this payment is kept.
        standing = [row for row in self.own(name) if row["slot"] not in self.out(name)]
        borrowed, lent = self.credit(name), self.lent(name)
        live = {row["slot"] for row in standing if row["status"] in LIVE}
        parts = sum(
            row["amount_minor"]
            for row in self.refunds[name]
            if row["status"] == "succeeded" and row["made_by"] != "desk" and row["cause"] not in ("cancel", "rollback")
        )
        net = 0
        if state == "CONFIRMED":
            net = sum(price for slot, price in offered.items() if slot in live and slot not in failed + gone)
            # What the traveller cancelled at its supplier costs what that keeps.
            net += self.kept(name) + lent
            net = max(0, net - borrowed)
        elif state == "CANCELLED":
            net = max(0, self.kept(name) + lent - borrowed)
            net = min(net, max(0, trip["charged_minor"] - parts))
            # Somebody had captured too little of its hold by hand: it could not have been confirmed any more.
            price_of_failed = sum(offered.get(slot, 0) for slot in failed)
            if any(
                0 < row["captured_minor"] < row["held_minor"] - price_of_failed for row in self.payments[name]
            ):
                net = 0
        net -= net % STEPS.get(trip["currency"], 1)
        return self.after_refunds_by_hand(name, trip, net + self.owed(name, "orchestrator"), parts if state != "CONFIRMED" else 0)

    # Changed trips

    def read_changes(self):
        """What each modification changes and replaces; those that failed never came about."""
        self.replaces, self.order = {}, {}
        for name, trip in self.trips.items():
            parts = [tuple(part.rsplit(":", 1)) for part in trip["replaces"].split()]
            base = trip["changes"]
            self.order[name] = (trip["created_us"], name)
            if (parts and not base) or (base and base not in self.trips):
                self.say("changes", name, f"replaces {parts} of {base!r}")
                parts = []
            known = []
            for owner, slot in parts:
                other = self.trips.get(owner)
                if other is None or base not in (owner, other["changes"]) or slot not in self.offered(other):
                    self.say("changes", name, f"replaces {slot} of {owner}, which is no part of {base}")
                else:
                    known.append((owner, slot))
            self.replaces[name] = known
        seen = {}
        for name in sorted(self.trips, key=self.order.get):
            if not self.came_about(name):
                continue
            for part in self.replaces[name]:
                if seen.setdefault(part, name) != name:
                    self.say("changes", name, f"replaces {':'.join(part)}, as {seen[part]} did")

    def came_about(self, name):
        """Whether a modification was confirmed; it is cancelled only with the whole trip."""
        return bool(self.trips[name]["changes"]) and self.trips[name]["state"] in ("CONFIRMED", "CANCELLING", "CANCELLED")

    def replaced_by(self, name):
        """The modifications that came about and replaced a trip's own parts, the oldest first."""
        return sorted(
            (new for new, parts in self.replaces.items() if self.came_about(new) and any(owner == name for owner, _ in parts)),
            key=self.order.get)

    def out(self, name):
        """A trip's own slots that are no longer part."""
        return {slot for new in self.replaced_by(name) for owner, slot in self.replaces[new] if owner == name}

    def worth(self, name, lender=None):
        """What the parts that a modification replaces cost, all of them or one lender's."""
        return sum(
            self.offered(self.trips[owner])[slot] for owner, slot in self.replaces[name] if lender in (None, owner))

    def credit(self, name):
        """What the replaced parts pay of a modification."""
        trip = self.trips[name]
        gone = self.warned(trip, "activity-unavailable")
        return min(self.worth(name), sum(price for slot, price in self.offered(trip).items() if slot not in gone))

    def loans(self, name):
        """What each lender lends, the oldest payment first."""
        left, loans = self.credit(name), []
        for lender in sorted({owner for owner, _ in self.replaces[name]}, key=self.order.get):
            loans.append((lender, min(left, self.worth(name, lender))))
            left -= loans[-1][1]
        return loans

    def given_back(self, name, back, lender):
        """What a lender gives back of so much that all do: the latest payment gives back first."""
        for other, loan in reversed(self.loans(name)):
            share = min(back, loan)
            if other == lender:
                return share
            back -= share
        return 0

    def lent(self, name):
        """What of a trip's money pays for what replaced its parts."""
        total = 0
        for new in self.replaced_by(name):
            back = max(0, self.credit(new) - self.needed(new))
            total += dict(self.loans(new))[name] - self.given_back(new, back, name)
        return total

    def needed(self, name):
        """What a modification costs: what stands, what is kept for the customer's account, what it lent on."""
        trip = self.trips[name]
        failed = self.warned(trip, "activity-failed") + self.warned(trip, "activity-unavailable")
        live = {row["slot"] for row in self.own(name) if row["status"] in LIVE} - self.out(name)
        stands = sum(price for slot, price in self.offered(trip).items() if slot in live and slot not in failed)
        return (stands if trip["state"] == "CONFIRMED" else 0) + self.kept(name) + self.lent(name)

    def kept(self, name):
        """What vendors keep on the customer's account."""
        trip, out = self.trips[name], self.out(name)
        failed = self.warned(trip, "activity-failed")
        refused = {row["slot"] for row in self.attention[name] if row["reason"] == "undo-refused"}
        had = [row for row in self.own(name) if row["slot"] not in failed]
        total = 0
        for row in had:
            if row["slot"] in out:
                continue
            if trip["state"] == "CONFIRMED" and row["cancelled_by"] == "traveller":
                total += row["penalty_minor"]
            elif trip["state"] == "CANCELLED":
                # The customer pays for what they had and cancelled, not for what failed or turned up later.
                if row["status"] == "cancelled" and row["cancelled_us"] <= trip["finished_us"]:
                    total += row["penalty_minor"]
                # What a vendor will not cancel costs what it said that it would; an operator settles the rest.
                elif row["status"] in LIVE and row["slot"] in refused:
                    total += row["quoted_penalty_minor"] or 0
        # Of what a change replaced the customer bears as much as was left over of its price.
        for new in self.replaced_by(name):
            kept = 0
            for row in had:
                if (name, row["slot"]) not in self.replaces[new]:
                    continue
                if row["status"] == "cancelled" and row["cancelled_us"] >= self.trips[new]["created_us"]:
                    kept += row["penalty_minor"]
                elif row["cancelled_by"] == "traveller":
                    kept += row["penalty_minor"]
                elif row["status"] in LIVE and row["slot"] in refused:
                    kept += row["quoted_penalty_minor"] or 0
            total += min(kept, self.left_over(new, name))
        return total

    def left_over(self, name, lender):
        """What was left of a lender's replaced parts when a modification came about."""
        trip = self.trips[name]
        offered, gone = self.offered(trip), self.warned(trip, "activity-unavailable")
        charge = max(0, sum(price for slot, price in offered.items() if slot not in gone) - self.worth(name))
        failed = sum(offered.get(slot, 0) for slot in self.warned(trip, "activity-failed"))
        back = self.given_back(name, max(0, failed - charge), lender)
        return self.worth(name, lender) - dict(self.loans(name))[lender] + back

    def owed(self, name, made_by):
        """What failed to be paid out and is parked as such, of those refunds that somebody made."""
        items = [row for row in self.attention[name] if row["reason"] == "refund-failed"]
        return sum(
            row["amount_minor"]
            for row in self.refunds[name]
            if row["status"] in ("failed", "canceled")
            and row["made_by"] == made_by
            and any(row["refund_id"] in item["reference"].split() for item in items)
        )

    def after_refunds_by_hand(self, name, trip, net, parts):
        """Money given back by hand counts; only what came after the last look at Stripe may count twice.

        What counted and failed after the trip's own refund was less for it is parked, and owed still.
        """
        missing = self.owed(name, "desk")
        by_hand = [row for row in self.refunds[name] if row["made_by"] == "desk" and row["status"] == "succeeded"]
        if not by_hand:
            return net, net + missing
        final = ("rollback", "cancel")
        own = [
            row
            for row in self.refunds[name]
            if row["made_by"] != "desk" and (trip["state"] == "CONFIRMED" or row["cause"] in final)
        ]
        known_until = min((self.last_look(name, row) for row in own), default=None)
        early = sum(r["amount_minor"] for r in by_hand if known_until is None or r["created_us"] < known_until)
        late = sum(r["amount_minor"] for r in by_hand) - early
        right = max(0, min(net, trip["charged_minor"] - parts - early))
        return max(0, right - late), right + missing

    def last_look(self, name, refund):
        """When the orchestrator last asked for the list of refunds before it asked for this one."""
        sent = [c["time_us"] for c in self.calls[name] if c["idempotency_key"] == refund["idempotency_key"]]
        looks = [
            call["time_us"]
            for call in self.calls[name]
            if (call["service"], call["operation"], call["outcome"]) == ("stripe", "refunds.list", "ok")
            and sent
            and call["time_us"] + call["latency_us"] <= sent[0]
        ]
        # Without a look it asked for all that is left, and Stripe itself refuses more than that.
        return max(looks, default=refund["created_us"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", nargs="+")
    parser.add_argument("--readme", type=pathlib.Path, default=README)
    options = parser.parse_args()
    columns = documented(options.readme)
    count = 0
    for folder in options.folder:
        try:
            audit = Audit(folder, columns)
        except (OSError, UnicodeDecodeError) as error:
            print(f"{folder}: {error}", file=sys.stderr)
            return 2
        for kind, who, what in audit.findings:
            print(f"{folder}: {kind}: {who}: {what}")
        count += len(audit.findings)
    print(f"{count} findings in {len(options.folder)} reports")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
