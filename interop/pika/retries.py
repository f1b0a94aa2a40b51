#!/usr/bin/python3
"""Second tries: by time to live and dead letter exchange, by delayed messages; and dead letters."""

import datetime
import time

import pika
from support import Inbox, connect, equal, suite


def death_of(properties, queue, reason):
    """The entry of x-death for this queue and reason."""
    entries = [entry for entry in properties.headers['x-death']
               if (entry['queue'], entry['reason']) == (queue, reason)]
    equal(len(entries), 1, 'entries for %s %s' % (queue, reason))
    return entries[0]


def retry_queues(channel, names, wait_ms):
    """A queue whose rejected messages come again after a while; its name and that of the other."""
    work, wait = names.queue('work'), names.queue('wait')
    channel.queue_declare(work, durable=True, arguments={
        'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': wait})
    channel.queue_declare(wait, durable=True, arguments={
        'x-message-ttl': wait_ms, 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': work})
    return work, wait


@suite.check('retry: what is rejected waits in another queue and comes again, and its tries count')
def retry(names):
    with connect() as connection:
        channel = connection.channel()
        work, wait = retry_queues(channel, names, 80)
        inbox = Inbox(channel, work)
        channel.basic_publish('', work, b'task', pika.BasicProperties(message_id='m'))
        started = 0
        for tries in range(3):
            method, properties, body = inbox.wait_for(tries + 1)
            equal((body, method.redelivered, properties.message_id), (b'task', False, 'm'), 'task')
            if tries:
                equal(time.monotonic() - started > 0.04, True, 'it waited')
                equal(death_of(properties, work, 'rejected')['count'], tries, 'rejected')
                equal(death_of(properties, wait, 'expired')['count'], tries, 'expired')
            started = time.monotonic()
            channel.basic_reject(method.delivery_tag, requeue=False)
        method, properties, _ = inbox.wait_for(4)
        equal(properties.headers['x-first-death-reason'], 'rejected', 'first reason')
        equal(properties.headers['x-first-death-queue'], work, 'first queue')
        channel.basic_ack(method.delivery_tag)
        inbox.idle(0.2)
        inbox.wait_for(4)


@suite.check('retry: each try waits longer, by the expiration of the message')
def back_off(names):
    with connect() as connection:
        channel = connection.channel()
        work, wait = names.queue('work'), names.queue('wait')
        channel.queue_declare(work, durable=True)
        channel.queue_declare(wait, durable=True, arguments={
            'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': work})
        inbox = Inbox(channel, work)
        for tries, delay in enumerate((40, 80, 160)):
            started = time.monotonic()
            channel.basic_publish('', wait, b'task', pika.BasicProperties(expiration=str(delay)))
            method, properties, _ = inbox.wait_for(tries + 1)
            equal(time.monotonic() - started >= delay / 1000, True, 'it waited %d ms' % delay)
            equal(properties.expiration, None, 'expiration')
            entry = death_of(properties, wait, 'expired')
            equal(entry['original-expiration'], str(delay), 'original expiration')
            channel.basic_ack(method.delivery_tag)


@suite.check('a dead letter tells where, when and why it died, in types of Python')
def dead_letter(names):
    with connect() as connection:
        channel = connection.channel()
        exchange, dead = names.exchange(), names.queue('dead')
        queue = names.queue()
        channel.exchange_declare(exchange, 'topic')
        channel.queue_declare(dead)
        channel.queue_declare(queue, arguments={
            'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': dead})
        channel.queue_bind(queue, exchange, 'a.#')
        before = datetime.datetime.utcfromtimestamp(int(time.time()))
        headers = {'kept': 7, 'CC': ['a.c'], 'BCC': ['a.d']}
        channel.basic_publish(exchange, 'a.b', b'body', pika.BasicProperties(headers=headers))
        method, _, _ = Inbox(channel, queue).wait_for(1)
        channel.basic_nack(method.delivery_tag, requeue=False)
        method, properties, body = Inbox(channel, dead).wait_for(1)
        equal((body, method.exchange, method.routing_key), (b'body', '', dead), 'delivery')
        entry = dict(death_of(properties, queue, 'rejected'))
        died = entry.pop('time')
        equal(abs(died - before) < datetime.timedelta(seconds=120), True, 'time %s' % died)
        equal(entry, {'count': 1, 'reason': 'rejected', 'queue': queue, 'exchange': exchange,
                      'routing-keys': ['a.b', 'a.c']}, 'entry')
        equal(properties.headers['kept'], 7, 'header')
        equal([name in properties.headers for name in ('CC', 'BCC')], [False, False], 'CC and BCC')


@suite.check('a queue that is full, a time that is over: the reasons differ')
def reasons(names):
    with connect() as connection:
        channel = connection.channel()
        dead, queue = names.queue('dead'), names.queue()
        channel.queue_declare(dead)
        channel.queue_declare(queue, arguments={
            'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': dead, 'x-max-length': 1})
        inbox = Inbox(channel, dead)
        channel.confirm_delivery()
        for body in ('full', 'short'):
            expiration = '50' if body == 'short' else None
            channel.basic_publish('', queue, body, pika.BasicProperties(expiration=expiration))
        inbox.wait_for(2)
        found = [(body, properties.headers['x-first-death-reason'])
                 for _, properties, body in inbox.messages]
        equal(found, [(b'full', 'maxlen'), (b'short', 'expired')], 'reasons')


@suite.check('a quorum queue gives up on a message that came back too often')
def delivery_limit(names):
    with connect() as connection:
        channel = connection.channel()
        dead, queue = names.queue('dead'), names.queue()
        channel.queue_declare(dead)
        channel.queue_declare(queue, durable=True, arguments={
            'x-queue-type': 'quorum', 'x-delivery-limit': 2,
            'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': dead})
        channel.confirm_delivery()
        channel.basic_publish('', queue, b'poison')
        inbox = Inbox(channel, queue)
        for tries in range(3):
            method, properties, _ = inbox.wait_for(tries + 1)
            equal((properties.headers or {}).get('x-delivery-count', 0), tries, 'count')
            channel.basic_nack(method.delivery_tag, requeue=True)
        _, properties, _ = Inbox(channel, dead).wait_for(1)
        equal(properties.headers['x-first-death-reason'], 'delivery_limit', 'reason')
        inbox.wait_for(3)


@suite.check('x-delayed-message: messages come when their delays are over')
def delayed(names):
    with connect() as connection:
        channel = connection.channel()
        exchange, queue = names.exchange('delayed'), names.queue()
        channel.exchange_declare(exchange, 'x-delayed-message', durable=True,
                                 arguments={'x-delayed-type': 'direct'})
        channel.queue_declare(queue, durable=True)
        channel.queue_bind(queue, exchange, 'k')
        inbox = Inbox(channel, queue, auto_ack=True)
        started = time.monotonic()
        for delay in (3000, 1500, None):
            headers = None if delay is None else {'x-delay': delay}
            channel.basic_publish(exchange, 'k', str(delay), pika.BasicProperties(
                headers=headers, delivery_mode=2))
        inbox.wait_for(3)
        equal(time.monotonic() - started >= 3, True, 'the last one waited')
        equal(inbox.bodies(), [b'None', b'1500', b'3000'], 'bodies')
        equal(inbox.messages[1][1].headers, {'x-delay': -1500}, 'headers')


if __name__ == '__main__':
    suite.run()
