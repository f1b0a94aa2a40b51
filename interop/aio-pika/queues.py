#!/usr/bin/python3
"""Work queues, consumers and exchanges under asyncio."""

import asyncio

import aio_pika
from aio_pika import ExchangeType
from support import Inbox, connect, equal, send, suite


@suite.check('work queue: with prefetch 1 a fast worker takes what a slow one leaves')
async def fair_dispatch(names):
    name = names.queue()
    async with await connect() as slow_side, await connect() as fast_side:
        inboxes = []
        for side in (slow_side, fast_side):
            channel = await side.channel()
            await channel.set_qos(prefetch_count=1)
            queue = await channel.declare_queue(name, durable=True)
            inboxes.append(await Inbox().consume(queue))
        slow, fast = inboxes
        await send(await slow_side.channel(), name, *(b'%d' % n for n in range(10)))
        await slow.wait_for(1)
        for done in range(9):
            await (await fast.wait_for(done + 1)).ack()
        await slow.wait_for(1)
        equal(sorted(slow.bodies() + fast.bodies()), [b'%d' % n for n in range(10)], 'jobs')
        await slow.messages[0].ack()


@suite.check('work queue: the iterator of a queue acknowledges what it has processed')
async def iterator(names):
    async with await connect() as connection:
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=10)
        queue = await channel.declare_queue(names.queue())
        await send(channel, queue.name, *(b'%d' % n for n in range(100)))
        bodies = []
        async with queue.iterator() as messages:
            async for message in messages:
                async with message.process():
                    bodies.append(message.body)
                if len(bodies) == 100:
                    break
        equal(bodies, [b'%d' % n for n in range(100)], 'bodies')
        equal(await queue.get(fail=False), None, 'rest')


@suite.check('work queue: many tasks publish and consume at the same time, nothing is lost')
async def concurrent(names):
    async with await connect() as connection:
        name = names.queue()
        channels = [await connection.channel() for _ in range(20)]
        queue = await channels[0].declare_queue(name)
        inbox = await Inbox().consume(queue, no_ack=True)
        await asyncio.gather(*(send(channel, name, *(b'%d.%d' % (task, n) for n in range(50)))
                               for task, channel in enumerate(channels)))
        await inbox.wait_for(1000)
        for task in range(20):
            mine = [body for body in inbox.bodies() if body.startswith(b'%d.' % task)]
            equal(mine, [b'%d.%d' % (task, n) for n in range(50)], 'order of task %d' % task)


@suite.check('publish/subscribe, routing, topics and headers')
async def exchanges(names):
    async with await connect() as connection:
        channel = await connection.channel()
        for kind, binding, key, wrong in (
                (ExchangeType.FANOUT, '', 'any', None),
                (ExchangeType.DIRECT, 'error', 'error', 'info'),
                (ExchangeType.TOPIC, 'kern.*', 'kern.critical', 'cron.info')):
            exchange = await channel.declare_exchange(names.exchange(kind.value), kind)
            queues = [await channel.declare_queue(exclusive=True) for _ in range(2)]
            for queue in queues:
                await queue.bind(exchange, binding)
            await send(channel, key, b'match', exchange=exchange)
            if wrong:
                await send(channel, wrong, b'mismatch', exchange=exchange)
            for queue in queues:
                message = await queue.get(no_ack=True)
                equal((message.body, message.routing_key), (b'match', key), kind.value)
                equal(await queue.get(no_ack=True, fail=False), None, 'rest')
        exchange = await channel.declare_exchange(names.exchange('headers'), ExchangeType.HEADERS)
        queue = await channel.declare_queue(exclusive=True)
        await queue.bind(exchange, '', arguments={'x-match': 'all', 'a': 1, 'b': 'two'})
        await send(channel, '', b'half', exchange=exchange, headers={'a': 1})
        await send(channel, '', b'full', exchange=exchange, headers={'a': 1, 'b': 'two', 'c': 3})
        equal((await queue.get(no_ack=True)).body, b'full', 'headers')


@suite.check('nack and reject: requeued messages come back redelivered')
async def nack(names):
    async with await connect() as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(names.queue())
        await send(channel, queue.name, b'1', b'2', b'3')
        first, second, third = [await queue.get() for _ in range(3)]
        equal([m.redelivered for m in (first, second, third)], [False] * 3, 'redelivered')
        await first.reject(requeue=False)
        await second.nack(requeue=True)
        await third.ack()
        again = await queue.get()
        equal((again.body, again.redelivered), (b'2', True), 'message')
        await again.ack()
        equal(await queue.get(fail=False), None, 'rest')


@suite.check('cancel: by the client; the delete of a consumed queue leaves the channel open')
async def cancel(names):
    async with await connect() as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(names.queue())
        inbox = await Inbox().consume(queue)
        await queue.cancel(inbox.tag)
        await send(channel, queue.name, b'kept')
        equal((await queue.get(no_ack=True)).body, b'kept', 'message')
        await Inbox().consume(queue)
        other = await connection.channel()
        await other.queue_delete(queue.name)
        queue = await channel.declare_queue(queue.name)
        await send(channel, queue.name, b'unseen')
        equal((await queue.get(no_ack=True)).body, b'unseen', 'message of the new queue')


@suite.check('patterns: Master and its workers share tasks')
async def master(names):
    name = names.queue('task')
    done = []

    async def work(*, number):
        done.append(number)

    async with await connect() as connection:
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=1)
        boss = aio_pika.patterns.Master(channel)
        workers = [await boss.create_worker(name, work, durable=True) for _ in range(2)]
        for number in range(20):
            await boss.create_task(name, dict(number=number))
        for _ in range(1000):
            if len(done) == 20:
                break
            await asyncio.sleep(0.05)
        for worker in workers:
            await worker.close()
        equal(sorted(done), list(range(20)), 'done')


if __name__ == '__main__':
    suite.run()
