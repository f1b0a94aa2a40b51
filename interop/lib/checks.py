"""Runs the checks of one script and reports them, one line per check.

A check is a function (or a coroutine) with a sentence that states what must hold. It gets a
`Names`, which makes up names that nobody else uses and remembers them, so that what the check
declared is deleted afterwards, whether it passed or not. The last line printed is the plan
(`1..N`), by which `interop/run` sees that a script did not stop half-way.
"""

import asyncio
import inspect
import os
import secrets
import signal
import sys
import time
import traceback

DEFAULT_URI = 'amqp://guest:guest@127.0.0.1:5672/%2F'


def uri_from_arguments():
    """The URI of the first argument; a bare trailing slash means the virtual host `/`."""
    uri = sys.argv[1] if len(sys.argv) > 1 else DEFAULT_URI
    return uri + '%2F' if uri.endswith('/') else uri


class Names:
    """Unique names of queues and exchanges, remembered for the clean-up."""

    def __init__(self, client):
        self.prefix = 'interop.%s.%d.%s' % (client, os.getpid(), secrets.token_hex(3))
        self.queues = []
        self.exchanges = []

    def queue(self, noun='queue'):
        self.queues.append('%s.%s.%d' % (self.prefix, noun, len(self.queues)))
        return self.queues[-1]

    def exchange(self, noun='exchange'):
        self.exchanges.append('%s.%s.%d' % (self.prefix, noun, len(self.exchanges)))
        return self.exchanges[-1]


class Suite:
    """The checks of one script. `clean(uri, queues, exchanges)` deletes what they declared."""

    def __init__(self, client, clean):
        self.client = client
        self.clean = clean
        self.uri = uri_from_arguments()
        self.checks = []

    def check(self, sentence, limit=120):
        """Registers the decorated function; `limit` bounds its time in seconds."""

        def register(function):
            self.checks.append((sentence, limit, function))
            return function

        return register

    def run(self):
        """Runs every check and ends the process: 0 if all of them passed, else 1."""
        failed = 0
        for sentence, limit, function in self.checks:
            problem = self._run_one(limit, function)
            failed += problem is not None
            print('%s - %s: %s' % ('not ok' if problem else 'ok', self.client, sentence))
            if problem:
                print(''.join('#   %s\n' % line for line in problem.splitlines()), end='')
            sys.stdout.flush()
        print('1..%d' % len(self.checks), flush=True)
        sys.exit(1 if failed else 0)

    def _run_one(self, limit, function):
        """Returns None, or the text of what went wrong in the check or in its clean-up."""
        names = Names(self.client)
        problem = bounded(limit, function, names)
        cleaning = bounded(limit, self.clean, self.uri, names.queues, names.exchanges)
        return problem or cleaning


def bounded(limit, function, *arguments):
    """Calls the function, or runs the coroutine, for at most `limit` seconds.

    The alarm rings again and again, for what hangs while it is being cleaned up.
    """
    signal.signal(signal.SIGALRM, on_alarm)
    signal.setitimer(signal.ITIMER_REAL, limit + 1, 2)
    try:
        if inspect.iscoroutinefunction(function):
            asyncio.run(asyncio.wait_for(function(*arguments), limit))
        else:
            function(*arguments)
        return None
    except Exception:  # Whatever it is, it is the finding of this check.
        return traceback.format_exc()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def on_alarm(_signum, _frame):
    raise TimeoutError('the check took too long')


def equal(actual, expected, what='value'):
    """Asserts equality and shows both sides; bodies of megabytes are cut short."""
    if actual != expected:
        raise AssertionError('%s is %.300r, expected %.300r' % (what, actual, expected))


def wait_until(condition, step, what, limit=60.0):
    """Calls step() until condition() holds, for at most `limit` seconds."""
    deadline = time.monotonic() + limit
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError('waited %.0f s in vain for %s' % (limit, what))
        step()
