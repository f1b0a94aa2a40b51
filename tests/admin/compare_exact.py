"""Requests whose answers by RabbitMQ and by Leveret are equal, for compare.py: status, the headers
Allow and Location, and the body as JSON, in which an empty object and an empty list are the same.

(method, path, body or None, headers or nothing) in this order; a string as body is sent as it is.
A header that is None is not sent.
"""

Q, E = '/api/queues/%2F/exact-q', '/api/exchanges/%2F/exact-e'
B = '/api/bindings/%2F/e/exact-e/q/exact-q'
U, V = '/api/users/exact', '/api/vhosts/exact'
P, T = '/api/permissions/%2F/exact', '/api/topic-permissions/%2F/exact'
PO, OP = '/api/policies/%2F/exact', '/api/operator-policies/%2F/exact'
LV, LU = '/api/vhost-limits/exact', '/api/user-limits/exact'
G, D = '/api/global-parameters/exact', '/api/definitions'
PUBLISH = '/api/exchanges/%2F/amq.default/publish'
RIGHTS = {'configure': 'a', 'write': 'b', 'read': 'c'}
POLICY = {'pattern': '^x', 'definition': {'max-length': 1}}
MESSAGE = {'properties': {}, 'routing_key': 'exact-q', 'payload': 'hello',
           'payload_encoding': 'string'}
GET = {'count': 1, 'ackmode': 'ack_requeue_true', 'encoding': 'auto'}


FORM = {'Content-Type': 'application/x-www-form-urlencoded', 'Authorization': None}


def plain(kind):
    return {'Content-Type': kind}


# What is in a path is percent-encoded, and a plus sign is one.
NAMES = [
    ('PUT', '/api/vhosts/exact+v', {}), ('GET', '/api/vhosts/exact+v?columns=name', None),
    ('GET', '/api/vhosts/exact%2Bv?columns=name', None),
    ('GET', '/api/vhosts/exact%20v?columns=name', None), ('DELETE', '/api/vhosts/exact%2Bv', None),
    ('PUT', '/api/vhosts/exact%C3%A9', {}), ('GET', '/api/vhosts/exact%C3%A9?columns=name', None),
    ('DELETE', '/api/vhosts/exact%C3%A9', None),
    ('PUT', Q, {'durable': True}), ('PUT', E, {'type': 'topic'}),
    ('GET', Q + '/?columns=name', None), ('GET', '/api//queues?columns=name', None),
    ('POST', B, {'routing_key': 'a/b %~'}), ('GET', B + '?columns=properties_key,routing_key', None),
    ('GET', B + '/a%2Fb%20%25~?columns=routing_key', None),
    ('POST', B, {'routing_key': 'é+ü'}), ('GET', B + '/%C3%A9%2B%C3%BC?columns=routing_key', None),
    ('GET', B + '/%25C3%25A9%252B%25C3%25BC?columns=routing_key', None),
    ('DELETE', B + '/%25C3%25A9%252B%25C3%25BC', None),
    ('POST', B, {'routing_key': 'a b'}), ('GET', B + '/a%20b?columns=routing_key', None),
    ('GET', B + '/a+b?columns=routing_key', None), ('DELETE', B + '/a%20b', None),
    ('POST', B, {'routing_key': ''}), ('GET', B + '/~?columns=routing_key', None),
    ('DELETE', B + '/~', None),
]

# What a body may be.
BODIES = [
    ('PUT', Q, {'durable': True, 'vhost': 'other', 'name': 'x', 'nonsense': 1}),
    ('PUT', Q, ''), ('PUT', Q, '7'), ('PUT', Q, '{"durable":true}x'), ('PUT', Q, '{x'),
    ('PUT', Q, {'durable': True, 'arguments': []}),
    ('PUT', Q, {'durable': 'true', 'auto_delete': 'false'}),
    ('PUT', Q, {'durable': True}, plain('text/plain')),
    ('PUT', Q, {'durable': True}, plain('application/x-www-form-urlencoded')),
    ('PUT', '/api/queues/%2F/amq.x', {}), ('PUT', E, {'type': 'topic', 'internal': 'x'}),
    ('PUT', E, {}), ('PUT', Q, {'durable': True, 'arguments': {'x-message-ttl': 'x'}}),
    ('POST', B, {'routing_key': 'x'}, plain('text/plain')), ('DELETE', B + '/x', None),
    ('POST', PUBLISH, MESSAGE), ('POST', PUBLISH, dict(MESSAGE, routing_key='nope')),
    ('POST', PUBLISH, dict(MESSAGE, properties={'headers': []})),
    ('POST', PUBLISH, dict(MESSAGE, payload='!!', payload_encoding='base64')),
    ('POST', PUBLISH, dict(MESSAGE, payload_encoding='x')),
    ('POST', PUBLISH, dict(MESSAGE, vhost='nope', name='x')), ('POST', PUBLISH, {}),
    ('POST', PUBLISH, {'payload': ''}), ('POST', '/api/exchanges/%2F/nope/publish', MESSAGE),
    ('POST', '/api/queues/%2F/nope/get', GET),
    ('POST', Q + '/get', dict(GET, count=2, ackmode='ack_requeue_true')),
    ('POST', Q + '/get', dict(GET, count=0)), ('POST', Q + '/get', dict(GET, count='1')),
    ('POST', Q + '/get', dict(GET, encoding='x')), ('POST', Q + '/get', dict(GET, truncate=2)),
    ('POST', Q + '/get', dict(GET, encoding='base64')), ('POST', Q + '/get', {'count': 1}),
    ('POST', Q + '/get', dict(GET, ackmode='reject_requeue_false', count=9)),
    ('POST', Q + '/actions', {'action': 'sync'}), ('POST', Q + '/actions', {'action': 'x'}),
    ('POST', Q + '/actions', {}),
]

# HEAD, OPTIONS, and what there is not.
METHODS = [('HEAD', path, None) for path in (
    '/api/nope', '/api/queues/%2F/nope', E + '/publish')]
METHODS += [('OPTIONS', path, None) for path in (
    '/', '/api/overview', '/api/queues', Q, Q + '/get', Q + '/contents', E + '/publish', '/api/nope',
    '/api/users', '/api/users/guest', '/api/users/bulk-delete', '/api/definitions', P, PO, G, B,
    '/api/connections/x', '/api/nodes', '/api/whoami', '/api/cluster-name', '/api/reset',
    '/api/rebalance/queues', '/api/aliveness-test/%2F', '/api/auth/attempts/x',
    '/api/health/checks/alarms', B + '/x')]
METHODS += [
    ('POST', '/api/overview', {}), ('POST', Q, {}), ('PUT', '/api/whoami', {}),
    ('DELETE', '/api/users', None), ('PATCH', '/api/overview', None), ('PUT', Q + '/get', {}),
    ('GET', Q + '/get', None), ('GET', E + '/publish', None), ('GET', Q + '/contents', None),
    ('GET', '/api/users/bulk-delete', None), ('GET', '/api/rebalance/queues', None),
    ('GET', '/api/overview', None, {'Authorization': None}),
    ('GET', '/api/nope', None, {'Authorization': None}),
    ('GET', Q + '?columns=name', None, {'Accept': 'text/html'}),
    ('GET', Q + '?columns=name', None, {'Accept': '*/*;q=0.1'}),
    ('GET', Q + '?columns=name', None, {'Accept': 'text/xml, application/json;q=0.5'}),
    ('GET', '/api/queues/nope', None), ('GET', '/api/exchanges/nope', None),
    ('GET', '/api/bindings/nope', None), ('GET', '/api/vhosts/nope/permissions', None),
    ('GET', '/api/users/nope/permissions', None), ('GET', '/api/permissions/%2F/nope', None),
    ('GET', '/api/connections/username/nope', None), ('DELETE', '/api/connections/nope', None),
    ('POST', '/api/login', 'username=guest&password=guest', FORM),
    ('POST', '/api/login', 'username=guest&password=x', FORM), ('POST', '/api/login', 'x', FORM),
]

PARAMETERS = [
    'page=1', 'page=2', 'page=0', 'page=-1', 'page=x', 'page=', 'page=1&page_size=0',
    'page=1&page_size=-1', 'page=1&page_size=x', 'page=1&page_size=', 'page=1&page_size=500',
    'page=1&page_size=501', 'page_size=2', 'page=2&page_size=2', 'page=1.5', 'page=01',
    'page=1&name=exact', 'page=1&name=EXACT', 'page=1&name=e[x-z]&use_regex=true',
    'page=1&name=[&use_regex=true', 'page=1&name=%5EEXACT&use_regex=true', 'name=nope',
    'page=1&name=', 'page=1&use_regex=true', 'sort=name', 'sort=name&sort_reverse=true',
    'sort=nope', 'sort=arguments.x-max-length', 'sort=durable&sort_reverse=true',
    'page=1&page_size=1&sort=name&sort_reverse=true', 'lengths_age=60', 'lengths_age=x&lengths_incr=5',
    'disable_stats=true&sort=name', 'disable_stats=true&enable_queue_totals=true&sort=name']
PAGES = [('PUT', Q + '2', {'arguments': {'x-max-length': 3}})]
PAGES += [('GET', f'/api/queues?{parameters}&columns=name,arguments', None)
          for parameters in PARAMETERS]
PAGES += [('GET', f'/api/queues?sort=name&columns={columns}', None) for columns in (
    'arguments.x-max-length', 'name.x', 'name,name', 'name%2Cdurable', 'arguments.x-max-length,name',
    'name&columns=durable', 'arguments,arguments.x')]
PAGES += [('GET', f'/api/{path}?page=1&name=zz&columns=nix', None) for path in (
    'queues', 'queues/%2F', 'exchanges/%2F', 'connections', 'channels')]

ACCOUNTS = [
    ('PUT', U, {'password': 'p', 'tags': 'a,b'}), ('GET', U + '?columns=name,tags,limits', None),
    ('PUT', U, {'password_hash': '', 'tags': ['a', 'b']}), ('GET', U, None), ('PUT', U, {'tags': 'a'}),
    ('PUT', U, {'password': 'p', 'tags': ' a , b ,,c'}), ('GET', U + '?columns=tags', None),
    ('PUT', U, {'password': 'p', 'tags': ''}), ('PUT', U, {}), ('PUT', U, ''), ('PUT', U, '[]'),
    ('PUT', U, {'password_hash': 'x', 'tags': ''}),
    ('PUT', U, {'password_hash': 'x', 'password': 'x', 'tags': ''}),
    ('PUT', P, {'configure': '', 'write': '', 'read': ''}), ('GET', P, None),
    ('PUT', P, dict(RIGHTS, x=1)), ('GET', P, None), ('PUT', P, {'configure': 'a'}),
    ('PUT', '/api/permissions/nope/exact', RIGHTS), ('PUT', '/api/permissions/%2F/nope', RIGHTS),
    ('GET', U + '/permissions', None), ('PUT', T, {'exchange': 'amq.topic', 'write': 'a', 'read': 'b'}),
    ('GET', T, None), ('PUT', T, {'write': 'a', 'read': 'b'}), 
    ('DELETE', T + '/amq.topic', None), ('DELETE', T, None), ('GET', U + '/topic-permissions', None),
    ('DELETE', P, None), ('GET', P, None), ('POST', '/api/users/bulk-delete', {'users': ['nope']}),
    ('POST', '/api/users/bulk-delete', {}), ('POST', '/api/users/bulk-delete', {'users': []}),
    ('PUT', LU + '/max-channels', {'value': 7}), ('GET', LU, None),
    ('PUT', LU + '/max-channels', {'value': 1.5}), ('PUT', LU + '/nope', {'value': 1}),
    ('DELETE', LU + '/max-channels', None), ('GET', LU, None), ('DELETE', LU + '/nope', None),
    ('DELETE', U, None), ('DELETE', U, None),
    ('PUT', V, {'description': 'd', 'tags': ['a']}), ('PUT', V, {'tags': 'x , y'}),
    ('GET', V + '?columns=description,tags,tracing,metadata', None), ('PUT', V, {'tracing': 'x'}),
    ('PUT', V, {'tracing': True}), ('GET', V + '?columns=tracing', None), ('PUT', V, 'x'),
    ('PUT', LV + '/max-queues', {'value': 0}), ('GET', LV, None),
    ('PUT', LV + '/max-queues', {'value': 1.5}), ('PUT', LV + '/max-queues', {'value': None}),
    ('PUT', LV + '/nope', {'value': 1}), ('DELETE', LV + '/max-queues', None), ('GET', LV, None),
    ('DELETE', V, None), ('DELETE', V, None),
]

POLICIES = [
    ('PUT', PO, POLICY), ('GET', PO, None), ('PUT', PO, dict(POLICY, priority=None)),
    ('PUT', PO, dict(POLICY, pattern=7)), ('PUT', PO, {'pattern': 'x'}), ('PUT', PO, {}),
    ('PUT', PO, dict(POLICY, vhost='nope', name='other', nonsense=1)), ('GET', PO, None),
    ('PUT', PO, {'pattern': 'x', 'definition': {'max-length': -1}}),
    ('PUT', '/api/policies/nope/x', POLICY), ('GET', '/api/policies/nope/x', None),
    ('PUT', PO, dict(POLICY, **{'apply-to': 'x'})), ('DELETE', PO, None), ('DELETE', PO, None),
    ('PUT', OP, POLICY), ('GET', OP, None), ('GET', '/api/parameters/operator_policy/%2F/exact', None),
    ('DELETE', OP, None), ('DELETE', OP, None), ('PUT', G, {'value': []}), ('GET', G, None),
    ('PUT', G, {'value': 1.5}), ('GET', G, None), ('PUT', G, {'name': 'x', 'value': 'é'}),
    ('GET', G, None), ('DELETE', G, None), ('PUT', '/api/parameters/nope/%2F/s', {'value': {}}),
    ('PUT', '/api/parameters/nope/%2F/s', {}), ('GET', '/api/parameters/nope/%2F/s', None),
]

IMPORTS = [
    ('POST', D, {}), ('POST', D, ''), ('POST', D, {'nonsense': [1]}), ('POST', D, {'rabbit_version': '1'}),
    ('POST', D, {'queues': [{'name': 'x', 'vhost': 'nope', 'durable': True, 'auto_delete': False,
                             'arguments': {}}]}),
    ('POST', D, {'bindings': [{'source': 'nope', 'vhost': '/', 'destination': 'nope', 'routing_key': '',
                               'destination_type': 'queue', 'arguments': {}}]}),
    ('POST', D, {'permissions': [dict(RIGHTS, user='nope', vhost='/')]}),
    ('POST', D, {'permissions': [dict(RIGHTS, user='guest', vhost='nope')]}),
    ('POST', D, {'users': [{'name': 'exact', 'password_hash': 'x', 'tags': ''}]}),
    ('POST', D, {'users': [{'name': 'exact'}]}), ('GET', U, None),
    ('POST', D + '/%2F', {'vhosts': [{'name': 'exact'}]}), ('GET', V, None),
    ('POST', D, '--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n{}\r\n--b--\r\n',
     plain('multipart/form-data; boundary=b')),
]

HEALTH = [('GET', '/api/health/checks/' + path, None) for path in (
    'alarms', 'local-alarms', 'virtual-hosts', 'node-is-quorum-critical', 'protocol-listener/AMQP',
    'protocol-listener/amqp091', 'port-listener/x', 'certificate-expiration/1/days',
    'certificate-expiration/x/days', 'certificate-expiration/1/x', 'nope')]
HEALTH += [('GET', path, None) for path in (
    '/api/healthchecks/node', '/api/healthchecks/node/nope', '/api/aliveness-test/%2F')]

END = [('DELETE', Q + '2', None), ('DELETE', Q, None), ('DELETE', E, None)]

REQUESTS = NAMES + BODIES + METHODS + PAGES + ACCOUNTS + POLICIES + IMPORTS + HEALTH + END
