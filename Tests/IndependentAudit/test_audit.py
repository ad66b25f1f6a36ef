#!/usr/bin/env python3
"""Every check of the auditor fires on the lie that it is there for: the example report, tampered with.

    python3 Tests/IndependentAudit/test_audit.py
"""

import csv
import pathlib
import shutil
import tempfile
import unittest

from audit import README, Audit, documented

EXAMPLE = README.parent / "example"
COLUMNS = documented(README)


class Report:
    """A copy of the example report whose rows can be changed."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        shutil.copytree(EXAMPLE, self.folder, dirs_exist_ok=True)

    def rows(self, name):
        with open(self.folder / name, encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def write(self, name, rows, header=None):
        with open(self.folder / name, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, header or COLUMNS[name], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

    def edit(self, name, where, **changes):
        """Changes the rows in which all of `where` is so; there must be one."""
        rows, hits = self.rows(name), 0
        for row in rows:
            if all(row[key] == value for key, value in where.items()):
                row.update({key: str(value) for key, value in changes.items()})
                hits += 1
        assert hits, (name, where)
        self.write(name, rows)

    def drop(self, name, **where):
        rows = self.rows(name)
        kept = [row for row in rows if any(row[key] != value for key, value in where.items())]
        assert len(kept) < len(rows), (name, where)
        self.write(name, kept)

    def add(self, name, like, **changes):
        rows = self.rows(name)
        model = next(row for row in rows if all(row[key] == value for key, value in like.items()))
        self.write(name, [*rows, model | {key: str(value) for key, value in changes.items()}])

    def trip(self, id, **changes):
        self.edit("bookings.csv", {"booking_id": id}, **changes)

    def kinds(self):
        return {kind for kind, _, _ in Audit(self.folder, COLUMNS).findings}


def park(report, id, slot, reason, reference="", known="{}"):
    row = dict.fromkeys(COLUMNS["attention.csv"], "")
    row |= {
        "booking_id": id, "slot": slot, "reason": reason, "reference": reference, "known": known, "since_us": "1"}
    report.write("attention.csv", [*report.rows("attention.csv"), row])
    report.trip(id, needs_attention="true")
    parked = len({row["booking_id"] for row in report.rows("attention.csv")})
    report.edit("summary.csv", {}, needs_attention=parked)


def refunded(report, id, amount):
    """One refund of a trip paid out so much; all figures but the expected net follow."""
    report.edit("refunds.csv", {"booking_id": id}, amount_minor=amount)
    report.edit("payments.csv", {"booking_id": id}, refunded_minor=amount)
    trip = next(r for r in report.rows("bookings.csv") if r["booking_id"] == id)
    report.trip(id, refunded_minor=amount, net_minor=int(trip["charged_minor"]) - amount)


def new_refund(report, id, cause, amount):
    """A refund of a part of a trip that had none, and the call that asked for it."""
    payment = next(r for r in report.rows("payments.csv") if r["booking_id"] == id)
    key = f"{id}:refund-{cause}:undo:1"
    report.add(
        "refunds.csv", {"booking_id": "bk_11"}, refund_id=f"re_{id}", booking_id=id, amount_minor=amount, cause=cause,
        payment_intent_id=payment["payment_intent_id"], currency=payment["currency"], idempotency_key=key,
        created_us=10**9, updated_us=10**9)
    count = len(report.rows("calls.csv")) + 1
    report.add("calls.csv", CREATE, booking_id=id, idempotency_key=key, seq=count, time_us=10**11)
    report.edit("summary.csv", {}, calls=count)
    report.edit("latency.csv", {"service": "stripe", "operation": "refunds.create"}, **latency(report))
    refunded(report, id, amount)


def latency(report, operation="refunds.create"):
    """The row of latencies of an operation, computed anew from the calls."""
    calls = [r for r in report.rows("calls.csv") if r["operation"] == operation]
    times = sorted(int(call["latency_us"]) for call in calls)
    row = {"count": len(times), "mean_us": sum(times) // len(times), "max_us": times[-1]}
    for name, share in {"p50_us": 500, "p90_us": 900, "p99_us": 990, "p999_us": 999}.items():
        row[name] = times[max(-(-share * len(times) // 1000), 1) - 1]
    return row


def modification(report, id, replaces, hotel, charged=0, refunds=0, net=0):
    """A modification of bk_1 that books another hotel, and the call that made its payment."""
    created = 10**7 * len(report.rows("bookings.csv"))
    report.add(
        "bookings.csv", {"booking_id": "bk_1"}, booking_id=id, changes="bk_1", replaces=replaces, total_minor=charged,
        charged_minor=charged, refunded_minor=refunds, net_minor=net, expected_net_minor=net, flight_ref="",
        hotel_ref=f"hotel of {id}", activities_booked=0, faults=0, offered_minor=f"hotel={hotel}", warned="", warnings=0,
        created_us=created, finished_us=created + 10**6)
    report.add(
        "reservations.csv", {"vendor": "bookingcom", "status": "confirmed"}, vendor_ref=f"hotel of {id}",
        client_ref=f"{id}:hotel:1", booking_id=id, currency="EUR", price_minor=hotel, party=1, created_us=created)
    if charged:
        key = f"{id}:intent:do:1"
        report.add(
            "payments.csv", {"booking_id": "bk_1"}, payment_intent_id=f"pi_{id}", booking_id=id, idempotency_key=key,
            amount_minor=charged, captured_minor=charged, created_us=created)
        count = len(report.rows("calls.csv")) + 1
        like = {"booking_id": "bk_1", "operation": "payment_intents.create"}
        report.add("calls.csv", like, booking_id=id, idempotency_key=key, seq=count, time_us=10**11)
        report.edit("summary.csv", {}, calls=count)
        row = {"service": "stripe", "operation": "payment_intents.create"}
        report.edit("latency.csv", row, **latency(report, "payment_intents.create"))


def give_up(report, id, slot, penalty=0):
    """A part that a modification replaced is cancelled."""
    report.edit(
        "reservations.csv", {"booking_id": id, "slot": slot}, status="cancelled", cancelled_us=10**12,
        cancelled_by="caller", cancelled_for=f"{id}:{slot}", penalty_minor=penalty)


def changed(report):
    """bk_1 gets a hotel for 20,000 in place of its own for 12,886, which keeps 1,000: ours, for nothing is left over.

    Then it gets a hotel for 15,000 in place of that one, which keeps 2,000, and drops its second activity, for 7,279.
    Of the 12,279 that are left over with md_1 the customer bears the 2,000. The rest goes back: 7,114 that the first
    change had charged, and 3,165 of what the trip had lent to it.
    """
    modification(report, "md_1", "bk_1:hotel", 20000, charged=7114)
    give_up(report, "bk_1", "hotel", 1000)
    modification(report, "md_1-2", "md_1:hotel bk_1:activity-2", 15000)
    give_up(report, "bk_1", "activity-2")
    give_up(report, "md_1", "hotel", 2000)
    new_refund(report, "md_1", "change-1", 7114)
    new_refund(report, "bk_1", "change-1", 3165)
    report.trip("bk_1", expected_net_minor=73879, activities_booked=1)


def cancelled_after_changes(report):
    """The changed trip is cancelled: the last hotel keeps 4,000, everything else nothing."""
    changed(report)
    for id in ("bk_1", "md_1", "md_1-2"):
        report.trip(id, state="CANCELLED", finished_us=10**13)
    report.trip("bk_1", activities_booked=0)
    report.edit("summary.csv", {}, confirmed=14, cancelled=3)
    for slot in ("flight", "activity-1"):
        give_up(report, "bk_1", slot)
    give_up(report, "md_1-2", "hotel", 4000)
    # 4,000 and 2,000 are kept; 3,165 went back before.
    key = "bk_1:charge:undo:1"
    payment = next(r for r in report.rows("payments.csv") if r["booking_id"] == "bk_1")
    report.add(
        "refunds.csv", {"booking_id": "bk_1"}, refund_id="re_rest", amount_minor=77044 - 3165 - 6000, cause="cancel",
        idempotency_key=key, created_us=10**12, updated_us=10**12, payment_intent_id=payment["payment_intent_id"])
    count = len(report.rows("calls.csv")) + 1
    report.add("calls.csv", CREATE, booking_id="bk_1", idempotency_key=key, seq=count, time_us=10**12)
    report.edit("summary.csv", {}, calls=count)
    report.edit("latency.csv", {"service": "stripe", "operation": "refunds.create"}, **latency(report))
    report.edit("payments.csv", {"booking_id": "bk_1"}, refunded_minor=77044 - 6000)
    report.trip("bk_1", refunded_minor=77044 - 6000, net_minor=6000, expected_net_minor=6000)


def after(tamper, *more):
    """A lie about the changed trip."""
    def told(report):
        tamper(report)
        for act in more:
            act(report)
    return told


def gone(report, slot, by, penalty=0, told=None, id="bk_1"):
    """A part of a confirmed trip is cancelled at its vendor; nothing is refunded yet."""
    report.edit(
        "reservations.csv", {"booking_id": id, "slot": slot}, status="cancelled", cancelled_us=10**9,
        cancelled_by=by, penalty_minor=penalty)
    codes = {"flight": "flight-cancelled-by-airline", "hotel": "hotel-cancelled-by-property"}
    if by == "traveller":
        codes["hotel"] = "hotel-cancelled-by-traveller"
    code = told or codes.get(slot, "activity-cancelled-by-supplier")
    report.trip(id, warned=f"{slot}={code}", warnings=1, activities_booked=1 if slot.startswith("a") else 2)


def cancelled_by_airline(report, refund=51461, cause="vendor-cancel-flight"):
    gone(report, "flight", "vendor")
    new_refund(report, "bk_1", cause, refund)
    report.trip("bk_1", expected_net_minor=77044 - refund)


def copied(report, told=None):
    """The network doubled the request of bk_1's flight; the airline cancelled one order, and the copy's stands."""
    cancelled_by_airline(report)
    if told:
        report.trip("bk_1", warned=f"flight={told}")
    flight = {"booking_id": "bk_1", "slot": "flight"}
    report.add(
        "reservations.csv", flight, vendor_ref="copy", status="confirmed", cancelled_us="", cancelled_by="",
        cancelled_for="")
    fault = {"kind": "delivered-twice", "service": "flight", "operation": "create", "booking_id": "bk_1"}
    rows = report.rows("faults.csv")
    report.write("faults.csv", [*rows, rows[-1] | fault])
    report.edit("summary.csv", {}, faults=len(rows) + 1)
    trip = next(r for r in report.rows("bookings.csv") if r["booking_id"] == "bk_1")
    report.trip("bk_1", faults=int(trip["faults"]) + 1)


def cancelled_there(report, refund, penalty=1000, by="traveller"):
    """The first activity of bk_1, for 5,418, is cancelled at its supplier, who keeps 1,000."""
    gone(report, "activity-1", by, penalty)
    new_refund(report, "bk_1", "activity-1", refund)
    report.trip("bk_1", expected_net_minor=77044 - refund)


def charged_back(report, id, amount):
    """A bank takes money of a trip back; all figures follow."""
    report.edit("payments.csv", {"booking_id": id}, charged_back_minor=amount)
    trip = next(r for r in report.rows("bookings.csv") if r["booking_id"] == id)
    net = int(trip["charged_minor"]) - int(trip["refunded_minor"]) - amount
    report.trip(id, charged_back_minor=amount, net_minor=net, expected_net_minor=net)


def dispute(report, id, amount):
    """A bank has withdrawn so much of a trip and not decided."""
    park(report, id, "charge", "payment-disputed", "du_1", f'{{"dispute":"du_1","amount":"{amount} EUR"}}')


def refused_while_disputed(report, disputed=138640):
    """The refund of bk_12 is refused, as its payment is disputed."""
    refund_forgotten(report)
    if disputed:
        dispute(report, "bk_12", disputed)
    park(report, "bk_12", "charge", "undo-refused")


def void_by_hand(report, parked):
    """The desk gave 1,000 of bk_12 back, the rest followed, and the desk's came to nothing."""
    by_hand(report, "bk_12", 1000, at=1)
    report.edit("refunds.csv", {"refund_id": "re_desk_bk_12"}, status="failed", created_us=10**10)
    report.edit("refunds.csv", {"booking_id": "bk_12", "made_by": "orchestrator"}, amount_minor=137640)
    report.edit("payments.csv", {"booking_id": "bk_12"}, refunded_minor=137640)
    report.trip("bk_12", refunded_minor=137640, net_minor=1000, expected_net_minor=1000)
    if parked:
        park(report, "bk_12", "charge", "refund-failed", parked)


def captured_by_hand(report, amount):
    """Somebody captures what bk_1, which costs 77,044, held; nothing follows."""
    held = max(amount, 77044)
    report.edit(
        "payments.csv", {"booking_id": "bk_1"}, amount_minor=held, held_minor=held, captured_minor=amount)
    report.trip("bk_1", charged_minor=amount, net_minor=amount)
    report.edit("faults.csv", {"seq": "1"}, kind="captured-by-hand", service="stripe", booking_id="bk_1")


def by_hand(report, id, amount, at, like="bk_11"):
    """The desk gives some of a trip's money back; all figures but the expected net follow."""
    payment = next(r for r in report.rows("payments.csv") if r["booking_id"] == id)
    report.add(
        "refunds.csv", {"booking_id": like}, refund_id=f"re_desk_{id}", booking_id=id, amount_minor=amount,
        payment_intent_id=payment["payment_intent_id"], currency=payment["currency"], cause="by-hand",
        idempotency_key="", made_by="desk", created_us=at, updated_us=at)
    trip = next(r for r in report.rows("bookings.csv") if r["booking_id"] == id)
    refunded = int(trip["refunded_minor"]) + amount
    report.trip(id, refunded_minor=refunded, net_minor=int(trip["charged_minor"]) - refunded)
    report.edit("payments.csv", {"booking_id": id}, refunded_minor=refunded)


def another_programs(report, id):
    """The desk gives a payment of another program back and writes the trip's id on the refund."""
    report.add(
        "payments.csv", {"booking_id": "bk_1"}, payment_intent_id="pi_other", booking_id="", idempotency_key="", currency="USD",
        amount_minor=5000, captured_minor=5000, refunded_minor=5000)
    report.add(
        "refunds.csv", {"booking_id": "bk_11"}, refund_id="re_other", booking_id=id, amount_minor=5000,
        payment_intent_id="pi_other", currency="USD", cause="by-hand", idempotency_key="", made_by="desk",
        created_us=10**9, updated_us=10**9)


def paid_without_a_key(report):
    """What looks like another program's payment, while our own creates some without a key."""
    another_programs(report, "bk_1")
    report.add(
        "calls.csv", {"booking_id": "bk_1", "operation": "payment_intents.create"}, idempotency_key="", seq=466,
        time_us=10**11)


def penalty_given_back(report):
    """The whole of bk_11 is refunded, and everything agrees that this was right."""
    report.edit("refunds.csv", {"booking_id": "bk_11"}, amount_minor=157041)
    report.edit("payments.csv", {"booking_id": "bk_11"}, refunded_minor=157041)
    report.trip("bk_11", refunded_minor=157041, net_minor=0, expected_net_minor=0)


def penalty_of_what_failed(report):
    report.trip("bk_11", warned="activity-1=activity-failed", warnings=1)


def refund_forgotten(report):
    report.drop("refunds.csv", booking_id="bk_12")
    report.edit("payments.csv", {"booking_id": "bk_12"}, refunded_minor=0)
    report.trip("bk_12", refunded_minor=0, net_minor=138640, expected_net_minor=138640)


def twice_by_the_same_key(report):
    report.add("refunds.csv", {"booking_id": "bk_11"}, refund_id="re_two", amount_minor=100)


def second_refund(report):
    report.edit("refunds.csv", {"booking_id": "bk_11"}, amount_minor=149000)
    report.add(
        "refunds.csv", {"booking_id": "bk_11"}, refund_id="re_two", amount_minor=796,
        idempotency_key="bk_11:charge:undo:2")
    report.add(
        "calls.csv", {"booking_id": "bk_11", "operation": "refunds.create"},
        idempotency_key="bk_11:charge:undo:2", seq=466, time_us=10**11)


def paid_twice_by_hand(report):
    """The desk had given back 1,000 before the last look, and the whole rest but the penalty follows."""
    by_hand(report, "bk_11", 1000, at=58_000_000)
    report.trip("bk_11", expected_net_minor=6245)


def refused(report, refund):
    """The activity of bk_11 is not cancelled, for ever; 7,245 had been quoted for it."""
    report.edit(
        "reservations.csv", {"booking_id": "bk_11", "slot": "activity-1"}, status="confirmed", cancelled_us="",
        cancelled_by="", cancelled_for="", penalty_minor=0, quoted_penalty_minor=7245)
    park(report, "bk_11", "activity-1", "undo-refused")
    report.edit("refunds.csv", {"booking_id": "bk_11"}, amount_minor=refund)
    report.edit("payments.csv", {"booking_id": "bk_11"}, refunded_minor=refund)
    net = 157041 - refund
    report.trip("bk_11", refunded_minor=refund, net_minor=net, expected_net_minor=net, activities_booked=1)


def owed_another(report):
    """The refund of bk_12 failed; what is parked is another one."""
    refund_forgotten_at_stripe(report)
    park(report, "bk_12", "charge", "refund-failed", "re_another")


def refund_forgotten_at_stripe(report):
    report.edit("refunds.csv", {"booking_id": "bk_12"}, status="failed")
    report.edit("payments.csv", {"booking_id": "bk_12"}, refunded_minor=0)
    report.trip("bk_12", refunded_minor=0, net_minor=138640, expected_net_minor=138640)


def kuwaiti(report):
    for name in ("payments.csv", "refunds.csv", "reservations.csv", "bookings.csv"):
        report.edit(name, {"booking_id": "bk_12"}, currency="KWD")
    report.edit("payments.csv", {"booking_id": "bk_12"}, amount_minor=138641, captured_minor=138641)


def columns_swapped(report):
    names = COLUMNS["refunds.csv"]
    report.write("refunds.csv", report.rows("refunds.csv"), [names[1], names[0], *names[2:]])


FLIGHT = {"booking_id": "bk_12", "slot": "flight"}
HOTEL = {"booking_id": "bk_1", "slot": "hotel"}
CREATE = {"booking_id": "bk_11", "operation": "refunds.create"}

LIES = {
    "a penalty given back": ("money", penalty_given_back),
    "a penalty of what had failed": ("money", penalty_of_what_failed),
    "a refused item that costs its price": ("money", lambda r: refused(r, 142551)),
    "a refused item that costs nothing": ("money", lambda r: refused(r, 157041)),
    "a refund forgotten": ("money", refund_forgotten),
    "a failed refund whose parked item names another": ("money", owed_another),
    "money given back by hand and once more": ("money", paid_twice_by_hand),
    "the harness expects another figure": ("expected", lambda r: r.trip("bk_1", expected_net_minor=1)),
    "charged less than the price": ("money", lambda r: (
        r.edit("payments.csv", {"booking_id": "bk_1"}, amount_minor=77043, captured_minor=77043),
        r.trip("bk_1", charged_minor=77043, net_minor=77043))),
    "a total that is not the charge's": ("totals", lambda r: r.trip("bk_1", charged_minor=77043)),
    "a net that does not add up": ("totals", lambda r: r.trip("bk_11", net_minor=7244)),
    "a refund that the payment does not count": (
        "refunds", lambda r: r.edit("payments.csv", {"booking_id": "bk_11"}, refunded_minor=1)),
    "more refunded than captured": (
        "refunds", lambda r: r.edit("refunds.csv", {"booking_id": "bk_11"}, amount_minor=157042)),
    "a refund of another's payment": (
        "refunds", lambda r: r.edit("refunds.csv", {"booking_id": "bk_11"}, booking_id="bk_12")),
    "a refund older than its payment": (
        "refunds", lambda r: r.edit("refunds.csv", {"booking_id": "bk_11"}, created_us=1)),
    "a chargeback that its trip does not count": (
        "totals", lambda r: r.edit("payments.csv", {"booking_id": "bk_1"}, charged_back_minor=77044)),
    "a chargeback that the net does not count": (
        "totals", lambda r: (charged_back(r, "bk_1", 77044), r.trip("bk_1", net_minor=77044))),
    "refunded, and charged back as well": ("refunds", lambda r: charged_back(r, "bk_12", 1000)),
    "charged back in part, and the rest is kept": (
        "money", lambda r: (refund_forgotten(r), charged_back(r, "bk_12", 1000))),
    "parked as disputed, and no bank asked": ("parked", lambda r: refused_while_disputed(r, 0)),
    "kept for a dispute that is over": ("money", lambda r: refused_while_disputed(r, 0)),
    "kept for a dispute of less": ("money", lambda r: refused_while_disputed(r, 138639)),
    "parked for a dispute that was lost": (
        "parked", lambda r: (charged_back(r, "bk_1", 77044), dispute(r, "bk_1", 77044))),
    "parked as failed, and was paid out": (
        "parked", lambda r: park(r, "bk_11", "charge", "refund-failed", "re_another")),
    "parked as refused, and nothing stands": ("parked", lambda r: park(r, "bk_12", "flight", "undo-refused")),
    "a payment without a key": ("calls", paid_without_a_key),
    "a failed refund by hand that nobody owes": ("money", lambda r: void_by_hand(r, None)),
    "a failed refund by hand whose parked item names another": ("money", lambda r: void_by_hand(r, "re_another")),
    "the airline cancelled, and the price is kept": (
        "money", lambda r: cancelled_by_airline(r, refund=51460)),
    "the airline cancelled, and nobody was told": (
        "atomicity", lambda r: (
            cancelled_by_airline(r), r.trip("bk_1", warned="flight=schedule-changed"))),
    "refunded for an airline that cancelled nothing": (
        "cause", lambda r: (gone(r, "hotel", "vendor"), new_refund(r, "bk_1", "vendor-cancel-flight", 12886))),
    "refunded for a property that cancelled nothing": (
        "cause", lambda r: cancelled_by_airline(r, cause="vendor-cancel")),
    "the supplier cancelled, and keeps something": ("vendors", lambda r: cancelled_there(r, 4418, by="vendor")),
    "the traveller cancelled there, and pays nothing": ("money", lambda r: cancelled_there(r, 5418)),
    "the traveller cancelled there, and gets nothing": ("money", lambda r: gone(r, "activity-1", "traveller", 1000)),
    "the traveller cancelled there, and was told another thing": (
        "atomicity", lambda r: gone(r, "activity-1", "traveller", 1000, told="activity-late")),
    "a copy of an order, and nobody told that the order is gone": ("money", lambda r: copied(r, "schedule-changed")),
    "a hotel that the traveller cancelled, told as the property's doing": (
        "atomicity", lambda r: gone(r, "hotel", "traveller", 1000, told="hotel-cancelled-by-property")),
    "a traveller who cancels a flight at the airline": ("vendors", lambda r: gone(r, "flight", "traveller")),
    "cancelled by nobody that is known": ("vendors", lambda r: gone(r, "hotel", "stranger")),
    "a vendor that cancels by our call": (
        "vendors", lambda r: (gone(r, "hotel", "vendor"), r.edit("reservations.csv", HOTEL, cancelled_for="bk_1:hotel"))),
    "confirmed on a part that somebody captured by hand": (
        "money", lambda r: captured_by_hand(r, 77043)),
    "all captured by hand, and what is too much is kept": (
        "money", lambda r: captured_by_hand(r, 80000)),
    "a change that charges the price of what is new": (
        "money", after(changed, lambda r: (
            r.edit("payments.csv", {"booking_id": "md_1"}, amount_minor=20000, captured_minor=20000),
            r.trip("md_1", charged_minor=20000, net_minor=12886)))),
    "the total of a change that is not its difference": ("totals", after(changed, lambda r: r.trip("md_1", total_minor=20000))),
    "what a change replaced stands": (
        "atomicity", after(changed, lambda r: r.edit(
            "reservations.csv", {"booking_id": "md_1", "slot": "hotel"}, status="confirmed", cancelled_us="", cancelled_by="",
            cancelled_for="", penalty_minor=0))),
    "a change that replaces what is no part of its trip": (
        "changes", after(changed, lambda r: r.trip("md_1", replaces="bk_2:hotel"))),
    "a change of a trip that nobody knows": ("changes", after(changed, lambda r: r.trip("md_1", changes="bk_99"))),
    "a part that two changes replace": (
        "changes", after(changed, lambda r: r.trip("md_1-2", replaces="bk_1:hotel bk_1:activity-2"))),
    "what a later change leaves over is not given back whole": (
        "money", after(changed, lambda r: refunded(r, "bk_1", 3164))),
    "what a later change leaves over, and the penalty as well": (
        "money", after(changed, lambda r: refunded(r, "bk_1", 5165))),
    "a penalty of a replaced part that nothing is left over for": (
        "money", after(changed, lambda r: refunded(r, "bk_1", 2165))),
    "refunded for a change that was refused": (
        "cause", lambda r: new_refund(r, "bk_1", "change-1", 100)),
    "a change that is counted as a booking": ("summary", after(changed, lambda r: r.edit("summary.csv", {}, confirmed=17))),
    "cancelled, and what a change kept is given back": (
        "money", after(cancelled_after_changes, lambda r: (
            r.edit("refunds.csv", {"refund_id": "re_rest"}, amount_minor=77044 - 3165 - 2000),
            r.edit("payments.csv", {"booking_id": "bk_1"}, refunded_minor=77044 - 2000),
            r.trip("bk_1", refunded_minor=77044 - 2000, net_minor=2000)))),
    "captured in part": ("payments", lambda r: r.edit("payments.csv", {"booking_id": "bk_1"}, captured_minor=5)),
    "held, and captured above it": (
        "payments", lambda r: r.edit("payments.csv", {"booking_id": "bk_1"}, held_minor=77043)),
    "held, and never let go": (
        "holds", lambda r: r.edit("payments.csv", {"booking_id": "bk_1"}, status="requires_capture", held_minor=77044)),
    "captured and canceled": ("payments", lambda r: r.edit("payments.csv", {"booking_id": "bk_1"}, status="canceled")),
    "a refund in another currency": (
        "currency", lambda r: r.edit("refunds.csv", {"booking_id": "bk_11"}, currency="EUR")),
    "a room in another currency": ("currency", lambda r: r.edit("reservations.csv", HOTEL, currency="CHF")),
    "dinars that Stripe does not take": ("steps", kuwaiti),
    "two refunds of one key": ("twice", twice_by_the_same_key),
    "two refunds of one cause": ("twice", second_refund),
    "a rollback of a cancelled trip": (
        "cause", lambda r: r.edit("refunds.csv", {"booking_id": "bk_11"}, cause="rollback")),
    "a refund of an activity that stands": (
        "cause", lambda r: r.edit("refunds.csv", {"booking_id": "bk_11"}, cause="activity-1")),
    "FAILED, and the flight stands": (
        "atomicity", lambda r: r.edit("reservations.csv", FLIGHT, status="confirmed", cancelled_us="", cancelled_by="")),
    "CONFIRMED without a hotel": ("atomicity", lambda r: r.drop("reservations.csv", **HOTEL)),
    "CONFIRMED with two hotels": (
        "atomicity", lambda r: r.add("reservations.csv", HOTEL, vendor_ref="second")),
    "CONFIRMED without an activity, and nothing is said": (
        "atomicity", lambda r: r.drop("reservations.csv", booking_id="bk_1", slot="activity-1")),
    "told as failed, and it stands": (
        "atomicity", lambda r: r.trip("bk_1", warned="activity-1=activity-failed", warnings=1)),
    "the property cancelled, and nobody was told": (
        "atomicity", lambda r: r.edit(
            "reservations.csv", HOTEL, status="cancelled", cancelled_us=10**9, cancelled_by="vendor")),
    "a room dearer than offered": ("vendors", lambda r: r.edit("reservations.csv", HOTEL, price_minor=12887)),
    "a room under a foreign reference": (
        "vendors", lambda r: r.edit("reservations.csv", HOTEL, client_ref="bk_2:hotel:1")),
    "a penalty above the price": (
        "vendors", lambda r: r.edit("reservations.csv", FLIGHT, penalty_minor=78147)),
    "a penalty of what stands": ("vendors", lambda r: r.edit("reservations.csv", HOTEL, penalty_minor=1)),
    "cancelled for another trip": (
        "vendors", lambda r: r.edit("reservations.csv", FLIGHT, cancelled_for="bk_1:flight")),
    "a seat for one of two": (
        "party", lambda r: r.edit("reservations.csv", {"booking_id": "bk_11", "slot": "flight"}, party=1)),
    "parked, and the trip does not say so": (
        "parked", lambda r: (park(r, "bk_12", "flight", "flight-order-lost"), r.trip("bk_12", needs_attention="false"))),
    "a trip that never ended": ("unfinished", lambda r: r.trip("bk_1", state="PROCESSING")),
    "a refund that never ended": (
        "unfinished", lambda r: r.edit("refunds.csv", {"booking_id": "bk_11"}, status="pending")),
    "a payment of nobody": ("stranger", lambda r: r.edit("payments.csv", {"booking_id": "bk_1"}, booking_id="bk_99")),
    "a key used for two things": (
        "calls", lambda r: r.edit("calls.csv", CREATE, idempotency_key="bk_12:charge:undo:1")),
    "a refund that nobody asked for": ("calls", lambda r: r.edit("calls.csv", CREATE, idempotency_key="bk_11:x")),
    "a call that is left out": ("calls", lambda r: r.drop("calls.csv", seq="7")),
    "a refusal told as a success": ("calls", lambda r: r.edit("calls.csv", CREATE, http_status=402)),
    "calls out of order": ("calls", lambda r: r.edit("calls.csv", CREATE, time_us=1)),
    "a percentile of luck": (
        "latency", lambda r: r.edit("latency.csv", {"service": "hotel", "operation": "create"}, p90_us=1)),
    "errors left out": (
        "latency", lambda r: r.edit("latency.csv", {"service": "hotel", "operation": "create"}, errors=99)),
    "one confirmed too many": ("summary", lambda r: r.edit("summary.csv", {}, confirmed=16)),
    "one call too many": ("summary", lambda r: r.edit("summary.csv", {}, calls=466)),
    "a violation left out": ("summary", lambda r: r.edit("invariants.csv", {"id": "M9"}, violations=1)),
    "columns swapped": ("columns", columns_swapped),
    "an amount that is no number": ("columns", lambda r: r.trip("bk_1", net_minor="77044.0")),
}


class AuditTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.report = Report(folder.name)

    def test_the_example_is_clean(self):
        self.assertEqual(self.report.kinds(), set())

    def test_what_is_parked_is_owed(self):
        refund_forgotten_at_stripe(self.report)
        refund = next(r for r in self.report.rows("refunds.csv") if r["booking_id"] == "bk_12")
        park(self.report, "bk_12", "charge", "refund-failed", refund["refund_id"])
        self.assertEqual(self.report.kinds(), set())

    def test_what_a_vendor_refuses_costs_what_it_quoted(self):
        refused(self.report, 149796)
        self.assertEqual(self.report.kinds(), set())

    def test_money_given_back_by_hand_counts(self):
        by_hand(self.report, "bk_1", 1000, at=10**9)
        self.report.trip("bk_1", expected_net_minor=76044)
        self.assertEqual(self.report.kinds(), set())

    def test_another_programs_payment_is_no_trips_money(self):
        another_programs(self.report, "bk_1")
        self.assertEqual(self.report.kinds(), set())

    def test_money_given_back_after_the_last_look_may_be_lost(self):
        by_hand(self.report, "bk_11", 1000, at=58_500_000)
        self.report.trip("bk_11", expected_net_minor=6245)
        self.assertEqual(self.report.kinds(), set())

    def test_a_failed_refund_by_hand_that_is_parked_is_owed(self):
        void_by_hand(self.report, "re_desk_bk_12")
        self.assertEqual(self.report.kinds(), set())

    def test_what_a_bank_took_back_is_gone(self):
        charged_back(self.report, "bk_1", 77044)
        self.assertEqual(self.report.kinds(), set())

    def test_nothing_can_be_refunded_while_banks_decide(self):
        refused_while_disputed(self.report)
        self.assertEqual(self.report.kinds(), set())

    def test_what_an_airline_cancelled_is_refunded(self):
        cancelled_by_airline(self.report)
        self.assertEqual(self.report.kinds(), set())

    def test_a_copy_of_an_order_is_not_the_trips_flight(self):
        copied(self.report)
        self.assertEqual(self.report.kinds(), set())

    def test_a_hotel_that_the_traveller_cancelled_costs_what_is_kept(self):
        gone(self.report, "hotel", "traveller", 1000)
        price = next(int(r["price_minor"]) for r in self.report.rows("reservations.csv")
                     if (r["booking_id"], r["slot"]) == ("bk_1", "hotel"))
        new_refund(self.report, "bk_1", "vendor-cancel", price - 1000)
        self.report.trip("bk_1", expected_net_minor=77044 - price + 1000)
        self.assertEqual(self.report.kinds(), set())

    def test_a_trip_that_is_changed_twice_costs_what_stands_and_what_is_kept(self):
        changed(self.report)
        self.assertEqual(Audit(self.report.folder, COLUMNS).findings, [])

    def test_a_changed_trip_that_is_cancelled_costs_what_is_kept(self):
        cancelled_after_changes(self.report)
        self.assertEqual(Audit(self.report.folder, COLUMNS).findings, [])

    def test_what_a_traveller_cancelled_there_costs_what_is_kept(self):
        cancelled_there(self.report, 4418)
        self.assertEqual(self.report.kinds(), set())

    def test_every_lie_is_found(self):
        for name, (kind, tamper) in LIES.items():
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                report = Report(folder)
                tamper(report)
                self.assertIn(kind, report.kinds())


if __name__ == "__main__":
    unittest.main()
