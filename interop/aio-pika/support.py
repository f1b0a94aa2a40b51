"""What the aio-pika scripts share: the connection, waiting, refusals, the clean-up."""

import asyncio
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'lib'))

import aio_pika  # noqa: E402 (the path to checks.py must be set first)
from checks import Suite, equal, uri_from_arguments  # noqa: E402

__all__ = ['Inbox', 'connect', 'equal', 'expect_closed', 'send', 'suite']


def connect(**query):
    """A connection to the broker under test, to be used with `async with await`."""
    options = '&'.join('%s=%s' % item for item in query.items())
    return aio_pika.connect('%s?%s' % (uri_from_arguments(), options))


async def clean(_uri, queues, exchanges):
    async with await connect() as connection:
        channel = await connection.channel()
        for queue in queues:
            await channel.queue_delete(queue)
        for exchange in exchanges:
            await channel.exchange_delete(exchange)


suite = Suite('aio-pika', clean)


class Inbox:
    """A consumer that keeps the messages it is sent."""

    def __init__(self):
        self.messages = []
        self.grown = asyncio.Event()

    async def consume(self, queue, **options):
        self.tag = await queue.consume(self._on_message, **options)
        return self

    async def _on_message(self, message):
        self.messages.append(message)
        self.grown.set()

    def bodies(self):
        return [message.body for message in self.messages]

    async def wait_for(self, count, limit=60):
        """Waits until `count` messages have come in all, and returns the last one."""
        while len(self.messages) < count:
            self.grown.clear()
            await asyncio.wait_for(self.grown.wait(), limit)
        equal(len(self.messages), count, 'number of messages')
        return self.messages[-1]


async def send(channel, key, *bodies, exchange=None, **properties):
    exchange = exchange or channel.default_exchange
    for body in bodies:
        await exchange.publish(aio_pika.Message(body, **properties), key, mandatory=False)


async def expect_closed(exception, text, awaitable):
    """Awaiting must raise the exception with exactly this text from the broker."""
    try:
        await awaitable
    except exception as error:
        equal(str(error), text, 'refusal')
        return
    raise AssertionError('not refused, expected %s' % text)
