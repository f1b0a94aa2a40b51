package main

import (
	"context"
	"fmt"
	"sort"
	"strconv"

	amqp "github.com/rabbitmq/amqp091-go"
)

func declare(channel *amqp.Channel, name string) string {
	queue, err := channel.QueueDeclare(name, true, false, false, false, nil)
	must(err)
	return queue.Name
}

// exclusive declares a queue that the server names and that goes with the connection.
func exclusive(channel *amqp.Channel) string {
	queue, err := channel.QueueDeclare("", false, false, true, false, nil)
	must(err)
	return queue.Name
}

func consume(channel *amqp.Channel, queue string, autoAck bool) <-chan amqp.Delivery {
	deliveries, err := channel.Consume(queue, "", autoAck, false, false, false, nil)
	must(err)
	return deliveries
}

func publish(channel *amqp.Channel, exchange, key string, message amqp.Publishing) {
	must(channel.PublishWithContext(context.Background(), exchange, key, false, false, message))
}

func text(body string) amqp.Publishing {
	return amqp.Publishing{ContentType: "text/plain", Body: []byte(body)}
}

func fairDispatch(b *bench) {
	queue := b.queue()
	workers := []<-chan amqp.Delivery{}
	producer := open(b.connect())
	declare(producer, queue)
	for side := 0; side < 2; side++ {
		channel := open(b.connect())
		must(channel.Qos(1, 0, false))
		workers = append(workers, consume(channel, queue, false))
	}
	for job := 0; job < 10; job++ {
		publish(producer, "", queue, text(strconv.Itoa(job)))
	}
	held := receive(workers[0])
	jobs := []string{string(held.Body)}
	for job := 0; job < 9; job++ {
		delivery := receive(workers[1])
		jobs = append(jobs, string(delivery.Body))
		must(delivery.Ack(false))
	}
	nothing(workers[0])
	must(held.Ack(false))
	sort.Strings(jobs)
	equal(jobs, []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}, "jobs")
}

func manyJobs(b *bench) {
	const publishers, each = 5, 1000
	queue := declare(open(b.connect()), b.queue())
	done := make(chan string, publishers*each)
	failed := make(chan error, 2*publishers)
	for worker := 0; worker < publishers; worker++ {
		channel := open(b.connect())
		must(channel.Qos(50, 0, false))
		go work(consume(channel, queue, false), done, failed)
	}
	for publisher := 0; publisher < publishers; publisher++ {
		go flood(open(b.connect()), queue, publisher, each, failed)
	}
	seen := map[string]bool{}
	for len(seen) < publishers*each {
		select {
		case job := <-done:
			equal(seen[job], false, "seen before: "+job)
			seen[job] = true
		case err := <-failed:
			must(err)
		}
	}
}

func work(deliveries <-chan amqp.Delivery, done chan<- string, failed chan<- error) {
	for delivery := range deliveries {
		if err := delivery.Ack(false); err != nil {
			failed <- err
			return
		}
		done <- string(delivery.Body)
	}
}

func flood(channel *amqp.Channel, queue string, publisher, count int, failed chan<- error) {
	for job := 0; job < count; job++ {
		message := text(fmt.Sprintf("%d.%d", publisher, job))
		err := channel.PublishWithContext(context.Background(), "", queue, false, false, message)
		if err != nil {
			failed <- err
			return
		}
	}
}

func exchanges(b *bench) {
	channel := open(b.connect())
	cases := []struct {
		kind, binding       string
		published, expected []string
	}{
		{"fanout", "", []string{"info", "kern.critical"}, []string{"info", "kern.critical"}},
		{"direct", "info", []string{"info", "infos", ""}, []string{"info"}},
		{"topic", "*.critical", []string{"critical", "kern.critical", "a.b.critical"},
			[]string{"kern.critical"}},
		{"topic", "#.critical", []string{"critical", "a.b.critical", "x"},
			[]string{"critical", "a.b.critical"}},
		{"topic", "a.#.b.*", []string{"a.b", "a.b.c", "a.x.y.b.c", "a.b.b.b"},
			[]string{"a.b.c", "a.x.y.b.c", "a.b.b.b"}},
	}
	for _, c := range cases {
		exchange := b.exchange()
		must(channel.ExchangeDeclare(exchange, c.kind, true, false, false, false, nil))
		subscribers := []<-chan amqp.Delivery{}
		for count := 0; count < 2; count++ {
			queue := exclusive(channel)
			must(channel.QueueBind(queue, c.binding, exchange, false, nil))
			subscribers = append(subscribers, consume(channel, queue, true))
		}
		for _, key := range c.published {
			publish(channel, exchange, key, text(key))
		}
		for _, subscriber := range subscribers {
			equal(bodies(subscriber, len(c.expected)), c.expected, c.kind+" "+c.binding)
			nothing(subscriber)
		}
	}
}

func headersExchange(b *bench) {
	channel := open(b.connect())
	front, back := b.exchange(), b.exchange()
	must(channel.ExchangeDeclare(front, "headers", false, false, false, false, nil))
	must(channel.ExchangeDeclare(back, "fanout", false, false, true, false, nil))
	arguments := amqp.Table{"x-match": "all", "format": "pdf", "pages": int32(3)}
	must(channel.ExchangeBind(back, "", front, false, arguments))
	queue := exclusive(channel)
	must(channel.QueueBind(queue, "", back, false, nil))
	deliveries := consume(channel, queue, true)
	for body, headers := range map[string]amqp.Table{
		"half": {"format": "pdf"},
		"full": {"format": "pdf", "pages": int32(3), "more": true},
	} {
		publish(channel, front, "", amqp.Publishing{Headers: headers, Body: []byte(body)})
	}
	equal(bodies(deliveries, 1), []string{"full"}, "bodies")
	must(channel.ExchangeUnbind(back, "", front, false, arguments))
	publish(channel, front, "", amqp.Publishing{Headers: arguments, Body: []byte("late")})
	nothing(deliveries)
}

func directReplyTo(b *bench) {
	askTwice(b, func(*amqp.Channel) string { return "amq.rabbitmq.reply-to" })
}

func callbackQueue(b *bench) {
	askTwice(b, exclusive)
}

// askTwice makes calls from two clients; each must get its own answers only.
func askTwice(b *bench, replyQueue func(*amqp.Channel) string) {
	service := declare(open(b.connect()), b.queue())
	server := open(b.connect())
	requests := consume(server, service, false)
	answers := []<-chan amqp.Delivery{}
	for client := 0; client < 2; client++ {
		channel := open(b.connect())
		replyTo := replyQueue(channel)
		answers = append(answers, consume(channel, replyTo, true))
		publish(channel, "", service, amqp.Publishing{
			ReplyTo: replyTo, CorrelationId: fmt.Sprint("c", client), Body: []byte{byte(client)}})
	}
	for call := 0; call < 2; call++ {
		request := receive(requests)
		publish(server, "", request.ReplyTo, amqp.Publishing{
			CorrelationId: request.CorrelationId, Body: []byte{request.Body[0] + 40}})
		must(request.Ack(false))
	}
	for client, replies := range answers {
		reply := receive(replies)
		equal(reply.CorrelationId, fmt.Sprint("c", client), "correlation id")
		equal(reply.Body, []byte{byte(client + 40)}, "answer")
		nothing(replies)
	}
}
