"""Customers, disputes, lists, search, expansion and pages, as the official library does them."""

import pytest
import stripe
from stripe_support import check, client, pay


@pytest.fixture
def v1(stripe_fake):
    return client(stripe_fake).v1


def test_from_customer_to_dispute(v1):
    customer = v1.customers.create({"email": "ada@example.com", "name": "Ada"})
    method = v1.payment_methods.attach("pm_card_createDispute", {"customer": customer.id})
    held = check(v1.payment_intents.create({
        "amount": 5000, "currency": "usd", "customer": customer.id, "payment_method": method.id,
        "payment_method_types": ["card"], "capture_method": "manual", "confirm": True,
    }))
    taken = v1.payment_intents.capture(held.id, {"amount_to_capture": 4000})
    assert taken.status == "succeeded"
    dispute = v1.disputes.list({"payment_intent": held.id}).data[0]
    assert (dispute.amount, dispute.status) == (4000, "needs_response")
    won = v1.disputes.update(
        dispute.id, {"evidence": {"uncategorized_text": "winning_evidence"}, "submit": True}
    )
    assert won.status == "won"
    refund = v1.refunds.create({"payment_intent": held.id, "amount": 1500})
    assert refund.status == "succeeded"
    methods = v1.customers.payment_methods.list(customer.id)
    assert [m.id for m in methods.data] == [method.id]
    assert v1.payment_methods.detach(method.id).customer is None


def test_customer_attach_intent_capture_partial_refund_dispute(v1, stripe_fake):
    customer = v1.customers.create({"email": "ada@example.com"})
    method = v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    held = check(v1.payment_intents.create({
        "amount": 5000, "currency": "usd", "customer": customer.id, "payment_method": method.id,
        "payment_method_types": ["card"], "capture_method": "manual", "confirm": True,
    }))
    assert held.status == "requires_capture"
    assert v1.payment_intents.capture(held.id).status == "succeeded"
    refund = check(v1.refunds.create({"payment_intent": held.id, "amount": 1500}))
    assert refund.status == "succeeded"
    stripe_fake.dispute(held.id, "product_not_received")
    (dispute,) = v1.disputes.list({"payment_intent": held.id}).data
    assert (dispute.amount, dispute.status) == (3500, "needs_response")
    with pytest.raises(stripe.InvalidRequestError):
        v1.refunds.create({"payment_intent": held.id})
    # Nobody answers: the bank decides when the time is over.
    stripe_fake.advance(dispute.evidence_details.due_by - stripe_fake.now() + 1)
    assert v1.disputes.retrieve(dispute.id).status == "lost"
    types = [event.type for event in v1.events.list({"limit": 30}).data]
    for type in ("charge.dispute.closed", "charge.dispute.created", "charge.refunded",
                 "payment_method.attached", "customer.created"):
        assert type in types
    assert v1.customers.delete(customer.id).deleted
    assert v1.customers.retrieve(customer.id).deleted
    with pytest.raises(stripe.InvalidRequestError):
        v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})


def test_checkout_session_is_paid(v1, stripe_fake):
    session = v1.checkout.sessions.create({
        "mode": "payment", "success_url": "https://a.test/ok?id={CHECKOUT_SESSION_ID}",
        "client_reference_id": "trip-7", "customer_creation": "always",
        "line_items": [{"quantity": 2, "price_data": {
            "currency": "eur", "unit_amount": 700, "product_data": {"name": "Seat"}}}],
        "payment_intent_data": {"metadata": {"trip": "7"}}})
    assert (session.status, session.payment_status) == ("open", "unpaid")
    (line,) = v1.checkout.sessions.line_items.list(session.id).auto_paging_iter()
    assert (line.description, line.quantity, line.amount_total) == ("Seat", 2, 1400)
    declined = stripe_fake.pay_checkout(session.id, payment_method="pm_card_chargeDeclined")
    assert declined["status"] == "open" and declined["why"] == "card_declined"
    paid = stripe_fake.pay_checkout(session.id, email="ada@example.com")
    assert paid["status"] == "complete"
    session = v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent", "customer"]})
    assert (session.status, session.payment_status, session.url) == ("complete", "paid", None)
    assert session.payment_intent.amount_received == 1400
    assert session.payment_intent.metadata["trip"] == "7"
    assert session.customer.email == session.customer_details.email == "ada@example.com"
    event = v1.events.list({"type": "checkout.session.completed"}).data[0]
    assert event.data.object.client_reference_id == "trip-7"


def test_objects_expand(v1):
    customer = v1.customers.create({"name": "Ada"})
    paid = pay(v1, customer=customer.id)
    shown = v1.payment_intents.retrieve(paid.id, {
        "expand": ["customer", "payment_method", "latest_charge.balance_transaction"]
    })
    assert shown.customer.name == "Ada"
    assert shown.payment_method.card.last4 == "4242"
    assert shown.latest_charge.balance_transaction.amount == 2500


def test_lists_turn_their_pages(v1):
    ids = [pay(v1, metadata={"page": "turning"}).id for _ in range(5)]
    pages = v1.payment_intents.list({"limit": 2}).auto_paging_iter()
    assert [intent.id for intent in pages][:5] == ids[::-1]
    found = v1.payment_intents.search(
        {"query": 'metadata["page"]:"turning" AND status:"succeeded"', "limit": 2}
    )
    assert [intent.id for intent in found.auto_paging_iter()] == ids[::-1]
    assert len(list(v1.charges.list({"limit": 1}).auto_paging_iter())) >= 5
    assert len(list(v1.balance_transactions.list({"limit": 2}).auto_paging_iter())) >= 5
    assert v1.balance.retrieve().pending[0].amount > 0


def test_checkout_session_expires(v1):
    session = v1.checkout.sessions.create({
        "mode": "payment", "success_url": "https://shop.test/done",
        "line_items": [{
            "quantity": 2,
            "price_data": {"currency": "usd", "unit_amount": 700, "product_data": {"name": "x"}},
        }],
    })
    assert session.amount_total == 1400
    assert v1.checkout.sessions.expire(session.id).status == "expired"
    with pytest.raises(stripe.InvalidRequestError):
        v1.checkout.sessions.expire(session.id)
