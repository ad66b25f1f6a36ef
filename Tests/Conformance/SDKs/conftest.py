"""Starts `fake-vendors` on free ports and talks to its control endpoints."""

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
EXECUTABLE = os.environ.get("FAKE_VENDORS", str(ROOT / ".build/debug/fake-vendors"))
SERVICES = ["stripe", "amadeus", "bookingcom", "viator", "mail"]
SECRET = "whsec_conformance"


def call(method, url, body=None, headers=None):
    """Sends one request and returns status, headers and the parsed body."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=20) as reply:
            return reply.status, reply.headers, json.loads(reply.read() or b"null")
    except urllib.error.HTTPError as error:
        return error.code, error.headers, json.loads(error.read() or b"null")


class Fake:
    """One service of a running `fake-vendors`."""

    def __init__(self, url):
        self.url = url

    def _control(self, method, path, body=None):
        status, _, answer = call(method, self.url + path, body)
        assert status == 200, (path, status, answer)
        return answer

    def fault(self, operation, fault, **parameters):
        """Orders a fault for the next call of an operation."""
        return self._control(
            "POST", "/_faults", [{"operation": operation, "fault": fault, "count": 1, **parameters}]
        )

    def faults(self):
        return self._control("GET", "/_faults")

    def forget_faults(self):
        self._control("DELETE", "/_faults")

    def advance(self, seconds):
        """Moves the fakes' clock; returns once everything that was due has happened."""
        return self._control("POST", "/_clock/advance", {"seconds": seconds})

    def pay_checkout(self, session, **more):
        """Plays the customer on a Checkout Session's page."""
        return self._control("POST", "/_checkout", {"session": session, **more})

    def dispute(self, payment_intent, reason="fraudulent"):
        """Plays a cardholder at the bank."""
        self._control("POST", "/_dispute", {"payment_intent": payment_intent, "reason": reason})

    def now(self):
        """Seconds since 1970 on the fakes' clock."""
        return self._control("GET", "/_clock")["now_us"] // 1_000_000

    def ledger(self):
        return self._control("GET", "/_ledger")

    def catalogue(self, query=""):
        return self._control("GET", "/_catalogue" + query)

    def send_events_to(self, url):
        if url is None:
            self._control("DELETE", "/_webhook")
        else:
            self._control("PUT", "/_webhook", {"url": url, "secret": SECRET})


@contextlib.contextmanager
def running():
    """All fakes of one process, by name; the clock is steered."""
    arguments = [argument for name in SERVICES for argument in (f"--{name}-port", "0")]
    process = subprocess.Popen(
        [EXECUTABLE, *arguments, "--time", "steered"], stdout=subprocess.PIPE, text=True
    )
    found = {}
    for line in process.stdout:
        name, url = line.split()
        found[name] = Fake(url)
        if len(found) == len(SERVICES):
            break
    assert sorted(found) == sorted(SERVICES), f"fake-vendors ended: {process.wait(10)}"
    yield found
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0


@pytest.fixture(scope="module")
def fakes():
    """The fakes that the tests of one file share."""
    with running() as found:
        yield found


@pytest.fixture
def own_amadeus():
    """An Amadeus for one test only: some faults change an offer for good."""
    with running() as found:
        yield found["amadeus"]


class Receiver:
    """A webhook endpoint on loopback that keeps what it gets."""

    def __init__(self):
        self.deliveries = []
        self.status = 200
        self._arrived = threading.Condition()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with receiver._arrived:
                    receiver.deliveries.append((body, self.headers["Stripe-Signature"]))
                    receiver._arrived.notify_all()
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/webhook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wait(self, count):
        """Returns the deliveries once there are so many."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.deliveries) >= count, timeout=15), (
                f"{len(self.deliveries)} deliveries, expected {count}"
            )
            return list(self.deliveries)


@pytest.fixture
def receiver(stripe_fake):
    receiver = Receiver()
    stripe_fake.send_events_to(receiver.url)
    yield receiver
    stripe_fake.send_events_to(None)
    receiver.server.shutdown()
    receiver.server.server_close()


@pytest.fixture
def stripe_fake(fakes):
    fake = fakes["stripe"]
    yield fake
    left = fake.faults()
    fake.forget_faults()
    assert left == [], f"a fault that no call met: {left}"


@pytest.fixture
def amadeus_fake(fakes):
    fake = fakes["amadeus"]
    yield fake
    left = fake.faults()
    fake.forget_faults()
    assert left == [], f"a fault that no call met: {left}"
