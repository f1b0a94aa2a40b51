#!/usr/bin/python3
"""Asks the broker for its metrics, as Prometheus does, while clients work with it.

    tools/with-broker build/leveret LOG tests/admin/metrics.py

The broker is at $LEVERET_URI, its metrics at $LEVERET_METRICS. Checked are the names, types and
labels that the official dashboard RabbitMQ-Overview asks for, the values after known traffic, and
the format: by promtool, if it is on this machine (./dev deps gets it). The last line is
`N passed, M failed`.
"""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request

import pika

# What the dashboard RabbitMQ-Overview queries. It joins each with rabbitmq_identity_info by the
# labels that Prometheus adds, so that there must be one of that, and takes sums over all labels but
# those below. Counters it puts through rate(), or irate(), or increase().
GAUGES = '''rabbitmq_channels rabbitmq_connections rabbitmq_disk_space_available_bytes
    rabbitmq_disk_space_available_limit_bytes rabbitmq_erlang_uptime_seconds
    rabbitmq_global_consumers rabbitmq_global_publishers rabbitmq_process_max_fds
    rabbitmq_process_open_fds rabbitmq_process_resident_memory_bytes
    rabbitmq_queue_messages_ready rabbitmq_queue_messages_unacked rabbitmq_queues
    rabbitmq_resident_memory_limit_bytes'''.split()
COUNTERS = '''rabbitmq_channels_closed_total rabbitmq_channels_opened_total
    rabbitmq_connections_closed_total rabbitmq_connections_opened_total
    rabbitmq_global_messages_acknowledged_total rabbitmq_global_messages_confirmed_total
    rabbitmq_global_messages_delivered_consume_auto_ack_total
    rabbitmq_global_messages_delivered_consume_manual_ack_total
    rabbitmq_global_messages_delivered_get_auto_ack_total
    rabbitmq_global_messages_delivered_get_manual_ack_total
    rabbitmq_global_messages_delivered_total rabbitmq_global_messages_get_empty_total
    rabbitmq_global_messages_received_confirm_total rabbitmq_global_messages_received_total
    rabbitmq_global_messages_redelivered_total rabbitmq_global_messages_routed_total
    rabbitmq_global_messages_unroutable_dropped_total
    rabbitmq_global_messages_unroutable_returned_total rabbitmq_queues_created_total
    rabbitmq_queues_declared_total rabbitmq_queues_deleted_total'''.split()
# What it queried before RabbitMQ 3.9 in place of rabbitmq_global_*; these counters are sums over
# the channels that are open, and fall when one closes.
GAUGES += 'rabbitmq_channel_consumers rabbitmq_channel_messages_unconfirmed'.split()
OLD_COUNTERS = '''rabbitmq_channel_get_ack_total rabbitmq_channel_get_empty_total
    rabbitmq_channel_get_total rabbitmq_channel_messages_acked_total
    rabbitmq_channel_messages_confirmed_total rabbitmq_channel_messages_delivered_ack_total
    rabbitmq_channel_messages_delivered_total rabbitmq_channel_messages_published_total
    rabbitmq_channel_messages_redelivered_total
    rabbitmq_channel_messages_unroutable_dropped_total
    rabbitmq_channel_messages_unroutable_returned_total
    rabbitmq_queue_messages_published_total'''.split()
BUCKETS = ['100.0', '1000.0', '10000.0', '100000.0', '1e+06', '1e+07', '5e+07', '1e+08', '+Inf']
IDENTITY = {'rabbitmq_node', 'rabbitmq_cluster', 'rabbitmq_endpoint'}
BUILD = {'rabbitmq_version', 'erlang_version'}
# Pairs that it adds or subtracts, which needs the same labels on both sides.
PAIRS = [('rabbitmq_disk_space_available_bytes', 'rabbitmq_disk_space_available_limit_bytes'),
         ('rabbitmq_process_max_fds', 'rabbitmq_process_open_fds'),
         ('rabbitmq_resident_memory_limit_bytes', 'rabbitmq_process_resident_memory_bytes'),
         ('rabbitmq_global_messages_received_confirm_total',
          'rabbitmq_global_messages_confirmed_total'),
         ('rabbitmq_global_messages_delivered_consume_auto_ack_total',
          'rabbitmq_global_messages_delivered_consume_manual_ack_total')]
FAMILIES = '''connection_churn_metrics node_coarse_metrics node_metrics node_persister_metrics
    ra_metrics auth_attempt_metrics auth_attempt_detailed_metrics channel_process_metrics queue_coarse_metrics queue_consumer_count queue_metrics
    queue_delivery_metrics channel_metrics channel_exchange_metrics channel_queue_metrics
    channel_queue_exchange_metrics connection_coarse_metrics connection_metrics exchange_metrics
    queue_exchange_metrics vhost_status exchange_bindings exchange_names'''.split()

SAMPLE = re.compile(r'([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)\Z')
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|\Z)')
ODD_NAME = 'metrics "q"\\ä'


class Failures:
    """Counts checks."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def check(self, good, text):
        self.passed += bool(good)
        self.failed += not good
        if not good:
            print('failed:', text)

    def equal(self, found, wanted, text):
        self.check(found == wanted, f'{text}: {found}, not {wanted}')


def fetch(path, method='GET', url=None):
    """Returns status, headers and text."""
    url = (url or os.environ['LEVERET_METRICS']) + path
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=120) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


class Metrics:
    """What an exposition says: types by name, and samples by name and labels."""

    def __init__(self, text):
        self.types, self.helped, self.samples = {}, set(), {}
        for line in text.splitlines():
            if line.startswith('# TYPE '):
                _, _, name, kind = line.split(' ')
                assert name not in self.types, line
                self.types[name] = kind
            elif line.startswith('# HELP '):
                self.helped.add(line.split(' ')[2])
            elif line:
                name, labels, value = SAMPLE.match(line).groups()
                pairs = LABEL.findall(labels or '')
                assert LABEL.sub('', labels or '') == '', line
                key = frozenset((k, re.sub(r'\\(.)', lambda m: '\n' if m[1] == 'n' else m[1], v))
                                for k, v in pairs)
                assert key not in self.samples.setdefault(name, {}), 'twice: ' + line
                self.samples[name][key] = float(value)

    def labels(self, name):
        """The names of labels that its samples have."""
        return {frozenset(k for k, _ in key) for key in self.samples.get(name, {})}

    def value(self, name, **labels):
        """The sum of those samples that have these labels; None if there is none."""
        fitting = [v for key, v in self.samples.get(name, {}).items()
                   if set(labels.items()) <= key]
        return sum(fitting) if fitting else None


def check_dashboard(metrics, failures):
    """Everything is there, and can be joined."""
    for names, kind in ((GAUGES, 'gauge'), (COUNTERS + OLD_COUNTERS, 'counter')):
        for name in names:
            failures.equal(metrics.types.get(name), kind, 'type of ' + name)
            failures.check(metrics.samples.get(name), name + ' has no sample')
            for labels in metrics.labels(name):
                failures.check(not labels & (IDENTITY | {'instance', 'job'}),
                               f'{name} has labels that the join brings: {labels}')
    failures.equal(metrics.types.get('rabbitmq_message_size_bytes'), 'histogram', 'message sizes')
    for bucket in BUCKETS:
        failures.check(metrics.value('rabbitmq_message_size_bytes_bucket', le=bucket) is not None,
                       'no bucket ' + bucket)
    for left, right in PAIRS:
        failures.equal(metrics.samples.get(left, {}).keys(), metrics.samples.get(right, {}).keys(),
                       f'labels of {left} and {right}')
    for name, wanted in (('rabbitmq_identity_info', IDENTITY), ('rabbitmq_build_info', BUILD)):
        failures.equal(list(metrics.samples.get(name, {}).values()), [1.0], name)
        for labels in metrics.labels(name):
            failures.check(wanted <= labels, f'{name} has only {labels}')


def check_format(metrics, text, failures):
    """What Prometheus minds, and promtool does."""
    for name in metrics.types:
        failures.check(name in metrics.helped, 'no help for ' + name)
    for name in metrics.samples:
        base = re.sub(r'_(bucket|sum|count)\Z', '', name)
        failures.check(name in metrics.types or metrics.types.get(base) == 'histogram',
                       'no type for ' + name)
    local = pathlib.Path(__file__).resolve().parents[2] / 'build' / 'promtool'
    promtool = str(local) if local.exists() else shutil.which('promtool')
    if not promtool:
        failures.skipped = 1
    else:
        found = subprocess.run([promtool, 'check', 'metrics'], input=text.encode(), check=False,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        failures.check(found.returncode == 0, 'promtool: ' + found.stdout.decode())


def ask(path, failures):
    """The metrics at the path, in good form."""
    status, headers, text = fetch(path)
    failures.equal(status, 200, path)
    failures.equal(headers['Content-Type'], 'text/plain; version=0.0.4', 'type of ' + path)
    metrics = Metrics(text)
    check_format(metrics, text, failures)
    return metrics


def work(channel, name):
    """Known traffic: 7 messages published, 5 of them in confirm mode; 6 routed."""
    channel.queue_declare(name, durable=True)
    channel.queue_declare(name, durable=True)
    channel.queue_declare('metrics-quorum', durable=True, arguments={'x-queue-type': 'quorum'})
    channel.queue_declare('metrics-gone')
    channel.queue_delete('metrics-gone')
    channel.exchange_declare('metrics', 'fanout')
    channel.queue_bind('metrics-quorum', 'metrics')
    channel.basic_publish('metrics', '', b'0123456789')
    channel.basic_publish('', name, b'x' * 101)
    channel.confirm_delivery()
    channel.basic_publish('metrics', '', b'')
    for _ in range(2):
        channel.basic_publish('', name, b'y', pika.BasicProperties(delivery_mode=2,
                                                                   timestamp=1700000000))
    channel.basic_publish('', 'nowhere', b'')
    try:
        channel.basic_publish('', 'nowhere', b'', mandatory=True)
    except pika.exceptions.UnroutableError:
        pass
    assert channel.basic_get(name, auto_ack=True)[0]
    method, _, _ = channel.basic_get(name)
    channel.basic_nack(method.delivery_tag)
    method, _, _ = channel.basic_get(name)
    channel.basic_ack(method.delivery_tag)
    channel.queue_declare('metrics-empty', exclusive=True)
    assert not channel.basic_get('metrics-empty')[0]
    for method, _, _ in channel.consume('metrics-quorum'):
        channel.basic_ack(method.delivery_tag)
        break
    channel.connection.process_data_events()


def check_values(metrics, before, failures):
    """What the traffic has made of them."""
    classic, quorum = {'queue_type': 'rabbit_classic_queue'}, {'queue_type': 'rabbit_quorum_queue'}
    risen = [
        (7, 'received_total', {}), (5, 'received_confirm_total', {}), (5, 'confirmed_total', {}),
        (5, 'routed_total', {}), (1, 'unroutable_dropped_total', {}),
        (1, 'unroutable_returned_total', {}), (1, 'delivered_get_auto_ack_total', classic),
        (2, 'delivered_get_manual_ack_total', classic), (1, 'redelivered_total', classic),
        (1, 'get_empty_total', classic), (1, 'acknowledged_total', classic),
        (1, 'acknowledged_total', quorum), (2, 'delivered_consume_manual_ack_total', quorum),
        (0, 'delivered_consume_auto_ack_total', {}), (5, 'delivered_total', {}),
    ]
    for wanted, name, labels in risen:
        name = 'rabbitmq_global_messages_' + name
        failures.equal(metrics.value(name, **labels) - before.value(name, **labels), wanted,
                       f'{name}{labels}')
    now = {'connections': 1, 'channels': 1, 'consumers': 1, 'queues': 3, 'queue_messages': 2,
           'queue_messages_bytes': 1, 'queue_messages_unacked_bytes': 0,
           'queue_messages_ready': 1, 'queue_messages_unacked': 1, 'global_publishers': 1,
           'global_consumers': 1, 'channel_messages_unacked': 1, 'queue_consumers': 1,
           'queue_messages_ram': 2, 'queue_messages_ready_ram': 1, 'queue_messages_ram_bytes': 1,
           'queue_messages_unacked_ram': 1, 'queue_messages_persistent': 2,
           'queue_messages_persistent_bytes': 1, 'queue_messages_paged_out': 0,
           'queue_messages_paged_out_bytes': 0, 'queue_disk_reads_total': 0,
           'queue_disk_writes_total': 4, 'queue_process_reductions_total': 0}
    for name, wanted in now.items():
        name = 'rabbitmq_' + name
        failures.equal(metrics.value(name) - before.value(name), wanted, name)
    for name in ('rabbitmq_queue_consumer_capacity', 'rabbitmq_queue_consumer_utilisation'):
        risen = metrics.value(name) - before.value(name)  # messages waited while nobody consumed
        failures.check(0 < risen <= 1, f'{name}: {risen}')
    for name, wanted in (('connections_opened', 1), ('channels_opened', 1), ('queues_declared', 5),
                         ('queues_created', 4), ('queues_deleted', 1),
                         ('auth_attempts_succeeded', 1), ('auth_attempts_failed', 0)):
        name = f'rabbitmq_{name}_total'
        failures.equal(metrics.value(name) - before.value(name), wanted, name)
    for bucket, wanted in (('100.0', 6), ('1000.0', 7), ('+Inf', 7)):
        failures.equal(metrics.value('rabbitmq_message_size_bytes_bucket', le=bucket) -
                       before.value('rabbitmq_message_size_bytes_bucket', le=bucket), wanted,
                       'messages of at most ' + bucket)
    failures.equal(metrics.value('rabbitmq_message_size_bytes_sum') -
                   before.value('rabbitmq_message_size_bytes_sum'), 113, 'octets')
    failures.check(metrics.value('rabbitmq_erlang_uptime_seconds') >=
                   before.value('rabbitmq_erlang_uptime_seconds') > 0, 'uptime')
    failures.check(metrics.value('rabbitmq_process_max_fds') >
                   metrics.value('rabbitmq_process_open_fds') > 3, 'descriptors')


def check_objects(failures):
    """Each object by itself, and those that were chosen."""
    metrics = ask('/metrics/per-object', failures)
    place = {'vhost': '/', 'queue': ODD_NAME}
    failures.equal(metrics.value('rabbitmq_queue_messages_ready', **place), 1, 'ready of a queue')
    failures.equal(metrics.value('rabbitmq_queue_info', **place), 1, 'info of a queue')
    failures.equal(metrics.value('rabbitmq_queue_head_message_timestamp', **place), 1700000000,
                   'timestamp of the first message')
    failures.check(metrics.value('rabbitmq_queue_process_memory_bytes', **place) > 500, 'memory')
    failures.equal(metrics.labels('rabbitmq_channel_consumers'), {frozenset(['channel'])},
                   'labels of a channel')
    failures.equal(metrics.labels('rabbitmq_queue_messages_published_total'),
                   {frozenset(['channel', 'queue_vhost', 'queue', 'exchange_vhost', 'exchange'])},
                   'labels of what a channel sends to queues')
    failures.equal(metrics.value('rabbitmq_queue_exchange_messages_published_total', exchange='',
                                 exchange_vhost='/', queue=ODD_NAME, queue_vhost='/'), 3,
                   'messages from an exchange to a queue')
    for name in ('incoming', 'outgoing'):
        found = metrics.value(f'rabbitmq_connection_{name}_packets_total')
        failures.check(found and found > 5, f'{name} packets: {found}')
    detailed = ask('/metrics/detailed?' + '&'.join('family=' + f for f in FAMILIES), failures)
    failures.equal(detailed.value('rabbitmq_detailed_queue_messages_ready', **place), 1,
                   'ready in detail')
    failures.equal(detailed.value('rabbitmq_cluster_exchange_bindings', vhost='/',
                                  exchange='metrics', type='fanout'), 1, 'bindings')
    nothing = ask('/metrics/detailed', failures)
    failures.equal(set(nothing.types), {'rabbitmq_build_info', 'rabbitmq_identity_info'},
                   'nothing was chosen')
    other = ask('/metrics/detailed?family=queue_coarse_metrics&vhost=other', failures)
    failures.check(not other.samples.get('rabbitmq_detailed_queue_messages'), 'another vhost')


def check_paths(failures):
    """What is there, and what is not."""
    for path, method, wanted in (('/metrics/', 'GET', 200), ('/metrics/memory-breakdown', 'GET', 200),
                                 ('/metrics', 'HEAD', 200),
                                 ('/metrics/nope', 'GET', 404), ('/', 'GET', 404),
                                 ('/api/overview', 'GET', 404), ('/metrics', 'POST', 405)):
        failures.equal(fetch(path, method)[0], wanted, f'{method} {path}')


def main():
    signal.alarm(60)  # nothing here takes as long
    failures = Failures()
    before = ask('/metrics', failures)
    check_dashboard(before, failures)
    connection = pika.BlockingConnection(pika.URLParameters(os.environ['LEVERET_URI']))
    channel = connection.channel()
    work(channel, ODD_NAME)
    after = ask('/metrics', failures)
    check_dashboard(after, failures)
    check_values(after, before, failures)
    check_objects(failures)
    check_paths(failures)
    connection.close()
    closed = ask('/metrics', failures)
    for name in COUNTERS:
        failures.check(closed.value(name) >= after.value(name), name + ' fell')
    failures.equal(closed.value('rabbitmq_connections_closed_total') -
                   before.value('rabbitmq_connections_closed_total'), 1, 'connections closed')
    print(f'{failures.passed} passed, {failures.failed} failed' +
          (f', {failures.skipped} skipped' if failures.skipped else ''))
    return 1 if failures.failed else 0


if __name__ == '__main__':
    sys.exit(main())
