#ifndef TESTS_CRASH_CONTENT_H
#define TESTS_CRASH_CONTENT_H

#include <amqp.h>

#include "tests/crash/history.h"

/* Body and properties of a message follow from its number, so that whoever gets it can tell which
 * one it should be and whether it is that to the octet. */
struct content {
    amqp_basic_properties_t properties;
    amqp_bytes_t body;
    amqp_table_entry_t headers[2];
    char message_id[24];
    char note[256];
    uint8_t *octets; // owned; of the body
    uint32_t cap;
};

enum { CONTENT_SIZE_MIN = 16 };

/* Makes it anew; what was in it before is gone. Nothing in it is valid after it was moved. */
void content_make(struct content *content, uint64_t seed, const struct message *message);
void content_finish(struct content *content);

uint8_t content_priority(uint32_t number);

/* Something that a broker sent, borrowed. */
struct arrival {
    enum crash_queue queue;
    bool redelivered;
    amqp_bytes_t exchange;
    amqp_bytes_t routing_key;
    const amqp_basic_properties_t *properties;
    amqp_bytes_t body;
};

/* Judges it (history_deliver) and returns the message's number, or 0 if something is wrong. */
uint32_t content_arrived(struct history *history, struct content *scratch,
                         const struct arrival *arrival);

#endif
