"""Calls a proof server the ways grpcio's users do, and says for each way what went wrong.

Arguments: the server's address, and how often everything is repeated. Prints one JSON object: an error, or "", by the
name of the check.
"""

import json
import random
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import grpc

LIMIT = 4 << 20
TIMEOUT = 30
UNLIMITED = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


def dial(address, *options):
    # Without a pool of its own a channel shares the connection of every other to this address.
    own = [("grpc.use_local_subchannel_pool", 1)]
    return grpc.insecure_channel(address, options=UNLIMITED + own + list(options))


def method(channel, name):
    return channel.unary_unary("/proof.Echo/" + name)


def expect(condition, text):
    if not condition:
        raise AssertionError(text)


def expect_code(wanted, call):
    try:
        call()
    except grpc.RpcError as error:
        expect(error.code() == wanted, f"expected {wanted}, got {error.code()}: {error.details()}")
        return error
    raise AssertionError(f"expected {wanted}, got an answer")


def echo(channel, name, size, **options):
    request = bytes((i * 7 + size) & 255 for i in range(min(size, 256))) * (size // 256 + 1)
    request = request[:size]
    response = method(channel, name)(request, timeout=TIMEOUT, **options)
    expect(response == request, f"{name} of {size} bytes: other bytes came back ({len(response)})")


def in_parallel(count, work):
    with ThreadPoolExecutor(count) as pool:
        list(pool.map(work, range(count)))


def many_calls(address, scale):
    channels = [dial(address) for _ in range(3)]

    def lane(number):
        sizes = random.Random(number)
        for i in range(25 * scale):
            echo(channels[number % 3], ("Echo", "Later")[i % 2], sizes.randrange(4000))

    in_parallel(12, lane)
    for channel in channels:
        channel.close()


def deadlines(address, scale):
    with dial(address) as channel:
        for i in range(10 * scale):
            call = lambda: method(channel, "Hang")(b"", timeout=0.001 + i % 10 * 0.005)
            expect_code(grpc.StatusCode.DEADLINE_EXCEEDED, call)
            echo(channel, "Echo", 100)


def cancellations(address, scale):
    with dial(address) as channel:
        for i in range(40 * scale):
            future = method(channel, "Hang").future(bytes(i * 1000), timeout=TIMEOUT)
            threading.Timer(i % 7 / 1000, future.cancel).start()
            try:
                future.result()
                raise AssertionError("a cancelled call was answered")
            except grpc.FutureCancelledError:
                pass
            echo(channel, "Later", 100)


def exchange(address, scale, *options):
    with dial(address, *options) as channel:
        for size in [0, 1, 16379, 16384, 65530, 65535, 65536, 1 << 20, LIMIT] * scale:
            echo(channel, "Echo", size)
            echo(channel, "Later", size)
            response = method(channel, "Sized")(str(size).encode(), timeout=TIMEOUT)
            expect(len(response) == size, f"response of {size} bytes: {len(response)} came")


def large_messages(address, scale):
    exchange(address, scale)
    with dial(address) as channel:
        call = lambda: method(channel, "Echo")(bytes(LIMIT + 1), timeout=TIMEOUT)
        expect_code(grpc.StatusCode.RESOURCE_EXHAUSTED, call)
        echo(channel, "Echo", 10)


def small_windows(address, scale):
    exchange(address, scale, ("grpc.http2.lookahead_bytes", 1024), ("grpc.http2.bdp_probe", 0))


def compressed(address, scale):
    with dial(address) as channel:
        for size in [0, 1, 1000, 100_000, LIMIT] * scale:
            echo(channel, "Echo", size, compression=grpc.Compression.Gzip)
        echo(channel, "Echo", 1000, compression=grpc.Compression.Deflate)


def failures(address, scale):
    with dial(address) as channel:
        for text in ["plain", "50% of 日本", "a\r\nb", "long " * 150] * scale:
            metadata = [("x-code", "INVALID_ARGUMENT")]
            call = lambda: method(channel, "Fail")(text.encode(), timeout=TIMEOUT, metadata=metadata)
            error = expect_code(grpc.StatusCode.INVALID_ARGUMENT, call)
            expect(error.details() == text, f"expected {text!r}, got {error.details()!r}")
        nope = lambda: method(channel, "Nope")(b"", timeout=TIMEOUT)
        expect_code(grpc.StatusCode.UNIMPLEMENTED, nope)
        _, call = method(channel, "Trailers").with_call(b"text", timeout=TIMEOUT)
        trailers = dict(call.trailing_metadata())
        expect(trailers.get("x-text") == "text", f"trailers are {trailers}")


def many_headers(address, scale):
    with dial(address) as channel:
        for i in range(100 * scale):
            value = f"value {i}" + " v" * (i % 60 * 10)
            metadata = [("x-same", "same"), ("x-new", value), (f"x-{i}", "1")]
            response = method(channel, "Headers")(b'["x-same","x-new"]', timeout=TIMEOUT, metadata=metadata)
            seen = dict(json.loads(response)["headers"])
            expect(seen == {"x-same": "same", "x-new": value}, f"call {i}: the server saw {seen}")


def churn(address, scale):
    def lane(number):
        for _ in range(10 * scale):
            with dial(address) as channel:
                echo(channel, "Later", number * 100)

    in_parallel(5, lane)


def keepalive(address, scale):
    states = []
    options = [
        ("grpc.keepalive_time_ms", 1000),
        ("grpc.keepalive_timeout_ms", 3000),
        ("grpc.keepalive_permit_without_calls", 1),
        ("grpc.http2.max_pings_without_data", 0),
    ]
    with dial(address, *options) as channel:
        echo(channel, "Echo", 10)
        channel.subscribe(states.append)
        time.sleep(8 * scale)
        echo(channel, "Echo", 10)
    lost = [state for state in states if state == grpc.ChannelConnectivity.TRANSIENT_FAILURE]
    expect(not lost, f"the connection was lost: {states}")


CHECKS = {
    "many calls at once": many_calls,
    "deadlines": deadlines,
    "cancellations": cancellations,
    "large messages": large_messages,
    "small windows": small_windows,
    "gzip": compressed,
    "errors": failures,
    "metadata": many_headers,
    "connections that come and go": churn,
    "keepalive without calls": keepalive,
}


def main():
    address, scale = sys.argv[1], int(sys.argv[2])
    results = {}

    def run(name):
        try:
            CHECKS[name](address, scale)
            results[name] = ""
        except Exception as error:  # whatever it is, it is this check's result
            results[name] = f"{type(error).__name__}: {error}"

    threads = [threading.Thread(target=run, args=(name,)) for name in CHECKS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps(results))


main()
