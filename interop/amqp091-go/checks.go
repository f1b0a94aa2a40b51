package main

import (
	"crypto/rand"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"strings"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

const (
	checkLimit = 120 * time.Second
	waitLimit  = 60 * time.Second
)

type check struct {
	sentence string
	body     func(*bench)
}

// failure is what a check panics with: a finding, with the line of the check that made it.
type failure string

// bench is what a check works with: connections that are closed and names that are deleted after
// it. A check uses it from one goroutine only.
type bench struct {
	uri         string
	prefix      string
	connections []*amqp.Connection
	queues      []string
	exchanges   []string
}

// runAll reports each check on a line of its own, then the plan, and returns the exit code.
func runAll(uri string, checks []check) int {
	if strings.HasSuffix(uri, "/") {
		uri += "%2F" // A bare trailing slash means the virtual host `/`.
	}
	failed := 0
	for _, check := range checks {
		problem := runOne(uri, check)
		if problem == "" {
			fmt.Printf("ok - amqp091-go: %s\n", check.sentence)
			continue
		}
		failed++
		fmt.Printf("not ok - amqp091-go: %s\n#   %s\n", check.sentence,
			strings.ReplaceAll(problem, "\n", "\n#   "))
	}
	fmt.Printf("1..%d\n", len(checks))
	if failed > 0 {
		return 1
	}
	return 0
}

// runOne returns what went wrong in the check or in its clean-up, or nothing.
func runOne(uri string, check check) string {
	random := make([]byte, 3)
	if _, err := rand.Read(random); err != nil {
		return err.Error()
	}
	b := &bench{uri: uri, prefix: fmt.Sprintf("interop.go.%d.%x", os.Getpid(), random)}
	problem := guarded(func() { check.body(b) })
	cleaning := guarded(b.clean)
	if problem != "" {
		return problem
	}
	return cleaning
}

// guarded runs the body for a limited time, and returns the text of its panic, or nothing.
func guarded(body func()) string {
	done := make(chan string, 1)
	go func() {
		defer func() {
			if found := recover(); found != nil {
				done <- fmt.Sprint(found)
			}
		}()
		body()
		done <- ""
	}()
	select {
	case problem := <-done:
		return problem
	case <-time.After(checkLimit):
		return "the check took too long"
	}
}

func (b *bench) clean() {
	for _, connection := range b.connections {
		if !connection.IsClosed() {
			must(connection.Close())
		}
	}
	connection, err := amqp.Dial(b.uri)
	must(err)
	defer connection.Close()
	channel := open(connection)
	for _, queue := range b.queues {
		_, err := channel.QueueDelete(queue, false, false, false)
		must(err)
	}
	for _, exchange := range b.exchanges {
		must(channel.ExchangeDelete(exchange, false, false))
	}
}

func (b *bench) queue() string {
	b.queues = append(b.queues, fmt.Sprintf("%s.queue.%d", b.prefix, len(b.queues)))
	return b.queues[len(b.queues)-1]
}

func (b *bench) exchange() string {
	b.exchanges = append(b.exchanges, fmt.Sprintf("%s.exchange.%d", b.prefix, len(b.exchanges)))
	return b.exchanges[len(b.exchanges)-1]
}

func (b *bench) connect() *amqp.Connection {
	return b.connectWith(amqp.Config{})
}

func (b *bench) connectWith(config amqp.Config) *amqp.Connection {
	connection, err := amqp.DialConfig(b.uri, config)
	must(err)
	b.connections = append(b.connections, connection)
	return connection
}

func open(connection *amqp.Connection) *amqp.Channel {
	channel, err := connection.Channel()
	must(err)
	return channel
}

// fail ends the check, naming the line of the file that holds it.
func fail(format string, arguments ...interface{}) {
	where := ""
	for skip := 1; skip < 10; skip++ {
		_, file, line, ok := runtime.Caller(skip)
		if ok && !strings.HasSuffix(file, "checks.go") {
			where = fmt.Sprintf("%s:%d: ", file[strings.LastIndex(file, "/")+1:], line)
			break
		}
	}
	panic(failure(where + fmt.Sprintf(format, arguments...)))
}

func must(err error) {
	if err != nil {
		fail("%v", err)
	}
}

func equal(actual, expected interface{}, what string) {
	if !reflect.DeepEqual(actual, expected) {
		fail("%s is %.300v (%T), expected %.300v (%T)", what, actual, actual, expected, expected)
	}
}

// receive takes the next delivery, which must come soon.
func receive(deliveries <-chan amqp.Delivery) amqp.Delivery {
	select {
	case delivery, ok := <-deliveries:
		if !ok {
			fail("the consumer was cancelled")
		}
		return delivery
	case <-time.After(waitLimit):
		fail("waited in vain for a delivery")
	}
	return amqp.Delivery{}
}

// nothing asserts that no delivery comes within a short time.
func nothing(deliveries <-chan amqp.Delivery) {
	select {
	case delivery := <-deliveries:
		fail("unexpected delivery %q", delivery.Body)
	case <-time.After(150 * time.Millisecond):
	}
}

func bodies(deliveries <-chan amqp.Delivery, count int) []string {
	found := []string{}
	for len(found) < count {
		found = append(found, string(receive(deliveries).Body))
	}
	return found
}
