#!/usr/bin/python3
"""Heartbeats: the server's, and the client's that must not fail to come."""

import time

import pika
from support import Inbox, connect, equal, suite, wait_until


@suite.check('heartbeats: an idle client hears the server, and lives on')
def idle(_names):
    with connect(heartbeat=2) as connection:
        channel = connection.channel()
        queue = channel.queue_declare('', exclusive=True).method.queue
        inbox = Inbox(channel, queue, auto_ack=True)
        heard = connection._impl.bytes_received
        began = time.monotonic()
        inbox.idle(9)
        heartbeats = (connection._impl.bytes_received - heard) // 8
        most = time.monotonic() - began + 3
        equal(3 <= heartbeats <= most, True, '%d heartbeats heard is in order' % heartbeats)
        channel.basic_publish('', queue, 'still here')
        equal(inbox.wait_for(1)[2], b'still here', 'body')


def look_for(channel, queue, found):
    """Adds body and redelivered of the queue's next message, if there is one after a while."""
    time.sleep(0.2)
    method, _, body = channel.basic_get(queue, auto_ack=True)
    if method:
        found.append((body, method.redelivered))


@suite.check('heartbeats: a client that falls silent is cut off, and its job goes on')
def silent(names):
    queue = names.queue()
    with connect() as connection:
        channel = connection.channel()
        channel.queue_declare(queue)
        channel.basic_publish('', queue, 'job')
        doomed = connect(heartbeat=2)
        Inbox(doomed.channel(), queue).wait_for(1)
        found = []
        wait_until(lambda: found, lambda: look_for(channel, queue, found), 'the requeued job')
        equal(found, [(b'job', True)], 'requeued job')
        try:
            doomed.channel()
        except pika.exceptions.AMQPConnectionError:
            return
        raise AssertionError('the silent connection is still there')


if __name__ == '__main__':
    suite.run()
