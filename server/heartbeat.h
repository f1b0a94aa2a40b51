#ifndef SERVER_HEARTBEAT_H
#define SERVER_HEARTBEAT_H

#include "base/slice.h"

/* Heartbeats as RabbitMQ does them, by comparing counters of octets at fixed intervals, so that
 * traffic costs nothing. Sending: every half interval, if nothing was sent since the last look
 * (and on the first look in any case). Receiving: every interval; nothing received at two looks
 * in a row means that the peer is dead. */
struct heartbeat {
    uint64_t send_at_ms; // next look; UINT64_MAX: never
    uint64_t receive_at_ms;
    uint64_t sent; // counters at the last look
    uint64_t received;
    uint32_t interval_ms; // 0: none
    bool silent;          // the last look saw nothing received
};

void heartbeat_start(struct heartbeat *beat, uint16_t interval_s, uint64_t now_ms);
void heartbeat_stop(struct heartbeat *beat);

/* What the peer sends is not read for a while, and counts again from now on. */
void heartbeat_pause(struct heartbeat *beat);
void heartbeat_resume(struct heartbeat *beat, uint64_t now_ms);

/* True if a heartbeat frame is to be sent; heartbeat_sent then says what the counter is now. */
bool heartbeat_send_due(struct heartbeat *beat, uint64_t sent, uint64_t now_ms);
void heartbeat_sent(struct heartbeat *beat, uint64_t sent);

/* True if the peer is dead. */
bool heartbeat_missed(struct heartbeat *beat, uint64_t received, uint64_t now_ms);

#endif
