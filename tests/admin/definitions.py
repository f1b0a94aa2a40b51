#!/usr/bin/python3
"""What a RabbitMQ exports as definitions, Leveret imports and exports again: the same.

    tests/admin/definitions.py --leveret URL FILE...
    tests/admin/definitions.py --leveret URL --rabbitmq URL [--keep FILE]

FILEs are exports. With --rabbitmq all kinds of things are made in a RabbitMQ first, whose export is
then taken (and kept); and what Leveret exports has to be imported there, too. URLs are those of the
management; the user guest is an administrator. The last line is `N passed, M failed`.

What may differ is what `normal` takes away: versions, what Leveret says besides, and the order.
"""

import argparse
import base64
import json
import sys
import urllib.error
import urllib.parse
import urllib.request

SHA256 = {'password_hash': 'Gbm43YFvf4sfcjzXpKcgt7FA+Wx59gGaYK1eCzS18/1IuUKR',
          'hashing_algorithm': 'rabbit_password_hashing_sha256'}
SHA512 = {'password_hash': '5tpuCuvIqaIijbYBJXCGtbc61WhDL0HAlCimCWBgVdbjoFbz0bhWz0kIXbf5aid7+3S/'
                           'q/IEv8IcpQct8DY2bDQ8Xew=',
          'hashing_algorithm': 'rabbit_password_hashing_sha512'}
MD5 = {'password_hash': 'nzsGnV/Qo2qdJ+FSY3xeqDhlV5A=',
       'hashing_algorithm': 'rabbit_password_hashing_md5'}
PASSWORD = 'secret'  # of all three
ALL = {'configure': '.*', 'write': '.*', 'read': '.*'}
V = urllib.parse.quote('täst/ v%', safe='')

# What is made in RabbitMQ: (method, path, body).
MAKING = [
    ('PUT', f'vhosts/{V}', {'description': 'of a test', 'tags': 'a,b'}),
    ('PUT', 'users/sha256', {'tags': 'administrator', **SHA256}),
    ('PUT', 'users/sha512', {'tags': 'policymaker,management', **SHA512}),
    ('PUT', 'users/md5', {'tags': 'of,his,own', **MD5}),
    ('PUT', 'users/nobody', {'tags': '', 'password_hash': ''}),
    ('PUT', f'permissions/{V}/sha256', ALL),
    ('PUT', '/permissions/%2F/sha512'.strip('/'), {'configure': '^$', 'write': 'a|b', 'read': ''}),
    ('PUT', f'topic-permissions/{V}/sha256',
     {'exchange': 'amq.topic', 'write': '^{username}\\.', 'read': '.*'}),
    ('PUT', f'vhost-limits/{V}/max-queues', {'value': 100}),
    ('PUT', f'vhost-limits/{V}/max-connections', {'value': 7}),
    ('PUT', 'user-limits/sha512/max-channels', {'value': 50}),
    ('PUT', 'cluster-name', {'name': 'the cluster'}),
    ('PUT', 'global-parameters/mine', {'value': {'a': [1, 2.5, 'x', None, True], 'b': {}}}),
    ('PUT', f'parameters/federation-upstream/{V}/up',
     {'value': {'uri': 'amqp://localhost:1', 'expires': 3600000}}),
    ('PUT', f'parameters/federation-upstream-set/{V}/set', {'value': [{'upstream': 'up'}]}),
    ('PUT', f'policies/{V}/short', {'pattern': '^short', 'priority': 3, 'apply-to': 'queues',
                                    'definition': {'max-length': 5, 'overflow': 'drop-head'}}),
    ('PUT', f'policies/{V}/alternate', {'pattern': '^e', 'apply-to': 'exchanges',
                                        'definition': {'alternate-exchange': 'amq.fanout'}}),
    ('PUT', f'operator-policies/{V}/ttl', {'pattern': '.*', 'priority': -1, 'apply-to': 'queues',
                                           'definition': {'message-ttl': 60000}}),
    ('PUT', f'queues/{V}/classic', {'durable': True, 'arguments': {
        'x-max-priority': 3, 'x-message-ttl': 1000, 'x-dead-letter-exchange': '',
        'x-dead-letter-routing-key': 'dead', 'x-single-active-consumer': True}}),
    ('PUT', f'queues/{V}/transient', {'durable': False, 'auto_delete': True}),
    ('PUT', f'queues/{V}/quorum', {'durable': True, 'arguments': {
        'x-queue-type': 'quorum', 'x-delivery-limit': 4}}),
    ('PUT', f'queues/{V}/stream', {'durable': True, 'arguments': {
        'x-queue-type': 'stream', 'x-max-age': '2D'}}),
    ('PUT', f'queues/{V}/' + urllib.parse.quote('q "ü"/\\', safe=''), {'durable': True}),
    ('PUT', f'exchanges/{V}/e1', {'type': 'topic', 'durable': True}),
    ('PUT', f'exchanges/{V}/e2', {'type': 'headers', 'durable': False, 'auto_delete': True,
                                  'arguments': {'alternate-exchange': 'e1'}}),
    ('PUT', f'exchanges/{V}/e3', {'type': 'fanout', 'durable': True, 'internal': True}),
    ('PUT', f'exchanges/{V}/hash', {'type': 'x-consistent-hash', 'durable': True,
                                    'arguments': {'hash-header': 'h'}}),
    ('POST', f'bindings/{V}/e/e1/q/classic', {'routing_key': 'a.#'}),
    ('POST', f'bindings/{V}/e/e1/q/classic', {'routing_key': ''}),
    ('POST', f'bindings/{V}/e/e1/q/quorum', {'routing_key': 'ü.*'}),
    ('POST', f'bindings/{V}/e/e2/q/quorum', {'arguments': {
        'x-match': 'all', 'n': 1, 't': True, 'list': ['a', 2], 'table': {'x': 1.5}}}),
    ('POST', f'bindings/{V}/e/e1/e/e3', {'routing_key': 'to.e3'}),
    ('POST', f'bindings/{V}/e/amq.topic/e/e1', {'routing_key': '#'}),
    ('POST', f'bindings/{V}/e/hash/q/classic', {'routing_key': '2'}),
]


def ask(url, method, path, body=None, user=('guest', 'guest')):
    """Returns status and parsed body."""
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    sent = urllib.request.Request(f'{url}/api/{path}', method=method, data=data)
    sent.add_header('Authorization', 'Basic ' + base64.b64encode(':'.join(user).encode()).decode())
    sent.add_header('Content-Type', 'application/json')
    try:
        with urllib.request.urlopen(sent, timeout=120) as answer:
            status, octets = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, octets = error.code, error.read()
    return status, json.loads(octets) if octets[:1] in (b'{', b'[') else None


class Count:
    def __init__(self):
        self.passed = self.failed = 0

    def check(self, fine, *words):
        if fine:
            self.passed += 1
        else:
            self.failed += 1
            print('FAILED:', *words)


def normal(definitions):
    """Only what has to be equal, each list in an order of its own."""
    result = {}
    for name, items in definitions.items():
        if not isinstance(items, list):
            continue  # versions and the product's name
        kept = []
        for item in items:
            item = dict(item)
            if name == 'queues':
                item.pop('type', None)  # told since 3.11; x-queue-type is an argument as well
            if name == 'vhosts':  # RabbitMQ 3.10 exports names only
                item = {'name': item['name']}
            kept.append(item)
        result[name] = sorted(kept, key=lambda item: json.dumps(item, sort_keys=True))
    return result


def compare(count, what, theirs, ours):
    theirs, ours = normal(theirs), normal(ours)
    for name in sorted(set(theirs) | set(ours)):
        missing = [item for item in theirs.get(name, []) if item not in ours.get(name, [])]
        more = [item for item in ours.get(name, []) if item not in theirs.get(name, [])]
        count.check(name in theirs and name in ours and not missing and not more,
                    what, name, '- not exported:', missing, '- not imported:', more)


def multipart(definitions):
    """The form that the management's page sends."""
    head = ('--x\r\nContent-Disposition: form-data; name="file"; filename="d.json"\r\n'
            'Content-Type: application/json\r\n\r\n')
    return head.encode() + json.dumps(definitions).encode() + b'\r\n--x--\r\n'


def send_form(url, definitions):
    sent = urllib.request.Request(f'{url}/api/definitions', method='POST',
                                  data=multipart(definitions))
    sent.add_header('Authorization', 'Basic ' + base64.b64encode(b'guest:guest').decode())
    sent.add_header('Content-Type', 'multipart/form-data; boundary=x')
    with urllib.request.urlopen(sent, timeout=120) as answer:
        return answer.status


def take_over(count, name, theirs, leveret):
    status, why = ask(leveret, 'POST', 'definitions', theirs)
    count.check(status == 204, name, 'import:', status, why)
    ours = ask(leveret, 'GET', 'definitions')[1]
    compare(count, name, theirs, ours)
    count.check(send_form(leveret, ours) == 204, name, 'cannot be sent as a form')
    compare(count, name + ' again', ours, ask(leveret, 'GET', 'definitions')[1])
    for user in theirs['users']:
        if user['name'] in ('sha256', 'sha512', 'md5') and user['tags'] != ['of', 'his', 'own']:
            status, _ = ask(leveret, 'GET', 'whoami', user=(user['name'], PASSWORD))
            count.check(status == 200, name, user['name'], 'cannot log in:', status)
    return ours


def clean(count, leveret, definitions):
    """All but the default virtual host, with what is in it, and guest."""
    names = [f'{kind}/' + urllib.parse.quote(item['name'], safe='')
             for kind in ('vhosts', 'users') for item in definitions[kind]
             if item['name'] not in ('/', 'guest')]
    for name in names:
        status, why = ask(leveret, 'DELETE', name)
        count.check(status == 204, 'DELETE', name, status, why)


def make(count, rabbitmq):
    for method, path, body in MAKING:
        status, why = ask(rabbitmq, method, path, body)
        count.check(status in (201, 204), 'RabbitMQ:', method, path, status, why)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
    parser.add_argument('--leveret', required=True)
    parser.add_argument('--rabbitmq')
    parser.add_argument('--keep')
    parser.add_argument('files', nargs='*')
    options = parser.parse_args()
    count = Count()
    for name in options.files:
        with open(name, encoding='utf-8') as file:
            theirs = json.load(file)
        take_over(count, name, theirs, options.leveret)
        clean(count, options.leveret, theirs)
    if options.rabbitmq:
        make(count, options.rabbitmq)
        theirs = ask(options.rabbitmq, 'GET', 'definitions')[1]
        if options.keep:
            with open(options.keep, 'w', encoding='utf-8') as file:
                json.dump(theirs, file, indent=1, sort_keys=True, ensure_ascii=False)
                file.write('\n')
        ours = take_over(count, 'RabbitMQ', theirs, options.leveret)
        status, why = ask(options.rabbitmq, 'POST', 'definitions', ours)
        count.check(status == 204, 'import into RabbitMQ:', status, why)
        compare(count, 'back', theirs, ask(options.rabbitmq, 'GET', 'definitions')[1])
    print(f'{count.passed} passed, {count.failed} failed')
    return 1 if count.failed else 0


if __name__ == '__main__':
    sys.exit(main())
