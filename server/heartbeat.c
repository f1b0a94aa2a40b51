#include "server/heartbeat.h"

void heartbeat_start(struct heartbeat *beat, uint16_t interval_s, uint64_t now_ms)
{
    heartbeat_stop(beat);
    if (interval_s > 0) {
        beat->interval_ms = interval_s * 1000U;
        beat->send_at_ms = now_ms + beat->interval_ms / 2;
        beat->receive_at_ms = now_ms + beat->interval_ms;
    }
}

void heartbeat_stop(struct heartbeat *beat)
{
    *beat = (struct heartbeat){.send_at_ms = UINT64_MAX, .receive_at_ms = UINT64_MAX};
}

void heartbeat_pause(struct heartbeat *beat)
{
    beat->receive_at_ms = UINT64_MAX;
}

void heartbeat_resume(struct heartbeat *beat, uint64_t now_ms)
{
    if (beat->interval_ms > 0 && beat->receive_at_ms == UINT64_MAX) {
        beat->received = 0;
        beat->silent = false;
        beat->receive_at_ms = now_ms + beat->interval_ms;
    }
}

bool heartbeat_send_due(struct heartbeat *beat, uint64_t sent, uint64_t now_ms)
{
    if (now_ms < beat->send_at_ms) {
        return false;
    }
    bool first = beat->sent == 0;
    bool idle = sent == beat->sent;
    beat->sent = sent;
    beat->send_at_ms = now_ms + beat->interval_ms / 2;
    return first || idle;
}

void heartbeat_sent(struct heartbeat *beat, uint64_t sent)
{
    beat->sent = sent;
}

bool heartbeat_missed(struct heartbeat *beat, uint64_t received, uint64_t now_ms)
{
    if (now_ms < beat->receive_at_ms) {
        return false;
    }
    bool idle = received == beat->received;
    bool missed = idle && beat->silent;
    beat->silent = idle;
    beat->received = received;
    beat->receive_at_ms = now_ms + beat->interval_ms;
    return missed;
}
