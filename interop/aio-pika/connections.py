#!/usr/bin/python3
"""Many channels, heartbeats, refusals."""

import asyncio

from aiormq import exceptions
from support import Inbox, connect, equal, expect_closed, send, suite


@suite.check('channels: 1,000 on one connection, all of them at work')
async def thousand_channels(names):
    async with await connect() as connection:
        channels = [await connection.channel() for _ in range(1000)]
        queue = await channels[0].declare_queue(names.queue())
        inbox = await Inbox().consume(queue, no_ack=True)
        for number, channel in enumerate(channels):
            await send(channel, queue.name, b'%d' % number)
        await inbox.wait_for(1000)
        equal(sorted(map(int, inbox.bodies())), list(range(1000)), 'bodies')


@suite.check('heartbeats: an idle client lives on')
async def idle(names):
    async with await connect(heartbeat=2) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(names.queue())
        inbox = await Inbox().consume(queue, no_ack=True)
        await asyncio.sleep(9)
        await send(channel, queue.name, b'still here')
        equal((await inbox.wait_for(1)).body, b'still here', 'body')


@suite.check('404, 406, 405 and 403: the exception of each code, and the exact text')
async def refusals(names):
    name = names.queue()
    async with await connect() as connection, await connect() as other:
        fresh = connection.channel
        await expect_closed(
            exceptions.ChannelNotFoundEntity, "NOT_FOUND - no queue '%s' in vhost '/'" % name,
            (await fresh()).declare_queue(name, passive=True))
        await (await fresh()).declare_queue(name, durable=True)
        await expect_closed(
            exceptions.ChannelPreconditionFailed,
            "PRECONDITION_FAILED - inequivalent arg 'durable' for queue '%s' in vhost '/': "
            "received 'false' but current is 'true'" % name,
            (await fresh()).declare_queue(name, durable=False))
        owned = await (await fresh()).declare_queue(exclusive=True)
        await expect_closed(
            exceptions.ChannelLockedResource,
            "RESOURCE_LOCKED - cannot obtain exclusive access to locked queue '%s' in vhost '/'. "
            'It could be originally declared on another connection or the exclusive property '
            'value does not match that of the original declaration.' % owned.name,
            (await other.channel()).declare_queue(owned.name, passive=True))
        await expect_closed(
            exceptions.ChannelAccessRefused,
            "ACCESS_REFUSED - queue name 'amq.interop' contains reserved prefix 'amq.*'",
            (await fresh()).declare_queue('amq.interop'))
        equal(connection.is_closed, False, 'connection closed')


@suite.check('403: a second consumer beside an exclusive one')
async def exclusive_consumer(names):
    async with await connect() as connection:
        queue = await (await connection.channel()).declare_queue(names.queue())
        await Inbox().consume(queue, exclusive=True)
        second = await (await connection.channel()).get_queue(queue.name)
        await expect_closed(
            exceptions.ChannelAccessRefused,
            "ACCESS_REFUSED - queue '%s' in vhost '/' in exclusive use" % queue.name,
            Inbox().consume(second))


if __name__ == '__main__':
    suite.run()
