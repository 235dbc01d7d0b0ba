"""The image's health check, run as Docker would, against somebody who answers, refuses, or is not there."""

import http.server
import json
import os
import re
import subprocess
import threading


def _command(root):
    text = (root / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", "")
    found = re.search(r"^HEALTHCHECK .*? CMD (\[.*\])$", text, re.M)
    return json.loads(found[1]) if found else None


def _asks(command, port):
    done = subprocess.run(command, env={"PATH": os.environ["PATH"], "ADMIN_PORT": str(port)}, timeout=10,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.returncode, done.stdout


def healthcheck(root):
    command = _command(root)
    if command is None:
        yield "Dockerfile: no HEALTHCHECK in the form of a list"
        return

    class Worker(http.server.BaseHTTPRequestHandler):
        status = 200

        def do_GET(self):
            self.send_response(self.status if self.path == "/health/ready" else 404)
            self.end_headers()
            self.wfile.write(b'{"reason":"no broker answers"}')

        def log_message(self, *_):
            pass

    Worker.protocol_version = "HTTP/1.1"
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Worker)
    port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        if _asks(command, port)[0] != 0:
            yield "Dockerfile: the health check refuses a worker that is ready"
        Worker.status = 503
        code, said = _asks(command, port)
        if code == 0 or "no broker answers" not in said:
            yield f"Dockerfile: the health check of a worker that is not ready ends with {code} and says {said!r}"
    finally:
        server.shutdown()
        server.server_close()
    if _asks(command, port)[0] == 0:
        yield "Dockerfile: the health check is content where nobody answers"


CHECKS = [healthcheck]
