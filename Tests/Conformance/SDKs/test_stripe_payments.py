import pytest
import stripe

from stripe_support import check, client, hold, pay


@pytest.fixture
def v1(stripe_fake):
    return client(stripe_fake).v1


def refused(call, status=400, code=None, message=None, param=None):
    """Asserts an InvalidRequestError in every detail and returns it."""
    with pytest.raises(stripe.InvalidRequestError) as caught:
        call()
    error = caught.value
    assert (error.http_status, error.code, error.param) == (status, code, param)
    assert error.json_body["error"]["type"] == "invalid_request_error"
    if message is not None:
        assert error.user_message == message
    if code is not None:
        assert error.error.doc_url == f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"
    return error


def test_create_then_confirm(v1):
    new = v1.payment_intents.create(
        {"amount": 2500, "currency": "usd", "metadata": {"booking": "bk_1"},
         "payment_method_types": ["card"]}
    )
    check(new)
    assert new.status == "requires_payment_method"
    assert new.id.startswith("pi_3") and new.latest_charge is None
    secret = new.client_secret.removeprefix(new.id + "_secret_")
    assert len(secret) == 25 and secret.isalnum()
    assert new.capture_method == "automatic_async" and new.confirmation_method == "automatic"
    assert new.metadata["booking"] == "bk_1" and new.livemode is False
    assert "invoice" not in new and "charges" not in new

    ready = check(v1.payment_intents.update(new.id, {"payment_method": "pm_card_visa"}))
    assert ready.status == "requires_confirmation" and ready.payment_method.startswith("pm_1")
    done = check(v1.payment_intents.confirm(new.id))
    assert (done.status, done.amount_received, done.amount_capturable) == ("succeeded", 2500, 0)
    charge = check(v1.charges.retrieve(done.latest_charge))
    assert (charge.paid, charge.captured, charge.amount_captured) == (True, True, 2500)
    assert charge.payment_intent == new.id
    # Both ids begin with the same part.
    assert charge.id.startswith("ch_3") and charge.id[3:17] == new.id[3:17]


def test_create_and_confirm_in_one(v1):
    done = pay(v1)
    assert done.status == "succeeded"
    assert check(v1.payment_intents.retrieve(done.id)).to_dict() == done.to_dict()


def test_confirm_without_a_payment_method(v1):
    new = v1.payment_intents.create({"amount": 2500, "currency": "usd"})
    error = refused(
        lambda: v1.payment_intents.confirm(new.id), code="payment_intent_unexpected_state")
    assert error.user_message.startswith(
        "You cannot confirm this PaymentIntent because it's missing a payment method. ")


@pytest.mark.parametrize("card, code, decline_code, message", [
    ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline",
     "Your card was declined."),
    ("pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds",
     "Your card has insufficient funds."),
    ("pm_card_visa_chargeDeclinedLostCard", "card_declined", "lost_card",
     "Your card was declined."),
    ("pm_card_visa_chargeDeclinedStolenCard", "card_declined", "stolen_card",
     "Your card was declined."),
    ("pm_card_visa_chargeDeclinedVelocityLimitExceeded", "card_declined",
     "card_velocity_exceeded", None),
    ("pm_card_chargeCustomerFail", "card_declined", "generic_decline",
     "Your card was declined."),
    ("pm_card_chargeDeclinedExpiredCard", "expired_card", None, "Your card has expired."),
    ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", None,
     "Your card's security code is incorrect."),
    ("pm_card_chargeDeclinedProcessingError", "processing_error", None,
     "An error occurred while processing your card. Try again in a little bit."),
])
@pytest.mark.parametrize("at_once", [True, False])
def test_declines(v1, card, code, decline_code, message, at_once):
    with pytest.raises(stripe.CardError) as caught:
        if at_once:
            pay(v1, card=card)
        else:
            new = v1.payment_intents.create(
                {"amount": 2500, "currency": "usd", "payment_method": card,
                 "payment_method_types": ["card"]})
            v1.payment_intents.confirm(new.id)
    check_decline(v1, caught.value, code, decline_code, message)


@pytest.mark.parametrize("decline_code", ["do_not_honor", "fraudulent", "try_again_later"])
def test_ordered_declines(v1, stripe_fake, decline_code):
    stripe_fake.fault(
        "payment_intents.create", "decline", code="card_declined", decline_code=decline_code)
    with pytest.raises(stripe.CardError) as caught:
        pay(v1)
    check_decline(v1, caught.value, "card_declined", decline_code, "Your card was declined.")


def check_decline(v1, error, code, decline_code, message):
    assert (error.http_status, error.code) == (402, code)
    body = error.json_body["error"]
    assert body["type"] == "card_error"
    # Null attributes are left out.
    assert body.get("decline_code") == decline_code and None not in body.values()
    assert body["doc_url"] == f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"
    if message is not None:
        assert error.user_message == message
    intent = body["payment_intent"]
    check(intent)
    assert (intent["status"], intent["payment_method"]) == ("requires_payment_method", None)
    assert intent["latest_charge"] == body["charge"]
    assert intent["last_payment_error"]["code"] == code
    kept = v1.payment_intents.retrieve(error.error.payment_intent.id)
    assert kept.to_dict() == intent
    failed = check(v1.charges.retrieve(body["charge"]))
    assert (failed.status, failed.paid, failed.failure_code) == ("failed", False, code)


def test_a_declined_payment_can_be_confirmed_with_another_card(v1):
    with pytest.raises(stripe.CardError) as caught:
        pay(v1, card="pm_card_visa_chargeDeclined")
    done = v1.payment_intents.confirm(
        caught.value.error.payment_intent.id, {"payment_method": "pm_card_visa"})
    assert done.status == "succeeded" and done.last_payment_error is None


def test_authentication(v1):
    waiting = pay(v1, card="pm_card_threeDSecure2Required")
    assert waiting.status == "requires_action" and waiting.latest_charge is None
    with pytest.raises(stripe.CardError) as caught:
        pay(v1, card="pm_card_authenticationRequired", off_session=True)
    assert (caught.value.http_status, caught.value.code) == (402, "authentication_required")
    assert "charge" not in caught.value.json_body["error"]


def test_capture_in_full(v1):
    held = hold(v1)
    assert (held.status, held.amount_capturable) == ("requires_capture", 2500)
    charge = v1.charges.retrieve(held.latest_charge)
    assert charge.captured is False
    before = charge.payment_method_details.card.capture_before
    assert before - charge.created == 7 * 86_400
    done = check(v1.payment_intents.capture(held.id))
    assert (done.status, done.amount_received) == ("succeeded", 2500)


def test_capture_in_part(v1):
    done = v1.payment_intents.capture(hold(v1).id, {"amount_to_capture": 1000})
    assert (done.status, done.amount_received, done.amount_capturable) == ("succeeded", 1000, 0)
    refused(
        lambda: v1.payment_intents.capture(done.id), code="payment_intent_unexpected_state",
        message="The remaining amount on this PaymentIntent could not be captured because the "
        "remainder of the authorized amount has been released.")


def test_capture_too_much(v1):
    held = hold(v1)
    error = refused(
        lambda: v1.payment_intents.capture(held.id, {"amount_to_capture": 2501}),
        code="amount_too_large", param="amount_to_capture")
    assert error.error.payment_intent.id == held.id
    assert v1.payment_intents.retrieve(held.id).status == "requires_capture"


@pytest.mark.parametrize("state", ["requires_payment_method", "succeeded", "canceled"])
def test_capture_in_a_wrong_state(v1, state):
    intent = in_state(v1, state)
    error = refused(
        lambda: v1.payment_intents.capture(intent.id), code="payment_intent_unexpected_state",
        message=f"This PaymentIntent could not be captured because it has a status of {state}. "
        "Only a PaymentIntent with one of the following statuses may be captured: "
        "requires_capture.")
    assert check(error.error.payment_intent).id == intent.id


def in_state(v1, state):
    if state == "succeeded":
        return pay(v1)
    intent = v1.payment_intents.create({"amount": 2500, "currency": "usd"})
    return v1.payment_intents.cancel(intent.id) if state == "canceled" else intent


@pytest.mark.parametrize(
    "reason", ["duplicate", "fraudulent", "requested_by_customer", "abandoned", None])
def test_cancel_releases_a_hold(v1, stripe_fake, reason):
    held = hold(v1)
    params = {} if reason is None else {"cancellation_reason": reason}
    gone = check(v1.payment_intents.cancel(held.id, params))
    assert (gone.status, gone.cancellation_reason) == ("canceled", reason)
    assert (gone.amount_capturable, gone.amount_received) == (0, 0)
    assert gone.canceled_at == stripe_fake.now()


@pytest.mark.parametrize("state", ["succeeded", "canceled"])
def test_cancel_in_a_wrong_state(v1, state):
    intent = in_state(v1, state)
    error = refused(
        lambda: v1.payment_intents.cancel(intent.id), code="payment_intent_unexpected_state",
        message=f"You cannot cancel this PaymentIntent because it has a status of {state}. Only a "
        "PaymentIntent with one of the following statuses may be canceled: "
        "requires_payment_method, requires_capture, requires_reauthorization, "
        "requires_confirmation, requires_action, expired, processing.")
    assert error.error.payment_intent.status == state


def test_a_hold_expires_after_seven_days(v1, stripe_fake):
    held = hold(v1)
    stripe_fake.advance(7 * 86_400 - 1)
    assert v1.payment_intents.retrieve(held.id).status == "requires_capture"
    stripe_fake.advance(2)
    gone = v1.payment_intents.retrieve(held.id)
    assert gone.status == "canceled" and gone.cancellation_reason in ("automatic", "expired")


def test_processing_ends(v1, stripe_fake):
    stripe_fake.fault("payment_intents.create", "processing", seconds=60, succeeds=True)
    intent = pay(v1)
    assert intent.status == "processing"
    stripe_fake.advance(61)
    assert v1.payment_intents.retrieve(intent.id).status == "succeeded"


def test_expand(v1):
    done = pay(v1)
    assert isinstance(done.latest_charge, str)
    full = check(v1.payment_intents.retrieve(done.id, {"expand": ["latest_charge"]}))
    assert full.latest_charge.object == "charge" and full.latest_charge.id == done.latest_charge
    at_once = pay(v1, expand=["latest_charge"])
    assert at_once.latest_charge.payment_intent == at_once.id
    page = v1.payment_intents.list({"limit": 1, "expand": ["data.latest_charge"]})
    assert page.data[0].latest_charge.object == "charge"


def test_list_and_pages(v1, stripe_fake):
    customer = v1.customers.create({"name": "Ada"})
    stripe_fake.advance(10)
    start = stripe_fake.now()
    made = []
    for _ in range(7):
        made.append(v1.payment_intents.create(
            {"amount": 2500, "currency": "usd", "customer": customer.id}).id)
        stripe_fake.advance(1)
    newest_first = made[::-1]
    page = check(v1.payment_intents.list({"customer": customer.id, "limit": 3}))
    assert (page.object, page.url, page.has_more) == ("list", "/v1/payment_intents", True)
    assert [i.id for i in page.data] == newest_first[:3]
    assert [i.id for i in page.auto_paging_iter()] == newest_first
    after = v1.payment_intents.list(
        {"customer": customer.id, "limit": 3, "starting_after": newest_first[4]})
    assert [i.id for i in after.data] == newest_first[5:] and after.has_more is False
    before = v1.payment_intents.list(
        {"customer": customer.id, "limit": 2, "ending_before": newest_first[4]})
    assert [i.id for i in before.data] == newest_first[2:4] and before.has_more is True
    some = v1.payment_intents.list(
        {"customer": customer.id, "created": {"gte": start + 2, "lt": start + 5}})
    assert [i.id for i in some.data] == made[2:5][::-1]
    assert len(v1.payment_intents.list({}).data) == 10


def test_list_limits(v1):
    refused(lambda: v1.payment_intents.list({"limit": 101}),
            code="parameter_invalid_integer", param="limit")
    refused(lambda: v1.payment_intents.list({"limit": 0}),
            code="parameter_invalid_integer", param="limit")


def test_bad_parameters(v1):
    create = v1.payment_intents.create
    refused(lambda: create({"amount": 2500, "currency": "usd", "wat": 1}),
            code="parameter_unknown", param="wat", message="Received unknown parameter: wat")
    refused(lambda: create({"amount": 2500}), code="parameter_missing", param="currency",
            message="Missing required param: currency.")
    refused(lambda: create({"currency": "usd"}), code="parameter_missing", param="amount",
            message="Missing required param: amount.")
    refused(lambda: create({"amount": "abc", "currency": "usd"}),
            code="parameter_invalid_integer", param="amount", message="Invalid integer: abc")
    refused(lambda: create({"amount": 49, "currency": "usd"}),
            code="amount_too_small", param="amount")
    refused(lambda: create({"amount": 100_000_000, "currency": "usd"}),
            code="amount_too_large", param="amount")


def test_unknown_ids(v1):
    for call in (v1.payment_intents.retrieve, v1.payment_intents.confirm,
                 v1.payment_intents.capture, v1.payment_intents.cancel):
        refused(lambda: call("pi_x"), status=404, code="resource_missing", param="intent",
                message="No such payment_intent: 'pi_x'")
    refused(lambda: v1.refunds.retrieve("re_x"), status=404, code="resource_missing", param="id")
    refused(lambda: v1.charges.retrieve("ch_x"), status=404, code="resource_missing", param="id")


def test_bad_key(stripe_fake):
    with pytest.raises(stripe.AuthenticationError) as caught:
        client(stripe_fake, key="sk_live_wrong").v1.payment_intents.list({})
    assert caught.value.http_status == 401
    assert caught.value.user_message.startswith("Invalid API Key provided: sk_live_")
    assert caught.value.json_body["error"]["type"] == "invalid_request_error"


def test_payment_methods(v1):
    method = check(v1.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}}))
    assert (method.id[:4], method.card.last4) == ("pm_1", "4242")
    assert v1.payment_methods.retrieve(method.id).to_dict() == method.to_dict()
    assert pay(v1, card=method.id).payment_method == method.id


def test_headers(v1):
    headers = pay(v1, options={"idempotency_key": "headers"}).last_response.headers
    assert headers["Content-Type"] == "application/json"
    assert headers["Request-Id"].startswith("req_") and len(headers["Request-Id"]) == 18
    assert headers["Stripe-Version"] == "2026-10-28.endive"
    assert headers["Idempotency-Key"] == "headers"
    assert headers["Original-Request"] == headers["Request-Id"]
    assert headers["Cache-Control"] == "no-cache, no-store"
    assert "Idempotent-Replayed" not in headers
