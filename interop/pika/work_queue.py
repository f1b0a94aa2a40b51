#!/usr/bin/python3
"""A work queue shared by several workers: fair dispatch, prefetch, and workers that die."""

import json

import pika
from support import Inbox, connect, equal, get, suite


@suite.check('work queue: a job goes from producer to consumer as JSON, persistent')
def hello(names):
    queue = names.queue()
    with connect() as connection:
        channel = connection.channel()
        channel.queue_declare(queue, durable=True)
        channel.basic_publish('', queue, json.dumps({'job': 1}),
                              pika.BasicProperties(delivery_mode=2))
    with connect() as connection:
        channel = connection.channel()
        declared = channel.queue_declare(queue, durable=True)
        equal(declared.method.message_count, 1, 'message count')
        channel.basic_qos(prefetch_count=1)
        inbox = Inbox(channel, queue)
        method, properties, body = inbox.wait_for(1)
        equal(json.loads(body), {'job': 1}, 'body')
        equal(properties.delivery_mode, 2, 'delivery mode')
        equal((method.exchange, method.routing_key, method.redelivered), ('', queue, False))
        inbox.ack(0)


@suite.check('work queue: with prefetch 1 a fast worker takes what a slow one leaves')
def fair_dispatch(names):
    queue = names.queue()
    with connect() as slow_side, connect() as fast_side:
        producer = slow_side.channel()
        producer.queue_declare(queue, durable=True)
        slow, fast = (worker(side, queue) for side in (slow_side, fast_side))
        for number in range(10):
            producer.basic_publish('', queue, str(number))
        slow.wait_for(1)
        for done in range(9):
            fast.wait_for(done + 1)
            fast.ack(done)
        slow.idle()
        equal(len(slow.messages), 1, 'jobs of the slow worker')
        equal(sorted(slow.bodies() + fast.bodies()), [b'%d' % n for n in range(10)], 'jobs')
        slow.ack(0)
        slow_side.channel().queue_delete(queue, if_empty=True)


def worker(connection, queue):
    channel = connection.channel()
    channel.basic_qos(prefetch_count=1)
    return Inbox(channel, queue)


@suite.check('work queue: idle workers take turns')
def round_robin(names):
    queue = names.queue()
    with connect() as connection:
        channel = connection.channel()
        channel.queue_declare(queue)
        first = Inbox(channel, queue, auto_ack=True)
        second = Inbox(channel, queue, auto_ack=True)
        for number in range(10):
            channel.basic_publish('', queue, str(number))
        first.wait_for(5)
        second.wait_for(5)
        turns = {tuple(first.bodies()), tuple(second.bodies())}
        equal(turns, {(b'0', b'2', b'4', b'6', b'8'), (b'1', b'3', b'5', b'7', b'9')}, 'turns')


@suite.check('work queue: the prefetch window moves on with a multiple ack')
def prefetch_window(names):
    queue = names.queue()
    with connect() as connection:
        channel = connection.channel()
        channel.queue_declare(queue)
        for number in range(5):
            channel.basic_publish('', queue, str(number))
        channel.basic_qos(prefetch_count=2)
        inbox = Inbox(channel, queue)
        inbox.wait_for(2)
        inbox.idle()
        inbox.wait_for(2)
        inbox.ack(1, multiple=True)
        inbox.wait_for(4)
        inbox.ack(2)
        inbox.wait_for(5)
        equal(inbox.bodies(), [b'0', b'1', b'2', b'3', b'4'], 'order')


@suite.check('work queue: a global prefetch is shared by the consumers of a channel')
def global_prefetch(names):
    queue = names.queue()
    with connect() as connection:
        channel = connection.channel()
        channel.queue_declare(queue)
        channel.basic_qos(prefetch_count=3, global_qos=True)
        first = Inbox(channel, queue)
        second = Inbox(channel, queue)
        for number in range(6):
            channel.basic_publish('', queue, str(number))
        first.idle(0.5)
        equal(len(first.messages) + len(second.messages), 3, 'deliveries')


@suite.check('work queue: the job of a worker that died goes to another, redelivered')
def worker_dies(names):
    queue = names.queue()
    with connect() as connection:
        channel = connection.channel()
        channel.queue_declare(queue, durable=True)
        for number in range(3):
            channel.basic_publish('', queue, str(number))
        with connect() as doomed:
            Inbox(doomed.channel(), queue).wait_for(3)
        inbox = Inbox(channel, queue)
        inbox.wait_for(3)
        equal(inbox.bodies(), [b'0', b'1', b'2'], 'order')
        equal([method.redelivered for method, _, _ in inbox.messages], [True] * 3, 'redelivered')
        inbox.ack(2, multiple=True)
        channel.basic_cancel(inbox.tag)
        equal(get(channel, queue), None, 'rest')


@suite.check('work queue: 5,000 jobs arrive complete and in order')
def many_jobs(names):
    queue = names.queue()
    with connect() as connection:
        channel = connection.channel()
        channel.queue_declare(queue)
        for number in range(5000):
            channel.basic_publish('', queue, b'%d' % number)
        channel.basic_qos(prefetch_count=100)
        bodies = []
        for method, _, body in channel.consume(queue, inactivity_timeout=30):
            bodies.append(body)
            channel.basic_ack(method.delivery_tag)
            if len(bodies) == 5000:
                break
        channel.cancel()
        equal(bodies, [b'%d' % number for number in range(5000)], 'bodies')


if __name__ == '__main__':
    suite.run()
