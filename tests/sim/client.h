#ifndef TESTS_SIM_CLIENT_H
#define TESTS_SIM_CLIENT_H

#include "tests/sim/scheme.h"
#include "tests/sim/stream.h"
#include "tests/sim/tape.h"
#include "tests/sim/trace.h"

/* A simulated client: it knows what it has sent and what it has read, and decides by chance what to
 * do next. It has nothing to do with sockets or the engine; the world (tests/sim/world.h) carries
 * its octets. */
enum { CLIENT_CHANNELS = 5, CLIENT_TAGS = 64 };

/* What clients are like in a history. */
struct manners {
    uint32_t hostile;     // percent of what they do that no client should do
    uint32_t careless;    // percent of names, flags and tags that are wrong
    uint32_t gets;        // percent of what they do that is basic.get, which no window holds back
    uint32_t publishes;   // percent of what they do that is basic.publish, besides the usual share
    uint32_t transacts;   // percent of what they do that concerns transactions
    uint32_t large;       // percent of bodies that are larger than 100 octets
    uint32_t body_max;    // octets
    uint32_t message_max; // the broker takes no larger body
    bool persistent;      // most messages are
    bool durable;         // most queues and exchanges are, and bodies differ
    bool hoards;          // settles little
    bool fans_out;        // messages mostly go to several queues
    bool clings;          // settles what came last, and keeps the rest
    bool alone;           // consumers are exclusive
    struct scheme scheme; // what queues are declared with
};

enum client_mode { CLIENT_PLAIN, CLIENT_CONFIRM, CLIENT_TX };
enum client_state { CLIENT_SHUT, CLIENT_OPEN, CLIENT_CLOSING };

struct client_channel {
    uint16_t number;
    enum client_state state;
    enum client_mode mode;
    uint64_t tags[CLIENT_TAGS]; // delivered to it, and not settled yet
    uint32_t tag_count;
    uint64_t tag_last;
    uint32_t consumers; // bit n: it consumes with the tag "cn"
    uint32_t no_ack;    // bit n: of these, without acknowledgement
    bool limited;       // as a whole
};

enum client_phase {
    CLIENT_SHAKING,
    CLIENT_RUNNING,
    CLIENT_LEAVING, // connection.close is sent, or owed an answer that will not come
    CLIENT_DONE,    // hangs up
};

struct client {
    struct prng *prng; // borrowed, as are these
    struct arena *arena;
    const struct manners *manners;
    struct trace *trace;
    uint64_t *bodies; // octets of bodies so far, of all clients
    uint32_t id;
    struct stream out;
    struct tape in;
    struct client_channel channels[CLIENT_CHANNELS];
    uint32_t queues_known;    // bit n: it has declared the queue "qn"; likewise
    uint32_t exchanges_known; // "en"
    struct slice queue;       // one with a name that the broker made, or empty
    uint32_t channel_max, frame_max;
    uint16_t heartbeat_s;
    enum client_phase phase;
    bool limited;       // may not declare anything
    bool gets_no_ack;   // basic.get, always
    bool pipelines;     // sends what it can without waiting for answers
    bool answers_close; // with close-ok
    bool deaf;          // has sent what makes everything behind it pointless
};

void client_init(struct client *client); // after the borrowed fields and id
void client_finish(struct client *client);

/* Sends the protocol header, and more if it does not wait. */
void client_greet(struct client *client);

/* Does something. */
void client_act(struct client *client);

/* Has read this. */
void client_hear(struct client *client, const struct heard *heard);

/* Says goodbye, or is about to vanish. */
void client_leave(struct client *client);

#endif
