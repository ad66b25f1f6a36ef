"""Runs a command with `LOCALSTRIPE_URL` set to a `localstripe` on a free port of loopback.

    with_localstripe.py COMMAND [ARGUMENT ...]

Exits as the command does; `localstripe` ends with it.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(url, process):
    """Waits until something answers, whatever it says."""
    for _ in range(300):
        if process.poll() is not None:
            sys.exit(f"localstripe ended with {process.returncode}")
        try:
            urllib.request.urlopen(url, timeout=1)
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    sys.exit("localstripe does not answer")


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryFile("w+") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "localstripe", "--port", str(port), "--from-scratch"],
            stdout=log, stderr=log)
        try:
            wait_for(url, server)
            status = subprocess.call(sys.argv[1:], env={**os.environ, "LOCALSTRIPE_URL": url})
            if status:
                log.seek(0)
                sys.stderr.write(log.read()[-4000:])
        finally:
            server.terminate()
            server.wait()
    sys.exit(status)


main()
