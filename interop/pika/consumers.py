#!/usr/bin/python3
"""Consumers: cancel, cancel notify, nack and reject, recover, get, priority, exclusivity."""

from support import Inbox, connect, equal, expect_closed, get, suite, wait_until


def filled_queue(connection, queue, count):
    """A channel whose queue holds the messages 0 to count - 1."""
    channel = connection.channel()
    channel.queue_declare(queue)
    for number in range(count):
        channel.basic_publish('', queue, str(number))
    return channel


@suite.check('cancel: a cancelled consumer gets nothing more, and what it holds can be acked')
def cancel(names):
    queue = names.queue()
    with connect() as connection:
        channel = filled_queue(connection, queue, 1)
        inbox = Inbox(channel, queue)
        inbox.wait_for(1)
        channel.basic_cancel(inbox.tag)
        channel.basic_publish('', queue, 'late')
        inbox.idle()
        equal(inbox.bodies(), [b'0'], 'deliveries')
        inbox.ack(0)
        equal(channel.queue_declare(queue, passive=True).method.consumer_count, 0, 'consumers')
        equal(get(channel, queue), b'late', 'left')


@suite.check('cancel notify: the delete of its queue tells the consumer')
def cancel_notify(names):
    queue = names.queue()
    cancelled = []
    with connect() as connection:
        channel = filled_queue(connection, queue, 0)
        channel.add_on_cancel_callback(lambda frame: cancelled.append(frame.method.consumer_tag))
        inbox = Inbox(channel, queue, consumer_tag='watcher')
        connection.channel().queue_delete(queue)
        wait_until(lambda: cancelled, inbox.step, 'the cancel')
        equal(cancelled, ['watcher'], 'cancelled')
        channel.queue_declare(queue)


@suite.check('nack: requeued messages come back redelivered, at their old place')
def nack_requeue(names):
    queue = names.queue()
    with connect() as connection:
        channel = filled_queue(connection, queue, 4)
        inbox = Inbox(channel, queue)
        inbox.wait_for(4)
        channel.basic_cancel(inbox.tag)
        tags = [method.delivery_tag for method, _, _ in inbox.messages]
        channel.basic_nack(tags[1], requeue=True)
        channel.basic_nack(tags[0], requeue=True)
        channel.basic_nack(tags[3], multiple=True, requeue=True)
        again = Inbox(channel, queue)
        again.wait_for(4)
        equal(again.bodies(), [b'0', b'1', b'2', b'3'], 'order')
        equal({method.redelivered for method, _, _ in again.messages}, {True}, 'redelivered')


@suite.check('reject: without requeue a message is gone, with requeue it is back')
def reject(names):
    queue = names.queue()
    with connect() as connection:
        channel = filled_queue(connection, queue, 2)
        first, _, _ = channel.basic_get(queue)
        second, _, _ = channel.basic_get(queue)
        channel.basic_reject(first.delivery_tag, requeue=False)
        channel.basic_reject(second.delivery_tag, requeue=True)
        method, _, body = channel.basic_get(queue, auto_ack=True)
        equal((body, method.redelivered, method.message_count), (b'1', True, 0), 'message')
        equal(get(channel, queue), None, 'rest')


@suite.check('get: one message and the count of those left, or nothing')
def basic_get(names):
    queue = names.queue()
    with connect() as connection:
        channel = filled_queue(connection, queue, 3)
        method, _, body = channel.basic_get(queue)
        equal((body, method.message_count, method.redelivered), (b'0', 2, False), 'message')
        equal((method.exchange, method.routing_key), ('', queue), 'address')
        equal(channel.queue_purge(queue).method.message_count, 2, 'purged')
        equal(get(channel, queue), None, 'empty')
        channel.basic_ack(method.delivery_tag)
        equal(channel.queue_delete(queue).method.message_count, 0, 'deleted with')


@suite.check('recover: unacknowledged messages are sent again, redelivered')
def recover(names):
    queue = names.queue()
    with connect() as connection:
        channel = filled_queue(connection, queue, 2)
        inbox = Inbox(channel, queue)
        inbox.wait_for(2)
        channel.basic_recover(requeue=True)
        inbox.wait_for(4)
        equal(inbox.bodies(), [b'0', b'1', b'0', b'1'], 'deliveries')
        equal([method.redelivered for method, _, _ in inbox.messages],
              [False, False, True, True], 'redelivered')


@suite.check('priority: the consumer of the higher x-priority is served while it has room')
def priority(names):
    queue = names.queue()
    with connect() as connection:
        low_channel = filled_queue(connection, queue, 0)
        low = Inbox(low_channel, queue)
        high_channel = connection.channel()
        high_channel.basic_qos(prefetch_count=3)
        high = Inbox(high_channel, queue, arguments={'x-priority': 5})
        for number in range(5):
            low_channel.basic_publish('', queue, str(number))
        high.wait_for(3)
        low.wait_for(2)
        equal((high.bodies(), low.bodies()), ([b'0', b'1', b'2'], [b'3', b'4']), 'shares')


@suite.check('exclusive consumer: a second one is refused with 403, until the first goes')
def exclusive(names):
    queue = names.queue()
    with connect() as connection:
        channel = filled_queue(connection, queue, 0)
        only = Inbox(channel, queue, exclusive=True)
        expect_closed(403, "ACCESS_REFUSED - queue '%s' in vhost '/' in exclusive use" % queue,
                      Inbox, connection.channel(), queue)
        channel.basic_cancel(only.tag)
        Inbox(connection.channel(), queue)


@suite.check('an auto-delete queue goes with its last consumer')
def auto_delete(names):
    queue = names.queue()
    with connect() as connection:
        channel = connection.channel()
        channel.queue_declare(queue, auto_delete=True)
        inboxes = [Inbox(channel, queue), Inbox(channel, queue)]
        channel.basic_cancel(inboxes[0].tag)
        channel.queue_declare(queue, passive=True)
        channel.basic_cancel(inboxes[1].tag)
        expect_closed(404, "NOT_FOUND - no queue '%s' in vhost '/'" % queue,
                      channel.queue_declare, queue, passive=True)


if __name__ == '__main__':
    suite.run()
