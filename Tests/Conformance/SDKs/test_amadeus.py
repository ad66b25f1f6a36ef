import http.client
import json
import urllib.error
import urllib.parse
import urllib.request

import amadeus
import pytest

from conftest import call

TRAVELER = {"id": "1", "dateOfBirth": "1982-01-16", "gender": "FEMALE",
            "name": {"firstName": "ADA", "lastName": "LOVELACE"}}
IDS = {"client_id": "turbulence", "client_secret": "amadeus-secret"}


def client(fake, **ids):
    """The SDK's own options for another host: plain HTTP on loopback."""
    host, port = fake.url.removeprefix("http://").split(":")
    return amadeus.Client(host=host, port=int(port), ssl=False, **{**IDS, **ids})


@pytest.fixture
def sdk(amadeus_fake):
    return client(amadeus_fake)


@pytest.fixture
def offer(amadeus_fake):
    return json.loads(amadeus_fake.catalogue("?trip=1")["flight"]["offer"])


def failure(call, kind, status, code, title):
    """Asserts an error of the catalogue and returns its entry."""
    with pytest.raises(amadeus.ResponseError) as caught:
        call()
    assert type(caught.value) is kind
    reply = caught.value.response
    assert reply.status_code == status
    (error,) = reply.result["errors"]
    assert (error["status"], error["code"], error["title"]) == (status, code, title)
    assert len(error.get("source", {})) <= 1
    return error


def orders(fake):
    return fake.ledger()["reservations"]


def test_token(amadeus_fake):
    status, headers, token = call_form(amadeus_fake, IDS)
    assert (status, headers["Content-Type"]) == (200, "application/json")
    assert token["type"] == "amadeusOAuth2Token" and token["token_type"] == "Bearer"
    assert (token["expires_in"], token["state"], token["scope"]) == (1799, "approved", "")
    assert token["client_id"] == "turbulence" and token["access_token"]
    assert {"username", "application_name"} <= set(token)


def call_form(fake, ids):
    body = urllib.parse.urlencode({"grant_type": "client_credentials", **ids}).encode()
    try:
        with urllib.request.urlopen(fake.url + "/v1/security/oauth2/token", body) as reply:
            return reply.status, reply.headers, json.loads(reply.read())
    except urllib.error.HTTPError as error:
        return error.code, error.headers, json.loads(error.read())


def test_wrong_secret(amadeus_fake, offer):
    sdk = client(amadeus_fake, client_secret="wrong")
    with pytest.raises(amadeus.AuthenticationError) as caught:
        sdk.shopping.flight_offers.pricing.post(offer)
    assert caught.value.response.status_code == 401
    assert caught.value.response.result == {
        "error": "invalid_client", "error_description": "Client credentials are invalid",
        "code": 38187, "title": "Invalid parameters"}


def test_price_order_get_delete(sdk, amadeus_fake, offer):
    priced = sdk.shopping.flight_offers.pricing.post(offer)
    assert priced.status_code == 200
    assert priced.data["type"] == "flight-offers-pricing"
    assert priced.data["flightOffers"][0]["price"]["grandTotal"] == offer["price"]["grandTotal"]

    made = sdk.booking.flight_orders.post(priced.data["flightOffers"], [TRAVELER])
    assert made.status_code == 201
    order = made.data
    assert order["type"] == "flight-order" and order["queuingOfficeId"]
    record = order["associatedRecords"][0]
    assert len(record["reference"]) == 6 and record["reference"].isalnum()
    assert record["reference"].upper() == record["reference"]
    assert record["originSystemCode"] in ("GDS", "1A")
    assert record["flightOfferId"] == offer["id"]
    assert order["travelers"] == [TRAVELER]
    # Percent-encoded as it arrives, to be put into the path as it is.
    assert "%" in order["id"] and "/" not in order["id"] and "=" not in order["id"]

    read = sdk.booking.flight_order(order["id"]).get()
    assert read.status_code == 200 and read.data == order
    assert sdk.booking.flight_order(order["id"]).delete().status_code == 204
    # A second delete is undocumented; a missing order is documented.
    failure(sdk.booking.flight_order(order["id"]).delete, amadeus.NotFoundError, 404, 1797,
            "NOT FOUND")
    failure(sdk.booking.flight_order(order["id"]).get, amadeus.NotFoundError, 404, 1797,
            "NOT FOUND")


def searched(sdk, fake, **more):
    """The offers of a search for the route of the catalogue's first trip."""
    trip = json.loads(fake.catalogue("?trip=1")["flight"]["offer"])
    segment = trip["itineraries"][0]["segments"][0]
    return sdk.shopping.flight_offers_search.get(**{
        "originLocationCode": segment["departure"]["iataCode"],
        "destinationLocationCode": segment["arrival"]["iataCode"],
        "departureDate": segment["departure"]["at"][:10], "adults": 1, **more})


def people(count):
    return [{**TRAVELER, "id": str(number)} for number in range(1, count + 1)]


def test_search_price_order_get_delete(sdk, amadeus_fake):
    found = searched(sdk, amadeus_fake, adults=2, children=1, infants=1, max=5)
    assert found.status_code == 200 and found.result["meta"]["count"] == len(found.data) == 1
    offer = found.data[0]
    assert offer["type"] == "flight-offer" and offer["source"] == "GDS"
    prices = offer["travelerPricings"]
    assert [price["travelerType"] for price in prices] == ["ADULT", "ADULT", "CHILD", "HELD_INFANT"]
    cents = [round(100 * float(price["price"]["total"])) for price in prices]
    assert sum(cents) == round(100 * float(offer["price"]["grandTotal"]))

    priced = sdk.shopping.flight_offers.pricing.post(offer).data["flightOffers"]
    assert priced == [offer]
    order = sdk.booking.flight_orders.post(priced, people(4)).data
    assert order["flightOffers"][0]["id"] == offer["id"] and len(order["travelers"]) == 4
    assert sdk.booking.flight_order(order["id"]).get().data == order
    assert sdk.booking.flight_order(order["id"]).delete().status_code == 204


def test_search_by_post(sdk, amadeus_fake):
    offer = searched(sdk, amadeus_fake).data[0]
    segment = offer["itineraries"][0]["segments"][0]
    body = {
        "originDestinations": [{
            "id": "1", "originLocationCode": segment["departure"]["iataCode"],
            "destinationLocationCode": segment["arrival"]["iataCode"],
            "departureDateTimeRange": {"date": segment["departure"]["at"][:10]}}],
        "travelers": [{"id": "1", "travelerType": "ADULT"}], "sources": ["GDS"]}
    assert sdk.shopping.flight_offers_search.post(body).data == [offer]


def test_posted_flights_are_found_by_their_route(own_amadeus):
    flight = {"id": "oslo", "flight": "oslo-1", "currency": "EUR", "total_minor": 10000,
              "origin": "OSL", "destination": "BGO", "departure": "2035-05-17T09:30:00Z"}
    status, _, _ = call("POST", own_amadeus.url + "/_catalogue", {"flights": [flight]})
    assert status == 200
    sdk = client(own_amadeus)
    found = sdk.shopping.flight_offers_search.get(
        originLocationCode="OSL", destinationLocationCode="BGO", departureDate="2035-05-17",
        adults=3)
    (offer,) = found.data
    assert offer["price"]["grandTotal"] == "300.00" and len(offer["travelerPricings"]) == 3
    assert offer["itineraries"][0]["segments"][0]["departure"]["at"] == "2035-05-17T09:30:00"
    for wrong in ({"origin": "Oslo"}, {"departure": None}, {"departure": "soon"}):
        odd = {name: value for name, value in {**flight, **wrong}.items() if value is not None}
        status, _, _ = call("POST", own_amadeus.url + "/_catalogue", {"flights": [odd]})
        assert status == 400


def test_there_and_back(own_amadeus):
    ways = [("there", "OSL", "BGO", "2035-05-17T09:30:00Z", 10000),
            ("back", "BGO", "OSL", "2035-05-24T18:00:00Z", 7500)]
    flights = [{"id": name, "flight": name, "currency": "EUR", "total_minor": minor,
                "origin": origin, "destination": to, "departure": at}
               for name, origin, to, at, minor in ways]
    assert call("POST", own_amadeus.url + "/_catalogue", {"flights": flights})[0] == 200
    sdk = client(own_amadeus)
    (offer,) = sdk.shopping.flight_offers_search.get(
        originLocationCode="OSL", destinationLocationCode="BGO", departureDate="2035-05-17",
        returnDate="2035-05-24", adults=2).data
    assert offer["price"]["grandTotal"] == "350.00"
    assert [way["segments"][0]["arrival"]["iataCode"] for way in offer["itineraries"]] == [
        "BGO", "OSL"]
    priced = sdk.shopping.flight_offers.pricing.post(offer).data["flightOffers"]
    assert priced == [offer]
    order = sdk.booking.flight_orders.post(priced, people(2)).data
    assert sdk.booking.flight_order(order["id"]).get().data == order
    assert sdk.booking.flight_order(order["id"]).delete().status_code == 204


def test_searches_are_checked(sdk, amadeus_fake):
    error = failure(lambda: searched(sdk, amadeus_fake, adults=0), amadeus.ClientError, 400, 477,
                    "INVALID FORMAT")
    assert error["source"] == {"parameter": "adults"}
    error = failure(lambda: searched(sdk, amadeus_fake, departureDate="2001-01-01"),
                    amadeus.ClientError, 400, 425, "INVALID DATE")
    assert error["source"] == {"parameter": "departureDate"}
    assert searched(sdk, amadeus_fake, destinationLocationCode="XXX").data == []


def test_an_offer_is_ordered_for_those_it_is_priced_for(sdk, amadeus_fake):
    offer = searched(sdk, amadeus_fake).data[0]
    before = len(orders(amadeus_fake))
    failure(lambda: sdk.booking.flight_orders.post(offer, people(10)), amadeus.ClientError, 400,
            4926, "INVALID DATA RECEIVED")
    odd = {**TRAVELER, "name": {"firstName": "ADA", "lastName": "R2D2"}}
    error = failure(lambda: sdk.booking.flight_orders.post(offer, odd), amadeus.ClientError, 400,
                    477, "INVALID FORMAT")
    assert error["source"] == {"pointer": "/data/travelers[0]/name/lastName"}
    assert len(orders(amadeus_fake)) == before


def test_second_delete_can_be_a_400(sdk, amadeus_fake, offer):
    made = sdk.booking.flight_orders.post(offer, TRAVELER)
    amadeus_fake.fault("cancel", "cancel-refused-twice")
    assert sdk.booking.flight_order(made.data["id"]).delete().status_code == 204
    failure(sdk.booking.flight_order(made.data["id"]).delete, amadeus.ClientError, 400, 4926,
            "INVALID DATA RECEIVED")


def test_content_type_is_exact(sdk, offer):
    # With a parameter such as charset the SDK does not parse a 200.
    priced = sdk.shopping.flight_offers.pricing.post(offer)
    made = sdk.booking.flight_orders.post(offer, TRAVELER)
    for reply in (priced, made):
        assert reply.http_response.headers["Content-Type"] == "application/vnd.amadeus+json"
        assert reply.parsed


@pytest.mark.parametrize("operation", ["price", "create"])
@pytest.mark.parametrize("fault, kind, status, code, title", [
    ("price-discrepancy", amadeus.ClientError, 400, 37200, "PRICE DISCREPANCY"),
    ("quote-expired", amadeus.ClientError, 400, 4926, "INVALID DATA RECEIVED"),
    ("error-500", amadeus.ServerError, 500, 141, "SYSTEM ERROR HAS OCCURRED"),
    ("token-expired", amadeus.AuthenticationError, 401, 38192, None),
    ("too-many-requests", amadeus.ClientError, 429, 38194, None),
])
def test_catalogue_by_order(own_amadeus, operation, fault, kind, status, code, title):
    fresh = json.loads(own_amadeus.catalogue("?trip=1")["flight"]["offer"])
    sdk = client(own_amadeus)
    before = len(orders(own_amadeus))
    own_amadeus.fault(operation, fault)
    with pytest.raises(amadeus.ResponseError) as caught:
        if operation == "price":
            sdk.shopping.flight_offers.pricing.post(fresh)
        else:
            sdk.booking.flight_orders.post(fresh, TRAVELER)
    reply = caught.value.response
    assert reply.status_code == status and isinstance(caught.value, kind)
    (error,) = reply.result["errors"]
    assert (error["status"], error["code"]) == (status, code)
    assert title is None or error["title"] == title
    assert len(orders(own_amadeus)) == before
    if code == 37200:
        assert error["detail"].startswith("Current grandTotal price (")
        assert f"is different from request one ({fresh['price']['grandTotal']})" in error["detail"]


def test_sell_failure(sdk, amadeus_fake, offer):
    amadeus_fake.fault("create", "sell-failure")
    error = failure(lambda: sdk.booking.flight_orders.post(offer, TRAVELER), amadeus.ClientError,
                    400, 34651, "SEGMENT SELL FAILURE")
    assert error["detail"] == "Could not sell segment 1"


def test_a_500_may_hide_an_order(sdk, amadeus_fake, offer):
    before = len(orders(amadeus_fake))
    amadeus_fake.fault("create", "error-500", effect="after")
    failure(lambda: sdk.booking.flight_orders.post(offer, TRAVELER), amadeus.ServerError, 500, 141,
            "SYSTEM ERROR HAS OCCURRED")
    assert len(orders(amadeus_fake)) == before + 1


def test_bad_requests(sdk, offer):
    unknown = {**offer, "id": "no-such-offer"}
    failure(lambda: sdk.booking.flight_orders.post(unknown, TRAVELER), amadeus.ClientError, 400,
            4926, "INVALID DATA RECEIVED")
    failure(lambda: sdk.booking.flight_orders.post([offer] * 7, TRAVELER), amadeus.ClientError,
            400, 2781, "INVALID LENGTH")
    failure(lambda: sdk.post("/v1/booking/flight-orders", {"data": {"type": "flight-order"}}),
            amadeus.ClientError, 400, 32171, "MANDATORY DATA MISSING")
    failure(lambda: sdk.post("/v1/booking/flight-orders", {"data": {
        "type": "wrong", "flightOffers": [offer]}}), amadeus.ClientError, 400, 477,
        "INVALID FORMAT")
    dearer = {**offer, "price": {**offer["price"], "grandTotal": "1.00"}}
    failure(lambda: sdk.booking.flight_orders.post(dearer, TRAVELER), amadeus.ClientError, 400,
            37200, "PRICE DISCREPANCY")
    failure(lambda: sdk.booking.flight_order("eJzTnone").get(), amadeus.NotFoundError, 404, 1797,
            "NOT FOUND")
    failure(lambda: sdk.get("/v1/no/such/thing"), amadeus.NotFoundError, 404, 38196,
            "Resource not found")


def test_bad_tokens(amadeus_fake):
    path = amadeus_fake.url + "/v1/booking/flight-orders/x"
    for headers, code in [({"Authorization": "Bearer nonsense"}, 38190), ({}, 38191)]:
        status, _, body = call("GET", path, headers=headers)
        assert (status, body["errors"][0]["code"]) == (401, code)


def test_token_expires_on_the_fakes_clock(sdk, amadeus_fake, offer):
    sdk.shopping.flight_offers.pricing.post(offer)
    amadeus_fake.advance(1798)
    assert sdk.shopping.flight_offers.pricing.post(offer).status_code == 200
    amadeus_fake.advance(2)
    # The SDK's token is fresh by the machine's clock, so it is not renewed and not retried.
    with pytest.raises(amadeus.AuthenticationError) as caught:
        sdk.shopping.flight_offers.pricing.post(offer)
    assert caught.value.response.status_code == 401
    assert caught.value.response.result["errors"][0]["code"] == 38192
    assert client(amadeus_fake).shopping.flight_offers.pricing.post(offer).status_code == 200


@pytest.mark.parametrize("fault, made", [("reset-before", 0), ("reset-after", 1)])
def test_connection_dropped_in_the_middle_of_an_order(sdk, amadeus_fake, offer, fault, made):
    sdk.shopping.flight_offers.pricing.post(offer)  # fetches the token
    before = len(orders(amadeus_fake))
    amadeus_fake.fault("create", fault)
    with pytest.raises(http.client.RemoteDisconnected):
        sdk.booking.flight_orders.post(offer, TRAVELER)
    assert len(orders(amadeus_fake)) == before + made


def test_orders_are_not_idempotent(sdk, amadeus_fake, offer):
    first = sdk.booking.flight_orders.post(offer, TRAVELER).data["id"]
    assert sdk.booking.flight_orders.post(offer, TRAVELER).data["id"] != first
