"""A stand-in of the Hugging Face hub: what its HTTP interface does for repositories in memory.

It speaks to the real `huggingface_hub`, `transformers` and `datasets`: repositories of models and
data sets, commits, branches, digests as etags, uploads, and the errors of the real one.
"""

import base64
import hashlib
import json
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

LARGE = (".onnx", ".safetensors")
"""Suffixes that are stored as large files, whose digest is SHA-256."""


def git_sha1(content):
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


class StandIn:
    """Repositories by kind and name; `broken` says what goes wrong with a path."""

    def __init__(self):
        self.repos = {}
        self.uploads = {}
        self.requests = []
        self.broken = {}
        """A file or the start of an API path -> an HTTP status, a code of the hub, or `cut`."""
        self.swapped = {}
        """A file -> content that is served in its place, under its digest."""
        self.url = ""

    def add(self, name, files, *, kind="models", private=False):
        """A commit on main of what files (name -> bytes) say; None takes a file away."""
        repo = self.repos.setdefault((kind, name), {"commits": {}, "refs": {}, "private": private})
        before = repo["commits"].get(repo["refs"].get("main"), {})
        now = {path: one for path, one in (before | files).items() if one is not None}
        spoken = repr(sorted((path, git_sha1(one)) for path, one in now.items()))
        commit = hashlib.sha1(spoken.encode()).hexdigest()
        repo["commits"][commit] = now
        repo["refs"]["main"] = commit
        return commit

    def add_folder(self, name, folder, **options):
        files = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }
        return self.add(name, files, **options)

    def files(self, name, kind="models"):
        repo = self.repos[kind, name]
        return repo["commits"][repo["refs"]["main"]]


@contextmanager
def running():
    """A stand-in that listens on this machine."""
    hub = StandIn()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": hub}))
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: StandIn

    def log_message(self, *_):
        pass

    def do_HEAD(self):
        self._answer()

    def do_GET(self):
        self._answer()

    def do_POST(self):
        self._answer()

    def do_PUT(self):
        self._answer()

    def _answer(self):
        url = urlsplit(self.path)
        path = unquote(url.path)
        self.body = self._read()
        self.hub.requests.append((self.command, path))
        for start, what in self.hub.broken.items():
            if path.startswith(start) and what != "cut":
                return self._refuse(what)
        if path.startswith("/api/"):
            return self._api(path, parse_qs(url.query))
        if path.startswith("/lfs/"):
            self.hub.uploads[path.removeprefix("/lfs/")] = self.body
            return self._send(b"")
        if path.endswith("/info/lfs/objects/batch"):
            return self._batch()
        return self._resolve(path)

    def _read(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _send(self, content, status=200, length=None, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(content) if length is None else length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _json(self, content, status=200, **headers):
        self._send(json.dumps(content).encode(), status, Content_Type="application/json", **headers)

    def _refuse(self, what):
        """An error as the hub gives it: by status, or by its own code."""
        codes = {"RepoNotFound": 401, "GatedRepo": 403, "RevisionNotFound": 404}
        codes["EntryNotFound"] = 404
        if what in codes:
            self._json({"error": what}, codes[what], X_Error_Code=what, X_Error_Message=what)
        else:
            self._json({"error": "no"}, what, X_Error_Message="no")

    def _find(self, kind, name, revision):
        """The commit and its files; None after an answer that there is none."""
        repo = self.hub.repos.get((kind, name))
        if repo is None:
            return self._refuse("RepoNotFound")
        commit = repo["refs"].get(revision, revision)
        if commit not in repo["commits"]:
            return self._refuse("RevisionNotFound")
        return repo, commit, repo["commits"][commit]

    def _api(self, path, query):
        if path == "/api/repos/create":
            return self._create()
        if path == "/api/validate-yaml":
            return self._json({"errors": [], "warnings": []})
        found = re.fullmatch(r"/api/(models|datasets)/([^/]+/[^/]+)(?:/([\w-]+)/?(.*))?", path)
        if found is None:
            return self._refuse(404)
        kind, name, action, rest = found.groups()
        if action in (None, "revision"):
            return self._info(kind, name, rest or "main")
        revision, _, below = (rest or "main").partition("/")
        there = self._find(kind, name, revision)
        if there is None:
            return None
        files = there[2]
        if action == "tree":
            return self._tree(files, below, recursive="recursive" in query)
        if action == "paths-info":
            asked = json.loads(self.body)["paths"]
            return self._json([_entry(one, files[one]) for one in asked if one in files])
        if action == "preupload":
            return self._json({"files": [_upload_mode(one) for one in self._listed("files")]})
        if action == "commit":
            return self._commit(kind, name)
        return self._refuse(404)

    def _listed(self, key):
        return json.loads(self.body)[key]

    def _create(self):
        asked = json.loads(self.body)
        name = f"{asked['organization']}/{asked['name']}"
        kind = asked.get("type", "model") + "s"
        if (kind, name) in self.hub.repos:
            return self._json({"url": f"{self.hub.url}/{name}"}, 409)
        self.hub.add(name, {}, kind=kind, private=asked.get("visibility") == "private")
        return self._json({"url": f"{self.hub.url}/{name}"})

    def _info(self, kind, name, revision):
        there = self._find(kind, name, revision)
        if there is None:
            return None
        repo, commit, files = there
        siblings = [{"rfilename": one} for one in files]
        about = {"id": name, "sha": commit, "private": repo["private"], "siblings": siblings}
        return self._json(about | {"tags": [], "downloads": 0, "likes": 0, "gated": False})

    def _tree(self, files, below, *, recursive):
        prefix = f"{below}/" if below else ""
        entries = {}
        for path, content in files.items():
            if not path.startswith(prefix):
                continue
            inner = path.removeprefix(prefix)
            if recursive or "/" not in inner:
                entries[path] = _entry(path, content)
            else:
                folder = prefix + inner.partition("/")[0]
                entries[folder] = {"type": "directory", "path": folder, "oid": "0" * 40, "size": 0}
        return self._json(list(entries.values()))

    def _commit(self, kind, name):
        files = {}
        for line in self.body.splitlines():
            item = json.loads(line)
            key, value = item["key"], item["value"]
            if key == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif key == "lfsFile":
                files[value["path"]] = self.hub.uploads[value["oid"]]
            elif key == "deletedFile":
                files[value["path"]] = None
        commit = self.hub.add(name, files, kind=kind)
        return self._json(
            {"commitUrl": f"{self.hub.url}/{name}/commit/{commit}", "commitOid": commit}
        )

    def _batch(self):
        objects = [
            one | {"actions": {"upload": {"href": f"{self.hub.url}/lfs/{one['oid']}"}}}
            for one in self._listed("objects")
        ]
        return self._json({"objects": objects, "transfer": "basic"})

    def _resolve(self, path):
        found = re.fullmatch(r"/(datasets/)?([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path)
        if found is None:
            return self._refuse(404)
        kind, name, revision, file = found.groups()
        there = self._find("datasets" if kind else "models", name, revision)
        if there is None:
            return None
        _, commit, files = there
        what = self.hub.broken.get(file)
        if file not in files:
            return self._refuse("EntryNotFound")
        if what is not None and what != "cut":
            return self._refuse(what)
        headers = {"X_Repo_Commit": commit, "ETag": f'"{digest(file, files[file])}"'}
        content = self.hub.swapped.get(file, files[file])
        if what == "cut" and self.command == "GET":
            self.close_connection = True
            return self._send(content[: len(content) // 2], length=len(content), **headers)
        start = re.match(r"bytes=(\d+)-", self.headers.get("Range") or "")
        if start:
            first = int(start[1])
            headers["Content_Range"] = f"bytes {first}-{len(content) - 1}/{len(content)}"
            return self._send(content[first:], 206, **headers)
        return self._send(content, **headers)


def digest(path, content):
    """As the hub has it in the etag."""
    return hashlib.sha256(content).hexdigest() if path.endswith(LARGE) else git_sha1(content)


def _entry(path, content):
    entry = {"type": "file", "path": path, "oid": git_sha1(content), "size": len(content)}
    if path.endswith(LARGE):
        sha = hashlib.sha256(content).hexdigest()
        entry["lfs"] = {"oid": sha, "size": len(content), "pointerSize": 134}
    return entry


def _upload_mode(one):
    mode = "lfs" if one["path"].endswith(LARGE) else "regular"
    return {"path": one["path"], "uploadMode": mode, "shouldIgnore": False}


@contextmanager
def connected(monkeypatch, cache):
    """A stand-in that `huggingface_hub` takes for the hub in this process, and a cache for it."""
    import huggingface_hub
    from huggingface_hub import constants, hf_api

    with running() as hub:
        for name, value in (
            ("ENDPOINT", hub.url),
            ("HUGGINGFACE_CO_URL_TEMPLATE", hub.url + "/{repo_id}/resolve/{revision}/{filename}"),
            ("HF_HUB_CACHE", str(cache)),
            ("HF_TOKEN_PATH", str(cache / "token")),
            ("HF_HUB_OFFLINE", False),
            ("HF_HUB_DISABLE_XET", True),  # which has servers of its own
        ):
            monkeypatch.setattr(constants, name, value)
        monkeypatch.setattr(hf_api.api, "endpoint", hub.url)  # that of its functions, made once
        monkeypatch.setenv("HF_TOKEN", "hf_of_a_test")
        try:
            yield hub
        finally:
            huggingface_hub.close_session()


def environment(hub, cache):
    """The variables that make a process of its own take the stand-in for the hub."""
    return {
        "HF_ENDPOINT": hub.url,
        "HF_HOME": str(cache),
        "HF_HUB_OFFLINE": "0",
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
    }
