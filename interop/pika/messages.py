#!/usr/bin/python3
"""Messages arrive as they were sent: every property, every table type, every size."""

import datetime
import decimal
import hashlib

import pika
from support import connect, equal, suite

LARGEST = 16777216  # 16 MiB

HEADERS = {
    'text': 'Grüße',
    'empty': '',
    'true': True,
    'false': False,
    'void': None,
    'byte': 7,
    'negative': -70000,
    'long': 2 ** 40,
    'bytes': bytes(range(256)),
    'decimal': decimal.Decimal('-3.14'),
    'time': datetime.datetime(2001, 2, 3, 4, 5, 6),
    'array': [1, 'two', [3, {'four': 4}], None, True],
    'table': {'deep': {'deeper': {'deepest': [{'end': 'here'}]}}, 'n': 1},
}


def round_trip(channel, queue, body, properties):
    channel.basic_publish('', queue, body, properties)
    _, received, returned = channel.basic_get(queue, auto_ack=True)
    equal(len(returned), len(body), 'length')
    equal(hashlib.sha256(returned).digest(), hashlib.sha256(body).digest(), 'digest')
    return received


@suite.check('properties: all fourteen come back as they were sent')
def properties(names):
    sent = pika.BasicProperties(
        content_type='application/json', content_encoding='gzip', headers={'a': 1},
        delivery_mode=2, priority=9, correlation_id='c-1', reply_to='somebody',
        expiration='60000', message_id='m-1', timestamp=1234567890, type='order',
        user_id=pika.URLParameters(suite.uri).credentials.username, app_id='interop',
        cluster_id='cluster')
    with connect() as connection:
        channel = connection.channel()
        queue = names.queue()
        channel.queue_declare(queue)
        equal(round_trip(channel, queue, b'{}', sent), sent, 'properties')


@suite.check('properties: each of them alone, and none at all')
def single_properties(names):
    values = {'content_type': 'x', 'content_encoding': 'x', 'headers': {}, 'delivery_mode': 1,
              'priority': 0, 'correlation_id': 'x', 'reply_to': 'x', 'expiration': '99999',
              'message_id': 'x' * 255, 'timestamp': 2 ** 40, 'type': 'x', 'app_id': '',
              'cluster_id': 'x'}
    with connect() as connection:
        channel = connection.channel()
        queue = names.queue()
        channel.queue_declare(queue)
        for name, value in values.items():
            sent = pika.BasicProperties(**{name: value})
            equal(round_trip(channel, queue, b'body', sent), sent, name)
        nothing = pika.BasicProperties()
        equal(round_trip(channel, queue, b'', nothing), nothing, 'no properties')


@suite.check('headers: every type of value, nested in tables and arrays')
def headers(names):
    with connect() as connection:
        channel = connection.channel()
        queue = names.queue()
        channel.queue_declare(queue)
        sent = pika.BasicProperties(headers=HEADERS)
        received = round_trip(channel, queue, b'', sent).headers
        for key, value in HEADERS.items():
            if isinstance(value, bytes):
                equal(bytes(received[key]), value, key)
            else:
                equal(received[key], value, key)
                equal(isinstance(received[key], type(value)), True, 'type of ' + key)
        equal(set(received), set(HEADERS), 'keys')


@suite.check('sizes: bodies around the frame size, and of every byte value')
def sizes(names):
    frame = 131072 - 8
    with connect() as connection:
        channel = connection.channel()
        queue = names.queue()
        channel.queue_declare(queue)
        for size in (0, 1, 2, frame - 1, frame, frame + 1, 2 * frame, 2 * frame + 1, 1000000):
            body = (bytes(range(256)) * (size // 256 + 1))[:size]
            round_trip(channel, queue, body, None)


@suite.check('sizes: a small negotiated frame size cuts bodies and changes nothing else')
def small_frames(names):
    with connect(frame_max=8192) as connection:
        channel = connection.channel()
        queue = names.queue()
        channel.queue_declare(queue)
        round_trip(channel, queue, bytes(range(256)) * 1000, None)


@suite.check('sizes: a message of 16 MiB')
def largest(names):
    with connect() as connection:
        channel = connection.channel()
        queue = names.queue()
        channel.queue_declare(queue)
        body = hashlib.shake_128(b'seed').digest(1 << 16) * (LARGEST >> 16)
        equal(len(body), LARGEST, 'size')
        channel.confirm_delivery()
        round_trip(channel, queue, body, pika.BasicProperties(delivery_mode=2))


if __name__ == '__main__':
    suite.run()
