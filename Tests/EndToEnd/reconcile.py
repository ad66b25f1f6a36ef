"""Compares the server's database with what its clients were told and what the vendors know."""

import json
import sqlite3
from collections import defaultdict

TERMINAL = {"CONFIRMED", "FAILED", "CANCELLED"}
# Where a booking may be found that was once told to be somewhere.
FURTHER = {
    "PENDING": {"PENDING", "VALIDATING", "PROCESSING", "CONFIRMED", "FAILED", "CANCELLING",
                "CANCELLED"},
    "VALIDATING": {"VALIDATING", "PROCESSING", "CONFIRMED", "FAILED", "CANCELLING", "CANCELLED"},
    "PROCESSING": {"PROCESSING", "CONFIRMED", "FAILED", "CANCELLING", "CANCELLED"},
    "CONFIRMED": {"CONFIRMED", "CANCELLING", "CANCELLED"},
    "CANCELLING": {"CANCELLING", "CANCELLED", "FAILED"},
    "FAILED": {"FAILED"}, "CANCELLED": {"CANCELLED"},
}
SETTLED = {"DONE", "REJECTED", "NEEDS_ATTENTION"}
# A vendor's words for what is neither refused nor cancelled.
DEAD = {"cancelled", "rejected", "failed"}


def origin(baggage):
    """Which booking, slot and generation a call came from."""
    return dict(pair.split("=", 1) for pair in baggage.split(",") if "=" in pair)


class VendorLedgers:
    """The database as of one moment, and ledgers read before it.

    Ledgers come first, so that the database knows all that is in them; `before` is a still earlier
    look, so that what had nothing left to do then is as the ledgers have it.
    """

    def __init__(self, path, ledgers=None, before=None):
        database = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)
        database.row_factory = sqlite3.Row
        try:
            database.execute("BEGIN")
            self._read_database(database)
        finally:
            database.close()
        self.intents, self.refunds = defaultdict(list), defaultdict(list)
        self.reservations, self.sent = defaultdict(list), defaultdict(list)
        self.unsure = before.waiting() if before else set()
        self.unsure |= {id for id in self.trips if before and id not in before.trips}
        if ledgers:
            self._read_ledgers(ledgers)

    def _read_database(self, database):
        def rows(sql):
            return [dict(row) for row in database.execute(sql)]

        def grouped(sql, key):
            groups = defaultdict(list)
            for row in rows(sql):
                groups[row[key]].append(row)
            return groups

        self.trips = {row["id"]: row for row in rows("SELECT * FROM trip_booking")}
        self.steps = grouped("SELECT * FROM saga_step", "booking_id")
        self.components = grouped("SELECT * FROM booking", "tripBookingId")
        self.payments = grouped("SELECT * FROM payment", "tripBookingId")
        self.ledger = grouped("SELECT * FROM ledger_entry", "booking_id")
        self.events = grouped("SELECT * FROM event ORDER BY version", "booking_id")
        self.parked = grouped(
            "SELECT * FROM attention_item WHERE resolved_us IS NULL", "booking_id")
        self.unread = grouped(
            "SELECT * FROM inbox WHERE applied_us IS NULL AND booking_id IS NOT NULL",
            "booking_id")
        self.mails = grouped("SELECT * FROM outbox", "booking_id")
        self.integrity = rows("PRAGMA integrity_check")[0]["integrity_check"]
        self.foreign = rows("PRAGMA foreign_key_check")

    def _read_ledgers(self, ledgers):
        for intent in ledgers["stripe"]["payment_intents"]:
            self.intents[intent["metadata"].get("booking", "")].append(intent)
        for refund in ledgers["stripe"]["refunds"]:
            self.refunds[refund["metadata"].get("booking", "")].append(refund)
        for vendor in ["amadeus", "bookingcom", "viator"]:
            for item in ledgers[vendor]["reservations"]:
                item["vendor"], item["origin"] = vendor, origin(item["baggage"])
                self.reservations[item["origin"].get("booking", "")].append(item)
        for mail in ledgers["mail"]["messages"]:
            self.sent[mail["metadata"].get("booking", "")].append(mail)

    def waiting(self):
        """Bookings that are not known to have had nothing left to do before the ledgers were read."""
        return self.unsure | {
            id for id, trip in self.trips.items()
            if trip["state"] not in TERMINAL or trip["lease_owner"] or self.unread[id]
            or any(step["status"] not in SETTLED for step in self.steps[id])}


def reconcile(books, told, waiting, asked=frozenset()):
    """All that does not fit, as sentences.

    `told` has, per booking, the states that clients were given, in order; `asked` the bookings that
    were to be cancelled. What is in `waiting` is held to what must be true at any moment only.
    """
    findings = []
    if books.integrity != "ok":
        findings.append(f"the database is damaged: {books.integrity}")
    if books.foreign:
        findings.append(f"rows without their owner: {books.foreign}")
    for kind, groups in [("payment intents", books.intents), ("refunds", books.refunds),
                         ("reservations", books.reservations), ("mails", books.sent)]:
        for id in groups:
            if groups[id] and id not in books.trips:
                findings.append(f"{kind} without a booking: '{id}'")
    keys = defaultdict(list)
    for id, trip in books.trips.items():
        keys[(trip["client"], trip["client_key"])].append(id)
    findings += [f"{key} made {ids}" for key, ids in keys.items() if len(ids) > 1]
    for id, answers in told.items():
        if id not in books.trips:
            findings.append(f"{id} was acknowledged and is not in the database")
            continue
        for state in answers:
            if books.trips[id]["state"] not in FURTHER[state]:
                findings.append(f"{id} was told {state} and is {books.trips[id]['state']}")
    for id, trip in books.trips.items():
        for finding in always(books, id, trip):
            findings.append(f"{id} ({trip['state']}) {finding}")
        if id not in waiting:
            for finding in finally_true(books, id, trip):
                findings.append(f"{id} ({trip['state']}) {finding}")
            if id in asked and trip["state"] == "CONFIRMED":
                findings.append(f"{id} was to be cancelled and is CONFIRMED")
    return findings


def always(books, id, trip):
    """What must be true at any moment."""
    intents, refunds = books.intents[id], books.refunds[id]
    captured = [intent for intent in intents if intent["captured_minor"] > 0]
    if len(captured) > 1:
        yield f"was charged {len(captured)} times"
    taken = sum(intent["captured_minor"] for intent in intents)
    if taken > trip["total_minor"]:
        yield f"was charged {taken} of {trip['total_minor']}"
    back = sum(refund["amount_minor"] for refund in refunds
               if refund["status"] not in ("failed", "canceled"))
    if back > taken:
        yield f"got {back} back of {taken}"
    for intent in intents:
        if intent["currency"].upper() != trip["currency"]:
            yield f"pays in {intent['currency']} instead of {trip['currency']}"
    for refund in refunds:
        if refund["payment_intent"] not in [intent["id"] for intent in intents]:
            yield f"has a refund of somebody else's {refund['payment_intent']}"
    slots = {component["slot"] for component in books.components[id]}
    for item in books.reservations[id]:
        if item["origin"].get("slot") not in slots:
            yield f"has a reservation {item['reference']} for no part of it"
    numbers = [event["version"] for event in books.events[id]]
    if numbers != list(range(numbers[0] if numbers else 1, trip["version"] + 1)) or (
            not numbers or numbers[0] > 1):
        yield f"has the events {numbers} and is at version {trip['version']}"
    elif books.events[id][-1]["state"] != trip["state"]:
        yield f"ends its history in {books.events[id][-1]['state']}"
    balance = defaultdict(int)
    for entry in books.ledger[id]:
        balance[entry["txn"]] += entry["debit_minor"] - entry["credit_minor"]
    for txn, rest in balance.items():
        if rest:
            yield f"has an unbalanced ledger transaction {txn}: {rest}"


def finally_true(books, id, trip):
    """What must be true of a booking with nothing left to do."""
    intents, refunds = books.intents[id], books.refunds[id]
    parked = {(item["slot"], item["reason"]) for item in books.parked[id]}
    taken = sum(intent["captured_minor"] for intent in intents)
    back = sum(refund["amount_minor"] for refund in refunds if refund["status"] == "succeeded")
    live = [item for item in books.reservations[id] if item["status"] not in DEAD]
    warned = {warning["slot"] for warning in json.loads(trip["warnings"])}
    if bool(parked) != bool(trip["needs_attention"]):
        yield f"needs attention {trip['needs_attention']} and has {parked} parked"
    for step in books.steps[id]:
        if step["status"] not in SETTLED:
            yield f"has its step {step['slot']} {step['direction']} {step['status']}"
        if step["status"] == "NEEDS_ATTENTION" and not parked:
            yield f"has a step {step['slot']} for operators and nothing parked"
    for item in live:
        slot = item["origin"]["slot"]
        same = [other for other in live if other["origin"]["slot"] == slot]
        if len(same) > 1 and item is same[0]:
            yield f"has {len(same)} live reservations for its {slot}"
    if trip["state"] == "CONFIRMED":
        due = 0
        for part in books.components[id]:
            slot = part["slot"]
            stands = [item for item in live if item["origin"]["slot"] == slot]
            if not stands:
                if not (slot.startswith("activity") and slot in warned):
                    yield f"has no live {slot}"
                continue
            due += part["amount"]
            item = stands[0]
            if item["price_minor"] != part["amount"] or (
                    item["currency"].upper() != part["currency"]):
                yield f"has its {slot} for {item['price_minor']} {item['currency']}"
        if len([intent for intent in intents if intent["status"] == "succeeded"]) != 1:
            yield f"has the payments {[intent['status'] for intent in intents]}"
        if taken - back != due:
            yield f"paid {taken} less {back}; what stands costs {due}"
        if not any(mail["kind"] == "confirmation" for mail in books.mails[id]):
            yield "owes no mail of confirmation"
    else:
        penalties = sum(item["penalty_minor"] for item in books.reservations[id])
        nets = {0} if trip["state"] == "FAILED" else {min(taken, penalties)}
        if taken - back not in nets:
            yield f"paid {taken} less {back}, not {nets}"
        for item in live:
            slot = item["origin"]["slot"]
            allowed = {(slot, "outcome-unknown"), (slot, "undo-refused")}
            if slot == "flight":
                allowed.add((slot, "flight-order-lost"))
            if not parked & allowed:
                yield f"still has its {slot} {item['reference']}, and nothing is parked"
    for intent in intents:
        if intent["status"] not in ("succeeded", "canceled"):
            yield f"has a payment intent that is {intent['status']}"
    card = sum(entry["debit_minor"] - entry["credit_minor"] for entry in books.ledger[id]
               if entry["account"] == "stripe")
    if card != taken - back:
        yield f"has {card} at Stripe in its ledger, and Stripe has {taken - back}"
    for payment in books.payments[id]:
        if payment["refundAmount"] != back:
            yield f"says {payment['refundAmount']} was refunded, Stripe {back}"
        if taken and payment["paymentIntentId"] not in [
                intent["id"] for intent in intents if intent["captured_minor"] > 0]:
            yield f"does not know its charge: {payment['paymentIntentId']}"
