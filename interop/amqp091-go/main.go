// The checks of the Go client: each is a function with a sentence that states what must hold.
package main

import "os"

const defaultURI = "amqp://guest:guest@127.0.0.1:5672/%2F"

func main() {
	uri := defaultURI
	if len(os.Args) > 1 {
		uri = os.Args[1]
	}
	os.Exit(runAll(uri, []check{
		{"work queue: with prefetch 1 a fast worker takes what a slow one leaves", fairDispatch},
		{"work queue: 5,000 jobs from 5 publishers to 5 workers, none lost, none twice", manyJobs},
		{"publish/subscribe, routing and topics", exchanges},
		{"headers: an exchange of type headers, and exchanges bound to each other", headersExchange},
		{"RPC: direct reply-to", directReplyTo},
		{"RPC: a server-named exclusive callback queue and correlation ids", callbackQueue},
		{"confirms: 1,000 in flight are all confirmed and stored", confirms},
		{"returns: an unroutable mandatory message comes back before its confirm", returns},
		{"transactions: commit and rollback, of publishes and of acks", transactions},
		{"cancel: by the client, and by the delete of the queue", cancels},
		{"nack and reject: requeued messages come back redelivered, in order", nacks},
		{"recover: unacknowledged messages are sent again, redelivered", recovers},
		{"properties: all of them come back as they were sent", properties},
		{"headers: every type of value of the Go client, nested", headerTypes},
		{"sizes: empty, around the frame size, and 16 MiB", sizes},
		{"channels: 1,000 on one connection, all of them at work", thousandChannels},
		{"channels: no more than negotiated", channelMax},
		{"heartbeats: an idle client lives on", heartbeats},
		{"404, 406, 405 and 403: code and exact text, and the connection lives on", refusals},
		{"530 and 540: refusals that close the connection", hardRefusals},
		{"403: a login with a wrong password", wrongPassword},
	}))
}
