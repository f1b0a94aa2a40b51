#!/usr/bin/env php
<?php

declare(strict_types=1);

// Work queues, routing, RPC and consumers with php-amqplib.

require __DIR__ . '/support.php';

use PhpAmqpLib\Channel\AMQPChannel;
use PhpAmqpLib\Exception\AMQPBasicCancelException;
use PhpAmqpLib\Message\AMQPMessage;
use PhpAmqpLib\Wire\AMQPTable;

$suite->check(
    'work queue: with prefetch 1 a fast worker takes what a slow one leaves',
    function (Names $names): void {
        $queue = $names->queue();
        $workers = [];
        foreach ([connect(), connect()] as $side) {
            $channel = $side->channel();
            declareQueue($channel, $queue);
            $channel->basic_qos(0, 1, false);
            $workers[] = new Inbox($channel, $queue);
        }
        [$slow, $fast] = $workers;
        for ($job = 0; $job < 10; $job++) {
            $properties = ['delivery_mode' => AMQPMessage::DELIVERY_MODE_PERSISTENT];
            $channel->basic_publish(new AMQPMessage((string) $job, $properties), '', $queue);
        }
        $slow->waitFor(1);
        for ($done = 1; $done <= 9; $done++) {
            $fast->waitFor($done)->ack();
        }
        $slow->idle();
        $slow->waitFor(1)->ack();
        $jobs = array_merge($slow->bodies(), $fast->bodies());
        sort($jobs);
        equal($jobs, array_map('strval', range(0, 9)), 'jobs');
    }
);

$suite->check('publish/subscribe, routing and topics', function (Names $names): void {
    $channel = connect()->channel();
    $cases = [
        ['fanout', '', ['info', 'kern.critical'], ['info', 'kern.critical']],
        ['direct', 'info', ['info', 'infos', 'kern.critical'], ['info']],
        ['topic', '*.critical', ['critical', 'kern.critical', 'a.b.critical'], ['kern.critical']],
        ['topic', '#.critical', ['critical', 'a.b.critical', 'x'], ['critical', 'a.b.critical']],
    ];
    foreach ($cases as [$type, $binding, $published, $expected]) {
        $exchange = $names->exchange($type);
        $channel->exchange_declare($exchange, $type, auto_delete: false);
        $queues = [];
        for ($count = 0; $count < 2; $count++) {
            $queue = declareQueue($channel, '', durable: false, exclusive: true);
            $channel->queue_bind($queue, $exchange, $binding);
            $queues[] = $queue;
        }
        foreach ($published as $key) {
            $channel->basic_publish(new AMQPMessage($key), $exchange, $key);
        }
        foreach ($queues as $queue) {
            $bodies = array_map(fn () => getBody($channel, $queue), $published);
            equal(array_values(array_filter($bodies)), $expected, "$type $binding");
        }
    }
});

$suite->check(
    'headers: an exchange of type headers, and exchanges bound to each other',
    function (Names $names): void {
        $channel = connect()->channel();
        [$front, $back] = [$names->exchange('front'), $names->exchange('back')];
        $channel->exchange_declare($front, 'headers', auto_delete: false);
        $channel->exchange_declare($back, 'fanout', auto_delete: false, internal: true);
        $arguments = new AMQPTable(['x-match' => 'all', 'color' => 'red', 'size' => 5]);
        $channel->exchange_bind($back, $front, '', false, $arguments);
        $queue = declareQueue($channel, '', durable: false, exclusive: true);
        $channel->queue_bind($queue, $back);
        $tables = ['half' => ['size' => 5], 'full' => ['size' => 5, 'color' => 'red']];
        foreach ($tables as $body => $table) {
            $properties = ['application_headers' => new AMQPTable($table)];
            $channel->basic_publish(new AMQPMessage($body, $properties), $front);
        }
        equal([getBody($channel, $queue), getBody($channel, $queue)], ['full', null], 'bodies');
    }
);

$replyQueues = [
    'direct reply-to' => fn (): string => 'amq.rabbitmq.reply-to',
    'a server-named exclusive callback queue' => fn (AMQPChannel $channel): string
        => declareQueue($channel, '', durable: false, exclusive: true),
];
foreach ($replyQueues as $what => $replyQueue) {
    $suite->check("RPC: $what", function (Names $names) use ($replyQueue): void {
        [$client, $server] = [connect()->channel(), connect()->channel()];
        $queue = declareQueue($server, $names->queue('rpc'));
        $requests = new Inbox($server, $queue);
        $replyTo = $replyQueue($client);
        $answers = new Inbox($client, $replyTo, no_ack: true);
        for ($number = 0; $number < 5; $number++) {
            $properties = ['reply_to' => $replyTo, 'correlation_id' => "c$number"];
            $client->basic_publish(new AMQPMessage((string) $number, $properties), '', $queue);
        }
        for ($number = 0; $number < 5; $number++) {
            $request = $requests->waitFor($number + 1);
            $answer = new AMQPMessage(
                (string) ($request->getBody() ** 2),
                ['correlation_id' => $request->get('correlation_id')]
            );
            $server->basic_publish($answer, '', $request->get('reply_to'));
            $request->ack();
            $reply = $answers->waitFor($number + 1);
            equal($reply->get('correlation_id'), "c$number", 'correlation id');
            equal($reply->getBody(), (string) $number ** 2, 'answer');
        }
    });
}

$suite->check(
    'nack and reject: requeued messages come back redelivered, in order',
    function (Names $names): void {
        $channel = connect()->channel();
        $queue = declareQueue($channel, $names->queue());
        foreach (['0', '1', '2', '3'] as $body) {
            $channel->basic_publish(new AMQPMessage($body), '', $queue);
        }
        $held = [];
        for ($left = 3; $left >= 0; $left--) {
            $held[] = $message = $channel->basic_get($queue);
            equal([$message->getMessageCount(), $message->isRedelivered()], [$left, false]);
        }
        $held[1]->reject(false);
        $held[3]->reject(true);
        $held[2]->nack(true, true);
        $inbox = new Inbox($channel, $queue);
        $inbox->waitFor(3)->ack(true);
        equal($inbox->bodies(), ['0', '2', '3'], 'bodies');
        foreach ($inbox->messages as $message) {
            equal($message->isRedelivered(), true, 'redelivered');
        }
        equal($channel->queue_delete($queue), 0, 'left');
    }
);

$suite->check('cancel: by the client, by the delete of the queue', function (Names $names): void {
    $connection = connect();
    $channel = $connection->channel();
    $queue = declareQueue($channel, $names->queue());
    $inbox = new Inbox($channel, $queue, no_ack: true);
    $channel->basic_cancel($inbox->tag);
    $channel->basic_publish(new AMQPMessage('kept'), '', $queue);
    equal(getBody($channel, $queue), 'kept', 'body');
    $watcher = new Inbox($channel, $queue, consumer_tag: 'watcher');
    $connection->channel()->queue_delete($queue);
    try {
        $watcher->waitFor(1);
    } catch (AMQPBasicCancelException $cancel) {
        equal($cancel->consumerTag, 'watcher', 'cancelled tag');
        return;
    }
    throw new RuntimeException('no cancel came');
});

$suite->run();
