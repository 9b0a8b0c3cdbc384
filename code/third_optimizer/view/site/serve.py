"""`python -m third_optimizer.view.site.serve FOLDER PORT`: a built site at http://localhost:PORT/, for this machine."""

import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

PORTS = range(1, 65536)


def server(folder, port):
    """A server of `folder`, which listens; SystemExit says why there is none and what to do."""
    if not (port.isascii() and port.isdecimal()) or int(port) not in PORTS:
        sys.exit(f"PORT is {port!r}; it must be a whole number from {PORTS[0]} to {PORTS[-1]}: make serve PORT=8001")
    try:
        return ThreadingHTTPServer(("127.0.0.1", int(port)), partial(SimpleHTTPRequestHandler, directory=folder))
    except OSError as error:  # in use; below 1024 not allowed
        other = int(port) % 60000 + 1024
        sys.exit(f"Port {port} cannot be had ({error.strerror.lower()}): make serve PORT={other}, or end what uses it")


def main(folder, port):
    with server(folder, port) as here:
        print(f"Next: open http://localhost:{port}/ ; Ctrl-C here ends the server", flush=True)
        try:
            here.serve_forever()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    main(*sys.argv[1:])
