#!/usr/bin/python3
"""Sends the same requests to a RabbitMQ and to Leveret and compares what they answer.

    tests/admin/compare.py --rabbitmq URL --rabbitmq-port PORT --leveret URL --leveret-port PORT

URLs are those of the management, such as http://127.0.0.1:15672, and ports those of AMQP; the user
guest is an administrator. Compared are the status, and of JSON bodies the members and the types of their
values. What may differ, and why, is in ACCEPTED. The answers to the requests in compare_exact.py
must be equal. The last line is `N passed, M failed`.
"""

import argparse
import base64
import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

import pika

import compare_exact

# Members of queues that RabbitMQ has and Leveret has not, by the last part of their names.
ACCEPTED = {
    'idle_since': 'RabbitMQ tells when its process has hibernated, which is later',
}
NOT_HERE = {'clustering'}  # a listener: there is one node
Q, E = '/api/queues/%2F/compare-q', '/api/exchanges/%2F/compare-e'
B = '/api/bindings/%2F/e/compare-e/q/compare-q'
P, G = '/api/policies/%2F/compare', '/api/global-parameters/compare'
L, U = '/api/vhost-limits/compare', '/api/user-limits/guest'
PUBLISH = {'properties': {'delivery_mode': 2, 'headers': {'a': 1}}, 'routing_key': 'a.b',
           'payload': 'hello', 'payload_encoding': 'string'}
GET = {'count': 1, 'ackmode': 'ack_requeue_true', 'encoding': 'auto'}
RIGHTS = {'configure': '.*', 'write': '.*', 'read': '.*'}

# (method, path, body) in this order; a string as body is sent as it is.
REQUESTS = [
    ('GET', '/api/whoami', None), ('GET', '/api/overview', None), ('GET', '/api/nodes', None),
    ('GET', '/api/cluster-name', None), ('GET', '/api/extensions', None),
    ('GET', '/api/feature-flags', None), ('GET', '/api/nope', None), ('PUT', '/api/queues', None),
    ('PATCH', Q, None), ('OPTIONS', Q, None), ('GET', Q, None),
    ('PUT', '/api/vhosts/compare', {}), ('PUT', '/api/vhosts/compare', {}),
    ('GET', '/api/vhosts', None), ('GET', '/api/vhosts/compare', None),
    ('GET', '/api/vhosts/nope', None), ('PUT', '/api/vhosts/x', '{x'),
    ('PUT', '/api/vhosts/compare', {'description': 'd', 'tags': 'a, b'}),
    ('GET', '/api/vhosts/compare', None),
    ('PUT', L + '/max-queues', {'value': 5}), ('PUT', L + '/max-connections', {'value': 10}),
    ('PUT', L + '/max-queues', {'value': 'x'}), ('PUT', L + '/max-queues', {}),
    ('PUT', L + '/nope', {'value': 1}), ('PUT', '/api/vhost-limits/nope/max-queues', {'value': 1}),
    ('GET', '/api/vhost-limits', None), ('GET', L, None), ('GET', '/api/vhost-limits/nope', None),
    ('GET', L + '/max-queues', None), ('GET', '/api/parameters', None),
    ('GET', '/api/parameters/vhost-limits/compare/limits', None),
    ('DELETE', L + '/max-queues', None), ('DELETE', L + '/nope', None),
    ('PUT', U + '/max-channels', {'value': 5}), ('PUT', U + '/max-channels', {'value': 'x'}),
    ('PUT', U + '/nope', {'value': 5}), ('GET', '/api/user-limits', None), ('GET', U, None),
    ('PUT', '/api/user-limits/nope/max-channels', {'value': 5}),
    ('GET', '/api/user-limits/nope', None), ('DELETE', U + '/max-channels', None),
    ('PUT', '/api/parameters/nope/compare/x', {'value': {}}),
    ('PUT', '/api/parameters/policy/compare/x', {'value': {}}),
    ('PUT', '/api/parameters/vhost-limits/nope/limits', {'value': {}}),
    ('PUT', '/api/parameters/vhost-limits/compare/limits', {'value': {'nope': 1}}),
    ('GET', '/api/parameters/nope', None), ('GET', '/api/parameters/nope/nope', None),
    ('GET', '/api/parameters/nope/compare/x', None),
    ('DELETE', '/api/parameters/vhost-limits/compare/limits', None),
    ('GET', '/api/global-parameters', None), ('PUT', G, {'value': {'a': [1]}}),
    ('PUT', G, {'value': 7}), ('PUT', G, {}), ('GET', G, None),
    ('GET', '/api/global-parameters/nope', None), ('DELETE', G, None), ('DELETE', G, None),
    ('PUT', '/api/cluster-name', {'name': 'compare'}), ('PUT', '/api/cluster-name', {}),
    ('GET', '/api/cluster-name', None), ('GET', '/api/global-parameters/cluster_name', None),
    ('PUT', '/api/users/compare', {'password': 'p', 'tags': 'monitoring, x'}),
    ('PUT', '/api/users/compare', {'password': 'p', 'tags': ['monitoring']}),
    ('PUT', '/api/users/compare', {'password': 'p'}),
    ('PUT', '/api/users/compare', {'password': 'p', 'password_hash': 'x', 'tags': ''}),
    ('PUT', '/api/users/compare', {'password_hash': 'xx', 'tags': ''}),
    ('GET', '/api/users', None), ('GET', '/api/users/compare', None),
    ('GET', '/api/users/nope', None), ('GET', '/api/users/without-permissions', None),
    ('PUT', '/api/permissions/compare/compare', RIGHTS),
    ('PUT', '/api/permissions/compare/compare', RIGHTS),
    ('PUT', '/api/permissions/compare/nope', RIGHTS),
    ('PUT', '/api/permissions/compare/compare', {'configure': ''}),
    ('GET', '/api/permissions', None), ('GET', '/api/permissions/compare/compare', None),
    ('GET', '/api/permissions/%2F/compare', None), ('GET', '/api/users/compare/permissions', None),
    ('PUT', '/api/topic-permissions/compare/compare',
     {'exchange': 'amq.topic', 'write': '.*', 'read': ''}),
    ('GET', '/api/topic-permissions', None),
    ('GET', '/api/topic-permissions/compare/compare', None),
    ('DELETE', '/api/topic-permissions/compare/compare', None),
    ('DELETE', '/api/topic-permissions/compare/compare', None),
    ('PUT', Q, {'durable': True, 'arguments': {'x-max-length': 10}}),
    ('PUT', Q, {'durable': True, 'arguments': {'x-max-length': 10}}),
    ('PUT', Q, {'durable': True}), ('PUT', Q, '{x'), ('PUT', Q, '[]'),
    ('PUT', Q, {'durable': 'foo'}), ('PUT', '/api/queues/nope/q', {}),
    ('PUT', E, {'type': 'topic'}), ('PUT', E, {'type': 'topic'}), ('PUT', E, {'type': 'direct'}),
    ('PUT', '/api/exchanges/%2F/x', {'type': 'nope'}),
    ('PUT', '/api/exchanges/%2F/amq.x', {'type': 'topic'}),
    ('DELETE', '/api/exchanges/%2F/amq.topic', None),
    ('GET', E, None), ('GET', '/api/exchanges/%2F/amq.default', None), ('GET', Q, None),
    ('POST', B, {'routing_key': 'a.b', 'arguments': {}}), ('POST', B, {}),
    ('POST', '/api/bindings/%2F/e/compare-e/q/nope', {'routing_key': 'x'}),
    ('GET', B, None), ('GET', B + '/a.b', None), ('GET', B + '/nope', None),
    ('GET', '/api/bindings', None), ('GET', E + '/bindings/source', None),
    ('GET', Q + '/bindings', None), ('DELETE', B + '/~', None), ('DELETE', B + '/~', None),
    ('POST', E + '/publish', PUBLISH), ('POST', E + '/publish', dict(PUBLISH, routing_key='x')),
    ('POST', E + '/publish', {'routing_key': 'x'}),
    ('POST', E + '/publish', dict(PUBLISH, payload='!', payload_encoding='base64')),
    ('POST', '/api/exchanges/%2F/nope/publish', PUBLISH),
    ('POST', Q + '/get', GET), ('POST', Q + '/get', dict(GET, encoding='base64', truncate=2)),
    ('POST', Q + '/get', {'count': 1}), ('POST', '/api/queues/%2F/nope/get', GET),
    ('GET', '/api/queues?page=1&name=compare&columns=name,arguments', None),
    ('GET', '/api/queues?page=0', None), ('GET', '/api/queues?page=a', None),
    ('GET', '/api/queues?page=99', None), ('GET', '/api/queues?page=1&page_size=501', None),
    ('GET', '/api/queues?columns=name&sort=name&sort_reverse=true', None),
    ('DELETE', Q + '?if-empty=true', None), ('DELETE', Q + '/contents', None),
    ('PUT', P, {'pattern': '^x', 'definition': {'max-length': 1}, 'priority': 2}),
    ('PUT', P, {'pattern': '^x', 'definition': {'max-length': 1}}),
    ('PUT', P, {'pattern': '^x', 'definition': {'nope': 1}}), ('PUT', P, {'pattern': '^x'}),
    ('GET', '/api/policies', None), ('GET', P, None), ('GET', '/api/policies/%2F/nope', None),
    ('DELETE', P, None), ('DELETE', P, None),
    ('GET', '/api/connections', None), ('GET', '/api/connections/nope', None),
    ('GET', '/api/channels', None), ('GET', '/api/channels/nope', None),
    ('GET', '/api/consumers', None), ('GET', '/api/definitions', None),
    ('GET', '/api/definitions/%2F', None), ('POST', '/api/definitions', '{x'),
    ('GET', '/api/health/checks/alarms', None), ('GET', '/api/health/checks/local-alarms', None),
    ('GET', '/api/health/checks/port-listener/1', None),
    ('GET', '/api/health/checks/port-listener/x', None),
    ('GET', '/api/health/checks/protocol-listener/amqp', None),
    ('GET', '/api/health/checks/protocol-listener/stomp', None),
    ('GET', '/api/health/checks/virtual-hosts', None),
    ('GET', '/api/health/checks/node-is-quorum-critical', None),
    ('GET', '/api/health/checks/certificate-expiration/1/days', None),
    ('GET', '/api/health/checks/certificate-expiration/1/x', None),
    ('GET', '/api/aliveness-test/%2F', None), ('GET', '/api/aliveness-test/nope', None),
    ('DELETE', E, None), ('DELETE', E, None), ('DELETE', Q, None), ('DELETE', Q, None),
    ('DELETE', '/api/permissions/compare/compare', None),
    ('DELETE', '/api/permissions/compare/compare', None),
    ('DELETE', '/api/users/compare', None), ('DELETE', '/api/users/compare', None),
    ('DELETE', '/api/vhosts/compare', None), ('DELETE', '/api/vhosts/compare', None),
]


def ask_all(url, request):
    """Returns status, headers and body; the body is parsed if it is JSON."""
    method, path, body = request[:3]
    data = body if body is None or isinstance(body, str) else json.dumps(body)
    sent = urllib.request.Request(url + path, method=method, data=None if data is None else data.encode())
    headers = {'Authorization': 'Basic ' + base64.b64encode(b'guest:guest').decode(),
               'Content-Type': 'application/json'}
    headers.update(request[3] if len(request) > 3 else {})
    for name, value in headers.items():
        if value is not None:
            sent.add_header(name, value)
    try:
        with urllib.request.urlopen(sent, timeout=20) as answer:
            status, got, octets = answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        status, got, octets = error.code, error.headers, error.read()
    return status, got, json.loads(octets) if octets[:1] in (b'{', b'[', b'"') else None


def ask(url, request):
    status, _, body = ask_all(url, request)
    return status, body


def plain(value):
    """A body in which an empty object and an empty list are the same."""
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()} or []
    return [plain(item) for item in value] if isinstance(value, list) else value


def compare_exactly(rabbitmq, leveret, request):
    theirs, ours = ask_all(rabbitmq, request), ask_all(leveret, request)
    their_facts = [theirs[0], theirs[1]['Allow'], theirs[1]['Location'], plain(theirs[2])]
    our_facts = [ours[0], ours[1]['Allow'], ours[1]['Location'], plain(ours[2])]
    return [] if their_facts == our_facts else [f'{their_facts}, here {our_facts}']


def accepted(name, of_queues):
    return of_queues and name in ACCEPTED


def name_of(item):
    """What tells an item of a list from the others."""
    return item.get('name', item.get('protocol'))


def kind(value):
    """What a client tells apart; a number is a number, and null may stand for a value to come."""
    return ('number' if isinstance(value, (int, float)) and not isinstance(value, bool) else
            type(value).__name__)


def differences(theirs, ours, place='', of_queues=False):
    """Yields what a client of RabbitMQ would miss or misread."""
    if theirs is None or ours is None:
        return
    if kind(theirs) != kind(ours):
        yield f'{place}: {kind(theirs)}, here {kind(ours)}'
    elif isinstance(theirs, dict):
        for name, value in theirs.items():
            if name in ours:
                yield from differences(value, ours[name], f'{place}.{name}', of_queues)
            elif name not in ours and not accepted(name, of_queues) and '@' not in name:
                yield f'{place}.{name} is missing'
    elif isinstance(theirs, list) and ours:
        for item in theirs if isinstance(ours[0], dict) else []:
            name = name_of(item)
            if name in NOT_HERE:
                continue
            same = [other for other in ours if name is not None and name_of(other) == name]
            yield from differences(item, (same or ours)[0], f'{place}[{name or ""}]',
                                   of_queues)


def compare(rabbitmq, leveret, request):
    (theirs, their_body), (ours, our_body) = ask(rabbitmq, request), ask(leveret, request)
    if theirs != ours:
        return [f'status {theirs}, here {ours}: {our_body}']
    if (their_body is None) != (our_body is None):
        return [f'body {their_body}, here {our_body}']
    return list(differences(their_body, our_body, of_queues='/api/queues' in request[1]))


class Client:
    """One with a consumer and some traffic, and how paths name its connection."""

    def __init__(self, url, port):
        self.url = url
        self.connection = pika.BlockingConnection(pika.ConnectionParameters('127.0.0.1', port))
        channel = self.connection.channel()
        channel.exchange_declare('compare-x', 'topic', durable=True, arguments={'x': 1})
        channel.queue_declare('compare-client', exclusive=True)
        channel.queue_bind('compare-client', 'compare-x', 'a')
        channel.basic_publish('compare-x', 'a', b'hello')
        channel.basic_consume('compare-client', lambda *_: None,
                              arguments={'x-priority': 5, 'other': 'x'})
        self.paths = {}

    def learn(self):
        """True if the broker tells of the connection, the channel and its state."""
        lists = [ask(self.url, ('GET', '/api/' + path, None))[1]
                 for path in ('connections', 'channels', 'nodes')]
        if not all(lists) or 'idle_since' not in lists[1][0]:
            return False
        self.paths = {name: urllib.parse.quote(of_list[0]['name'], safe='')
                      for name, of_list in zip(('connection', 'channel', 'node'), lists)}
        return True

    def close(self):
        ask(self.url, ('DELETE', '/api/exchanges/%2F/compare-x', None))
        self.connection.close()


# What is asked while there are such clients; {connection} and the others differ.
WITH_CLIENTS = [
    'connections', 'connections/{connection}', 'connections/{connection}/channels', 'channels',
    'channels/{channel}', 'consumers', 'consumers/%2F', 'exchanges', 'exchanges/%2F/compare-x',
    'bindings', 'vhosts', 'vhosts/%2F', 'vhosts/%2F/connections', 'vhosts/%2F/channels', 'overview',
    'nodes', 'nodes/{node}?memory=true&binary=true', 'nodes/{node}/memory',
    'nodes/{node}/memory/relative', 'auth/attempts/{node}', 'connections/username/guest',
    'health/checks/alarms', 'feature-flags', 'users', 'permissions', 'policies', 'definitions',
]
WAIT_SECONDS = 30  # RabbitMQ gathers what is per object every five


def compare_with_clients(rabbitmq, leveret):
    """Yields each path with its differences."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not (rabbitmq.learn() and leveret.learn()):
        assert time.monotonic() < deadline, 'there is no word of the clients'
        for client in (rabbitmq, leveret):
            client.connection.process_data_events(0.2)
    for path in WITH_CLIENTS:
        theirs, ours = (ask(client.url, ('GET', '/api/' + path.format(**client.paths), None))
                        for client in (rabbitmq, leveret))
        same = theirs[0] == ours[0] == 200
        yield path, list(differences(theirs[1], ours[1])) if same else [f'{theirs}, here {ours}']


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
    parser.add_argument('--rabbitmq', required=True)
    parser.add_argument('--rabbitmq-port', required=True, type=int)
    parser.add_argument('--leveret', required=True)
    parser.add_argument('--leveret-port', required=True, type=int)
    options = parser.parse_args()
    failed = 0
    todo = [(compare_exactly, request) for request in compare_exact.REQUESTS]
    todo += [(compare, request) for request in REQUESTS]
    for function, request in todo:
        found = function(options.rabbitmq, options.leveret, request)
        failed += bool(found)
        for difference in found:
            print(request[0], request[1], request[2] or '', '-', difference)
    clients = [Client(options.rabbitmq, options.rabbitmq_port),
               Client(options.leveret, options.leveret_port)]
    found_with_clients = list(compare_with_clients(*clients))
    for path, found in found_with_clients:
        failed += bool(found)
        for difference in found:
            print('GET', path, 'with clients -', difference)
    for client in clients:
        client.close()
    print(f'{len(todo) + len(found_with_clients) - failed} passed, {failed} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
