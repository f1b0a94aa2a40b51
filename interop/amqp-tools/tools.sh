#!/bin/sh
# The command-line tools of rabbitmq-c: publish, get, consume, declare and delete.

client=amqp-tools
# shellcheck source=../lib/checks.sh
. "$(dirname "$0")/../lib/checks.sh"

# tool <name> [options...]: a tool of rabbitmq-c, for at most 15 seconds.
tool()
{
    name=$1
    shift
    timeout 120 "amqp-$name" -u "$uri" "$@"
}

clean()
{
    while read -r queue; do
        tool delete-queue -q "$queue" >/dev/null || return 1
    done <"$queues"
}

publish_and_get()
{
    queue=$(new_queue)
    equal "$(tool declare-queue -q "$queue")" "$queue" 'declared name'
    tool publish -r "$queue" -b 'first'
    printf 'second\nline' | tool publish -r "$queue" -p -C text/plain -E utf-8 -t me -H 'n: 1'
    equal "$(tool get -q "$queue")" first 'first message'
    equal "$(tool get -q "$queue" | od -An -c)" "$(printf 'second\nline' | od -An -c)" 'second'
    code=0
    tool get -q "$queue" || code=$?
    equal "$code" 2 'exit code of an empty queue'
}

server_named()
{
    queue=$(tool declare-queue -q '')
    echo "$queue" >>"$queues"
    case $queue in
    amq.gen-*) ;;
    *) equal "$queue" 'amq.gen-...' 'name' ;;
    esac
    tool publish -r "$queue" -b here
    equal "$(tool get -q "$queue")" here 'message'
}

counted_delete()
{
    queue=$(new_queue)
    tool declare-queue -d -q "$queue"
    printf '1\n2\n3\n' | tool publish -l -r "$queue"
    refused "queue '$queue' in vhost '/' not empty" tool delete-queue -e -q "$queue"
    equal "$(tool delete-queue -q "$queue")" 3 'messages of the deleted queue'
}

in_order()
{
    queue=$(new_queue)
    tool declare-queue -q "$queue"
    seq 1 200 | tool publish -l -r "$queue"
    tool consume -q "$queue" -c 200 -p 10 cat >"$work/consumed"
    seq 1 200 >"$work/expected"
    cmp "$work/expected" "$work/consumed"
}

# The slow worker holds its job until the fast one has done the other nine.
fair_dispatch()
{
    queue=$(new_queue)
    tool declare-queue -q "$queue"
    rm -f "$work/taken" "$work/go"
    cat >"$work/slow" <<JOB
cat >'$work/taken.new'
mv '$work/taken.new' '$work/taken'
while [ ! -e '$work/go' ]; do sleep 0.1; done
JOB
    tool consume -q "$queue" -p 1 -c 1 sh "$work/slow" &
    slow=$!
    printf '%s\n' a b c d e f g h i j | tool publish -l -r "$queue"
    wait_until 60 test -e "$work/taken"
    tool consume -q "$queue" -p 1 -c 9 cat >"$work/fast"
    touch "$work/go"
    wait "$slow"
    equal "$(sort "$work/taken" "$work/fast" | tr -d '\n')" abcdefghij 'jobs'
    equal "$(wc -l <"$work/fast" | tr -d ' ')" 9 'jobs of the fast worker'
    code=0
    tool get -q "$queue" || code=$?
    equal "$code" 2 'exit code of an empty queue'
}

failed_job()
{
    queue=$(new_queue)
    tool declare-queue -q "$queue"
    tool publish -r "$queue" -b job
    printf 'cat\nexit 1\n' >"$work/failing"
    equal "$(tool consume -q "$queue" -c 1 sh "$work/failing")" job 'the job that failed'
    equal "$(tool get -q "$queue")" job 'the job that came back'
}

# The subscriber has bound its queue at an unknown time, so messages are published until it has one.
subscribe()
{
    key=$(new_queue key)
    : >"$work/first"
    : >"$work/second"
    tool consume -x -q '' -e amq.topic -r "$key.*.#" -A -c 1 cat >"$work/first" &
    first=$!
    tool consume -x -q '' -e amq.topic -r "$key.*.#" -A -c 1 cat >"$work/second" &
    second=$!
    wait_until 60 both_got_news
    wait "$first"
    wait "$second"
}

both_got_news()
{
    tool publish -e amq.topic -r "$key" -b wrong
    tool publish -e amq.topic -r "$key.today.late" -b news
    [ "$(cat "$work/first")" = news ] && [ "$(cat "$work/second")" = news ]
}

largest()
{
    queue=$(new_queue)
    tool declare-queue -q "$queue"
    head -c 16777216 /dev/urandom >"$work/sent"
    tool publish -r "$queue" <"$work/sent"
    tool get -q "$queue" >"$work/received"
    cmp "$work/sent" "$work/received"
}

heartbeats()
{
    queue=$(new_queue)
    tool declare-queue -q "$queue"
    tool consume --heartbeat=2 -q "$queue" -c 1 cat >"$work/late" &
    consumer=$!
    sleep 9
    tool publish -r "$queue" -b 'still here'
    wait "$consumer"
    equal "$(cat "$work/late")" 'still here' 'message'
}

refusals()
{
    queue=$(new_queue)
    refused "NOT_FOUND - no queue '$queue' in vhost '/'" tool get -q "$queue"
    refused "NOT_FOUND - no queue '$queue' in vhost '/'" tool consume -q "$queue" cat
    tool declare-queue -d -q "$queue"
    refused "PRECONDITION_FAILED - inequivalent arg 'durable' for queue '$queue' in vhost '/': \
received 'false' but current is 'true'" tool declare-queue -q "$queue"
    refused "ACCESS_REFUSED - queue name 'amq.interop' contains reserved prefix 'amq.*'" \
        tool declare-queue -q amq.interop
}

wrong_password()
{
    uri=$(echo "$uri" | sed 's|//[^@]*@|//guest:wrong@|')
    refused 'ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN.' \
        tool declare-queue -q amq.interop
}

check 'declare, publish and get; nothing to get is told apart' publish_and_get
check 'a queue that the server names' server_named
check 'delete tells the count, and with --if-empty spares a queue with messages' counted_delete
check 'work queue: 200 lines are consumed in order, with prefetch 10' in_order
check 'work queue: with prefetch 1 a fast worker takes what a slow one leaves' fair_dispatch
check 'work queue: the job of a command that failed goes back to the queue' failed_job
check 'publish/subscribe: two subscribers by topic get a copy each' subscribe
check 'sizes: a message of 16 MiB' largest
check 'heartbeats: an idle consumer lives on' heartbeats
check '404, 406 and 403: the exact text' refusals
check '403: a login with a wrong password' wrong_password
finish
