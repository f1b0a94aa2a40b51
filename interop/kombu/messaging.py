#!/usr/bin/python3
"""What Celery and others do with kombu: task queues, routing, pools, SimpleQueue, broadcast."""

import kombu
from kombu.pools import producers
from support import Inbox, connect, equal, suite


@suite.check('the broker is taken for a modern RabbitMQ: prefetch is set per consumer')
def identity(_names):
    with connect() as connection:
        connection.connect()
        properties = connection.connection.server_properties
        equal(properties['product'], 'RabbitMQ', 'product')
        version = tuple(int(part) for part in properties['version'].split('.')[:2])
        equal(version >= (3, 10), True, 'version %s is modern' % properties['version'])
        equal(connection.qos_semantics_matches_spec, False, 'old prefetch semantics')


@suite.check('work queue: with prefetch 1 a fast worker takes what a slow one leaves')
def fair_dispatch(names):
    queue = kombu.Queue(names.queue(), durable=True)
    with connect() as slow_side, connect() as fast_side:
        slow, fast = (Inbox(side, [queue], prefetch_count=1) for side in (slow_side, fast_side))
        producer = slow_side.Producer()
        for number in range(10):
            producer.publish({'task': number}, routing_key=queue.name, serializer='json')
        slow.wait_for(1)
        for done in range(9):
            fast.wait_for(done + 1).ack()
        slow.step()
        slow.wait_for(1).ack()
        tasks = sorted(payload['task'] for payload in slow.payloads() + fast.payloads())
        equal(tasks, list(range(10)), 'tasks')


@suite.check('SimpleQueue: put, get, requeue, reject, size')
def simple_queue(names):
    name = names.queue()
    names.exchanges.append(name)  # kombu declares an exchange of the same name.
    with connect() as connection:
        simple = connection.SimpleQueue(name)
        for number in range(3):
            simple.put({'n': number}, compression='zlib')
        first = simple.get(timeout=30)
        first.requeue()
        again = simple.get(timeout=30)
        payloads = [again.payload['n']]
        equal((first.payload['n'], first.delivery_info['redelivered']), (0, False), 'first')
        again.ack()
        for _ in range(2):
            message = simple.get(timeout=30)
            payloads.append(message.payload['n'])
            message.reject()
        equal(sorted(payloads), [0, 1, 2], 'payloads')
        equal(simple.qsize(), 0, 'size')
        simple.clear()
        simple.close()


@suite.check('routing: exchanges and queues that producers and consumers declare themselves')
def declared(names):
    media = kombu.Exchange(names.exchange('media'), 'topic', durable=True)
    video = kombu.Queue(names.queue('video'), media, routing_key='media.video.#')
    every = kombu.Queue(names.queue('every'), media, routing_key='media.#')
    with connect() as connection:
        inbox_video, inbox_every = Inbox(connection, [video]), Inbox(connection, [every])
        with producers[connection].acquire(block=True) as producer:
            for key in ('media.video.mp4', 'media.audio', 'other'):
                producer.publish(key, exchange=media, routing_key=key, declare=[video, every])
        inbox_video.wait_for(1)
        inbox_every.wait_for(2)
        equal(inbox_video.payloads(), ['media.video.mp4'], 'video')
        equal(inbox_every.payloads(), ['media.video.mp4', 'media.audio'], 'every')


@suite.check('publish/subscribe: Broadcast gives every worker its own copy')
def broadcast(names):
    exchange = kombu.Exchange(names.exchange('control'), 'fanout')
    with connect() as connection:
        queues = [kombu.Queue('', exchange, exclusive=True, auto_delete=True) for _ in range(3)]
        inboxes = [Inbox(connection, [queue]) for queue in queues]
        connection.Producer().publish('shutdown', exchange=exchange)
        for inbox in inboxes:
            inbox.wait_for(1)
            equal(inbox.payloads(), ['shutdown'], 'payload')


@suite.check('headers: an exchange of type headers, and exchanges bound to each other')
def headers(names):
    front = kombu.Exchange(names.exchange('front'), 'headers')
    back = kombu.Exchange(names.exchange('back'), 'fanout')
    queue = kombu.Queue(names.queue(), back)
    with connect() as connection:
        channel = connection.channel()
        for entity in (front, back, queue):
            entity(channel).declare()
        back(channel).bind_to(front, arguments={'x-match': 'any', 'color': 'red', 'size': 5})
        inbox = Inbox(connection, [queue])
        for table in ({'color': 'red'}, {'color': 'blue'}, {'size': 5, 'color': 'blue'}, {}):
            connection.Producer().publish(table, exchange=front, headers=table)
        inbox.wait_for(2)
        equal(inbox.payloads(), [{'color': 'red'}, {'size': 5, 'color': 'blue'}], 'payloads')


@suite.check('RPC: an exclusive callback queue and correlation ids')
def rpc(names):
    queue = kombu.Queue(names.queue('rpc'))
    with connect() as client, connect() as server:
        serving = Inbox(server, [queue], prefetch_count=1)
        answers = Inbox(client, [kombu.Queue('', exclusive=True, auto_delete=True)], no_ack=True)
        callback = answers.consumer.queues[0].name
        equal(callback.startswith('amq.gen-'), True, callback)
        for number in range(5):
            client.Producer().publish(number, routing_key=queue.name, reply_to=callback,
                                      correlation_id='call-%d' % number)
        for call in range(5):
            request = serving.wait_for(call + 1)
            server.Producer().publish(request.payload ** 2,
                                      routing_key=request.properties['reply_to'],
                                      correlation_id=request.properties['correlation_id'])
            request.ack()
        answers.wait_for(5)
        found = [(m.properties['correlation_id'], m.payload) for m in answers.messages]
        equal(found, [('call-%d' % n, n ** 2) for n in range(5)], 'answers')


if __name__ == '__main__':
    suite.run()
