#!/usr/bin/python3
"""Sends the same traffic to a RabbitMQ and to Leveret and compares their metrics.

    tests/admin/compare_metrics.py --rabbitmq URL --rabbitmq-port PORT

URL is where RabbitMQ's metrics are, PORT that of its AMQP; Leveret is at $LEVERET_METRICS and
$LEVERET_URI. Compared are the names, types and labels of all metrics, at each of the three paths,
and the values of those that the traffic determines. What may differ, and why, is in LEFT_OUT and
OTHER_LABELS. RabbitMQ counts messages to a queue that is not there ("nowhere"). The last line is `N passed, M failed`.
"""

import argparse
import os
import re
import signal
import sys
import time

import pika

import metrics

WAIT_SECONDS = 20  # RabbitMQ gathers what is per object every five
GATHERED = {'channel_messages_published_total': 7, 'queue_messages_unacked': 1,
            'queue_consumers': 1, 'connection_channels': 1, 'channel_messages_unacked': 1}
NAME = 'metrics-classic'

# What has no name of RabbitMQ's own, and what promtool refuses: the end of its name is kept for
# histograms.
LEFT_OUT = re.compile(r'(erlang|telemetry)_.*|rabbitmq_unreachable_cluster_peers_count')
# Labels that RabbitMQ has and Leveret has not, or the other way round.
OTHER_LABELS = [
    (r'identity_info', set(), {'rabbitmq_endpoint'}, 'since RabbitMQ 4.1'),
    (r'build_info', set(), {'product_name', 'product_version'}, 'as RabbitMQ has for a product'),
]
# What RabbitMQ 3.10 adds up and then does not tell, at /metrics.
NOT_ADDED_UP = ('rabbitmq_queue_consumer_capacity', 'rabbitmq_queue_messages_persistent_bytes')
# What the traffic determines, at /metrics.
DETERMINED = re.compile(
    r'rabbitmq_(global_.*|queues_.*_total|channels_opened_total|connections|channels|consumers|'
    r'queues|queue_messages|queue_messages_(ready|unacked|published_total)|queue_consumers|'
    r'queue_messages(_ready|_unacked|_persistent)?_bytes|queue_messages_persistent|'
    r'channel_consumers|channel_messages_.*|channel_get_.*|'
    r'consumer_prefetch|channel_prefetch|connection_channels|alarms_.*)\Z')
# What it determines of the channel with each exchange and queue, at /metrics/per-object.
PAIRS = re.compile(r'rabbitmq_(channel_messages_(published|confirmed|unroutable_.*)_total|'
                   r'channel_(get|messages_(delivered|redelivered|acked)).*|'
                   r'queue_messages_published_total)\Z')
# Of them, those whose meaning differs.
OTHER_VALUES = {
    'rabbitmq_queue_messages_published_total': 'RabbitMQ counts what went to no queue as well',
}


def plain(name):
    """Without the prefix."""
    return re.sub(r'\Arabbitmq_(detailed_)?', '', name)


def accepted(name):
    return LEFT_OUT.fullmatch(name)


def expected_labels(name, theirs):
    """The sets of labels that ours should have."""
    for pattern, without, besides, _ in OTHER_LABELS:
        if re.fullmatch(pattern, plain(name)):
            return {frozenset(labels - without | besides) for labels in theirs}
    return theirs


def compare(theirs, ours, where, failures):
    """Names, types and labels of what RabbitMQ has."""
    for name, kind in theirs.types.items():
        if accepted(name):
            failures.check(name not in ours.types, f'{where} {name} is there, but accepted not to')
            continue
        failures.equal(ours.types.get(name), kind, f'{where} type of {name}')
        their_labels, our_labels = theirs.labels(name), ours.labels(name)
        if their_labels and our_labels:
            failures.equal(our_labels, expected_labels(name, their_labels),
                           f'{where} labels of {name}')
        elif where != '/metrics' or name not in NOT_ADDED_UP:
            failures.equal(bool(our_labels), bool(their_labels), f'{where} samples of {name}')


def compare_values(theirs, ours, failures):
    for name, samples in theirs.samples.items():
        if not DETERMINED.match(name) or accepted(name) or name in OTHER_VALUES:
            continue
        for labels, value in samples.items():
            failures.equal(ours.samples.get(name, {}).get(labels), value, f'{name}{dict(labels)}')


def compare_pairs(theirs, ours, failures):
    """There is one channel, whose name is another."""
    for name in filter(PAIRS.match, theirs.types):
        samples = []
        for broker in (theirs, ours):
            unnamed = [(frozenset(label for label in labels if label[0] != 'channel'), value)
                       for labels, value in broker.samples[name].items()]
            samples.append({labels: value for labels, value in unnamed
                            if ('queue', 'nowhere') not in labels})
        failures.equal(samples[1], samples[0], 'per object ' + name)


def read(path, url):
    status, _, text = metrics.fetch(path, url=url)
    assert status == 200, f'{url}{path}: {status}'
    return metrics.Metrics(text)


def run(parameters):
    """A client with known traffic behind it."""
    connection = pika.BlockingConnection(parameters)
    metrics.work(connection.channel(), NAME)
    return connection


def wait_for_figures(connections, url):
    """Until RabbitMQ has gathered those of all objects; the connections stay alive."""
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        found = read('/metrics', url)
        if all(found.value('rabbitmq_' + name) == value for name, value in GATHERED.items()):
            return found
        assert time.monotonic() < deadline, 'RabbitMQ has not gathered its figures'
        for connection in connections:
            connection.process_data_events(0.2)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
    parser.add_argument('--rabbitmq', required=True)
    parser.add_argument('--rabbitmq-port', required=True, type=int)
    options = parser.parse_args()
    signal.alarm(120)  # nothing here takes as long
    failures = metrics.Failures()
    url = os.environ['LEVERET_METRICS']
    connections = [
        run(pika.ConnectionParameters('127.0.0.1', options.rabbitmq_port)),
        run(pika.URLParameters(os.environ['LEVERET_URI'])),
    ]
    theirs, ours = wait_for_figures(connections, options.rabbitmq), read('/metrics', url)
    compare(theirs, ours, '/metrics', failures)
    compare_values(theirs, ours, failures)
    detailed = '/metrics/detailed?' + '&'.join('family=' + f for f in metrics.FAMILIES)
    compare_pairs(*[read('/metrics/per-object', each) for each in (options.rabbitmq, url)],
                  failures)
    for path in ('/metrics/per-object', detailed, '/metrics/detailed'):
        compare(read(path, options.rabbitmq), read(path, url), path.split('?')[0], failures)
    for connection in connections:
        connection.close()
    print(f'{failures.passed} passed, {failures.failed} failed')
    return 1 if failures.failed else 0


if __name__ == '__main__':
    sys.exit(main())
