#ifndef TESTS_UNIT_BROKER_STORY_H
#define TESTS_UNIT_BROKER_STORY_H

#include <criterion/criterion.h>

#include "amqp/properties.h"
#include "base/bytes.h"
#include "broker/broker.h"
#include "broker/channel.h"
#include "broker/permission.h"
#include "broker/session.h"
#include "broker/user.h"
#include "broker/vhost.h"

/* A trace test drives the core and compares the whole story: every effect is one line of text.
 *
 *     queue_declare_ok 1/1 queue=q message_count=0 consumer_count=0
 *     store queue 1 #1 until 1005000 hello, after 1
 *     settle queue 1 #1, more
 *     settle queue 1 #1+3, after 2
 *     mark queue 1 #5, after 3
 *     attempts queue 1 #5 failed 2
 *     retry queue 1 #5 until 1005000
 *     group_end, after 4
 *     topology queue_delete id=1, after 5
 *     deliver 2/5 #1 redelivered tag hello via exchange/key {delivery_mode=2}, after 1
 *     get 1/1 #1 redelivered failed 2 hello, 3 left
 *     return 1/1 hello via exchange/key
 *     confirm 1/1 #1
 *     cancel 1/1 tag
 *     close 1/1 406 delivery acknowledgement on channel 1 timed out...
 *     refuse 404 no queue 'q' in vhost '/'
 *
 * Connections and channels are opened when they are first used, by guest in "/". Names that the
 * broker made up are cut after their prefix: amq.gen-*. The header x-death is told with its
 * entries, each as "queue reason count exchange/keys", and " expiration" if it had one. */
enum { STORY_CONNS = 8, STORY_CHANNELS = 16 };

struct shelf;

struct story {
    struct broker *broker;
    struct effects fx;
    struct shelf *shelf; // borrowed: keeps the journal; or NULL
    struct session *sessions[STORY_CONNS];
    struct channel *channels[STORY_CONNS][STORY_CHANNELS];
    struct bytes text;      // what happened since the last TOLD
    struct bytes generated; // the name that the broker made up last
    struct bytes kept;      // owned pointers to what story_table and story_properties made
    uint64_t now_ms;        // of the broker's time, which starts at 0
    bool verbatim;          // do not cut names
    bool tells_topology;    // tell what the journal hears of topology, too
};

extern const struct broker_options story_options; // as story_new has them
extern const struct broker_options story_durable; // the same with a journal; time begins at 1000000

struct story *story_new(void);
struct story *story_new_with(const struct broker_options *options);

/* The journal is kept there; its owner frees it after the story. */
struct story *story_new_on(const struct broker_options *options, struct shelf *shelf);

/* Closes what is open, and checks that nothing is left that only sessions can hold. */
void story_free(struct story *story);

enum amqp_reply story_open(struct story *story, const struct session_options *options);
struct session *story_session(struct story *story, uint32_t conn);
struct channel *story_channel(struct story *story, uint32_t conn, uint16_t number);
void story_close(struct story *story, uint32_t conn);
void story_close_channel(struct story *story, uint32_t conn, uint16_t number);
void story_window(struct story *story, uint32_t conn, int64_t octets);

/* Time goes on, and broker_tick comes whenever the broker has asked for it. */
void story_wait(struct story *story, uint64_t ms);

/* Carries the method out; a refusal is told and must have had no other effect. */
enum amqp_reply story_do(struct story *story, uint32_t conn, uint16_t number,
                         const struct amqp_args *args);
enum amqp_reply story_publish(struct story *story, uint32_t conn, uint16_t number,
                              const struct publish *publish);

/* Silent helpers on channel 1/1: a durable queue, a durable exchange, a binding. */
void story_queue(struct story *story, const char *name);
void story_exchange(struct story *story, const char *name, const char *type);
void story_bind(struct story *story, const char *source, const char *queue, const char *key);

/* Publishes each word to the queue through the default exchange, on 1/1. */
void story_send(struct story *story, const char *queue, const char *words);
/* A consumer that acknowledges, silently made; its first deliveries are told. */
void story_consume(struct story *story, uint32_t conn, uint16_t number, const char *queue,
                   const char *tag);
void story_ack(struct story *story, uint32_t conn, uint16_t number, uint64_t tag);

void story_permit(struct story *story, const char *user, const char *configure, const char *write,
                  const char *read);

/* A field table of "key", "type:value" pairs up to a NULL: "S:text", "I:5", "t:true", "A:a,b" (an
 * array of strings), "l:5", "V:". The story keeps it. */
struct slice story_table(struct story *story, ...);

/* Encodes the properties that are set (flags need not be); the story keeps it. */
struct slice story_properties(struct story *story, struct amqp_properties properties);

struct slice str(const char *s);

/* Whether the story so far is this; it then begins anew. */
bool story_was(struct story *story, const char *expected);
const char *story_text(struct story *story);

#define DO(story, conn, number, method_name, ...)                                                  \
    story_do(story, conn, number,                                                                  \
             &(struct amqp_args){.method = METHOD_##method_name,                                   \
                                 .method_name = {.none = 0, __VA_ARGS__}})

/* A durable queue with arguments, which are as those of story_table, and on 1/1. */
#define QUEUE(story, name, ...)                                                                    \
    DO(story, 1, 1, queue_declare, .queue = str(name), .durable = true, .no_wait = true,           \
       .arguments = story_table(story, __VA_ARGS__, NULL))

#define PUBLISH(story, conn, number, ...)                                                          \
    story_publish(story, conn, number, &(struct publish){__VA_ARGS__})

#define PROPERTIES(story, ...) story_properties(story, (struct amqp_properties){__VA_ARGS__})

#define TOLD(story, expected)                                                                      \
    cr_assert(story_was(story, expected), "expected\n%s\nbut it went\n%s", expected,               \
              story_text(story))

#define COUNTED(story, name, value)                                                                \
    cr_assert_eq(broker_counters((story)->broker)->name, (uint64_t)(value), #name " is %llu",      \
                 (unsigned long long)broker_counters((story)->broker)->name)

#endif
