"""A real headless browser, driven over the pipes of its DevTools protocol: no package needed."""

import base64
import contextlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
LONGEST = 60
"""Seconds that an answer may take."""


def find() -> str:
    """The browser's program; a missing one is a failure, as what it tests would go untested."""
    for name in (os.environ.get("CHROME"), *NAMES):
        if name and (found := shutil.which(name)):
            return found
    raise AssertionError(
        f"none of {', '.join(NAMES)} is installed, which this test needs: `apt-get install "
        "chromium`, or name one in the environment variable CHROME"
    )


class Page:
    """One page of the browser."""

    def __init__(self, read: int, write: int) -> None:
        self._read, self._write = read, write
        self._number, self._buffer, self._session = 0, b"", None
        self.requests: list[str] = []
        """What the page asked the network for."""
        self.complaints: list[str] = []
        """What the console says: errors of scripts, and what the page's policy forbade."""
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        attached = self.send("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log", "Accessibility", "DOM", "CSS"):
            self.send(f"{domain}.enable")

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a command and wait for its answer."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while (found := self._receive()).get("id") != self._number:
            self._note(found)
        assert "error" not in found, (method, found)
        return found["result"]

    def open(self, path: Path, *, script: bool = True) -> None:
        """Load a file."""
        self.send("Emulation.setScriptExecutionDisabled", value=not script)
        self.send("Page.navigate", url=path.as_uri())
        while (found := self._receive()).get("method") != "Page.loadEventFired":
            self._note(found)

    def look(self, width: int, scheme: str = "light", height: int = 900) -> None:
        """Show it on a screen of this width."""
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.send("Emulation.setEmulatedMedia", features=features)

    def run(self, code: str) -> Any:
        """The value of a JavaScript expression."""
        found = self.send(
            "Runtime.evaluate", expression=code, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def press(self, key: str, code: int, text: str = "") -> None:
        """Press a key."""
        for kind in ("keyDown", "keyUp"):
            down = {"text": text} if text and kind == "keyDown" else {}
            self.send(
                "Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code, **down
            )

    def screenshot(self, path: Path) -> None:
        """The whole page as a picture."""
        size = self.send("Page.getLayoutMetrics")["cssContentSize"]
        shot = self.send(
            "Page.captureScreenshot", captureBeyondViewport=True, clip={**size, "scale": 1}
        )
        path.write_bytes(base64.b64decode(shot["data"]))

    def pdf(self) -> bytes:
        """The page as it is printed."""
        return base64.b64decode(self.send("Page.printToPDF", printBackground=False)["data"])

    def _receive(self) -> dict[str, Any]:
        end = time.monotonic() + LONGEST
        while b"\0" not in self._buffer:
            assert time.monotonic() < end, "the browser does not answer"
            read = os.read(self._read, 1 << 20)
            assert read, "the browser has ended"
            self._buffer += read
        message, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(message)

    def _note(self, event: dict[str, Any]) -> None:
        params = event.get("params", {})
        if event.get("method") == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif event.get("method") == "Log.entryAdded":
            self.complaints.append(params["entry"]["text"])
        elif event.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(params["exceptionDetails"]["text"])
        elif event.get("method") == "Page.javascriptDialogOpening":
            self.complaints.append(f"dialog: {params['message']}")


@contextlib.contextmanager
def browser(folder: Path) -> Iterator[Page]:
    """Start one; `folder` holds its profile."""
    program = find()
    to_browser, commands = os.pipe()
    answers, from_browser = os.pipe()

    process = subprocess.Popen(
        # The browser reads commands from 3 and writes answers to 4.
        [
            "bash",
            "-c",
            f'exec "$0" "$@" 3<&{to_browser} 4>&{from_browser}',
            program,
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--remote-debugging-pipe",
            f"--user-data-dir={folder}",
        ],
        pass_fds=(to_browser, from_browser),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(to_browser)
    os.close(from_browser)
    try:
        yield Page(answers, commands)
    finally:
        process.terminate()
        process.wait(LONGEST)
        os.close(commands)
        os.close(answers)
