import threading

import pytest
import stripe

from stripe_support import client, pay, posts


@pytest.fixture
def v1(stripe_fake):
    return client(stripe_fake).v1


def keyed(key):
    return {"idempotency_key": key}


def test_a_success_is_replayed_as_it_was(v1, stripe_fake):
    first = pay(v1, options=keyed("replay-200"))
    v1.refunds.create({"payment_intent": first.id})
    again = pay(v1, options=keyed("replay-200"))
    assert again.to_dict() == first.to_dict()
    head, original = again.last_response.headers, first.last_response.headers
    assert head["Idempotent-Replayed"] == "true"
    assert head["Original-Request"] == original["Request-Id"] != head["Request-Id"]
    assert len([i for i in stripe_fake.ledger()["payment_intents"] if i["id"] == first.id]) == 1


def test_a_decline_is_replayed(v1, stripe_fake):
    def declined():
        with pytest.raises(stripe.CardError) as caught:
            pay(v1, card="pm_card_visa_chargeDeclined", options=keyed("replay-402"))
        return caught.value

    first, again = declined(), declined()
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json_body == first.json_body


@pytest.mark.parametrize("effect", [True, False])
def test_a_500_is_replayed(v1, stripe_fake, effect):
    key = f"replay-500-{effect}"
    stripe_fake.fault("payment_intents.create", "error-500", effect="after" if effect else "before")
    for replayed in (None, "true"):
        with pytest.raises(stripe.APIError) as caught:
            pay(v1, options=keyed(key))
        assert caught.value.http_status == 500
        assert caught.value.json_body["error"]["type"] == "api_error"
        assert caught.value.headers.get("Idempotent-Replayed") == replayed
        assert caught.value.headers["Stripe-Should-Retry"] == "false"
    made = [i for i in stripe_fake.ledger()["payment_intents"] if i["idempotency_key"] == key]
    assert len(made) == (1 if effect else 0)


def test_other_parameters(v1):
    pay(v1, options=keyed("mismatch"))
    with pytest.raises(stripe.IdempotencyError) as caught:
        pay(v1, amount=2600, options=keyed("mismatch"))
    assert caught.value.http_status == 400
    assert caught.value.user_message == (
        "Keys for idempotent requests can only be used with the same parameters they were first "
        "used with. Try using a key other than 'mismatch' if you meant to execute a different "
        "request.")


def test_other_endpoint(v1):
    paid = pay(v1, options=keyed("endpoint"))
    with pytest.raises(stripe.IdempotencyError) as caught:
        v1.refunds.create({"payment_intent": paid.id}, keyed("endpoint"))
    assert caught.value.user_message.startswith(
        "Keys for idempotent requests can only be used for the same endpoint they were first used "
        "for ('/v1/payment_intents' vs '/v1/refunds'). Try using a key other than 'endpoint' ")


def test_refused_parameters_leave_the_key_free(v1):
    with pytest.raises(stripe.InvalidRequestError):
        v1.payment_intents.create({"amount": 2500}, keyed("free"))
    assert pay(v1, options=keyed("free")).status == "succeeded"


def test_conflict_while_the_first_is_in_flight(v1, stripe_fake):
    stripe_fake.fault("payment_intents.create", "slow", seconds=50)
    first = []
    thread = threading.Thread(
        target=lambda: first.append(pay(client(stripe_fake).v1, options=keyed("in-flight"))))
    thread.start()
    while stripe_fake.faults():
        pass
    with pytest.raises(stripe.APIError) as caught:
        pay(v1, options=keyed("in-flight"))
    error = caught.value
    assert type(error) is stripe.APIError
    assert (error.http_status, error.json_body["error"]["code"]) == (
        409, "idempotency_key_in_use")
    assert error.user_message == (
        "There is currently another in-progress request using this Idempotent Key (that probably "
        "means you submitted twice, and the other request is still going through): in-flight. "
        "Please try again later.")
    stripe_fake.advance(51)
    thread.join(timeout=20)
    assert pay(v1, options=keyed("in-flight")).to_dict() == first[0].to_dict()


def test_a_key_is_forgotten_after_a_day(v1, stripe_fake):
    first = pay(v1, options=keyed("a-day"))
    stripe_fake.advance(86_399)
    assert pay(v1, options=keyed("a-day")).id == first.id
    stripe_fake.advance(2)
    assert pay(v1, options=keyed("a-day")).id != first.id


@pytest.mark.parametrize("fault, answered", [
    ("reset-before", 1), ("refused", 1), ("request-lost", 1), ("bad-gateway", 1),
    ("reset-after", 2), ("response-lost", 2),
])
def test_the_sdk_retries_a_broken_connection_and_charges_once(stripe_fake, fault, answered):
    key = f"dropped-{fault}"
    parameters = {"seconds": 0.1} if fault.endswith("-lost") else {}
    stripe_fake.fault("payment_intents.create", fault, **parameters)
    paid = pay(client(stripe_fake, retries=2).v1, options=keyed(key))
    assert paid.status == "succeeded"
    requests = posts(stripe_fake, key)
    assert [r["replayed"] for r in requests] == [False, True][:answered]
    made = [i for i in stripe_fake.ledger()["payment_intents"] if i["idempotency_key"] == key]
    assert [i["captured_minor"] for i in made] == [2500]
    charges = [e for e in client(stripe_fake).v1.events.list(
        {"type": "charge.succeeded", "limit": 100}).auto_paging_iter()
        if e.data.object.payment_intent == paid.id]
    assert len(charges) == 1


def test_without_retries_the_connection_error_surfaces(v1, stripe_fake):
    stripe_fake.fault("payment_intents.create", "reset-after")
    with pytest.raises(stripe.APIConnectionError):
        pay(v1, options=keyed("surfaces"))
    assert [r["status"] for r in posts(stripe_fake, "surfaces")] == [200]


def test_an_answer_cut_in_the_middle_is_not_retried_by_the_sdk(stripe_fake):
    """The SDK takes it for an unexpected error; the same key brings the stored answer."""
    stripe_fake.fault("payment_intents.create", "truncated")
    v1 = client(stripe_fake, retries=2).v1
    with pytest.raises(stripe.APIConnectionError):
        pay(v1, options=keyed("truncated"))
    assert [r["status"] for r in posts(stripe_fake, "truncated")] == [200]
    paid = pay(v1, options=keyed("truncated"))
    assert paid.last_response.headers["Idempotent-Replayed"] == "true"


def test_should_retry_false_stops_the_sdk(stripe_fake):
    stripe_fake.fault("payment_intents.create", "error-500")
    with pytest.raises(stripe.APIError):
        pay(client(stripe_fake, retries=2).v1, options=keyed("should-retry"))
    assert [r["status"] for r in posts(stripe_fake, "should-retry")] == [500]


def test_rate_limit(stripe_fake):
    stripe_fake.fault("payment_intents.create", "rate-limited")
    v1 = client(stripe_fake, retries=2).v1
    with pytest.raises(stripe.RateLimitError) as caught:
        pay(v1, options=keyed("rate"))
    error = caught.value
    # The SDK does not copy a 429's code to `error.code`.
    assert (error.http_status, error.error.code) == (429, "rate_limit")
    assert error.json_body["error"]["type"] == "invalid_request_error"
    assert error.headers["Stripe-Rate-Limited-Reason"]
    # It came before the idempotency layer, and the SDK does not repeat a plain 429.
    assert [r["status"] for r in posts(stripe_fake, "rate")] == [429]
    assert "Idempotent-Replayed" not in pay(v1, options=keyed("rate")).last_response.headers


def test_lock_timeout(v1, stripe_fake):
    paid = pay(v1)
    stripe_fake.fault("refunds.create", "lock-timeout")
    with pytest.raises(stripe.RateLimitError) as caught:
        v1.refunds.create({"payment_intent": paid.id}, keyed("lock"))
    body = caught.value.json_body["error"]
    assert caught.value.http_status == 429
    assert body["code"] == "lock_timeout" and body["type"] == "invalid_request_error"
    assert body["doc_url"] == "https://stripe.com/docs/error-codes/lock-timeout"
    assert body["message"] == (
        "This object cannot be accessed right now because another API request or Stripe process is "
        "currently accessing it. If you see this error intermittently, retry the request. If you "
        "see this error frequently and are making multiple concurrent requests to a single object, "
        "make your requests serially or at a lower rate.")
    assert v1.refunds.create({"payment_intent": paid.id}, keyed("lock")).status == "succeeded"


def test_two_changes_of_one_payment_at_once_lock(v1, stripe_fake):
    paid = pay(v1)
    stripe_fake.fault("refunds.create", "slow", seconds=50)
    done = []
    thread = threading.Thread(target=lambda: done.append(
        client(stripe_fake).v1.refunds.create({"payment_intent": paid.id, "amount": 100})))
    thread.start()
    while stripe_fake.faults():
        pass
    with pytest.raises(stripe.RateLimitError) as caught:
        v1.refunds.create({"payment_intent": paid.id, "amount": 100})
    assert caught.value.error.code == "lock_timeout"
    stripe_fake.advance(51)
    thread.join(timeout=20)
    assert done[0].amount == 100
