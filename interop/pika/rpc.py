#!/usr/bin/python3
"""Remote procedure calls: direct reply-to, and a callback queue named by the server."""

import pika
from support import Inbox, connect, equal, expect_closed, suite

REPLY_TO = 'amq.rabbitmq.reply-to'


def serve(connection, queue, calls):
    """Answers `calls` requests with the square of the number in the body."""
    channel = connection.channel()
    channel.basic_qos(prefetch_count=1)
    inbox = Inbox(channel, queue)
    for call in range(calls):
        method, properties, body = inbox.wait_for(call + 1)
        channel.basic_publish('', properties.reply_to, str(int(body) ** 2),
                              pika.BasicProperties(correlation_id=properties.correlation_id))
        channel.basic_ack(method.delivery_tag)
    return inbox


@suite.check('RPC: direct reply-to brings each answer to the channel that asked')
def direct_reply_to(names):
    queue = names.queue('rpc')
    with connect() as client, connect() as server:
        server.channel().queue_declare(queue)
        channels = [client.channel(), client.channel()]
        answers = [Inbox(channel, REPLY_TO, auto_ack=True) for channel in channels]
        for number, channel in enumerate(channels):
            properties = pika.BasicProperties(reply_to=REPLY_TO, correlation_id='c%d' % number)
            channel.basic_publish('', queue, str(number + 7), properties)
        served = serve(server, queue, 2)
        addresses = {properties.reply_to for _, properties, _ in served.messages}
        equal(len(addresses), 2, 'number of reply addresses')
        equal({address.startswith(REPLY_TO + '.') for address in addresses}, {True}, 'addresses')
        for number, inbox in enumerate(answers):
            method, properties, body = inbox.wait_for(1)
            equal(body, b'%d' % (number + 7) ** 2, 'answer')
            equal(properties.correlation_id, 'c%d' % number, 'correlation id')
            equal(method.exchange, '', 'exchange')


@suite.check('RPC: a reply address exists only as long as the channel that asked')
def reply_address_lives(names):
    queue = names.queue('rpc')
    with connect() as client, connect() as server:
        responder = server.channel()
        responder.queue_declare(queue)
        asker = client.channel()
        Inbox(asker, REPLY_TO, auto_ack=True)
        asker.basic_publish('', queue, '1', pika.BasicProperties(reply_to=REPLY_TO))
        address = Inbox(responder, queue, auto_ack=True).wait_for(1)[1].reply_to
        declared = responder.queue_declare(address, passive=True).method
        equal((declared.message_count, declared.consumer_count), (0, 1), 'counts')
        asker.close()
        try:
            server.channel().queue_declare(address, passive=True)
        except pika.exceptions.ChannelClosedByBroker as closed:
            equal(closed.reply_code, 404, 'code')
        else:
            raise AssertionError('the reply address is still there')


@suite.check('RPC: direct reply-to is refused without its consumer, or with acks')
def reply_to_refusals(names):
    queue = names.queue('rpc')
    with connect() as connection:
        connection.channel().queue_declare(queue)
        expect_closed(406, 'PRECONDITION_FAILED - reply consumer cannot acknowledge',
                      Inbox, connection.channel(), REPLY_TO)
        asker = connection.channel()
        asker.basic_publish('', queue, '', pika.BasicProperties(reply_to=REPLY_TO))
        expect_closed(406, 'PRECONDITION_FAILED - fast reply consumer does not exist',
                      asker.queue_declare, queue, passive=True)


@suite.check('RPC: a server-named exclusive callback queue and correlation ids')
def callback_queue(names):
    queue = names.queue('rpc')
    with connect() as client, connect() as server:
        channel = client.channel()
        channel.queue_declare(queue)
        callback = channel.queue_declare('', exclusive=True).method.queue
        equal(callback.startswith('amq.gen-'), True, callback)
        answers = Inbox(channel, callback, auto_ack=True)
        for number in range(5):
            channel.basic_publish('', queue, str(number), pika.BasicProperties(
                reply_to=callback, correlation_id='call-%d' % number))
        serve(server, queue, 5)
        answers.wait_for(5)
        found = [(p.correlation_id, body) for _, p, body in answers.messages]
        equal(found, [('call-%d' % n, b'%d' % n ** 2) for n in range(5)], 'answers')


if __name__ == '__main__':
    suite.run()
