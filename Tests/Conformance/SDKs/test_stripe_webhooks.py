import json

import pytest
import stripe

from conftest import SECRET
from stripe_support import check, client, hold, pay


@pytest.fixture
def v1(stripe_fake):
    return client(stripe_fake).v1


def verified(delivery, tolerance=10**9):
    """What the SDK makes of a delivery; by default of any age, as the fakes' clock is steered."""
    body, signature = delivery
    return check(stripe.Webhook.construct_event(body, signature, SECRET, tolerance))


def events_of(v1, intent_id):
    """The types of all events about one payment, oldest first."""
    events = list(v1.events.list({"limit": 100}).auto_paging_iter())
    return [e.type for e in reversed(events)
            if intent_id in (e.data.object.id, e.data.object.to_dict().get("payment_intent"))]


def test_signature_and_content(v1, stripe_fake, receiver):
    paid = pay(v1, options={"idempotency_key": "event-key"})
    stripe_fake.advance(10)
    deliveries = receiver.wait(3)
    events = {e.type: e for e in map(verified, deliveries)}
    assert set(events) == {
        "payment_intent.created", "charge.succeeded", "payment_intent.succeeded"}
    event = events["payment_intent.succeeded"]
    assert event.id.startswith("evt_") and event.api_version == "2026-10-28.endive"
    assert event.data.object.to_dict() == paid.to_dict()
    assert event.request.idempotency_key == "event-key"
    assert event.request.id == paid.last_response.headers["Request-Id"]
    body, signature = deliveries[0]
    for secret in (SECRET.removeprefix("whsec_"), "whsec_other"):
        with pytest.raises(stripe.SignatureVerificationError) as caught:
            stripe.Webhook.construct_event(body, signature, secret, 10**9)
        assert "No signatures found matching the expected signature" in str(caught.value)
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body + b" ", signature, SECRET, 10**9)


def test_tolerance_and_forgery(v1, stripe_fake, receiver):
    stripe_fake.fault("payment_intent.created", "webhook-forged")
    stripe_fake.fault("payment_intent.created", "webhook-stale")
    v1.payment_intents.create({"amount": 2500, "currency": "usd"})
    stripe_fake.advance(10)
    right, stale, forged = 0, 0, 0
    for delivery in receiver.wait(3):
        timestamp = int(delivery[1].split(",")[0].removeprefix("t="))
        try:
            verified(delivery)
        except stripe.SignatureVerificationError as error:
            assert "No signatures found matching the expected signature" in str(error)
            forged += 1
            continue
        # The SDK reads the machine's clock; what counts is the age on the fakes' clock.
        if stripe_fake.now() - timestamp > 300:
            stale += 1
        else:
            right += 1
    assert (right, stale, forged) == (1, 1, 1)


def test_the_sdk_refuses_a_stale_delivery(fakes_of_the_past):
    v1, fake, receiver = fakes_of_the_past
    with pytest.raises(stripe.SignatureVerificationError) as caught:
        stripe.Webhook.construct_event(*receiver.wait(1)[0], SECRET)
    assert "Timestamp outside the tolerance zone" in str(caught.value)


@pytest.fixture
def fakes_of_the_past(v1, stripe_fake, receiver):
    stripe_fake.fault("payment_intent.created", "webhook-stale")
    v1.payment_intents.create({"amount": 2500, "currency": "usd"})
    stripe_fake.advance(1)
    return v1, stripe_fake, receiver


def test_retried_until_taken(v1, stripe_fake, receiver):
    receiver.status = 500
    v1.payment_intents.create({"amount": 2500, "currency": "usd"})
    stripe_fake.advance(1)
    receiver.wait(1)
    receiver.status = 200
    stripe_fake.advance(3 * 86_400)
    first, again = receiver.wait(2)[:2]
    # The same event, signed anew.
    assert json.loads(first[0])["id"] == json.loads(again[0])["id"]
    assert first[1] != again[1] and verified(again).type == "payment_intent.created"


def test_twice(v1, stripe_fake, receiver):
    stripe_fake.fault("payment_intent.created", "webhook-twice", seconds=5)
    v1.payment_intents.create({"amount": 2500, "currency": "usd"})
    stripe_fake.advance(10)
    assert len({verified(d).id for d in receiver.wait(2)}) == 1


def test_recorded_orders(v1):
    paid = pay(v1)
    started = ["payment_intent.created", "charge.succeeded"]
    assert events_of(v1, paid.id) == [*started, "payment_intent.succeeded"]
    v1.refunds.create({"payment_intent": paid.id})
    assert events_of(v1, paid.id)[3:] == ["refund.created", "charge.refunded"]

    held = hold(v1)
    v1.payment_intents.capture(held.id)
    assert events_of(v1, held.id) == [
        *started, "payment_intent.amount_capturable_updated", "charge.captured",
        "payment_intent.succeeded"]

    gone = hold(v1)
    v1.payment_intents.cancel(gone.id)
    assert events_of(v1, gone.id)[-1] == "payment_intent.canceled"

    with pytest.raises(stripe.CardError) as caught:
        pay(v1, card="pm_card_visa_chargeDeclined")
    assert events_of(v1, caught.value.error.payment_intent.id) == [
        "payment_intent.created", "charge.failed", "payment_intent.payment_failed"]


def test_events_list(v1, stripe_fake):
    stripe_fake.advance(31 * 86_400)
    paid = pay(v1)
    page = check(v1.events.list({}))
    assert [e.type for e in page.data] == [
        "payment_intent.succeeded", "charge.succeeded", "payment_intent.created"]
    assert page.url == "/v1/events" and page.has_more is False
    only = v1.events.list({"type": "charge.succeeded"})
    assert [e.data.object.id for e in only.data] == [paid.latest_charge]
    some = v1.events.list({"types": ["payment_intent.created", "payment_intent.succeeded"]})
    assert len(some.data) == 2
    assert v1.events.retrieve(page.data[0].id).to_dict() == page.data[0].to_dict()


def test_undelivered_events_are_listed(v1, stripe_fake, receiver):
    receiver.status = 500
    stripe_fake.advance(31 * 86_400)
    v1.payment_intents.create({"amount": 2500, "currency": "usd"})
    stripe_fake.advance(1)
    receiver.wait(1)
    missed = v1.events.list({"delivery_success": False})
    assert [e.type for e in missed.data] == ["payment_intent.created"]
    receiver.status = 200
