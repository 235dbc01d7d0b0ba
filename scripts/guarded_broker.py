"""A Kafka broker behind TLS and SASL SCRAM-SHA-512 (RFC 5802, KIP-84), in front of one that knows neither.

    guarded_broker.py CERTIFICATE KEY USER PASSWORD HOST:PORT     prints the port that it listens on, on 127.0.0.1

Each connection shakes hands as a broker's does (ApiVersions, SaslHandshake, SaslAuthenticate), and is handed on from then: enough for a
client that asks what topics there are. With `-` as USER it asks for TLS alone. It ends when its standard input does.
"""

import base64
import hashlib
import hmac
import os
import socket
import ssl
import struct
import sys
import threading

METADATA, SASL_HANDSHAKE, API_VERSIONS, SASL_AUTHENTICATE = 3, 17, 18, 36
MECHANISM, HASH, ROUNDS = "SCRAM-SHA-512", "sha512", 4096
SASL_AUTHENTICATION_FAILED, UNSUPPORTED_VERSION = 58, 35


class Refused(Exception):
    """The client may not come in."""


def exactly(connection, count):
    data = b""
    while len(data) < count:
        more = connection.recv(count - len(data))
        if not more:
            raise ConnectionError
        data += more
    return data


def request(connection):
    """Key, version, correlation and body of the next request; the header of a flexible version ends in its tags."""
    data = exactly(connection, struct.unpack(">i", exactly(connection, 4))[0])
    key, version, correlation, length = struct.unpack(">hhih", data[:10])
    return key, version, correlation, data[10 + max(length, 0):]


def answer(connection, correlation, body):
    connection.sendall(struct.pack(">ii", 4 + len(body), correlation) + body)


def text(value):
    return struct.pack(">h", len(value)) + value.encode()


def xor(left, right):
    return bytes(a ^ b for a, b in zip(left, right))


class Scram:
    """The server's side: says what it was given a password for, and nothing else."""

    def __init__(self, user, password):
        self.user, self.salt = user, os.urandom(16)
        salted = hashlib.pbkdf2_hmac(HASH, password.encode(), self.salt, ROUNDS)
        self.client_key = hmac.digest(salted, b"Client Key", HASH)
        self.server_key = hmac.digest(salted, b"Server Key", HASH)

    def first(self, message):
        bare = message.split(",", 2)[2]
        fields = dict(part.split("=", 1) for part in bare.split(","))
        if fields["n"] != self.user:
            raise Refused
        self.nonce = fields["r"] + base64.b64encode(os.urandom(18)).decode()
        said = f"r={self.nonce},s={base64.b64encode(self.salt).decode()},i={ROUNDS}"
        self.so_far = f"{bare},{said}"
        return said

    def last(self, message):
        rest, proof = message.rsplit(",p=", 1)
        everything = f"{self.so_far},{rest}".encode()
        stored = hashlib.new(HASH, self.client_key).digest()
        key = xor(base64.b64decode(proof), hmac.digest(stored, everything, HASH))
        # As Kafka up to 3.9 does. RFC 5802 wants it to be equal, but librdkafka before 2.6.1 puts its own nonce in front once more (#4895).
        if not rest.endswith(self.nonce) or not hmac.compare_digest(hashlib.new(HASH, key).digest(), stored):
            raise Refused
        return "v=" + base64.b64encode(hmac.digest(self.server_key, everything, HASH)).decode()


def let_in(connection, user, password):
    scram, steps = Scram(user, password), []
    while True:
        key, version, correlation, body = request(connection)
        if key == API_VERSIONS:
            error = UNSUPPORTED_VERSION if version > 0 else 0
            known = [(METADATA, 0, 2), (SASL_HANDSHAKE, 0, 1), (API_VERSIONS, 0, 0), (SASL_AUTHENTICATE, 0, 0)]
            answer(connection, correlation, struct.pack(">hi", error, len(known))
                   + b"".join(struct.pack(">hhh", *one) for one in known))
        elif key == SASL_HANDSHAKE:
            answer(connection, correlation, struct.pack(">hi", 0, 1) + text(MECHANISM))
            steps = [scram.first, scram.last]
        elif key == SASL_AUTHENTICATE and steps:
            message = body[4:4 + struct.unpack(">i", body[:4])[0]].decode()
            try:
                said = steps.pop(0)(message).encode()
            except Refused:
                answer(connection, correlation, struct.pack(">h", SASL_AUTHENTICATION_FAILED) + text("no") + struct.pack(">i", 0))
                raise
            answer(connection, correlation, struct.pack(">hhi", 0, -1, len(said)) + said)
            if not steps:
                return
        else:
            raise Refused


def relay(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    for one in (source, target):
        try:
            one.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve(connection, context, user, password, behind):
    try:
        connection = context.wrap_socket(connection, server_side=True)
        if user != "-":
            let_in(connection, user, password)
        broker = socket.create_connection(behind)
    except (OSError, Refused):
        connection.close()
        return
    threading.Thread(target=relay, args=(broker, connection), daemon=True).start()
    relay(connection, broker)


def main():
    certificate, key, user, password, behind = sys.argv[1:]
    host, port = behind.rsplit(":", 1)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)

    def accept():
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=serve, args=(connection, context, user, password, (host, int(port))), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
