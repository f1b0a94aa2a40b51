#!/usr/bin/python3
"""Sends the same traffic to a RabbitMQ and to Leveret and compares message_stats and their like.

    tests/admin/compare_statistics.py --rabbitmq URL --rabbitmq-port PORT

Leveret is at $LEVERET_URI, its management at $LEVERET_API; both have the same mode of rates.
Compared are members and values, and again when some of those that the traffic went through are
gone; of samples, how many there are, and their members. The last line is `N passed, M failed`.
"""

import argparse
import base64
import json
import os
import sys
import time
import urllib.parse
import urllib.request

import pika

# What may differ, and why.
ACCEPTED = {
    'recv_oct': 'what clients and brokers say to each other besides the traffic',
    'send_oct': 'likewise',
}
# What tells one connection, or node, from another.
NAMES = ('connection_name', 'name', 'node', 'peer_port')
# The members of an object that tell what has been counted.
COUNTED = ('message_stats', 'churn_rates', 'queue_totals', 'messages', 'messages_ready',
           'messages_unacknowledged', 'recv_oct', 'send_oct', 'deliveries', 'incoming',
           'outgoing', 'publishes', 'rates_mode', 'disable_stats')
AGES = '&'.join(f'{what}_age=20&{what}_incr=5' for what in ('lengths', 'msg_rates', 'data_rates'))
SECONDS = 30  # RabbitMQ's statistics are late


def work(port):
    """Some of everything that is counted. Returns the connection and the channels that `leave` is
    about."""
    connection = pika.BlockingConnection(pika.ConnectionParameters('127.0.0.1', port))
    publisher, confirming = connection.channel(), connection.channel()
    consumer, getter = connection.channel(), connection.channel()
    connection.channel()  # that does nothing
    for queue in ('idle', 'published', 'consumed', 'consumed', 'got', 'auto', 'gone'):
        publisher.queue_declare(queue, durable=True)
    publisher.queue_declare('got', passive=True)
    publisher.queue_delete('gone')
    publisher.exchange_declare('both', 'fanout')
    publisher.exchange_declare('unused', 'fanout')
    publisher.exchange_declare('nowhere', 'fanout')
    for queue in ('consumed', 'got'):
        publisher.queue_bind(queue, 'both')
    for _ in range(6):
        publisher.basic_publish('both', '', b'hello')
    for queue in ('published', 'published', 'auto'):
        publisher.basic_publish('', queue, b'hello')
    publisher.basic_publish('nowhere', '', b'hello')
    confirming.confirm_delivery()
    confirming.basic_publish('', 'published', b'hello')
    try:
        confirming.basic_publish('nowhere', '', b'hello', mandatory=True)
    except pika.exceptions.UnroutableError:
        pass
    get_some(getter)
    consume_some(connection, consumer)
    return connection, publisher, (confirming, getter)


def leave(_, publisher, channels):
    """A queue, an exchange and some channels go."""
    publisher.queue_delete('consumed')
    publisher.exchange_delete('both')
    for channel in channels:
        channel.close()


def get_some(channel):
    channel.basic_get('idle')
    channel.basic_get('got', auto_ack=True)
    channel.basic_ack(channel.basic_get('got')[0].delivery_tag)
    channel.basic_nack(channel.basic_get('got')[0].delivery_tag, requeue=True)
    channel.basic_get('got')
    channel.basic_reject(channel.basic_get('got')[0].delivery_tag, requeue=False)


def consume_some(connection, channel):
    deliveries = []
    channel.basic_qos(prefetch_count=3)
    channel.basic_consume('consumed', lambda *delivery: deliveries.append(delivery))
    channel.basic_consume('auto', lambda *_: None, auto_ack=True)
    end = time.monotonic() + 10
    while len(deliveries) < 3 and time.monotonic() < end:
        connection.process_data_events(0.1)
    channel.basic_ack(deliveries[1][1].delivery_tag, multiple=True)
    while len(deliveries) < 5 and time.monotonic() < end:
        connection.process_data_events(0.1)


class Management:
    """One broker's."""

    def __init__(self, url):
        self.url = url

    def get(self, path):
        request = urllib.request.Request(self.url + '/api' + path)
        request.add_header('Authorization', 'Basic ' + base64.b64encode(b'guest:guest').decode())
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def channel(self, number):
        names = [channel['name'] for channel in self.get('/channels')]
        name = next(name for name in names if name.endswith(f'({number})'))
        return '/channels/' + urllib.parse.quote(name, safe='')

    def settled(self):
        """What the slowest of its statistics say."""
        overview = self.get('/overview')
        return (overview['message_stats'].get('publish'), overview['message_stats'].get('ack'),
                overview['queue_totals'].get('messages_unacknowledged'),
                overview['churn_rates'].get('queue_declared'), len(self.get('/channels')))


def differences(theirs, ours, place):
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for name in sorted(theirs.keys() | ours.keys()):
            if place.endswith('.channel_details') and name in NAMES and name in theirs:
                theirs[name] = ours.get(name)
            plain = name.removesuffix('_details')
            if plain in ACCEPTED and (name not in ours or not name.endswith('_details')):
                continue
            if name not in ours or name not in theirs:
                yield f'{place}.{name}: only {"theirs" if name in theirs else "ours"}'
            elif name.endswith('_details') and name != 'channel_details':
                yield from detail_differences(theirs[name], ours[name], f'{place}.{name}')
            else:
                yield from differences(theirs[name], ours[name], f'{place}.{name}')
    elif isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        for pair in zip(sorted(theirs, key=whose), sorted(ours, key=whose)):
            yield from differences(*pair, place + '.' + str(whose(pair[0])))
    elif theirs != ours:
        yield f'{place}: {theirs}, here {ours}'


def whose(detail):
    """What tells one entry of a list from another; their order is any."""
    names = [detail.get(kind, {}).get('name', '') for kind in ('queue', 'exchange')]
    return names, detail.get('channel_details', {}).get('number', 0)


def detail_differences(theirs, ours, place):
    """Rates differ with the moment; what they are told with does not."""
    if theirs.keys() != ours.keys():
        yield f'{place}: {sorted(theirs)}, here {sorted(ours)}'
    elif 'samples' in theirs:
        shapes = [[sorted(sample) for sample in answer['samples']] for answer in (theirs, ours)]
        if shapes[0] != shapes[1]:
            yield f'{place}.samples: {shapes[0]}, here {shapes[1]}'
        elif ours['samples'][0]['timestamp'] - ours['samples'][1]['timestamp'] != 5000:
            yield f'{place}.samples: not five seconds apart'


def counted(answer):
    return {name: value for name, value in answer.items()
            if name.removesuffix('_details') in COUNTED}


def compare_some(rabbitmq, leveret):
    """What is left of what `work` has done, when `leave` has been."""
    for path in ('/queues/%2F/got', '/queues/%2F/published', '/exchanges/%2F/amq.default',
                 '/exchanges/%2F/nowhere', 1, 3):
        their_path, our_path = [broker.channel(path) if isinstance(path, int) else path
                                for broker in (rabbitmq, leveret)]
        theirs, ours = counted(rabbitmq.get(their_path)), counted(leveret.get(our_path))
        yield our_path + ' later', list(differences(theirs, ours, ''))


def compare_all(rabbitmq, leveret):
    """Yields a name and what differs there."""
    paths = [(path, path) for path in
             ['/overview', '/overview?' + AGES, '/vhosts/%2F', '/vhosts/%2F?' + AGES] +
             ['/queues/%2F/' + queue for queue in
              ('idle', 'published', 'consumed', 'got', 'auto', 'got?' + AGES)] +
             ['/exchanges/%2F/' + exchange for exchange in
              ('amq.default', 'amq.direct', 'both', 'unused', 'nowhere', 'both?' + AGES)]]
    paths += [(rabbitmq.channel(number), leveret.channel(number)) for number in range(1, 6)]
    for their_path, our_path in paths:
        theirs, ours = counted(rabbitmq.get(their_path)), counted(leveret.get(our_path))
        yield our_path, list(differences(theirs, ours, ''))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
    parser.add_argument('--rabbitmq', required=True)
    parser.add_argument('--rabbitmq-port', type=int, required=True)
    options = parser.parse_args()
    rabbitmq, leveret = Management(options.rabbitmq), Management(os.environ['LEVERET_API'])
    traffic = [work(options.rabbitmq_port),
               work(urllib.parse.urlsplit(os.environ['LEVERET_URI']).port)]
    end = time.monotonic() + SECONDS
    wanted = leveret.settled()
    while rabbitmq.settled() != wanted and time.monotonic() < end:
        time.sleep(1)
    time.sleep(6)  # the rest of them
    found = list(compare_all(rabbitmq, leveret))
    for one in traffic:
        leave(*one)
    time.sleep(12)  # two intervals of RabbitMQ's statistics
    found += compare_some(rabbitmq, leveret)
    for path, differing in found:
        for difference in differing:
            print(path, '-', difference)
    for connection, *_ in traffic:
        connection.close()
    failed = sum(bool(differing) for _, differing in found)
    print(f'{len(found) - failed} passed, {failed} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
