"""A TCP relay in front of the server's HTTP port, which a test can cut: media is not touched."""

import socket
import threading


class Relay:
    """Passes connections on to `port`; `cut` breaks all of them and refuses new ones."""

    def __init__(self, port):
        self.target = ("127.0.0.1", port)
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.open = True
        self.lock = threading.Lock()
        self.pairs = set()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def cut(self):
        """Breaks every connection; new ones are closed at once until `mend`."""
        with self.lock:
            self.open = False
            pairs, self.pairs = self.pairs, set()
        for pair in pairs:
            for end in pair:
                _shut(end)

    def mend(self):
        with self.lock:
            self.open = True

    def close(self):
        self.cut()
        _shut(self.listener)
        self.listener.close()

    def _accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            with self.lock:
                accepting = self.open
            if not accepting:
                near.close()
                continue
            try:
                far = socket.create_connection(self.target, timeout=5)
            except OSError:
                near.close()
                continue
            far.settimeout(None)
            pair = (near, far)
            with self.lock:
                self.pairs.add(pair)
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=(source, sink, pair), daemon=True).start()

    def _pump(self, source, sink, pair):
        try:
            while data := source.recv(65_536):
                sink.sendall(data)
        except OSError:
            pass
        for end in pair:
            _shut(end)
        with self.lock:
            self.pairs.discard(pair)


def _shut(end):
    try:
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
