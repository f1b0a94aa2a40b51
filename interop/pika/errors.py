#!/usr/bin/python3
"""Refusals: the code and the text that RabbitMQ's users know, and a connection that lives on."""

import pika
from support import connect, declare_and_bind, equal, expect_closed, suite


def inequivalent(argument, kind, name, received, current):
    return ("PRECONDITION_FAILED - inequivalent arg '%s' for %s '%s' in vhost '/': received %s "
            'but current is %s' % (argument, kind, name, received, current))


@suite.check('404: a queue or an exchange that is not there')
def not_found(names):
    queue, exchange = names.queue(), names.exchange()
    with connect() as connection:
        no_queue = "NOT_FOUND - no queue '%s' in vhost '/'" % queue
        no_exchange = "NOT_FOUND - no exchange '%s' in vhost '/'" % exchange
        here = connection.channel().queue_declare('', exclusive=True).method.queue
        fresh = connection.channel
        expect_closed(404, no_queue, fresh().queue_declare, queue, passive=True)
        expect_closed(404, no_queue, fresh().basic_consume, queue, lambda *_: None)
        expect_closed(404, no_queue, fresh().basic_get, queue)
        expect_closed(404, no_queue, fresh().queue_purge, queue)
        expect_closed(404, no_queue, fresh().queue_bind, queue, 'amq.direct', 'k')
        expect_closed(404, no_exchange, fresh().exchange_declare, exchange, passive=True)
        expect_closed(404, no_exchange, fresh().queue_bind, here, exchange, 'k')
        channel = fresh()
        channel.basic_publish(exchange, 'k', 'lost')
        expect_closed(404, no_exchange, channel.queue_declare, here, passive=True)
        equal(connection.is_open, True, 'the connection is open')


@suite.check('404: a confirmed publish to an exchange that is not there')
def confirmed_publish(names):
    exchange = names.exchange()
    with connect() as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        expect_closed(404, "NOT_FOUND - no exchange '%s' in vhost '/'" % exchange,
                      channel.basic_publish, exchange, 'k', 'lost')


@suite.check('406: a queue declared again with other flags or arguments')
def queue_differs(names):
    queue = names.queue()
    with connect() as connection:
        fresh = connection.channel
        fresh().queue_declare(queue, durable=True, arguments={'x-max-length': 10})
        fresh().queue_declare(queue, durable=True, arguments={'x-max-length': 10})
        expect_closed(406, inequivalent('durable', 'queue', queue, "'false'", "'true'"),
                      fresh().queue_declare, queue, arguments={'x-max-length': 10})
        expect_closed(406, inequivalent('auto_delete', 'queue', queue, "'true'", "'false'"),
                      fresh().queue_declare, queue, durable=True, auto_delete=True,
                      arguments={'x-max-length': 10})
        expect_closed(406, inequivalent('x-max-length', 'queue', queue, "'20'", "'10'"),
                      fresh().queue_declare, queue, durable=True, arguments={'x-max-length': 20})
        expect_closed(406, inequivalent('x-max-length', 'queue', queue, 'none',
                                        "the value '10' of type 'signedint'"),
                      fresh().queue_declare, queue, durable=True)


@suite.check('406: an exchange declared again with another type or flag')
def exchange_differs(names):
    exchange = names.exchange()
    with connect() as connection:
        fresh = connection.channel
        fresh().exchange_declare(exchange, 'direct', durable=True)
        expect_closed(406, inequivalent('type', 'exchange', exchange, "'fanout'", "'direct'"),
                      fresh().exchange_declare, exchange, 'fanout', durable=True)
        expect_closed(406, inequivalent('durable', 'exchange', exchange, "'false'", "'true'"),
                      fresh().exchange_declare, exchange, 'direct')


@suite.check('406: deletes that ask for an unused or an empty one, unknown delivery tags')
def precondition_failed(names):
    queue, exchange = names.queue(), names.exchange()
    with connect() as connection:
        fresh = connection.channel
        channel = fresh()
        channel.queue_declare(queue)
        channel.basic_publish('', queue, 'x')
        expect_closed(406, "PRECONDITION_FAILED - queue '%s' in vhost '/' not empty" % queue,
                      channel.queue_delete, queue, if_empty=True)
        consumer = fresh()
        consumer.basic_consume(queue, lambda *_: None)
        expect_closed(406, "PRECONDITION_FAILED - queue '%s' in vhost '/' in use" % queue,
                      fresh().queue_delete, queue, if_unused=True)
        channel = fresh()
        channel.exchange_declare(exchange, 'direct')
        declare_and_bind(channel, exchange, 'k')
        expect_closed(406, "PRECONDITION_FAILED - exchange '%s' in vhost '/' in use" % exchange,
                      channel.exchange_delete, exchange, if_unused=True)
        channel = fresh()
        channel.basic_ack(42)
        expect_closed(406, 'PRECONDITION_FAILED - unknown delivery tag 42',
                      channel.queue_declare, queue, passive=True)


@suite.check('406: a message that claims another user')
def wrong_user(names):
    queue = names.queue()
    user = pika.URLParameters(suite.uri).credentials.username
    with connect() as connection:
        channel = connection.channel()
        channel.queue_declare(queue)
        channel.basic_publish('', queue, '', pika.BasicProperties(user_id='nobody'))
        expect_closed(406, "PRECONDITION_FAILED - user_id property set to 'nobody' but "
                      "authenticated user was '%s'" % user,
                      channel.queue_declare, queue, passive=True)


@suite.check('405: an exclusive queue belongs to its connection, and goes with it')
def exclusive_queue(names):
    queue = names.queue()
    locked = ("RESOURCE_LOCKED - cannot obtain exclusive access to locked queue '%s' in vhost "
              "'/'. It could be originally declared on another connection or the exclusive "
              'property value does not match that of the original declaration.' % queue)
    with connect() as other:
        with connect() as owner:
            owner.channel().queue_declare(queue, exclusive=True)
            expect_closed(405, locked, other.channel().queue_declare, queue, exclusive=True)
            expect_closed(405, locked, other.channel().queue_declare, queue, passive=True)
            expect_closed(405, locked, other.channel().basic_get, queue)
            expect_closed(405, locked, other.channel().queue_delete, queue)
        expect_closed(404, "NOT_FOUND - no queue '%s' in vhost '/'" % queue,
                      other.channel().queue_declare, queue, passive=True)


@suite.check('403: reserved names, system exchanges, the default exchange')
def access_refused(_names):
    with connect() as connection:
        fresh = connection.channel
        expect_closed(403, "ACCESS_REFUSED - queue name 'amq.interop' contains reserved prefix "
                      "'amq.*'", fresh().queue_declare, 'amq.interop')
        expect_closed(403, "ACCESS_REFUSED - exchange name 'amq.interop' contains reserved prefix "
                      "'amq.*'", fresh().exchange_declare, 'amq.interop')
        expect_closed(403, 'ACCESS_REFUSED - operation not permitted on the default exchange',
                      fresh().exchange_delete, '')
        queue = fresh().queue_declare('', exclusive=True).method.queue
        expect_closed(403, 'ACCESS_REFUSED - operation not permitted on the default exchange',
                      fresh().queue_bind, queue, '', 'k')
        fresh().exchange_declare('amq.topic', 'topic', durable=True)


@suite.check('a channel that was closed leaves the others alone')
def other_channels(names):
    queue = names.queue()
    with connect() as connection:
        bystander = connection.channel()
        bystander.queue_declare(queue)
        for _ in range(20):
            expect_closed(404, "NOT_FOUND - no queue '%s.not' in vhost '/'" % queue,
                          connection.channel().queue_declare, queue + '.not', passive=True)
            bystander.queue_declare(queue, passive=True)


if __name__ == '__main__':
    suite.run()
