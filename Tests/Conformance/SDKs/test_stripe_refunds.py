import pytest
import stripe

from stripe_support import check, client, hold, pay


@pytest.fixture
def v1(stripe_fake):
    return client(stripe_fake).v1


def refused(call, code, message, param=None):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        call()
    error = caught.value
    assert (error.http_status, error.code, error.param) == (400, code, param)
    assert error.user_message == message
    assert error.json_body["error"]["type"] == "invalid_request_error"


def test_full_refund_and_twice(v1):
    paid = pay(v1)
    refund = check(v1.refunds.create({"payment_intent": paid.id}))
    assert (refund.status, refund.amount, refund.charge) == ("succeeded", 2500, paid.latest_charge)
    assert refund.id.startswith("re_3") and refund.balance_transaction.startswith("txn_3")
    assert "livemode" not in refund
    charge = check(v1.charges.retrieve(paid.latest_charge))
    assert (charge.refunded, charge.amount_refunded) == (True, 2500)
    refused(
        lambda: v1.refunds.create({"payment_intent": paid.id}), "charge_already_refunded",
        f"Charge {charge.id} has already been refunded.")


def test_partial_refunds_until_nothing_is_left(v1):
    paid = pay(v1, amount=6000)
    first = v1.refunds.create({
        "payment_intent": paid.id, "amount": 2500, "reason": "requested_by_customer",
        "metadata": {"cause": "hotel"}})
    assert (first.amount, first.reason, first.metadata["cause"]) == (
        2500, "requested_by_customer", "hotel")
    charge = v1.charges.retrieve(paid.latest_charge)
    assert (charge.refunded, charge.amount_refunded) == (False, 2500)
    refused(
        lambda: v1.refunds.create({"payment_intent": paid.id, "amount": 4000}), None,
        "Refund amount ($40.00) is greater than unrefunded amount on charge ($35.00)", "amount")
    # Without a key a repeated partial refund is a second refund.
    v1.refunds.create({"charge": charge.id, "amount": 2500})
    last = v1.refunds.create({"payment_intent": paid.id})
    assert last.amount == 1000
    assert v1.charges.retrieve(charge.id).refunded is True


def test_refund_of_a_partial_capture(v1):
    done = v1.payment_intents.capture(hold(v1).id, {"amount_to_capture": 1000})
    refused(
        lambda: v1.refunds.create({"payment_intent": done.id, "amount": 2500}), None,
        "Refund amount ($25.00) is greater than unrefunded amount on charge ($10.00)", "amount")
    assert v1.refunds.create({"payment_intent": done.id}).amount == 1000


def test_nothing_to_refund(v1):
    new = v1.payment_intents.create({"amount": 2500, "currency": "usd"})
    refused(
        lambda: v1.refunds.create({"payment_intent": new.id}), None,
        f"This PaymentIntent ({new.id}) does not have a successful charge to refund.")
    held = hold(v1)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        v1.refunds.create({"payment_intent": held.id})
    assert caught.value.code is None and caught.value.user_message.startswith(
        f"This uncaptured Charge was created by a PaymentIntent ({held.id}). You must cancel the "
        "PaymentIntent to reverse the authorization")
    refused(
        lambda: v1.refunds.create({}), None,
        "One of the following params should be provided for this request: payment_intent or "
        "charge.")


def test_disputed(v1):
    paid = pay(v1, card="pm_card_createDispute")
    refused(
        lambda: v1.refunds.create({"payment_intent": paid.id}), "charge_disputed",
        f"Charge {paid.latest_charge} has been charged back; cannot issue a refund.")


def test_pending_card(v1, stripe_fake):
    paid = pay(v1, card="pm_card_pendingRefund")
    refund = check(v1.refunds.create({"payment_intent": paid.id}))
    assert (refund.status, refund.pending_reason) == ("pending", "processing")
    assert refund.balance_transaction is None
    stripe_fake.advance(86_400)
    settled = check(v1.refunds.retrieve(refund.id))
    assert settled.status == "succeeded" and settled.balance_transaction.startswith("txn_3")


@pytest.mark.parametrize("succeeds, status", [(True, "succeeded"), (False, "failed")])
def test_pending_by_order(v1, stripe_fake, succeeds, status):
    paid = pay(v1)
    stripe_fake.fault("refunds.create", "refund-pending", seconds=30, succeeds=succeeds)
    refund = v1.refunds.create({"payment_intent": paid.id})
    assert refund.status == "pending"
    stripe_fake.advance(31)
    assert v1.refunds.retrieve(refund.id).status == status


@pytest.mark.parametrize("by_card", [True, False])
def test_a_refund_fails_later(v1, stripe_fake, by_card):
    paid = pay(v1, card="pm_card_refundFail" if by_card else "pm_card_visa")
    if not by_card:
        stripe_fake.fault("refunds.create", "refund-fails-later", seconds=3600)
    refund = v1.refunds.create({"payment_intent": paid.id})
    assert refund.status == "succeeded"
    stripe_fake.advance(86_400)
    failed = check(v1.refunds.retrieve(refund.id))
    assert failed.status == "failed"
    assert failed.failure_reason in (
        "lost_or_stolen_card", "expired_or_canceled_card", "insufficient_funds", "declined",
        "charge_for_pending_refund_disputed", "merchant_request", "unknown")
    assert failed.failure_balance_transaction.startswith("txn_3")
    types = {e.type for e in v1.events.list({"limit": 100}).auto_paging_iter()
             if e.data.object.id == refund.id}
    assert types == {"refund.created", "refund.updated", "charge.refund.updated", "refund.failed"}


def test_list_and_pages(v1):
    paid = pay(v1, amount=10_000)
    made = [v1.refunds.create({"payment_intent": paid.id, "amount": 100}).id for _ in range(5)]
    other = pay(v1)
    v1.refunds.create({"payment_intent": other.id})
    page = check(v1.refunds.list({"payment_intent": paid.id, "limit": 2}))
    assert (page.url, page.has_more) == ("/v1/refunds", True)
    assert [r.id for r in page.data] == made[::-1][:2]
    assert [r.id for r in page.auto_paging_iter()] == made[::-1]
    of_charge = v1.refunds.list({"charge": paid.latest_charge})
    assert [r.id for r in of_charge.data] == made[::-1]


def test_metadata_and_cancel(v1):
    paid = pay(v1)
    refund = v1.refunds.create({"payment_intent": paid.id})
    assert v1.refunds.update(refund.id, {"metadata": {"a": "b"}}).metadata["a"] == "b"
    refused(lambda: v1.refunds.cancel(refund.id), None, "Canceling this refund is unsupported.")
