#!/usr/bin/python3
"""What kombu's py-amqp does below: confirms, returns, transactions, heartbeats, refusals."""

import datetime
import decimal
import hashlib
import time

import amqp
import kombu
from support import Inbox, connect, equal, expect_refused, suite, wait_until

LARGEST = 16777216  # 16 MiB


@suite.check('confirms: confirm_publish waits for each ack of the broker')
def confirms(names):
    with connect(transport_options={'confirm_publish': True}) as connection:
        queue = kombu.Queue(names.queue(), durable=True)(connection.channel())
        queue.declare()
        producer = connection.Producer()
        for number in range(50):
            producer.publish(number, routing_key=queue.name, delivery_mode=2)
            declared = queue.queue_declare(passive=True)
            equal(declared.message_count, number + 1, 'message count')


@suite.check('returns: an unroutable mandatory message comes back, 312 NO_ROUTE')
def returns(names):
    returned = []
    key = names.queue()
    with connect() as connection:
        producer = connection.Producer(on_return=lambda *found: returned.append(found))
        producer.publish('back', routing_key=key, mandatory=True)
        wait_until(lambda: returned, lambda: connection.drain_events(timeout=30), 'the return')
        exception, exchange, routing_key, message = returned[0]
        equal((exception.reply_code, exception.reply_text), (312, 'NO_ROUTE'), 'reply')
        equal((exchange, routing_key, message.body), ('', key, 'back'), 'message')


@suite.check('transactions: commit and rollback')
def transactions(names):
    with connect() as connection:
        channel, reader = connection.channel(), connection.channel()
        queue = kombu.Queue(names.queue())(reader)
        queue.declare()
        channel.tx_select()
        producer = kombu.Producer(channel)
        producer.publish('forgotten', routing_key=queue.name)
        channel.tx_rollback()
        producer.publish('kept', routing_key=queue.name)
        time.sleep(0.1)
        equal(queue.get(), None, 'before the commit')
        channel.tx_commit()
        equal(queue.get(no_ack=True).payload, 'kept', 'after the commit')
        equal(queue.get(), None, 'rest')


@suite.check('consumers: cancel, cancel notify, recover, requeue')
def consumers(names):
    with connect() as connection:
        channel = connection.channel()
        queue = kombu.Queue(names.queue())(channel)
        queue.declare()
        inbox = Inbox(connection, [queue], channel=channel)
        producer = kombu.Producer(channel)
        producer.publish('first', routing_key=queue.name)
        inbox.wait_for(1)
        channel.basic_recover(requeue=True)
        again = inbox.wait_for(2)
        equal((again.payload, again.delivery_info['redelivered']), ('first', True), 'recovered')
        again.requeue()
        inbox.wait_for(3).ack()
        inbox.consumer.cancel()
        producer.publish('second', routing_key=queue.name)
        equal(queue.get(no_ack=True).payload, 'second', 'after the cancel')
        cancelled = []
        channel.basic_consume(queue.name, consumer_tag='watcher',
                              on_cancel=cancelled.append, callback=print)
        connection.channel().queue_delete(queue.name)
        wait_until(lambda: cancelled, inbox.step, 'the cancel')
        equal(cancelled, ['watcher'], 'cancelled')


@suite.check('properties: all of them, and nested headers, come back as they were sent')
def properties(names):
    headers = {'text': 'Grüße', 'int': -70000, 'big': 2 ** 40, 'true': True, 'void': None,
               'float': 0.1, 'decimal': decimal.Decimal('3.14'),
               'array': [1, 'two', {'three': [3, None]}],
               'table': {'deep': {'deeper': ['end', {'n': 1}]}},
               'time': datetime.datetime(2020, 1, 2, 3, 4, 5)}
    sent = dict(content_type='text/plain', content_encoding='utf-8', delivery_mode=2, priority=7,
                correlation_id='c', reply_to='r', expiration='60000', message_id='m',
                timestamp=1234567890, type='t', app_id='a', cluster_id='k')
    with connect() as connection:
        sent['user_id'] = connection.userid
        channel = connection.channel()
        queue = kombu.Queue(names.queue())(channel)
        queue.declare()
        message = amqp.Message('body', application_headers=headers, **sent)
        channel.basic_publish(message, routing_key=queue.name)
        received = channel.basic_get(queue.name, no_ack=True)
        equal(received.headers, headers, 'headers')
        timestamp = received.properties.pop('timestamp')
        equal(timestamp, sent.pop('timestamp'), 'timestamp')
        equal({name: received.properties[name] for name in sent}, sent, 'properties')


@suite.check('sizes: a message of 16 MiB')
def largest(names):
    body = hashlib.shake_128(b'seed').digest(1 << 16) * (LARGEST >> 16)
    with connect() as connection:
        queue = kombu.Queue(names.queue())(connection.channel())
        queue.declare()
        connection.Producer().publish(body, routing_key=queue.name, serializer=None,
                                      content_type='application/octet-stream',
                                      content_encoding='binary')
        inbox = Inbox(connection, [queue], no_ack=True)
        received = inbox.wait_for(1).body
        equal(len(received), LARGEST, 'size')
        equal(bytes(received) == body, True, 'body is the same')


@suite.check('heartbeats: a client that checks them while idle lives on')
def heartbeats(names):
    with connect(heartbeat=4) as connection:
        queue = kombu.Queue(names.queue())(connection.channel())
        queue.declare()
        inbox = Inbox(connection, [queue], no_ack=True)
        deadline = time.monotonic() + 13
        while time.monotonic() < deadline:
            inbox.step(0.2)
            connection.heartbeat_check(rate=2)
        connection.Producer().publish('still here', routing_key=queue.name)
        equal(inbox.wait_for(1).payload, 'still here', 'payload')


@suite.check('channels: 1,000 on one connection, all of them at work')
def thousand_channels(names):
    with connect() as connection:
        channels = [connection.channel() for _ in range(1000)]
        name = names.queue()
        channels[0].queue_declare(name, auto_delete=False)
        for channel in channels:
            channel.basic_publish(amqp.Message(str(channel.channel_id)), routing_key=name)
        bodies = [int(channel.basic_get(name, no_ack=True).body) for channel in channels]
        equal(sorted(bodies), list(range(1, 1001)), 'bodies')


@suite.check('404, 406, 405 and 403: the exception of each code, and the exact text')
def refusals(names):
    name = names.queue()
    with connect() as connection, connect() as other:
        fresh = connection.channel
        expect_refused(amqp.NotFound, 404,
                       "NOT_FOUND - no queue '%s' in vhost '/'" % name,
                       fresh().queue_declare, name, passive=True)
        fresh().queue_declare(name, durable=True, auto_delete=False)
        expect_refused(amqp.PreconditionFailed, 406,
                       "PRECONDITION_FAILED - inequivalent arg 'durable' for queue '%s' in vhost "
                       "'/': received 'false' but current is 'true'" % name,
                       fresh().queue_declare, name, auto_delete=False)
        expect_refused(amqp.AccessRefused, 403,
                       "ACCESS_REFUSED - queue name 'amq.interop' contains reserved prefix "
                       "'amq.*'", fresh().queue_declare, 'amq.interop')
        owned = fresh().queue_declare('', exclusive=True).queue
        expect_refused(amqp.ResourceLocked, 405,
                       'RESOURCE_LOCKED - cannot obtain exclusive access to locked queue '
                       "'%s' in vhost '/'. It could be originally declared on another "
                       'connection or the exclusive property value does not match that of the '
                       'original declaration.' % owned,
                       other.channel().queue_declare, owned, passive=True)
        equal(connection.connected, True, 'connected')


@suite.check('403: a login with a wrong password')
def refused_login(_names):
    connection = connect()
    connection.password = 'wrong'
    try:
        connection.connect()
    except amqp.AccessRefused as error:
        equal(error.reply_code, 403, 'code')
    else:
        raise AssertionError('logged in with a wrong password')


if __name__ == '__main__':
    suite.run()
