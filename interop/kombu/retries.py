#!/usr/bin/python3
"""Tasks that are tried again, in the ways of Celery and its users."""

import time

import kombu
from support import Inbox, connect, equal, suite


def dead_letters_to(queue, **more):
    """The arguments of a queue whose dead letters go to another one."""
    return dict({'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': queue}, **more)


def deaths(message):
    """How often the message died, by queue and reason."""
    return {(entry['queue'], entry['reason']): entry['count']
            for entry in message.headers['x-death']}


@suite.check('retry: a task that is rejected waits for its time to live and comes again')
def retry(names):
    wait_name = names.queue('wait')
    work = kombu.Queue(names.queue('work'), durable=True,
                       queue_arguments=dead_letters_to(wait_name))
    wait = kombu.Queue(wait_name, durable=True, message_ttl=0.06,
                       queue_arguments=dead_letters_to(work.name))
    with connect() as connection:
        wait(connection.channel()).declare()
        inbox = Inbox(connection, [work])
        connection.Producer().publish({'task': 'add', 'retries': 0}, routing_key=work.name)
        for tries in range(3):
            message = inbox.wait_for(tries + 1)
            equal(message.payload['task'], 'add', 'task')
            if tries:
                equal(deaths(message), {(work.name, 'rejected'): tries,
                                        (wait.name, 'expired'): tries}, 'deaths')
            if tries < 2:
                message.reject()
            else:
                message.ack()


@suite.check('countdown: a task waits as long as its expiration says, and is published anew to wait')
def countdown(names):
    work = kombu.Queue(names.queue('work'), durable=True)
    wait = kombu.Queue(names.queue('wait'), durable=True,
                       queue_arguments=dead_letters_to(work.name))
    with connect() as connection:
        inbox = Inbox(connection, [work])
        wait(connection.channel()).declare()
        producer = connection.Producer()
        for tries, seconds in enumerate((0.05, 0.15)):
            started = time.monotonic()
            producer.publish({'retries': tries}, routing_key=wait.name, expiration=seconds)
            message = inbox.wait_for(tries + 1)
            equal(time.monotonic() - started >= seconds, True, 'it waited')
            equal((message.payload['retries'], deaths(message)), (tries, {(wait.name, 'expired'): 1}),
                  'task')
            message.ack()


@suite.check('a task that fails for good is kept among the dead, with what it was')
def dead(names):
    tasks = kombu.Exchange(names.exchange('tasks'), 'direct')
    graveyard = kombu.Exchange(names.exchange('dead'), 'fanout')
    buried = kombu.Queue(names.queue('buried'), graveyard)
    work = kombu.Queue(names.queue('work'), tasks, routing_key='celery', queue_arguments={
        'x-dead-letter-exchange': graveyard.name})
    with connect() as connection:
        working, burying = Inbox(connection, [work]), Inbox(connection, [buried])
        connection.Producer().publish([[2, 2], {}, {}], exchange=tasks, routing_key='celery',
                                      headers={'task': 'add', 'id': '1'}, correlation_id='1')
        working.wait_for(1).reject()
        message = burying.wait_for(1)
        equal(message.payload, [[2, 2], {}, {}], 'payload')
        equal((message.headers['task'], message.properties['correlation_id']), ('add', '1'), 'task')
        equal(message.headers['x-death'][0]['routing-keys'], ['celery'], 'keys')
        equal((message.headers['x-first-death-queue'], message.headers['x-first-death-exchange']),
              (work.name, tasks.name), 'first death')
        equal(message.delivery_info['exchange'], graveyard.name, 'exchange')
        message.ack()


@suite.check('native delays: a topic exchange and a queue for each bit of the countdown')
def native(names):
    # Celery's since 5.5, with hundredths of a second in place of seconds. A key of 101.task waits in
    # the queues for 4 and for 1.
    target = kombu.Queue(names.queue('target'), durable=True)
    levels = [kombu.Exchange(names.exchange('level'), 'topic') for _ in range(3)]
    out = kombu.Exchange(names.exchange('out'), 'topic')
    with connect() as connection:
        channel = connection.channel()
        for exchange in [out] + levels:
            exchange(channel).declare()
        for bit, exchange in enumerate(levels):
            below = levels[bit - 1] if bit else out
            wait = kombu.Queue(names.queue('wait'), queue_arguments={
                'x-message-ttl': 10 << bit, 'x-dead-letter-exchange': below.name})
            before = '*.' * (2 - bit)
            wait(channel).declare()
            wait(channel).bind_to(exchange, routing_key='%s1.#' % before)
            below(channel).bind_to(exchange, routing_key='%s0.#' % before)
        inbox = Inbox(connection, [target])
        target(channel).bind_to(out, routing_key='*.*.*.%s' % target.name)
        started = time.monotonic()
        connection.Producer().publish('task', exchange=levels[2],
                                      routing_key='1.0.1.%s' % target.name)
        message = inbox.wait_for(1)
        equal(time.monotonic() - started >= 0.05, True, 'it waited')
        equal(len(message.headers['x-death']), 2, 'number of queues in which it waited')
        message.ack()


@suite.check('x-delayed-message: a countdown is a header')
def delayed(names):
    exchange = kombu.Exchange(names.exchange('delayed'), 'x-delayed-message', durable=True,
                              arguments={'x-delayed-type': 'topic'})
    queue = kombu.Queue(names.queue(), exchange, routing_key='task.#', durable=True)
    with connect() as connection:
        inbox = Inbox(connection, [queue])
        started = time.monotonic()
        producer = connection.Producer()
        for delay in (2500, 50):
            producer.publish({'delay': delay}, exchange=exchange, routing_key='task.add',
                             headers={'x-delay': delay})
        inbox.wait_for(2)
        equal(time.monotonic() - started >= 2.5, True, 'the last one waited')
        equal([payload['delay'] for payload in inbox.payloads()], [50, 2500], 'order')


if __name__ == '__main__':
    suite.run()
