"""Serves the page as the admin server does, with a canned /status.json."""

import http.server
import json
import pathlib
import threading
import time

PAGE = pathlib.Path(__file__).resolve().parents[2] / "Sources" / "AdminServer" / "status.html"
POLICY = ("default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; "
          "base-uri 'none'; frame-ancestors 'none'")


class FixtureServer:
    """What it answers is `answer`, called at each request. `is_away`: connections are cut without a word; `is_silent`: they
    stay open, and nothing comes."""

    def __init__(self):
        self.answer = dict
        self.http_status = 200
        self.is_away = False
        self.is_silent = False
        self._stopped = threading.Event()
        self.asked, self.answered_at = 0, 0.0
        fixture = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                if self.path == "/":
                    self.reply(200, "text/html; charset=utf-8", PAGE.read_bytes(), {"Content-Security-Policy": POLICY})
                elif self.path == "/status.json" and fixture.is_silent:
                    fixture._stopped.wait(60)
                elif self.path == "/status.json" and fixture.is_away:
                    self.close_connection = True
                elif self.path == "/status.json":
                    fixture.asked += 1
                    fixture.answered_at = time.monotonic()
                    self.reply(fixture.http_status, "application/json", json.dumps(fixture.answer()).encode(),
                               {"Cache-Control": "no-store"})
                else:
                    self.reply(404, "text/plain", b"not here")

            def reply(self, status, content_type, body, headers={}):
                self.send_response(status)
                for name, value in {"Content-Type": content_type, "Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    def stop(self):
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()
