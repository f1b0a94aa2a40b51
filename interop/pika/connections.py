#!/usr/bin/python3
"""Connections: the handshake, many channels, logins that fail."""

import pika
from support import connect, equal, get, suite, uri_from_arguments

CAPABILITIES = ('publisher_confirms', 'exchange_exchange_bindings', 'basic.nack',
                'consumer_cancel_notify', 'connection.blocked', 'consumer_priorities',
                'authentication_failure_close', 'per_consumer_qos', 'direct_reply_to')


@suite.check('handshake: the capabilities of RabbitMQ, and its limits')
def handshake(_names):
    with connect() as connection:
        properties = connection._impl.server_properties
        equal({name: properties['capabilities'].get(name) for name in CAPABILITIES},
              dict.fromkeys(CAPABILITIES, True), 'capabilities')
        equal(properties['product'], 'RabbitMQ', 'product')
        parameters = connection._impl.params
        tuned = (parameters.channel_max, parameters.frame_max, parameters.heartbeat)
        equal(tuned, (2047, 131072, 60), 'tune')


@suite.check('channels: 1,000 on one connection, all of them at work')
def thousand_channels(names):
    queue = names.queue()
    with connect() as connection:
        channels = [connection.channel() for _ in range(1000)]
        equal(len({channel.channel_number for channel in channels}), 1000, 'numbers')
        channels[0].queue_declare(queue)
        for number, channel in enumerate(channels):
            channel.basic_publish('', queue, str(number))
        for channel in channels:
            channel.queue_declare(queue, passive=True)
        equal(sorted(int(get(channel, queue)) for channel in channels), list(range(1000)))
        for channel in channels[1:]:
            channel.close()
        equal(channels[0].queue_declare(queue, passive=True).method.message_count, 0, 'left')


@suite.check('channels: the number of a closed channel can be used again')
def channel_reuse(_names):
    with connect() as connection:
        for _ in range(200):
            channel = connection.channel(7)
            queue = channel.queue_declare('', exclusive=True).method.queue
            channel.basic_publish('', queue, 'x')
            equal(get(channel, queue), b'x', 'body')
            channel.close()


@suite.check('login: a wrong password is refused with 403, a wrong virtual host with 530')
def refused_logins(_names):
    user = pika.URLParameters(uri_from_arguments()).credentials.username
    try:
        connect(credentials=pika.PlainCredentials(user, 'wrong'))
    except pika.exceptions.ProbableAuthenticationError as error:
        equal('(403)' in str(error) and 'mechanism PLAIN' in str(error), True, str(error))
    else:
        raise AssertionError('logged in with a wrong password')
    try:
        connect(virtual_host='interop-nowhere')
    except pika.exceptions.ProbableAccessDeniedError as error:
        text = "ConnectionClosedByBroker: (530) 'NOT_ALLOWED - vhost interop-nowhere not found'"
        equal(str(error), text, 'close')
    else:
        raise AssertionError('opened a virtual host that does not exist')


if __name__ == '__main__':
    suite.run()
