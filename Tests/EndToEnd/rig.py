"""The real server and the fakes as child processes on loopback, and an HTTP client for many."""

import asyncio
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
CLIENT_KEY = "load-client-key-0001"
OPERATOR_KEY = "load-operator-key-01"
VENDORS = ["stripe", "amadeus", "bookingcom", "viator", "mail"]
EVENTS = ["payment_intent.succeeded", "payment_intent.payment_failed", "payment_intent.canceled",
          "refund.updated", "refund.failed"]


def control(url, method="GET", body=None, key=None):
    """Sends one request and returns what its JSON says; text when it is none."""
    request = urllib.request.Request(
        url, None if body is None else json.dumps(body).encode(), method=method)
    request.add_header("Content-Type", "application/json")
    if key:
        request.add_header("Authorization", "Bearer " + key)
    with urllib.request.urlopen(request, timeout=60) as answer:
        text = answer.read().decode()
    try:
        return json.loads(text)
    except ValueError:
        return text


class Rig:
    """Fakes and a server; a context that leaves no process and no file behind."""

    def __init__(self, build="debug", latency=None, log_level="info", answer_within="60s",
                 mixed=False):
        self.folder = tempfile.TemporaryDirectory(prefix="turbulence-load-")
        self.build = pathlib.Path(build) if "/" in build else ROOT / ".build" / build
        self.latency = latency
        self.mixed = mixed
        self.log_level = log_level
        self.answer_within = answer_within
        self.database = os.path.join(self.folder.name, "bookings.sqlite")
        self.vendors = {}
        self.children = []
        self.server = None
        self.port = None
        self.starts = 0
        self.up = asyncio.Event()

    def __enter__(self):
        try:
            self._start_fakes()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for child in self.children:
            if child.poll() is None:
                child.send_signal(signal.SIGKILL)
            child.wait()
        self.folder.cleanup()

    def _start_fakes(self):
        arguments = [str(self.build / "fake-vendors")]
        for vendor in VENDORS:
            arguments += [f"--{vendor}-port", "0"]
        services = {service: [] for service in ["stripe", "flight", "hotel", "activity", "mail"]}
        if self.latency or self.mixed:
            # A scenario that says nothing of them has the latencies that were measured at vendors'.
            for conduct in services.values():
                conduct += [f"latency: {self.latency or '0ms'}", "network-latency: 0ms"]
        if self.mixed:
            # A hotel that is gone has the trip taken back, an activity that is gone is paid back.
            services["hotel"].append("unavailable: 3%")
            services["activity"].append("sold-out: 4%")
        if any(services.values()):
            path = os.path.join(self.folder.name, "load.yaml")
            with open(path, "w") as file:
                file.write("name: load\nbookings: 1\nservices:\n")
                for service, conduct in services.items():
                    if conduct:
                        file.write(f"  {service}: {{ {', '.join(conduct)} }}\n")
            arguments += ["--scenario", path]
        errors = open(os.path.join(self.folder.name, "fakes.log"), "wb")
        fakes = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=errors, text=True)
        self.children.append(fakes)
        for line in fakes.stdout:
            name, url = line.split()
            self.vendors[name] = url
            if len(self.vendors) == len(VENDORS):
                return
        raise SystemExit(f"fake-vendors did not start: {open(errors.name).read()}")

    def environment(self):
        urls = self.vendors
        return {
            "PATH": os.environ.get("PATH", ""), "HOME": self.folder.name,
            "PORT": "0", "DATABASE": self.database, "LOG_LEVEL": self.log_level,
            "ANSWER_WITHIN": self.answer_within,
            "BOOKING_API_KEYS": CLIENT_KEY, "OPERATOR_KEY": OPERATOR_KEY,
            "STRIPE_SECRET_KEY": "sk_test_load", "STRIPE_WEBHOOK_SECRET": "whsec_turbulence",
            "STRIPE_URL": urls["stripe"], "AMADEUS_URL": urls["amadeus"],
            "AMADEUS_API_KEY": "turbulence", "AMADEUS_API_SECRET": "amadeus-secret",
            "BOOKING_COM_URL": urls["bookingcom"], "BOOKING_COM_API_KEY": "bookingcom-key",
            "BOOKING_COM_AFFILIATE_ID": "1234567",
            "VIATOR_URL": urls["viator"], "VIATOR_API_KEY": "viator-key",
            "MAIL_URL": urls["mail"], "MAIL_TOKEN": "mail-token", "MAIL_FROM": "trips@example.com",
        }

    def log(self):
        """The server's log lines of all its lives."""
        for number in range(1, self.starts + 1):
            with open(os.path.join(self.folder.name, f"server-{number}.log")) as file:
                for line in file:
                    try:
                        yield json.loads(line)
                    except ValueError:
                        continue  # The kill cut it.

    async def start_server(self):
        """Starts the server on a free port and tells Stripe's fake where it is."""
        self.starts += 1
        path = os.path.join(self.folder.name, f"server-{self.starts}.log")
        with open(path, "wb") as errors:
            self.server = subprocess.Popen(
                [str(self.build / "booking-server"), "serve"], env=self.environment(),
                stdout=subprocess.DEVNULL, stderr=errors)
        self.children.append(self.server)
        end = time.monotonic() + 60
        port = None
        while port is None:
            if self.server.poll() is not None or time.monotonic() > end:
                raise SystemExit(f"booking-server did not start: {open(path).read()[-2000:]}")
            await asyncio.sleep(0.02)
            with open(path) as file:
                for line in file:
                    if '"listening"' in line and line.endswith("\n"):
                        port = int(json.loads(line)["port"])
        self.port = port
        await asyncio.to_thread(
            control, self.vendors["stripe"] + "/_webhook", "PUT",
            {"url": f"http://127.0.0.1:{port}/webhooks/stripe", "secret": "whsec_turbulence",
             "types": EVENTS})
        self.up.set()

    def kill_server(self):
        """Ends the server as a power cut would, as far as the process is concerned."""
        self.up.clear()
        self.server.send_signal(signal.SIGKILL)
        self.server.wait()

    def ledgers(self):
        return {name: control(url + "/_ledger") for name, url in self.vendors.items()}

    def metrics(self):
        """The server's own numbers, by name with labels."""
        text = control(f"http://127.0.0.1:{self.port}/metrics", key=OPERATOR_KEY)
        values = {}
        for line in text.splitlines():
            if line and not line.startswith("#"):
                name, value = line.rsplit(" ", 1)
                values[name] = float(value)
        return values


class Shop:
    """Trip options without end, made from the twelve of the fakes.

    A mixed one has customers whose card is declined, and some who cancel what was confirmed.
    """

    def __init__(self, rig):
        self.mixed = rig.mixed
        self.trips = [control(f"{rig.vendors['stripe']}/_catalogue?trip={n}")
                      for n in range(1, 13)]

    def declines(self, number):
        """Whether the customer's bank says no: one in twenty."""
        return self.mixed and number % 20 == 7

    def cancels(self, number):
        """Whether the customer wants none of it once it is confirmed: one in eight."""
        return self.mixed and number % 8 == 3

    def order(self, number):
        """The bodies of an option and of its booking."""
        trip = dict(self.trips[number % len(self.trips)])
        trip["tripOptionId"] = f"load-{number}"
        amount = sum(part["amount"] for part in [trip["flight"], trip["hotel"]]
                     + trip["activities"])
        email = f"traveler-{number}@example.com"
        booking = {
            "tripOptionId": trip["tripOptionId"],
            "paymentInfo": {
                "paymentMethodId": "pm_card_visa_chargeDeclined" if self.declines(number)
                else "pm_card_visa",
                "billingDetails": {"name": "Ann Example", "email": email},
                "amount": amount, "currency": trip["currency"]},
            "userContact": {"email": email}}
        return trip, booking


class Connection:
    """One keep-alive connection to the server, opened again when it breaks."""

    def __init__(self, rig):
        self.rig = rig
        self.streams = None
        self.start = None

    async def send(self, method, path, body=None, key=None):
        """One request; (status, JSON). Raises OSError or EOFError when the server is gone."""
        if self.streams is None or self.start != self.rig.starts:
            self.close()
            self.start = self.rig.starts
            self.streams = await asyncio.open_connection("127.0.0.1", self.rig.port)
        reader, writer = self.streams
        data = b"" if body is None else json.dumps(body).encode()
        head = (f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                f"Authorization: Bearer {CLIENT_KEY}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(data)}\r\n")
        if key:
            head += f"Idempotency-Key: {key}\r\n"
        try:
            writer.write(head.encode() + b"\r\n" + data)
            lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            fields = {name.lower(): value.strip() for name, _, value in
                      (line.partition(":") for line in lines[1:] if line)}
            if fields.get("transfer-encoding") == "chunked":
                text = b""
                while size := int(await reader.readline(), 16):
                    text += await reader.readexactly(size)
                    await reader.readline()
                await reader.readline()
            else:
                text = await reader.readexactly(int(fields.get("content-length", 0)))
        except (OSError, EOFError):
            self.close()
            raise
        return int(lines[0].split()[1]), json.loads(text) if text else None

    async def insist(self, method, path, body=None, key=None):
        """The same request until there is an answer that is none of the network's."""
        while True:
            await self.rig.up.wait()
            try:
                status, answer = await self.send(method, path, body, key)
                if status < 500:
                    return status, answer
            except (OSError, EOFError):
                pass
            await asyncio.sleep(0.05)

    def close(self):
        if self.streams:
            self.streams[1].close()
        self.streams = None
