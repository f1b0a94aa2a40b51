#!/usr/bin/python3
"""RPC, confirms, returns, transactions, and messages that arrive as they were sent."""

import asyncio
import datetime
import hashlib

import aio_pika
from support import Inbox, connect, equal, send, suite

LARGEST = 16777216  # 16 MiB
REPLY_TO = 'amq.rabbitmq.reply-to'


@suite.check('RPC: direct reply-to')
async def direct_reply_to(names):
    async with await connect() as client, await connect() as server:
        service = await (await server.channel()).declare_queue(names.queue('rpc'))
        responder = await server.channel()

        async def answer(message):
            async with message.process():
                await send(responder, message.reply_to, message.body.upper(),
                           correlation_id=message.correlation_id)

        await service.consume(answer)
        channel = await client.channel()
        replies = await Inbox().consume(
            await channel.get_queue(REPLY_TO, ensure=False), no_ack=True)
        for number in range(5):
            await send(channel, service.name, b'call %d' % number, reply_to=REPLY_TO,
                       correlation_id=str(number))
        await replies.wait_for(5)
        equal([(m.correlation_id, m.body) for m in replies.messages],
              [(str(n), b'CALL %d' % n) for n in range(5)], 'answers')


@suite.check('RPC: the RPC pattern of aio-pika, with an exclusive callback queue')
async def rpc_pattern(names):
    name = names.queue('multiply')

    async def multiply(*, x, y):
        return x * y

    async with await connect() as client, await connect() as server:
        serving = await aio_pika.patterns.RPC.create(await server.channel())
        await serving.register(name, multiply, auto_delete=True)
        calling = await aio_pika.patterns.RPC.create(await client.channel())
        results = await asyncio.gather(*(calling.call(name, dict(x=n, y=3)) for n in range(20)))
        equal(results, [n * 3 for n in range(20)], 'results')
        await serving.unregister(multiply)
        await calling.close()
        await serving.close()


@suite.check('confirms: 500 publishes in flight are all confirmed and stored')
async def confirms(names):
    async with await connect() as connection:
        channel = await connection.channel(publisher_confirms=True)
        queue = await channel.declare_queue(names.queue())
        await asyncio.gather(*(send(channel, queue.name, b'%d' % n, delivery_mode=2)
                               for n in range(500)))
        inbox = await Inbox().consume(queue, no_ack=True)
        await inbox.wait_for(500)
        equal(sorted(map(int, inbox.bodies())), list(range(500)), 'stored')


@suite.check('returns: an unroutable mandatory publish fails with 312 NO_ROUTE')
async def returns(names):
    async with await connect() as connection:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        message = aio_pika.Message(b'back', message_id='m')
        try:
            await channel.default_exchange.publish(message, names.queue(), mandatory=True)
        except aio_pika.exceptions.PublishError as error:
            returned = error.message
            equal(returned.delivery.reply_code, 312, 'code')
            equal(returned.delivery.reply_text, 'NO_ROUTE', 'text')
            equal(returned.body, b'back', 'body')
        else:
            raise AssertionError('the message did not come back')


@suite.check('transactions: commit and rollback')
async def transactions(names):
    async with await connect() as connection:
        channel = await connection.channel(publisher_confirms=False)
        reader = await connection.channel()
        queue = await reader.declare_queue(names.queue())
        async with channel.transaction():
            await send(channel, queue.name, b'kept')
            await asyncio.sleep(0.1)
            equal(await queue.get(fail=False), None, 'before the commit')
        equal((await queue.get(no_ack=True)).body, b'kept', 'after the commit')
        transaction = channel.transaction()
        await transaction.select()
        await send(channel, queue.name, b'forgotten')
        await transaction.rollback()
        equal(await queue.get(fail=False), None, 'after the rollback')


@suite.check('properties: all of them, and nested headers, come back as they were sent')
async def properties(names):
    headers = {'text': 'Grüße', 'int': -70000, 'big': 2 ** 40, 'bool': True, 'void': None,
               'array': [1, 'two', {'three': [3]}],
               'table': {'deep': {'deeper': ['end', {'n': 1}]}},
               'time': datetime.datetime(2020, 1, 2, 3, 4, 5)}
    sent = dict(content_type='text/plain', content_encoding='utf-8',
                delivery_mode=aio_pika.DeliveryMode.PERSISTENT, priority=7, correlation_id='c',
                reply_to='r', expiration=60, message_id='m',
                timestamp=datetime.datetime(2021, 1, 1),
                type='t', app_id='a')
    async with await connect() as connection:
        sent['user_id'] = connection.url.user
        channel = await connection.channel()
        queue = await channel.declare_queue(names.queue())
        await send(channel, queue.name, b'body', headers=headers, **sent)
        received = await queue.get(no_ack=True)
        for name, value in sent.items():
            equal(getattr(received, name), value, name)
        for key, value in headers.items():
            equal(received.headers[key], value, key)
        equal(set(received.headers), set(headers), 'keys')


@suite.check('sizes: empty, around the frame size, and 16 MiB')
async def sizes(names):
    async with await connect() as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(names.queue())
        for size in (0, 1, 131064 - 1, 131064, 131064 + 1, LARGEST):
            body = (hashlib.sha512(b'seed').digest() * (size // 64 + 1))[:size]
            await send(channel, queue.name, body)
            message = await queue.get(no_ack=True)
            equal(len(message.body), size, 'size')
            equal(message.body == body, True, 'body of %d bytes is the same' % size)


if __name__ == '__main__':
    suite.run()
