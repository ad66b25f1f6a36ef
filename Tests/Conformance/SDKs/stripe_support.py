"""What the Stripe tests share: clients, a paid payment, the official schema's required fields."""

import stripe

VERSION = "2026-10-28.endive"

# components.schemas.*.required of Stripe's OpenAPI description, and what the SDK's own classes do
# not mark as optional.
REQUIRED = {
    "payment_intent": "amount amount_capturable amount_received capture_method confirmation_method"
    " created currency id livemode metadata object payment_method_types status",
    "charge": "amount amount_captured amount_refunded billing_details captured created currency"
    " disputed id livemode metadata object paid refunded status",
    "refund": "amount created currency id object status",
    "event": "api_version created data id livemode object pending_webhooks request type",
    "payment_method": "billing_details created id livemode object type",
}


def check(value):
    """Checks an object, and those within it, against the required fields of the schema."""
    raw = value.to_dict() if hasattr(value, "to_dict") else value
    if isinstance(raw, list):
        for item in raw:
            check(item)
    elif isinstance(raw, dict):
        kind = raw.get("object")
        # In an event's `data` this member is the object itself.
        for name in REQUIRED.get(kind, "").split() if isinstance(kind, str) else []:
            assert name in raw, f"{kind} without {name}"
        for item in raw.values():
            check(item)
    return value


def client(fake, retries=0, key="sk_test_conformance"):
    return stripe.StripeClient(
        key, base_addresses={"api": fake.url}, max_network_retries=retries
    )


def pay(v1, amount=2500, card="pm_card_visa", **more):
    """A payment made and confirmed in one call."""
    options = more.pop("options", {})
    params = {
        "amount": amount, "currency": "usd", "payment_method": card, "confirm": True,
        "payment_method_types": ["card"], **more,
    }
    return check(v1.payment_intents.create(params, options))


def hold(v1, amount=2500):
    return pay(v1, amount, capture_method="manual")


def posts(fake, key):
    """The requests that the fake answered for one idempotency key."""
    return [r for r in fake.ledger()["requests"] if r["idempotency_key"] == key]
