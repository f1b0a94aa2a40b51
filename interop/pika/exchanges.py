#!/usr/bin/python3
"""Routing: every exchange type, bindings between exchanges, alternate exchanges, CC and BCC."""

import pika
from support import connect, declare_and_bind, equal, get, suite


def drain(channel, queue):
    """The bodies of all messages of the queue, in order."""
    bodies = []
    body = get(channel, queue)
    while body is not None:
        bodies.append(body.decode())
        body = get(channel, queue)
    return bodies


@suite.check('publish/subscribe: a fanout exchange copies to every queue, whatever the key')
def fanout(names):
    exchange = names.exchange('logs')
    with connect() as connection:
        channel = connection.channel()
        channel.exchange_declare(exchange, 'fanout')
        queues = [declare_and_bind(channel, exchange, '') for _ in range(3)]
        channel.basic_publish(exchange, 'ignored', 'one')
        channel.basic_publish(exchange, '', 'two')
        for queue in queues:
            equal(drain(channel, queue), ['one', 'two'], queue)


@suite.check('routing: a direct exchange matches the key exactly, once per queue')
def direct(names):
    exchange = names.exchange('severities')
    with connect() as connection:
        channel = connection.channel()
        channel.exchange_declare(exchange, 'direct')
        errors = declare_and_bind(channel, exchange, 'error')
        everything = declare_and_bind(channel, exchange, 'info', 'warning', 'error')
        for severity in ('info', 'error', 'debug', 'Error', 'warning'):
            channel.basic_publish(exchange, severity, severity)
        equal(drain(channel, errors), ['error'], 'errors')
        equal(drain(channel, everything), ['info', 'error', 'warning'], 'everything')
        channel.queue_unbind(everything, exchange, 'info')
        channel.basic_publish(exchange, 'info', 'late')
        equal(drain(channel, everything), [], 'after the unbind')


@suite.check('topics: * is one word, # is any number of words')
def topic(names):
    exchange = names.exchange('animals')
    expected = {
        ('*.orange.*',): ['quick.orange.rabbit', 'lazy.orange.elephant'],
        ('*.*.rabbit', 'lazy.#'): ['quick.orange.rabbit', 'lazy.orange.elephant',
                                   'lazy.pink.rabbit', 'lazy', 'lazy.orange.new.rabbit'],
        ('#',): ['quick.orange.rabbit', 'lazy.orange.elephant', 'lazy.pink.rabbit',
                 'quick.brown.fox', 'lazy', 'lazy.orange.new.rabbit', ''],
        ('#.rabbit',): ['quick.orange.rabbit', 'lazy.pink.rabbit', 'lazy.orange.new.rabbit'],
        ('lazy.#.rabbit',): ['lazy.pink.rabbit', 'lazy.orange.new.rabbit'],
        ('*',): ['lazy'],  # An empty key is no word at all.
    }
    with connect() as connection:
        channel = connection.channel()
        channel.exchange_declare(exchange, 'topic', durable=True)
        queues = {keys: declare_and_bind(channel, exchange, *keys) for keys in expected}
        for key in expected[('#',)]:
            channel.basic_publish(exchange, key, key)
        for keys, bodies in expected.items():
            equal(drain(channel, queues[keys]), bodies, str(keys))


@suite.check('headers: x-match all, any, and a void value that asks for presence')
def headers(names):
    exchange = names.exchange('reports')
    with connect() as connection:
        channel = connection.channel()
        channel.exchange_declare(exchange, 'headers')
        pdf = {'format': 'pdf', 'pages': 3}
        both = declare_and_bind(channel, exchange, '', arguments={'x-match': 'all', **pdf})
        either = declare_and_bind(channel, exchange, '', arguments={'x-match': 'any', **pdf})
        present = declare_and_bind(channel, exchange, '', arguments={'format': None})
        for body, table in (('1', pdf), ('2', {'format': 'pdf'}), ('3', {'format': 'zip'}),
                            ('4', {'pages': 3, 'other': True}), ('5', {})):
            channel.basic_publish(exchange, '', body, pika.BasicProperties(headers=table))
        equal(drain(channel, both), ['1'], 'all')
        equal(drain(channel, either), ['1', '2', '4'], 'any')
        equal(drain(channel, present), ['1', '2', '3'], 'presence')


@suite.check('bindings between exchanges: a message reaches a queue once, even in a cycle')
def exchange_to_exchange(names):
    front, back = names.exchange('front'), names.exchange('back')
    with connect() as connection:
        channel = connection.channel()
        channel.exchange_declare(front, 'topic')
        channel.exchange_declare(back, 'fanout')
        channel.exchange_bind(destination=back, source=front, routing_key='a.#')
        channel.exchange_bind(destination=front, source=back)
        queue = declare_and_bind(channel, back, '')
        channel.queue_bind(queue, front, routing_key='a.b')
        channel.basic_publish(front, 'a.b', 'once')
        channel.basic_publish(front, 'b.a', 'never')
        equal(drain(channel, queue), ['once'], 'messages')
        channel.exchange_unbind(destination=back, source=front, routing_key='a.#')
        channel.basic_publish(front, 'a.c', 'unbound')
        equal(drain(channel, queue), [], 'after the unbind')


@suite.check('alternate exchange: what the first cannot route goes to the second')
def alternate(names):
    first, second = names.exchange('first'), names.exchange('second')
    with connect() as connection:
        channel = connection.channel()
        channel.exchange_declare(second, 'fanout')
        channel.exchange_declare(first, 'direct', arguments={'alternate-exchange': second})
        known = declare_and_bind(channel, first, 'known')
        rest = declare_and_bind(channel, second, '')
        channel.basic_publish(first, 'known', 'known')
        channel.basic_publish(first, 'unknown', 'unknown')
        equal(drain(channel, known), ['known'], 'routed')
        equal(drain(channel, rest), ['unknown'], 'unrouted')


@suite.check('CC and BCC: more routing keys; the receiver sees CC and never BCC')
def carbon_copies(_names):
    with connect() as connection:
        channel = connection.channel()
        to, copy, blind = (channel.queue_declare('', exclusive=True).method.queue
                           for _ in range(3))
        table = {'CC': [copy], 'BCC': [blind]}
        channel.basic_publish('', to, 'letter', pika.BasicProperties(headers=table))
        for queue in (to, copy, blind):
            _, properties, body = channel.basic_get(queue, auto_ack=True)
            equal((body, properties.headers), (b'letter', {'CC': [copy]}), queue)


@suite.check('an auto-delete exchange goes with its last binding')
def auto_delete(names):
    exchange = names.exchange()
    with connect() as connection:
        channel = connection.channel()
        channel.exchange_declare(exchange, 'direct', auto_delete=True)
        queue = declare_and_bind(channel, exchange, 'a', 'b')
        channel.queue_unbind(queue, exchange, 'a')
        channel.exchange_declare(exchange, passive=True)
        channel.queue_unbind(queue, exchange, 'b')
        try:
            channel.exchange_declare(exchange, passive=True)
        except pika.exceptions.ChannelClosedByBroker as closed:
            equal(closed.reply_code, 404, 'code')
        else:
            raise AssertionError('the exchange is still there')


@suite.check('the predeclared exchanges are there and route')
def predeclared(_names):
    with connect() as connection:
        channel = connection.channel()
        for exchange in ('amq.direct', 'amq.fanout', 'amq.topic'):
            queue = declare_and_bind(channel, exchange, 'interop.key')
            channel.basic_publish(exchange, 'interop.key', exchange)
            equal(drain(channel, queue), [exchange], exchange)
        for exchange in ('amq.headers', 'amq.match'):
            table = {'interop': exchange}
            queue = declare_and_bind(channel, exchange, '', arguments=table)
            channel.basic_publish(exchange, '', exchange, pika.BasicProperties(headers=table))
            equal(drain(channel, queue), [exchange], exchange)


if __name__ == '__main__':
    suite.run()
