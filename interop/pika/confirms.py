#!/usr/bin/python3
"""Publisher confirms, blocking and asynchronous, and messages that come back."""

import pika
from support import Inbox, connect, declare_and_bind, equal, get, suite, uri_from_arguments


@suite.check('confirms: a confirmed publish is in the queue')
def confirmed(names):
    queue = names.queue()
    with connect() as connection:
        channel = connection.channel()
        channel.queue_declare(queue, durable=True)
        channel.confirm_delivery()
        for number in range(50):
            channel.basic_publish('', queue, str(number), pika.BasicProperties(delivery_mode=2))
            declared = channel.queue_declare(queue, passive=True).method
            equal(declared.message_count, number + 1, 'message count')


@suite.check('returns: an unroutable mandatory message comes back whole, 312 NO_ROUTE')
def returned(names):
    exchange = names.exchange()
    properties = pika.BasicProperties(message_id='m1', headers={'n': 1})
    with connect() as connection:
        channel = connection.channel()
        channel.exchange_declare(exchange, 'direct')
        channel.confirm_delivery()
        channel.basic_publish(exchange, 'nowhere', 'dropped')
        try:
            channel.basic_publish(exchange, 'nowhere', 'back', properties, mandatory=True)
        except pika.exceptions.UnroutableError as unroutable:
            (message,) = unroutable.messages
        else:
            raise AssertionError('the message did not come back')
        method = message.method
        equal((method.reply_code, method.reply_text), (312, 'NO_ROUTE'), 'reply')
        equal((method.exchange, method.routing_key), (exchange, 'nowhere'), 'address')
        equal((message.body, message.properties), (b'back', properties), 'content')
        declare_and_bind(channel, exchange, 'nowhere')
        channel.basic_publish(exchange, 'nowhere', 'routed', mandatory=True)


@suite.check('returns: without confirms they come by the callback')
def returned_by_callback(names):
    queue = names.queue()
    returns = []
    with connect() as connection:
        channel = connection.channel()
        channel.add_on_return_callback(lambda *message: returns.append(message[3]))
        for number in range(3):
            channel.basic_publish('', queue, str(number), mandatory=True)
        channel.queue_declare(queue)
        channel.basic_publish('', queue, 'routed', mandatory=True)
        inbox = Inbox(channel, queue, auto_ack=True)
        inbox.wait_for(1)
        equal(returns, [b'0', b'1', b'2'], 'returns')


class Publisher:
    """Publishes without waiting, and writes down returns and confirms in the order they come.

    Every seventh message is unroutable and mandatory.
    """

    COUNT = 700

    def __init__(self, queue):
        self.queue = queue
        self.story = []
        self.unconfirmed = set(range(1, self.COUNT + 1))
        self.connection = pika.SelectConnection(
            pika.URLParameters(uri_from_arguments()), on_open_callback=self.on_open,
            on_close_callback=lambda _connection, _reason: self.connection.ioloop.stop())

    def run(self):
        loop = self.connection.ioloop
        loop.call_later(15, self.connection.close)
        loop.start()

    def on_open(self, connection):
        connection.channel(on_open_callback=self.on_channel)

    def on_channel(self, channel):
        self.channel = channel
        channel.add_on_return_callback(self.on_return)
        channel.queue_declare(self.queue, callback=self.on_declared)

    def on_declared(self, _frame):
        self.channel.confirm_delivery(self.on_confirm, callback=self.on_selected)

    def on_selected(self, _frame):
        for tag in range(1, self.COUNT + 1):
            key = self.queue + '.nowhere' if tag % 7 == 0 else self.queue
            self.channel.basic_publish('', key, str(tag), mandatory=True)

    def on_return(self, _channel, _method, _properties, body):
        self.story.append(('return', int(body)))

    def on_confirm(self, frame):
        equal(frame.method.NAME, 'Basic.Ack', 'confirm')
        last = frame.method.delivery_tag
        first = min(self.unconfirmed) if frame.method.multiple else last
        for tag in range(first, last + 1):
            if tag in self.unconfirmed:
                self.unconfirmed.remove(tag)
                self.story.append(('confirm', tag))
        if not self.unconfirmed:
            self.connection.close()


@suite.check('confirms: 700 in flight, each confirmed once, a return before its confirm')
def asynchronous(names):
    publisher = Publisher(names.queue())
    publisher.run()
    equal(publisher.unconfirmed, set(), 'unconfirmed')
    confirms = [tag for what, tag in publisher.story if what == 'confirm']
    returns = [tag for what, tag in publisher.story if what == 'return']
    equal(sorted(confirms), list(range(1, publisher.COUNT + 1)), 'confirms')
    equal(returns, list(range(7, publisher.COUNT + 1, 7)), 'returns')
    for tag in returns:
        story = publisher.story
        equal(story.index(('return', tag)) < story.index(('confirm', tag)), True, 'return first')
    with connect() as connection:
        channel = connection.channel()
        stored = [int(get(channel, publisher.queue)) for _ in range(600)]
        equal(stored, [tag for tag in range(1, publisher.COUNT + 1) if tag % 7], 'stored')


if __name__ == '__main__':
    suite.run()
