#!/usr/bin/python3
"""Transactions: publishes and acks that take effect at the commit, or never."""

from support import Inbox, connect, equal, expect_closed, get, suite


def ready(connection, queue):
    return connection.channel().queue_declare(queue, passive=True).method.message_count


@suite.check('transactions: publishes are seen after the commit, and only then')
def commit(names):
    queue = names.queue()
    with connect() as connection:
        channel = connection.channel()
        channel.queue_declare(queue)
        channel.tx_select()
        for number in range(3):
            channel.basic_publish('', queue, str(number))
        equal(ready(connection, queue), 0, 'ready before the commit')
        channel.tx_commit()
        equal(ready(connection, queue), 3, 'ready after the commit')
        equal([get(channel, queue) for _ in range(3)], [b'0', b'1', b'2'], 'bodies')


@suite.check('transactions: a rollback forgets the publishes')
def rollback(names):
    queue = names.queue()
    with connect() as connection:
        channel = connection.channel()
        channel.queue_declare(queue)
        channel.tx_select()
        channel.basic_publish('', queue, 'forgotten')
        channel.tx_rollback()
        channel.basic_publish('', queue, 'kept')
        channel.tx_commit()
        equal(get(channel, queue), b'kept', 'body')
        equal(ready(connection, queue), 0, 'ready')


@suite.check('transactions: acks count at the commit; after a rollback they can be given again')
def acks(names):
    queue = names.queue()
    with connect() as connection:
        channel = connection.channel()
        channel.queue_declare(queue)
        channel.basic_publish('', queue, 'first')
        channel.basic_publish('', queue, 'second')
        channel.tx_select()
        inbox = Inbox(channel, queue)
        inbox.wait_for(2)
        inbox.ack(1, multiple=True)
        channel.tx_rollback()
        inbox.ack(0)
        channel.tx_commit()
        channel.close()
        equal(get(connection.channel(), queue), b'second', 'left after the close')
        equal(ready(connection, queue), 0, 'ready')


@suite.check('transactions: confirms and transactions exclude each other')
def exclusion(_names):
    with connect() as connection:
        channel = connection.channel()
        channel.tx_select()
        expect_closed(406, 'PRECONDITION_FAILED - cannot switch from tx to confirm mode',
                      channel.confirm_delivery)
        channel = connection.channel()
        channel.confirm_delivery()
        expect_closed(406, 'PRECONDITION_FAILED - cannot switch from confirm to tx mode',
                      channel.tx_select)
        expect_closed(406, 'PRECONDITION_FAILED - channel is not transactional',
                      connection.channel().tx_commit)


if __name__ == '__main__':
    suite.run()
