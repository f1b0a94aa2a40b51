"""What the kombu scripts share: the connection, the clean-up."""

import os
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'lib'))

import kombu  # noqa: E402 (the path to checks.py must be set first)
from checks import Suite, equal, uri_from_arguments, wait_until  # noqa: E402

__all__ = ['Inbox', 'connect', 'equal', 'expect_refused', 'suite', 'wait_until']


def connect(**options):
    return kombu.Connection(uri_from_arguments(), **options)


def clean(_uri, queues, exchanges):
    with connect() as connection:
        channel = connection.channel()
        for queue in queues:
            channel.queue_delete(queue)
        for exchange in exchanges:
            channel.exchange_delete(exchange)


suite = Suite('kombu', clean)


class Inbox:
    """A kombu consumer that keeps (body, message)."""

    def __init__(self, connection, queues, channel=None, **options):
        self.connection = connection
        self.messages = []
        self.consumer = kombu.Consumer(channel or connection.channel(), queues,
                                       on_message=self._on_message, **options)
        self.consumer.consume()

    def _on_message(self, message):
        self.messages.append(message)

    def payloads(self):
        return [message.payload for message in self.messages]

    def step(self, seconds=0.1):
        try:
            self.connection.drain_events(timeout=seconds)
        except socket.timeout:
            pass

    def wait_for(self, count):
        """Waits until `count` messages have come in all, and returns the last one."""
        wait_until(lambda: len(self.messages) >= count, self.step, '%d messages' % count)
        equal(len(self.messages), count, 'number of messages')
        return self.messages[-1]


def expect_refused(exception, code, text, call, *positional, **named):
    """The call must raise the exception with exactly this code and text of the broker."""
    try:
        call(*positional, **named)
    except exception as error:
        equal((error.reply_code, error.reply_text), (code, text), 'refusal')
        return
    raise AssertionError('not refused, expected %s' % text)
