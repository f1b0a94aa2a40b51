"""What the pika scripts share: the connection, the inbox of a consumer, the clean-up."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'lib'))

import pika  # noqa: E402 (the path to checks.py must be set first)
from checks import Suite, equal, uri_from_arguments, wait_until  # noqa: E402

__all__ = ['Inbox', 'connect', 'declare_and_bind', 'equal', 'expect_closed', 'get', 'suite',
           'uri_from_arguments', 'wait_until']


def connect(**options):
    """A blocking connection to the broker under test; options set connection parameters."""
    parameters = pika.URLParameters(uri_from_arguments())
    for name, value in options.items():
        setattr(parameters, name, value)
    return pika.BlockingConnection(parameters)


def clean(_uri, queues, exchanges):
    with connect() as connection:
        channel = connection.channel()
        for queue in queues:
            channel.queue_delete(queue)
        for exchange in exchanges:
            channel.exchange_delete(exchange)


suite = Suite('pika', clean)


class Inbox:
    """A consumer that keeps what it is sent as (method, properties, body)."""

    def __init__(self, channel, queue, **options):
        self.channel = channel
        self.messages = []
        self.tag = channel.basic_consume(queue, self._on_message, **options)

    def _on_message(self, _channel, method, properties, body):
        self.messages.append((method, properties, body))

    def bodies(self):
        return [body for _, _, body in self.messages]

    def wait_for(self, count):
        """Waits until `count` messages have come in all, and returns the last one."""
        wait_until(lambda: len(self.messages) >= count, self.step, '%d messages' % count)
        equal(len(self.messages), count, 'number of messages')
        return self.messages[-1]

    def step(self):
        """Handles what has come in; returns early if something has."""
        self.channel.connection.process_data_events(time_limit=0.05)

    def idle(self, seconds=0.2):
        """Handles what comes in for all of the time."""
        self.channel.connection.sleep(seconds)

    def ack(self, index, **options):
        self.channel.basic_ack(self.messages[index][0].delivery_tag, **options)


def get(channel, queue):
    """The body of the next message of the queue, acknowledged, or None."""
    _, _, body = channel.basic_get(queue, auto_ack=True)
    return body


def declare_and_bind(channel, exchange, *bindings, **arguments):
    """An exclusive server-named queue bound by each routing key; returns its name."""
    queue = channel.queue_declare('', exclusive=True).method.queue
    for key in bindings:
        channel.queue_bind(queue, exchange, routing_key=key, **arguments)
    return queue


def expect_closed(code, text, call, *positional, **named):
    """The call must make the broker close the channel, or the connection, with exactly this."""
    try:
        call(*positional, **named)
    except (pika.exceptions.ChannelClosedByBroker,
            pika.exceptions.ConnectionClosedByBroker) as closed:
        equal((closed.reply_code, closed.reply_text), (code, text), 'close')
        return
    raise AssertionError('%s was not refused, expected %d %s' % (call, code, text))
